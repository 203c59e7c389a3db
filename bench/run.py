"""Runs the benchmarks and writes docs/performance.md's tables. The command for it is scripts/bench.

Everything is measured in turn, round after round, so that a machine that slows down slows all of it; what is told is
the median of the rounds. Each result is compared, row by row, with our own extraction's.
"""
import json
import os
import shutil
import statistics
import sys
from pathlib import Path

import duckdb

from inputs import EXTRACT, PROGRAM, Growth, agreed_store, environment, logs_of, long_line, REPOSITORY
from measured import Run, measured
from profiled import profile_of
from report import write_page

SIZES = [int(size) for size in os.environ.get("QF_BENCH_MB", "300 3000").split()]
ROUNDS = int(os.environ.get("QF_BENCH_ROUNDS", "3"))
WORK = Path(os.environ.get("QF_BENCH_WORK", REPOSITORY / "out/bench"))
PEERS = ["duckdb-typed", "duckdb-arrows", "polars", "pyarrow"]
SLOW = {"pyarrow", "build, features", "build, raw", "build, redacted"}  # once, where the logs are large
LARGE = 1000  # megabytes


def say(text):
    print(text, file=sys.stderr, flush=True)


def warm(logs: Path):
    """Every byte read once, so that the disk's speed does not count; and nothing left to be written."""
    os.sync()
    for path in logs.rglob("*.jsonl"):
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass


def build(logs: Path, store: Path, threads=2, text="none", program=PROGRAM) -> Run:
    return measured(program, "build", logs, "--store", store, "--text", text, "--threads", threads, "--json",
                    env=environment(WORK))


def fresh_build(logs: Path, agreed: Path, threads=2, text="none", program=PROGRAM) -> Run:
    store = WORK / "store"
    shutil.rmtree(store, ignore_errors=True)
    shutil.copytree(agreed, store)
    return build(logs, store, threads, text, program)


def extraction(mode, logs, threads) -> Run:
    out = WORK / f"extracted-{threads}"
    shutil.rmtree(out, ignore_errors=True)
    run = measured(EXTRACT, mode, threads, logs, *([out] if mode == "extract" else []))
    if run.said["bad"] != 0:
        raise SystemExit(f"bench: {run.said['bad']} lines of {logs} are no JSON objects")
    return run


def peer(name, logs) -> Run:
    """What the peer itself says it took: starting Python and loading the tool is not counted."""
    out = WORK / f"{name}.parquet"
    run = measured(sys.executable, REPOSITORY / "bench/peers.py", name, logs, out, 2)
    return Run(run.said["seconds"], run.said["cpu"], run.peak, run.said)


def differences(name) -> int:
    """Rows of our extraction that the peer does not have, and the other way round, each as often as it occurs."""
    ours, theirs = f"read_parquet('{WORK}/extracted-2/*.parquet')", f"read_parquet('{WORK}/{name}.parquet')"
    if name == "polars":  # writes JSON inside of text with a space after each comma and colon
        compact = "regexp_replace({}, '(\"[:,]|\\d,) ', '\\1', 'g')"
        theirs = (f"(SELECT * REPLACE (CASE WHEN user_choice LIKE '{{%' THEN {compact.format('user_choice')} ELSE user_choice END AS user_choice, "
                  f"list_transform(options_presented, lambda one: CASE WHEN one LIKE '{{%' THEN {compact.format('one')} ELSE one END) "
                  f"AS options_presented) FROM {theirs})")
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    return sum(connection.execute(f"SELECT count(*) FROM (FROM {a} EXCEPT ALL FROM {b})").fetchone()[0]
               for a, b in ((ours, theirs), (theirs, ours)))


