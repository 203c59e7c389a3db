"""A person asks what is kept of them: everything, with reasons; others' names masked; through the real program."""
import csv
import json
import re
import shutil
import sqlite3
import stat
from contextlib import closing

from conftest import Log, project, session_id


def classroom(shop):
    for number, person in enumerate(["alva", "bo"], 1):
        log = Log(sid=session_id(number))
        for i in range(4):
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=f"Vad gör {person} cellen {i}?",
                                                     rationale="Min kollega Erik Lundström ringde 070-174 06 35, tycker alva")
            log.add("correction_made", {"question_id": f"Q{i:03d}", "field": "title", "before": "Före", "after": f"Efter {i}"})
        project(shop.logs, log, name=f"kurs-{person}", sid=session_id(number), person=person)


def access(shop, subject="alva", *more, code=0, out="answer"):
    ran = shop.run("access", "--subject", subject, "--store", shop.store, "--out", shop.folder / out, "--json", *more)
    assert ran.code == code, ran
    return ran.json if code == 0 else ran


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_everything_of_one_person_and_nothing_of_others(shop):
    classroom(shop)
    first = shop.build()
    mine = [r for r in shop.rows(first)]
    got = access(shop)
    out = shop.folder / "answer"
    assert got["found"] and got["gone"] == []
    assert stat.S_IMODE(out.stat().st_mode) == 0o700 and stat.S_IMODE((out / "raw").stat().st_mode) == 0o700

    # Derived: the rows of the version that are theirs, by the pseudonym of that version.
    derived = lines(out / "derived/private-1.0.0/decisions.jsonl")
    pseudonym = {r["subject_id"] for r in derived}
    assert len(pseudonym) == 1 and len(derived) == sum(r["subject_id"] in pseudonym for r in mine) == 4
    # Raw: what the logs say, each with its fate.
    raw = lines(out / "raw/rows.jsonl")
    assert {r["project"] for r in raw} == {session_id(1)}
    assert all(r["kept_in"] == ["private/1.0.0"] for r in raw), raw
    assert got["raw_rows"] == len(raw) == got["derived_rows"]
    assert {str(r["changed_fields"]) for r in raw} == {"{'private/1.0.0': {}}"}, "raw text leaves as it was read"

    everything = "\n".join(p.read_text() for p in out.rglob("*") if p.is_file())
    assert "Lundström" not in everything and "070-174" not in everything, "others are masked"
    assert "tycker alva" in everything and "[PERSON_1]" in everything, "their own words stay"
    assert "Vad gör bo" not in everything and session_id(2) not in everything, "nothing of another person"

    # Article 20 apart: only what the person provided.
    own = lines(out / "portability/decisions.jsonl")
    assert len(own) == 4 and set(own[0]) <= {"project", "timestamp", "decision_type", "question_text", "user_choice", "rationale"}
    with open(out / "portability/decisions.csv", newline="") as file:
        assert [r["user_choice"] for r in csv.DictReader(file)] == [r["user_choice"] for r in own]
    assert "decisions" in json.loads((out / "portability/schema.json").read_text())["$defs"]

    page = (out / "index.html").read_text()
    assert "default-src 'none'" in page and not re.search(r"<(script|link|img|iframe)|https?://(?!www\.w3)|javascript:", page)
    assert (out / "letter.sv.md").read_text().startswith("# Din begäran") and (out / "letter.en.md").exists()

    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        kinds = [k for (k,) in ledger.execute("SELECT kind FROM chain WHERE kind LIKE 'dsar%' ORDER BY seq")]
    assert kinds == ["dsar_requested", "dsar_delivered"]


def test_reasons_for_what_was_left_out(shop):
    classroom(shop)
    shop.build()
    assert shop.run("consent", "withdraw", "--subject", "alva", "--scope", "model_training", "--store", shop.store).code == 0
    access(shop, "alva", "--lang", "en")
    raw = lines(shop.folder / "answer/raw/rows.jsonl")
    assert {r["left_out"] for r in raw} == {"consent_withdrawn"}
    assert "withdrawn" in (shop.folder / "answer/index.html").read_text()


