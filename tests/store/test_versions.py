"""versions, show, diff, rebuild, gc, hold, split, keys: what each says, and what it refuses."""
import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import SCOPES, Log, project, session_id

PEOPLE = ("alva", "bo", "cia", "dan", "eva", "fia", "gro")


def log_of(number, questions=3):
    log = Log(sid=session_id(number))
    for question in range(1, questions + 1):
        log.decide(question=f"Q00{question}", choice="Apply" if question % 2 else "Remember")
    return log


def school(shop, people=PEOPLE, questions=3):
    for number, person in enumerate(people, 1):
        project(shop.logs, log_of(number, questions), name=person, sid=session_id(number), person=person)


@pytest.fixture
def grown(shop):
    """1.0.0 of seven people, 1.1.0 with a line more for one of them."""
    school(shop)
    assert shop.build()["version"] == "1.0.0"
    project(shop.logs, log_of(1, 4), name="alva", sid=session_id(1), person="alva")
    assert shop.build(agree=False)["version"] == "1.1.0"
    return shop


def ask(shop, *words, code=0, **how):
    ran = shop.run(*words, "--store", shop.store, "--json", **how)
    assert ran.code == code, ran
    return ran.json if ran.out else ran


def diff(shop, a, b, *flags):
    found = ask(shop, "diff", a, b, *flags)
    return found, {(r["change"], r["reason"]): r["rows"] for r in found["reasons"]}


def states(shop):
    return {v["version"]: v["state"] for v in ask(shop, "versions")["versions"]}


# versions, show

def test_versions_lists_what_there_is(grown):
    assert states(grown) == {"1.0.0": "superseded", "1.1.0": "live"}
    one = ask(grown, "versions")["versions"][0]
    assert Path(one["path"]).is_dir() and one["held"] is False and len(one["key"]) == 16


def test_show_says_what_is_on_record(grown):
    shown = ask(grown, "show", "private/1.1.0")
    assert shown["previous_version"] == "1.0.0" and shown["tally"]["written"]["decisions"] and shown["gates"]
    assert "decisions train" in grown.run("show", "1.1.0", "--store", grown.store).out


@pytest.mark.parametrize("name", ["1.2.0", "internal/1.0.0", "1.0", "v1.0.0", "private/1.0.0/", "public/1.0.0", ""])
def test_a_version_that_is_not_there_is_exit_2(grown, name):
    for words in (("show", name), ("diff", "1.0.0", name), ("rebuild", name), ("gc", name), ("hold", "remove", name)):
        ran = grown.run(*words, "--store", grown.store)
        assert ran.code == 2, (words, ran)


def test_a_number_of_two_audiences_needs_the_audience(grown):
    import sqlite3
    with sqlite3.connect(grown.store / "ledger.db") as ledger:
        ledger.execute("INSERT INTO versions SELECT 'internal', version, 'superseded', identity, content_digest, logical_digest, created_at, as_of, "
                       "program_version, key_id, sums_digest, 1, salt_identity FROM versions WHERE version = '1.0.0'")
    ledger.close()
    ran = grown.run("show", "1.0.0", "--store", grown.store)
    assert ran.code == 2 and "ambiguous" in ran.err
    assert ask(grown, "show", "private/1.0.0")["audience"] == "private"


def test_a_store_that_is_not_there_is_exit_2(shop):
    for words in (("versions",), ("show", "1.0.0"), ("diff", "1.0.0", "1.1.0"), ("gc",), ("split",), ("split", "--reassign"), ("hold", "list")):
        assert shop.run(*words, "--store", shop.folder / "none").code == 2
    assert not (shop.folder / "none").exists()


# version numbers and diff

def test_growth_is_minor_and_its_rows_are_new_lines(grown):
    found, reasons = diff(grown, "1.0.0", "1.1.0")
    assert found["rows"] == {"added": 2, "removed": 0, "changed": 0, "moved": 0}, "a decision and the life of its question"
    assert reasons == {("added", "a new line"): 2} and found["tables"]["decisions"]["added"] == 1


