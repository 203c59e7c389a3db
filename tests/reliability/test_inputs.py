"""What may lie where a log is looked for (R24), packed logs (R25), and copies of logs."""
import gzip
import os
import shutil
import socket

import pytest
from conftest import BOUND_BY_MODES, Log, assert_lines_balance, project, run_measured, session_id

MB = 1 << 20


def a_fifo(path):
    os.mkfifo(path)


def a_socket(path):
    here = os.getcwd()
    os.chdir(path.parent)  # names of sockets are short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def a_link_to_nowhere(path):
    path.symlink_to("nowhere.jsonl")


def a_link_to_itself(path):
    path.symlink_to(path.name)


def a_folder(path):
    path.mkdir()


def a_device(path):
    path.symlink_to("/dev/zero")


def a_link_out_of_the_root(path):
    outside = path.parents[3] / "outside.jsonl"
    outside.write_bytes(bytes(Log(start="2025-01-01T00:00:00").decide(question="SECRET")))
    path.symlink_to(outside)


ODD = [a_fifo, a_socket, a_link_to_nowhere, a_link_to_itself, a_folder, a_device, a_link_out_of_the_root]


@pytest.mark.parametrize("make", ODD, ids=lambda make: make.__name__)
@pytest.mark.parametrize("name", ["logs/session.jsonl", "logs/step1_decisions.jsonl", "pipeline.jsonl", "session.yaml", "questions/a.md", "consent.json"])
def test_r24_what_is_no_regular_file_is_skipped_reported_and_quick(shop, make, name):
    project(shop.logs, Log().decide(), name="bra")
    path = shop.logs / "underlig" / name
    path.parent.mkdir(parents=True)
    make(path)
    ran = shop.run("check", shop.logs, "--json", timeout=5)
    assert ran.code == 3, ran
    assert ran.json["tally"]["events"] == {"decision": 1}
    assert [s["path"] for s in ran.json["skipped"]] == [str(path)] and ran.json["skipped"][0]["reason"]
    assert str(path) in ran.err


def test_r24_a_session_yaml_that_leads_out_of_the_root_is_not_read(shop):
    folder = project(shop.logs, Log(sid="unknown").decide(), sid=None)
    outside = shop.folder / "outside.yaml"
    outside.write_text("session:\n  id: from-outside\nsource:\n  original_path: /Users/annan/x.md\n")
    (folder / "session.yaml").symlink_to(outside)
    person, = shop.people()
    assert person["project"] == "kurs", "a skipped session.yaml was read after all"


@pytest.mark.parametrize("given", [a_fifo, a_socket, a_link_to_nowhere, a_link_to_itself, a_device], ids=lambda make: make.__name__)
def test_r24_the_same_given_by_name_is_skipped_too(shop, given):
    path = shop.folder / "a" / "b" / "c" / "session.jsonl"
    path.parent.mkdir(parents=True)
    given(path)
    ran = shop.run("check", path, "--json", timeout=5)
    assert ran.code == 3 and len(ran.json["skipped"]) == 1, ran


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root reads everything and setpriv is missing")
def test_r24_what_must_not_be_read_is_skipped_and_reported(shop):
    project(shop.logs, Log().decide(), name="bra")
    closed = project(shop.logs, Log(sid=session_id(1)).decide(), name="stangd_fil", sid=session_id(1)) / "logs" / "session.jsonl"
    closed.chmod(0)
    locked = project(shop.logs, Log(sid=session_id(2)).decide(), name="stangd_mapp", sid=session_id(2)) / "logs"
    locked.chmod(0)
    try:
        ran = shop.run("check", shop.logs, "--json", prefix=BOUND_BY_MODES, timeout=5)
    finally:
        locked.chmod(0o755)
    assert ran.code == 3 and ran.json["tally"]["events"] == {"decision": 1}, ran
    assert sorted(s["path"] for s in ran.json["skipped"]) == sorted([str(closed), str(locked)])


def test_cycles_of_folders_end_and_nothing_is_read_twice(shop):
    folder = project(shop.logs, Log().decide())
    (folder / "again").symlink_to("..")
    (folder / "logs" / "round").symlink_to(folder)
    (shop.logs / "alias").symlink_to(folder)
    tally = shop.check()["tally"]
    assert (tally["files"], tally["lines"], tally["twins"]["files"]) == (1, 1, 0)


