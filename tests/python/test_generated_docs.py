"""The generated pages say what the program says: `make docs` was run after the last change of a table."""
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/qf-dataset"


def printed(*words):
    return subprocess.run([PROGRAM, *words], check=True, capture_output=True, text=True).stdout


def test_the_reference_of_fields_is_current():
    assert (ROOT / "docs/fields.md").read_text() == printed("schema", "--format", "markdown")


def test_the_event_schemas_are_current_and_valid():
    jsonschema = pytest.importorskip("jsonschema")
    schemas = json.loads(printed("schema", "events"))
    on_disk = {path.stem: json.loads(path.read_text()) for path in (ROOT / "schemas/events").glob("*.json")}
    assert on_disk == schemas
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