def test_a_new_project_is_minor(grown):
    project(grown.logs, log_of(8), name="hans", sid=session_id(8), person="hans")
    assert grown.build()["version"] == "1.2.0"
    assert {reason for _, reason in diff(grown, "1.1.0", "1.2.0")[1]} == {"a new project"}


def test_an_edited_line_is_major(grown):
    file = grown.logs / "bo/logs/session.jsonl"
    file.write_text(file.read_text().replace('"user_choice": "Remember"', '"user_choice": "Create"', 1))
    assert grown.build(agree=False)["version"] == "2.0.0"
    _, reasons = diff(grown, "1.1.0", "2.0.0")
    assert reasons[("removed", "its line is gone or was edited")] == reasons[("added", "a new line")] == 1


def test_what_a_longer_log_takes_along_was_not_edited(grown):
    """A text that came to stand in two splits takes rows out of train, and nobody touched their lines."""
    log = log_of(1, 4).decide(question="Q009", choice="Apply", question_text="Varför regnar det?")
    project(grown.logs, log, name="alva", sid=session_id(1), person="alva")
    other = log_of(2).decide(question="Q009", choice="Apply")
    project(grown.logs, other, name="bo", sid=session_id(2), person="bo")
    config = grown.folder / "two.toml"
    config.write_text("[split]\nratios = [0.5, 0.0, 0.5]\n")
    first = grown.build("--config", config, agree=False)["version"]
    project(grown.logs, other.decide(question="Q010", question_text="Varför regnar det?"), name="bo", sid=session_id(2), person="bo")
    second = grown.build("--config", config, agree=False)
    found, reasons = diff(grown, first, second["version"])
    if found["rows"]["removed"]:
        assert reasons[("removed", "its text also stands in another split now")] == found["rows"]["removed"]
    assert not any(reason == "its line is gone or was edited" for _, reason in reasons)


def test_a_project_that_is_anothers_now_is_the_reason(grown):
    owners = [(p["project"], p["subject"], p["first_day"]) for p in grown.people()]
    moved = next(p for p in owners if p[1] == "bo")
    grown.register([p if p is not moved else (p[0], "cia", p[2]) for p in owners])
    after = grown.build(agree=False)["version"]
    _, reasons = diff(grown, "1.1.0", after)
    assert ("changed", "its project is another person's now") in reasons and ("changed", "agreement to texts changed") not in reasons


def test_inputs_that_change_no_row_are_said(grown):
    file = grown.logs / "bo/logs/session.jsonl"
    file.write_bytes(bytes(Log(sid=session_id(2)).add("tool_start")) + file.read_bytes())
    grown.build()  # the first line is another now: the register has to be told
    file.write_text(file.read_text().replace("tool_start", "tool_begun"))
    again = grown.build()
    assert again["unchanged"] and again["other_inputs"] is True
    ran = grown.run("build", grown.logs, "--store", grown.store, "--text", "raw")
    assert ran.code == 0 and "No row has changed" in ran.out and "cannot be built again" in ran.out, ran


def test_an_as_of_of_the_past_says_who_has_withdrawn_since(grown):
    assert grown.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--store", grown.store).code == 0
    now = grown.build(agree=False)
    assert not any("taken back" in w for w in now["warnings"])
    past = grown.build("--as-of", "2026-06-01", agree=False)
    assert any(w.startswith("one person agreed then") for w in past["warnings"]), past["warnings"]
    assert grown.build(agree=False)["revoked"] == [f"private/{past['version']}"]


def test_other_settings_change_rows_and_are_named(grown):
    assert grown.build(text="none", agree=False)["version"] == "2.0.0"
    found, reasons = diff(grown, "1.1.0", "2.0.0")
    assert found["rows"]["changed"] > 0 and all(reason.startswith("settings: privacy.text") for _, reason in reasons)
    assert 'privacy.text.question: "raw" → "none"' in found["settings"]


def test_the_same_rows_in_other_shards_are_a_patch(grown):
    config = grown.folder / "small.toml"
    config.write_text("[output]\nmax_shard_bytes = 2000\n")
    assert grown.build("--config", config, agree=False)["version"] == "1.1.1"
    found, _ = diff(grown, "1.1.0", "1.1.1")
    assert not any(found["rows"].values()) and any("max_shard_bytes" in s for s in found["settings"])


