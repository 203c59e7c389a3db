"""What a power failure could lose: every published file is flushed before its folder gets its name, and that folder's parent after (R5).

The order is read from one trace of the system calls of a build, with many threads and with one.
"""
import re
from pathlib import Path

import pytest
from fault.injection import needs_strace, trace
from fault.intact import Bench
from fault.scenarios import command, origin, record

_PATH = re.compile(r"<([^<>]*)>")
_NAMES = re.compile(r'"([^"]*)"')


def order(calls):
    """The trace as (what, path, target) with absolute paths; flush, write, rename, unlink."""
    for _, name, text in calls:
        if "= -1" in text:
            continue
        paths, names = _PATH.findall(text), _NAMES.findall(text)
        if name in ("fsync", "fdatasync") and paths:
            yield "flush", paths[0], None
        elif name in ("write", "pwrite64", "writev", "ftruncate") and paths:
            yield "write", paths[0], None
        elif name in ("rename", "renameat", "renameat2") and len(names) == 2:
            yield "rename", names[0], names[1]
        elif name in ("link", "linkat") and len(names) == 2:
            yield "link", names[0], names[1]
        elif name == "unlink" and names:
            yield "unlink", names[0], None


def violations(steps, store, key):
    """Files that get their last name unflushed, or in a folder that is not flushed afterwards; and how many were looked at."""
    steps = list(steps)
    found, looked = [], 0
    lasting = re.compile(rf"{re.escape(str(store))}/(private/(CURRENT|\d+\.\d+\.\d+)|private-state/(private-[\d.]+\.(rows|leaves|build\.json)|publishing\.json))$|{re.escape(str(key))}(\.salts)?$")
    for at, (what, source, target) in enumerate(steps):
        if what not in ("rename", "link") or not lasting.match(target):
            continue
        looked += 1
        # A folder takes along the files that were written or renamed to inside it.
        inside = {}
        for kind, path, name in steps[:at]:
            if kind == "rename" and path in inside:
                inside[name] = inside.pop(path)
            elif kind == "write" and (path == source or path.startswith(source + "/")):
                inside[path] = "unflushed"
            elif kind == "flush" and path in inside:
                inside[path] = "flushed"
        if not inside:
            found.append(f"nothing was written to {source} before it became {target}")
        looked += len(inside)
        found += [f"{path} is not flushed when {target} gets its name" for path, state in inside.items() if state == "unflushed"]
        # The folders in it: flushed after the last name in them was given.
        for folder in {str(Path(p).parent) for p in inside if p.startswith(source + "/")}:
            last = max(i for i, (kind, _, name) in enumerate(steps[:at]) if kind == "rename" and str(Path(name).parent) == folder)
            if not any(kind == "flush" and path == folder for kind, path, _ in steps[last + 1:at]):
                found.append(f"the folder {folder} is not flushed before {target} gets its name")
        # The parent: flushed before anything else gets a lasting name, and before the ledger is written.
        # Rows and their leaves are one step: the note names both until both lie there.
        parent, with_it = str(Path(target).parent), re.sub(r"\.rows$", ".leaves", target)
        for kind, path, name in steps[at + 1:]:
            if kind == "flush" and path == parent:
                break
            if (kind in ("rename", "link") and name != with_it and lasting.match(name)) or (kind == "write" and path == f"{store}/ledger.db"):
                found.append(f"{parent} is not flushed after {target} got its name and before the next step")
                break
        else:
            found.append(f"{parent} is never flushed after {target} got its name")
    # The ledger: its journal is on the disk before the database is written, the database before the journal goes.
    ledger, dirty = f"{store}/ledger.db", set()
    for kind, path, _ in steps:
        if not path.startswith(ledger):
            continue
        looked += 1
        if kind == "write":
            if path == ledger and f"{ledger}-journal" in dirty:
                found.append("the ledger is written before its journal is flushed")
            dirty.add(path)
        elif kind == "flush":
            dirty.discard(path)
        elif kind == "unlink" and dirty:
            if ledger in dirty:
                found.append("the journal goes before the ledger is flushed")
            dirty.clear()
    return found, looked


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("name", ["first build", "next build"])
def test_power_failure_order(tmp_path, name, threads):
    needs_strace()
    bench = Bench(origin(name, tmp_path / "origin"), tmp_path / "bench", command(name, threads))
    bench.reset()
    steps = list(order(trace(bench.words, bench.env, tmp_path / "trace")))
    store, key = bench.folder / "store", bench.folder / "key"
    found, looked = violations(steps, store, key)
    record("R5", f"names and flushes in the trace of a `{name}` with {threads} thread{'s' if threads > 1 else ''}", looked, found)


def test_the_check_itself_finds_a_missing_flush(tmp_path):
    """Each flush taken out of a good trace but for a few that another covers is missed."""
    needs_strace()
    bench = Bench(origin("first build", tmp_path / "origin"), tmp_path / "bench", command("first build", 1))
    bench.reset()
    steps = list(order(trace(bench.words, bench.env, tmp_path / "trace")))
    store, key = bench.folder / "store", bench.folder / "key"
    files = [i for i, (kind, path, _) in enumerate(steps) if kind == "flush" and ".staging-" in path and path.split("/")[-1].count(".part")]
    assert len(files) >= 5
    for i in files:
        assert violations(steps[:i] + steps[i + 1:], store, key)[0], steps[i]
