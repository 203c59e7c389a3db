"""Whose logs they are, and what each person agreed to: guesses, the register, statements, periods."""
import csv
import io
import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import BOUND_BY_MODES, CONSENT_COLUMNS, SCOPES, Log, project, session_id

COLUMNS = "project,subject,confirmed,sessions,decisions,first_day,last_day,consent,controller".split(",")


def decisions_of(shop, *flags, code=0):
    return shop.build(*flags, agree=False, code=code)["tally"]


def give(shop, **row):
    shop.consent({"subject": "alva"} | row)


@pytest.fixture
def alva(shop):
    """One project of alva's with a decision on 2 February and one on 2 March 2026, registered."""
    log = Log().decide(question="Q001").decide(question="Q002", after=28 * 86400)
    project(shop.logs, log)
    shop.register([(log.sid, "alva")])
    return shop


def test_people_list_prints_the_agreed_columns(shop):
    project(shop.logs, Log().decide().decide(after=3600).add("tool_start", after=7200))
    ran = shop.run("people", "list", shop.logs)
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert list(rows[0]) == COLUMNS
    assert rows[0] | {} == {"project": Log().sid, "subject": "alva", "confirmed": "no", "sessions": "3", "decisions": "2",
                            "first_day": "2026-02-02", "last_day": "2026-02-02", "consent": "", "controller": ""}


def test_the_list_goes_back_as_it_came_and_confirms(shop):
    project(shop.logs, Log().decide(), name='en "kurs", två', sid=None, person="x")
    project(shop.logs, Log(sid=session_id(2)).decide(), name="b", sid=session_id(2), person="bo ek")
    path = shop.folder / "list.csv"
    path.write_text(shop.run("people", "list", shop.logs).out)
    assert shop.run("people", "import", path, "--store", shop.store).code == 0
    again = shop.run("people", "list", shop.logs, "--store", shop.store)
    rows = list(csv.DictReader(io.StringIO(again.out)))
    assert [r["confirmed"] for r in rows] == ["yes", "yes"]
    path.write_text(again.out)
    ran = shop.run("people", "import", path, "--store", shop.store, "--json")
    assert ran.json == {"added": 0, "changed": 0, "unchanged": 2}


@pytest.mark.parametrize("name", ['a,b', 'a "quoted" b', "åsa ö", "=cmd", "'=cmd", "+46", "a;b", "x" * 150, "100 % klart",
                                  "rad\nbrytning", "tab\tb", "c1 \x85", "a%0Ab", b"kurs\xe5", b"\xff\xfe"])
def test_hostile_project_names_survive_the_round_trip(shop, name):
    """Control characters and bytes that are not UTF-8 stand as %XX, % as %25 where the name would look like that, and an
    apostrophe before what a spreadsheet would compute."""
    printed = {"rad\nbrytning": "rad%0Abrytning", "tab\tb": "tab%09b", "c1 \x85": "c1 %C2%85", "a%0Ab": "a%250Ab",
               "=cmd": "'=cmd", "'=cmd": "''=cmd", "+46": "'+46", b"kurs\xe5": "kurs%E5", b"\xff\xfe": "%FF%FE"}.get(name, name)
    project(shop.logs, Log(sid="unknown").decide(), name=os.fsdecode(name), sid=None)
    rows = shop.people()
    assert [(r["project"], r["subject"]) for r in rows] == [(printed, printed)]
    shop.agree()
    assert shop.build(agree=False)["tally"]["dropped"] == {}
    shop.register([(printed, "alva")])
    rows = list(csv.DictReader(io.StringIO(shop.run("people", "list", shop.logs, "--store", shop.store).out)))
    assert (rows[0]["subject"], rows[0]["confirmed"]) == ("alva", "yes")


