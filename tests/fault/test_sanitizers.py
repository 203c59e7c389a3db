"""The fuzz targets run without a finding, and a parallel build without a race (R33)."""
import os
import re
import shutil
import subprocess

import pytest
from conftest import LONG, REPOSITORY
from fault.scenarios import record

SCRIPTS = REPOSITORY / "scripts"


def test_fuzz_targets():
    """Some seconds each; `make fuzz` for longer. Their build under sanitizers is kept in build/fuzz."""
    seconds = int(os.environ.get("FUZZ_SECONDS", 600 if LONG else 5))
    ran = subprocess.run([SCRIPTS / "fuzz"], capture_output=True, text=True, env=dict(os.environ, FUZZ_SECONDS=str(seconds)))
    if ran.returncode == 77:
        pytest.skip(ran.stderr.strip())
    runs = re.findall(r"^(\w+): (\d+) inputs", ran.stdout, re.M)
    assert ran.returncode == 0 and len(runs) >= 5, ran.stderr[-4000:]
    record("R33", f"inputs made by libFuzzer under ASan and UBSan, {seconds} s for each of {', '.join(name for name, _ in runs)}", sum(int(n) for _, n in runs), [])


def test_no_race_in_a_parallel_build():
    if not LONG:
        pytest.skip("compiling all under the thread sanitizer takes minutes: `make tsan`, or QF_LONG=1")
    if not shutil.which("c++"):
        pytest.skip("no compiler")
    ran = subprocess.run([SCRIPTS / "tsan"], capture_output=True, text=True)
    record("R33", "builds under the thread sanitizer, with 2 and 8 threads", 2, [] if ran.returncode == 0 else [ran.stdout + ran.stderr[-3000:]])
