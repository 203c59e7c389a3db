"""What is of another time or another build: an older ledger, a foreign record, files that changed while they were read."""
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing

import pytest
from conftest import BINARY, Log, project, session_id
from fault.injection import needs_strace
from fault.intact import files_of


@pytest.fixture
def two(shop):
    """1.0.0 of alva alone, superseded; 2.0.0 of alva and bo, live. `earlier` is the ledger before 2.0.0."""
    project(shop.logs, Log().decide(), name="k1", person="alva")
    shop.build()
    project(shop.logs, Log(sid=session_id(2)).decide(), name="k2", sid=session_id(2), person="bo")
    shop.register([(row["project"], row["subject"], row["first_day"]) for row in shop.people()])
    shop.consent({"subject": "alva"}, {"subject": "bo"})
    shop.earlier = (shop.store / "ledger.db").read_bytes()
    assert shop.build(agree=False)["version"] == "1.1.0"
    return shop


def with_foreign_record(shop):
    state = shop.store / "private-state"
    shutil.copy(state / "private-1.0.0.build.json", state / "private-1.1.0.build.json")


def test_a_version_with_the_record_of_another_build_counts_as_holding_whoever_leaves(two):
    with_foreign_record(two)
    assert any("is of another build" in p["problem"] for v in two.run("verify", two.store, "--json").json["versions"] for p in v["problems"])
    for words in (("diff", "1.0.0", "1.1.0"), ("rebuild", "1.1.0")):
        ran = two.run(*words, "--store", two.store)
        assert ran.code == 2 and "is of another build" in ran.err, ran
    said = two.run("erase", "--subject", "bo", "--store", two.store, "--json").json
    assert [v["version"] for v in said["revoked"] if v["counts_because"]] == ["private/1.1.0"]
    assert not (two.store / "private/1.1.0").exists()


def test_a_withdrawal_at_once_takes_back_a_version_with_the_record_of_another_build(two):
    with_foreign_record(two)
    ran = two.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now", "--store", two.store, "--json")
    assert ran.code == 0 and ran.json["revoked"] == ["private/1.1.0"]


def test_nothing_rests_on_a_ledger_older_than_the_versions(two):
    newest = (two.store / "ledger.db").read_bytes()
    (two.store / "ledger.db").write_bytes(two.earlier)
    locks = {".lock", ".erasing"}
    before = {file: digest for file, digest in files_of(two.store).items() if file not in locks}
    for words in (("build", two.logs), ("gc",), ("erase", "--subject", "bo"), ("split", "--reassign"), ("hold", "add", "1.0.0", "--reason", "x"),
                  ("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now")):
        ran = two.run(*words, "--store", two.store)
        assert ran.code == 2 and "private/1.1.0: the ledger knows nothing of this version" in ran.err, ran
    assert {file: digest for file, digest in files_of(two.store).items() if file not in locks} == before
    (two.store / "ledger.db").write_bytes(newest)
    assert two.build(agree=False)["unchanged"] and two.run("verify", two.store).code == 0


def test_nobody_withdraws_from_a_store_that_is_none(two):
    ran = two.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now", "--store", two.folder / "typo")
    assert ran.code == 2 and "no store here" in ran.err and not (two.folder / "typo").exists()


def test_what_is_left_of_a_removed_version_is_shown(two):
    assert two.run("gc", "--store", two.store).code == 0
    shown = two.run("show", "1.0.0", "--store", two.store, "--json")
    assert shown.code == 0 and shown.json["version"] == "1.0.0" and shown.json["tally"] is None and shown.json["files"] is None


def test_a_fold_counts_as_a_place_of_a_changed_row(shop):
    for number in range(9):
        log = Log(sid=session_id(number))
        for i in range(3):
            log.decide(question=f"Q{i}", rationale=f"för att {number} {i}")
        project(shop.logs, log, name=f"k{number}", sid=session_id(number), person=f"p{number}")
    shop.build(text="raw")
    assert shop.run("split", "--reassign", "--store", shop.store).code == 0
    shop.build(text="none")
    said = shop.run("diff", "1.0.0", "2.0.0", "--store", shop.store, "--rows", "--json").json
    changed = [row for row in said["changed_rows"] if row["change"] == "changed"]
    elsewhere = [row for row in changed if (row["split_before"], row["fold_before"]) != (row["split_after"], row["fold_after"])]
    assert said["changed_and_moved"] == len(elsewhere) > sum(row["split_before"] != row["split_after"] for row in changed)


