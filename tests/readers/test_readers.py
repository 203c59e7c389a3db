"""A version is read alike by everyone, is the Parquet it says, and is the same bytes whoever builds it."""
import hashlib
import json
import os
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import duckdb
import jsonschema
import pandas
import polars
import pyarrow.parquet as pq
import pytest
from conftest import REPOSITORY, Log, Workshop, project, session_id

TABLES = ("decisions", "corrections", "questions")


def school(logs, people=14):
    """Three splits, all three tables, nulls, lists, structs, quotes, line ends, emoji and text from right to left."""
    texts = ["Vad är osmos?", 'Sant "eller"\nfalskt, eller\thur?', "שלום 👩‍🏫 \u2028", "", "'; DROP TABLE x; --", "=1+1", "a\u0000b"]
    for number in range(people):
        log = Log(sid=session_id(number), start=f"2026-02-{number + 1:02d}T08:00:00")
        log.add("question_created", {"question_id": "Q001", "title": f"Titel {number}", "type": "mcq", "bloom": "minnas"})
        for step, text in enumerate(texts):
            log.suggest("Apply", question=f"Q{step}", confidence=0.5 + step / 20, suggestion_id=f"s{step}")
            log.decide(choice=["Apply", "Create", "eget"][step % 3], options=["Apply", "Create", {"a": step}], question=f"Q{step}", question_text=f"{text}{number}" if text else "",
                       rationale=text or None, suggestion_id=f"s{step}", after=(1900 if step == 4 else 7))
            log.add("correction_made", {"suggestion_id": f"s{step}", "question_id": f"Q{step}", "field": "stem", "before": f"{text} hos {number}", "after": [text, step] if step % 2 else None})
        project(logs, log, name=f"kurs{number}", sid=session_id(number), person=f"larare{number}")


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    shop = Workshop(tmp_path_factory.mktemp("version"))
    school(shop.logs)
    built = shop.build()
    return shop, built, Path(built["path"])


def files(path, table):
    return sorted(path.glob(f"data/{table}/*.parquet"))


def arrow_rows(path, table):
    return [row for file in files(path, table) for row in pq.read_table(file).to_pylist()]


def by_id(rows):
    return {row["record_id"]: row for row in rows}


def test_the_version_has_three_splits_of_three_tables_and_counts_what_it_wrote(version):
    _, built, path = version
    for table in TABLES:
        rows = {f.name.split("-")[0]: pq.read_metadata(f).num_rows for f in files(path, table)}
        assert rows == built["tally"]["written"][table] and set(rows) == {"train", "validation", "test"}
        assert all(f.name.endswith("-00000-of-00001.parquet") for f in files(path, table))


def test_load_dataset_reads_each_config_and_split_without_a_network(version, tmp_path):
    _, built, path = version
    code = """
import json, sys, datasets
datasets.disable_progress_bars()
out = {}
for table in sys.argv[2:]:
    loaded = datasets.load_dataset(sys.argv[1], table)
    out[table] = {split: {"rows": len(part), "columns": part.column_names, "ids": part["record_id"][:]} for split, part in loaded.items()}
out["default"] = {split: len(part) for split, part in datasets.load_dataset(sys.argv[1]).items()}
json.dump(out, sys.stdout)
"""
    env = dict(os.environ, HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HOME=str(tmp_path), HF_HUB_DISABLE_TELEMETRY="1")
    done = subprocess.run([sys.executable, "-c", code, str(path), *TABLES], capture_output=True, env=env, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:].decode()
    loaded = json.loads(done.stdout)
    for table in TABLES:
        assert {s: part["rows"] for s, part in loaded[table].items()} == built["tally"]["written"][table]
        ids = [i for file in files(path, table) for i in pq.read_table(file)["record_id"].to_pylist()]
        assert sorted(i for part in loaded[table].values() for i in part["ids"]) == sorted(ids)
        assert all(part["columns"] == pq.read_schema(files(path, table)[0]).names for part in loaded[table].values())
    assert loaded["default"] == built["tally"]["written"]["decisions"]


