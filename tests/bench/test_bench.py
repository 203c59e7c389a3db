"""The pieces of the benchmarks agree with each other on small logs. How long anything takes is no test."""
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from conftest import BINARY, CLASSROOM, REPOSITORY

BUILT = Path(os.environ.get("QF_BENCH_BUILD", BINARY.parent))
EXTRACT = BUILT / "bench/qf-bench-extract"


@pytest.fixture(scope="module", autouse=True)
def built():
    if not EXTRACT.exists():
        pytest.skip(f"{EXTRACT} is not built")


@pytest.fixture(scope="module", params=["a school", "one file of several ranges"])
def logs(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "logs"
    shape = ["--size", "3"] if request.param == "a school" else ["--size", "40", "--projects", "1"]
    subprocess.run([CLASSROOM, folder, *shape], check=True, stdout=subprocess.DEVNULL)
    return folder


def extract(mode, threads, logs, *out) -> dict:
    done = subprocess.run([EXTRACT, mode, str(threads), logs, *out], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def rows_apart(one, other) -> int:
    sides = [f"read_parquet('{path}')" for path in (one, other)]
    return sum(duckdb.sql(f"SELECT count(*) FROM (FROM {a} EXCEPT ALL FROM {b})").fetchall()[0][0]
               for a, b in (sides, sides[::-1]))


def test_every_line_is_met_once_whatever_the_threads(logs):
    held = [path.read_bytes() for path in logs.rglob("*.jsonl")]
    for threads in (1, 2, 7):
        said = extract("parse", threads, logs)
        assert (said["bytes"], said["lines"], said["bad"]) == (sum(map(len, held)), sum(one.count(b"\n") for one in held), 0)


@pytest.mark.parametrize("peer", ["duckdb-typed", "duckdb-arrows", "pyarrow"])
def test_our_extraction_is_that_of_other_tools_row_by_row(logs, tmp_path, peer):
    said = extract("extract", 3, logs, tmp_path / "ours")
    theirs = tmp_path / "theirs.parquet"
    subprocess.run([sys.executable, REPOSITORY / "bench/peers.py", peer, logs, theirs, "2"], check=True, stdout=subprocess.DEVNULL)
    assert said["rows"] == duckdb.sql(f"SELECT count(*) FROM read_parquet('{theirs}')").fetchall()[0][0] > 100
    assert rows_apart(tmp_path / "ours/*.parquet", theirs) == 0


def test_all_of_it_runs_and_fills_the_page(tmp_path):
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n")
    env = dict(os.environ, QF_BENCH_MB="2", QF_BENCH_ROUNDS="1", QF_BENCH_WORK=str(tmp_path / "work"),
               QF_BENCH_PAGE=str(page), QF_BENCH_BUILD=str(BUILT))
    subprocess.run([sys.executable, REPOSITORY / "bench/run.py"], env=env, check=True, stdout=subprocess.DEVNULL)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "\nold\n" not in text
    assert "| rows that another tool extracts otherwise | 0 | 0 | yes |" in text
    results = json.loads((tmp_path / "work/results.json").read_text())
    size = results["sizes"][0]
    assert list(size["measured"]["build"]["stages"]) == ["discover", "pass one", "between", "pass two", "publish"]
    assert size["grown"]["bytes"] > 0 and size["build"]["records"] > 0
    assert len(results["memory"]) == 2
    grown = next(one["grown"] for name, one in results["memory"].items() if name.startswith("one project"))
    assert grown["bytes"] > 0 and "pass one" in grown["measured"]["stages"]
    assert "pass one after 1 % growth, of a full one: one project of 2 MB" in text
