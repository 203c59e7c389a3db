"""The verb `redact`: text in, masked text out; JSON Lines in code points; a trace without the words."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("QF_DATASET_BINARY", str(ROOT / "build/release/qf-dataset"))


def redact(text, *options):
    return subprocess.run([PROGRAM, "redact", *options], input=text, capture_output=True, text=True, timeout=120)


def test_masks_standard_input_and_files(tmp_path):
    text = "Ring Gunilla Åström på 070-174 06 35."
    done = redact(text)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Ring [PERSON_1] på [PHONE_NUMBER_1]."
    file = tmp_path / "note.txt"
    file.write_text(text, encoding="utf-8")
    assert redact("", str(file)).stdout == done.stdout


def test_a_second_time_changes_nothing():
    once = redact("Mvh Karin Berg, karin@skolan.se, 19900101-9802, Storgatan 3, 123 45 Umeå").stdout
    assert redact(once).stdout == once


def test_the_trace_names_rules_and_places_but_no_words():
    done = redact("Skriv till karin@skolan.se eller Gunilla Åström.", "--trace")
    assert "email" in done.stderr and "EMAIL_ADDRESS" in done.stderr and "11-26" in done.stderr
    assert "karin" not in done.stderr and "Gunilla" not in done.stderr


def test_json_lines_count_code_points():
    text = "Åsa sa: 👩‍🏫 ring Åke Örn på 070-174 06 35"
    done = redact(json.dumps({"id": 7, "text": text}) + "\n\n", "--jsonl")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["id"] == 7 and set(answer) == {"id", "spans"}
    phone = next(span for span in answer["spans"] if span["type"] == "PHONE_NUMBER")
    assert text[phone["start"]:phone["end"]] == "070-174 06 35"
    assert all(set(span) == {"start", "end", "type", "score"} and 0.5 <= span["score"] <= 1 for span in answer["spans"])


def test_a_line_that_is_no_object_is_named_by_its_number_and_not_quoted():
    done = redact('{"id": 1, "text": "x"}\n{"id": 2, "texten": "hemligt"}\n', "--jsonl")
    assert done.returncode == 2
    assert "line 2" in done.stderr and "hemligt" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_a_text_that_a_build_would_set_apart_is_said_to_be_one():
    done = redact("Hon är sjukskriven till april.")
    assert done.returncode == 0 and "special_category (health)" in done.stderr and "april" not in done.stderr
    answer = json.loads(redact("Hon är sjukskriven till april.", "--json").stdout)
    assert answer["quarantine"] == "special_category (health)"


def test_profiles_identities_and_allowed_words():
    question = "Vad menas med Mendels lagar, Kalle?"
    assert "Mendels" in redact(question, "--profile", "content").stdout
    assert "Mendels" not in redact(question).stdout
    assert "Hope" not in redact("I asked Hope.", "--profile", "content", "--identity", "Hope Lind").stdout
    assert redact("Enligt Hammarberg.", "--allow", "Hammarberg").stdout == "Enligt Hammarberg."
    assert redact("x", "--profile", "lax").returncode == 2
    assert redact("x", "--identity", " ").returncode == 2


def test_the_recognisers_are_listed():
    done = subprocess.run([PROGRAM, "list", "recognizers", "--json"], capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)["recognizers"]
    names = [row["recognizer"] for row in rows]
    assert len(names) == len(set(names)) >= 45
    assert {"personnummer", "samordningsnummer", "t_number", "phone_swedish", "email", "known_identity"} <= set(names)


def test_the_report_says_what_the_page_says():
    """The figures of docs/redaction.md are those that scripts/redaction-report prints."""
    if "QF_EXTERNAL_PII" not in os.environ:
        pytest.skip("QF_EXTERNAL_PII names no folder with texts")
    done = subprocess.run([sys.executable, ROOT / "scripts/redaction-report", PROGRAM], capture_output=True, text=True, check=True)
    page = (ROOT / "docs/redaction.md").read_text(encoding="utf-8")
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ") and "|---" not in line]
    assert len(rows) >= 10
    assert [row for row in rows if row not in page] == []


def test_json_and_jsonl_are_two_things():
    done = redact('{"id": 1, "text": "x"}\n', "--jsonl", "--json")
    assert done.returncode == 2 and "leave out --json" in done.stderr and done.stdout == ""
