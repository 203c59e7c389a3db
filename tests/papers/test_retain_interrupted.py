"""A retention run that is killed at any call that changes something: the next one finishes it, and nothing that went is without a certificate."""
import json

import pytest
from conftest import LONG, Log, Workshop, project, run, session_id
from erasure.test_interrupted import bench
from fault.injection import needs_strace, points, sample, trace, with_fault
from papers.test_retain import YEARS_ON, retain

WORDS = ["--clock", YEARS_ON, "--authority", "ARK 1"]


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A live version and staged rows, and a version removed before whose salt is still there."""
    shop = Workshop(tmp_path_factory.mktemp("origin"))
    for questions in (2, 3):
        log = Log(sid=session_id(1))
        for i in range(questions):
            log.decide(question=f"Q{i:03d}", rationale="hon har dyslexi och diabetes" if i == 1 else "för att")
        project(shop.logs, log, sid=session_id(1))
        shop.build(text="redacted")
    assert shop.run("gc", "--store", shop.store).code == 0
    due = {(i["kind"], i["action"]) for i in retain(shop, "plan", *WORDS)["due"]}
    assert {("version", "destroy"), ("salt", "destroy"), ("staging", "destroy"), ("quarantine", "destroy")} <= due
    return shop


def words_of(shop):
    return ["retain", "apply", *WORDS, "--store", shop.store, "--json"]


def problems_after(shop, kill):
    again = shop.run(*words_of(shop))
    if again.code:
        return [f"{kill}: the next run fails: {again}"]
    found, done = [], set()
    for certificate in (shop.store / "receipts").glob("retention-*.json"):
        if run("verify", "--receipt", certificate).code or shop.run("verify", "--receipt", certificate, "--store", shop.store).code:
            found.append(f"{kill}: {certificate.name} does not hold")
        done |= {i["kind"] for i in json.loads(certificate.read_text())["items"] if i["done"]}
    if not {"version", "salt", "staging", "quarantine"} <= done:
        found.append(f"{kill}: certified is only {done}")
    if (shop.store / "private/1.1.0").exists() or list((shop.store / "private-state/staged").glob("*.rows")):
        found.append(f"{kill}: something is still there")
    # Of the version that went just now the salt follows later; of the one that went before, nothing is left.
    if [i for i in retain(shop, "plan", *WORDS)["due"] if i["action"] == "destroy" and (i["kind"], i["name"]) != ("salt", "private/1.1.0")]:
        found.append(f"{kill}: something is due still")
    whole = shop.run("verify", shop.store, "--json")
    if whole.code or whole.json["unfinished"]:
        found.append(f"{kill}: {whole}")
    if shop.run("audit", "verify", "--store", shop.store).code:
        found.append(f"{kill}: the audit log does not hold")
    return found


def test_killed_anywhere_the_next_run_finishes(origin, tmp_path):
    needs_strace()
    shop = bench(origin, tmp_path / "bench")
    calls = trace(words_of(shop), {"QF_DATASET_KEY_FILE": str(shop.key)}, tmp_path / "trace")
    found, finished = [], 0
    for kill in sample(points(calls, tmp_path / "bench"), None if LONG else 24):
        shop = bench(origin, tmp_path / "bench")
        with_fault(kill, "signal=KILL", words_of(shop), {"QF_DATASET_KEY_FILE": str(shop.key)})
        found += problems_after(shop, kill)
        finished += len(list((shop.store / "receipts").glob("retention-*.json"))) > 1
    assert not found, "\n".join(found)
    assert finished, "no kill came between decision and certificate: the test shows nothing"
