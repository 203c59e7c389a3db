"""Faults put into single system calls of the program, by strace, and the list of calls where one can be put."""
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import BINARY, Ran

# Every call that changes a file or a folder. `?`: an architecture may not have it.
CHANGING = ("write pwrite64 writev pwritev fsync fdatasync ftruncate truncate fallocate unlink unlinkat rmdir rename renameat renameat2 "
            "link linkat symlink symlinkat mkdir mkdirat chmod fchmod fchmodat open openat creat").split()
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_TO_CHANGE = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)")


@dataclass(frozen=True, order=True)
class Point:
    """The `number`-th call of `name` in a thread, as strace counts; `text` shows what it was in a run without faults."""
    name: str
    number: int
    text: str = ""
    opens_to_read: bool = False

    def __str__(self):
        return f"{self.name} {self.number}: {self.text[:160]}"


def needs_strace():
    if not shutil.which("strace"):
        pytest.skip("strace is missing: system calls cannot be made to fail")
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True)
    if tried.returncode:
        pytest.skip("strace may not trace here: " + tried.stderr.decode(errors="replace").strip()[:200])


# Not with --seccomp-bpf: with it, strace 6.1 counts wrongly and a fault at the second call or later never comes.
def _run(options, words, env, timeout=120):
    done = subprocess.run(["strace", "-f", "-qq", *options, "--", str(BINARY), *map(str, words)], capture_output=True,
                          env=dict(os.environ, **env), timeout=timeout)
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def trace(words, env, output):
    """Runs the program undisturbed; its changing calls in their order, each as (thread, name, text)."""
    ran = _run(["-y", "-s", "16", "-o", str(output), "-e", "trace=" + ",".join("?" + c for c in CHANGING)], words, env)
    assert ran.code == 0, ran
    calls = []
    for line in output.read_text(errors="replace").splitlines():
        if found := _CALL.match(line):
            calls.append(found.groups())
    return calls


def points(calls, inside):
    """The points of a trace that change something, or open anything, under the folder `inside`; how far each thread counted."""
    counts, found = {}, {}
    for thread, name, text in calls:
        number = counts[thread, name] = counts.get((thread, name), 0) + 1
        opens = name in ("open", "openat", "creat")
        # What the loader and the libraries open is not ours; neither is a report on the screen.
        if str(inside) not in text:
            continue
        point = Point(name, number, text, opens and not _TO_CHANGE.search(text))
        earlier = found.get((name, number))
        if earlier is None or earlier.opens_to_read:
            found[name, number] = point
    return list(found.values())


def with_fault(point, fault, words, env):
    """Runs the program with `fault` (signal=KILL, error=ENOSPC …) at a point. Each thread counts for itself, and where several
    read, the count falls on another call at times: `hit` of what it gives says which calls failed indeed."""
    with tempfile.NamedTemporaryFile() as seen:
        ran = _run(["-y", "-s", "16", "-o", seen.name, "-e", f"trace={point.name}", "-e", f"inject={point.name}:{fault}:when={point.number}"], words, env)
        told = Path(seen.name).read_text(errors="replace").splitlines()
    calls = [found.groups() for line in told if "(INJECTED)" in line and (found := _CALL.match(line))]
    ran.hit = [Point(name, point.number, text, name in ("open", "openat", "creat") and not _TO_CHANGE.search(text)) for _, name, text in calls]
    return ran


def sample(found, count):
    """About `count` of the points, evenly spread over the run."""
    if count is None or len(found) <= count:
        return found
    step = len(found) / count
    return [found[int(i * step)] for i in range(count)]
