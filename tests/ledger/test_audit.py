"""Authority, recipients, the audit log, and texts that a person decides about."""
import json
import sqlite3
from pathlib import Path

import pytest
from conftest import Log, project, session_id


@pytest.fixture
def store(shop):
    project(shop.logs, Log().decide(), person="alva")
    shop.agree()
    shop.authorise("internal")
    return shop


def audit(shop, *words, code=0):
    ran = shop.run("audit", *words, "--store", shop.store, "--json")
    assert ran.code == code, ran
    return json.loads(ran.out) if ran.out else None


def test_an_authorisation_is_listed_revoked_and_in_the_log(store):
    one = store.run("authorise", "list", "--store", store.store, "--json").json["authorisations"]
    assert [(a["controller"], a["audience"], a["state"]) for a in one] == [("School", "internal", "in force")]
    assert store.run("authorise", "revoke", "1", "--by", "bo", "--store", store.store).code == 0
    assert store.run("authorise", "revoke", "1", "--store", store.store).code != 0
    assert store.run("authorise", "list", "--store", store.store, "--json").json["authorisations"][0]["state"] == "revoked"
    kinds = [entry["kind"] for entry in audit(store, "log")["entries"]]
    assert kinds[-2:] == ["controller_authorised", "controller_revoked"]


@pytest.mark.parametrize("missing", ["--controller", "--basis", "--dpia", "--until", "--audience"])
def test_an_authorisation_must_be_whole(store, missing):
    words = {"--controller": "A", "--basis": "consent", "--dpia": "D", "--until": "2040-01-01", "--audience": "internal"}
    words.pop(missing)
    ran = store.run("authorise", "add", *sum(map(list, words.items()), []), "--store", store.store)
    assert ran.code == 2 and missing in ran.err


def test_an_authorisation_of_the_past_is_none(store):
    ran = store.run("authorise", "add", "--controller", "A", "--basis", "consent", "--dpia", "D", "--until", "2020-01-01",
                    "--audience", "internal", "--store", store.store)
    assert ran.code == 2 and "passed" in ran.err


def test_with_two_controllers_people_need_one_of_their_own(shop):
    for number, person in enumerate(("alva", "bo")):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=f"k{number}", sid=session_id(number), person=person)
    rows = shop.agree()
    shop.authorise("internal", "North")
    shop.authorise("internal", "South")
    refused = shop.run("build", shop.logs, "--store", shop.store, "--audience", "internal", "--text", "none", "--json")
    assert set(refused.json["tally"]["dropped"]) == {"no_controller"}
    people = Path(shop.folder) / "controllers.csv"
    people.write_text("project,subject,controller\n" + "".join(f"{r['project']},{r['subject']},North\n" for r in rows))
    assert shop.run("people", "import", people, "--store", shop.store).code == 0
    refused = shop.run("build", shop.logs, "--store", shop.store, "--audience", "internal", "--text", "none", "--json")
    assert set(refused.json["tally"]["dropped"]) == {"small_group"}


def test_the_log_holds_until_it_is_changed_or_cut_off(store):
    anchor = store.folder / "anchor.json"
    store.build(agree=False)
    assert audit(store, "checkpoint", "--out", anchor)["seq"] >= 1
    store.authorise("external")
    whole = audit(store, "verify", "--anchor", anchor)
    assert whole["whole"] and whole["anchored"] and whole["checkpoints"] == 1
    exported = store.folder / "log.jsonl"
    audit(store, "export", exported)
    copy = store.folder / "other"
    ran = store.run("audit", "import", exported, "--store", copy, "--json")
    assert ran.code == 0 and ran.json["entries"] == whole["entries"]
    taken = store.run("audit", "verify", "--store", copy, "--json").json
    said = store.run("audit", "log", "--store", copy, "--json").json["entries"]
    assert said[-2]["hash"] == whole["head"] and said[-1]["kind"] == "log_imported" and taken["checkpoints"] == 1
    assert store.run("audit", "import", exported, "--store", store.store).code == 1

    def damaged(*statements):
        other = store.folder / "damaged"
        other.mkdir(exist_ok=True)
        (other / "ledger.db").write_bytes((store.store / "ledger.db").read_bytes())
        with sqlite3.connect(other / "ledger.db") as ledger:
            for name, in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                ledger.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                ledger.execute(statement)
        ledger.close()
        return store.run("audit", "verify", "--anchor", anchor, "--store", other, "--json")

    seq = whole["entries"]
    for statement in (f"UPDATE chain SET at = at + 1 WHERE seq = {seq}", f"UPDATE chain_bodies SET body = '[]' WHERE seq = {seq}",
                      "DELETE FROM chain WHERE seq = 1", "UPDATE checkpoints SET at = at + 1"):
        ran = damaged(statement)
        assert ran.code == 1 and not ran.json["whole"], statement
    cut = damaged("DELETE FROM chain_bodies", "DELETE FROM checkpoints", "DELETE FROM chain")
    assert cut.code == 1 and "cut off" in cut.json["problem"]