def hold(shop, version):
    """What was withdrawn from is taken back; only a hold keeps the files that a difference needs."""
    ask(shop, "hold", "add", version, "--reason", "test")


def test_withdrawn_consent_is_the_reason_of_what_is_gone(grown):
    hold(grown, "1.1.0")
    assert grown.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--store", grown.store).code == 0
    assert grown.build(agree=False)["version"] == "2.0.0"
    found, reasons = diff(grown, "1.1.0", "2.0.0")
    assert reasons == {("removed", "consent withdrawn"): found["rows"]["removed"]}


def test_a_text_scope_withdrawn_changes_the_rows(grown):
    for person in ("bo", "cia"):
        file = grown.logs / person / "logs/session.jsonl"
        file.write_text(file.read_text().replace('"user_choice": "Apply"', '"user_choice": "Apply", "rationale": "för att"'))
    assert grown.build(agree=False)["version"] == "2.0.0"
    hold(grown, "2.0.0")
    grown.run("consent", "withdraw", "--subject", "bo", "--scope", "rationale_text", "--store", grown.store)
    assert grown.build(agree=False)["version"] == "3.0.0"
    _, reasons = diff(grown, "2.0.0", "3.0.0")
    assert set(reasons) == {("changed", "agreement to texts changed")}


def test_a_project_that_is_gone_is_said(grown):
    shutil.rmtree(grown.logs / "bo")
    assert grown.build(agree=False)["version"] == "2.0.0"
    assert set(diff(grown, "1.1.0", "2.0.0")[1]) == {("removed", "its project is no longer among the inputs")}


def test_rows_are_named_by_their_record_ids_in_both_versions(grown):
    file = grown.logs / "bo/logs/session.jsonl"
    file.write_text(file.read_text().replace('"user_choice": "Remember"', '"user_choice": "Create"', 1))
    grown.build(agree=False)
    found, _ = diff(grown, "1.0.0", "2.0.0", "--rows")
    ids = {v: {t: {r["record_id"] for r in grown.rows({"path": grown.store / f"private/{v}"}, t)} for t in ("decisions", "questions")}
           for v in ("1.0.0", "2.0.0")}
    assert len(found["changed_rows"]) == sum(found["rows"].values()) > 0
    for row in found["changed_rows"]:
        assert (row["record_before"] == "") is (row["change"] == "added") and (row["record_after"] == "") is (row["change"] == "removed")
        if row["record_before"]:
            assert row["record_before"] in ids["1.0.0"][row["table"]]
        if row["record_after"]:
            assert row["record_after"] in ids["2.0.0"][row["table"]]
    lines = grown.run("diff", "1.0.0", "2.0.0", "--rows", "--store", grown.store).out.splitlines()
    assert len(lines) == len(found["changed_rows"]) + 1
    ran = grown.run("diff", "1.0.0", "2.0.0", "--rows", "--store", grown.store, env={"QF_DATASET_KEY_FILE": str(grown.folder / "none")})
    assert ran.code == 2


# rebuild

def test_a_rebuild_is_the_same_byte_for_byte_also_after_the_logs_grew(grown, tmp_path):
    for version in ("1.0.0", "1.1.0"):
        out = tmp_path / version
        ran = ask(grown, "rebuild", version, "--out", out)
        assert ran["same"] and ran["built"] and {f["state"] for f in ran["files"]} == {"same"}, ran
        for file in (grown.store / "private" / version).rglob("*"):
            if file.is_file():
                assert (out / file.relative_to(grown.store / "private" / version)).read_bytes() == file.read_bytes()
        assert grown.run("verify", out).code == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("qf-rebuild")) == []


def test_a_rebuild_on_another_machine_needs_logs_store_and_key(grown, tmp_path):
    there = tmp_path / "there"
    shutil.move(grown.logs, there / "logs")
    shutil.copytree(grown.store, there / "store")
    for name in ("key", "key.salts"):
        shutil.copy(grown.folder / name, there / name)
    ran = grown.run("rebuild", "1.1.0", "--store", there / "store", "--key-file", there / "key", "--json")
    assert ran.code == 1 and not ran.json["built"] and "not there any more" in " ".join(ran.json["reasons"])
    ran = grown.run("rebuild", "1.1.0", there / "logs", "--store", there / "store", "--key-file", there / "key", "--threads", "1", "--json",
                    env={"TZ": "Asia/Tokyo", "LC_ALL": "C"})
    assert ran.code == 0 and ran.json["same"], ran


