"""The stores and commands that faults are tried on, and the note of what was tried."""
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from conftest import LONG, SCOPES, Log, Workshop, project, session_id
from fault.intact import Bench

BUILD = ("build", "LOGS", "--store", "STORE", "--text", "raw", "--as-of", "2026-06-01", "--json")
COMMANDS = {
    "first build": BUILD,
    "next build": BUILD,
    "consent import": ("consent", "import", "HOME/more.csv", "--store", "STORE"),
    "first consent import": ("consent", "import", "HOME/more.csv", "--store", "STORE"),
    "consent give --me": ("consent", "give", "--me", "LOGS", "--subject", "alva", "--scope", SCOPES, "--covers-from", "2000-01-01", "--store", "STORE"),
    "consent withdraw": ("consent", "withdraw", "--subject", "bo", "--scope", "rationale_text", "--store", "STORE"),
    "people import": ("people", "import", "HOME/people.csv", "--store", "STORE"),
    "gc": ("gc", "--store", "STORE"),
}


def classroom(logs, questions):
    """A few KB of two people's work, all three tables filled."""
    for number, person in enumerate(("alva", "bo"), 1):
        log = Log(sid=session_id(number))
        for question in range(1, questions + 1):
            log.suggest(question=f"Q00{question}").decide(question=f"Q00{question}")
            log.add("correction_made", {"question_id": f"Q00{question}", "field": "title", "before": "Före", "after": f"Efter {person}"})
        project(logs, log, name=person, sid=session_id(number), person=person)


def origin(name, folder) -> Workshop:
    """The store as it is before the command `name`."""
    shop = Workshop(folder)
    classroom(shop.logs, 2)
    if name != "first consent import":
        shop.agree()
    else:
        (shop.folder / "people.csv").write_text("project,subject,first_day\n")
    build = ("build", shop.logs, "--store", shop.store, "--text", "raw", "--as-of", "2026-06-01")
    if name not in ("first build", "first consent import"):
        assert shop.run(*build).code == 0
    if name in ("next build", "gc"):
        classroom(shop.logs, 3)
    if name == "gc":
        assert shop.run(*build).code == 0
    (shop.folder / "more.csv").write_text(
        "subject,scope,status,given_at,covers_from,expires_at,method,evidence,recorded_by,notice\n"
        "alva,rationale_text,refused,2026-03-01T00:00:00Z,,,paper,,test,\n"
        f"cia,{SCOPES},given,2026-03-01T00:00:00Z,,,paper,,test,\n")
    return shop


def command(name, threads):
    return COMMANDS[name] + (("--threads", str(threads)) if "build" in name else ())


def try_all(name, folder, points, attempt, threads=1):
    """attempt(bench, point) → problems, for each point, on a bench of its own for each worker; gives {point: problems}."""
    shop = origin(name, Path(folder) / "origin")
    workers = min(os.cpu_count() or 1, 8)
    benches = SimpleQueue()
    for worker in range(workers):
        benches.put(Bench(shop, Path(folder) / f"bench-{worker}", command(name, threads)))

    def one(point):
        bench = benches.get()
        try:
            bench.reset()
            return point, attempt(bench, point)
        finally:
            benches.put(bench)

    with ThreadPoolExecutor(workers) as pool:
        return {point: found for point, found in pool.map(one, points) if found}


def record(bar, what, tried, failed):
    """Notes what was tried for a bar, for docs/reliability.md, and fails the test if anything of it did."""
    if path := os.environ.get("QF_TORTURE_RECORD"):
        with open(path, "a") as file:
            file.write(json.dumps({"bar": bar, "what": what, "tried": tried, "failed": len(failed), "whole": LONG}) + "\n")
    shown = "\n".join(f"{point}: {found}" for point, found in list(failed.items())[:20]) if isinstance(failed, dict) else "\n".join(map(str, failed[:20]))
    assert tried and not failed, f"{bar}, {what}: {len(failed)} of {tried} failed\n{shown}"