def test_reasons_for_what_was_changed(shop):
    classroom(shop)
    shop.agree()
    shop.consent({"subject": "alva", "scope": "correction_text", "status": "withdrawn", "given_at": "2021-01-01T00:00:00Z"})
    shop.build(text="redacted", agree=False)
    access(shop)
    raw = lines(shop.folder / "answer/raw/rows.jsonl")
    changed = {table: [r["changed_fields"]["private/1.0.0"] for r in raw if r["table"] == table] for table in ("decisions", "corrections", "questions")}
    assert {c.get("rationale") for c in changed["decisions"]} == {"text level redacted"}
    assert {c.get("after") for c in changed["corrections"]} == {"text not agreed to"}
    assert {c.get("title") for c in changed["questions"]} == {"what a correction put in, which is not agreed to or kept back"}


def test_logs_that_are_gone_are_named_and_can_be_named_anew(shop):
    classroom(shop)
    shop.build()
    shutil.move(shop.logs, shop.folder / "moved")
    got = access(shop)
    assert got["raw_rows"] == 0 and got["gone"] == [str(shop.logs)] and got["derived_rows"] > 0
    again = access(shop, "alva", shop.folder / "moved", out="again")
    assert again["raw_rows"] == got["derived_rows"]


def test_without_the_key_it_says_what_cannot_be_told(shop):
    classroom(shop)
    shop.build()
    shop.key.unlink()
    got = access(shop, "alva", "--lang", "en")
    assert [v["rows"] for v in got["versions"]] == [0] and "key is lost" in got["versions"][0]["unknown"]
    assert "key is lost" in (shop.folder / "answer/index.html").read_text()


def test_nobody_of_that_name(shop):
    classroom(shop)
    shop.build()
    got = access(shop, "zqnobody")
    assert not got["found"] and got["derived_rows"] == 0
    said = json.loads((shop.folder / "answer/access.json").read_text())
    assert [said[lists] for lists in ("versions", "recipients", "agreements", "projects", "set_apart",
                                        "named_by_others", "audit_entries_about_you")] == [[]] * 7, "looked at, and none"
    assert b"zqnobody" not in (shop.store / "ledger.db").read_bytes(), "a name that nothing is kept of is not kept either"


def test_a_folder_that_is_not_empty_is_left_alone(shop):
    classroom(shop)
    shop.build()
    (shop.folder / "answer").mkdir()
    (shop.folder / "answer/mine").write_text("x")
    assert "not an empty folder" in access(shop, code=2).err


def alike(shop, people):
    """So many people who did the same, enough of it to leave the private circle."""
    for number in range(1, people + 1):
        log = Log(sid=session_id(number))
        for i in range(24):
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", choice="Apply" if i % 2 else "Remember", after=2400)
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")


def test_versions_for_others_too_and_after_an_erasure(shop):
    alike(shop, 6)
    shop.authorise("internal")
    built = shop.build("--audience", "internal", text="features")
    got = access(shop, "zqp1")
    [version] = got["versions"]
    assert version["version"] == "internal/1.0.0" and 0 < version["rows"] < sum(built["tally"]["written"]["decisions"].values())
    assert shop.run("erase", "--subject", "zqp1", "--store", shop.store).code == 0
    after = access(shop, "zqp1", out="after")
    assert after["versions"] == [] and after["derived_rows"] == 0
    assert b"zqp1" not in (shop.store / "ledger.db").read_bytes(), "asking brings nothing back"


def test_a_formula_in_a_text_is_none_in_a_spreadsheet(shop):
    log = Log(sid=session_id(1))
    log.decide(rationale='=HYPERLINK("http://x","y")')
    project(shop.logs, log, sid=session_id(1))
    shop.build()
    access(shop)
    with open(shop.folder / "answer/portability/decisions.csv", newline="") as file:
        assert next(csv.DictReader(file))["rationale"].startswith("'=")


def test_what_the_logs_still_hold_of_somebody_erased_is_said_and_not_kept(shop):
    classroom(shop)
    shop.build()
    assert shop.run("erase", "--subject", "alva", "--store", shop.store, "--json").json["successor"]
    got = access(shop)
    assert got["derived_rows"] == 0 and got["raw_rows"] > 0
    assert {r["left_out"] for r in lines(shop.folder / "answer/raw/rows.jsonl")} == {"erased"}
    assert b"alva" not in (shop.store / "ledger.db").read_bytes(), "asking brings nothing back"


