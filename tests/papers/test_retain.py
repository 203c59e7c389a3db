"""What has been kept long enough goes, with a certificate; nothing else does; through the real program."""
import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone

from conftest import Log, Workshop, project, run, session_id

YEARS_ON = (datetime.now(timezone.utc) + timedelta(days=740)).date().isoformat()


def built(shop):
    log = Log(sid=session_id(1))
    for i in range(3):
        log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}")
    project(shop.logs, log, sid=session_id(1))
    return shop.build(text="features")


def retain(shop, verb, *more, code=0):
    ran = shop.run("retain", verb, "--store", shop.store, "--json", *more)
    assert ran.code == code, ran
    return ran.json


def kinds(items, action=None):
    return {i["kind"] for i in items if action in (None, i["action"])}


def digests(folder):
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).digest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_nothing_is_due_today_and_a_plan_changes_nothing(shop):
    built(shop)
    before = digests(shop.store)
    plan = retain(shop, "plan")
    assert kinds(plan["due"]) <= {"source_log"} and plan["receipt"] is None, "the log's last event is of a past term"
    assert {"version", "staging", "source_log"} <= kinds(plan["due"] + plan["later"])
    later = retain(shop, "plan", "--clock", YEARS_ON, "--authority", "ARK 1")
    assert {"version", "staging"} <= kinds(later["due"], "destroy") and kinds(later["due"], "holder") == {"source_log"}
    assert digests(shop.store) == before


def test_under_an_authority_what_is_due_goes_with_a_certificate(shop):
    first = built(shop)
    logs = digests(shop.logs)
    done = retain(shop, "apply", "--clock", YEARS_ON, "--authority", "ARK 2026-12")
    assert not done["blocked"]
    assert not (shop.store / "private/1.0.0").exists() and not (shop.store / "private/CURRENT").exists()
    assert not any((shop.store / "private-state/staged").glob("*.rows")), "staged rows go"
    assert digests(shop.logs) == logs, "source logs are their holder's"
    certificate = json.loads(open(done["receipt"]).read())
    assert certificate["authority"] == "ARK 2026-12" and certificate["signature"] and str(shop.logs) not in json.dumps(certificate)
    assert {"version", "staging"} <= {i["kind"] for i in certificate["items"] if i["done"]}
    checked = run("verify", "--receipt", done["receipt"], "--json")
    assert checked.code == 0 and checked.json["kind"] == "retention"
    assert checked.json["carried_out"] == sum(i["done"] for i in certificate["items"]) >= 2
    assert shop.run("verify", "--receipt", done["receipt"], "--store", shop.store, "--public-key", certificate["public_key"]).code == 0
    assert run("verify", "--receipt", done["receipt"], "--public-key", "0" * 64).code == 1
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        assert ledger.execute("SELECT count(*) FROM chain WHERE kind = 'retention_applied'").fetchone() == (1,)
        assert ledger.execute("SELECT state FROM versions").fetchall() == [("revoked",)]
    # The salt follows 90 days after the version.
    assert "salt" in kinds(retain(shop, "plan")["later"])
    end = (datetime.now(timezone.utc) + timedelta(days=100)).date().isoformat()
    assert "salt" in {i["kind"] for i in retain(shop, "apply", "--clock", end)["due"] if i["done"]}
    assert shop.run("verify", "--store", shop.store).code in (0, 1) and first["version"] == "1.0.0"
    assert shop.build(text="features")["version"] == "2.0.0", "the number stays taken, and the store goes on"


def linked(shop, number):
    (shop.folder / "qf.toml").write_text("[privacy]\nlinkage_group = 'course study'\nlinkage_dpia = 'DPIA-7'\n")
    project(shop.logs, Log(session_id(number)).suggest().decide(), f"kurs{number}", session_id(number), f"larare{number}")
    built = shop.build("--config", shop.folder / "qf.toml")
    return {row["subject_id"] for row in shop.rows(built)}, built


def salts(items):
    return {i["name"]: i["done"] for i in items if i["kind"] == "salt"}


def day(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).date().isoformat()


def test_the_salt_of_a_linkage_group_goes_after_its_last_version(shop):
    first, _ = linked(shop, 1)
    second, built = linked(shop, 2)
    assert first < second and shop.run("gc", "--store", shop.store).code == 0
    assert not salts(retain(shop, "plan", "--clock", day(100))["due"]), "the live version has it too"
    retain(shop, "apply", "--clock", YEARS_ON, "--authority", "ARK 1")
    assert salts(retain(shop, "plan")["later"]) == {"private/1.0.0": False, f"private/{built['version']}": False}
    assert salts(retain(shop, "apply", "--clock", day(100))["due"]) == {"private/1.0.0": True, f"private/{built['version']}": True}
    assert not linked(shop, 3)[0] & second, "nobody can join what comes later with what was"


