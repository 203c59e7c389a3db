"""The attacks that docs/anonymity.md states, run on a small school."""
import re
import subprocess
import sys

from conftest import REPOSITORY


def test_the_table_of_attacks_is_what_the_script_measures():
    ran = subprocess.run([sys.executable, str(REPOSITORY / "scripts/measure-attacks"), "28"], capture_output=True, text=True, timeout=400)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = dict(re.match(r"\| (.*?) \| (.*) \|$", line).groups() for line in ran.stdout.splitlines() if line.startswith("| "))
    page = (REPOSITORY / "docs/anonymity.md").read_text()
    for name in rows:
        assert f"| {name} |" in page, name
    assert rows["canaries that came through"] == "0 | 0"
    assert rows["columns of pseudonyms that tie rows of one person to each other"].endswith("| 0")
    few = rows["rows with a value, in any enumerated column, that fewer than k people have"]
    assert all(value.startswith("0 of ") for value in few.split(" | ")), few
    for value in rows["decisions whose quasi-identifiers only one person has: before, after"].split(" | "):
        before, after = (float(part.rstrip("%")) for part in value.split(", "))
        assert before > 10 and after == 0