@pytest.mark.parametrize("table", TABLES)
def test_polars_duckdb_and_pandas_read_the_values_that_pyarrow_reads(version, table):
    _, _, path = version
    expected = by_id(arrow_rows(path, table))
    assert len(expected) == len(arrow_rows(path, table))
    pattern = str(path / "data" / table / "*.parquet")
    assert by_id(polars.read_parquet(pattern).to_dicts()) == expected
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    duck = connection.read_parquet(pattern)
    names = duck.columns
    assert by_id(duck.to_arrow_table().to_pylist()) == expected
    frame = pandas.concat([pandas.read_parquet(file, dtype_backend="pyarrow") for file in files(path, table)])
    assert len(frame) == len(expected) and list(frame.columns) == names
    for row in frame.to_dict("records"):
        whole = expected[row["record_id"]]
        for name in ("user_choice", "rationale", "question_text", "before", "after", "title"):
            if name in whole:
                assert (None if row[name] is pandas.NA or row[name] is None else row[name]) == whole[name]


def test_strange_texts_come_back_as_they_were(version):
    _, _, path = version
    rationales = {r["rationale"] for r in arrow_rows(path, "decisions")}
    assert {'Sant "eller"\nfalskt, eller\thur?', "שלום 👩‍🏫 \u2028", "'; DROP TABLE x; --", "=1+1", "a\u0000b", None} == rationales - {"Vad är osmos?"}
    assert "" in {r["question_text"] for r in arrow_rows(path, "decisions")}


def is_key(name):
    return name.endswith("_id") or name == "term"


def leaves(schema):
    return [schema.column(i) for i in range(len(schema.names))]


@pytest.mark.parametrize("table", TABLES)
def test_the_files_are_the_parquet_that_was_agreed(version, table):
    _, _, path = version
    for file in files(path, table):
        meta = pq.read_metadata(file)
        keys = {k.decode() for k in (meta.metadata or {})}
        assert "huggingface" in keys and "ARROW:schema" not in keys and "pandas" not in keys
        assert all(leaf.max_definition_level >= 1 for leaf in leaves(meta.schema))
        # Each list and struct on the way is optional too: one level of definition for each, one more for each list.
        assert all(leaf.max_definition_level == leaf.path.count(".") + 1 for leaf in leaves(meta.schema)), [(x.path, x.max_definition_level) for x in leaves(meta.schema)]
        for group in range(meta.num_row_groups):
            rows = meta.row_group(group)
            assert rows.sorting_columns and len(rows.sorting_columns) >= 1
            for index in range(rows.num_columns):
                column = rows.column(index)
                assert column.compression == "ZSTD" and column.has_offset_index, column.path_in_schema
                # The smallest and largest text of a page would be a sentence of somebody's in the footer, and nobody prunes by nested values.
                if (column.physical_type != "BYTE_ARRAY" and "." not in column.path_in_schema) or is_key(column.path_in_schema):
                    assert column.has_column_index, column.path_in_schema
        assert meta.created_by.startswith("qf-dataset ")


def test_no_text_stands_in_the_statistics_of_a_file(version):
    _, _, path = version
    for file in path.glob("data/*/*.parquet"):
        meta = pq.read_metadata(file)
        for group in range(meta.num_row_groups):
            for index in range(meta.num_columns):
                column = meta.row_group(group).column(index)
                if column.physical_type == "BYTE_ARRAY" and column.is_stats_set and column.statistics.has_min_max:
                    assert is_key(column.path_in_schema), (column.path_in_schema, column.statistics.max)


