"""A ledger or an exported log that somebody changed by other means than the program: it is found, and not taken over."""
import hashlib
import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from conftest import Log, Workshop, project, session_id

PEOPLE = ("alva", "bo", "cia")


def ran_over(shop, store, code):
    """Both verbs that judge a ledger say the same; what they say."""
    audit, whole = shop.run("audit", "verify", "--store", store), shop.run("verify", store)
    assert (audit.code, whole.code) == (code, code), (audit, whole)
    return audit.err


def opened(store):
    """The ledger without its triggers, as whoever holds the file can have it."""
    ledger = sqlite3.connect(store / "ledger.db")
    for name, in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        ledger.execute(f"DROP TRIGGER {name}")
    return ledger


def changed(shop, store, *statements):
    other = store.with_name("changed")
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(store, other, symlinks=True)
    with closing(opened(other)) as ledger, ledger:
        for statement in statements:
            assert ledger.execute(statement).rowcount != 0, statement
    return other


@pytest.fixture(scope="module")
def lived(module_shop):
    """A store in which everything has happened that the ledger has a table for."""
    shop = module_shop
    for number, person in enumerate((*PEOPLE, "dan"), 1):
        log = Log(sid=session_id(number)).decide()
        if person == "alva":
            for question in ("Q2", "Q3", "Q4"):
                log.decide(question=question, rationale=f"Eleven har diabetes typ {question} enligt Anna Lindqvist.")
        project(shop.logs, log, f"kurs-{person}", session_id(number), person)

    def do(*words):
        ran = shop.run(*words, "--store", shop.store)
        assert ran.code == 0, ran

    shop.agree()
    shop.register([(session_id(2), "eva", "2026-02-02")])
    shop.register([(session_id(2), "bo", "2026-02-02")])
    people = shop.folder / "controllers.csv"
    people.write_text("project,subject,controller\n" + f"{session_id(1)},alva,School\n")
    do("people", "import", people)
    shop.authorise("internal")
    shop.build(text="redacted", agree=False)
    items = shop.run("audit", "quarantine", "list", "--store", shop.store, "--json").json["items"]
    do("audit", "quarantine", "destroy", items[0]["id"], "--by", "Karin")
    do("recipients", "add", "1.0.0", "--name", "Lab", "--contact", "lab@example.org")
    do("consent", "ask", shop.logs / "kurs-alva", "--lang", "sv")
    do("split", "--reassign")
    do("erase", "--subject", "dan")
    do("consent", "withdraw", "--subject", "cia", "--scope", "model_training")
    shop.build(text="redacted", agree=False)
    do("hold", "add", "private/" + shop.run("versions", "--store", shop.store, "--json").json["versions"][-1]["version"], "--reason", "case 7")
    do("audit", "checkpoint", "--out", shop.folder / "head.json")
    do("audit", "export", shop.folder / "log.jsonl")
    return shop


def test_what_the_program_did_is_whole(lived):
    assert ran_over(lived, lived.store, 0) == ""
    with closing(sqlite3.connect(lived.store / "ledger.db")) as ledger:
        tables = {name for name, in ledger.execute("SELECT name FROM table_salts")}
        empty = [table for table in tables - {"rows_before_log"} if not ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0]]
    assert empty == [], "these tests change nothing in a table without rows"


TABLES = ("authorisations", "consent_events", "erasures", "notices", "project_owner_history", "project_owners", "recipients", "row_trees",
          "split_assignments", "split_draws", "store_keys", "subject_controllers", "suppressions", "tombstones", "version_holds", "versions")


@pytest.mark.parametrize("table", (*TABLES, "checkpoints", "table_salts"))
def test_rows_that_are_gone_are_found(lived, table):
    assert ran_over(lived, changed(lived, lived.store, f"DELETE FROM {table}"), 1)


