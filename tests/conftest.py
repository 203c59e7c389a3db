"""What the tests of the program share: logs, projects, people who agree, builds, tables.

Everything goes through the real program, found at $QF_DATASET_BINARY or where `make build` leaves it.
"""
import csv
import io
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("QF_DATASET_BINARY", REPOSITORY / "build/release/qf-dataset"))
CLASSROOM = Path(os.environ.get("QF_CLASSROOM_BINARY", REPOSITORY / "build/release/examples/classroom/qf-classroom"))
LONG = os.environ.get("QF_LONG", "") not in ("", "0")
SCOPES = "model_training;question_text;correction_text;rationale_text;share_internal;share_external"
CONSENT_COLUMNS = "subject,scope,status,given_at,covers_from,expires_at,method,evidence,recorded_by,notice".split(",")
SID = "5d0c1f9e-0b1a-4c57-9a37-7c1f0c9d2e11"
UTC = timezone.utc
# In front of a command: root, but bound by what files say of who may read and write them.
BOUND_BY_MODES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def session_id(number: int) -> str:
    """A session id of its own for each number."""
    return f"00000000-0000-4000-8000-{number:012d}"


class Log:
    """Lines of a session.jsonl with a clock that moves on by itself."""

    def __init__(self, sid=SID, start="2026-02-02T08:00:00", step=5):
        self.sid, self.now, self.step, self.lines = sid, datetime.fromisoformat(start).replace(tzinfo=UTC), step, []

    def stamp(self) -> str:
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add(self, event, data=None, *, after=None, **envelope):
        """One event; `after` seconds since the line before, other words replace or (None) remove parts of the envelope."""
        self.now += timedelta(seconds=self.step if after is None else after)
        line = {"ts": self.stamp(), "v": 1, "session_id": self.sid, "mcp": "qf-scaffolding", "tool": "m3_stage2",
                "event": event, "level": "info", "data": data if data is not None else {}}
        line |= envelope
        return self.raw(json.dumps({k: v for k, v in line.items() if v is not None}, ensure_ascii=False))

    def decide(self, decision_type="bloom_level", choice="Apply", options=("Remember", "Apply"), question="Q001", **more):
        data = {"question_id": question, "decision_type": decision_type, "options_presented": options, "user_choice": choice}
        envelope = {k: more.pop(k) for k in ("after", "parent_id", "tool", "ts") if k in more}
        data |= more
        return self.add("user_decision", {k: v for k, v in data.items() if v is not None}, **envelope)

    def suggest(self, value="Apply", decision_type="bloom_level", question="Q001", **more):
        data = {"question_id": question, "decision_type": decision_type, "suggestion": value} | more
        return self.add("ai_suggestion", {k: v for k, v in data.items() if v is not None})

    def raw(self, line):
        self.lines.append(line.encode() if isinstance(line, str) else line)
        return self

    def __bytes__(self):
        return b"".join(line + b"\n" for line in self.lines)


def project(root, log=b"", name="kurs", sid=SID, person="alva", file="logs/session.jsonl") -> Path:
    """A project folder; `person` stands in session.yaml's path, sid=None leaves session.yaml out."""
    folder = Path(root) / name
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(log))
    if sid is not None:
        (folder / "session.yaml").write_text(
            f"session:\n  id: {sid}\nsource:\n  original_path: /Users/{person}/Courses/BIOG001X/{name}.md\n")
    return folder


class Ran:
    """What a run of the program left: exit code, both outputs, and how much memory it took."""

    def __init__(self, code, out, err, peak_bytes=None, seconds=None):
        self.code, self.out, self.err, self.peak_bytes, self.seconds = code, out, err, peak_bytes, seconds

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n{self.out[-600:]}\n{self.err[-600:]}"


def run(*words, stdin=None, env=None, timeout=60, prefix=(), cwd=None) -> Ran:
    if not BINARY.exists():
        pytest.fail(f"{BINARY} is missing: `make build` first, or set QF_DATASET_BINARY", pytrace=False)
    done = subprocess.run([*map(str, prefix), str(BINARY), *map(os.fspath, map(_word, words))], input=stdin, capture_output=True,
                          env=dict(os.environ, **(env or {})), timeout=timeout, cwd=cwd)
    return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def _word(word):
    return word if isinstance(word, (str, bytes, os.PathLike)) else str(word)


# A process of its own keeps the test's memory out of the child's high-water mark.
_MEASURE = """
import json, os, sys, time
began = time.monotonic(); pid = os.fork()
if pid == 0: os.execv(sys.argv[2], sys.argv[2:])
_, status, used = os.wait4(pid, 0)
json.dump([os.waitstatus_to_exitcode(status), used.ru_maxrss * 1024, time.monotonic() - began], open(sys.argv[1], "w"))
"""


