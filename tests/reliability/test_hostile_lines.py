"""Lines that are strange, deep, long or not JSON: R18 to R22. Each has its outcome, and none costs its neighbours."""
import json

import pytest
from conftest import LONG, Log, assert_lines_balance, project, run_measured, session_id

MB = 1 << 20
FRAME = ('{"ts":"2026-02-02T08:30:00Z","v":1,"session_id":"%s","mcp":"qf-scaffolding","tool":"m3_stage1","event":"user_decision","level":"info",'
         '"data":{"decision_type":"x","user_choice":"y","x":' % Log().sid)


def good(hour):
    return bytes(Log(start=f"2026-02-02T{hour:02d}:00:00").decide(question=f"Q{hour}"))


def framed(value) -> bytes:
    return FRAME.encode() + (value.encode() if isinstance(value, str) else value) + b"}}"


def verdict(shop, line: bytes) -> str:
    """accepted, or why not; both neighbours are there either way."""
    project(shop.logs, good(8) + line + b"\n" + good(9))
    checked = shop.check()
    tally = checked["tally"]
    assert_lines_balance(tally)
    assert tally["lines"] == 3 and tally["salvaged"] == 0 and not checked["skipped"]
    rejected = [(r["line"], r["kind"]) for r in checked["rejected_lines"]]
    assert rejected in ([], [(2, rejected[0][1])] if rejected else [])
    assert sum(tally["events"].values()) + sum(tally["filtered"].values()) == 3 - len(rejected)
    return rejected[0][1] if rejected else "accepted"


def test_r18_the_json_test_suite_is_accepted_and_refused_as_it_says(external_logs, shop):
    suite = external_logs / "jsonsuite"
    measured = run_measured("check", suite, "--rejected", "--json", report=shop.folder / "r")
    checked = measured.json
    assert measured.code == 0 and measured.seconds < 5
    per_project = {}
    for line in checked["rejected_lines"]:
        per_project.setdefault(line["file"].split("/")[-3], []).append(line["line"])
    wrong = []
    neighbours = 0
    for folder in sorted(p for p in suite.iterdir() if p.is_dir()):
        kind, refused = folder.name.split("_")[1], len(per_project.get(folder.name, []))
        lines = (folder / "logs" / "session.jsonl").read_bytes().count(b"\n")
        if (kind == "y" and refused) or (kind == "n" and refused != lines - 4):
            wrong.append((folder.name, refused, lines))
        neighbours += 4
    assert wrong == []
    events = checked["tally"]["event_names"]
    assert sum(events[name] for name in ("session_start", "stage_start", "stage_complete", "session_end")) == neighbours


ACCEPTED = ["[]", "{}", '""', "null", "true", "1", "-0", "-1", "1.5e3", "1E+2", "[1,[2,[3]]]", ' [ 1 , 2 ] ', '"\\u0000"', '"\\ud83d\\ude00"', '"å\u2028"', '"\x7f"', '{"":0}',
            '{"a":1,"a":1}', '"\\/"', "\t1\r", '"\ufeff"', "1e-400", "0.1e1", '"\\uFFFF"', "9007199254740993", "18446744073709551615", "-9223372036854775808"]
REFUSED = {"[1,]": "bad_json", "[,1]": "bad_json", "{,}": "bad_json", "{1:2}": "bad_json", "[1 2]": "bad_json", "'a'": "bad_json", "01": "bad_json", "+1": "bad_json", ".5": "bad_json",
           "1.": "bad_json", "1e": "bad_json", "0x1": "bad_json", "tru": "bad_json", "TRUE": "bad_json", "nul": "bad_json", '"\\x41"': "bad_json", '"\\u12"': "bad_json", '"\t"': "bad_json",
           "NaN": "not_finite_number", "Infinity": "not_finite_number", "-Infinity": "not_finite_number", "[1": "bad_json", "]": "bad_json", '"a': "bad_json", "1//x": "bad_json",
           '"\x01"': "bad_json", '"\x00"': "bad_json", "1e400": "number_out_of_range", "-1e999": "number_out_of_range", "18446744073709551616": "number_out_of_range",
           "-9223372036854775809": "number_out_of_range", "1" * 400: "number_out_of_range", '"\\ud800"': "lone_surrogate", '"\\udc00\\ud800"': "lone_surrogate",
           '{"\\ud800":1}': "lone_surrogate", '"\\\\\\ud800x"': "lone_surrogate", "\u00a01": "bad_json", "": "bad_json"}


