"""Names that were made to do harm, as the person, the version, the reason: they name somebody, or nobody, and that is all."""
import hashlib
import sqlite3
from contextlib import closing

import pytest
from conftest import Log, project, session_id
from erasure.test_erase import class_of, erase, store_files

HARMFUL = ["'; DROP TABLE versions; --", "\" OR 1=1 --", "1;DELETE FROM consent_events", "%", "_", "*", "..", "../x", "/etc/x", ".", "-rf", "CON",
           "‮evil", "name.", "ａｌｖａ", "x" * 200, "Robert'); DROP TABLE erasures;--", "null", "NaN", "<script>alert(1)</script>", "{{7*7}}", "\\x00", "${HOME}"]


def schema_of(shop):
    with closing(sqlite3.connect(f"file:{shop.store / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        return hashlib.sha256("\n".join(r[0] for r in ledger.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")).encode()).hexdigest()


def around(shop):
    return sorted(p.relative_to(shop.folder).as_posix() for p in shop.folder.rglob("*") if shop.store not in p.parents and shop.logs not in p.parents)


def test_nobody_by_a_harmful_name_is_erased(shop):
    class_of(shop, ["alva", "bo"], questions=1)
    shop.build()
    before, schema, beside = store_files(shop), schema_of(shop), around(shop)
    for name in HARMFUL:
        ran = shop.run("erase", f"--subject={name}", "--store", shop.store, "--json")
        assert ran.code == 0 and not ran.json["found"], (name, ran)
    for name in ["", "a\nb", "x" * 300, "unknown"]:
        assert shop.run("erase", f"--subject={name}", "--store", shop.store).code == 2, name
    for name in ["../1.0.0", "private/../1.0.0", "/etc/passwd", "", "1.0", "private/1.0.0/..", "1.0.0\n"]:
        assert shop.run("revoke", f"{name}", "--reason", "x", "--store", shop.store).code == 2, name
    assert store_files(shop) == before and schema_of(shop) == schema and around(shop) == beside


@pytest.mark.parametrize("name", [n for n in HARMFUL if not n.startswith("-") and n not in ("name.",)][::3])
def test_a_person_of_a_harmful_name_is_erased_and_nobody_else(shop, name):
    for number, person in enumerate(("alva", name), 1):
        project(shop.logs, Log(sid=session_id(number)).decide(question_text=f"Fråga {number}"), name=f"k{number}", sid=session_id(number), person="x")
    shop.register([(session_id(1), "alva", "2026-02-02"), (session_id(2), name, "2026-02-02")])
    shop.consent({"subject": "alva"}, {"subject": name})
    built = shop.build(agree=False)
    people = {r["subject_id"] for r in shop.rows(built)}
    schema = schema_of(shop)
    said = erase(shop, name)
    assert said["found"] and said["successor"] == "private/2.0.0" and schema_of(shop) == schema
    left = shop.rows({"path": shop.store / "private/2.0.0"})
    assert len(left) == 1 and left[0]["question_text"] == "Fråga 1" and len(people) == 2
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        assert ledger.execute("SELECT DISTINCT subject FROM consent_events").fetchall() == [("alva",)]
