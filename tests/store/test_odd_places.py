"""Links, files and folders where a store has something else, and damage that one file alone could tell of."""
import json
import os

import pytest
from conftest import Log, project


@pytest.fixture
def one(shop):
    """A store with version 1.0.0 of one project."""
    project(shop.logs, Log().decide().decide(question="Q002"))
    assert shop.build()["version"] == "1.0.0"
    return shop


@pytest.mark.parametrize("place", ["link to nothing", "link to itself", "link to a folder", "file", "pipe"])
def test_what_stands_in_place_of_staged_rows_makes_room_for_them(one, place):
    staged = one.store / "private-state/staged"
    for file in staged.iterdir():
        file.unlink()
    staged.rmdir()
    elsewhere = one.folder / "elsewhere"
    elsewhere.mkdir()
    if place.startswith("link"):
        staged.symlink_to({"link to nothing": "nowhere", "link to itself": "staged", "link to a folder": elsewhere}[place])
    elif place == "file":
        staged.touch()
    else:
        os.mkfifo(staged)
    assert one.build(agree=False)["unchanged"]
    assert staged.is_dir() and not staged.is_symlink() and list(staged.iterdir()) and not list(elsewhere.iterdir())


@pytest.mark.parametrize("place", ["private-state", "private"])
def test_a_folder_that_is_a_link_to_nothing_is_named(one, place):
    (one.store / place).rename(one.folder / "kept")
    (one.store / place).symlink_to("nowhere")
    log = Log().decide().decide(question="Q002").decide(question="Q003")
    project(one.logs, log)
    ran = one.run("build", one.logs, "--store", one.store)
    assert ran.code == 2 and str(one.store / place) in ran.err, ran
    if place == "private-state":
        assert "is no folder, or a link that leads to none" in ran.err, ran


def test_a_damaged_project_of_a_row_is_found(one):
    """The last four of the 39 bytes of a row: no logical digest covers them."""
    rows = next((one.store / "private-state").glob("*.rows"))
    content = bytearray(rows.read_bytes())
    content[8 + 35] ^= 1
    rows.write_bytes(content)
    ran = one.run("verify", one.store, "--json")
    said = [p["problem"] for v in ran.json["versions"] for p in v["problems"]]
    assert ran.code == 1 and len(said) == 1 and str(rows) in said[0] and "projects of its rows" in said[0], ran


def test_a_store_of_before_says_nothing_of_the_projects_of_rows(one):
    record = next((one.store / "private-state").glob("*.build.json"))
    old = json.loads(record.read_text())
    del old["row_projects"], old["sha256"]
    record.write_text(json.dumps(old | {"format": "qf-build-record-1"}))
    assert one.run("verify", one.store).code == 0
