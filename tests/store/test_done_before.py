"""What was done before a command failed is said, and stays on record."""
import json
import shutil

from conftest import Log, project, session_id


def published(shop):
    project(shop.logs, Log().decide(), name="k1", person="alva")
    project(shop.logs, Log(sid=session_id(2)).decide(), name="k2", sid=session_id(2), person="bo")
    return shop.build()


def in_place_of(version, shop):
    """A link where the version's folder was: it cannot be removed as a version's files are."""
    elsewhere = shop.folder / "elsewhere"
    elsewhere.mkdir()
    shutil.move(version, shop.folder / "kept")
    version.symlink_to(elsewhere)


def test_a_build_says_what_it_took_back_though_the_files_stay(shop):
    published(shop)
    assert shop.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--store", shop.store).code == 0
    version = shop.store / "private/1.0.0"
    in_place_of(version, shop)
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 2 and "private/1.0.0 was taken back first" in ran.err + ran.out, ran
    assert "revoked" in shop.run("versions", "--store", shop.store).out
    version.unlink()
    assert shop.build(agree=False, text=None)["version"] == "2.0.0"


def test_a_withdrawal_at_once_says_what_is_revoked_though_the_files_stay(shop):
    published(shop)
    in_place_of(shop.store / "private/1.0.0", shop)
    ran = shop.run("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now", "--store", shop.store)
    assert ran.code == 2 and "private/1.0.0 is revoked; its files are still to go" in ran.out, ran


def test_a_build_without_its_key_says_what_it_put_right(shop):
    published(shop)
    (shop.store / "private/.staging-99999").mkdir()
    key = shop.folder / "key"
    assert key.exists()
    key.rename(shop.folder / "away")
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 2 and ".staging-99999" in ran.out + ran.err, ran


def test_a_rotation_is_on_record_though_old_salts_stay(shop):
    published(shop)
    stuck, old = shop.folder / "key.of-0000.salts", shop.folder / "key.of-0001.salts"
    (stuck / "full").mkdir(parents=True)
    old.write_bytes(b"x")
    ran = shop.run("keys", "rotate", "--by", "anna", "--store", shop.store)
    assert ran.code == 2 and "the new key is in its place" in ran.err and "key.of-0000.salts" in ran.err, ran
    assert not old.exists() and "key_rotated" in shop.run("audit", "log", "--store", shop.store).out
    shutil.rmtree(stuck)
    assert shop.build(agree=False)["unchanged"]


def test_a_manifest_of_another_shape_is_shown_without_what_it_lacks(shop):
    manifest = shop.store / "private/1.0.0/manifest.json"
    published(shop)
    manifest.chmod(0o600)
    for tally in ([], {"written": []}, {"written": 3}):
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"tally": tally}))
        ran = shop.run("show", "1.0.0", "--store", shop.store)
        assert ran.code == 0 and "private/1.0.0" in ran.out and "rows" not in ran.out, ran


def test_files_that_cannot_be_removed_keep_nobody_from_leaving(shop):
    published(shop)
    in_place_of(shop.store / "private/1.0.0", shop)
    words = ("--scope", "model_training", "--now", "--store", shop.store)
    assert shop.run("consent", "withdraw", "--subject", "bo", *words).code == 2
    assert shop.run("consent", "withdraw", "--subject", "alva", *words).code == 0
    withdrawn = [row for row in shop.run("consent", "list", "--store", shop.store, "--json").json["consent"] if row["status"] == "withdrawn"]
    assert {row["subject"] for row in withdrawn} == {"alva", "bo"}
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 2 and "take the link away" in ran.err, ran


def test_what_is_staged_goes_with_a_withdrawal_at_once_whether_or_not_a_version_does(shop):
    published(shop)
    staged = shop.store / "private-state/staged"
    words = ("consent", "withdraw", "--subject", "bo", "--scope", "model_training", "--now", "--store", shop.store)
    assert shop.run(*words).code == 0 and not staged.exists()
    staged.mkdir()
    (staged / "left.rows").write_bytes(b"x")
    assert shop.run(*words).code == 0 and not staged.exists()


def test_a_withdrawal_that_is_not_recorded_is_not_said_to_be(shop):
    published(shop)
    ran = shop.run("consent", "withdraw", "--subject", b"bad\xff", "--scope", "model_training", "--store", shop.store)
    assert ran.code == 2 and "recorded" not in ran.err, ran
