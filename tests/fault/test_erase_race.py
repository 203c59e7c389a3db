"""Erasing while others build: no version that stands after the erasure holds the person (R8)."""
import json
import subprocess
import sys
import os
from pathlib import Path

import pyarrow.parquet as pq
from conftest import BINARY, LONG, Log, project, session_id
from fault.scenarios import record

ROUNDS = 200 if LONG else 6
MARK = "zqxrarevarnish"


def holds(store):
    """Versions in which a row holds the person's rare word."""
    return [str(path) for path in Path(store).glob("private/[0-9]*/data/*/*.parquet") if MARK in json.dumps(pq.read_table(path).to_pylist(), default=str)]


def test_no_version_published_after_an_erasure_holds_the_person(shop):
    for number, person in enumerate(("alva", "bo", "cia")):
        log = Log(sid=session_id(number))
        for question in range(3):
            log.decide(question=f"Q{question}", rationale=f"{MARK} because" if person == "bo" else "because")
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=person)
    shop.agree()
    import shutil
    shop.build(agree=False)
    shutil.copytree(shop.store, shop.folder / "fresh")
    env = dict(os.environ, QF_DATASET_KEY_FILE=str(shop.key))
    bad, built = {}, 0
    for turn in range(ROUNDS):
        shutil.rmtree(shop.store)
        shutil.copytree(shop.folder / "fresh", shop.store)
        grown = shop.logs / "k0" / "logs" / "session.jsonl"
        with open(grown, "ab") as log:
            log.write(bytes(Log(sid=session_id(0), start=f"2026-03-{1 + turn % 27:02d}T08:00:00").decide(question=f"R{turn}")))
        words = [[str(BINARY), "build", str(shop.logs), "--store", str(shop.store), "--text", "raw", "--wait", "60"],
                 [str(BINARY), "erase", "--subject", "bo", "--store", str(shop.store), "--wait", "60"],
                 [str(BINARY), "build", str(shop.logs), "--store", str(shop.store), "--text", "raw", "--wait", "60"]]
        running = [subprocess.Popen(one, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for one in words]
        done = [(one.communicate(timeout=120)[1].decode(errors="replace"), one.returncode) for one in running]
        assert done[1][1] == 0, (turn, done[1])
        for said, code in (done[0], done[2]):  # published or nothing new, or told to wait no longer
            assert code == 0 or (code == 2 and "locked" in said), (turn, code, said)
            built += code == 0
        bad |= {turn: found} if (found := holds(shop.store)) else {}
        assert shop.run("verify", "--store", shop.store).code == 0, turn
    assert built > 0, "no build succeeded beside an erasure"
    record("R8", "rounds of two builds and an erasure at once", ROUNDS, bad)