def test_a_link_to_another_given_root_is_followed_and_read_once(shop):
    other = shop.folder / "other"
    project(other, Log().decide())
    (shop.logs / "link").symlink_to(other)
    assert shop.check(shop.logs, other)["tally"]["lines"] == 1
    assert shop.check(shop.logs, code=3)["tally"]["lines"] == 0


def test_a_hard_link_of_a_log_is_read_once(shop):
    folder = project(shop.logs, Log().decide())
    os.link(folder / "logs" / "session.jsonl", folder / "logs" / "session (1).jsonl")
    assert shop.check()["tally"]["lines"] == 1


def test_a_dangling_link_that_no_verb_would_read_is_no_fault(shop):
    folder = project(shop.logs / "questions-2026", Log().decide())
    (folder / "materials").mkdir()
    (folder / "materials" / "README.md").symlink_to("nowhere.md")
    shop.check()


def test_a_folder_whose_name_is_not_utf8_is_read_and_said_in_valid_json(shop):
    bad = os.fsencode(shop.logs) + b"/kurs\xe5"
    os.makedirs(bad + b"/logs")
    with open(bad + b"/logs/session.jsonl", "wb") as log:
        log.write(bytes(Log(sid="unknown").decide()) + b"{\n")
    os.mkfifo(bad + b"/logs/step1_decisions.jsonl")
    assert shop.check(code=3)["tally"]["events"] == {"decision": 1}


def test_a_build_with_a_skipped_path_that_is_not_utf8_reports_what_it_published(shop):
    project(shop.logs, Log().decide())
    os.makedirs(os.fsencode(shop.logs) + b"/kurs\xe5/logs")
    os.mkfifo(os.fsencode(shop.logs) + b"/kurs\xe5/logs/session.jsonl")
    shop.run("consent", "give", "--me", shop.logs, "--scope", "model_training", "--covers-from", "2000-01-01", "--store", shop.store)
    ran = shop.run("build", shop.logs, "--store", shop.store, "--json")
    assert ran.code == 3 and ran.json["version"] == "1.0.0"


def zstd(data: bytes) -> bytes:
    import pyarrow
    return pyarrow.compress(data, codec="zstd", asbytes=True)


LINES = bytes(Log().decide().decide("difficulty_level", "Easy").decide(question="Q2").decide(question="Q3"))


@pytest.mark.parametrize("ending, pack", [(".gz", gzip.compress), (".zst", zstd)])
def test_packed_logs_are_read_like_plain_ones(shop, ending, pack):
    project(shop.logs, pack(LINES), file=f"logs/session.jsonl{ending}")
    tally = shop.check()["tally"]
    assert tally["events"] == {"decision": 4} and tally["lines"] == 4


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
def test_joined_members_are_one_log(shop, pack):
    ending = ".gz" if pack is gzip.compress else ".zst"
    cut = LINES.index(b"\n") + 30
    project(shop.logs, pack(LINES[:cut]) + pack(LINES[cut:]), file=f"logs/session.jsonl{ending}")
    assert shop.check()["tally"]["events"] == {"decision": 4}


@pytest.mark.parametrize("ending, pack", [(".gz", gzip.compress), (".zst", zstd)])
def test_r25_an_archive_cut_anywhere_is_reported_and_never_called_whole(shop, ending, pack):
    packed = pack(LINES)
    for number in range(100):
        cut = 1 + (len(packed) - 2) * number // 99
        project(shop.logs, packed[:cut], name=f"k{number}", sid=session_id(number), file=f"logs/session.jsonl{ending}")
    project(shop.logs, LINES, name="hel")
    ran = shop.run("check", shop.logs, "--json")
    assert ran.code == 3 and ran.json["tally"]["rejected"] == {}
    assert {s["path"].split("/")[-3] for s in ran.json["skipped"]} == {f"k{n}" for n in range(100)}


@pytest.mark.parametrize("ending, pack", [(".gz", gzip.compress), (".zst", zstd)])
def test_r25_the_lines_before_the_cut_of_an_archive_are_read_as_the_message_says(shop, ending, pack):
    lines = b"".join(bytes(Log(start=f"2026-02-02T09:{n // 60:02d}:{n % 60:02d}").decide(rationale=str(n ** 200))) for n in range(1_400))
    packed = pack(lines)  # of several blocks: what is lost is the one that was cut
    project(shop.logs, packed[: len(packed) - 5], file=f"logs/session.jsonl{ending}")
    checked = shop.check(code=3)
    assert "lines before it were read" in checked["skipped"][0]["reason"]
    assert checked["tally"]["events"].get("decision", 0) > 100


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_r25_an_archive_that_was_cut_to_nothing_is_said(shop, ending):
    project(shop.logs, b"", file=f"logs/session.jsonl{ending}")
    project(shop.logs, Log(sid=session_id(1)).decide(), name="b", sid=session_id(1))
    assert "cut off" in shop.check(code=3)["skipped"][0]["reason"]