@pytest.mark.parametrize("value", ACCEPTED)
def test_values_that_are_json_are_accepted(shop, value):
    assert verdict(shop, framed(value)) == "accepted"


@pytest.mark.parametrize("value, reason", REFUSED.items(), ids=[repr(v)[:20] for v in REFUSED])
def test_values_that_are_not_json_are_rejected_for_their_reason(shop, value, reason):
    assert verdict(shop, framed(value)) == reason


@pytest.mark.parametrize("depth, reason", [(10, "accepted"), (100, "accepted"), (1_000, "accepted"), (1_100, "too_deep"), (100_000, "too_deep"), (1_000_000, "too_deep")])
@pytest.mark.parametrize("shape", ["[", '{"a":'])
def test_r19_depth_is_read_to_a_thousand_and_refused_quickly_above_the_limit(shop, depth, reason, shape):
    if shape == "[":
        value = "[" * depth + "]" * depth
    else:
        value = '{"a":' * depth + "1" + "}" * depth
    assert verdict(shop, framed(value)) == reason


def test_r19_a_million_levels_cost_less_than_a_second_and_fifty_megabytes(shop):
    project(shop.logs, good(8) + good(9))
    usual = run_measured("check", shop.logs, "--json", "--threads", "1", report=shop.folder / "r")
    project(shop.logs, good(8) + framed("[" * 1_000_000) + b"\n" + good(9))
    deep = run_measured("check", shop.logs, "--json", "--threads", "1", report=shop.folder / "r")
    assert deep.json["tally"]["rejected"] == {"too_deep": 1} and deep.json["tally"]["events"] == {"decision": 2}
    assert deep.seconds < 1 + usual.seconds and deep.peak_bytes < usual.peak_bytes + 50 * MB, (deep.seconds, deep.peak_bytes - usual.peak_bytes)


@pytest.mark.parametrize("size, reason", [(1, "accepted"), (16, "accepted"), (100, "line_too_long")] + ([(1024, "line_too_long")] if LONG else []))
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_r20_a_long_line_is_read_or_refused_in_bounded_memory_wherever_it_stands(shop, size, reason, place):
    # Names of the same day order the lines; the long one has no text that a row would keep.
    neighbours = [good(8), good(9)]
    position = {"first": 0, "middle": 1, "last": 2}[place]
    folder = project(shop.logs, b"")
    with open(folder / "logs" / "session.jsonl", "wb") as log:
        for number in range(3):
            if number == position:
                log.write(FRAME.encode() + b'"')
                for _ in range(size):
                    log.write(b"x" * MB)
                log.write(b'"}}\n')
            else:
                log.write(neighbours.pop(0))
    ran = run_measured("check", shop.logs, "--rejected", "--json", "--threads", "1", report=shop.folder / "r", timeout=300)
    assert ran.code == 0, ran
    tally = ran.json["tally"]
    if reason == "accepted":
        assert tally["events"] == {"decision": 3} and tally["rejected"] == {}
    else:
        assert tally["events"] == {"decision": 2} and tally["rejected"] == {reason: 1}
        assert [r["line"] for r in ran.json["rejected_lines"]] == [position + 1]
    # A parser needs the line, its strings and its tape; a refused one is never held.
    assert ran.peak_bytes < (60 + 10 * min(size, 21)) * MB, ran.peak_bytes / MB
    (folder / "logs" / "session.jsonl").unlink()


def test_r20_a_long_line_without_its_end_is_pending_and_not_held(shop):
    project(shop.logs, good(8) + b'{"ts":"' + b"x" * (40 * MB))
    ran = run_measured("check", shop.logs, "--json", "--threads", "1", report=shop.folder / "r")
    assert ran.json["tally"]["pending"] == 1 and ran.json["tally"]["events"] == {"decision": 1} and ran.peak_bytes < 160 * MB


@pytest.mark.parametrize("excess, reason", [(0, "accepted"), (1, "line_too_long")])
def test_r20_the_stated_limit_is_exact(shop, excess, reason):
    limit = 20 * MB
    line = framed('"' + "x" * (limit - len(framed('""')) + excess) + '"')
    assert len(line) == limit + excess
    assert verdict(shop, line) == reason