def test_a_spreadsheets_semicolons_and_byte_order_mark_are_read(shop):
    project(shop.logs, Log().decide())
    path = shop.folder / "people.csv"
    for content in (f"project;subject\r\n{Log().sid};alva\r\n", f"\ufeffproject,subject\r\n{Log().sid},alva\r\n"):
        path.write_bytes(content.encode())
        ran = shop.run("people", "import", path, "--store", shop.store, "--json")
        assert ran.code == 0, ran


@pytest.mark.parametrize("content", ["", "name,who\na,b\n", "project,subject\na\n", "project,subject\n,b\n"])
def test_a_register_that_makes_no_sense_is_exit_2_and_records_nothing(shop, content):
    path = shop.folder / "people.csv"
    path.write_text(content)
    assert shop.run("people", "import", path, "--store", shop.store).code == 2


def test_the_guess_is_the_user_of_session_yaml_then_of_the_log_then_the_folder(shop):
    project(shop.logs, Log(sid=session_id(1)).add("session_start", {"source_file": "/Users/ur_loggen/x.md"}), name="a", sid=session_id(1), person="ur_yaml")
    project(shop.logs, Log(sid=session_id(2)).add("session_start", {"source_file": "C:\\Users\\ur_loggen\\x.md"}), name="b", sid=None)
    project(shop.logs, Log(sid=session_id(3)).decide(), name="mappen", sid=None)
    assert [r["subject"] for r in shop.people()] == ["ur_yaml", "ur_loggen", "mappen"]


def test_a_stand_in_for_a_name_is_no_guess(shop):
    for number, name in enumerate(("Shared", "USERNAME", "user", "Public")):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=f"mapp{number}", sid=session_id(number), person=name)
    assert [r["subject"] for r in shop.people()] == ["mapp0", "mapp1", "mapp2", "mapp3"]


def test_unknown_and_manual_never_pool_people(shop):
    for day, (name, sid) in enumerate((("a", "unknown"), ("b", "unknown"), ("c", "manual"), ("d", "manual"), ("e", "")), 1):
        project(shop.logs, Log(sid=sid, start=f"2026-02-0{day}T08:00:00").decide(), name=name, sid=None)
    rows = shop.people()
    assert [r["project"] for r in rows] == ["a", "b", "c", "d", "e"] and len({r["subject"] for r in rows}) == 5
    shop.register([(r["project"], r["subject"]) for r in rows])
    shop.consent({"subject": "a"})
    tally = decisions_of(shop)
    assert tally["dropped"]["no_consent_record"] == 8 and tally["written"]["decisions"] == {"train": 1}


def test_a_registered_id_does_not_cover_another_persons_folder_that_shares_it(shop):
    hers, his = shop.logs / "hers", shop.logs / "his"
    project(hers, Log().decide())
    project(his, Log(start="2026-03-01T08:00:00").decide(), person="bo")
    shop.agree(hers)
    assert shop.build(agree=False, paths=(his,), code=1)["tally"]["dropped"] == {"no_consent_record": 2}


def test_a_folder_whose_name_is_not_utf8_can_be_registered(shop):
    folder = os.fsencode(shop.logs) + b"/kurs\xe5/logs"
    os.makedirs(folder)
    with open(folder + b"/session.jsonl", "wb") as log:
        log.write(bytes(Log(sid="unknown").decide()))
    ran = shop.run("consent", "give", "--me", shop.logs, "--subject", "alva", "--scope", "model_training", "--covers-from", "2000-01-01", "--store", shop.store)
    assert ran.code == 0, ran


def listed(shop, *paths):
    ran = shop.run("people", "list", *(paths or (shop.logs,)), "--store", shop.store)
    assert ran.code == 0, ran
    return {r["project"]: (r["subject"], r["confirmed"]) for r in csv.DictReader(io.StringIO(ran.out))}, ran.err


NO_RECORD = {"no_consent_record": 2}