@pytest.mark.parametrize("table, change", [
    ("authorisations", "until = until + 1"), ("authorisations", "revoked_at = NULL, audience = 'external'"), ("recipients", "contact = 'x'"),
    ("recipients", "models = '[\"m\"]'"), ("version_holds", "lifted_at = 5, lifted_by = 'x'"), ("version_holds", "reason = ''"),
    ("quarantine_items", "decision = 'release', decided_by = 'x', decided_at = 1"), ("quarantine_items", "decision = NULL"),
    ("subject_controllers", "controller = 'North'"), ("suppressions", "tag = tag || 'aa'"), ("tombstones", "record_id = 'x' || record_id"),
    ("erasures", "finished_at = NULL"), ("row_trees", "root = 'aa'"), ("split_assignments", "split = 'train', fold = 9"),
    ("project_owners", "subject = 'Bo'"), ("project_owners", "subject_key = 'bo', subject = 'bo'"), ("project_owners", "first_line = NULL"),
    ("checkpoints", "at = at + 1"), ("versions", "state = 'revoked'"), ("notices", "sha256 = 'aa'"), ("store_keys", "key_id = 'aa'"),
    ("consent_events", "subject_key = subject_key || 'x'"), ("chain_bodies", "subject_key = 'alva'"), ("project_owner_history", "subject_key = 'bo'")])
def test_a_changed_row_is_found(lived, table, change):
    assert ran_over(lived, changed(lived, lived.store, f"UPDATE {table} SET {change}"), 1)


@pytest.mark.parametrize("row", [
    "authorisations (controller, basis, dpia, audience, until, recorded_by, recorded_at) VALUES ('School', 'consent', 'D', 'external', 9e15, 'x', 1)",
    "suppressions VALUES ('aa', 'subject', 1)", "rows_before_log VALUES ('authorisations')", "subject_controllers VALUES ('bo', 'North', 1)", "tombstones VALUES ('private', '1.0.0', 'x', 'erasure', 1)",
    "project_owners (project, subject, subject_key, confirmed_at) VALUES ('p', 'bo', 'bo', 1)",
    "quarantine_items VALUES ('aa', 'bo', 'p', '', 'decisions.rationale', 'special_category', 1, 'release', 'x', 1)"])
def test_a_row_that_nobody_wrote_is_found(lived, row):
    assert ran_over(lived, changed(lived, lived.store, f"INSERT INTO {row.replace('9e15', '9000000000000000')}"), 1)


def test_a_withdrawal_that_is_gone_with_what_the_log_says_of_it_is_found(lived):
    """Erasures take bodies too: the log says of how many."""
    other = changed(lived, lived.store, "DELETE FROM chain_bodies WHERE seq IN (SELECT seq FROM chain WHERE kind = 'consent_withdrawn')",
                    "DELETE FROM consent_events WHERE status = 'withdrawn'")
    assert "nothing accounts for" in ran_over(lived, other, 1) or "accounts for" in ran_over(lived, other, 1)
    for which in ("kind = 'checkpoint_signed'", "kind = 'erasure_requested'", "seq = 1", "seq > 0"):
        other = changed(lived, lived.store, f"DELETE FROM chain_bodies WHERE seq IN (SELECT seq FROM chain WHERE {which})")
        assert "account" in ran_over(lived, other, 1), which


def test_the_log_keeps_nothing_by_which_an_erased_row_could_be_guessed(lived):
    """A digest of names is as good as the names to whoever guesses: of each table only the last has its salt."""
    with closing(sqlite3.connect(lived.store / "ledger.db")) as ledger:
        salts = dict(ledger.execute("SELECT name, salt FROM table_salts"))
        bodies = [json.loads(body) for body, in ledger.execute("SELECT body FROM chain_bodies ORDER BY seq")]
        owners = sorted(",".join("-" if value is None else str(value).encode().hex() for value in row) for row in ledger.execute(
            "SELECT project, subject, subject_key, confirmed_at, first_line, first_day FROM project_owners"))
    stated = [body["tables"]["project_owners"] for body in bodies if "project_owners" in body.get("tables", {})]
    assert len(salts["project_owners"]) == 32 and len(stated) > 2
    now = hashlib.sha256("".join(f"{line}\n" for line in (salts["project_owners"], *owners)).encode()).hexdigest()
    assert [digest for digest in stated if digest == now] == [stated[-1]]