def test_a_released_text_leaves_masked_and_a_destroyed_one_never(shop):
    log = Log()
    for number in range(3):
        log.decide(question=f"Q00{number}", rationale=f"Eleven har diabetes typ {number} enligt Anna Lindqvist.")
    project(shop.logs, log, person="alva")
    built = shop.build(text="redacted")
    assert all(row["rationale"] is None for row in shop.rows(built))
    items = audit(shop, "quarantine", "list")["items"]
    assert len(items) == 3 and {item["field"] for item in items} == {"decisions.rationale"}
    assert sorted(item["place"].rsplit(":", 1)[1] for item in items) == ["1", "2", "3"]
    assert "diabetes" not in json.dumps(items)
    by_line = {item["place"].rsplit(":", 1)[1]: item["id"] for item in items}
    audit(shop, "quarantine", "release", by_line["1"], "--by", "Karin")
    audit(shop, "quarantine", "destroy", by_line["2"], "--by", "Karin")
    rows = shop.rows(shop.build(text="redacted", agree=False))
    assert [row["rationale"] is None for row in rows] == [False, True, True]
    assert "diabetes typ 0" in rows[0]["rationale"] and "Lindqvist" not in rows[0]["rationale"]
    assert shop.run("audit", "quarantine", "release", "00", "--by", "K", "--store", shop.store).code != 0
    # A destruction is final, whoever asks; a release is not.
    refused = shop.run("audit", "quarantine", "release", by_line["2"], "--by", "Anna", "--store", shop.store)
    assert refused.code == 1 and "final" in refused.err
    assert shop.run("audit", "quarantine", "destroy", by_line["2"], "--by", "Anna", "--store", shop.store).code == 0
    audit(shop, "quarantine", "destroy", by_line["1"], "--by", "Anna")
    items = {item["id"]: item for item in audit(shop, "quarantine", "list")["items"]}
    assert [items[by_line[n]]["decided_by"] for n in "12"] == ["Anna", "Karin"], "who destroyed it first, did"
    rows = shop.rows(shop.build(text="redacted", agree=False))
    assert all(row["rationale"] is None for row in rows)


def test_one_text_has_all_its_places_and_one_number_everywhere(shop):
    """One decision lets out every row that holds the text, so all of them are told before and after it."""
    shared, other = "Eleven har diabetes enligt Anna Lindqvist.", "Eleven har epilepsi enligt Anna Lindqvist."
    for number in range(3):
        log = Log(sid=session_id(number)).decide(question="Q1", rationale=shared).decide(question="Q2", rationale=shared)
        log.decide(question="Q3", question_text=other if number == 0 else "Vad är osmos?")
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person="alva")
    built = shop.build(text="redacted")
    listed = audit(shop, "quarantine", "list")
    texts, rows = sum(built["tally"]["quarantined"].values()), built["tally"]["quarantined_rows"]
    assert listed["awaiting"] == {"texts": texts, "rows": rows} and len(listed["items"]) == texts == 2
    item = max(listed["items"], key=lambda one: one["rows"])
    places = {(p["project"], p["place"]) for p in item["places"]}
    assert item["rows"] == len(places) == 6 and {p for p, _ in places} == {session_id(n) for n in range(3)}
    assert {place for _, place in places} == {f"k{n}/logs/session.jsonl:{line}" for n in range(3) for line in (1, 2)}
    [question] = [one for one in listed["items"] if one is not item]
    assert {(p["place"], p["field"]) for p in question["places"]} == {("k0/logs/session.jsonl:3", "decisions.question_text"), ("question Q3", "questions.question_text")}
    assert rows == item["rows"] + question["rows"]
    out = shop.run("audit", "quarantine", "list", "--store", shop.store).out
    assert f"{texts} texts in {rows} rows" in out and out.count("logs/session.jsonl:") == 7
    again = shop.run("build", shop.logs, "--store", shop.store, "--text", "redacted")
    assert f"texts in {rows} rows" in again.out, again
    assert shop.run("report", "dpia", "--store", shop.store, "--lang", "en", "--out", shop.folder / "papers").code == 0
    paper = (shop.folder / "papers/dpia.md").read_text()
    import re
    assert re.search(rf"distinct texts awaiting a person's decision now \| {texts} \|", paper) and re.search(rf"rows that these texts stand in \| {rows} \|", paper)
    assert f"stand in {rows} rows" in paper
    done = audit(shop, "quarantine", "release", item["id"], "--by", "Karin")
    assert done["rows"] == 6 and done["projects"] == 3 and len(done["places"]) == 6
    ran = shop.run("audit", "quarantine", "release", item["id"], "--by", "Karin", "--store", shop.store)
    assert "6 rows of 3 projects" in ran.out and ran.out.count("logs/session.jsonl") == 6, ran
    rows_out = shop.rows(shop.build(text="redacted", agree=False))
    assert sum("diabetes" in (row["rationale"] or "") for row in rows_out) == 6