def test_the_first_day_tells_a_registered_project_from_another_of_its_id(shop):
    """Registered under another name than the guess: the paths do not show it, the day of the list does."""
    hers, his = shop.logs / "hers", shop.logs / "his"
    project(hers, Log().decide())
    project(his, Log(start="2026-03-01T08:00:00").decide(), person="bo")
    shop.register([(Log().sid, "Alva Ek", "2026-02-02")])
    give(shop, subject="Alva Ek")
    assert listed(shop, hers)[0] == {Log().sid: ("Alva Ek", "yes")}
    people, said = listed(shop, his)
    assert people == {Log().sid: ("bo", "no")} and Log().sid in said and "people import" in said
    refused = shop.build(agree=False, paths=(his,), code=1)
    assert refused["tally"]["dropped"] == NO_RECORD and Log().sid in refused["warnings"][0] and "people list" in refused["warnings"][0]
    assert shop.build(agree=False, paths=(hers,))["tally"]["dropped"] == {}


def test_the_first_build_binds_the_first_line_and_it_holds_from_then_on(shop):
    """His folder begins on the same day; only a build tells hers by more than that."""
    hers, his = shop.logs / "hers", shop.logs / "his"
    project(hers, Log().decide())
    project(his, Log(start="2026-02-02T09:00:00").decide(), person="bo")
    shop.register([(Log().sid, "Alva Ek", "2026-02-02")])
    give(shop, subject="Alva Ek")
    assert shop.build("--dry-run", agree=False, paths=(hers,))["confirmed_subjects"] == 1
    assert listed(shop, his)[0] == {Log().sid: ("Alva Ek", "yes")}, "a dry run binds nothing"
    assert shop.build(agree=False, paths=(hers,))["confirmed_subjects"] == 1
    assert listed(shop, his)[0] == {Log().sid: ("bo", "no")}
    assert shop.build(agree=False, paths=(his,), code=1)["tally"]["dropped"] == NO_RECORD
    with open(hers / "kurs/logs/session.jsonl", "ab") as log:
        log.write(bytes(Log(start="2026-02-03T08:00:00").decide(question="Q002")))
    assert shop.build(agree=False, paths=(hers,))["version"] == "1.1.0", "a log that grows begins as before"


def test_the_same_guess_is_a_sign_of_its_own(shop):
    """Two folders of one person under one id, and a log begun anew: her paths show that they are hers."""
    old, new = shop.logs / "old", shop.logs / "new"
    project(old, Log().decide())
    project(new, Log(start="2026-03-01T08:00:00").decide())
    shop.agree(old)
    assert shop.build(agree=False, paths=(old,))["confirmed_subjects"] == 1
    assert shop.build(agree=False, paths=(new,))["confirmed_subjects"] == 1


def test_a_folders_name_is_no_sign(shop):
    project(shop.logs, Log().decide(), name="alva", person="USERNAME")
    shop.register([(Log().sid, "alva", "2026-02-02")])
    project(shop.logs, Log(start="2026-03-01T08:00:00").decide(), name="alva", person="USERNAME")
    assert listed(shop)[0] == {Log().sid: ("alva", "no")}


def test_without_any_sign_a_registration_by_name_alone_holds_until_a_build_knows_better(shop):
    folder = project(shop.logs, Log().decide(), name="mappen", sid=None)
    shop.register([(Log().sid, "alva")])
    give(shop)
    assert listed(shop)[0] == {Log().sid: ("alva", "yes")}
    assert shop.build(agree=False)["confirmed_subjects"] == 1
    (folder / "logs/session.jsonl").write_bytes(bytes(Log(start="2026-03-01T08:00:00").decide()))
    assert listed(shop)[0] == {Log().sid: ("mappen", "no")}


