"""What must hold after a run that went wrong: a store is "intact", in five parts, (a) to (e)."""
import hashlib
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from conftest import Workshop

# When something was written down differs from run to run, and so does a commitment under drawn salts; what was written must not.
# Nor does its number in the audit log count: what a person says again after a kill was said twice, and stands there twice.
TIMES = {"id", "seq", "given_at", "recorded_at", "confirmed_at", "replaced_at", "created_at", "as_of", "first_used_at", "placed_at", "lifted_at", "drawn_at", "removed_at", "root",
         "at", "salt", "commitment", "hash", "found_at", "published_at", "started_at", "finished_at",
         "tables", "bodies_gone"}


def files_of(folder):
    """Name and sha256 of every file below a folder."""
    folder = Path(folder)
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def ledger_rows(store):
    """All rows of the ledger but for times, read in place by SQLite."""
    with closing(sqlite3.connect(f"file:{store / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        ledger.row_factory = sqlite3.Row
        tables = [r[0] for r in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") if r[0] != "sqlite_sequence"]
        return {t: sorted({_said(r) for r in ledger.execute(f"SELECT * FROM {t}")}) for t in tables}


def _said(row):
    said = {k: row[k] for k in row.keys() if k not in TIMES}
    if "body" in said:  # of the audit log
        body = json.loads(said["body"])
        if body.get("covers_from") == body.get("given_at"):
            body.pop("covers_from", None)
        said["body"] = {k: v for k, v in body.items() if k not in TIMES and not k.endswith("_us")}
    # A statement made now covers from now on.
    if "covers_from" in said and said["covers_from"] == row["given_at"]:
        said["covers_from"] = "given_at"
    return str(said)


class Bench:
    """A workshop that is put back to how it was before each try, and one command on it.

    The command must be one that can be given again. `again` is what to compare: the whole store as it is after it.
    """

    def __init__(self, origin: Workshop, folder, words):
        self.origin, self.shop = origin.folder, None
        self.folder = Path(folder)
        names = {"LOGS": self.folder / "logs", "STORE": self.folder / "store", "HOME": self.folder}
        self.words = [str(names.get(w, w)) if w in names else w.replace("HOME/", f"{self.folder}/") for w in words]
        # A temporary folder of its own: what other runs leave in the system's is looked at, and would shift the count of calls.
        self.env = {"QF_DATASET_KEY_FILE": str(self.folder / "key"), "TMPDIR": str(self.folder.parent / f"tmp-of-{self.folder.name}")}
        Path(self.env["TMPDIR"]).mkdir(parents=True, exist_ok=True)
        self.published = files_of(self.origin / "store")
        self.published = {n: d for n, d in self.published.items() if _in_version(n)}
        self.removes = words[0] == "gc"  # then a version may also be gone, all of it
        self.undisturbed = {}

    def reset(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run(["cp", "-a", str(self.origin), str(self.folder)], check=True)
        self.shop = Workshop(self.folder)

    def outcome(self):
        """What the store holds, without what the ledger's own bytes say about times."""
        store = self.folder / "store"
        # The cache notes inode and times of each log, which a bench that is put back does not keep, and salts of rows are
        # drawn: there, names count.
        files = {n: "" if n.endswith((".state", ".leaves")) else d for n, d in files_of(store).items() if n not in ("ledger.db", ".lock", ".erasing")}
        beside = sorted(p.name for p in self.folder.iterdir())
        return {"files": files, "beside": beside, "ledger": ledger_rows(store)}

    def expected(self):
        """The outcome of the command undisturbed, from the start, with the key and the salts that are there now."""
        kept = {name: (self.folder / name).read_bytes() for name in ("key", "key.salts") if (self.folder / name).exists()}
        known = tuple(sorted((n, hashlib.sha256(b).digest()) for n, b in kept.items()))
        if known not in self.undisturbed:
            self.reset()
            for name, content in kept.items():
                (self.folder / name).write_bytes(content)
                (self.folder / name).chmod(0o600)
            ran = self.shop.run(*self.words)
            assert ran.code == 0, ran
            self.undisturbed[known] = self.outcome()
        return self.undisturbed[known]

    def problems(self):
        """What is not intact after the command went wrong; runs it again, so this is asked once."""
        found, store = [], self.folder / "store"
        # (a) nothing that was published before has changed
        now = files_of(store)
        for name, digest in self.published.items():
            gone = self.removes and not (store / "/".join(name.split("/")[:2])).exists()
            if now.get(name) != digest and not gone:
                found.append(f"(a) {name} changed or went")
        # (c) on a copy: to look at the ledger itself would roll back what a killed run left
        if (store / "ledger.db").exists():
            copy = self.folder.parent / (self.folder.name + ".ledger")
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir()
            for file in store.glob("ledger.db*"):
                shutil.copy(file, copy)
            with closing(sqlite3.connect(copy / "ledger.db")) as ledger:
                if (said := ledger.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                    found.append(f"(c) integrity_check: {said}")
        # (b) what readers see is whole
        for current in store.glob("*/CURRENT"):
            folder = current.parent / current.read_text().strip()
            if (ran := self.shop.run("verify", folder)).code:
                found.append(f"(b) {folder.name} does not verify: {ran.err[:300]}")
        if self.published and not list(store.glob("*/CURRENT")):
            found.append("(b) CURRENT is gone")
        # (d) after the next command, ledger and folder agree
        ran = self.shop.run(*self.words)
        if ran.code:
            return found + [f"(d) the next run fails: {ran}"]
        whole = self.shop.run("verify", store, "--json")
        if whole.code or whole.json["unfinished"]:
            found.append(f"(d) verify STORE: {whole}")
        # (e) and everything is as if nothing had happened
        is_now, should = self.outcome(), self.expected()
        for part in is_now:
            if is_now[part] != should[part]:
                found.append(f"(e) {part}: {_difference(is_now[part], should[part])}")
        return found


def _in_version(name):
    parts = name.split("/")
    return len(parts) > 2 and parts[1][:1].isdigit()


def _difference(now, should):
    if isinstance(now, dict):
        return {k: (now.get(k), should.get(k)) for k in sorted({*now, *should}) if now.get(k) != should.get(k)}
    return sorted(set(now) ^ set(should))