def test_why_a_permitted_record_is_in_no_version(shop):
    """The same reasons, and as many, as the build counted; and what was logged since."""
    for number in range(1, 9):
        log = Log(sid=session_id(number))
        for i in range(24):
            text = "Vilken del av cellen bryter ned fettsyror?" if i == 0 else f"Fråga {number} {i}: vad gör zq{number}x{i}?"
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=text)
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    built = shop.build(text="redacted")
    assert built["tally"]["dropped"].get("shared_text"), built["tally"]["dropped"]
    for number in range(1, 9):
        access(shop, f"zqp{number}", "--lang", "en", out=f"a{number}")
        said = json.loads((shop.folder / f"a{number}/access.json").read_text())
        [one] = said["projects"]
        assert said["permitted_in_no_version"] == one["left_out_at_latest_build"]
        for row in lines(shop.folder / f"a{number}/raw/rows.jsonl"):
            assert row["in_no_version_because"] == (None if row["kept_in"] else "shared_text")
    total = sum(sum(json.loads((shop.folder / f"a{n}/access.json").read_text())["permitted_in_no_version"].values()) for n in range(1, 9))
    assert total == built["tally"]["dropped"]["shared_text"]
    file = shop.logs / "kurs-1/logs/session.jsonl"
    file.write_bytes(file.read_bytes() + bytes(Log(sid=session_id(1), start="2026-02-03T08:00:00").decide(question="Q900", rationale="senare")))
    access(shop, "zqp1", "--lang", "en", out="later")
    late = [r for r in lines(shop.folder / "later/raw/rows.jsonl") if r["row"].get("rationale") == "senare"]
    assert [r["in_no_version_because"] for r in late] == ["after_latest_build"]
    assert "logged after the latest build" in (shop.folder / "later/index.html").read_text()


def test_shared_texts_and_small_groups_are_told_apart_where_the_counts_can(shop):
    for number in range(1, 9):
        log = Log(sid=session_id(number))
        for i in range(24):
            text = "Vilken del av cellen bryter ned fettsyror?" if i == 5 else f"Fråga {number} {i}: vad gör zq{number}x{i}?"
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=text, choice="Apply" if i % 2 else "Remember", after=2400)
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    shop.authorise("internal")
    built = shop.build("--audience", "internal", text="redacted")
    assert built["tally"]["dropped"].get("shared_text") and not built["tally"]["dropped"].get("small_group"), built["tally"]["dropped"]
    reasons = {}
    for number in range(1, 9):
        access(shop, f"zqp{number}", out=f"a{number}")
        for reason, count in json.loads((shop.folder / f"a{number}/access.json").read_text())["permitted_in_no_version"].items():
            reasons[reason] = reasons.get(reason, 0) + count
    assert reasons == {"shared_text": built["tally"]["dropped"]["shared_text"]}


def test_what_was_made_coarser_is_named(shop):
    for number in range(1, 9):
        log = Log(sid=session_id(number), start="2026-02-02T08:00:00" if number % 2 else "2025-09-02T08:00:00")
        for i in range(24):
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", choice="Apply" if i % 2 else "Remember", after=2400,
                                                     tool="m9_stage7" if number == 1 and i > 20 else "m3_stage2")
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    shop.authorise("internal")
    shop.build("--audience", "internal", text="features")
    access(shop, "zqp1", "--lang", "en")
    raw = lines(shop.folder / "answer/raw/rows.jsonl")
    derived = lines(shop.folder / "answer/derived/internal-1.0.0/decisions.jsonl")
    kept = [r for r in raw if r["kept_in"] and r["table"] == "decisions"]
    said = json.loads((shop.folder / "answer/access.json").read_text())
    generalised = said["generalised_fields"].get("internal/1.0.0", {})
    assert len(kept) == len(derived) > 0
    for field in ("term", "subject_area", "tool", "language"):
        lost = sum(field in r["row"] for r in kept) - sum(field in r for r in derived)
        named = sum(str(r["changed_fields"]["internal/1.0.0"].get(field, "")).startswith("coarser") for r in kept)
        assert named >= lost and generalised.get(f"decisions.{field}", 0) == named, field
    assert any(k.startswith("decisions.") for k in generalised), "nothing was made coarser: the test shows too little"
    assert "coarser, or nothing" in (shop.folder / "answer/index.html").read_text()


def test_the_controller_is_named_as_on_the_receipt_of_consent(shop):
    classroom(shop)
    shop.build()
    assert shop.run("authorise", "add", "--controller", "Norra skolan", "--basis", "consent", "--dpia", "D", "--audience", "internal",
                    "--until", "2040-01-01", "--store", shop.store).code == 0
    access(shop)
    assert json.loads((shop.folder / "answer/access.json").read_text())["controller"] == "Norra skolan"
    page = (shop.folder / "answer/index.html").read_text()
    assert "Personuppgiftsansvarig: Norra skolan" in page and "Personuppgiftsansvarig och dataskyddsombud" not in page