def test_paths_of_several_people_are_no_sign_for_one(shop):
    log = Log().add("session_start", {"source_file": "/Users/alva/x.md"}).add("session_start", {"source_file": "/Users/bo/x.md"}).decide()
    project(shop.logs, log, name="mappen", sid=None)
    shop.register([(log.sid, "alva")])
    assert listed(shop)[0] == {log.sid: ("mappen", "no")}
    shop.register([(log.sid, "alva", "2026-02-02")])
    assert listed(shop)[0] == {log.sid: ("alva", "yes")}


def test_a_log_begun_anew_is_confirmed_anew_from_the_list(shop):
    folder = project(shop.logs, Log().decide(), person="konto")
    shop.register([(Log().sid, "Alva Ek", "2026-02-02")])
    give(shop, subject="Alva Ek")
    assert shop.build(agree=False)["confirmed_subjects"] == 1
    (folder / "logs/session.jsonl").write_bytes(bytes(Log(start="2026-03-01T08:00:00").decide()))
    assert listed(shop)[0] == {Log().sid: ("konto", "no")}
    assert shop.build(agree=False, code=1)["tally"]["dropped"] == NO_RECORD
    assert shop.register([(Log().sid, "Alva Ek", "2026-03-01")]) == {"added": 0, "changed": 0, "unchanged": 1}
    assert listed(shop)[0] == {Log().sid: ("Alva Ek", "yes")}
    assert shop.build(agree=False)["confirmed_subjects"] == 1


def test_me_binds_the_first_line_at_once_and_anew(shop):
    hers, his = shop.logs / "hers", shop.logs / "his"
    project(hers, Log().decide(), person="konto")
    project(his, Log(start="2026-02-02T09:00:00").decide(), person="bo")
    me = ["consent", "give", "--me", hers, "--subject", "Alva Ek", "--scope", SCOPES, "--covers-from", "2026-01-01", "--store", shop.store]
    assert shop.run(*me).code == 0
    assert listed(shop, hers)[0] == {Log().sid: ("Alva Ek", "yes")} and listed(shop, his)[0] == {Log().sid: ("bo", "no")}
    (hers / "kurs/logs/session.jsonl").write_bytes(bytes(Log(start="2026-03-01T08:00:00").decide()))
    assert listed(shop, hers)[0] == {Log().sid: ("konto", "no")}
    assert shop.run(*me).code == 0
    assert listed(shop, hers)[0] == {Log().sid: ("Alva Ek", "yes")}


@pytest.mark.parametrize("day", ["2/2/2026", "20260202", "2026-02-30", "2026-02-02T08:00:00Z"])
def test_a_first_day_that_a_spreadsheet_rewrote_is_exit_2_and_says_where(shop, day):
    path = shop.folder / "people.csv"
    path.write_text(f"project,subject,first_day\n{Log().sid},alva,{day}\n")
    ran = shop.run("people", "import", path, "--store", shop.store)
    assert ran.code == 2 and "line 2, column first_day" in ran.err, ran


def test_a_consent_json_follows_the_same_rule(shop):
    """Beside his log, it cannot speak for her, whose id his folder shares."""
    hers, his = shop.logs / "hers", shop.logs / "his"
    beside(project(hers, Log().decide(), person="konto"), subject="Alva Ek")
    beside(project(his, Log(start="2026-03-01T08:00:00").decide(), name="kurs", sid=None), subject="Alva Ek")
    shop.register([(Log().sid, "Alva Ek", "2026-02-02")])
    built = shop.build(agree=False, paths=(his,), code=1)
    assert built["tally"]["dropped"] == NO_RECORD and any("another person" in w for w in built["warnings"])
    assert shop.run("consent", "list", "--store", shop.store, "--json").json["consent"] == []
    assert shop.build(agree=False, paths=(hers,))["tally"]["dropped"] == {}


