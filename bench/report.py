"""docs/performance.md's tables, between its markers, from what was measured."""
import os
import platform
import re
from datetime import date
from pathlib import Path

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"

NAMES = {
    "parse": "parse only (simdjson), 2 threads",
    "decode": "read, digest and decode every event, 2 threads",
    "extract": "**our extraction**, 2 threads",
    "extract, one thread": "our extraction, 1 thread",
    "duckdb-typed": "DuckDB {}, typed struct, 2 threads",
    "duckdb-arrows": "DuckDB {}, `data->>'…'`, 2 threads",
    "polars": "Polars {}, `scan_ndjson` → `sink_parquet`, 2 threads",
    "pyarrow": "Python `json` and pyarrow {}",
    "build": "**build, text none**, 2 threads",
    "build, one thread": "build, text none, 1 thread",
    "build, features": "build, text features, 2 threads",
    "build, raw": "build, text raw, 2 threads",
    "build, redacted": "**build, text redacted**, 2 threads",
}


def table(head, rows) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def processor() -> str:
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()).group(1)
    except (OSError, AttributeError):
        return platform.machine()


def size_table(size) -> str:
    bytes_, found = size["bytes"], size["measured"]
    typed, ours = found["duckdb-typed"]["seconds"], found["extract"]["seconds"]
    rows = []
    for name, label in NAMES.items():
        one = found[name]
        differ = size["differences"].get(name)
        agrees = {None: "", 0: "equal"}.get(differ, f"{differ} rows differ")
        rows.append([label.format(size["versions"].get(name, "")), f"{one['seconds']:.2f}", f"{one['cpu']:.2f}",
                     f"{bytes_ / 1e6 / one['seconds']:,.0f}", f"{one['peak'] / 1e6:,.0f}",
                     f"{typed / one['seconds']:.2f}×", f"{one['seconds'] / ours:.2f}×", agrees])
    grown = size["grown"]["measured"]
    used = size["grown"]["said"].get("projects", {})
    again = f" ({used['reused']} projects used again, {used['read']} read)" if used else ""
    rows.append([f"second build after {100 * size['grown']['bytes'] / bytes_:.1f} % growth, 2 threads{again}", f"{grown['seconds']:.2f}",
                 f"{grown['cpu']:.2f}", "", f"{grown['peak'] / 1e6:,.0f}", f"{typed / grown['seconds']:.2f}×",
                 f"{grown['seconds'] / ours:.2f}×", ""])
    head = ["what", "seconds", "CPU s", "MB/s", "peak MB", "speed, of DuckDB typed", "time, of our extraction", "rows, against ours"]
    return (f"### {size['megabytes']} MB: {size['lines']:,} lines, {size['rows']:,} decisions extracted, "
            f"{size['build']['records']:,} records built\n\n" + table(head, rows))


def stage_table(sizes) -> str:
    rows, head = [], ["build, text none", "discover", "pass one", "between", "pass two", "publish"]
    for size in sizes:
        for label, one in (("2 threads", size["measured"]["build"]), ("1 thread", size["measured"]["build, one thread"]),
                           ("2 threads, after growth", size["grown"]["measured"])):
            stages = one.get("stages", {})
            rows.append([f"{size['megabytes']} MB, {label}", *(f"{stages[name]:.2f}" if name in stages else "" for name in head[1:])])
    return "### Seconds of a build's stages\n\n" + table(head, rows)