def test_a_rebuild_repairs_a_damaged_version(grown, tmp_path):
    file = sorted((grown.store / "private/1.0.0").glob("data/decisions/*.parquet"))[0]
    good = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(good[:100] + bytes([good[100] ^ 1]) + good[101:])
    assert grown.run("verify", "1.0.0", "--store", grown.store).code == 1
    assert ask(grown, "rebuild", "1.0.0", "--out", tmp_path / "again")["same"]
    shutil.copy(tmp_path / "again" / file.relative_to(grown.store / "private/1.0.0"), file)
    assert grown.run("verify", "1.0.0", "--store", grown.store).code == 0


def test_a_changed_or_missing_input_is_named(grown):
    file = grown.logs / "bo/logs/session.jsonl"
    text = file.read_text()
    file.write_text(text.replace('"user_choice": "Remember"', '"user_choice": "Create"', 1))
    ran = ask(grown, "rebuild", "1.1.0", code=1)
    assert not ran["built"] and any("changed since" in r and "bo" in r for r in ran["reasons"]), ran
    file.unlink()
    ran = ask(grown, "rebuild", "1.1.0", code=1)
    assert any("gone" in r for r in ran["reasons"]), ran


def test_what_a_person_withdrew_is_not_rebuilt(grown, tmp_path):
    grown.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--store", grown.store)
    ran = ask(grown, "rebuild", "1.1.0", "--out", tmp_path / "again", code=1)
    assert not ran["built"] and any("consent withdrawn" in r for r in ran["reasons"]) and ran["rows"]["removed"] > 0
    assert not (tmp_path / "again").exists()


def test_a_rebuild_leaves_the_store_as_it_was(grown):
    def content():
        return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in grown.store.rglob("*") if p.is_file()}
    before, logs = content(), {p: p.read_bytes() for p in grown.logs.rglob("*") if p.is_file()}
    ask(grown, "rebuild", "1.0.0")
    assert content() == before and {p: p.read_bytes() for p in grown.logs.rglob("*") if p.is_file()} == logs


def test_a_rebuild_into_a_folder_that_is_not_empty_is_refused(grown):
    assert grown.run("rebuild", "1.0.0", "--store", grown.store, "--out", grown.logs).code == 2


def test_a_rebuild_never_writes_into_the_store(grown):
    for out in (grown.store / "private/1.0.7", grown.store / "again", grown.logs / "../store/x"):
        ran = grown.run("rebuild", "1.0.0", "--store", grown.store, "--out", out)
        assert ran.code == 2 and "lies in the store" in ran.err and not out.exists(), ran


def test_a_rebuild_finds_a_project_whose_folder_has_another_name_now(grown):
    (grown.logs / "bo").rename(grown.logs / "bo i Lund")
    assert grown.build(agree=False)["unchanged"]
    assert ask(grown, "rebuild", "1.0.0")["same"]
    (grown.logs / "bo i Lund/logs/session.jsonl").unlink()
    ran = ask(grown, "rebuild", "1.0.0", code=1)
    assert any(r.startswith("inputs: 1 log gone, bo/") for r in ran["reasons"]), ran
    assert not any("may not be used" in r for r in ran["reasons"]), ran


def test_a_copy_of_a_project_beside_it_changes_no_rebuild(grown):
    questions = grown.logs / "bo/questions"
    questions.mkdir()
    (questions / "Q001.md").write_text("# Q001\n\n^question Q001\n^type multiple_choice\n")
    grown.build(agree=False)
    version = next(v for v, state in states(grown).items() if state == "live")
    assert ask(grown, "rebuild", version)["same"]
    shutil.copytree(grown.logs / "bo", grown.logs / "bo (kopia)")
    assert grown.build(agree=False)["unchanged"]
    assert ask(grown, "rebuild", version)["same"]