def test_the_list_of_texts_set_apart_says_by_which_day(shop):
    from datetime import date, timedelta
    project(shop.logs, Log().decide(rationale="Eleven har diabetes enligt Anna Lindqvist."), person="alva")
    shop.build(text="redacted")
    [item] = audit(shop, "quarantine", "list")["items"]
    assert date.fromisoformat(item["decide_by"]) - date.fromisoformat(item["found_at"]) == timedelta(days=14)
    plan = shop.run("retain", "plan", "--store", shop.store, "--json").json
    assert [i["due"] for i in plan["later"] if i["kind"] == "quarantine"] == [item["decide_by"]]
    assert item["decide_by"] in shop.run("audit", "quarantine", "list", "--store", shop.store).out


def test_a_recipient_needs_a_version(store):
    ran = store.run("recipients", "add", "private/9.9.9", "--name", "Lab", "--contact", "x", "--store", store.store)
    assert ran.code != 0
    from datetime import UTC, datetime, timedelta
    store.build(agree=False)
    today, later = (str((datetime.now(UTC) + timedelta(days=days)).date()) for days in (0, 3))
    add = ["recipients", "add", "1.0.0", "--name", "Lab", "--contact", "x", "--model", "m1", "--model", "m2", "--store", store.store]
    for day, why in ((later, "yet to come"), ("2026-05-01", "nobody was given it")):
        ran = store.run(*add, "--given-at", day)
        assert ran.code == 2 and "--given-at" in ran.err and why in ran.err, ran
    assert store.run(*add, "--given-at", today).code == 0
    for option in ("--name", "--contact", "--model", "--export", "--by"):
        words = {"--name": "Lab", "--contact": "x"} | {option: b"m\xff"}
        ran = store.run("recipients", "add", "1.0.0", *(w for pair in words.items() for w in pair), "--store", store.store)
        assert ran.code == 2 and f"{option}: at most" in ran.err and "UTF-8" in ran.err, ran
    one, = store.run("recipients", "list", "--store", store.store, "--json").json["recipients"]
    assert one["version"] == "private/1.0.0" and one["models"] == ["m1", "m2"] and one["given_at"] == today


def test_an_export_keeps_its_checkpoints_and_shows_what_was_cut_off(store):
    """Cut off behind the last checkpoint only the anchor tells; before it, the checkpoint that the export carries."""
    store.build(agree=False)
    audit(store, "checkpoint")
    audit(store, "export", store.folder / "earlier.jsonl")
    store.authorise("external")
    anchor, exported = store.folder / "anchor.json", store.folder / "log.jsonl"
    seq = audit(store, "checkpoint", "--out", anchor)["seq"]
    store.authorise("internal")
    said = audit(store, "export", exported)
    assert said["checkpoints"] == 2
    lines = exported.read_text().splitlines()
    head, lines = lines[0], lines[1:]
    assert json.loads(head)["suppressions"] == [] and len(lines) == said["entries"] + 2 and [json.loads(one)["checkpoint"]["seq"] for one in lines[-2:]][-1] == seq
    place = store.folder / "changed.jsonl"

    def verdict(kept, *words, head=head):
        place.write_text("\n".join([head, *kept]) + "\n")
        ran = store.run("audit", "verify", "--file", place, "--json", *words)
        taken = store.run("audit", "import", place, "--store", store.folder / f"copy{len(list(store.folder.glob('copy*')))}", *words)
        assert (taken.code == 0) == (ran.code == 0), (ran, taken)
        return ran.code

    entries, checkpoints = lines[:said["entries"]], lines[said["entries"]:]
    assert verdict(lines) == verdict(lines, "--anchor", anchor) == 0
    assert verdict(entries[:-1] + checkpoints) == 0, "behind the last checkpoint nothing shows"
    assert verdict(entries[:seq - 1] + checkpoints) == 1, "a checkpoint that is carried names an entry that is gone"
    cut, earlier = entries[:seq - 1] + checkpoints[:1], (store.folder / "earlier.jsonl").read_text().splitlines()[0]
    assert verdict(cut) == 1, "the tags of the erased are stated by an entry that is gone"
    assert verdict(cut, head=earlier) == 0, "cut off with its checkpoint, under the head of an earlier export: only the anchor can tell"
    assert verdict(cut, "--anchor", anchor, head=earlier) == 1
    broken = json.loads(checkpoints[0])
    broken["checkpoint"]["at_us"] += 1
    assert verdict(entries + [json.dumps(broken)]) == 1
