"""Logs that are being written: live writers (R13), every cut (R14), damage (R16), bad UTF-8 (R17), untouched inputs (R23)."""
import hashlib
import os
import random
import shutil
import subprocess
import sys

import pytest
from conftest import LONG, Log, assert_lines_balance, project, session_id

# The write pattern of both servers: one write of a whole line at the end of the file; Python's under a lock.
WRITER = """
import fcntl, json, os, sys, time
path, sid, style, count, size = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
for number in range(count):
    line = {"ts": "2026-02-02T08:00:00.%06dZ" % number, "v": 1, "session_id": sid, "mcp": "qf-" + style, "tool": "m3_stage1",
            "event": "user_decision", "level": "info", "data": {"question_id": "Q%05d" % number, "decision_type": "bloom_level",
            "options_presented": ["Apply"], "user_choice": "Apply", "question_text": style + "x" * (number % size)}}
    if style == "pipeline":
        with open(path, "a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(line) + "\\n")
            fcntl.flock(file, fcntl.LOCK_UN)
    else:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (json.dumps(line, separators=(",", ":")) + "\\n").encode())
        os.close(handle)
    time.sleep(0.001)
"""


def test_r13_live_writers_are_never_called_bad_and_nothing_is_lost_or_doubled(shop):
    folder = project(shop.logs, b"")
    log = folder / "logs" / "session.jsonl"
    rounds, lines = (200, 20_000) if LONG else (20, 1_500)
    writers = [subprocess.Popen([sys.executable, "-S", "-E", "-c", WRITER, str(log), Log().sid, style, str(lines), "9000"])
               for style in ("pipeline", "scaffolding", "pipeline")]
    before = 0
    for _ in range(rounds):
        checked = shop.check()
        tally = checked["tally"]
        assert_lines_balance(tally)
        assert tally["rejected"] == {} and tally["salvaged"] == 0 and tally["pending"] in (0, 1) and not checked["skipped"]
        assert tally["lines"] - tally["pending"] >= before
        before = tally["lines"] - tally["pending"]
    assert [w.wait(timeout=600) for w in writers] == [0, 0, 0]
    tally = shop.check()["tally"]
    assert (tally["lines"], tally["pending"], tally["events"]) == (3 * lines, 0, {"decision": 3 * lines})


def test_r13_a_version_built_while_the_log_grows_holds_whole_lines_and_a_later_one_the_rest(shop):
    folder = project(shop.logs, bytes(Log().decide()))
    shop.agree()
    with open(folder / "logs" / "session.jsonl", "ab") as log:
        tail = bytes(Log(start="2026-02-02T09:00:00").decide(question="Q002"))
        log.write(tail[:-20])
        log.flush()
        first = shop.build(agree=False)
        log.write(tail[-20:])
    second = shop.build(agree=False)
    assert (first["tally"]["pending"], len(shop.rows(first)), len(shop.rows(second))) == (1, 1, 2)
    assert second["version"] == "1.1.0"


def test_r14_every_byte_cut_of_a_log_leaves_whole_lines_and_a_pending_tail(shop):
    log = Log().add("session_start", {"x": "å"}).decide(question_text="ä", options=["Apply"]).add("session_end")
    whole = bytes(log)
    ends = [i + 1 for i, byte in enumerate(whole) if byte == 0x0A]
    for cut in range(len(whole) + 1):
        project(shop.logs, whole[:cut], name=f"kurs{cut:04d}", sid=session_id(cut))
    # Copies of one log would be twins of each other, so each cut is looked at by itself.
    cuts = range(len(whole) + 1) if LONG else sorted({*range(0, len(whole) + 1, 5), *ends, *(e - 1 for e in ends), *(e + 1 for e in ends[:-1])})
    for cut in cuts:
        tally = shop.run("check", shop.logs / f"kurs{cut:04d}", "--json", "--threads", "1").json["tally"]
        taken = sum(1 for end in ends if end <= cut)
        tail = cut not in ends and cut != 0
        assert (tally["lines"], tally["pending"], sum(tally["events"].values())) == (taken + tail, int(tail), taken), cut
        assert tally["rejected"] == {} and tally["salvaged"] == 0


def test_r14_a_completed_tail_is_taken_exactly_once(shop):
    folder = project(shop.logs, bytes(Log().decide()) + b'{"ts":"2026-02-02T08:00:')
    log = folder / "logs" / "session.jsonl"
    assert shop.check()["tally"]["pending"] == 1
    log.write_bytes(bytes(Log().decide().decide(question="Q2")))
    tally = shop.check()["tally"]
    assert (tally["pending"], tally["events"]) == (0, {"decision": 2})


def test_a_pending_line_that_is_blank_or_whole_json_is_still_pending(shop):
    for number, tail in enumerate((b" ", b"\r", bytes(Log().decide(question="Q9"))[:-1])):
        project(shop.logs, bytes(Log(sid=session_id(number)).decide()) + tail, name=f"k{number}", sid=session_id(number))
    tally = shop.check()["tally"]
    assert tally["pending"] == 3 and tally["events"] == {"decision": 3}
    assert_lines_balance(tally)


