"""The extraction of bench/extract.cpp as other tools would do it: peers.py PEER LOGS OUT THREADS.

One peer a process. Prints {"rows", "seconds", "cpu", "version"}: from where the tool is loaded to the written file.
"""
import json
import os
import sys
import time
from pathlib import Path

TEXTS = "decision_type question_text question_type module".split()
LATER = "user_choice options_presented ai_suggestion ai_confidence rationale".split()
BODY = [*TEXTS, "stage", *LATER]
TYPES = {"stage": "INTEGER", "options_presented": "VARCHAR[]", "ai_confidence": "DOUBLE"}


def duckdb_typed(files, out, threads):
    """A typed struct: DuckDB's fastest way."""
    body = ", ".join(f"{name} {TYPES.get(name, 'VARCHAR')}" for name in BODY)
    columns = f"{{session_id: 'VARCHAR', ts: 'VARCHAR', event: 'VARCHAR', data: 'STRUCT({body})'}}"
    return duckdb_copy(files, out, threads, columns, [f"data.{name} AS {name}" for name in BODY])


def duckdb_arrows(files, out, threads):
    """data->>'…', as one writes it without knowing the fields beforehand."""
    def taken(name):
        if name == "options_presented":
            return "CAST(data->'options_presented' AS VARCHAR[]) AS options_presented"
        return f"CAST(data->>'{name}' AS {TYPES.get(name, 'VARCHAR')}) AS {name}"
    columns = "{session_id: 'VARCHAR', ts: 'VARCHAR', event: 'VARCHAR', data: 'JSON'}"
    return duckdb_copy(files, out, threads, columns, [taken(name) for name in BODY])


def duckdb_copy(files, out, threads, columns, fields):
    import duckdb
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    # The limit is one for a line; its default is 16 MB.
    return connection.execute(
        f"COPY (SELECT session_id, ts, event, {', '.join(fields)} FROM read_json($files, format = 'newline_delimited', "
        f"columns = {columns}, maximum_object_size = 33554432) WHERE event = 'user_decision') "
        f"TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)", {"files": files}).fetchone()[0]


def polars(files, out, threads):
    import polars as pl
    body = {name: pl.String for name in BODY} | {
        "stage": pl.Int32, "options_presented": pl.List(pl.String), "ai_confidence": pl.Float64}
    schema = {"ts": pl.String, "session_id": pl.String, "event": pl.String, "data": pl.Struct(body)}
    frame = pl.scan_ndjson(files, schema=schema, ignore_errors=True).filter(pl.col("event") == "user_decision")
    frame = frame.select("session_id", "ts", "event", *(pl.col("data").struct.field(name) for name in BODY))
    frame.sink_parquet(out, compression="zstd", compression_level=3)
    return pl.scan_parquet(out).select(pl.len()).collect().item()


def pyarrow(files, out, threads):
    """Python's json and pyarrow: the script that everyone writes first."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    kinds = {"stage": pa.int32(), "options_presented": pa.list_(pa.string()), "ai_confidence": pa.float64()}
    names = ["session_id", "ts", "event", *BODY]
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])

    def text(value):
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    rows = 0
    with pq.ParquetWriter(out, schema, compression="zstd", compression_level=3) as writer:
        found = []

        def flush():
            columns = {name: [row[name] for row in found] for name in names}
            writer.write_table(pa.table(columns, schema=schema))
            found.clear()

        for file in files:
            with open(file, "rb") as lines:
                for line in lines:
                    event = json.loads(line)
                    if event.get("event") != "user_decision":
                        continue
                    body = event.get("data", {})
                    row = {name: event.get(name) for name in names[:3]}
                    row |= {name: body.get(name) if name in kinds else text(body.get(name)) for name in BODY}
                    if row["options_presented"] is not None:
                        row["options_presented"] = [text(one) for one in row["options_presented"]]
                    found.append(row)
                    rows += 1
                    if len(found) == 65536:
                        flush()
        flush()
    return rows


PEERS = {"duckdb-typed": duckdb_typed, "duckdb-arrows": duckdb_arrows, "polars": polars, "pyarrow": pyarrow}


def main(peer, logs, out, threads):
    os.environ["POLARS_MAX_THREADS"] = threads  # read when it is loaded
    module = __import__(peer.split("-")[0])  # loading a tool is not its work
    if peer == "pyarrow":
        import pyarrow.parquet  # noqa: F401
    files = sorted(map(str, Path(logs).rglob("*.jsonl")))
    before = os.times()
    rows = PEERS[peer](files, out, int(threads))
    after = os.times()
    json.dump({"rows": rows, "seconds": after.elapsed - before.elapsed, "version": module.__version__,
               "cpu": after.user + after.system - before.user - before.system}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
