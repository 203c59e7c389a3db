"""R33: mutated lines, judged by the program and by Python's json. Each difference has an explanation, or the test fails."""
import json
import os
import random
import re
import subprocess
import sys

import pytest
from conftest import CLASSROOM, LONG, Log, project, run

LINES = int(os.environ.get("QF_MUTATED_LINES", 1_000_000 if LONG else 20_000))
BATCH = 10_000  # check lists at most so many rejected lines by place

# What the program says about JSON itself, and what about an event that is good JSON.
OF_JSON = {"bad_json", "bad_utf8", "not_finite_number", "number_out_of_range", "lone_surrogate", "too_deep", "line_too_long"}
OF_EVENTS = {"missing_field", "wrong_type", "bad_timestamp", "unknown_version", "not_an_object"}

# Where Python is laxer, or reads what no row could hold: what the program must say instead of accepting.
EXPLANATIONS = {
    "nan": "not_finite_number",          # Python reads NaN and Infinity, RFC 8259 knows neither
    "big": "number_out_of_range",        # Python's integers have no end, its 1e400 is infinite
    "surrogate": "lone_surrogate",       # Python keeps half a pair, UTF-8 cannot
    "deep": "too_deep",                  # the program's limit is 1,023 levels
    "duplicate": "duplicate_key",        # Python takes the last; in the envelope and in named fields nobody knows which counts
}

TOKENS = [b"NaN", b"Infinity", b"-Infinity", b"-0", b"1e400", b"-1e999", b"1e-999", b"18446744073709551615", b"18446744073709551616", b"9007199254740993",
          b"-9223372036854775808", b"-9223372036854775809", b"\\ud800", b"\\udc00", b"\\ud83d\\ude00", b"\\u0000", b"\\u00e5", b"\\x", b"\\", b"\x00", b"\x1f", b"\t", b"\x7f",
          b"\xff", b"\xc3", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xef\xbb\xbf", b"\xc0\x80", b",", b":", b'"', b"{", b"}", b"[", b"]", b" ", b"\r", b"null", b"tru",
          b"true", b"01", b"1.", b".5", b"+1", b"0x10", b"1e5", b"1E+05", b"//", b"/* */", b"'", b'"v":1,', b'"ts":"x",', b'"q":1,"q":2,', b"[" * 900 + b"]" * 900,
          b"[" * 2000 + b"]" * 2000, b'{"a":' * 1500 + b"1" + b"}" * 1500]
NUMBER = re.compile(rb"(?<=[:,\[ ])-?\d+(?:\.\d+)?")


def mutated(draw, line, pool):
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        at, kind = draw.randrange(len(line) + 1), draw.randrange(14)
        to = min(len(line), at + draw.choice((1, 1, 2, 5, 20, 100)))
        if kind == 0:
            line = line[:at] + line[to:]
        elif kind == 1:
            line = line[:at] + bytes([draw.randrange(256)]) + line[at:]
        elif kind == 2:
            line = line[:at] + bytes([draw.randrange(256)]) + line[at + 1:]
        elif kind == 3:
            line = line[:to] + line[at:]
        elif kind == 4:
            line = line[:at]
        elif kind == 5:
            line = line[:at] + draw.choice(pool)
        elif kind in (6, 7):
            line = line[:at] + draw.choice(TOKENS) + line[at:]
        elif kind == 8:
            places = list(NUMBER.finditer(line))
            if places:
                place = draw.choice(places)
                line = line[:place.start()] + draw.choice(TOKENS) + line[place.end():]
        elif kind == 9:
            places = [m.start() for m in re.finditer(rb'["\]},:]', line)]
            if places:
                place = draw.choice(places)
                line = line[:place] + draw.choice(TOKENS) + line[place:]
        elif kind == 10:
            line = line.replace(b" ", b"", draw.randrange(5)) if draw.random() < 0.5 else line.replace(b",", b" ,\t", 3)
        elif kind == 11:
            try:
                line = json.dumps(json.loads(line), ensure_ascii=draw.random() < 0.5).encode()
            except (ValueError, RecursionError):
                pass
        elif kind == 12:
            places = [m.start() for m in re.finditer(rb'"', line)]
            if len(places) > 1:
                a, b = sorted(draw.sample(places, 2))
                line = line[:a] + line[b:]
        else:
            line = draw.choice(pool)[:at] + line
    return line.replace(b"\n", b" ")


def depth_of(text):
    depth = deepest = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest


