"""The content digest of a dataset, computed from its Parquet files alone: what it is, in a page of Python."""

import hashlib
import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _number(value: float) -> str:
    """The shortest form of a double, laid out as ECMAScript and RFC 8785 do."""
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return repr(value).replace("e-0", "e-").replace(".0e", "e")


def canonical_json(value) -> str:
    """A value as canonical JSON: sorted keys, no white space, nulls written out, instants in microseconds."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{canonical_json(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical_json, value)) + "]"
    if isinstance(value, datetime):
        since = value - _EPOCH
        return str((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def canonical_json_row(row: dict) -> bytes:
    """One row, as pyarrow's to_pylist() gives it, in the bytes that are hashed."""
    return canonical_json(row).encode("utf-8")


def table_digest(rows) -> str:
    """SHA-256 over the rows' SHA-256 digests, in the order of record_id by bytes."""
    digests = sorted(((row["record_id"] or "").encode(), hashlib.sha256(canonical_json_row(row)).digest()) for row in rows)
    return hashlib.sha256(b"".join(digest for _, digest in digests)).hexdigest()


def content_digest(version: Path) -> str:
    """The content digest of a version's folder: its tables by name, those without rows left out."""
    lines = []
    for folder in sorted((Path(version) / "data").iterdir()):
        rows = [row for file in sorted(folder.glob("*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()]
        if rows:
            lines.append(f"{folder.name} {table_digest(rows)}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()