def test_a_version_names_no_input_not_even_in_a_warning(shop):
    folder = project(shop.logs / "hemlig_mapp", Log().decide())
    project(shop.logs / "hemlig_mapp", Log(sid=session_id(7)).decide(), name="b", sid=session_id(7), person="bo")
    beside(folder, subject="cilla")
    shop.register([(session_id(7), "alva", "2025-01-01"), (Log().sid, "alva")])
    give(shop)
    built = shop.build(agree=False)
    assert len(built["warnings"]) == 2
    for file in shop.store.glob("private/1.0.0/**/*"):
        if file.is_file():
            assert not any(word in file.read_bytes() for word in (b"hemlig_mapp", session_id(7).encode(), Log().sid.encode())), file


def test_other_owners_of_the_same_rows_are_another_build(shop):
    for number, who in enumerate(("alva", "bo")):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=who, sid=session_id(number), person="konto")
    days = [(session_id(n), "2026-02-02") for n in range(2)]
    shop.register([(sid, who, day) for (sid, day), who in zip(days, ("alva", "bo"))])
    shop.consent({"subject": "alva"}, {"subject": "bo"})
    one = json.loads((Path(shop.build(agree=False)["path"]) / "manifest.json").read_text())
    shop.register([(sid, who, day) for (sid, day), who in zip(days, ("bo", "alva"))])
    for folder in ("private", "private-state"):
        shutil.rmtree(shop.store / folder)
    (shop.store / "ledger.db").rename(shop.folder / "old.db")
    shop.register([(sid, who, day) for (sid, day), who in zip(days, ("bo", "alva"))])
    shop.consent({"subject": "alva"}, {"subject": "bo"})
    two = json.loads((Path(shop.build(agree=False)["path"]) / "manifest.json").read_text())
    assert one["build_identity"] != two["build_identity"]


def test_equal_names_under_two_roots_take_in_the_folders_above(shop):
    for number, (where, sid) in enumerate((("2025/host", "unknown"), ("2026/host", "unknown"), ("2025/var", session_id(1)), ("2026/var", session_id(1)), ("manual", ""))):
        project(shop.logs / where, Log(sid=sid, start=f"2026-02-0{number + 1}T08:00:00").decide(), sid=None, name="manual" if sid == "" else "kurs")
    roots = [shop.logs / y / t for y in ("2025", "2026") for t in ("host", "var")] + [shop.logs / "manual"]
    names = [f"{session_id(1)}:2025/var/kurs", f"{session_id(1)}:2026/var/kurs", "2025/host/kurs", "2026/host/kurs", "manual/manual"]
    for paths in (roots, roots[::-1]):
        assert [r["project"] for r in shop.people(*paths)] == names
    inside = [shop.logs, shop.logs / "2025"]
    assert [r["project"] for r in shop.people(*inside)] == [r["project"] for r in shop.people(*inside[::-1])]
    shop.register([(name, "alva") for name in names])
    give(shop)
    assert shop.build(agree=False, paths=roots)["tally"]["dropped"] == {}


def test_one_person_may_own_several_projects(shop):
    for number in range(3):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=f"k{number}", sid=session_id(number), person=f"p{number}")
    shop.register([(session_id(n), "alva", "2026-02-02") for n in range(3)])
    give(shop)
    built = shop.build(agree=False)
    assert built["subjects"] == 1 and len({r["subject_id"] for r in shop.rows(built)}) == 1


def test_pseudonyms_hide_ids_and_hold_within_a_store_only(shop, tmp_path):
    project(shop.logs, Log().decide())
    row = shop.rows(shop.build())[0]
    assert Log().sid not in json.dumps(row, default=str) and "alva" not in json.dumps(row, default=str)
    other = type(shop)(tmp_path / "other")
    project(other.logs, Log().decide())
    assert other.rows(other.build())[0]["session_id"] != row["session_id"]


