"""The root key: sealed, backed up, rotated, and the salts of versions destroyed."""
import os
import shutil
import stat

import pytest
from conftest import Log, project, session_id


def people(shop, count=3):
    for number in range(count):
        project(shop.logs, Log(session_id(number)).suggest().decide(), f"kurs{number}", session_id(number), f"larare{number}")


def secret(shop, text="a long enough phrase", name="passphrase"):
    path = shop.folder / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


def keys(shop, verb, *words, code=0, **how):
    ran = shop.run("keys", verb, *words, "--json", **how)
    assert ran.code == code, ran
    return ran.json if ran.out else ran.err


def test_a_key_is_made_once_and_never_replaced(shop):
    made = keys(shop, "init")
    assert made["file"] == str(shop.key) and not made["sealed"] and stat.S_IMODE(shop.key.stat().st_mode) == 0o600
    before = shop.key.read_bytes()
    assert "never replaced" in keys(shop, "init", code=1) and shop.key.read_bytes() == before
    assert keys(shop, "status")["key"] == made["key"]


def test_a_sealed_key_opens_with_its_passphrase_only(shop):
    people(shop)
    phrase, wrong = secret(shop), secret(shop, "another long phrase", "wrong")
    made = keys(shop, "init", "--passphrase-file", phrase)
    assert made["sealed"] and b"argon2id" in shop.key.read_bytes()
    assert "sealed with a passphrase" in shop.run("keys", "status").err
    opened = {"QF_DATASET_KEY_PASSPHRASE_FILE": str(phrase)}
    assert keys(shop, "status", env=opened)["key"] == made["key"]
    assert "does not open" in keys(shop, "status", env={"QF_DATASET_KEY_PASSPHRASE_FILE": str(wrong)}, code=2)
    shop.agree()
    assert shop.run("build", shop.logs, "--store", shop.store).code == 2
    assert shop.run("build", shop.logs, "--store", shop.store, env=opened).code == 0
    # By a descriptor: nothing of it stands in the words or the environment.
    ran = shop.run("keys", "status", "--key-passphrase-fd", "0", "--store", shop.store, stdin=phrase.read_bytes())
    assert ran.code == 0 and "= with a passphrase" in ran.out
    phrase.chmod(0o644)
    assert "chmod 600" in shop.run("keys", "status", env=opened).err


@pytest.mark.parametrize("text", ["short", "x" * 1025, ""])
def test_a_passphrase_has_a_sensible_length(shop, text):
    assert "8 to 1024 bytes" in keys(shop, "init", "--passphrase-file", secret(shop, text), code=2)
    assert not shop.key.exists()


def test_a_backup_stands_in_for_the_key_and_its_salts(shop):
    people(shop)
    shop.build()
    out, sealed = shop.folder / "safe" / "copy", shop.folder / "safe" / "sealed"
    keys(shop, "backup", "--out", out)
    assert out.read_bytes() == shop.key.read_bytes() and stat.S_IMODE(out.stat().st_mode) == 0o600
    keys(shop, "backup", "--out", out, code=1)
    phrase = secret(shop)
    keys(shop, "backup", "--out", sealed, "--passphrase-file", phrase)
    shop.key.unlink()
    (shop.folder / "key.salts").unlink()
    for path, env in ((out, {}), (sealed, {"QF_DATASET_KEY_PASSPHRASE_FILE": str(phrase)})):
        ran = shop.run("rebuild", "1.0.0", "--store", shop.store, "--key-file", path, env=env)
        assert ran.code == 0, ran


def test_after_a_rotation_nothing_is_lost(shop):
    people(shop)
    first = shop.build()
    old = keys(shop, "status")["key"]
    turned = keys(shop, "rotate", "--by", "anna", "--store", shop.store)
    assert turned["old_key"] == old != turned["key"] and turned["salts"] == 1 and os.path.exists(turned["old_file"])
    state = keys(shop, "status", "--store", shop.store)
    assert state["state"] == "the store's key" and state["before"] == [old] and state["versions_of_this_key"] == 1
    assert shop.run("audit", "log", "--store", shop.store, "--json").json["entries"][-1]["kind"] == "key_rotated"
    # The old version is rebuilt and the person found in it under the new key.
    assert shop.run("rebuild", "1.0.0", "--store", shop.store).code == 0
    # Nobody moves between splits, rows are matched: one more person is MINOR, not MAJOR.
    project(shop.logs, Log(session_id(9)).suggest().decide(), "kurs9", session_id(9), "larare9")
    assert shop.build()["version"] == "1.1.0"
    erased = shop.run("erase", "--subject", "larare0", "--store", shop.store, "--json")
    assert erased.code == 0, erased
    # Who was erased does not come back after another rotation.
    keys(shop, "rotate")
    assert keys(shop, "status")["before"] == [old, turned["key"]]
    shop.agree()
    again = shop.run("build", shop.logs, "--store", shop.store, "--json")
    assert again.json["tally"]["dropped"].get("erased"), again
    assert first["version"] == "1.0.0"


