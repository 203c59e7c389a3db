"""Erasure and withdrawal where several audiences hold the person, with redacted text and k-anonymity."""
import json

from conftest import run
from erasure.test_erase import bytes_with, erase
from privacy.test_audiences import build, school, small


def current(shop, audience):
    file = shop.store / audience / "CURRENT"
    return file.read_text().strip() if file.exists() else None


def test_every_audience_loses_the_person_and_gets_its_own_successor(shop):
    school(shop, 7)
    shop.authorise("internal")
    build(shop, "internal", "--config", small(shop))
    shop.build(agree=False)
    said = erase(shop, "cia")
    assert {v["version"] for v in said["revoked"]} == {"internal/1.0.0", "private/1.0.0"}
    assert {s["audience"]: s["version"] for s in said["successors"]} == {"internal": "internal/2.0.0", "private": "private/2.0.0"}, said
    assert run("verify", "--receipt", said["receipt"]).code == 0
    assert shop.run("verify", shop.store).code == 0
    live = [v for v in json.loads(open(said["receipt"]).read())["versions"] if v["state_before"] == "live"]
    assert all(v["root"] and v["successor"]["root"] for v in live)


def test_five_teachers_one_leaves_and_no_version_stays(shop):
    school(shop, 5)
    shop.authorise("internal")
    build(shop, "internal", "--config", small(shop))
    said = erase(shop, "cia")
    assert said["successor"] is None and said["successors"][0]["because"], said
    assert current(shop, "internal") is None and not list((shop.store / "internal").glob("[0-9]*"))
    assert run("verify", "--receipt", said["receipt"]).code == 0


def test_sharing_withdrawn_takes_back_that_audience_only(shop):
    school(shop, 6)
    shop.authorise("internal")
    build(shop, "internal", "--config", small(shop))
    shop.build(agree=False)
    ran = shop.run("consent", "withdraw", "--subject", "bo", "--scope", "share_internal", "--now", "--store", shop.store, "--json")
    assert ran.json["revoked"] == ["internal/1.0.0"] and current(shop, "private") == "1.0.0" and current(shop, "internal") is None


def test_texts_that_were_set_apart_go_too(shop):
    school(shop, 6, rationale="Eleven {person} är sjuk, diabetes, zqxsjuk.")
    shop.authorise("internal")
    built = shop.build("--audience", "internal", "--config", small(shop), text="redacted")
    said = erase(shop, "cia")
    assert said["found"]
    assert shop.run("verify", shop.store).code == 0 and bytes_with(shop.store, ["\"cia\"", "/cia/"]) == [], built