def test_without_a_record_refused_withdrawn_and_expired_are_counted_apart(shop):
    for number, who in enumerate(("ingen", "nej", "ur", "slut", "ja")):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=who, sid=session_id(number), person=who)
    shop.register([(session_id(n), who) for n, who in enumerate(("ingen", "nej", "ur", "slut", "ja"))])
    shop.consent({"subject": "nej", "status": "refused"}, {"subject": "ur"}, {"subject": "ur", "status": "withdrawn", "given_at": "2026-03-01T00:00:00Z"},
                 {"subject": "slut", "expires_at": "2026-04-01T00:00:00Z"}, {"subject": "ja"})
    tally = decisions_of(shop)
    assert tally["dropped"] == {"no_consent_record": 2, "consent_refused": 2, "consent_withdrawn": 2, "consent_expired": 2}
    assert tally["written"]["decisions"] == {"train": 1}


def test_only_events_of_the_agreed_period_are_used(alva):
    give(alva, covers_from="2026-02-15T00:00:00Z")
    tally = decisions_of(alva)
    assert tally["written"]["decisions"] == {"train": 1} and tally["dropped"]["outside_consent_period"] == 2


def test_an_empty_covers_from_is_the_day_it_was_given(alva):
    give(alva, given_at="2026-02-15T00:00:00Z", covers_from="")
    assert decisions_of(alva)["written"]["decisions"] == {"train": 1}


def test_agreement_given_later_covers_earlier_logs_only_if_it_says_so(alva):
    give(alva, given_at="2026-06-01T00:00:00Z", covers_from="")
    assert decisions_of(alva, code=1)["dropped"] == {"outside_consent_period": 4}
    give(alva, given_at="2026-06-01T00:00:01Z", covers_from="2026-01-01T00:00:00Z")
    assert decisions_of(alva)["written"]["decisions"] == {"train": 2}


def test_the_day_of_the_build_decides_what_is_agreed(alva):
    give(alva, given_at="2026-06-01T00:00:00Z", expires_at="2026-07-01T00:00:00Z")
    assert decisions_of(alva, "--as-of", "2026-05-01", code=1)["dropped"] == {"no_consent_record": 4}
    assert decisions_of(alva, "--as-of", "2026-08-01", code=1)["dropped"] == {"consent_expired": 4}
    assert decisions_of(alva, "--as-of", "2026-06-15T12:00:00Z")["written"]["decisions"] == {"train": 2}


def test_an_agreement_without_the_scope_for_training_drops_every_row(alva):
    give(alva, scope="question_text;share_internal")
    assert decisions_of(alva, code=1)["dropped"] == {"no_consent_record": 4}


def test_give_withdraw_and_list_tell_the_same_story(alva):
    ran = alva.run("consent", "give", "--subject", "alva", "--scope", "model_training;question_text", "--covers-from", "2026-01-01",
                   "--method", "mail", "--store", alva.store, "--json")
    assert ran.code == 0 and ran.json == {"recorded": 2, "known": 0}
    assert decisions_of(alva)["written"]["decisions"] == {"train": 2}
    assert alva.run("consent", "withdraw", "--subject", "alva", "--scope", "model_training", "--store", alva.store).code == 0
    assert decisions_of(alva, code=1)["dropped"] == {"consent_withdrawn": 4}
    listed = alva.run("consent", "list", "--store", alva.store, "--json").json["consent"]
    assert [(r["scope"], r["status"]) for r in listed] == [("model_training", "given"), ("question_text", "given"), ("model_training", "withdrawn")]
    assert listed[0]["covers_from"] == "2026-01-01T00:00:00Z" and listed[0]["method"] == "mail"
    assert alva.run("consent", "list", "--store", alva.store, "--subject", "bo", "--json").json["consent"] == []


def test_consent_list_in_a_store_that_does_not_exist_is_exit_2(shop):
    assert shop.run("consent", "list", "--store", shop.store).code == 2 and not shop.store.exists()