def measure_size(megabytes) -> dict:
    logs = logs_of(WORK, megabytes)
    agreed = agreed_store(WORK, logs)
    work = {
        "parse": lambda: extraction("parse", logs, 2),
        "decode": lambda: extraction("decode", logs, 2),
        "extract": lambda: extraction("extract", logs, 2),
        "extract, one thread": lambda: extraction("extract", logs, 1),
        **{name: lambda name=name: peer(name, logs) for name in PEERS},
        "build, one thread": lambda: fresh_build(logs, agreed, threads=1),
        "build, features": lambda: fresh_build(logs, agreed, text="features"),
        "build, raw": lambda: fresh_build(logs, agreed, text="raw"),
        "build, redacted": lambda: fresh_build(logs, agreed, text="redacted"),
        "build": lambda: fresh_build(logs, agreed),  # last: its store then grows
    }
    runs = {name: [] for name in work}
    for turn in range(ROUNDS):
        for name, one in work.items():
            if turn > 0 and name in SLOW and megabytes >= LARGE:
                continue
            warm(logs)
            runs[name].append(one())
            say(f"{megabytes} MB, round {turn + 1}: {name}: {runs[name][-1].seconds:.2f} s")
    facts = {"megabytes": megabytes, "bytes": runs["parse"][0].said["bytes"], "lines": runs["parse"][0].said["lines"],
             "rows": runs["extract"][0].said["rows"], "rounds": ROUNDS, "measured": {n: medians(r) for n, r in runs.items()}}
    facts["versions"] = {name: runs[name][0].said["version"] for name in PEERS}
    facts["differences"] = {name: differences(name) for name in PEERS}
    built = runs["build"][-1].said
    facts["build"] = {"bytes": built["bytes"], "records": sum(built["tally"]["records"].values()), "dropped": built["tally"]["dropped"]}
    facts["grown"] = measure_growth(logs)
    return facts


def measure_growth(logs, largest=False) -> dict:
    """The second build of a store, where the logs, or the largest of them, grew by one per cent of all bytes."""
    kept = WORK / "store-before"
    shutil.rmtree(kept, ignore_errors=True)
    (WORK / "store").rename(kept)
    runs = []
    with Growth(logs, largest) as growth:
        for _ in range(ROUNDS):
            shutil.rmtree(WORK / "store", ignore_errors=True)
            shutil.copytree(kept, WORK / "store")
            warm(logs)
            runs.append(build(logs, WORK / "store"))
            say(f"after growth: {runs[-1].seconds:.2f} s")
    shutil.rmtree(kept)
    said = runs[-1].said
    agreed = {key: said[key] for key in said.keys() - {"tally", "gates", "path", "warnings", "stages", "next"}
              if isinstance(said[key], (int, float, str, dict))}
    return {"bytes": growth.bytes, "projects": len(growth.grown), "measured": medians(runs), "said": agreed}


def medians(runs) -> dict:
    middle = {key: statistics.median(getattr(run, key) for run in runs) for key in ("seconds", "cpu")}
    middle |= {"peak": max(run.peak for run in runs), "runs": len(runs)}
    if "stages" in runs[0].said:
        names = [stage["name"] for stage in runs[0].said["stages"]]
        middle["stages"] = {name: statistics.median(run.said["stages"][i]["seconds"] for run in runs)
                            for i, name in enumerate(names)}
    return middle


def measure_memory(megabytes) -> dict:
    """Peak memory for shapes that are hard to hold: one project of all the bytes, and one line of 16 MB."""
    shapes = {f"one project of {megabytes} MB": logs_of(WORK, megabytes, projects=1),
              "a project with one line of 16 MB": long_line(WORK, logs_of(WORK, SIZES[0]))}
    found = {}
    for name, logs in shapes.items():
        warm(logs)
        run = fresh_build(logs, agreed_store(WORK, logs), text="raw" if "line" in name else "none")
        say(f"{name}: {run.seconds:.2f} s, {run.peak / 1e6:.0f} MB")
        found[name] = {"seconds": run.seconds, "cpu": run.cpu, "peak": run.peak, "bytes": run.said["bytes"],
                       "records": sum(run.said["tally"]["records"].values()), "stages": medians([run])["stages"]}
        if name.startswith("one project"):
            found[name]["grown"] = measure_growth(logs, largest=True)
    return found


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    load = f"{os.getloadavg()[0]:.1f}"
    results = {"load": load, "sizes": [measure_size(size) for size in SIZES], "memory": measure_memory(SIZES[-1])}
    logs = logs_of(WORK, SIZES[0])
    results["profile"] = profile_of(WORK, lambda program: fresh_build(logs, agreed_store(WORK, logs), program=program), PROGRAM)
    (WORK / "results.json").write_text(json.dumps(results, indent=1))
    shutil.rmtree(WORK / "store", ignore_errors=True)
    page = Path(os.environ.get("QF_BENCH_PAGE", REPOSITORY / "docs/performance.md"))
    write_page(page, results)
    print(f"The tables are in {page}, the figures behind them in {WORK / 'results.json'}.")


if __name__ == "__main__":
    main()
