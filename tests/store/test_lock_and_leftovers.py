"""One run at a time; what a run that ended early leaves is put right by the next one, and the ledger has the last word."""
import fcntl
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import BINARY, SCOPES, Log, project


@pytest.fixture
def one(shop):
    """A store with version 1.0.0 of one project."""
    project(shop.logs, Log().decide().decide(question="Q002"))
    assert shop.build()["version"] == "1.0.0"
    return shop


class Held:
    """Holds a store's lock as another run would."""

    def __init__(self, store):
        self.file = open(store / ".lock", "r+")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def let_go(self):
        self.file.close()


def grow(shop):
    log = Log().decide().decide(question="Q002").decide(question="Q003")
    project(shop.logs, log)


@pytest.mark.parametrize("words", [
    ("build", "LOGS", "--store", "STORE"),
    ("people", "import", "PEOPLE", "--store", "STORE"),
    ("consent", "import", "CONSENT", "--store", "STORE"),
    ("consent", "give", "--subject", "x", "--scope", "model_training", "--store", "STORE"),
    ("consent", "give", "--me", "LOGS", "--subject", "x", "--scope", "model_training", "--store", "STORE"),
    ("consent", "withdraw", "--subject", "x", "--scope", "model_training", "--store", "STORE"),
    ("gc", "--store", "STORE"), ("split", "--reassign", "--store", "STORE"),
    ("hold", "add", "1.0.0", "--reason", "x", "--store", "STORE"), ("hold", "remove", "1.0.0", "--store", "STORE")])
def test_what_changes_the_store_says_locked_and_changes_nothing(one, words):
    names = {"LOGS": one.logs, "STORE": one.store, "PEOPLE": one.folder / "people.csv", "CONSENT": one.folder / "consent.csv"}
    before = (one.store / "ledger.db").read_bytes()
    held = Held(one.store)
    ran = one.run(*(names.get(w, w) for w in words), "--wait", "0")
    held.let_go()
    assert ran.code == 2 and "locked" in ran.err, ran
    assert (one.store / "ledger.db").read_bytes() == before


@pytest.mark.parametrize("name", [".lock", ".erasing"])
def test_a_lock_that_is_a_link_leads_nowhere(one, name):
    """In a store that came from elsewhere it may name any file of the user."""
    thesis = one.folder / "thesis"
    thesis.write_text("precious")
    (one.store / name).unlink(missing_ok=True)
    (one.store / name).symlink_to(thesis)
    ran = one.run("erase", "--subject", "nobody", "--store", one.store)
    assert ran.code == 2 and f"{name} is a link" in ran.err and thesis.read_text() == "precious", ran


@pytest.mark.parametrize("words", [("versions", "--store"), ("verify",), ("consent", "list", "--store"), ("split", "--store"),
                                   ("show", "1.0.0", "--store"), ("rebuild", "1.0.0", "--store"), ("gc", "--dry-run", "--store")])
def test_what_only_reads_does_not_wait(one, words):
    held = Held(one.store)
    ran = one.run(*words, one.store)
    held.let_go()
    assert ran.code == 0, ran


def test_a_second_run_waits_for_the_first(one):
    held = Held(one.store)
    timer = threading.Timer(0.5, held.let_go)
    timer.start()
    ran = one.run("build", one.logs, "--store", one.store, "--text", "raw", "--wait", "60")
    assert ran.code == 0 and "waiting" in ran.err, ran


def test_the_lock_of_a_killed_run_is_free(one):
    holder = subprocess.Popen(["python3", "-c", f"import fcntl,time; f=open({str(one.store / '.lock')!r},'r+'); fcntl.flock(f,fcntl.LOCK_EX); print(1,flush=True); time.sleep(60)"],
                              stdout=subprocess.PIPE)
    holder.stdout.readline()
    assert one.run("build", one.logs, "--store", one.store, "--text", "raw", "--wait", "0").code == 2
    holder.kill()
    holder.wait()
    assert one.run("build", one.logs, "--store", one.store, "--text", "raw", "--wait", "0").code == 0