def test_me_registers_my_projects_and_agrees_in_one_command(shop):
    project(shop.logs, Log(sid=session_id(1)).decide(), name="a", sid=session_id(1))
    project(shop.logs, Log(sid=session_id(2)).decide(), name="b", sid=session_id(2))
    ran = shop.run("consent", "give", "--me", shop.logs, "--scope", SCOPES, "--covers-from", "2026-01-01", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["projects"] == 2
    built = shop.build(agree=False)
    assert built["confirmed_subjects"] == 1 and built["tally"]["written"]["decisions"] == {"train": 2}


def test_me_with_logs_of_two_people_asks_who_i_am(shop):
    for number, who in enumerate(("alva", "bo")):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=who, sid=session_id(number), person=who)
    words = ["consent", "give", "--me", shop.logs, "--scope", "model_training", "--store", shop.store]
    ran = shop.run(*words)
    assert ran.code == 2 and "2 people" in ran.err and "--subject" in ran.err
    assert shop.run(*words, "--subject", "alva", "--covers-from", "2026-01-01").code == 0


def test_a_guessed_person_may_be_in_a_private_version(shop):
    project(shop.logs, Log().decide())
    shop.consent({"subject": "alva"})
    built = shop.build(agree=False)
    assert built["subjects"] == 1 and built["confirmed_subjects"] == 0


def test_the_same_statement_twice_is_known(alva):
    give(alva)
    row = {"subject": "alva", "scope": SCOPES, "status": "given", "given_at": "2020-01-01T00:00:00Z", "covers_from": "2000-01-01T00:00:00Z",
           "method": "paper", "recorded_by": "test"}
    assert alva.consent(row) == {"recorded": 0, "known": 6}


@pytest.mark.parametrize("change", [{"status": "maybe"}, {"scope": "everything"}, {"given_at": "yesterday"}, {"subject": ""}, {"expires_at": "never"}])
def test_a_statement_that_makes_no_sense_is_exit_2_names_its_line_and_records_nothing(shop, change):
    row = {"subject": "alva", "scope": SCOPES, "status": "given", "given_at": "2020-01-01T00:00:00Z"}
    path = shop.folder / "consent.csv"
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, CONSENT_COLUMNS, restval="")
        writer.writeheader()
        writer.writerows([row, row | change])
    ran = shop.run("consent", "import", path, "--store", shop.store)
    assert ran.code == 2 and "consent.csv, line 3" in ran.err, ran
    listed = shop.run("consent", "list", "--store", shop.store, "--json")
    assert listed.code == 2 or listed.json["consent"] == []


def beside(folder, **change):
    statement = {"scopes": SCOPES.split(";"), "status": "given", "given_at": "2026-01-01", "covers_from": "2026-01-01"}
    (folder / "consent.json").write_text(json.dumps({"version": 1, "subject": "alva", "consents": [statement]} | change))


def test_a_consent_json_in_the_project_is_read_and_recorded_once(shop):
    beside(project(shop.logs, Log().decide()))
    for _ in range(2):
        assert shop.build(agree=False)["tally"]["dropped"] == {}
        assert len(shop.run("consent", "list", "--store", shop.store, "--json").json["consent"]) == 6


def test_a_dry_run_counts_what_a_consent_json_allows(shop):
    beside(project(shop.logs, Log().decide()))
    assert decisions_of(shop, "--dry-run")["dropped"] == {}


def test_a_consent_json_that_speaks_for_another_is_not_recorded_and_said(shop):
    beside(project(shop.logs, Log().decide()), subject="bo")
    built = shop.build(agree=False, code=1)
    assert built["tally"]["dropped"] == {"no_consent_record": 2} and len(built["warnings"]) == 1


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), reason="root reads everything and setpriv is missing")
def test_a_store_that_cannot_be_written_is_exit_2(shop):
    project(shop.logs, Log().decide())
    shop.folder.chmod(0o555)
    ran = shop.run("build", shop.logs, "--store", shop.store, prefix=BOUND_BY_MODES)
    shop.folder.chmod(0o755)
    assert ran.code == 2 and ran.err and not shop.store.exists()