def test_a_decision_that_was_not_finished_leaves_a_salt_that_is_used_again(shop):
    linked(shop, 1)
    retain(shop, "apply", "--clock", YEARS_ON, "--authority", "ARK 1")
    before = shop.key.with_name("key.salts").read_bytes()
    done = retain(shop, "apply", "--clock", day(100))
    # As a run leaves it that is killed when it has decided.
    shop.key.with_name("key.salts").write_bytes(before)
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        for name, in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            ledger.execute(f"DROP TRIGGER {name}")
        decided, = ledger.execute("SELECT max(seq) FROM chain WHERE kind = 'retention_decided'").fetchone()
        for table in ("chain_bodies", "chain"):
            ledger.execute(f"DELETE FROM {table} WHERE seq > ?", (decided,))
        ledger.commit()
    _, built = linked(shop, 2)
    retain(shop, "apply")
    [item] = [i for i in json.loads(open(done["receipt"]).read())["items"] if i["kind"] == "salt"]
    assert not item["done"] and "same salt" in item["because"]
    assert shop.run("rebuild", built["version"], "--store", shop.store).code == 0


def test_a_text_set_apart_is_decided_on_once_and_under_its_persons_name(shop):
    log = Log(sid=session_id(1)).decide(rationale="hon har dyslexi och diabetes")
    project(shop.logs, log, sid=session_id(1))
    shop.build(text="redacted")
    done = retain(shop, "apply", "--clock", day(20))
    assert [i["done"] for i in done["due"] if i["kind"] == "quarantine"] == [True]
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        said = ledger.execute("SELECT subject_key FROM chain JOIN chain_bodies USING (seq) WHERE kind = 'quarantine_destroyed'").fetchall()
    assert said == [("alva",)], "an erasure has to find it"


def test_a_public_record_is_sealed_where_there_is_no_authority(shop):
    built(shop)
    done = retain(shop, "apply", "--clock", YEARS_ON, code=1)
    [version] = [i for i in done["due"] if i["kind"] == "version"]
    assert version["action"] == "seal" and "authority" in version["because"] and done["blocked"]
    assert (shop.store / "private/1.0.0/manifest.json").exists() and not (shop.store / "private/CURRENT").exists()
    # Working material may go.
    assert not retain(shop, "apply", "--clock", YEARS_ON, "--class", "working")["blocked"]
    assert not (shop.store / "private/1.0.0").exists()


def test_a_legal_hold_keeps_the_files(shop):
    built(shop)
    assert shop.run("hold", "add", "1.0.0", "--reason", "case", "--store", shop.store).code == 0
    done = retain(shop, "apply", "--clock", YEARS_ON, "--authority", "ARK 1", code=1)
    assert [i["because"] for i in done["due"] if i["kind"] == "version"] == ["it is under legal hold"]
    assert (shop.store / "private/1.0.0/manifest.json").exists()


def test_old_audit_entries_lose_their_bodies_and_the_chain_holds(shop):
    built(shop)
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        before = ledger.execute("SELECT count(*) FROM chain_bodies").fetchone()[0]
    if before == 0:
        assert shop.run("access", "--subject", "alva", "--store", shop.store, "--out", shop.folder / "a").code == 0
    clock = (datetime.now(timezone.utc) + timedelta(days=1200)).date().isoformat()
    done = retain(shop, "apply", "--clock", clock, "--authority", "ARK 1")
    assert "audit" in {i["kind"] for i in done["due"] if i["done"]}
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        left = [k for (k,) in ledger.execute("SELECT kind FROM chain_bodies JOIN chain USING (seq)")]
        assert "retention_applied" in left and "dsar_delivered" not in left
        assert ledger.execute("SELECT count(*) FROM erasing").fetchone() == (0,)


