"""The content digest of a dataset, computed from its Parquet files alone: what it is, in a page of Python."""

import hashlib
import struct
from datetime import datetime, timezone
from pathlib import Path

import pyarrow.parquet as pq

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def canonical(value) -> bytes:
    """A value as it is hashed: a letter for its type, counts of 4 and numbers of 8 bytes, little-endian."""
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"b1" if value else b"b0"
    if isinstance(value, datetime):
        since = value - _EPOCH
        value = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if isinstance(value, int):
        return b"i" + struct.pack("<q", value)
    if isinstance(value, float):
        return b"d" + struct.pack("<d", value or 0.0)
    if isinstance(value, str):
        text = value.encode()
        return b"t" + struct.pack("<I", len(text)) + text
    kind, items = (b"s", value.values()) if isinstance(value, dict) else (b"l", value)
    return kind + struct.pack("<I", len(items)) + b"".join(map(canonical, items))


def canonical_row(row: dict) -> bytes:
    """One row, as pyarrow's to_pylist() gives it: its values in the order of the columns."""
    return b"".join(map(canonical, row.values()))


def table_digest(rows) -> str:
    """SHA-256 over the rows' SHA-256 digests, in the order of record_id by bytes."""
    digests = sorted(((row["record_id"] or "").encode(), hashlib.sha256(canonical_row(row)).digest()) for row in rows)
    return hashlib.sha256(b"".join(digest for _, digest in digests)).hexdigest()


def content_digest(version: Path) -> str:
    """The content digest of a version's folder: its tables by name, those without rows left out."""
    lines = []
    for folder in sorted((Path(version) / "data").iterdir()):
        rows = [row for file in sorted(folder.glob("*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()]
        if rows:
            lines.append(f"{folder.name} {table_digest(rows)}\n")
    return hashlib.sha256("".join(lines).encode()).hexdigest()
