"""What the benchmarks read: invented logs of a size, made once and kept, and a store whose people all agreed."""
import csv
import os
import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BUILT = Path(os.environ.get("QF_BENCH_BUILD", REPOSITORY / "build/release"))
PROGRAM, EXTRACT = BUILT / "qf-dataset", BUILT / "bench/qf-bench-extract"
CLASSROOM = BUILT / "examples/classroom/qf-classroom"
SCOPES = "model_training;question_text;correction_text;rationale_text;share_internal;share_external"
TIME = re.compile(rb'"ts": ?"([0-9T:.\-]+)')


def environment(folder: Path) -> dict:
    return dict(os.environ, QF_DATASET_KEY_FILE=str(folder / "key"))


def made(folder: Path, make) -> Path:
    """The folder, as `make` fills it once; half a folder is made anew."""
    if not folder.exists():
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        make(part)
        part.rename(folder)
    return folder


def logs_of(work: Path, megabytes: int, projects: int = 0) -> Path:
    """About so many megabytes of an invented school: a project a megabyte, or as many as said."""
    words = [str(CLASSROOM), "--size", str(megabytes), *(["--projects", str(projects)] if projects else [])]
    name = f"logs-{megabytes}" + (f"-in-{projects}" if projects else "")
    return made(work / name, lambda part: subprocess.run([words[0], part, *words[1:]], check=True, stdout=subprocess.DEVNULL))


def long_line(work: Path, source: Path) -> Path:
    """A project of ordinary lines and one of 16 MB: a decision whose rationale is that long."""
    def make(part):
        # The first project that has such a decision.
        told = re.compile(rb'"user_decision"[^\n]*"rationale":"')
        log = next(path for path in sorted(source.rglob("logs/session.jsonl")) if told.search(path.read_bytes()))
        shutil.copytree(log.parent.parent, part / "long")
        log = part / "long/logs/session.jsonl"
        lines = log.read_bytes().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if told.search(line))
        lines.insert(at, lines[at].replace(b'"rationale":"', b'"rationale":"' + b"Eleverna blandar ihop begreppen. " * 485_000, 1))
        log.write_bytes(b"".join(lines))
    return made(work / "long-line", make)


def agreed_store(work: Path, logs: Path) -> Path:
    """A store without versions, in which everyone in the logs is registered and agreed to everything."""
    def make(part):
        part.mkdir(parents=True)
        env = environment(work)

        def run(*words):
            return subprocess.run([PROGRAM, *words], env=env, check=True, stdout=subprocess.PIPE).stdout.decode()
        listed = run("people", "list", logs)
        (part / "people.csv").write_text(listed)
        columns = "subject,scope,status,given_at,covers_from,expires_at,method,evidence,recorded_by,notice".split(",")
        with open(part / "consent.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for person in sorted({row["subject"] for row in csv.DictReader(listed.splitlines())}):
                writer.writerow([person, SCOPES, "given", "2020-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "", "paper", "", "bench", ""])
        run("people", "import", part / "people.csv", "--store", part / "store")
        run("consent", "import", part / "consent.csv", "--store", part / "store")
    return made(work / f"agreed-{logs.name}", make) / "store"


class Growth:
    """One per cent more: three projects in a hundred, or only the largest, go on with later copies of their last lines.

    Leaving the block cuts the logs to what they were.
    """

    def __init__(self, logs: Path, largest=False):
        self.files = sorted(logs.rglob("logs/session.jsonl"))
        self.grown = [max(self.files, key=lambda path: path.stat().st_size)] if largest else self.files[:: max(1, len(self.files) // max(1, round(len(self.files) * 0.03)))]
        self.bytes = 0
        self.share = sum(path.stat().st_size for path in self.files) // 100 // len(self.grown)  # of each

    def __enter__(self):
        self.before = [(path, path.stat()) for path in self.grown]
        for path in self.grown:
            with open(path, "rb") as file:  # its end: a log may be larger than the memory
                file.seek(max(0, path.stat().st_size - self.share - (32 << 20)))
                lines = file.read().splitlines(keepends=True)[1:]
            count, held = 0, 0
            while count < len(lines) and held < self.share:
                count += 1
                held += len(lines[-count])
            more = b"".join(map(_later, lines[-count:]))
            with open(path, "ab") as file:
                file.write(more)
            self.bytes += len(more)
        return self

    def __exit__(self, *_):
        for path, was in self.before:
            os.truncate(path, was.st_size)
            os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def _later(line: bytes) -> bytes:
    def moved(found):
        text = found.group(1).decode()
        later = datetime.fromisoformat(text) + timedelta(days=120)
        return found.group(0)[: -len(text)] + later.isoformat(timespec="microseconds" if len(text) > 23 else "milliseconds").encode()
    return TIME.sub(moved, line, count=1)