def lines_of(shop):
    return (shop.folder / "log.jsonl").read_text().splitlines()


def refused(shop, lines, *, anchored=True):
    """An exported log that is changed neither verifies nor is taken over."""
    file, other = shop.folder / "forged.jsonl", shop.folder / "taken"
    shutil.rmtree(other, ignore_errors=True)
    file.write_text("".join(f"{line}\n" for line in lines))
    words = ("--anchor", shop.folder / "head.json") if anchored else ()
    verified = shop.run("audit", "verify", "--file", file, *words)
    taken = shop.run("audit", "import", file, "--store", other, *words)
    left = shop.run("audit", "log", "--store", other, "--json")
    assert not left.out or left.json["entries"] == []
    return (verified.code, taken.code != 0) == (1, True)


def test_whose_statement_it_is_cannot_be_changed(lived):
    lines = lines_of(lived)
    [at] = [i for i, line in enumerate(lines) if '"consent_withdrawn"' in line]
    assert '"subject":"cia"' in lines[at]
    for forged in (lines[at].replace('"cia"', '"teacher-99"'), lines[at].replace('"cia"', '""'), lines[at].replace('"body"', '"b/dy"'),
                   lines[at].replace('"subject"', '"subjekt"'), lines[at][:-1] + ',"erased":true}', lines[at][:-1] + ',"note":1}',
                   lines[at].replace('"subject":"cia"', '"subject":"cia","subject":"bo"'), lines[at].replace('"seq"', '"sEq"'),
                   json.dumps({k: v for k, v in json.loads(lines[at]).items() if k not in ("subject", "salt", "body")}),
                   json.dumps({k: v for k, v in json.loads(lines[at]).items() if k not in ("subject", "salt", "body")} | {"erased": True})):
        assert forged != lines[at] and refused(lived, [*lines[:at], forged, *lines[at + 1:]]), forged
    assert refused(lived, [line.replace('"subject":"bo"', '"subject":"alva"') for line in lines])