def test_a_rotation_that_was_cut_short_is_done_again(shop):
    people(shop)
    shop.build()
    old_key, old_salts = shop.key.read_bytes(), (shop.folder / "key.salts").read_bytes()
    turned = keys(shop, "rotate")
    # As if it had ended between its two renames: the old key, the new salts.
    shop.key.write_bytes(old_key)
    of_before = shop.folder / f"key.of-{turned['old_key']}.salts"
    of_before.write_bytes(old_salts)
    of_before.chmod(0o600)
    assert shop.run("rebuild", "1.0.0", "--store", shop.store).code != 0
    again = keys(shop, "rotate")
    assert again["old_key"] == turned["old_key"] and again["salts"] == 1
    assert shop.run("rebuild", "1.0.0", "--store", shop.store).code == 0
    assert not of_before.exists(), "the new file has them all"


def test_destroying_the_salt_of_a_version_is_for_good_and_says_what_is_lost(shop):
    people(shop)
    shop.build()
    held = ["hold", "add", "1.0.0", "--reason", "case", "--by", "x", "--store", shop.store]
    assert shop.run(*held).code == 0
    assert "legal hold" in keys(shop, "destroy", "1.0.0", "--store", shop.store, code=1)
    shop.run("hold", "remove", "1.0.0", "--by", "x", "--store", shop.store)
    done = keys(shop, "destroy", "1.0.0", "--by", "anna", "--store", shop.store)
    assert done["destroyed"] and any("Article 11" in one for one in done["lost"])
    assert not keys(shop, "destroy", "1.0.0", "--store", shop.store)["destroyed"]
    assert "salt" in shop.run("rebuild", "1.0.0", "--store", shop.store).err
    entry = shop.run("audit", "log", "--store", shop.store, "--json").json["entries"][-1]
    assert entry["kind"] == "key_destroyed" and entry["says"]["version"] == "private/1.0.0"


@pytest.mark.parametrize("verb", ["status", "init", "backup", "rotate", "destroy"])
def test_help_has_an_example(shop, verb):
    ran = shop.run("keys", verb, "--help")
    assert ran.code == 0 and f"Example:\n  qf-dataset keys {verb}" in ran.out


def test_what_is_destroyed_after_a_rotation_is_nowhere_beside_the_key(shop):
    """Neither under the key of before: whoever has a copy of the store and both key files cannot make the pseudonyms again."""
    project(shop.logs, Log().decide())
    shop.build()
    assert shop.run("keys", "rotate", "--store", shop.store).code == 0
    shutil.copytree(shop.store, shop.folder / "copy")
    assert shop.run("keys", "destroy", "private/1.0.0", "--store", shop.store).code == 0
    kept = [p for p in shop.folder.glob("key.of-*")]
    assert len(kept) == 1, kept
    for key in (shop.key, kept[0]):
        ran = shop.run("rebuild", "private/1.0.0", "--store", shop.folder / "copy", env={"QF_DATASET_KEY_FILE": str(key)})
        assert ran.code == 2 and "salt" in ran.err, ran
    status = shop.run("keys", "status", "--store", shop.store, "--json").json
    assert list(status["salt_destroyed"]) == ["private/1.0.0"] and status["without_salt"] == []
    assert "destroyed for good on" in shop.run("keys", "status", "--store", shop.store).out


def test_salts_left_by_a_rotation_go_with_the_next_destruction(shop):
    project(shop.logs, Log().decide())
    shop.build()
    salts = (shop.folder / "key.salts").read_bytes()
    assert shop.run("keys", "rotate", "--store", shop.store).code == 0
    left = shop.folder / f"{next(shop.folder.glob('key.of-*')).name}.salts"
    left.write_bytes(salts)
    left.chmod(0o600)
    assert shop.run("keys", "destroy", "private/1.0.0", "--store", shop.store).code == 0
    assert not left.exists()


def test_no_new_file_of_salts_is_begun_where_the_old_one_is_missing(shop):
    """It would stand in the way of its backup, or be overwritten by it."""
    project(shop.logs, Log().decide())
    shop.build()
    (shop.folder / "key.salts").rename(shop.folder / "away")
    project(shop.logs, Log().decide().decide(question="Q9"))
    ran = shop.run("build", shop.logs, "--store", shop.store)
    assert ran.code == 2 and "key.salts is missing" in ran.err and not (shop.folder / "key.salts").exists()
    assert shop.run("build", shop.logs, "--store", shop.store, "--new-key").code == 0


def test_where_there_is_no_key_nobody_has_it(shop):
    ran = shop.run("keys", "status")
    assert "there is no key" in ran.out and "who can read the file" not in ran.out, ran
    assert shop.run("keys", "init").code == 0 and "who can read the file" in shop.run("keys", "status").out
    assert shop.run("keys", "init").code == 1, "a key is never replaced"