def verdict_table(results) -> str:
    sizes = results["sizes"]
    last, rows = sizes[-1], []

    def row(what, value, goal, holds, form="{:.2f}"):
        rows.append([what, form.format(value), goal, "yes" if holds else "**no**"])
    at = f" at {last['megabytes']} MB"
    found = last["measured"]
    seconds = {name: one["seconds"] for name, one in found.items()}
    row("our extraction, of DuckDB's typed one" + at, v := seconds["duckdb-typed"] / seconds["extract"], "≥ 3×", v >= 3, "{:.2f}×")
    row("build, of DuckDB's typed extraction" + at, v := seconds["duckdb-typed"] / seconds["build"], "≥ 1.5×, aim 2×", v >= 1.5, "{:.2f}×")
    row("build with redacted text, of DuckDB's typed extraction" + at, v := seconds["duckdb-typed"] / seconds["build, redacted"], "≥ 0.5×",
        v >= 0.5, "{:.2f}×")
    row("build's time, of our own extraction" + at, v := seconds["build"] / seconds["extract"], "≤ 2.5×", v <= 2.5, "{:.2f}×")
    cpu = {name: one["cpu"] for name, one in found.items()}
    for what, v in (("our extraction", cpu["extract"]), ("build", cpu["build"]), ("decoding alone", cpu["decode"])):
        rows.append([f"processor seconds: {what}, of DuckDB's typed extraction{at}", f"{v / cpu['duckdb-typed']:.2f}×", "", ""])
    row("build: two threads, of one" + at, v := seconds["build, one thread"] / seconds["build"], "≥ 1.7×", v >= 1.7, "{:.2f}×")
    if "pass one" in found["build"].get("stages", {}):
        grown = last["grown"]["measured"]["stages"]["pass one"] / found["build"]["stages"]["pass one"]
        row("pass one after 1 % growth, of a full one" + at, 100 * grown, "≤ 10 %", grown <= 0.1, "{:.0f} %")
    for name, one in results["memory"].items():
        if "grown" in one:
            grown = one["grown"]["measured"]["stages"]["pass one"] / one["stages"]["pass one"]
            row(f"pass one after 1 % growth, of a full one: {name}", 100 * grown, "≤ 10 %", grown <= 0.1, "{:.0f} %")
    if len(sizes) > 1:
        first = sizes[0]
        v = seconds["build"] / first["measured"]["build"]["seconds"]
        allowed = 1.1 * last["bytes"] / first["bytes"]
        row(f"build at {last['megabytes']} MB, of that at {first['megabytes']} MB", v, f"≤ {allowed:.0f}×", v <= allowed, "{:.1f}×")
    peaks = [found["build"]["peak"], found["build, raw"]["peak"], found["build, redacted"]["peak"], *(one["peak"] for one in results["memory"].values()),
             *(one["grown"]["measured"]["peak"] for one in [*sizes, *results["memory"].values()] if "grown" in one)]
    row("peak memory of any build here, MB", max(peaks) / 1e6, f"≤ {512 * 1.048576:.0f} (run.memory)", max(peaks) <= 512 << 20, "{:.0f}")
    wrong = sum(sum(size["differences"].values()) for size in sizes)
    row("rows that another tool extracts otherwise", wrong, "0", wrong == 0, "{}")
    return "### To reach, and reached\n\n" + table(["what", "measured", "to reach", "reached"], rows)


def memory_table(results) -> str:
    rows = []
    for name, one in results["memory"].items():
        for label, run in ((name, one), (f"the same after {100 * one['grown']['bytes'] / one['bytes']:.1f} % growth" if "grown" in one else "",
                                         one.get("grown", {}).get("measured"))):
            if run:
                stage = run["stages"].get("pass one", 0)
                rows.append([label, f"{run['seconds']:.2f}", f"{stage:.2f}", f"{run['cpu']:.2f}", f"{run['peak'] / 1e6:,.0f}",
                             f"{run['records']:,}" if "records" in run else ""])
    return "### Shapes that are hard to hold\n\n" + table(["build of", "seconds", "pass one", "CPU s", "peak MB", "records"], rows)


def profile_tables(profile, megabytes) -> str:
    if not profile:
        return "### Profile\n\n`perf` was not there, or was not allowed to look.\n"
    groups = [[name, f"{share:.1f} %"] for name, share in profile["groups"].items()]
    functions = [[f"`{name.replace('|', '')[:90]}`", f"{share:.1f} %"] for share, name in profile["functions"]]
    return (f"### Where the processor's time goes: a build of {megabytes} MB, text none, 2 threads\n\n"
            + table(["in", "share"], groups) + "\nThe costliest functions:\n\n" + table(["function", "share"], functions))


def page_tables(results) -> str:
    sizes = results["sizes"]
    rounds = "one round" if sizes[0]["rounds"] == 1 else f"medians of {sizes[0]['rounds']} rounds"
    parts = [f"Measured on {date.today()}: {processor()}, {os.cpu_count()} cores seen, Linux {platform.release()}; "
             f"{rounds}; load of the machine before the run {results['load']}"
             f"{'' if float(results['load']) < 0.5 else ': other work ran beside it, so seconds are too long'}.\n",
             verdict_table(results), *map(size_table, sizes), stage_table(sizes), memory_table(results),
             profile_tables(results["profile"], sizes[0]["megabytes"])]
    return "\n".join(parts)


def write_page(page: Path, results):
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    if not rest or END not in rest:
        raise SystemExit(f"bench: {page} lacks the lines {BEGIN} and {END}, between which the tables belong")
    page.write_text(f"{before}{BEGIN}\n\n{page_tables(results)}\n{END}{rest.partition(END)[2]}")
