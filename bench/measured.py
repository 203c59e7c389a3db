"""Runs a program and says what it took: wall seconds, processor seconds, peak memory."""
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# A small process of its own: a child's high-water mark begins with that of whoever started it.
_STARTER = """
import json, os, sys, time
began = time.perf_counter(); pid = os.fork()
if pid == 0:
    try: os.execv(sys.argv[2], sys.argv[2:])
    finally: os._exit(127)
_, status, used = os.wait4(pid, 0)
json.dump([os.waitstatus_to_exitcode(status), time.perf_counter() - began, used.ru_utime + used.ru_stime,
           used.ru_maxrss * 1024], open(sys.argv[1], "w"))
"""


@dataclass
class Run:
    """One run. `said` is the JSON object that the program printed, {} where it printed none."""
    seconds: float
    cpu: float
    peak: int
    said: dict = field(default_factory=dict)


def measured(*words, env=None, codes=(0,)) -> Run:
    with tempfile.NamedTemporaryFile() as report:
        done = subprocess.run([sys.executable, "-S", "-E", "-c", _STARTER, report.name, *map(str, words)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, check=True)
        code, seconds, cpu, peak = json.loads(Path(report.name).read_text())
    if code not in codes:
        raise SystemExit(f"bench: exit code {code} of {' '.join(map(str, words))}\n{(done.stdout + done.stderr).decode()[-2000:]}")
    return Run(seconds, cpu, peak, json.loads(done.stdout) if done.stdout.startswith(b"{") else {})
