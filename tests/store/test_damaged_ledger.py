"""A ledger that is damaged inside: whatever meets it names the file and says what to do."""
import sqlite3

import pytest
from conftest import Log, project


@pytest.fixture
def one(shop):
    """A store with version 1.0.0 of one project."""
    project(shop.logs, Log().decide().decide(question="Q002"))
    assert shop.build()["version"] == "1.0.0"
    return shop


@pytest.mark.parametrize("damage", [
    "UPDATE chain_bodies SET body = '{' WHERE seq = 2",
    "UPDATE chain_bodies SET body = '[7]'",
    "UPDATE chain_bodies SET body = replace(replace(body, '\"version\":\"', '\"version\":{\"a\":\"'), '}', '}}')",
    "UPDATE chain_bodies SET body = replace(body, 'version', CAST(X'FF' AS TEXT))",
    "UPDATE chain_bodies SET body = '{\"decided\":\"x\"}'",
    "UPDATE consent_events SET scope = 'model_trainjng' WHERE id = 1",
    "UPDATE versions SET version = '1.x.0'",
    "UPDATE versions SET state = 'lively'",
    "ALTER TABLE consent_events RENAME COLUMN subject_key TO subject_kez",
    "PRAGMA application_id = 7",
    "PRAGMA user_version = 4711",
])
def test_a_damaged_ledger_is_named_with_what_to_do(one, damage):
    ledger = one.store / "ledger.db"
    with sqlite3.connect(ledger) as opened:
        opened.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in opened.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            opened.execute(f"DROP TRIGGER {trigger}")
        opened.execute(damage)
    opened.close()
    spoke = 0
    for words in (("build", one.logs), ("versions",), ("consent", "list"), ("audit", "verify"), ("audit", "log"),
                  ("audit", "export", one.folder / "log.jsonl"), ("gc", "--dry-run"), ("retain", "plan"),
                  ("erase", "--subject", "alva", "--dry-run"), ("recipients", "list"),
                  ("consent", "withdraw", "--subject", "alva", "--scope", "question_text")):
        ran = one.run(*words, "--store", one.store)
        if ran.code in (0, 3) or "not known here" in ran.err:
            continue
        spoke += 1
        assert "ledger.db" in ran.err and "from a backup" in ran.err and "json.exception" not in ran.err, (words, ran)
    assert spoke
