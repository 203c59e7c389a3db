"""Names that mean something to a file system, a shell or a database: refused or kept as they are, never acted on (R30, R31)."""
import csv
import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
from conftest import CONSENT_COLUMNS, LONG, Log, project, session_id

PATHS = ["..", "../x", "../../etc/x", "/etc/x", "", ".", "a\nb", "x" * 300, "-rf", "--store", "CON", "\u202egnp.exe", "a.", "private/../..",
         "private/1.0.0/../../..", "~", "$HOME", "%2e%2e", "1.0.0/..", "internal/", "a\\..\\b", "*"]
ODD = ["Robert'); DROP TABLE consent_events;--", "' OR '1'='1", "\"; DELETE FROM chain; --", "a\\'b", "x' UNION SELECT sql FROM sqlite_schema--",
       "%s%n%x", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "=1+1", "Ω≈ç√∫", "パーティーへ行かないか", "👩‍👩‍👧", "null",
       "NULL", "undefined", "true", "0", "-1", "1e309", "٠١٢", "Ⅷ", "i̇", "ﬁ", "a\u200bb", "\u202eabc", "ŋaa", "ﷺ", "Z̮̞̠͙͔", "a;b", "a,b", 'a"b', "a`b", "a|b"]


def everything(folder):
    return {str(path.relative_to(folder)) for path in Path(folder).rglob("*")}


@pytest.fixture
def published(shop):
    project(shop.logs, Log().decide(), person="alva")
    shop.build()
    return shop


VERBS = [("show",), ("verify",), ("rebuild",), ("gc",), ("revoke", "--reason", "test"), ("hold", "add", "--reason", "test")]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_no_name_of_a_version_leads_out_of_the_store(published, verb):
    before = everything(published.folder)
    for name in PATHS:
        if (verb, name) == (("verify",), ""):
            continue  # no version: the whole store
        ran = published.run(*verb, "--store", published.store, "--", name)
        assert ran.code in (1, 2), (name, ran)
    after = everything(published.folder)
    assert {p for p in after ^ before if not p.startswith("store/.lock")} == set()
    assert published.run("verify", "--store", published.store).code == 0


def test_folders_may_be_called_anything(shop):
    names = [name for name in PATHS + ODD if name not in ("", ".", "..") and "/" not in name and len(name) < 200]
    for number, name in enumerate(names):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=name, sid=session_id(number), person="alva")
    outside = everything(shop.folder)
    built = shop.build(agree="me")
    assert sum(built["tally"]["records"].values()) >= len(names)
    assert not {p for p in everything(shop.folder) - outside if not p.startswith(("store", "key"))}
    assert shop.run("verify", "--store", shop.store).code == 0


def test_a_link_inside_the_store_is_not_followed(published):
    target = published.folder / "elsewhere"
    target.mkdir()
    (target / "keep").write_text("mine")
    (published.store / "private" / "2.0.0").symlink_to(target)
    for verb in ("gc", "verify"):
        published.run(verb, "--store", published.store)
    assert (target / "keep").read_text() == "mine"


def schema(store):
    with sqlite3.connect(f"file:{store}/ledger.db?mode=ro", uri=True) as ledger:
        rows = ledger.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def test_no_name_is_read_as_sql(published):
    before = schema(published.store)
    for name in ODD:
        consent = published.folder / "odd.csv"
        with open(consent, "w", newline="") as file:
            writer = csv.DictWriter(file, CONSENT_COLUMNS, restval="")
            writer.writeheader()
            writer.writerow({"subject": name, "scope": "model_training", "status": "given", "given_at": "2026-01-01", "method": name,
                             "evidence": name, "recorded_by": name, "notice": name})
        ran = published.run("consent", "import", consent, "--store", published.store, "--json")
        assert ran.code == 0 and ran.json["recorded"] == 1, (name, ran)
        found = published.run("consent", "list", "--subject", name, "--store", published.store, "--json")
        assert found.code == 0, (name, found)
        statements = [one for one in found.json["consent"] if one["subject"] == name]
        assert len(statements) == 1 and statements[0]["evidence"] == name, name
        ran = published.run("authorise", "add", "--controller", name, "--basis", name, "--dpia", name, "--audience", "internal", "--until",
                            "2040-01-01", "--by", name, "--store", published.store, "--json")
        assert ran.code == 0 or name.startswith("-"), (name, ran)
        ran = published.run("recipients", "add", "1.0.0", f"--name={name}", f"--contact={name}", f"--model={name}", "--store", published.store, "--json")
        assert ran.code == 0, (name, ran)
    listed = published.run("recipients", "list", "--store", published.store, "--json").json["recipients"]
    assert [one["name"] for one in listed] == ODD and [one["models"] for one in listed] == [[name] for name in ODD]
    assert schema(published.store) == before
    assert published.run("audit", "verify", "--store", published.store).code == 0


def test_erasing_odd_names_erases_them_and_nobody_else(published):
    names = ODD if LONG else ODD[:8]
    for name in names:
        assert published.run("consent", "give", f"--subject={name}", "--scope", "model_training", "--covers-from", "2026-01-01", "--store",
                             published.store).code == 0, name
    for name in names:
        ran = published.run("erase", f"--subject={name}", "--store", published.store, "--json")
        assert ran.code == 0, (name, ran)
        assert published.run("consent", "list", f"--subject={name}", "--store", published.store, "--json").json["consent"] == []
    assert published.run("consent", "list", "--subject", "alva", "--store", published.store, "--json").json["consent"]