def test_a_swedish_answer_is_in_swedish(shop):
    classroom(shop)
    shop.build(text="redacted")
    shop.build(text="features", agree=False)
    access(shop)
    page = (shop.folder / "answer/index.html").read_text()
    for english in ("superseded", "question: redacted", ">live<", "source_log", "model_training", ">given<", ">decisions<"):
        assert english not in page, english
    assert "ersatt av en nyare" in page and "frågor: med personer maskerade" in page and "loggar från arbetspassen" in page
    assert 'data-label="läge"' in page


def test_what_changed_is_said_of_each_version(shop):
    """A version for others lacks columns that the one at home keeps: neither is told of the other."""
    alike(shop, 12)
    shop.authorise("external")
    shop.build(text="none")
    shop.build("--audience", "external", text="none", agree=False)
    access(shop, "zqp1", "--lang", "en")
    raw = [r for r in lines(shop.folder / "answer/raw/rows.jsonl") if len(r["kept_in"]) == 2]
    assert raw, "no record is in both: the test shows nothing"
    for row in raw:
        changed = row["changed_fields"]
        assert set(changed) == {"private/1.0.0", "external/1.0.0"} and "session_order" not in changed["private/1.0.0"]
        assert changed["external/1.0.0"]["session_order"] == "would tie rows together"
    said = json.loads((shop.folder / "answer/access.json").read_text())["changed_fields"]
    assert "decisions.sitting" in said["external/1.0.0"] and "decisions.sitting" not in said.get("private/1.0.0", {})


def test_all_that_an_erasure_would_find_is_in_the_answer(shop):
    from erasure.test_mentions import NAME, shop_with_mentions
    shop_with_mentions(shop)
    shop.consent({"subject": NAME, "scope": "model_training", "given_at": "2026-01-02T00:00:00Z", "evidence": "form 17", "recorded_by": "Zqrektor"})
    assert shop.run("recipients", "add", "private/1.0.0", "--name", "Lab", "--contact", "zqanna.zqberg@lab.example", "--by", "Erik Lundström",
                    "--store", shop.store).code == 0
    found = shop.run("erase", "--subject", NAME, "--store", shop.store, "--dry-run", "--json").json["names_masked"]
    access(shop, NAME)
    said = json.loads((shop.folder / "answer/access.json").read_text())
    named = said["named_by_others"]
    by_table = {where: sum(sum("zq" in str(v).lower() for v in one["says"].values()) for one in named if one["where"] == where)
                for where in {one["where"] for one in named}}
    assert by_table == {where: count for where, count in found.items() if where != "audit_entries"}
    entries = said["audit_entries_about_you"]
    naming = [e for e in entries if e["kind"] in ("hold_placed", "hold_lifted", "controller_authorised", "controller_revoked",
                                                  "recipient_added", "quarantine_destroyed")]
    assert len(naming) == found["audit_entries"] and all(e["at"] and e["says"] for e in naming)
    assert [e["says"]["contact"] for e in naming if "contact" in e["says"]] == ["zqanna.zqberg@lab.example"]
    assert "consent_given" in {e["kind"] for e in entries} or "consent_renewed" in {e["kind"] for e in entries}
    assert ("form 17", "Zqrektor") in {(a["evidence"], a["recorded_by"]) for a in said["agreements"]}
    everything = "".join(p.read_text() for p in (shop.folder / "answer").rglob("*") if p.is_file())
    assert "Lundström" not in everything, "others are masked"
    page = (shop.folder / "answer/index.html").read_text()
    assert "ett rättsligt hinder" in page and "a dispute with" in page and "Vad revisionsloggen säger om dig" in page and "form 17" in page


def test_somebody_who_is_only_named_gets_that(shop):
    classroom(shop)
    shop.build()
    assert shop.run("hold", "add", "private/1.0.0", "--reason", "zqcarl asked", "--by", "alva", "--store", shop.store).code == 0
    got = access(shop, "zqcarl")
    said = json.loads((shop.folder / "answer/access.json").read_text())
    assert got["found"] and [one["says"]["placed_by"] for one in said["named_by_others"]] == ["[PERSON_1]"]
    assert [e["says"] for e in said["audit_entries_about_you"]] == [{"reason": "zqcarl asked", "version": "private/1.0.0"}] or \
        said["audit_entries_about_you"][0]["says"]["reason"] == "zqcarl asked"
