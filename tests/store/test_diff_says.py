"""What `diff` calls changed is what the published rows say: values that were generalised or emptied away change no row."""
import csv
import io
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import CLASSROOM, Workshop

# Drawn anew for each version, or its name.
NAMES = {"record_id", "session_id", "subject_id", "question_id", "decision_record_id", "dataset_version"}


@pytest.fixture
def school(tmp_path):
    """The example school in a store of internal versions."""
    shop = Workshop(tmp_path / "shop")
    shutil.rmtree(shop.logs)
    subprocess.run([CLASSROOM, shop.logs], check=True, capture_output=True)
    for verb in ("people", "consent"):
        assert shop.run(verb, "import", shop.logs / f"{verb}.csv", "--store", shop.store).code == 0
    shop.authorise("internal", "Example school")
    return shop


def build(shop) -> str:
    ran = shop.run("build", shop.logs, "--store", shop.store, "--audience", "internal", "--text", "redacted", "--json")
    assert ran.code in (0, 3), ran
    return ran.json["version"]


def published(shop, version):
    """Table and record_id → split, fold and what the row says."""
    rows = {}
    for file in sorted((shop.store / "internal" / version / "data").rglob("*.parquet")):
        for row in pq.read_table(file).to_pylist():
            said = json.dumps({name: value for name, value in row.items() if name not in NAMES}, sort_keys=True, default=str)
            rows[file.parent.name, row["record_id"]] = (file.name.split("-")[0], said)
    return rows


def compare(shop, before, after):
    ran = shop.run("diff", f"internal/{before}", f"internal/{after}", "--store", shop.store, "--rows")
    assert ran.code == 0, ran
    then, now = published(shop, before), published(shop, after)
    rest_then, rest_now, changed = dict(then), dict(now), 0
    for row in csv.DictReader(io.StringIO(ran.out)):
        old, new = (row["table"], row["record_before"]), (row["table"], row["record_after"])
        rest_then.pop(old, None), rest_now.pop(new, None)
        if row["change"] == "changed":
            changed += 1
            assert then[old] != now[new], f"{row['table']}: called changed ({row['reason']}), and says the same"
    assert Counter(rest_then.values()) == Counter(rest_now.values()), "rows that changed were not named"
    return changed


def test_a_row_is_changed_where_what_it_says_has(school):
    logs = sorted(school.logs.rglob("session.jsonl"))
    whole = {log: log.read_bytes() for log in logs}
    first = build(school)
    for log, content in whole.items():  # the groups of everybody become smaller
        lines = content.splitlines(True)
        log.write_bytes(b"".join(lines[: len(lines) * 7 // 10]))
    second = build(school)
    assert compare(school, first, second) > 0
    for log, content in whole.items():
        log.write_bytes(content)
    third = build(school)
    assert compare(school, second, third) > 0
    assert compare(school, first, third) == 0
    for folder in sorted(school.logs.glob("*/*/*/*"))[::7]:  # and values are emptied that later rows show
        shutil.rmtree(folder)
    assert compare(school, third, build(school)) > 0


def test_a_version_with_digests_of_another_form_is_left_alone(school):
    """A store from before: its internal rows were compared by what their logs said as well."""
    first = build(school)
    record = school.store / "private-state" / f"internal-{first}.build.json"
    old = json.loads(record.read_text())
    del old["row_digests"], old["sha256"]
    old["format"] = "qf-build-record-1"
    record.write_text(json.dumps(old))
    rows = school.store / "private-state" / f"internal-{first}.rows"
    digest = forge_contents(school, first, rows)
    ran = school.run("build", school.logs, "--store", school.store, "--audience", "internal", "--text", "redacted", "--json")
    assert ran.code in (0, 3) and ran.json["unchanged"] and ran.json["logical_digest"] == digest, ran
    again = school.run("rebuild", f"internal/{first}", "--store", school.store, "--json")
    assert again.code == 0 and again.json["same"], again


def forge_contents(shop, version, file: Path) -> str:
    """Gives each row another digest, in the index and in the ledger."""
    import hashlib
    import sqlite3
    bytes_ = bytearray(file.read_bytes())
    logical = hashlib.sha256(b"qfrows1\n")
    for at in range(8, len(bytes_), 39):
        bytes_[at + 16] ^= 1
        logical.update(bytes_[at:at + 35])
    file.write_bytes(bytes_)
    with sqlite3.connect(shop.store / "ledger.db") as ledger:
        ledger.execute("UPDATE versions SET logical_digest = ? WHERE version = ?", (logical.hexdigest(), version))
    ledger.close()
    return logical.hexdigest()