def damaged(seed):
    """A log with one fault in every fourth line or so, and what must be said about it: (line, reason) and the salvaged."""
    draw = random.Random(seed)
    whole = [bytes(Log(start=f"2026-02-02T08:{n // 60:02d}:{n % 60:02d}").decide(question=f"Q{n:03d}", question_text="Förklara osmos å"))[:-1] for n in range(200)]
    lines, expected, salvaged, events, number = [], [], 0, 0, 0
    while number < len(whole):
        line, at, kind = whole[number], len(lines) + 1, draw.randrange(32)
        if kind == 0:  # cut in the middle, its end lost
            lines.append(line[: draw.randrange(2, len(line) - 1)])
            expected.append((at, "bad_json"))
        elif kind == 1 and number + 1 < len(whole):  # a full disk: half a line, the next one glued to it
            lines.append(line[: draw.randrange(2, len(line) - 1)] + whole[number + 1])
            salvaged, events, number = salvaged + 1, events + 1, number + 1
        elif kind == 2:
            lines.append(line.replace(b'"user_choice": "Apply"', b'"user_choice": NaN'))
            expected.append((at, "not_finite_number"))
        elif kind == 3:
            lines.append(line.replace("å".encode(), b"\xe5"))
            expected.append((at, "bad_utf8"))
        elif kind == 4:
            lines.append(line.replace(b"osmos", b"os\x00mos"))
            expected.append((at, "bad_json"))
        elif kind == 5:
            lines.append(line.replace(b"osmos", b"\\ud83d"))
            expected.append((at, "lone_surrogate"))
        elif kind == 6:
            lines.append(line.replace(b'"v": 1', b'"v": 2'))
            expected.append((at, "unknown_version"))
        elif kind == 7:
            lines.append(line + b"}")
            expected.append((at, "bad_json"))
        else:
            lines.append(line)
            events += 1
        number += 1
    return b"".join(line + b"\n" for line in lines), expected, salvaged, events


@pytest.mark.parametrize("seed", range(20 if LONG else 6))
def test_r16_each_damaged_line_is_named_by_file_line_and_reason_and_costs_no_neighbour(shop, seed):
    log, expected, salvaged, events = damaged(seed)
    project(shop.logs, log)
    checked = shop.check()
    assert [(r["line"], r["kind"]) for r in checked["rejected_lines"]] == expected
    assert {r["file"].rsplit("kurs/")[-1] for r in checked["rejected_lines"]} == {"logs/session.jsonl"}
    tally = checked["tally"]
    assert (tally["salvaged"], tally["events"]["decision"]) == (salvaged, events)
    assert_lines_balance(tally)


def test_two_whole_lines_whose_line_end_was_lost_are_two_events(shop):
    one, two = (bytes(Log(start=f"2026-02-02T0{hour}:00:00").decide(question=f"Q{hour}"))[:-1] for hour in (8, 9))
    project(shop.logs, one + two + b"\n")
    tally = shop.check()["tally"]
    assert (tally["events"], tally["salvaged"], tally["lines"]) == ({"decision": 2}, 1, 2)


@pytest.mark.parametrize("bytes_", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xe5", b"\x80"])
def test_r17_bad_utf8_is_kept_out_with_its_byte_offset(shop, bytes_):
    bad = bytes(Log().decide(question_text="före § efter"))[:-1].replace("§".encode(), bytes_)
    project(shop.logs, bytes(Log().decide(question="Q2")) + bad + b"\n" + bytes(Log(start="2026-02-02T09:00:00").decide(question="Q3")))
    checked = shop.check()
    line, = checked["rejected_lines"]
    assert (line["kind"], line["line"], line["byte_offset"]) == ("bad_utf8", 2, bad.index(bytes_))
    assert checked["tally"]["events"] == {"decision": 2}
    texts = [r["question_text"] or "" for r in shop.rows(shop.build(agree="me"))]
    assert len(texts) == 2 and "\ufffd" not in "".join(texts)


def snapshot(folder):
    return {p: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_r23_no_verb_touches_the_logs(shop):
    folder = project(shop.logs, Log().suggest().decide().raw("{"))
    (folder / "questions").mkdir()
    (folder / "questions" / "a.md").write_text("# Q001 x\n@field: question_text\nVad?\n@end_field\n")
    before, names = snapshot(shop.logs), sorted(shop.logs.rglob("*"))
    shop.check()
    shop.build()
    shop.run("consent", "give", "--me", shop.logs, "--scope", "model_training", "--store", shop.store)
    assert snapshot(shop.logs) == before and sorted(shop.logs.rglob("*")) == names


def test_r23_a_folder_that_cannot_be_written_is_enough(shop):
    project(shop.logs, Log().decide())
    for path in (*shop.logs.rglob("*"), shop.logs):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert shop.build(agree="me")["tally"]["events"] == {"decision": 1}
    finally:
        for path in (shop.logs, *shop.logs.rglob("*")):
            path.chmod(0o755)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="only root can mount")
def test_r23_a_read_only_mount_is_enough(shop):
    project(shop.logs, Log().decide())
    mounted = shop.folder / "mounted"
    mounted.mkdir()
    if subprocess.run(["mount", "-o", "bind,ro", str(shop.logs), str(mounted)], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(mounted)], check=True, capture_output=True)
        assert shop.build(paths=(mounted,), agree="me")["tally"]["events"] == {"decision": 1}
    finally:
        subprocess.run(["umount", str(mounted)], check=True)
