"""What others still have: the signed list of rows that nobody may keep, against copies of a version."""
import json
import shutil

import pyarrow.parquet as pq
import pytest
from conftest import run
from erasure.test_erase import class_of, erase


@pytest.fixture
def copied(shop):
    """A store from which bo was erased, and a copy of the version that held them."""
    class_of(shop, ["alva", "bo", "cia"])
    shop.build()
    copy = shop.folder / "copy"
    shutil.copytree(shop.store / "private/1.0.0", copy)
    theirs = [r for t in ("decisions", "corrections", "questions") for r in rows_of(copy, t)]
    said = erase(shop, "bo")
    return shop, copy, said, theirs


def rows_of(folder, table):
    return [r for p in sorted(folder.glob(f"data/{table}/*.parquet")) for r in pq.read_table(p).to_pylist()]


def check(feed, copy, *more, code):
    ran = run("verify", "--tombstones", feed, copy, "--json", *more)
    assert ran.code == code, ran
    return ran.json


def test_the_feed_names_the_rows_and_nobody(copied):
    shop, copy, said, rows = copied
    feed = json.loads(open(said["tombstones"]).read())
    stones = feed["tombstones"]
    assert {(s["audience"], s["version"], s["reason"]) for s in stones} == {("private", "1.0.0", "erasure")}
    named = {s["record_id"] for s in stones}
    subjects = {r["subject_id"] for r in rows if r["record_id"] in named}
    assert len(subjects) == 1 and named == {r["record_id"] for r in rows if r["subject_id"] in subjects}
    assert not subjects & set(json.dumps(feed).replace('"', " ").split()) and "bo" not in json.dumps(feed).split()
    everything = shop.folder / "all.json"
    assert shop.run("tombstones", "--store", shop.store, "--out", everything).code == 0
    assert json.loads(everything.read_text())["tombstones"] == stones


def test_rows_in_a_copy_are_found_and_taken_out(copied):
    shop, copy, said, rows = copied
    named = {s["record_id"] for s in json.loads(open(said["tombstones"]).read())["tombstones"]}
    (copy / "mine.jsonl").write_text("".join(json.dumps({"id": r["record_id"]}) + "\n" for r in rows))
    found = check(said["tombstones"], copy, code=1)
    assert found["rows_left"] == 2 * len(named) and not any(f["removed"] for f in found["files"])
    gone = check(said["tombstones"], copy, "--delete", code=0)
    assert gone["rows_left"] == 0 and sum(f["rows"] for f in gone["files"]) == 2 * len(named)
    left = [r for t in ("decisions", "corrections", "questions") for r in rows_of(copy, t)]
    assert left == [r for r in rows if r["record_id"] not in named]
    assert len((copy / "mine.jsonl").read_text().splitlines()) == len(left)
    assert check(said["tombstones"], copy, code=0)["files"] == []


def test_what_cannot_be_taken_out_is_said(copied):
    shop, copy, said, rows = copied
    (copy / "mine.csv").write_text("id\n" + "\n".join(r["record_id"] for r in rows))
    found = check(said["tombstones"], copy, "--delete", code=1)
    assert [f["file"] for f in found["files"] if f["by_hand"]] == ["mine.csv"] and found["rows_left"] > 0
    again = run("verify", "--tombstones", said["tombstones"], copy)
    assert again.code == 1 and "--delete takes" not in again.out and "--delete cannot take them out" in again.out, again


def test_a_changed_feed_removes_nothing(copied, tmp_path):
    shop, copy, said, rows = copied
    text = open(said["tombstones"]).read()
    feed = tmp_path / "feed.json"
    feed.write_text(text.replace(json.loads(text)["tombstones"][0]["record_id"], rows[0]["record_id"]) + " ")
    assert check(feed, copy, "--delete", code=1)["problems"]
    assert [r for t in ("decisions", "corrections", "questions") for r in rows_of(copy, t)] == rows
    assert check(said["tombstones"], copy, "--public-key", "0" * 64, code=1)["problems"]


