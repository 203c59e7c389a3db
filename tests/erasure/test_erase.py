"""Erasing a person: what goes, what follows, what stays; through the real program."""
import json
import os
import shutil
import sqlite3
from contextlib import closing

import pyarrow.parquet as pq
import pytest
from conftest import SCOPES, Log, Workshop, project, session_id

MARKS = [f"zqx{i:02d}varnish" for i in range(20)]


def class_of(shop, people, marked=(), questions=6):
    """One project a person, as base name the person's own; the marked ones' texts hold rare words."""
    for number, person in enumerate(people, 1):
        log = Log(sid=session_id(number))
        for i in range(questions if person not in marked else 20):
            word = MARKS[i] if person in marked else f"ord {person} {i}"
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=f"Which {word} fits?", rationale=f"since {word}")
            log.add("correction_made", {"question_id": f"Q{i:03d}", "field": "title", "before": f"Före {word}", "after": f"Efter {word}"})
        project(shop.logs, log, name=f"kurs-{person}" if person not in marked else person, sid=session_id(number), person=person)


def bytes_with(folder, words):
    """Places below a folder where one of the words stands: in the bytes, in a name, in decoded Parquet or SQLite."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found += [(name, w) for w in words if w in name]
        if not path.is_file():
            continue
        content = path.read_bytes()
        texts = [content]
        if path.suffix == ".parquet":
            texts.append(json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode())
        if content.startswith(b"SQLite format 3"):
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
                texts.append("\n".join(ledger.iterdump()).encode())
        found += [(name, w) for w in words if any(w.encode() in t for t in texts)]
    return found


def erase(shop, subject, *more, code=0):
    ran = shop.run("erase", "--subject", subject, "--store", shop.store, "--json", *more)
    assert ran.code == code, ran
    return ran.json if ran.out else ran


def people_in(shop, built):
    return {r["subject_id"] for r in shop.rows(built)}


def test_a_folder_that_was_the_persons_alone_is_not_read_again_however_it_was_written(shop):
    class_of(shop, ["alva", "bo"])
    shop.build(paths=[f"{shop.logs}/kurs-alva/", f"{shop.logs}/kurs-bo/"])
    erase(shop, "bo")
    record = json.loads((shop.store / "private-state/private-2.0.0.build.json").read_text())
    assert record["roots"] == [f"{shop.logs}/kurs-alva/"]


def test_a_person_is_in_no_byte_afterwards(shop):
    class_of(shop, ["alva", "zqperson", "cia"], marked=["zqperson"])
    first = shop.build()
    class_of(shop, ["alva", "zqperson", "cia"], marked=["zqperson"], questions=8)
    second = shop.build()
    words = MARKS + ["zqperson", session_id(2)]
    assert len({w for _, w in bytes_with(shop.store, words)}) == 22
    said = erase(shop, "zqperson")
    assert bytes_with(shop.store, words) == []
    assert {v["version"] for v in said["revoked"]} == {f"private/{first['version']}", f"private/{second['version']}"}
    current = (shop.store / "private/CURRENT").read_text().strip()
    assert said["successor"] == f"private/{current}"
    rows = shop.rows({"path": shop.store / "private" / current})
    assert len({r["subject_id"] for r in rows}) == 2 and len(rows) == 16
    assert shop.run("verify", shop.store).code == 0
    # Neither the next build nor a restored agreement brings the person back.
    again = shop.build()
    assert again["unchanged"] and again["tally"]["dropped"]["erased"] > 0
    assert bytes_with(shop.store, words) == []
    ran = shop.run("consent", "give", "--subject", "zqperson", "--scope", SCOPES, "--store", shop.store)
    assert ran.code == 1 and "erased" in ran.err, ran
    ran = shop.run("consent", "give", "--me", shop.logs / "zqperson", "--scope", SCOPES, "--store", shop.store)
    assert ran.code == 1 and "erased" in ran.err, ran
    assert shop.run("consent", "withdraw", "--subject", "zqperson", "--scope", "model_training", "--store", shop.store).code == 0
    assert bytes_with(shop.store, words) == []


def test_erasing_then_building_equals_building_without(tmp_path):
    shop, without = Workshop(tmp_path / "with"), Workshop(tmp_path / "without")
    class_of(shop, ["alva", "bo", "cia"])
    shop.build("--as-of", "2026-06-01")
    said = erase(shop, "bo")
    (without.folder / "key").write_bytes(shop.key.read_bytes())
    (without.folder / "key").chmod(0o600)
    class_of(without, ["alva", "bo", "cia"])
    shutil.rmtree(without.logs / "kurs-bo")
    without.agree()
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ours, closing(sqlite3.connect(without.store / "ledger.db")) as theirs:
        places = ours.execute("SELECT * FROM split_assignments").fetchall()
        assert len(places) == 2, "the erased person is still placed"
        theirs.executemany("INSERT INTO split_assignments VALUES (?, ?, ?, ?)", places)
        theirs.commit()
    alone = without.build("--as-of", "2026-06-01")
    assert said["successor"] and alone["logical_digest"] == logical_digest(shop)


def logical_digest(shop):
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        return ledger.execute("SELECT logical_digest FROM versions WHERE state = 'live'").fetchone()[0]


def test_the_order_of_two_erasures_does_not_matter(tmp_path):
    digests = []
    for order in (("bo", "cia"), ("cia", "bo")):
        shop = Workshop(tmp_path / "-".join(order))
        if digests:
            shop.key.write_bytes((tmp_path / "bo-cia" / "key").read_bytes())
            shop.key.chmod(0o600)
        class_of(shop, ["alva", "bo", "cia", "dan"])
        shop.build()
        for person in order:
            erase(shop, person)
        digests.append(logical_digest(shop))
    assert digests[0] == digests[1]


def store_files(shop):
    return {p.relative_to(shop.store).as_posix(): p.read_bytes() for p in shop.store.rglob("*") if p.is_file() and p.name not in (".lock", ".erasing")}


def test_erasing_nobody_changes_nothing(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    before = store_files(shop)
    said = erase(shop, "nobody here")
    assert not said["found"] and said["receipt"] is None and said["successors"] == []
    assert store_files(shop) == before


def test_twice_is_once(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    assert erase(shop, "bo")["found"]
    before = store_files(shop)
    again = erase(shop, "BO ")
    assert again["erased_before"] and not again["found"]
    assert store_files(shop) == before


def test_a_dry_run_says_what_would_go_and_changes_nothing(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    before = store_files(shop)
    said = erase(shop, "bo", "--dry-run")
    assert said["found"] and said["dry_run"] and said["receipt"] is None
    assert [v["version"] for v in said["revoked"]] == ["private/1.0.0"]
    assert said["ledger_rows"]["consent_events"] == 6
    assert store_files(shop) == before


def test_no_version_stays_when_the_gates_refuse(shop):
    (shop.folder / "config.toml").write_text("[quality]\nmin_subjects = 5\n")
    class_of(shop, ["alva", "bo", "cia", "dan", "eva"])
    shop.build("--config", shop.folder / "config.toml")
    said = erase(shop, "cia")
    assert said["successor"] is None and "subjects" in said["successors"][0]["because"]
    assert not (shop.store / "private/CURRENT").exists()
    assert not list((shop.store / "private").glob("[0-9]*"))
    assert shop.run("verify", shop.store).code == 0


def test_the_only_person_leaves_nothing(shop):
    class_of(shop, ["zqperson"], marked=["zqperson"])
    shop.build()
    said = erase(shop, "zqperson")
    assert said["successor"] is None
    assert bytes_with(shop.store, MARKS + ["zqperson"]) == []


def test_a_legal_hold_refuses_before_anything_is_done(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    assert shop.run("hold", "add", "1.0.0", "--reason", "case", "--store", shop.store).code == 0
    before = store_files(shop)
    ran = shop.run("erase", "--subject", "bo", "--store", shop.store)
    assert ran.code == 1 and "private/1.0.0" in ran.err and "17(3)" in ran.err
    assert store_files(shop) == before
    shop.run("hold", "remove", "1.0.0", "--store", shop.store)
    assert erase(shop, "bo")["successor"]


def test_a_version_with_an_unreadable_record_counts_as_holding_the_person(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    class_of(shop, ["alva", "bo"], questions=7)
    shop.build()
    (shop.store / "private-state/private-1.0.0.build.json").write_text("{")
    said = erase(shop, "bo")
    assert {v["version"]: bool(v["counts_because"]) for v in said["revoked"]} == {"private/1.0.0": True, "private/1.1.0": False}


def test_a_person_who_was_met_but_not_used_goes_too(shop):
    """No row of hers is in the version, but its record says where her logs lie, and the register names her."""
    class_of(shop, ["alva", "zqperson"], marked=["zqperson"])
    shop.register([(r["project"], r["subject"], r["first_day"]) for r in shop.people()])
    shop.consent({"subject": "alva"})
    shop.build(agree=False)
    words = ["zqperson", session_id(2)]
    assert {w for _, w in bytes_with(shop.store, words)} == set(words)
    said = erase(shop, "zqperson")
    assert said["found"] and said["revoked"] == [] and said["successors"] == []
    assert bytes_with(shop.store, words) == []
    assert shop.build(agree=False)["unchanged"]


def test_without_the_key_erase_says_what_leads_on(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    ran = shop.run("erase", "--subject", "bo", "--store", shop.store, env={"QF_DATASET_KEY_FILE": str(shop.folder / "other")})
    assert ran.code == 2 and "--lost-key" in ran.err and not (shop.folder / "other").exists()
    ran = shop.run("erase", "--subject", "bo", "--lost-key", "--store", shop.store, "--json", env={"QF_DATASET_KEY_FILE": str(shop.folder / "other")})
    assert ran.code == 0, ran
    assert ran.json["successor"] is None and not (shop.store / "private/CURRENT").exists()


def test_a_version_can_be_taken_back(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    ran = shop.run("revoke", "1.0.0", "--reason", "wrong settings", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json == {"version": "private/1.0.0", "was_live": True, "files_stay": False, "recipients": [], "models": []}
    assert not (shop.store / "private/CURRENT").exists() and not (shop.store / "private/1.0.0").exists()
    assert shop.run("revoke", "1.0.0", "--reason", "again", "--store", shop.store).code == 1
    assert shop.build(agree=False)["version"] == "2.0.0"


def received(shop, version, name="Skolförlaget", models=()):
    """A recipient on record."""
    audience, number = version.split("/")
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        ledger.execute("INSERT INTO recipients (name, contact, audience, version, export, models, given_at, recorded_by, recorded_at) "
                       "VALUES (?, ?, ?, ?, '', ?, 0, 'test', 0)", (name, "data@example.org", audience, number, json.dumps(models)))
        ledger.commit()


def test_who_has_to_be_told_and_which_models_are_concerned(shop):
    class_of(shop, ["alva", "zqperson"])
    shop.build()
    class_of(shop, ["alva", "zqperson"], questions=7)
    shop.build()
    received(shop, "private/1.0.0", models=["bloom-1"])
    received(shop, "private/1.1.0", name="Kommunen")
    dry = erase(shop, "zqperson", "--dry-run")
    said = erase(shop, "zqperson")
    assert dry["notices"] == said["notices"] and dry["models"] == said["models"]
    assert [(n["recipient"], n["version"], n["certain"]) for n in said["notices"]] == [
        ("Skolförlaget", "private/1.0.0", True), ("Kommunen", "private/1.1.0", True)]
    assert said["models"] == [{"model": "bloom-1", "version": "private/1.0.0", "recipient": "Skolförlaget"}]
    letters = open(said["notices_file"], encoding="utf-8").read()
    assert "Kommunen" in letters and "bloom-1" in letters and "zqperson" not in letters
    # A version that was removed before might have held them too, by gc as by an erasure: nobody can tell any more.
    class_of(shop, ["alva", "bo"], questions=8)
    shop.build()
    class_of(shop, ["alva", "bo"], questions=9)
    shop.build()
    superseded = [v["version"] for v in shop.run("versions", "--store", shop.store, "--json").json["versions"] if v["state"] == "superseded"]
    received(shop, f"private/{superseded[0]}", name="Arkivet")
    assert shop.run("gc", "--store", shop.store).code == 0
    assert {(n["recipient"], n["certain"]) for n in erase(shop, "bo")["notices"]} == {
        ("Skolförlaget", False), ("Kommunen", False), ("Arkivet", False)}


@pytest.mark.parametrize("before", ["guessed", "registered"])
def test_rows_that_counted_as_anothers_go_with_their_owner(shop, before):
    """The version was built while the project's owner was guessed, or before the register was put right."""
    class_of(shop, ["alva", "xaver", "cia"])
    if before == "registered":
        shop.build()
    else:
        shop.consent(*({"subject": s} for s in ("alva", "xaver", "cia")))
        shop.build(agree=False)
    shop.register([(session_id(2), "ylva", "2026-02-02")])
    shop.consent({"subject": "ylva"})
    ran = shop.run("access", "--subject", "ylva", "--store", shop.store, "--out", shop.folder / "hers", "--json")
    assert ran.json["derived_rows"] > 0, "they are hers to see"
    ran = shop.run("access", "--subject", "xaver", "--store", shop.store, "--out", shop.folder / "his", "--json")
    assert ran.json["derived_rows"] == 0, "and not his"
    said = erase(shop, "ylva")
    assert [one["version"] for one in said["revoked"]] == ["private/1.0.0"] and not (shop.store / "private/1.0.0").exists()
    assert shop.run("verify", "--receipt", said["receipt"]).code == 0 and bytes_with(shop.store, ["ylva", session_id(2)]) == []


def test_a_dry_run_without_the_key_says_what_the_run_would_do(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    shop.key.unlink()
    assert erase(shop, "bo", "--dry-run", code=2).code == 2
    said = erase(shop, "bo", "--dry-run", "--lost-key")
    assert said["revoked"][0]["version"] == "private/1.0.0" and (shop.store / "private/1.0.0").exists()


def test_it_says_where_the_persons_own_files_lie_before_nobody_knows(shop):
    class_of(shop, ["alva", "bo"])
    shop.build(text="features")
    folders = {p.parent.parent for p in shop.logs.rglob("*.jsonl")}
    mine = next(f for f in folders if "alva" in (f / "session.yaml").read_text())
    (mine / "consent.json").write_text('{"version": 1, "subject": "alva", "consents": []}')
    logs = {str(p) for p in mine.rglob("*.jsonl")} | {str(mine / "consent.json")}
    assert set(erase(shop, "alva", "--dry-run")["places"]) == logs
    assert set(erase(shop, "alva")["places"]) == logs and all(os.path.exists(p) for p in logs)
    ran = shop.run("erase", "--subject", "bo", "--store", shop.store)
    assert "Not touched" in ran.out and "bo" in ran.out, ran