def test_builds_at_once_give_one_line_of_versions(one):
    """Each succeeds or says locked; no number twice, no gap; a reader sees only whole versions."""
    grow(one)
    running = [subprocess.Popen([BINARY, "build", one.logs, "--store", one.store, "--text", level, "--wait", "120"],
                                env=dict(os.environ, QF_DATASET_KEY_FILE=str(one.key)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
               for level in ("raw", "features", "none", "raw", "features", "none")]
    while any(r.poll() is None for r in running):
        current = (one.store / "private/CURRENT").read_text().strip()
        assert one.run("verify", one.store / "private" / current).code == 0
    assert [r.returncode for r in running] == [0] * len(running)
    versions = [v["version"] for v in one.run("versions", "--store", one.store, "--json").json["versions"]]
    assert len(versions) == len(set(versions)) and one.run("verify", one.store).code == 0
    assert sum(v["state"] == "live" for v in one.run("versions", "--store", one.store, "--json").json["versions"]) == 1


def test_leftovers_go_at_the_next_start(one):
    state, audience = one.store / "private-state", one.store / "private"
    (audience / ".staging-4711/data").mkdir(parents=True)
    (audience / ".staging-4711/data/x.parquet").write_text("half")
    (audience / ".removed-1.0.9-4711").mkdir()
    (audience / "CURRENT.part-4711").write_text("1.0")
    (state / "staged-4711.run").mkdir()
    (state / "staged-4711.run/0.rows").write_text("x")
    for name in ("digest-4711-0.run", "rows-4711.run", "private-9.9.9.rows.part-4711"):
        (state / name).write_text("x")
    ran = one.run("verify", one.store, "--json")
    assert ran.code == 0 and len(ran.json["unfinished"]) == 7, ran
    grow(one)
    built = one.build(agree=False)
    assert built["version"] == "1.1.0" and len([done for done in built["put_right"] if "qf-scratch" not in done]) == 7
    assert one.run("verify", one.store, "--json").json["unfinished"] == []
    assert sorted(p.name for p in audience.iterdir()) == ["1.0.0", "1.1.0", "CURRENT"]


def undisturbed(shop, tmp_path):
    """The next version as it comes out where nothing goes wrong."""
    other = tmp_path / "other"
    shutil.copytree(shop.store, other)
    ran = shop.run("build", shop.logs, "--store", other, "--text", "raw", "--json")
    assert ran.code == 0, ran
    return other


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


@pytest.mark.parametrize("point", ["note", "records", "folder", "ledger", "current"])
def test_a_publication_that_stopped_anywhere_is_undone_or_finished(one, tmp_path, point):
    grow(one)
    other = undisturbed(one, tmp_path)
    points = ["note", "records", "folder", "ledger", "current"]
    reached = points.index(point)
    (one.store / "private-state/publishing.json").write_text('{"audience":"private","version":"1.1.0"}\n')
    if reached >= 1:
        for name in ("private-1.1.0.rows", "private-1.1.0.leaves", "private-1.1.0.build.json"):
            shutil.copy(other / "private-state" / name, one.store / "private-state")
    if reached >= 2:
        shutil.copytree(other / "private/1.1.0", one.store / "private/1.1.0")
    if reached >= 3:
        shutil.copy(other / "ledger.db", one.store / "ledger.db")
    if reached >= 4:
        (one.store / "private/CURRENT").write_text("1.1.0\n")
    ran = one.run("verify", one.store, "--json")
    assert ran.code == 0 and ran.json["unfinished"], ran
    assert one.run("verify", one.store / "private" / (one.store / "private/CURRENT").read_text().strip()).code == 0
    built = one.build(agree=False)
    assert built["version"] == "1.1.0" and built.get("unchanged", False) is (reached >= 3), built
    assert files_of(one.store / "private") == files_of(other / "private")
    report = one.run("verify", one.store, "--json")
    assert report.code == 0 and report.json["unfinished"] == [], report


def test_a_ledger_put_back_from_an_older_copy_is_noticed_and_nothing_is_removed(one):
    older = (one.store / "ledger.db").read_bytes()
    grow(one)
    assert one.build(agree=False)["version"] == "1.1.0"
    (one.store / "ledger.db").write_bytes(older)
    ran = one.run("build", one.logs, "--store", one.store, "--text", "raw")
    assert ran.code == 2 and "private/1.1.0" in ran.err and "older copy" in ran.err, ran
    assert (one.store / "private/1.1.0/manifest.json").exists()
    assert one.run("verify", one.store).code == 1


def test_current_is_put_right_by_the_ledger(one):
    current = one.store / "private/CURRENT"
    for wrong in ("0.9.0\n", "", None):
        current.unlink() if wrong is None else current.write_text(wrong)
        assert one.run("consent", "give", "--subject", "x", "--scope", "model_training", "--store", one.store).code == 0
        assert current.read_text() == "1.0.0\n"


def test_an_unfinished_removal_is_finished(one):
    grow(one)
    one.build(agree=False)
    before = one.folder / "before"
    shutil.copytree(one.store, before)
    assert one.run("gc", "--store", one.store).code == 0
    # The ledger of after it, and the files of before.
    shutil.copy(one.store / "ledger.db", before)
    one.store.rename(one.folder / "after")
    before.rename(one.store)
    assert (one.store / "private/1.0.0").exists() and one.run("verify", one.store).code == 0
    one.run("gc", "--store", one.store)
    assert not (one.store / "private/1.0.0").exists() and not list(one.store.glob("private-state/private-1.0.0*"))


def test_a_journal_of_a_killed_run_does_not_keep_verify_from_reading(one):
    (one.store / "ledger.db-journal").write_bytes(b"")
    assert one.run("verify", one.store).code == 0


def test_too_little_room_is_said_before_the_first_byte(one, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs to mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        shutil.copytree(one.store, disk / "store")
        (disk / "fill").write_bytes(b"x" * (2 << 20))
        grow(one)
        ran = one.run("build", one.logs, "--store", disk / "store", "--text", "raw")
        assert ran.code == 2 and "MB are needed" in ran.err and "are free" in ran.err, ran
        assert one.run("verify", disk / "store", "--json").json["unfinished"] == []
    finally:
        subprocess.run(["umount", disk])


def user_version(store, version=None):
    with sqlite3.connect(store / "ledger.db") as ledger:
        if version is not None:
            ledger.execute(f"PRAGMA user_version = {version}")
        found = ledger.execute("PRAGMA user_version").fetchone()[0]
    ledger.close()
    return found


def test_a_newer_ledger_is_refused(one):
    user_version(one.store, user_version(one.store) + 1)
    before = files_of(one.store)
    for words in (("build", one.logs, "--store"), ("verify",), ("versions", "--store"), ("gc", "--store")):
        ran = one.run(*words, one.store)
        assert ran.code == 2 and "newer" in ran.err, ran
    assert {k: v for k, v in files_of(one.store).items() if k != ".lock"} == {k: v for k, v in before.items() if k != ".lock"}


def test_an_older_ledger_is_migrated_after_a_copy(one):
    """A ledger as it was before this schema's last four steps: their tables and columns are taken out again."""
    schema = user_version(one.store)
    with sqlite3.connect(one.store / "ledger.db") as ledger:
        ledger.execute("PRAGMA foreign_keys = OFF")
        ledger.execute("ALTER TABLE versions DROP COLUMN salt_identity")
        known = ("project_owners", "project_owner_history", "consent_events", "split_assignments", "versions", "store_keys",
                 "version_holds", "split_draws")
        for (table,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
            if table not in known:
                ledger.execute(f"DROP TABLE {table}")
    ledger.close()
    user_version(one.store, schema - 4)
    older = (one.store / "ledger.db").read_bytes()
    ran = one.run("verify", one.store)
    assert ran.code == 2 and "may write" in ran.err, ran
    grow(one)
    assert one.build(agree=False)["version"] == "1.1.0"
    assert user_version(one.store) == schema
    copy = one.store / f"ledger.db.before-{schema}"
    with sqlite3.connect(copy) as ledger:
        assert ledger.execute("PRAGMA user_version").fetchone()[0] == schema - 4
    assert one.run("verify", one.store).code == 0 and len(older) == copy.stat().st_size
    said = one.run("audit", "verify", "--store", one.store, "--json").json
    assert {"consent_events", "project_owner_history"} & set(said["unstated"]) == {"consent_events"}, "older than the log"


@pytest.mark.parametrize("note", ['{"audience": 1, "version": ["1.0.0"]}', '{"audience": "private", "version": null}', "[]", '"private"'])
def test_a_note_of_another_form_is_none(one, note):
    path = one.store / "private-state/publishing.json"
    path.write_text(note)
    grow(one)
    assert one.build(agree=False)["version"] == "1.1.0" and not path.exists()


def test_a_reason_may_be_any_bytes(one):
    ran = one.run("revoke", "1.0.0", "--reason", b"fel \xff l\xe4ge", "--store", one.store, "--json")
    assert ran.code == 0, ran
    assert one.run("audit", "verify", "--store", one.store).code == 0
