"""Pseudonyms change with every version, unless a linkage group with an impact assessment says otherwise."""
import pytest
from conftest import Log, project, session_id


def grow(shop, number):
    project(shop.logs, Log(session_id(number)).suggest().decide(), f"kurs{number}", session_id(number), f"larare{number}")


def configured(shop, text):
    path = shop.folder / "qf.toml"
    path.write_text("[privacy]\n" + text)
    return path


def names(shop, config):
    built = shop.build("--config", config)
    rows = [row for row in shop.rows(built)]
    return {row["subject_id"] for row in rows}, [row["record_id"] for row in rows], built


def test_versions_of_a_group_share_their_pseudonyms_and_others_do_not(shop):
    for linked, text in ((False, ""), (True, "linkage_group = 'course study'\nlinkage_dpia = 'DPIA-7'\n")):
        config = configured(shop, text)
        grow(shop, 0 + 4 * linked)
        first, _, _ = names(shop, config)
        grow(shop, 1 + 4 * linked)
        second, _, built = names(shop, config)
        assert (first < second) if linked else not (first & second)
    manifest = (shop.store / "private" / built["version"] / "manifest.json").read_text()
    assert "DPIA-7" in manifest and "course study" in manifest
    assert shop.run("rebuild", built["version"], "--store", shop.store).code == 0
    assert "linkage group" in shop.run("keys", "destroy", built["version"], "--store", shop.store).err
    erased = shop.run("erase", "--subject", "larare0", "--store", shop.store, "--json")
    assert erased.code == 0, erased
    assert shop.run("verify", "--receipt", erased.json["receipt"]).code == 0


@pytest.mark.parametrize("text", ["linkage_group = 'x'\n", "linkage_dpia = 'DPIA-7'\n"])
def test_one_without_the_other_is_an_error(shop, text):
    grow(shop, 0)
    shop.agree()
    ran = shop.run("build", shop.logs, "--store", shop.store, "--config", configured(shop, text))
    assert ran.code == 2 and "set both or neither" in ran.err


def test_the_salt_of_a_group_goes_for_all_of_it_when_that_is_asked_for(shop):
    config = configured(shop, "linkage_group = 'course study'\nlinkage_dpia = 'DPIA-7'\n")
    built = []
    for number in (0, 1):
        grow(shop, number)
        built.append(names(shop, config))
    assert built[0][0] < built[1][0]
    assert shop.run("hold", "add", "1.0.0", "--reason", "case", "--store", shop.store).code == 0
    live = built[1][2]["version"]
    held = shop.run("keys", "destroy", live, "--linkage-group", "--store", shop.store)
    assert held.code == 1 and "legal hold" in held.err, "another version of the group is held"
    assert shop.run("hold", "remove", "1.0.0", "--store", shop.store).code == 0
    ran = shop.run("keys", "destroy", live, "--linkage-group", "--by", "x", "--store", shop.store, "--json")
    assert ran.code == 0 and ran.json["destroyed"] and "every version of its linkage group" in ran.json["lost"][0]
    for version in ("1.0.0", live):
        assert shop.run("rebuild", version, "--store", shop.store).code != 0
    grow(shop, 2)
    assert not names(shop, config)[0] & built[1][0], "what comes later cannot be joined with what was before"
    plain = configured(shop, "")
    grow(shop, 3)
    alone = names(shop, plain)[2]["version"]
    assert shop.run("keys", "destroy", alone, "--linkage-group", "--store", shop.store).code == 2