def test_r25_a_damaged_copy_beside_a_whole_log_does_not_end_the_run(shop):
    lines = b"".join(bytes(Log(start=f"2026-02-02T{n // 60:02d}:{n % 60:02d}:00").decide(question=f"Q{n * 7919 % 1009}", rationale=str(n ** 40))) for n in range(800))
    folder = project(shop.logs, lines)
    packed = gzip.compress(lines)
    (folder / "logs" / "session.jsonl.gz").write_bytes(packed[: len(packed) - 5])
    project(shop.logs, Log(sid=session_id(1)).decide(), name="b", sid=session_id(1))
    ran = shop.run("check", shop.logs, "--json")
    assert ran.code == 3 and ran.json["tally"]["events"]["decision"] == 801


def test_r25_a_bomb_stops_at_the_stated_limit(shop):
    packed = gzip.compress((b" " * 65_535 + b"\n") * 16) * 1100  # members may be joined
    project(shop.logs, packed, name="bomb", sid=session_id(1), file="logs/session.jsonl.gz")
    project(shop.logs, LINES, name="bra")
    ran = run_measured("check", shop.logs, "--json", report=shop.folder / "r")
    assert ran.code == 3 and ran.json["tally"]["events"] == {"decision": 4} and ran.peak_bytes < 200 * MB
    assert "times its size" in ran.json["skipped"][0]["reason"]


def test_a_run_that_may_open_no_more_files_ends_and_publishes_nothing(shop):
    # Of a packed log the file stays open until its end is reached. Which logs found no file would be chance.
    for number in range(40):
        log = gzip.compress(bytes(Log(start=f"2026-02-02T08:{number:02d}:00").decide(question=f"Q{number}")))
        folder = project(shop.logs, log, file=f"logs/session_{number:02d}.jsonl.gz")
    shop.agree()
    few = ("prlimit", "--nofile=30:30")
    give = ("consent", "give", "--me", shop.logs, "--subject", "alva", "--scope", "model_training", "--covers-from", "2000-01-01", "--store", shop.store)
    for words in (("check", shop.logs), ("people", "list", shop.logs), give, ("build", shop.logs, "--store", shop.store)):
        ran = shop.run(*words, prefix=few)
        assert ran.code == 2 and f"{folder}/logs/session_" in ran.err and "Too many open files" in ran.err and "`ulimit -n`" in ran.err, ran
    assert shop.run("versions", "--store", shop.store, "--json").json["versions"] == []
    # Whatever the limit is: all of it or nothing, never a part of it.
    codes = [shop.run("check", shop.logs, prefix=("prlimit", f"--nofile={limit}:{limit}")).code for limit in (*range(5, 13), 80)]
    assert set(codes) == {0, 2} and codes[-1] == 0, codes
    assert len(shop.rows(shop.build(agree=False))) == 40


def test_more_long_logs_than_files_may_be_open_are_all_read(shop):
    for number in range(700):
        log = Log(start=f"2026-02-02T08:{number // 60:02d}:{number % 60:02d}", step=3600)
        for n in range(10):
            log.decide(question=f"Q{number}", rationale=f"{number}-{n}" + "x" * 10_000)
        packed = number % 100 == 0
        project(shop.logs, gzip.compress(bytes(log)) if packed else log, file=f"logs/session_{number:03d}.jsonl" + ".gz" * packed)
    ran = shop.run("check", shop.logs, "--json", prefix=("prlimit", "--nofile=40:40"))
    assert ran.code == 0 and ran.json["tally"]["events"] == {"decision": 7_000} and not ran.json["skipped"], ran


def test_what_is_called_gz_and_is_not_is_reported(shop):
    project(shop.logs, LINES, file="logs/session.jsonl.gz")
    assert len(shop.check(code=3)["skipped"]) == 1


def twins(shop, **how):
    checked = shop.check(**how)
    tally = checked["tally"]
    assert_lines_balance(tally)
    return tally["twins"]["files"], tally["twins"]["lines"], tally["events"].get("decision", 0)


def test_a_side_log_equal_byte_for_byte_is_a_twin(shop):
    folder = project(shop.logs, LINES)
    (folder / "logs" / "qf-pipeline.jsonl").write_bytes(LINES)
    assert twins(shop) == (1, 4, 4)