# gc and hold

def test_gc_removes_what_is_superseded_and_nothing_else(grown):
    assert ask(grown, "gc", "--dry-run")["removed"][0]["version"] == "private/1.0.0"
    assert (grown.store / "private/1.0.0").exists()
    done = ask(grown, "gc")
    assert [r["version"] for r in done["removed"]] == ["private/1.0.0"] and done["bytes"] > 0
    assert done["kept"] == [{"version": "private/1.1.0", "because": "it is live"}]
    said = [e["says"] for e in ask(grown, "audit", "log")["entries"] if e["kind"] == "version_removed"]
    assert said == [{"version": "private/1.0.0", "because": "gc"}]
    assert not (grown.store / "private/1.0.0").exists() and not list(grown.store.glob("private-state/private-1.0.0*"))
    assert grown.run("verify", grown.store).code == 0 and ask(grown, "gc")["removed"] == []
    assert ask(grown, "versions")["versions"][0]["path"] is None
    for words in (("diff", "1.0.0", "1.1.0"), ("rebuild", "1.0.0"), ("verify", "1.0.0")):
        ran = grown.run(*words, "--store", grown.store)
        assert ran.code == 2 and "private/1.0.0 was removed by gc" in ran.err, ran
    assert grown.run("gc", "1.1.0", "--store", grown.store).code == 1
    assert grown.run("verify", "1.1.0", "--store", grown.store).code == 0


def test_a_removed_number_is_not_used_again(grown):
    ask(grown, "gc")
    school(grown)
    assert grown.build(agree=False)["version"] == "2.0.0"


def test_a_held_version_stays_until_the_hold_is_lifted(grown):
    ask(grown, "hold", "add", "1.0.0", "--reason", "case 7", "--by", "anna")
    assert grown.run("hold", "add", "1.0.0", "--reason", "again", "--store", grown.store).code == 1
    assert grown.run("gc", "1.0.0", "--store", grown.store).code == 1
    assert {"version": "private/1.0.0", "because": "it is under legal hold"} in ask(grown, "gc")["kept"]
    assert ask(grown, "versions")["versions"][0]["held"] and ask(grown, "show", "1.0.0")["holds"][0]["reason"] == "case 7"
    ask(grown, "hold", "remove", "1.0.0", "--by", "bo")
    assert grown.run("hold", "remove", "1.0.0", "--store", grown.store).code == 2
    hold = ask(grown, "hold", "list")["holds"][0]
    assert (hold["placed_by"], hold["lifted_by"]) == ("anna", "bo") and hold["lifted_at"]
    assert [r["version"] for r in ask(grown, "gc")["removed"]] == ["private/1.0.0"]


# split

def test_reassign_is_explicit_and_major(grown):
    assert grown.build(agree=False)["unchanged"]
    before = ask(grown, "split")["people"]
    assert sum(before.values()) == len(PEOPLE) and before["test"] == 3
    assert ask(grown, "split", "--reassign")["reassigned"]
    built = grown.build(agree=False)
    assert built["version"] == "2.0.0"
    found, reasons = diff(grown, "1.1.0", "2.0.0")
    assert found["rows"]["moved"] > 0 and set(reasons) == {("moved", "people were placed into splits anew")}
    assert ask(grown, "split")["people"] == before and grown.build(agree=False)["unchanged"]
    assert ask(grown, "rebuild", "1.1.0")["same"] and ask(grown, "rebuild", "2.0.0")["same"]


def test_a_test_split_that_lost_people_is_warned_of_and_stays(grown):
    built = grown.build("--dry-run", agree=False)
    assert built["warnings"] == []
    for person in PEOPLE:  # until somebody of the three in test is gone, each with three decisions at least
        grown.run("consent", "withdraw", "--subject", person, "--scope", "model_training", "--store", grown.store)
        built = grown.build(agree=False)
        left = built["tally"]["written"]["decisions"].get("test", 0)
        if left < 9:
            break
    assert 0 < left < 9 and any("split test has come to hold fewer than 3" in w for w in built["warnings"]), built["warnings"]


# keys