def test_a_changed_certificate_or_one_of_another_store_fails(shop, tmp_path):
    built(shop)
    done = retain(shop, "apply", "--clock", YEARS_ON, "--authority", "ARK 1")
    whole = open(done["receipt"], "rb").read()
    bad = tmp_path / "bad.json"
    for place in range(0, len(whole), 7):
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
        assert run("verify", "--receipt", bad).code == 1, place
    unsigned = json.loads(whole)
    del unsigned["signature"]
    bad.write_text(json.dumps(unsigned, indent=1, sort_keys=True) + "\n")
    ran = run("verify", "--receipt", bad)
    assert ran.code == 1 and "no signature" in ran.out
    other = Workshop(tmp_path / "other")
    built(other)
    ran = shop.run("verify", "--receipt", done["receipt"], "--store", other.store)
    assert ran.code == 1 and "no record" in ran.out


def test_evidence_is_reduced_to_numbers_once_nothing_rests_on_it(shop):
    built(shop)
    shop.authorise("internal")
    assert "consent" not in kinds(retain(shop, "plan", "--clock", day(9000))["due"]), "a version rests on it"
    retain(shop, "apply", "--clock", YEARS_ON, "--authority", "ARK 1")
    [item] = [i for i in retain(shop, "plan", "--clock", day(1000))["later"] if i["kind"] == "consent"]
    assert item["action"] == "reduce" and item["due"] > "2042", "an authorisation until 2040 may still be rested on"
    assert retain(shop, "apply", "--clock", day(9000), code=1)["blocked"], "a public record needs an authority"
    done = retain(shop, "apply", "--clock", day(9000), "--authority", "ARK 1")
    certificate = json.loads(open(done["receipt"]).read())
    counters = certificate["evidence_reduced_to"]
    assert counters["people"] == 1 and counters["authorisations"] == 1 and counters["statements"]["model_training given"] == 1
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        for table in ("consent_events", "authorisations", "erasing"):
            assert ledger.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert shop.run("audit", "verify", "--store", shop.store).code == 0
    refused = shop.run("build", shop.logs, "--store", shop.store, "--text", "none", "--json")
    assert refused.code == 1 and set(refused.json["tally"]["dropped"]) == {"no_consent_record"}


def test_what_retention_destroyed_is_not_released_any_more(shop):
    project(shop.logs, Log(sid=session_id(1)).decide(rationale="hon har dyslexi och diabetes"), sid=session_id(1))
    shop.build(text="redacted")
    retain(shop, "apply", "--clock", day(20), "--by", "Karin")
    [item] = shop.run("audit", "quarantine", "list", "--store", shop.store, "--json").json["items"]
    assert item["decision"] == "destroy" and item["decided_by"] == "retention, Karin"
    assert shop.run("audit", "quarantine", "release", item["id"], "--by", "Anna", "--store", shop.store).code == 1


def bodies(shop, kind):
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        return [json.loads(b) for (b,) in ledger.execute("SELECT body FROM chain JOIN chain_bodies USING (seq) WHERE kind = ? ORDER BY seq", (kind,))]


def test_who_had_it_done_is_on_record_and_what_was_sealed_is_called_so(shop):
    built(shop)
    ran = shop.run("retain", "apply", "--store", shop.store, "--clock", YEARS_ON, "--by", "Karin")
    assert ran.code == 1, ran
    assert [line for line in ran.out.splitlines() if "sealed" in line and "private/1.0.0" in line], ran.out
    assert " done " not in ran.out
    [certificate] = [json.loads(p.read_text()) for p in (shop.store / "receipts").glob("retention-*.json")]
    assert certificate["by"] == "Karin" and bodies(shop, "retention_applied")[-1]["by"] == "Karin"
    retain(shop, "apply", "--clock", YEARS_ON, code=1)
    assert bodies(shop, "retention_decided")[-1]["by"] is None, "nobody was named"
    assert shop.run("keys", "rotate", "--store", shop.store).code == 0
    assert bodies(shop, "key_rotated")[-1]["by"] is None


def test_a_log_is_due_by_its_last_event_wherever_that_is_shown(shop):
    built(shop)
    def dues():
        out = shop.folder / f"answer-{len(list(shop.folder.glob('answer-*')))}"
        assert shop.run("access", "--subject", "alva", "--store", shop.store, "--out", out).code == 0
        [project] = json.loads((out / "access.json").read_text())["projects"]
        plan = retain(shop, "plan", "--clock", "2020-01-01")
        return project["log_due_on"], [i["due"] for i in plan["due"] + plan["later"] if i["kind"] == "source_log"]
    shown, planned = dues()
    assert planned == [shown] == ["2026-09-29"], "a spring term's end and 90 days"
    import os
    for log in shop.logs.rglob("*.jsonl"):
        os.utime(log, (2_000_000_000, 2_000_000_000))
    assert dues() == (shown, planned), "a copy of the file changes nothing"