def test_no_bit_of_an_export_can_be_another(lived):
    lines = lines_of(lived)
    for at in (0, len(lines) // 2, len(lines) - 1):
        for place in range(1, len(lines[at]), 37):
            forged = lines[at][:place] + chr(ord(lines[at][place]) ^ 1) + lines[at][place + 1:]
            assert refused(lived, [*lines[:at], forged, *lines[at + 1:]]), (at, place)


def test_an_entry_that_was_erased_says_so(lived):
    entries = [json.loads(line) for line in lines_of(lived)[1:] if '"checkpoint"' not in line[:15]]
    gone = [entry for entry in entries if "body" not in entry]
    assert gone and all(entry["erased"] is True and "subject" not in entry for entry in gone)


def test_the_erased_stay_out_of_a_store_that_takes_the_log_over(lived):
    other = lived.folder / "successor"
    ran = lived.run("audit", "import", lived.folder / "log.jsonl", "--anchor", lived.folder / "head.json", "--store", other, "--json")
    assert ran.code == 0 and ran.json["suppressions"] >= 2 and "register" in ran.json["not_taken_over"], ran
    assert ran_over(lived, other, 0) == ""
    there = Workshop(lived.folder)
    there.store = other
    people = there.people()
    assert "dan" in {row["subject"] for row in people}
    there.register([(row["project"], row["subject"], row["first_day"]) for row in people])
    there.consent(*({"subject": person, "given_at": "2026-03-01"} for person in (*PEOPLE, "dan")))
    built = there.build(text="features", agree=False)
    assert built["tally"]["dropped"]["erased"] >= 1
    assert ran_over(lived, other, 0) == ""
    lines = lines_of(lived)
    head = json.loads(lines[0])
    for tags in ([], head["suppressions"][1:], [*head["suppressions"], {"tag": "aa", "kind": "subject", "since_us": 1}],
                 [head["suppressions"][0] | {"kind": "project" if head["suppressions"][0]["kind"] == "subject" else "subject"}, *head["suppressions"][1:]]):
        assert refused(lived, [json.dumps(head | {"suppressions": tags}), *lines[1:]], anchored=False)
    assert refused(lived, lines[1:], anchored=False)


def first_form(store):
    """The ledger as the program before this one left it."""
    with closing(opened(store)) as ledger, ledger:
        ledger.execute("DROP TABLE table_salts")
        ledger.execute("DROP TABLE rows_before_log")
        ledger.execute("DROP TABLE quarantine_places")
        before = "0" * 64
        for seq, at, kind, commitment, salt, body in ledger.execute(
                "SELECT seq, at, kind, commitment, salt, body FROM chain LEFT JOIN chain_bodies USING (seq) ORDER BY seq").fetchall():
            if salt:
                said = json.loads(body)
                said.pop("tables", None), said.pop("bodies_gone", None)
                body = json.dumps(said, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
                commitment = hashlib.sha256((salt + body).encode()).hexdigest()
                ledger.execute("UPDATE chain_bodies SET body = ? WHERE seq = ?", (body, seq))
            before = hashlib.sha256(f"{before}\n{seq}\n{at}\n{kind}\n{commitment}\n".encode()).hexdigest()
            ledger.execute("UPDATE chain SET commitment = ?, hash = ? WHERE seq = ?", (commitment, before, seq))
        ledger.execute("DELETE FROM checkpoints")
        ledger.execute("PRAGMA user_version = 5")


def test_what_an_earlier_program_wrote_holds_and_is_said_to_be_less_protected(lived, tmp_path):
    old = Workshop(tmp_path)
    old.key, old.store = lived.key, tmp_path / "store"
    shutil.copytree(lived.store, old.store, symlinks=True)
    first_form(old.store)
    assert old.run("hold", "list", "--store", old.store).code == 2, "it has to be migrated"
    assert old.run("gc", "--store", old.store).code == 0 and (old.store / "ledger.db.before-7").exists()
    ran = old.run("audit", "verify", "--store", old.store, "--json")
    assert ran.code == 0 and ran.json["first_form"] > 10 and "suppressions" in ran.json["unstated"], ran
    assert "earlier program" in ran.err and "audit checkpoint" in ran.err
    ran_over(old, changed(old, old.store, "UPDATE consent_events SET subject = 'teacher-99', subject_key = 'teacher-99' WHERE status = 'withdrawn'"), 1)
    ran_over(old, changed(old, old.store, "DELETE FROM project_owners"), 1)
    file = tmp_path / "log.jsonl"
    assert old.run("audit", "export", file, "--store", old.store).code == 0
    ran = old.run("audit", "import", file, "--store", tmp_path / "other")
    assert ran.code == 1 and "erasures" in ran.err and "checkpoint" in ran.err
    empty = tmp_path / "empty"
    shutil.copytree(old.store, empty, symlinks=True)
    with closing(opened(empty)) as ledger, ledger:
        ledger.execute("DELETE FROM rows_before_log WHERE name = 'recipients'")
    assert "recipients" in ran_over(old, empty, 1), "a table that had no rows has none without an entry"
    # From the next checkpoint on, everything is stated but whom the old entries are about.
    head = tmp_path / "head.json"
    assert old.run("audit", "checkpoint", "--out", head, "--store", old.store).code == 0
    ran = old.run("audit", "verify", "--store", old.store, "--anchor", head, "--json")
    assert ran.code == 0 and ran.json["unstated"] == [] and ran.json["first_form"] > 10
    for statement in ("DELETE FROM suppressions", "DELETE FROM recipients", "DELETE FROM chain_bodies WHERE seq = 1"):
        ran_over(old, changed(old, old.store, statement), 1)
    again = tmp_path / "again.jsonl"
    assert old.run("audit", "export", again, "--store", old.store).code == 0
    ran = old.run("audit", "import", again, "--anchor", head, "--store", tmp_path / "other")
    assert ran.code == 0 and "earlier program" in ran.err, ran
