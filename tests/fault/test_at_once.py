"""Many builders on one store with a reader that looks on (R7), and a clock that goes back between builds (R9)."""
import os
import shutil
import subprocess
import threading

import pytest
from conftest import BINARY, LONG
from fault.scenarios import classroom, origin, record


def test_sixteen_builders_and_a_reader(tmp_path):
    shop = origin("next build", tmp_path)
    polls, failed, seen, done = 10_000 if LONG else 200, [], set(), threading.Event()
    first = shop.store / "private/1.0.0"
    verified = set()

    def read():
        number = 0
        while number < polls or not done.is_set():
            number += 1
            current = (shop.store / "private/CURRENT").read_text().strip()
            seen.add(current)
            # Each look asks that all is there; the whole check is made the first time, and now and then.
            folder = shop.store / "private" / current
            if not (folder / "SHA256SUMS").is_file() or not (folder / "manifest.json").is_file():
                failed.append(f"look {number}: {current} is not there")
            elif current not in verified or number % 50 == 0:
                ran = shop.run("verify", folder)
                verified.add(current)
                if ran.code:
                    failed.append(f"look {number}: {current} does not verify: {ran.err[-200:]}")
        return number

    looks = []
    reader = threading.Thread(target=lambda: looks.append(read()))
    reader.start()
    rounds, codes = 10 if LONG else 1, []
    for turn in range(rounds):
        classroom(shop.logs, 4 + turn)
        levels = ("raw", "features", "none", "raw")
        running = [subprocess.Popen([BINARY, "build", shop.logs, "--store", shop.store, "--text", levels[i % 4], "--wait", str(i % 3 * 60)],
                                    env=dict(os.environ, QF_DATASET_KEY_FILE=str(shop.key)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for i in range(16)]
        for one in running:
            _, said = one.communicate(timeout=300)
            codes.append(one.returncode)
            if not (one.returncode == 0 or (one.returncode == 2 and b"locked" in said)):
                failed.append(f"exit {one.returncode}: {said[-200:]!r}")
    done.set()
    reader.join()
    listed = shop.run("versions", "--store", shop.store, "--json").json["versions"]
    numbers = sorted(tuple(map(int, v["version"].split("."))) for v in listed)
    for before, after in zip(numbers, numbers[1:]):
        steps = [(before[0] + 1, 0, 0), (before[0], before[1] + 1, 0), (before[0], before[1], before[2] + 1)]
        if after not in steps:
            failed.append(f"a gap between {before} and {after}")
    if sum(v["state"] == "live" for v in listed) != 1 or len(set(numbers)) != len(numbers):
        failed.append("not one line of versions")
    if (ran := shop.run("verify", shop.store, "--json")).code or ran.json["unfinished"]:
        failed.append(f"the store at the end: {ran}")
    assert first.is_dir() and 0 in codes and len(seen) > 1
    record("R7", f"builds at once, 16 in a round ({codes.count(0)} published or found nothing new, {codes.count(2)} said locked), a reader that looked {looks[0]} times", len(codes) + looks[0], failed)


def test_clock_that_goes_back_a_year(tmp_path):
    """The order of versions is that of publication, whatever the clock says."""
    if not shutil.which("faketime"):
        pytest.skip("faketime is missing (Debian: faketime): the program's clock cannot be turned back")
    shop, failed = origin("first build", tmp_path), []
    words = ("build", shop.logs, "--store", shop.store, "--text", "raw", "--json")
    for turn, shift in enumerate(("+0", "-1y", "+1y", "-2y")):
        classroom(shop.logs, 2 + turn)
        ran = shop.run(*words, prefix=("faketime", "-f", shift))
        if ran.code or ran.json["version"] != f"1.{turn}.0":
            failed.append(f"clock {shift}: {ran}")
    listed = shop.run("versions", "--store", shop.store, "--json").json["versions"]
    if [v["version"] for v in listed if v["state"] == "live"] != ["1.3.0"] or (shop.store / "private/CURRENT").read_text() != "1.3.0\n":
        failed.append(f"the last one published is not the live one: {listed}")
    if shop.run("verify", shop.store).code:
        failed.append("the store does not verify")
    record("R9", "builds between which the clock went back and forth by one and two years", 4, failed)