def test_a_copy_that_gzip_had_not_finished_counts_once(shop):
    log = Log()
    for i in range(400):
        log.decide(question=f"Q{i:03d}", rationale=f"{i * 7919 % 1000003:x} därför {os.urandom(6).hex()}")
    project(shop.logs, log)
    path = next(shop.logs.rglob("session.jsonl"))
    built = shop.build()
    packed = gzip.compress(path.read_bytes())
    path.with_name("session.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    again = shop.build(agree=False, code=3)
    assert "another log holds them" in again["skipped"][0]["reason"]
    assert again["unchanged"] and again["tally"]["twins"]["files"] == 1 and 0 < again["tally"]["twins"]["lines"] < 400, again["tally"]
    assert built["tally"]["written"] == again["tally"]["written"]


def test_a_log_that_was_packed_since_gives_the_same_version_again(two):
    path = sorted(two.logs.rglob("session.jsonl"))[0]
    subprocess.run(["gzip", "-n", path], check=True)
    assert two.build(agree=False)["unchanged"]
    ran = two.run("rebuild", "1.1.0", "--store", two.store, "--json")
    assert ran.code == 0, ran


def test_a_copy_of_which_nothing_can_be_read_is_said(shop):
    project(shop.logs, Log().decide())
    path = next(shop.logs.rglob("session.jsonl"))
    path.with_name("session.jsonl.gz").write_bytes(gzip.compress(path.read_bytes())[:14])
    assert shop.build(code=3)["tally"]["twins"]["files"] == 0


def test_the_record_gives_the_reasons_that_the_build_counted(shop):
    for number in range(1, 9):
        log = Log(sid=session_id(number))
        for i in range(24):
            text = "Vilken del av cellen bryter ned fettsyror?" if i == 5 else f"Fråga {number} {i}: vad gör zq{number}x{i}?"
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=text, choice="Apply" if i % 2 else "Remember", after=2400)
        if number < 3:
            log.decide("difficulty_level", "Hard", ["Easy", "Hard"], question="Q900", question_text=f"Bara {number}?", question_type="matching", module="m3")
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    shop.authorise("internal")
    built = shop.build("--audience", "internal", text="redacted")
    assert built["tally"]["dropped"].keys() >= {"shared_text", "small_group"}, built["tally"]["dropped"]
    record = json.loads((shop.store / "private-state/internal-1.0.0.build.json").read_text())
    recorded = {}
    for one in record["projects"]:
        for reason, rows in one["dropped"].items():
            recorded[reason] = recorded.get(reason, 0) + rows
    assert recorded == built["tally"]["dropped"]


def test_a_question_file_counts_as_it_was_read(shop, tmp_path):
    """It is edited while the log is being read: what is published names what was read, and the next build finds the edit."""
    needs_strace()
    project(shop.logs, Log().decide(question="Q001"))
    questions = next(shop.logs.rglob("session.jsonl")).parent.parent / "questions"
    questions.mkdir()
    file = questions / "prov.md"
    file.write_text("# Q001 Fråga\n^type multiple_choice_single\n\n@field: question_text\nVad är en cell?\n@end_field\n")
    shop.agree()
    trace = tmp_path / "trace"
    words = ["strace", "-f", "-qq", "-o", trace, "-P", file, "-P", next(shop.logs.rglob("session.jsonl")), "-e", "trace=openat,read",
             "-e", "inject=read:delay_enter=200000", "--", BINARY, "build", shop.logs, "--store", shop.store, "--text", "raw", "--threads", "1"]
    with subprocess.Popen([str(w) for w in words], env=dict(os.environ, QF_DATASET_KEY_FILE=str(shop.folder / "key")), stdout=subprocess.DEVNULL) as building:
        while building.poll() is None:
            if trace.exists() and re.search(r'openat\([^\n]*prov\.md"(?s:.)*openat\([^\n]*session\.jsonl"', trace.read_text(errors="replace")):
                break
            time.sleep(0.005)
        file.write_text(file.read_text().replace("en cell", "en vävnad"))
        assert building.wait(60) == 0
    first = shop.rows({"path": shop.store / "private/1.0.0"}, "questions")
    built = shop.build(agree=False)
    assert "en cell" in str(first) and not built.get("unchanged") and "vävnad" in str(shop.rows(built, "questions"))


def test_what_was_taken_back_is_said_though_the_build_cannot_go_on(two):
    two.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--store", two.store)
    with closing(sqlite3.connect(two.store / "ledger.db")) as ledger:
        ledger.execute("ALTER TABLE split_assignments RENAME TO elsewhere")
    ran = two.run("build", two.logs, "--store", two.store)
    assert ran.code == 2 and "private/1.1.0 was taken back first" in ran.err and "split_assignments" in ran.err, ran


def test_staged_rows_that_are_no_file_are_made_anew(two):
    rows = sorted((two.store / "private-state/staged").glob("*.rows"))
    for make in (lambda path: os.mkfifo(path), lambda path: path.symlink_to("/dev/zero")):
        for path in rows:
            path.unlink()
            make(path)
        assert two.build(agree=False, timeout=30)["unchanged"]


def test_a_note_of_a_publication_that_is_no_file_is_named(two):
    note = two.store / "private-state/publishing.json"
    for make in (note.mkdir, lambda: os.mkfifo(note)):
        make()
        for words in (("build", two.logs, "--store", two.store), ("verify", two.store)):
            ran = two.run(*words, timeout=20)
            assert ran.code == 2 and "publishing.json: is no file" in ran.err, ran
        note.rmdir() if note.is_dir() else note.unlink()


def test_a_folder_in_the_place_of_a_file_stands_in_no_removals_way(two):
    rows = two.store / "private-state/private-1.1.0.rows"
    rows.unlink()
    (rows / "x").mkdir(parents=True)
    said = two.run("erase", "--subject", "bo", "--store", two.store, "--json")
    assert said.code == 0 and not (two.store / "private/1.1.0").exists() and not rows.is_dir(), said


def test_a_limit_of_a_files_size_is_an_error_that_names_the_file(two):
    for i in range(40):
        project(two.logs, Log(sid=session_id(3 + i)).decide(rationale="x" * 3000), name=f"n{i}", sid=session_id(3 + i), person="alva")
    ran = two.run("build", two.logs, "--store", two.store, prefix=("prlimit", "--fsize=8192"))
    assert ran.code == 2 and str(two.store) in ran.err, ran
    assert two.run("verify", two.store).code == 0


def test_what_session_yaml_says_of_the_subject_counts(shop):
    folder = project(shop.logs, Log().decide())
    said = folder / "session.yaml"
    first = shop.rows(shop.build())
    assert first[0]["subject_area"] and "BIOG001X" in said.read_text()
    said.write_text(said.read_text().replace("BIOG001X", "FYSFYS02"))
    built = shop.build(agree=False)
    assert built["version"] == "2.0.0" and shop.rows(built)[0]["subject_area"] not in (None, first[0]["subject_area"])