def test_a_packed_copy_is_a_twin_of_its_original(shop):
    folder = project(shop.logs, LINES)
    (folder / "logs" / "session.jsonl.gz").write_bytes(gzip.compress(LINES))
    assert twins(shop) == (1, 4, 4)


def test_a_packed_copy_that_is_cut_off_near_its_beginning_is_a_twin_too(shop):
    log = Log()
    for n in range(150):
        log.decide(question=f"Q{n * 7919 % 1009}", rationale=str(n ** 40))
    packed = gzip.compress(bytes(log))
    folder = project(shop.logs, log, sid=None)
    copy = project(shop.logs, packed[: len(packed) * 3 // 4], name="kopia", sid=None, file="logs/session.jsonl.gz")
    (copy / "logs" / "session-copy.jsonl.gz").write_bytes(packed[: len(packed) - 5])
    files, lines, decisions = twins(shop, code=3)
    assert (files, decisions) == (2, 150) and lines > 0
    assert [p["project"] for p in shop.people()] == [Log().sid]
    # Of a log that only the damaged copy is left of, its beginning still says whose it is.
    shutil.rmtree(folder)
    assert [p["project"] for p in shop.people(copy)] == [Log().sid]


def test_a_copied_project_folder_is_one_project(shop):
    folder = project(shop.logs, LINES)
    shutil.copytree(folder, shop.logs / "kurs - kopia")
    assert twins(shop) == (1, 4, 4)
    assert len(shop.people()) == 1


def test_a_copy_that_was_left_behind_is_the_beginning_of_the_one_that_went_on(shop):
    folder = project(shop.logs, LINES)
    shutil.copytree(folder, shop.logs / "a backup")
    with open(folder / "logs" / "session.jsonl", "ab") as log:
        log.write(bytes(Log(start="2026-03-01T08:00:00").decide(question="Q9")))
    assert twins(shop) == (1, 4, 5)
    assert len(shop.people()) == 1


@pytest.mark.parametrize("name", ["session (conflicted copy 2026-02-02).jsonl", "session (Alvas konflikt).jsonl", "session.sync-conflict-20260202-080000-ABC.jsonl", "session 2.jsonl"])
def test_a_conflicted_copy_that_is_a_beginning_is_a_twin(shop, name):
    folder = project(shop.logs, LINES)
    (folder / "logs" / name).write_bytes(LINES[: LINES.index(b"\n", LINES.index(b"\n") + 1) + 1])
    assert twins(shop) == (1, 2, 4)


def test_a_conflicted_copy_that_went_its_own_way_adds_only_its_own_lines(shop):
    folder = project(shop.logs, LINES)
    own = bytes(Log(start="2026-02-02T09:00:00").decide(question="Q8").decide(question="Q9"))
    (folder / "logs" / "session (conflicted copy).jsonl").write_bytes(LINES[: LINES.index(b"\n", LINES.index(b"\n") + 1) + 1] + own)
    assert twins(shop) == (0, 2, 6)
    built = shop.build(agree="me")
    assert len(shop.rows(built)) == 6 and len({r["record_id"] for r in shop.rows(built)}) == 6


def alike(*own, common=10):
    """Logs of some common decisions and then of each its own, as many as are asked for, from a time on."""
    begin = Log()
    for n in range(common):
        begin.decide(question=f"Q{n}", choice=("Apply", "Remember")[n % 2])
    for which, (start, count) in enumerate(own):
        log = Log(start=start).raw(bytes(begin)[:-1])
        for n in range(count):
            log.decide(question=f"Q{n}", choice=("Remember", "Apply")[which % 2], rationale=f"{which}-{n}")
        yield bytes(log)


EARLIER, LATER = "2026-02-02T07:59:00", "2026-02-02T09:00:00"


def test_packing_a_log_changes_no_row_though_a_clock_was_set_back(shop):
    first, second = alike((EARLIER, 6), (LATER, 3))
    folder = project(shop.logs, first) / "logs"
    (folder / "session-2.jsonl").write_bytes(second)
    assert twins(shop) == (0, 10, 19)
    built = shop.build(agree="me")
    packed = gzip.compress(first)
    (folder / "session.jsonl").unlink()
    (folder / "session.jsonl.gz").write_bytes(packed)
    again = shop.build(agree=False)
    assert again.get("unchanged") is True and again["version"] == built["version"] == "1.0.0"


@pytest.mark.parametrize("file", ["session.jsonl", "session-2.jsonl"])
def test_no_line_after_a_common_beginning_comes_before_it(shop, file):
    # Whichever of the two reads the common lines: what follows them in the other log follows them in the project.
    back, on = alike((EARLIER, 3), (LATER, 6))
    folder = project(shop.logs, b"") / "logs"
    for name in ("session.jsonl", "session-2.jsonl"):
        (folder / name).write_bytes(back if name == file else on)
    rows = shop.rows(shop.build(agree="me"))
    assert [r["rationale"] for r in rows] == [None] * 10 + [f"0-{n}" for n in range(3)] + [f"1-{n}" for n in range(6)]


@pytest.mark.parametrize("packed", ["A/kurs/logs/session.jsonl", "B/kurs/logs/session.jsonl"])
def test_a_log_that_two_others_begin_with_joins_both_their_folders(shop, packed):
    # Whichever of them is the longer one on the disk.
    begin, first, second = alike((LATER, 0), (LATER, 3), ("2026-02-02T10:00:00", 3))
    (project(shop.logs, first, name="A/kurs") / "logs" / "session-2.jsonl").write_bytes(begin)
    project(shop.logs, second, name="B/kurs")
    log = shop.logs / packed
    (log.parent / "session.jsonl.gz").write_bytes(gzip.compress(log.read_bytes()))
    log.unlink()
    assert twins(shop) == (1, 10 + 10, 16)
    assert len(shop.people()) == 1


def test_what_one_log_skips_is_read_from_one_that_is_no_twin(shop):
    # On the disk the first is the longest, and yet the beginning of the third: nothing may be skipped for its sake.
    first, third = alike((LATER, 0), (LATER, 3))
    second = b"".join(first.splitlines(keepends=True)[:5]) + bytes(Log(start=EARLIER).decide(rationale=str(7 ** 900)).decide())
    folder = project(shop.logs, first, file="logs/session-1.jsonl") / "logs"
    for number, log in ((2, second), (3, third)):
        (folder / f"session-{number}.jsonl.gz").write_bytes(gzip.compress(log))
    sizes = [path.stat().st_size for path in sorted(folder.iterdir())]
    assert sizes[0] > sizes[1] > sizes[2]
    assert twins(shop) == (1, 10 + 5, 15)


def test_a_joined_project_reads_the_common_beginning_of_its_logs_once(shop):
    side = b'{"timestamp":"2026-01-27T09:00:00Z","question_id":"Q1","teacher_decision":"accept"}\n' * 2
    for name, log in zip(("A/kurs", "B/kurs"), alike((LATER, 3), ("2026-02-02T10:00:00", 3))):
        folder = project(shop.logs, log, name=name)
        (folder / "logs" / "step1_decisions.jsonl").write_bytes(side)
    assert twins(shop) == (1, 10 + 2, 16 + 2)
    assert len(shop.people()) == 1


def test_two_session_ids_in_one_log_are_two_sessions_of_one_project(shop):
    log = Log().decide()
    log.sid = session_id(9)
    project(shop.logs, log.decide())
    assert [p["project"] for p in shop.people()] == [Log().sid]
    assert len({r["session_id"] for r in shop.rows(shop.build(agree="me"))}) == 2


def test_folders_that_share_an_id_and_not_their_logs_are_projects_apart(shop):
    project(shop.logs, Log().decide(), name="a", person="alva")
    project(shop.logs, Log(start="2026-03-01T08:00:00").decide(), name="under/b", person="bo")
    assert [(p["project"], p["subject"]) for p in shop.people()] == [(f"{Log().sid}:a", "alva"), (f"{Log().sid}:under/b", "bo")]
    shop.register([(f"{Log().sid}:a", "alva")])
    shop.consent({"subject": "alva"})
    assert shop.build(agree=False)["tally"]["dropped"] == {"no_consent_record": 2}


def test_the_same_lines_repeated_in_one_log_are_all_counted_and_have_ids_of_their_own(shop):
    project(shop.logs, LINES * 50)
    built = shop.build(agree="me")
    assert built["tally"]["records"]["decisions"] == 200
    assert len({r["record_id"] for r in shop.rows(built)}) == 200


def test_a_project_may_move_without_becoming_another(shop):
    project(shop.logs, LINES, name="kurs")
    first = shop.build()
    (shop.logs / "kurs").rename(shop.logs / "flyttad")
    assert shop.build(agree=False).get("unchanged") is True and first["version"] == "1.0.0"