@pytest.mark.parametrize("table", TABLES)
def test_page_checksums_are_there_and_find_a_flipped_bit(version, table, tmp_path):
    _, _, path = version
    file = files(path, table)[0]
    assert pq.read_table(file, page_checksum_verification=True).num_rows == pq.read_metadata(file).num_rows
    column = pq.read_metadata(file).row_group(0).column(0)
    damaged = tmp_path / "damaged.parquet"
    bytes_ = bytearray(file.read_bytes())
    bytes_[column.data_page_offset + column.total_compressed_size - 3 - (column.data_page_offset - (column.dictionary_page_offset or column.data_page_offset))] ^= 4
    damaged.write_bytes(bytes_)
    with pytest.raises(OSError, match="CRC|checksum"):
        pq.read_table(damaged, page_checksum_verification=True)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_in_the_order_that_the_file_states(version, table):
    _, _, path = version
    for file in files(path, table):
        meta = pq.read_metadata(file)
        names = [meta.schema.column(s.column_index).path for s in meta.row_group(0).sorting_columns]
        assert all(not s.descending for s in meta.row_group(0).sorting_columns)
        keys = [tuple(row[n] for n in names) for row in pq.read_table(file, columns=names).to_pylist()]
        assert keys == sorted(keys) and len(set(keys)) == len(keys), names


@pytest.mark.parametrize("table", TABLES)
def test_the_huggingface_key_parses_and_agrees_with_the_columns(version, table):
    import datasets
    _, _, path = version
    file = files(path, table)[0]
    stated = json.loads(pq.read_metadata(file).metadata[b"huggingface"])
    features = datasets.Features.from_dict(stated["info"]["features"])
    schema = pq.read_schema(file).remove_metadata()
    assert list(features) == schema.names
    assert features.arrow_schema.remove_metadata().equals(schema), [(a, b) for a, b in zip(features.arrow_schema, schema) if a != b]


def test_every_field_of_the_schema_is_a_column_in_that_order(version):
    _, _, path = version
    for table in TABLES:
        schema = json.loads((path / "schema" / f"{table}.json").read_text())
        assert list(schema["properties"]) == pq.read_schema(files(path, table)[0]).names
        assert all({"x-privacy-class", "x-role", "description"} <= field.keys() for field in schema["properties"].values())


