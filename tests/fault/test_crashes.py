"""A run that is killed at a system call leaves the store intact (bars R1 and R2)."""
import random
import signal
import subprocess
import time

import pytest
from conftest import BINARY, LONG
from fault.injection import needs_strace, points, sample, trace, with_fault
from fault.intact import Bench
from fault.scenarios import COMMANDS, command, origin, record, try_all

# In continuous integration a sample of the points, spread over the run; with QF_LONG=1 each of them.
POINTS = None if LONG else 25
TRIED = [(name, 1) for name in COMMANDS] + [("next build", 8)] + ([("first build", 8)] if LONG else [])


def points_of(name, folder, threads=1):
    """Every point at which the command can be disturbed."""
    bench = Bench(origin(name, folder / "traced"), folder / "traced-bench", command(name, threads))
    bench.reset()
    # Threads share out the work as it comes: several runs see more of what each can come to do.
    found = {}
    for _ in range(1 if threads == 1 else 5):
        bench.reset()
        for point in points(trace(bench.words, bench.env, folder / "trace"), bench.folder):
            found.setdefault((point.name, point.number), point)
    return list(found.values())


@pytest.mark.parametrize("name, threads", TRIED, ids=lambda v: str(v).replace(" ", "_"))
def test_killed_at_a_changing_call(tmp_path, name, threads):
    needs_strace()
    found = sample([p for p in points_of(name, tmp_path, threads) if not p.opens_to_read], POINTS)
    missed = []

    def attempt(bench, point):
        ran = with_fault(point, "signal=KILL", bench.words, bench.env)
        # Which thread comes how far differs from run to run: some points of many threads are not reached again.
        if ran.code == 0:
            missed.append(point)
        elif ran.code not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return [f"exit {ran.code}: {ran.err[:300]}"]
        return bench.problems()

    failed = try_all(name, tmp_path, found, attempt, threads)
    assert not missed or threads > 1, missed
    record("R1", f"killed at a changing system call of `{name}`, {threads} thread{'s' if threads > 1 else ''}", len(found), failed)


def test_killed_at_any_time(tmp_path):
    """At uniformly random times, with many threads."""
    chance = random.Random(7)
    delays = [chance.random() for _ in range(1000 if LONG else 30)]

    def attempt(bench, delay):
        running = subprocess.Popen([BINARY, *bench.words], env=dict(**bench.env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay * 0.08)  # a run takes about as long
        running.kill()
        running.wait()
        return bench.problems()

    record("R2", "killed at a random time of a build with 8 threads", len(delays), try_all("next build", tmp_path, delays, attempt, 8))