def run_measured(*words, report, timeout=120, preexec_fn=None) -> Ran:
    """Runs the program and says its peak memory and time; `report` is a path for a small file."""
    done = subprocess.run([sys.executable, "-S", "-E", "-c", _MEASURE, str(report), str(BINARY), *map(str, words)],
                          capture_output=True, timeout=timeout, preexec_fn=preexec_fn)
    code, peak, seconds = json.loads(Path(report).read_text())
    return Ran(code, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), peak, seconds)


class Workshop:
    """One store with its key, and the verbs on it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.logs, self.store, self.key = self.folder / "logs", self.folder / "store", self.folder / "key"
        self.logs.mkdir(parents=True, exist_ok=True)

    def run(self, *words, **how) -> Ran:
        how["env"] = {"QF_DATASET_KEY_FILE": str(self.key)} | how.get("env", {})
        return run(*words, **how)

    def check(self, *words, code=0, **how) -> dict:
        ran = self.run("check", *(words or (self.logs,)), "--rejected", "--orphans", "--json", **how)
        assert ran.code == code, ran
        return ran.json

    def people(self, *paths) -> list[dict]:
        ran = self.run("people", "list", *(paths or (self.logs,)))
        assert ran.code in (0, 3), ran
        return list(csv.DictReader(io.StringIO(ran.out)))

    def register(self, rows):
        """rows: (project, subject), or (project, subject, first_day) as `people list` prints it."""
        path = self.folder / "people.csv"
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([["project", "subject", "first_day"], *((*row, "")[:3] for row in rows)])
        ran = self.run("people", "import", path, "--store", self.store, "--json")
        assert ran.code == 0, ran
        return ran.json

    def consent(self, *rows):
        """rows: dicts of consent columns; what is missing is filled in."""
        path = self.folder / "consent.csv"
        usual = {"scope": SCOPES, "status": "given", "given_at": "2020-01-01T00:00:00Z", "covers_from": "2000-01-01T00:00:00Z",
                 "method": "paper", "recorded_by": "test"}
        with open(path, "w", newline="") as file:
            writer = csv.DictWriter(file, CONSENT_COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(usual | row for row in rows)
        ran = self.run("consent", "import", path, "--store", self.store, "--json")
        assert ran.code == 0, ran
        return ran.json

    def agree(self, *paths):
        """Everyone found is registered under the guessed name and agrees to everything."""
        rows = self.people(*paths)
        assert rows, "people list finds nobody"
        self.register([(r["project"], r["subject"], r["first_day"]) for r in rows])
        self.consent(*({"subject": s} for s in sorted({r["subject"] for r in rows})))
        return rows

    def authorise(self, audience, controller="School"):
        """The controller answers for what leaves for this audience."""
        ran = self.run("authorise", "add", "--controller", controller, "--basis", "consent", "--dpia", "DPIA-1", "--audience", audience,
                       "--until", "2040-01-01", "--by", "test", "--store", self.store, "--json")
        assert ran.code == 0, ran
        return ran.json

    def build(self, *flags, paths=(), text="raw", code=0, agree=True, **how) -> dict:
        """agree: True for everyone under their guessed names, "me" for all of it as one person's (half the processes)."""
        paths = paths or (self.logs,)
        if agree == "me":
            ran = self.run("consent", "give", "--me", *paths, "--subject", "alva", "--scope", SCOPES, "--covers-from", "2000-01-01", "--store", self.store)
            assert ran.code == 0, ran
        elif agree:
            self.agree(*paths)
        ran = self.run("build", *paths, "--store", self.store, *(["--text", text] if text else []), "--json", *flags, **how)
        assert ran.code == code, ran
        return ran.json

    def rows(self, built, table="decisions") -> list[dict]:
        """All rows of a table of what build() gave, in the order of the session, with the split they are in."""
        import pyarrow.parquet as pq
        rows = []
        for path in sorted(Path(built["path"]).glob(f"data/{table}/*.parquet")):
            rows += [dict(r, _split=path.name.split("-")[0]) for r in pq.read_table(path).to_pylist()]
        return sorted(rows, key=lambda r: (r["session_id"], r["session_order"]))


@pytest.fixture
def shop(tmp_path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture(scope="module")
def module_shop(tmp_path_factory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def external_logs() -> Path:
    """A folder of sample logs that is not part of the project."""
    named = os.environ.get("QF_EXTERNAL_LOGS")
    if not named:
        pytest.skip("QF_EXTERNAL_LOGS is unset: the external sample logs are not part of the project")
    assert Path(named).is_dir(), "QF_EXTERNAL_LOGS names no folder"
    return Path(named)


def assert_lines_balance(tally):
    counted = tally["blank"] + tally["pending"] + sum(tally["rejected"].values()) + sum(tally["filtered"].values()) + sum(tally["events"].values())
    assert tally["lines"] == counted, tally


def assert_records_balance(tally):
    written = sum(n for splits in tally["written"].values() for n in splits.values())
    assert sum(tally["records"].values()) == sum(tally["dropped"].values()) + written, tally