def judged(line):
    """What Python says: None if it is no JSON, else the set of marks that explain a rejection."""
    marks = set()

    def number(text):
        value = int(text)
        if not -2**63 <= value < 2**64:
            marks.add("big")
        return value

    def fraction(text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            marks.add("big")
        return value

    def members(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            marks.add("duplicate")
        return dict(pairs)

    try:
        text = line.decode()
        # Files are joined with their byte order marks in between; the program looks past one at the beginning of a line.
        value = json.loads(text.removeprefix("\ufeff"), parse_int=number, parse_float=fraction, parse_constant=lambda name: marks.add("nan"), object_pairs_hook=members)
    except ValueError:
        return None
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            marks.add("surrogate")
    # A value that a later duplicate hides is gone from `value`, its surrogates with it.
    if "duplicate" in marks and re.search(r"\\u[dD][89a-fA-F]", text):
        marks.add("surrogate?")
    if line.count(b"[") + line.count(b"{") > 1024 and depth_of(text) > 1024:
        marks.add("deep")
    return marks


def may_be_salvaged(line):
    """Whether a whole line stands at the end of this one, glued to what comes before."""
    for place in re.finditer(rb'\{"t(?=s"|imestamp")', line):
        if place.start() > 0 and judged(line[place.start():]) is not None and not judged(line[place.start():]) - {"duplicate", "surrogate?"}:
            return True
    return False


def unexplained(line, verdict):
    """Why this verdict cannot be right, or nothing."""
    marks = judged(line)
    if verdict == "accepted":
        bad = marks is None or marks & {"nan", "big", "surrogate", "deep"}
        return f"accepted, Python says {marks}" if bad and not may_be_salvaged(line) else None
    if marks is None:
        return None if verdict in OF_JSON else f"{verdict}, Python says it is no JSON"
    allowed = {EXPLANATIONS[mark.rstrip("?")] for mark in marks}
    if not marks - {"duplicate", "surrogate?"}:
        allowed |= OF_EVENTS
    return None if verdict in allowed else f"{verdict}, Python says {marks or 'good'}"


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Whole lines of every layout that the program accepts."""
    folder = tmp_path_factory.mktemp("pool")
    lines = []
    if CLASSROOM.exists():
        subprocess.run([str(CLASSROOM), str(folder / "school"), "--seed", "33", "--teachers", "3", "--projects", "3"], check=True, capture_output=True)
        for log in sorted((folder / "school").rglob("*.jsonl")):
            lines += log.read_bytes().split(b"\n")[:-1]
    log = Log().suggest("Förklara", confidence=0.8).decide("question_count", 20, [10, 20]).decide("bloom_distribution", {"Apply": 0.4}, [{"Apply": 0.4}, [1, None, True]])
    log.add("field_updated", {"question_id": "Q1", "field": "stem", "old_value": "å\u2028\"\\", "new_value": None}).add("tool_end", {"x": []}, duration_ms=3)
    lines += log.lines * (20 if not lines else 1)
    lines = [line for line in lines if line.strip() and judged(line) == set()]
    project(folder / "logs", b"".join(line + b"\n" for line in lines))
    rejected = {r["line"] for r in run("check", folder / "logs", "--rejected", "--json").json["rejected_lines"]}
    return [line for number, line in enumerate(lines, 1) if number not in rejected]


def test_mutated_lines_are_judged_as_python_judges_them(pool, tmp_path):
    sys.setrecursionlimit(20_000)
    sys.set_int_max_str_digits(0)
    draw, differences, seen = random.Random(20260202), [], {"accepted": 0, "salvaged": 0, "harmless": 0}
    for begin in range(0, LINES, BATCH):
        originals = [draw.choice(pool) for _ in range(min(BATCH, LINES - begin))]
        lines = [mutated(draw, line, pool) for line in originals]
        folder = tmp_path / f"{begin}"
        project(folder, b"".join(line + b"\n" for line in lines))
        ran = run("check", folder, "--rejected", "--json", timeout=120)
        assert ran.code == 0, ran
        rejected = {r["line"]: r["kind"] for r in ran.json["rejected_lines"]}
        assert len(rejected) == sum(ran.json["tally"]["rejected"].values())
        salvaged = 0
        for number, line in enumerate(lines, 1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip(b" \t\r"):
                continue
            verdict = rejected.get(number, "accepted")
            seen[verdict] = seen.get(verdict, 0) + 1
            if problem := unexplained(line, verdict):
                differences.append((problem, line[:300]))
            marks = judged(line)
            salvaged += verdict == "accepted" and (marks is None or bool(marks & {"nan", "big", "surrogate", "deep"}))
            # A change that changes no value must change no verdict.
            if verdict != "accepted" and marks == set() and repr(json.loads(line)) == repr(json.loads(originals[number - 1])):
                differences.append((f"{verdict}, though it says what an accepted line says", line[:300]))
            seen["harmless"] += marks == set()
        assert ran.json["tally"]["salvaged"] == salvaged
        seen["salvaged"] += salvaged
        (folder / "kurs" / "logs" / "session.jsonl").unlink()
    print(f"{LINES:,} mutated lines, {len(differences)} unexplained: {seen}")
    assert differences[:20] == []
    assert all(seen.get(kind, 0) > 0 for kind in ("accepted", "bad_json", "bad_utf8", "not_finite_number", "number_out_of_range", "lone_surrogate", "too_deep",
                                                   "duplicate_key", "missing_field", "wrong_type", "bad_timestamp", "salvaged"))


@pytest.mark.parametrize("depth, verdict", [(1_000, "accepted"), (1_023, "accepted"), (1_024, "too_deep"), (1_025, "too_deep")])
@pytest.mark.parametrize("shape", [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_the_limit_of_depth_is_where_the_manual_says(shop, depth, verdict, shape):
    inner = depth - 2  # within the envelope and its data
    value = shape[0] * inner + "1" + shape[1] * inner
    line = bytes(Log().add("tool_start", {"x": "§"}))[:-1].replace('"§"'.encode(), value.encode())
    project(shop.logs, bytes(Log().decide()) + line + b"\n")
    assert [r["kind"] for r in shop.check()["rejected_lines"]] == ([] if verdict == "accepted" else [verdict])
