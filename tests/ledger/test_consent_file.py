"""A consent.json that cannot be read: nothing of its project is used, whatever is on record."""
import json

import pytest
from conftest import Log, project, session_id


def two(shop):
    folders = [project(shop.logs, Log(sid=session_id(n)).decide().decide(), name=f"k{n}", sid=session_id(n), person=p)
               for n, p in enumerate(("alva", "bo"))]
    shop.agree()
    return folders


def unreadable(folder, kind):
    path = folder / "consent.json"
    if kind == "link":
        path.symlink_to(folder / "nowhere.json")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text(kind)


@pytest.mark.parametrize("kind", ["{", "[]", '{"version": 2, "subject": "bo", "consents": []}', '{"version": 1, "subject": "bo"}',
                                  '{"version": 1, "subject": "bo", "consents": [{"scope": "model_training", "status": "withdrawn"}]}',
                                  "link", "folder"])
def test_a_consent_json_that_cannot_be_read_closes_its_project(shop, kind):
    _, folder = two(shop)
    assert len({row["subject_id"] for row in shop.rows(shop.build(agree=False))}) == 2
    unreadable(folder, kind)
    built = shop.build(agree=False, code=0 if kind not in ("link", "folder") else 3)
    assert set(built["tally"]["dropped"]) == {"consent_unreadable"} and built["version"] == "2.0.0"
    assert len({row["subject_id"] for row in shop.rows(built)}) == 1
    said, = [w for w in built["warnings"] if "consent.json" in w]
    assert "until the file can be read" in said and "bo" not in said.split("consent.json", 1)[1]


def test_it_opens_again_once_the_file_can_be_read(shop):
    _, folder = two(shop)
    unreadable(folder, "{")
    assert set(shop.build(agree=False)["tally"]["dropped"]) == {"consent_unreadable"}
    (folder / "consent.json").write_text(json.dumps({"version": 1, "subject": "", "consents": []}))
    built = shop.build(agree=False)
    assert built["tally"]["dropped"] == {} and len({row["subject_id"] for row in shop.rows(built)}) == 2


def test_what_was_built_beside_such_a_file_can_be_built_again(shop):
    _, folder = two(shop)
    unreadable(folder, "{")
    shop.build(agree=False)
    ran = shop.run("rebuild", "1.0.0", "--store", shop.store, "--json")
    assert ran.code == 0, ran