@pytest.mark.parametrize("table", TABLES)
def test_the_schema_files_are_valid_and_every_row_conforms(version, table):
    _, _, path = version
    schema = json.loads((path / "schema" / f"{table}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for row in arrow_rows(path, table):
        plain = {k: v.isoformat().replace("+00:00", "Z") if hasattr(v, "isoformat") else v for k, v in row.items()}
        checker.validate(plain)
    with pytest.raises(jsonschema.ValidationError):
        checker.validate(plain | {"record_id": 7})
    with pytest.raises(jsonschema.ValidationError):
        checker.validate(plain | {"not_a_field": 7})


def test_sha256sums_name_every_file_and_verify(version, tmp_path):
    _, _, path = version
    done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    named = {line.split(": ")[0].removeprefix("./") for line in done.stdout.splitlines()}
    assert named == {str(p.relative_to(path)) for p in path.rglob("*") if p.is_file()} - {"SHA256SUMS"}


def test_the_content_digest_can_be_computed_from_the_files_alone(version):
    sys.path.insert(0, str(REPOSITORY / "tests" / "python"))
    canonical = pytest.importorskip("canonical")
    _, built, path = version
    function = getattr(canonical, "content_digest", None)
    if function is None:
        pytest.skip("canonical.py has no content_digest()")
    assert function(path) in (built["content_digest"], built["content_digest"].removeprefix("sha256:"))


def test_the_manifest_names_inputs_by_keyed_digest_bytes_and_lines(version):
    shop, built, path = version
    manifest = json.loads((path / "manifest.json").read_text())
    inputs = manifest["inputs"]
    assert len(inputs) == 14 and sum(i["lines"] for i in inputs) == built["tally"]["lines"]
    digests = {hashlib.sha256(p.read_bytes()).hexdigest() for p in shop.logs.rglob("session.jsonl")}
    assert not digests & {v for i in inputs for v in i.values() if isinstance(v, str)}, "a plain digest lets anyone who has the log find it"
    assert {i["bytes"] for i in inputs} == {p.stat().st_size for p in shop.logs.rglob("session.jsonl")}


def tree(path):
    return {str(p.relative_to(path)): hashlib.sha256(p.read_bytes()).hexdigest() for p in path.rglob("*") if p.is_file()}


def rebuilt(shop, into, *flags, paths=None, env=None, cwd=None):
    """The same people, consent and key, and no version: built once more."""
    other = Workshop(into)
    other.key = shop.key
    people = shop.run("people", "list", shop.logs).out
    (other.folder / "people.csv").write_text(people)
    shutil.copytree(shop.logs, other.logs, dirs_exist_ok=True)
    other.agree()
    built = other.build(*flags, "--as-of", "2026-06-01", agree=False, paths=tuple(paths or (other.logs,)), env=env or {}, cwd=cwd)
    return tree(Path(built["path"])), built


VARIANTS = {"1 thread": (["--threads", "1"], {}), "2 threads": (["--threads", "2"], {}), "8 threads": (["--threads", "8"], {}), "Turkish": ([], {"LC_ALL": "tr_TR.UTF-8"}),
            "Swedish": ([], {"LC_ALL": "sv_SE.UTF-8", "LANG": "sv_SE.UTF-8"}), "Kathmandu": ([], {"TZ": "Asia/Kathmandu"}), "New York": ([], {"TZ": "America/New_York"})}


@pytest.fixture(scope="module")
def reference_bytes(version, tmp_path_factory):
    return rebuilt(version[0], tmp_path_factory.mktemp("reference"))


@pytest.mark.parametrize("flags, env", VARIANTS.values(), ids=VARIANTS)
def test_the_same_logs_are_the_same_bytes_whatever_the_surroundings(version, reference_bytes, tmp_path, flags, env):
    assert rebuilt(version[0], tmp_path, *flags, env=env)[0] == reference_bytes[0]


def test_shuffled_paths_and_another_working_folder_are_the_same_bytes(version, reference_bytes, tmp_path):
    paths = [tmp_path / "logs" / f"kurs{n}" for n in range(14)]
    random.Random(1).shuffle(paths)
    assert rebuilt(version[0], tmp_path, paths=[os.path.relpath(p, tmp_path) for p in paths], cwd=tmp_path)[0] == reference_bytes[0]


def test_another_key_is_the_same_content_under_other_names(version, reference_bytes, tmp_path):
    shop = Workshop(tmp_path)
    school(shop.logs)
    built = shop.build("--as-of", "2026-06-01")
    assert built["content_digest"] != reference_bytes[1]["content_digest"]
    hidden = ("record_id", "session_id", "subject_id", "question_id", "decision_record_id", "fold", "_split", "session_order")
    shown = sorted(repr([v for k, v in r.items() if k not in hidden]) for r in shop.rows(built))
    assert shown == sorted(repr([v for k, v in r.items() if k not in hidden]) for r in version[0].rows(version[1]))


def test_no_clock_stands_in_the_parquet_files(version, reference_bytes):
    first = {k: v for k, v in tree(version[2]).items() if k.startswith("data/")}
    assert first.keys() == {k for k in reference_bytes[0] if k.startswith("data/")}
    for file in version[2].glob("data/*/*.parquet"):
        footer = file.read_bytes()[-8:]
        assert footer[4:] == b"PAR1" and struct.unpack("<I", footer[:4])[0] > 0


def test_small_shards_hold_the_same_rows(version, tmp_path):
    shop = Workshop(tmp_path)
    school(shop.logs)
    config = tmp_path / "qf.toml"
    config.write_text("[output]\nmax_shard_bytes = 20000\n")
    built = shop.build("--config", config)
    names = sorted(p.name for p in Path(built["path"]).glob("data/decisions/train-*.parquet"))
    assert len(names) > 1 and names == [f"train-{n:05d}-of-{len(names):05d}.parquet" for n in range(len(names))]
    assert built["tally"]["written"] == version[1]["tally"]["written"] or sum(built["tally"]["written"]["decisions"].values()) == 14 * 7