def test_keys_status_says_whose_key_it_is(grown):
    status = ask(grown, "keys", "status")
    assert status["state"] == "the store's key" and status["key"] == status["store_key"] and status["versions_of_this_key"] == 2 and status["salts"]
    assert grown.run("keys", "status").code == 0
    other = {"QF_DATASET_KEY_FILE": str(grown.folder / "other")}
    assert ask(grown, "keys", "status", code=1, env=other)["state"] == "lost"
    assert not (grown.folder / "other").exists()


def test_a_lost_key_is_never_replaced_in_silence(grown):
    grown.key.rename(grown.folder / "away")
    for code, words in ((2, ("build", grown.logs)), (2, ("rebuild", "1.0.0"))):
        ran = grown.run(*words, "--store", grown.store)
        assert ran.code == code and not grown.key.exists(), ran
    ran = grown.run("build", grown.logs, "--store", grown.store)
    assert all(word in ran.err for word in ("rebuilt", "looked up", "--new-key", "backup")), ran
    assert grown.run("verify", grown.store).code == 0
    built = grown.build("--new-key", agree=False)
    assert built["version"] == "2.0.0"
    found, reasons = diff(grown, "1.1.0", "2.0.0")
    assert found["other_key"] and set(reasons) == {("added", "another key"), ("removed", "another key")}
    ran = grown.run("diff", "1.1.0", "2.0.0", "--rows", "--store", grown.store)
    assert ran.code == 2 and ran.out == "" and "salt of 1.1.0" in ran.err, ran
    assert grown.build(agree=False)["unchanged"]
    assert ask(grown, "rebuild", "2.0.0")["same"]
    # The old key was found again: its versions can be rebuilt with it.
    old = grown.folder / "old"
    (grown.folder / "away").rename(old)
    aside = next(grown.folder.glob("key.salts.of-*"))
    aside.rename(grown.folder / "old.salts")
    assert ask(grown, "rebuild", "1.1.0", "--key-file", old)["same"]
    ran = grown.run("build", grown.logs, "--store", grown.store, "--key-file", old)
    assert ran.code == 2 and "--new-key" in ran.err


def test_a_rotated_key_still_tells_rows_of_before(grown):
    ask(grown, "keys", "rotate")
    project(grown.logs, log_of(1, 5), name="alva", sid=session_id(1), person="alva")
    grown.build(agree=False)
    found, reasons = diff(grown, "1.1.0", "1.2.0")
    assert not found["other_key"] and set(reasons) == {("added", "a new line")}
    assert ask(grown, "rebuild", "1.0.0")["same"] and ask(grown, "rebuild", "1.2.0")["same"]


def test_without_its_salt_a_version_cannot_be_rebuilt(grown):
    (grown.folder / "key.salts").unlink()
    ran = grown.run("rebuild", "1.0.0", "--store", grown.store)
    assert ran.code == 2 and "key.salts" in ran.err, ran


# time

def test_as_of_decides_consent_and_not_when_it_was_recorded(shop):
    project(shop.logs, Log().decide().decide(question="Q002"))
    shop.register([(Log().sid, "alva")])
    shop.consent({"subject": "alva", "given_at": "2026-03-01T00:00:00Z", "covers_from": "2026-01-01T00:00:00Z", "expires_at": "2026-06-01T00:00:00Z"})
    for day, code in (("2026-02-28", 1), ("2026-03-01", 0), ("2026-05-31", 0), ("2026-06-01", 1)):
        shop.build("--as-of", day, agree=False, code=code)
    shop.run("consent", "withdraw", "--subject", "alva", "--scope", "model_training", "--store", shop.store)
    shop.build("--as-of", "2026-04-01", agree=False)
    assert ask(shop, "versions")["versions"][0]["as_of"].startswith("2026-03-01")


def test_the_date_of_creation_may_be_given_and_is_in_no_file(shop):
    school(shop, people=("alva",))
    shop.build(env={"SOURCE_DATE_EPOCH": "86400"})
    shown = ask(shop, "show", "1.0.0")
    assert shown["created_at"] == "1970-01-02T00:00:00Z" and not shown["as_of"].startswith("1970")