def test_a_version_that_was_taken_back_as_a_whole(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    shutil.copytree(shop.store / "private/1.0.0", shop.folder / "copy")
    assert shop.run("revoke", "1.0.0", "--reason", "wrong", "--store", shop.store).code == 0
    assert shop.run("tombstones", "--store", shop.store, "--out", shop.folder / "all.json").code == 0
    assert check(shop.folder / "all.json", shop.folder / "copy", code=1)["revoked_version"] == "private/1.0.0"


def test_rows_that_a_withdrawal_named_before_are_in_the_feed_of_the_erasure_too(shop):
    class_of(shop, ["alva", "bo"])
    built = shop.build()
    at = lambda *words: shop.run(*words, "--store", shop.store)
    assert at("hold", "add", "1.0.0", "--reason", "case").code == 0
    for person in ("bo", "alva"):  # the hold keeps the files
        at("consent", "withdraw", "--subject", person, "--scope", "model_training", "--now")
    assert (shop.store / "private/1.0.0/manifest.json").exists() and at("hold", "remove", "1.0.0").code == 0
    everybodys = {r["record_id"] for table in ("decisions", "corrections", "questions") for r in shop.rows(built, table)}
    stones = json.loads(open(erase(shop, "bo")["tombstones"]).read())["tombstones"]
    named = {s["record_id"] for s in stones}
    assert named < everybodys and 2 * len(named) == len(everybodys), "the person's rows, and nobody else's"
    assert {(s["version"], s["reason"]) for s in stones} == {("1.0.0", "withdrawal")}


def test_a_withdrawal_leaves_tombstones_too(shop):
    class_of(shop, ["alva", "bo"])
    built = shop.build()
    mine = len({r["record_id"] for r in shop.rows(built)}) // 2
    shop.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now", "--store", shop.store)
    shop.run("tombstones", "--store", shop.store, "--out", shop.folder / "all.json")
    stones = json.loads((shop.folder / "all.json").read_text())["tombstones"]
    assert len(stones) == 3 * mine and {s["reason"] for s in stones} == {"withdrawal"}


def given_to_lab(shop):
    assert shop.run("recipients", "add", "private/1.0.0", "--name", "Lab", "--contact", "lab@example.org", "--model", "bloom-1", "--store", shop.store).code == 0


@pytest.mark.parametrize("words", [("erase", "--subject", "bo"), ("revoke", "1.0.0", "--reason", "wrong"),
                                   ("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now")], ids=lambda words: words[0])
def test_an_erasure_reaches_the_copies_of_a_version_that_was_revoked_before(shop, words):
    class_of(shop, ["alva", "bo", "cia"])
    shop.build()
    copy = shop.folder / "copy"
    shutil.copytree(shop.store / "private/1.0.0", copy)
    given_to_lab(shop)
    before = shop.run(*words, "--store", shop.store, "--json")
    assert before.code == 0, before
    told = before.json["recipients" if words[0] == "revoke" else "notices"]
    assert [(n["recipient"], n["certain"]) for n in told] == [("Lab", True)] and before.json["models"][0]["model"] == "bloom-1"
    dry, said = erase(shop, "alva", "--dry-run"), erase(shop, "alva")
    assert dry["notices"] == said["notices"] and dry["models"] == said["models"]
    assert [(n["recipient"], n["version"], n["certain"]) for n in said["notices"]] == [("Lab", "private/1.0.0", False)]
    assert said["models"] == [{"model": "bloom-1", "version": "private/1.0.0", "recipient": "Lab"}]
    letters = open(said["notices_file"], encoding="utf-8").read()
    assert "Lab" in letters and "can no longer be told" in letters and "Nobody is on record" not in letters
    everything = shop.folder / "all.json"
    assert shop.run("tombstones", "--store", shop.store, "--out", everything).code == 0
    for feed in (said["tombstones"], everything):
        assert check(feed, copy, code=1)["revoked_version"] == "private/1.0.0"


def test_the_screen_names_the_recipients_of_what_is_revoked(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    given_to_lab(shop)
    ran = shop.run("revoke", "1.0.0", "--reason", "wrong", "--store", shop.store)
    assert ran.code == 0 and "Tell Lab (lab@example.org): they received private/1.0.0\n" in ran.out and "the model bloom-1" in ran.out, ran


def test_a_revoked_version_whose_record_shows_that_the_person_was_not_in_it_owes_nothing(shop):
    class_of(shop, ["alva", "bo"])
    shop.build()
    given_to_lab(shop)
    assert shop.run("hold", "add", "1.0.0", "--reason", "case", "--store", shop.store).code == 0
    assert shop.run("revoke", "1.0.0", "--reason", "wrong", "--store", shop.store).code == 0
    shop.consent({"subject": "cia"})
    said = erase(shop, "cia")
    assert said["found"] and said["notices"] == [] and json.loads(open(said["tombstones"]).read())["tombstones"] == []
