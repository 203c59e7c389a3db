"""A disk that is full and a system without memory: the run says so, the store stays whole, and the next run goes on (R4, R6)."""
import os
import re
import shutil
import signal
import subprocess

import pytest
from conftest import BINARY, LONG, Log, Workshop, project
from fault.injection import needs_strace
from fault.intact import Bench
from fault.scenarios import command, origin, record


@pytest.fixture
def mounted(tmp_path):
    """mounted(options) mounts a small file system; it is gone after the test."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"{options},mode=700", "tmpfs", place], capture_output=True)
        if done.returncode:
            pytest.skip("may not mount here: " + done.stderr.decode(errors="replace").strip())
        return place

    yield mount
    while subprocess.run(["umount", place], capture_output=True).returncode == 0:
        pass


@pytest.mark.parametrize("short_of", ["room", "inodes"])
def test_full_disk(tmp_path, mounted, short_of):
    """The whole workshop lies on a disk of each size, from one where nothing fits beside it to one where all does.

    A build asks for free room before it writes anything, and so small a one takes less than it asks for. Of inodes it
    does not ask: there the disk is full in the middle of the work.
    """
    shop = origin("next build", tmp_path / "origin")
    used = int(subprocess.run(["du", "-sk", "--apparent-size", shop.folder], capture_output=True, check=True, text=True).stdout.split()[0])
    blocks = int(subprocess.run(["du", "-sk", shop.folder], capture_output=True, check=True, text=True).stdout.split()[0])
    count = 20 if LONG else 6
    inodes = sum(1 for _ in shop.folder.rglob("*")) + 2
    if short_of == "room":
        disks = [f"size={max(used, blocks) + 8 + 4000 * i // (count - 1)}k" for i in range(count)]
    else:
        disks = [f"size=64m,nr_inodes={inodes + 1 + 50 * i // (count - 1)}" for i in range(count)]
    failed, codes = {}, []
    for disk in disks:
        place = mounted(disk)
        bench = Bench(shop, place / "bench", command("next build", 1))
        bench.reset()
        ran = bench.shop.run(*bench.words)
        codes.append(ran.code)
        wrong = [] if ran.code == 0 or (ran.code == 2 and re.search("No space left|full|make room", ran.err)) else [f"exit {ran.code}: {ran.err[-300:]}"]
        # With room again, the next run goes on from there.
        subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=10000", place], check=True)
        failed |= {disk: found} if (found := wrong + bench.problems()) else {}
        subprocess.run(["umount", place], check=True)
    assert codes[0] == 2 and codes[-1] == 0, f"the sizes do not show both ends: {codes}"
    record("R4", f"build on a disk short of {short_of}, {codes.count(2)} of {count} sizes too small", len(disks), failed)


def test_little_memory(tmp_path):
    """From twice the address space that `--version` needs, up to what a build needs without a limit."""
    if not shutil.which("prlimit"):
        pytest.skip("prlimit is missing")

    def limited(limit, words, env):
        return subprocess.run(["prlimit", f"--as={limit}", BINARY, *words], capture_output=True, env=dict(os.environ, **env), timeout=120)

    least, most = 1 << 20, 1 << 34
    while most - least > 1 << 20:
        middle = (least + most) // 2
        least, most = (least, middle) if limited(middle, ["--version"], {}).returncode == 0 else (middle, most)
    shop = origin("next build", tmp_path / "origin")
    benches = [Bench(shop, tmp_path / f"bench{threads}", command("next build", threads)) for threads in (8, 2)]
    count, failed, codes = 20 if LONG else 6, {}, []
    for i in range(2 * count):
        bench = benches[i % 2]
        # Two threads need less: there the limits between little and enough lie closer.
        limit = 2 * most + (((1 << 30) if i % 2 == 0 else (128 << 20)) * (i // 2)) // (count - 1)
        bench.reset()
        ran = limited(limit, bench.words, bench.env)
        codes.append(ran.returncode)
        said = ran.stderr.decode(errors="replace")
        wrong = []
        if ran.returncode not in (0, 2):
            wrong.append(f"exit {ran.returncode} ({signal.Signals(-ran.returncode).name if ran.returncode < 0 else said[-200:]})")
        if ran.returncode == 2 and not re.search("memory|allocate|[Rr]esource", said):
            wrong.append(f"no clean message: {said[-300:]}")
        failed |= {limit: found} if (found := wrong + bench.problems()) else {}
    record("R6", f"build under a limit of memory, from {2 * most >> 20} MiB of address space; {codes.count(0)} had enough", 2 * count, failed)


def test_a_system_without_further_threads_gives_the_same_bytes(shop):
    """A large project is decoded ahead, and the tree of rows grows beside the tables: all of it by the one thread there is."""
    needs_strace()
    log = Log()
    for number in range(40):
        log.decide(question=f"Q{number}", question_text=f"Fråga {number}?")
        log.add("tool_start", {"filler": "x" * 900_000})
    project(shop.logs, log)
    built = shop.build("--threads", "4")
    assert built["bytes"] > 32 << 20
    no_threads = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=clone,clone3", "-e", "inject=clone,clone3:error=EAGAIN", "--"]
    again = shop.run("build", shop.logs, "--store", shop.folder / "other", "--text", "raw", "--threads", "4", "--json", prefix=no_threads)
    assert again.code == 1 and again.json["tally"]["records"] == built["tally"]["records"], again
    shutil.rmtree(shop.store / "private-state/staged")
    again = shop.run("build", shop.logs, "--store", shop.store, "--text", "raw", "--threads", "4", "--json", prefix=no_threads)
    assert again.code == 0 and again.json["unchanged"] and again.json["logical_digest"] == built["logical_digest"], again
    log.decide(question="Q99")
    project(shop.logs, log)
    assert shop.build("--threads", "4", agree=False, prefix=no_threads)["version"] == "1.1.0"


def filled(place):
    """Takes all room that is left on the disk."""
    with open(place / "fill", "wb", buffering=0) as fill:
        size = 1 << 20
        while size:
            try:
                fill.write(b"\0" * size)
            except OSError:
                size //= 2


def test_a_first_build_that_finds_no_room_says_what_is_there(tmp_path, mounted):
    place = mounted("size=900k")
    shop = Workshop(tmp_path / "shop")
    project(shop.logs, Log().decide().decide(question="Q002"))
    shop.store = place / "store"
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 2 and "make room" in ran.err and "No version was written" in ran.err and "Nothing was written" not in ran.err, ran
    subprocess.run(["mount", "-o", "remount,size=64m", place], check=True)
    assert shop.build()["version"] == "1.0.0"


@pytest.mark.parametrize("staged", [True, False])
def test_gc_makes_room_on_a_full_disk_or_says_how(tmp_path, mounted, staged):
    """The ledger must note what is removed, and needs room for that itself."""
    place = mounted("size=8m")
    shop = Workshop(tmp_path / "shop")
    shop.store = place / "store"
    log = Log().decide().decide(question="Q002")
    project(shop.logs, log)
    assert shop.build()["version"] == "1.0.0"
    project(shop.logs, log.decide(question="Q003"))
    assert shop.build()["version"] == "1.1.0"
    if staged:  # as large as those of a school
        (shop.store / "private-state/staged/of-many.rows").write_bytes(b"\0" * 500_000)
    else:
        shutil.rmtree(shop.store / "private-state/staged")
    filled(place)
    ran = shop.run("gc", "--store", shop.store)
    if staged:
        assert ran.code == 0 and not (shop.store / "private/1.0.0").exists(), ran
    else:
        assert ran.code == 2 and str(shop.store / "ledger.db") in ran.err and "make room" in ran.err, ran
        assert (shop.store / "private/1.0.0").is_dir()
        (place / "fill").unlink()
        assert shop.run("gc", "--store", shop.store).code == 0
    assert shop.run("verify", shop.store).code == 0
