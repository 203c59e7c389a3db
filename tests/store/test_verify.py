"""What `verify` finds: nothing in a whole version, and every kind of damage by the file's name."""
import json
import os
import random
import shutil
from pathlib import Path

import pytest
from conftest import Log, project, session_id
from store.forged import rewrite_lists


@pytest.fixture(scope="module")
def published(module_shop):
    """A store with one version of three people's work, all three tables filled."""
    for number, person in enumerate(("alva", "bo", "cia"), 1):
        log = Log(sid=session_id(number))
        for question in range(1, 6):
            log.suggest(question=f"Q00{question}").decide(question=f"Q00{question}")
            log.add("correction_made", {"question_id": f"Q00{question}", "field": "title", "before": "Före", "after": f"Efter {person}"})
        project(module_shop.logs, log, name=person, sid=session_id(number), person=person)
    built = module_shop.build()
    assert built["version"] == "1.0.0"
    return module_shop, Path(built["path"])


@pytest.fixture
def copy(published, tmp_path):
    """A copy of the version that may be damaged."""
    shop, path = published
    target = tmp_path / "version"
    shutil.copytree(path, target)
    for file in target.rglob("*"):
        if file.is_file():
            file.chmod(0o644)
    return shop, target


def verify(shop, *words, code):
    ran = shop.run("verify", *words, "--json")
    assert ran.code == code, ran
    return ran.json


def problems(report):
    return {p["file"]: p["problem"] for p in report["problems"]}


def test_a_missing_temporary_folder_stands_in_nobodys_way(copy, tmp_path):
    """Only what has to be put aside needs one."""
    shop, path = copy
    nowhere = {"TMPDIR": str(tmp_path / "nowhere")}
    assert shop.run("verify", path, env=nowhere).code == 0
    assert shop.run("check", shop.logs, env=nowhere).code in (0, 1)


def test_a_whole_version_is_whole_without_key_and_store(copy, tmp_path):
    shop, path = copy
    ran = shop.run("verify", path, "--json", env={"QF_DATASET_KEY_FILE": str(tmp_path / "no-key")})
    report = ran.json
    assert (ran.code, report["whole"], report["problems"]) == (0, True, [])
    manifest = json.loads((path / "manifest.json").read_text())
    assert report["rows"] == sum(f["rows"] for f in manifest["files"]) > 0
    assert report["content_digest"] == manifest["content_digest"]
    assert report["files"] == sum(1 for f in path.rglob("*") if f.is_file())


def test_each_line_of_the_certificate_says_on_what_it_rests(copy):
    shop, path = copy
    lines = {line["name"]: line for line in verify(shop, path, code=0)["certificate"]}
    assert {line["basis"] for line in lines.values()} == {"checked from files", "attested by build"}
    for line in lines.values():
        assert line["holds"] is (True if line["basis"] == "checked from files" else None), line
    assert lines["consent"]["basis"] == "attested by build" and lines["content"]["basis"] == "checked from files"
    published = json.loads((path / "certificate.json").read_text())["lines"]
    assert [line["name"] for line in published] == list(lines)


def test_published_files_are_read_only(published):
    _, path = published
    assert {file.stat().st_mode & 0o222 for file in path.rglob("*") if file.is_file()} == {0}


def test_one_flipped_bit_in_any_file_is_found_and_the_file_named(copy):
    shop, path = copy
    chance = random.Random(3)
    for file in sorted(f for f in path.rglob("*") if f.is_file()):
        keep = file.read_bytes()
        at = chance.randrange(len(keep))
        file.write_bytes(keep[:at] + bytes([keep[at] ^ (1 << chance.randrange(8))]) + keep[at + 1:])
        report = verify(shop, path, code=1)
        name = file.relative_to(path).as_posix()
        assert any(name in p["file"] or name in p["problem"] for p in report["problems"]), (name, report["problems"])
        file.write_bytes(keep)
    verify(shop, path, code=0)


@pytest.mark.parametrize("damage", ["cut", "append", "empty"])
def test_a_file_of_another_length_is_found(copy, damage):
    shop, path = copy
    for file in sorted(f for f in path.rglob("*") if f.is_file()):
        keep = file.read_bytes()
        file.write_bytes({"cut": keep[:-1], "append": keep + b"\n", "empty": b""}[damage])
        report = verify(shop, path, code=1)
        name = file.relative_to(path).as_posix()
        assert any(name in p["file"] or name in p["problem"] for p in report["problems"]), (name, report["problems"])
        file.write_bytes(keep)