def test_r20_a_decision_with_a_text_of_one_megabyte_comes_through_whole(shop):
    text = "Förklara osmos. " * (MB // 17)
    project(shop.logs, Log().decide(question_text=text, rationale=text))
    row = shop.rows(shop.build(agree="me"))[0]
    assert row["question_text"] == text and row["rationale"] == text


def envelope(**change):
    line = {"ts": "2026-02-02T08:30:00Z", "v": 1, "session_id": Log().sid, "mcp": "qf-pipeline", "tool": "t", "event": "user_decision", "level": "info",
            "data": {"decision_type": "x", "user_choice": "y"}} | change
    return json.dumps({k: v for k, v in line.items() if v != "gone"}).encode()


TABLE = {
    "duplicate key in the envelope": (envelope()[:-1] + b',"v":1}', "duplicate_key"),
    "duplicate time": (envelope()[:-1] + b',"ts":"2026-02-02T08:30:00Z"}', "duplicate_key"),
    "duplicate named field": (envelope().replace(b'"user_choice"', b'"user_choice": "z", "user_choice"'), "duplicate_key"),
    "both spellings of a field are no duplicate": (envelope(data={"decision_type": "x", "user_choice": "y", "choice": "y"}), "accepted"),
    "duplicate key elsewhere": (envelope().replace(b'"user_choice"', b'"q": 1, "q": 2, "user_choice"'), "accepted"),
    "duplicate key within a value": (envelope().replace(b'"y"', b'{"q": 1, "q": 2}'), "accepted"),
    "escaped duplicate": (envelope()[:-1] + b',"\\u0076":1}', "duplicate_key"),
    "raw NUL": (envelope().replace(b'"y"', b'"\x00"'), "bad_json"),
    "escaped NUL": (envelope().replace(b'"y"', b'"\\u0000"'), "accepted"),
    "lone surrogate far from any field": (envelope(other="x").replace(b'"other": "x"', b'"other": "\\udfff"'), "lone_surrogate"),
    "UTF-16": (envelope().decode().encode("utf-16-le"), "bad_json"),
    "a BOM in the middle of a file": (b"\xef\xbb\xbf" + envelope(), "accepted"),  # as where files were joined
    "CRLF": (envelope() + b"\r", "accepted"),
    "white space around": (b"  \t" + envelope() + b"  ", "accepted"),
    "v is 2": (envelope(v=2), "unknown_version"),
    "v is 1.0": (envelope().replace(b'"v": 1', b'"v": 1.0'), "wrong_type"),
    "v is a string": (envelope(v="1"), "wrong_type"),
    "no v": (envelope(v="gone"), "missing_field"),
    "v is null": (envelope(v=None), "missing_field"),
    "no time": (envelope(ts="gone"), "missing_field"),
    "time is a number": (envelope(ts=1770000000), "wrong_type"),
    "no session id": (envelope(session_id="gone"), "missing_field"),
    "session id is a number": (envelope(session_id=7), "wrong_type"),
    "session id unknown": (envelope(session_id="unknown"), "accepted"),
    "session id manual": (envelope(session_id="manual"), "accepted"),
    "no mcp": (envelope(mcp="gone"), "missing_field"),
    "no tool": (envelope(tool="gone"), "missing_field"),
    "no event": (envelope(event="gone"), "missing_field"),
    "event is empty": (envelope(event=""), "missing_field"),
    "event is a list": (envelope(event=["user_decision"]), "wrong_type"),
    "no level": (envelope(level="gone"), "missing_field"),
    "data is a list": (envelope(data=[1]), "wrong_type"),
    "data is a string": (envelope(data="x"), "wrong_type"),
    "no data where it is needed": (envelope(data="gone"), "missing_field"),
    "no data where none is needed": (envelope(data="gone", event="tool_start"), "accepted"),
    "duration is negative": (envelope(duration_ms=-1), "wrong_type"),
    "duration is a fraction": (envelope(duration_ms=1.5), "wrong_type"),
    "an array": (b"[1,2]", "not_an_object"), "a number": (b"17", "not_an_object"), "a string": (b'"x"', "not_an_object"), "null": (b"null", "not_an_object"),
    "an empty object": (b"{}", "missing_field"),
    "unknown event": (envelope(event="never_heard_of"), "accepted"),
    "options as text": (envelope(data={"decision_type": "x", "user_choice": "y", "options_presented": "a,b"}), "wrong_type"),
    "decision type is a number": (envelope(data={"decision_type": 1, "user_choice": "y"}), "wrong_type"),
    "no choice": (envelope(data={"decision_type": "x"}), "missing_field"),
    "choice is null": (envelope(data={"decision_type": "x", "user_choice": None}), "missing_field"),
    "options and choice": (envelope(data={"decision_type": "x", "options": ["a"], "choice": "a"}), "accepted"),
    "parent id is an object": (envelope(parent_id={}), "wrong_type"),
} | {f"time {ts}": (envelope(ts=ts), reason) for ts, reason in {
    "2026-02-02T08:30:00Z": "accepted", "2026-02-02T08:30:00.1Z": "accepted", "2026-02-02T08:30:00.123456789Z": "accepted", "2026-02-02T10:30:00+02:00": "accepted",
    "2026-02-02T08:30:60Z": "accepted", "0001-01-01T00:00:00Z": "accepted", "9999-12-31T23:59:59.999999Z": "accepted", "2024-02-29T00:00:00Z": "accepted",
    "2026-02-29T00:00:00Z": "bad_timestamp", "2026-02-02T08:30:61Z": "bad_timestamp", "2026-02-02T24:00:00Z": "bad_timestamp", "2026-02-02T08:30:00": "bad_timestamp",
    "2026-02-02": "bad_timestamp", "0000-01-01T00:00:00Z": "bad_timestamp", "9999-12-31T23:59:59-01:00": "bad_timestamp", "0001-01-01T00:00:00+01:00": "bad_timestamp",
    "2026-13-01T00:00:00Z": "bad_timestamp", "x": "bad_timestamp", "": "missing_field", "2026-02-02T08:30:00.Z": "bad_timestamp", "20260202T083000Z": "bad_timestamp",
    "2026-02-02T08:30:00Zx": "bad_timestamp", "2026-02-02T08:30:00+25:00": "bad_timestamp"}.items()}


@pytest.mark.parametrize("line, reason", TABLE.values(), ids=TABLE)
def test_r21_r22_each_oddity_has_its_stated_outcome(shop, line, reason):
    assert verdict(shop, line) == reason


def test_a_duplicate_step_in_pipeline_jsonl_is_rejected(shop):
    line = b'{"timestamp": "2026-01-14T10:00:00+00:00", "step": "step0_start", "step": "step4_export", "message": "x"}'
    assert verdict(shop, line) == "duplicate_key"


def test_duplicate_keys_elsewhere_are_noted_and_the_last_one_counts(shop):
    project(shop.logs, TABLE["duplicate key elsewhere"][0] + b"\n" + TABLE["duplicate key within a value"][0] + b"\n")
    built = shop.build(agree="me")
    assert built["tally"]["noted"]["duplicate_key_elsewhere"] == 2
    assert shop.rows(built)[1]["user_choice"] == '{"q":2}'


def test_numbers_keep_their_value(shop):
    numbers = ["9007199254740993", "18446744073709551615", "-9223372036854775808", "0.1", "1e3", "-0", "1.0", "123456789.123456789"]
    log = Log()
    for number in numbers:
        log.raw(envelope().replace(b'"y"', number.encode()))
    project(shop.logs, log)
    choices = [r["user_choice"] for r in shop.rows(shop.build(agree="me"))]
    assert [json.loads(c) for c in choices] == [json.loads(n) for n in numbers]
    assert choices[:4] == numbers[:4]


@pytest.mark.parametrize("content, lines, blank", [(b"", 0, 0), (b"\n", 1, 1), (b"\n\n\n", 3, 3), (b"\r\n \n\t\n", 3, 3), (b"\xef\xbb\xbf", 0, 0), (b"\xef\xbb\xbf\n", 1, 1)])
def test_files_that_hold_nothing_are_no_fault(shop, content, lines, blank):
    project(shop.logs, content)
    tally = shop.check()["tally"]
    assert (tally["files"], tally["lines"], tally["blank"], tally["pending"], tally["rejected"]) == (1, lines, blank, 0, {})


def test_a_byte_order_mark_at_the_beginning_is_no_part_of_the_first_line(shop):
    project(shop.logs, b"\xef\xbb\xbf" + good(8))
    assert shop.check()["tally"]["events"] == {"decision": 1}


def test_a_whole_file_in_utf16_is_rejected_line_by_line_and_said(shop):
    project(shop.logs, good(8).decode().encode("utf-16"))
    project(shop.logs, good(9), name="b", sid=session_id(2))
    tally = shop.check()["tally"]
    assert tally["events"] == {"decision": 1} and sum(tally["rejected"].values()) + tally["pending"] >= 1
    assert_lines_balance(tally)
