"""An erasure that is killed, at any call that changes the store, and one that races with builds."""
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import LONG, Workshop, run
from erasure.test_erase import MARKS, bytes_with, class_of
from fault.injection import needs_strace, points, sample, trace, with_fault

WORDS = MARKS + ["zqperson"]


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    shop = Workshop(tmp_path_factory.mktemp("origin"))
    class_of(shop, ["alva", "zqperson", "cia"], marked=["zqperson"], questions=2)
    shop.build()
    class_of(shop, ["alva", "zqperson", "cia"], marked=["zqperson"], questions=3)
    shop.build()
    return shop


def words_of(shop):
    return ["erase", "--subject", "zqperson", "--store", shop.store, "--json", "--threads", "1"]


def bench(origin, folder) -> Workshop:
    """At the same place for every try: records hold paths."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["cp", "-a", str(origin.folder), str(folder)], check=True)
    shop = Workshop(folder)
    for place in ("store", "logs"):
        assert (folder / place).exists()
    return shop


def problems_after(shop, kill):
    """What is wrong once the command was killed and given again."""
    found = []
    again = shop.run(*words_of(shop))
    if again.code:
        return [f"{kill}: the next run fails: {again}"]
    left = bytes_with(shop.store, WORDS)
    if left:
        found.append(f"{kill}: still there: {left[:5]}")
    receipt = again.json["receipt"]
    if not receipt or run("verify", "--receipt", receipt).code:
        found.append(f"{kill}: no receipt that holds: {again}")
    if not (shop.store / "private/CURRENT").exists():
        found.append(f"{kill}: no successor: {again}")
    if (whole := shop.run("verify", shop.store, "--json")).code or whole.json["unfinished"]:
        found.append(f"{kill}: {whole}")
    if list((shop.store / "private-state").glob("*.proof")) or list((shop.store / "private-state").glob("*carried*")):
        found.append(f"{kill}: proofs are left")
    return found


def kills(origin, tmp_path):
    needs_strace()
    shop = bench(origin, tmp_path / "bench")
    calls = trace(words_of(shop), {"QF_DATASET_KEY_FILE": str(shop.key)}, tmp_path / "trace")
    return sample(points(calls, tmp_path / "bench"), None if LONG else 24)


def test_killed_anywhere_the_next_run_finishes(origin, tmp_path):
    found = []
    for kill in kills(origin, tmp_path):
        shop = bench(origin, tmp_path / "bench")
        with_fault(kill, "signal=KILL", words_of(shop), {"QF_DATASET_KEY_FILE": str(shop.key)})
        found += problems_after(shop, kill)
    assert not found, "\n".join(found)


def test_killed_anywhere_a_build_does_not_bring_the_person_back(origin, tmp_path):
    """Either the erasure was decided, and then no version holds the person, or nothing has happened."""
    for kill in sample(kills(origin, tmp_path), None if LONG else 8):
        shop = bench(origin, tmp_path / "bench")
        with_fault(kill, "signal=KILL", words_of(shop), {"QF_DATASET_KEY_FILE": str(shop.key)})
        shop.run("build", shop.logs, "--store", shop.store, "--text", "raw")
        decided = shop.run("consent", "list", "--store", shop.store, "--subject", "zqperson", "--json").json["consent"] == []
        left = bytes_with(shop.store / "private", MARKS)
        assert bool(left) != decided, (kill, left[:3])
        assert shop.run("erase", "--resume", "--store", shop.store).code == 0
        assert not problems_after(shop, kill)


def test_an_erasure_racing_with_builds(tmp_path):
    """Whoever comes first: after the erasure no version holds the person."""
    shop = Workshop(tmp_path / "origin")
    class_of(shop, ["alva", "zqperson"], marked=["zqperson"], questions=2)
    shop.agree()
    for turn in range(200 if LONG else 8):
        one = bench(shop, tmp_path / "bench")
        builds = [("build", one.logs, "--store", one.store, "--text", "raw", "--threads", "1", "--wait", "60")] * 2
        with ThreadPoolExecutor(3) as pool:
            ran = list(pool.map(lambda words: one.run(*words), [builds[0], words_of(one), builds[1]]))
        assert ran[1].code == 0 and ran[1].json["found"], ran
        assert bytes_with(one.store, WORDS) == [], turn


def test_two_erasures_at_once_are_both_done(shop):
    class_of(shop, ["alva", "zqperson", "cia", "zqother"], marked=["zqperson"], questions=3)
    shop.build()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda who: shop.run("erase", "--subject", who, "--store", shop.store, "--json"), ("zqperson", "zqother")))
    assert [ran.code for ran in both] == [0, 0], both
    assert len({ran.json["receipt"] for ran in both}) == 2 and all(ran.json["found"] for ran in both)
    assert bytes_with(shop.store, [*WORDS, "zqother"]) == []
    assert shop.run("verify", shop.store).code == 0


def test_nothing_to_resume_does_not_say_that_nobody_is_there(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    ran = shop.run("erase", "--resume", "--store", shop.store)
    assert ran.code == 0 and "No erasure is under way" in ran.out and "Nothing of this person" not in ran.out, ran