def test_missing_extra_and_swapped_files_are_named(copy):
    shop, path = copy
    data = sorted(path.glob("data/*/*.parquet"))
    (path / "data/decisions/note.txt").write_text("x")
    assert problems(verify(shop, path, code=1)) == {"data/decisions/note.txt": "an extra file: the version has none of this name"}
    (path / "data/decisions/note.txt").unlink()
    (path / "new").mkdir()
    assert list(problems(verify(shop, path, code=1))) == ["new"]
    (path / "new").rmdir()
    for name in ("README.md", "manifest.json", "SHA256SUMS", "certificate.json"):
        keep = (path / name).read_bytes()
        (path / name).unlink()
        assert problems(verify(shop, path, code=1))[name] == "is missing"
        (path / name).write_bytes(keep)
    one, two = data[0], next(f for f in data if f.parent != data[0].parent)
    a, b = one.read_bytes(), two.read_bytes()
    one.write_bytes(b), two.write_bytes(a)
    found = problems(verify(shop, path, code=1))
    assert found[one.relative_to(path).as_posix()] == f"holds what belongs into {two.relative_to(path).as_posix()}"
    one.write_bytes(a), two.write_bytes(b)
    for name in ("README.md", "manifest.json", "SHA256SUMS"):
        (path / name).rename(path.parent / "elsewhere")
        (path / name).symlink_to(path.parent / "elsewhere")
        assert problems(verify(shop, path, code=1)) == {name: "not a regular file: the version holds no links"}
        (path / name).unlink()
        (path.parent / "elsewhere").rename(path / name)
    verify(shop, path, code=0)


def test_rows_that_were_exchanged_with_all_lists_made_to_fit_are_found_by_their_digest(copy):
    import pyarrow.parquet as pq
    shop, path = copy
    file = sorted(path.glob("data/decisions/*.parquet"))[0]
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)
    rewrite_lists(path)
    report = verify(shop, path, code=1)
    what = " ".join(p["problem"] for p in report["problems"])
    assert "content_digest" in what and "rows where manifest.json says" in what
    assert {line["name"] for line in report["certificate"] if line["holds"] is False} >= {"content", "rows"}


def test_with_the_store_a_forged_version_is_found_though_its_own_lists_fit(published, tmp_path):
    shop, path = published
    store = tmp_path / "store"
    shutil.copytree(shop.store, store)
    forged = store / "private/1.0.0"
    for file in forged.rglob("*"):
        if file.is_file():
            file.chmod(0o644)
    (forged / "README.md").write_text("another card\n")
    rewrite_lists(forged)
    verify(shop, forged, code=0)
    report = verify(shop, "1.0.0", "--store", store, code=1)
    assert "SHA256SUMS" in problems(report) and "ledger" in problems(report)["SHA256SUMS"]


def test_the_store_is_verified_as_a_whole(published, tmp_path):
    shop, _ = published
    store = tmp_path / "store"
    shutil.copytree(shop.store, store)
    for words in ((store,), ("--store", store)):
        report = verify(shop, *words, code=0)
        assert report["whole"] and [v["version"] for v in report["versions"]] == ["1.0.0"] and report["unfinished"] == []
    rows = store / "private-state/private-1.0.0.rows"
    rows.write_bytes(rows.read_bytes()[:-39])
    assert "logical digest" in verify(shop, store, code=1)["versions"][0]["problems"][0]["problem"]
    shutil.copy(shop.store / "private-state/private-1.0.0.rows", rows)
    shutil.rmtree(store / "private/1.0.0")
    assert "folder is missing" in verify(shop, store, code=1)["versions"][0]["problems"][0]["problem"]
    shutil.copytree(shop.store / "private/1.0.0", store / "private/1.0.0")
    shutil.copytree(shop.store / "private/1.0.0", store / "private/1.0.7")
    assert "private/1.0.7" in problems(verify(shop, store, code=1))
    shutil.rmtree(store / "private/1.0.7")
    ledger = (store / "ledger.db").read_bytes()
    (store / "ledger.db").write_bytes(ledger[:5000] + b"\xff" * 3000 + ledger[8000:])
    assert "ledger.db" in problems(verify(shop, store, code=1))


@pytest.mark.parametrize("words", [("nowhere",), ("1.0.0",), (), ("1.0", "--store", "STORE"), ("2.0.0", "--store", "STORE"),
                                   ("internal/1.0.0", "--store", "STORE")])
def test_what_is_no_version_is_exit_2(published, words):
    shop, _ = published
    ran = shop.run("verify", *(str(shop.store) if w == "STORE" else w for w in words))
    assert ran.code == 2 and ran.err.startswith("qf-dataset: "), ran


def test_a_folder_that_is_no_version_is_exit_2(published, tmp_path):
    shop, _ = published
    assert shop.run("verify", tmp_path).code == 2


def test_sha256sum_agrees(published):
    import subprocess
    _, path = published
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=path).returncode == 0


def test_two_readers_open_every_file_with_equal_rows(published):
    duckdb = pytest.importorskip("duckdb")
    import pyarrow.parquet as pq
    _, path = published
    for file in path.glob("data/*/*.parquet"):
        rows = pq.read_table(file).num_rows
        assert duckdb.connect().execute(f"select count(*) from read_parquet('{file}')").fetchone()[0] == rows
