"""What lies beside the versions of a store and was lost or damaged: it is noticed, named, and nothing is made worse."""
import os
import sqlite3
from contextlib import closing

import pytest
from conftest import Log, project
from fault.intact import files_of


@pytest.fixture
def one(shop):
    """A store with version 1.0.0 of one project."""
    project(shop.logs, Log().decide().decide(question="Q002"))
    assert shop.build()["version"] == "1.0.0"
    return shop


def problems(shop, code=1):
    """What `verify` says of the store: problem by file, those of its versions as well."""
    ran = shop.run("verify", shop.store, "--json")
    assert ran.code == code, ran
    found = [*ran.json["problems"], *(p for v in ran.json["versions"] for p in v["problems"])]
    return {p["file"]: p["problem"] for p in found}


def writes(shop):
    return (("build", shop.logs, "--store", shop.store), ("people", "import", shop.folder / "people.csv", "--store", shop.store),
            ("consent", "import", shop.folder / "consent.csv", "--store", shop.store), ("gc", "--store", shop.store),
            ("consent", "give", "--subject", "x", "--scope", "model_training", "--store", shop.store),
            ("split", "--reassign", "--store", shop.store), ("build", shop.logs, "--store", shop.store, "--dry-run"))


@pytest.mark.parametrize("lost", ["missing", "empty"])
def test_no_new_ledger_is_begun_where_the_old_one_was_lost(one, lost):
    """It would have forgotten who withdrew and who was erased."""
    ledger = (one.store / "ledger.db").read_bytes()
    (one.store / "ledger.db").unlink()
    if lost == "empty":
        (one.store / "ledger.db").touch()
    before = files_of(one.store)
    for words in (*writes(one), ("versions", "--store", one.store), ("verify", "1.0.0", "--store", one.store)):
        ran = one.run(*words)
        assert ran.code == 2 and f"ledger.db is {lost}" in ran.err and "backup" in ran.err, ran
    assert f"is {lost}" in problems(one)["ledger.db"]
    assert files_of(one.store) == before
    assert one.run("verify", one.store / "private/1.0.0").code == 0
    (one.store / "ledger.db").write_bytes(ledger)
    assert problems(one, code=0) == {} and one.build(agree=False)["unchanged"]


def test_a_ledger_that_is_no_file_is_named(one):
    (one.store / "ledger.db").unlink()
    (one.store / "ledger.db").mkdir()
    (one.store / "ledger.db/x").touch()
    ran = one.run("build", one.logs, "--store", one.store)
    assert ran.code == 2 and "ledger.db is not a file" in ran.err, ran
    assert "is not a file" in problems(one)["ledger.db"]


def test_a_changed_entry_of_the_audit_log_is_found_by_verify(one):
    with closing(sqlite3.connect(one.store / "ledger.db")) as ledger:
        ledger.execute("DROP TRIGGER chain_bodies_no_update")
        ledger.execute("UPDATE chain_bodies SET body = replace(body, '}', ' }') WHERE seq = 1")
        ledger.commit()
    assert "entry 1" in problems(one)["ledger.db"]


@pytest.mark.parametrize("change", ["status = 'refused'", "covers_from = covers_from - 1", "expires_at = 4102444800000000", "subject_key = 'bo', subject = 'bo'"])
def test_a_changed_statement_of_consent_is_found_by_verify(one, change):
    assert problems(one, code=0) == {}
    with closing(sqlite3.connect(one.store / "ledger.db")) as ledger:
        ledger.execute("DROP TRIGGER consent_events_no_update")
        ledger.execute(f"UPDATE consent_events SET {change} WHERE id = 1")
        ledger.commit()
    assert "consent statement 1" in problems(one)["ledger.db"]


@pytest.mark.parametrize("wrong", ["7.7.7\n", "", "1.0.0\r\n", "1.0.0\n7.7.7\n", "\xff" * 5000, None, "folder", "link"])
def test_a_damaged_current_is_found_and_put_right(one, wrong):
    current = one.store / "private/CURRENT"
    current.unlink()
    if wrong == "folder":
        (current / "of/files").mkdir(parents=True)
    elif wrong == "link":
        current.symlink_to("1.0.0")
    elif wrong is not None:
        current.write_text(wrong, newline="")
    what = "is missing" if wrong is None else "names no version of this store"
    assert what in problems(one)["private/CURRENT"]
    assert one.run("verify", "1.0.0", "--store", one.store).code == 1
    assert one.build(agree=False)["unchanged"]
    assert current.read_text() == "1.0.0\n" and not current.is_symlink() and problems(one, code=0) == {}


@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_damage_to_what_an_erasure_proves_with_is_found(one, damage):
    leaves = one.store / "private-state/private-1.0.0.leaves"
    content = leaves.read_bytes()
    leaves.unlink()
    if damage == "cut":
        leaves.write_bytes(content[:-48])
    elif damage == "changed":
        leaves.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "private-1.0.0.leaves" in problems(one)[""]


def test_salts_that_are_gone_are_said_before_they_are_needed(one):
    salts = one.folder / "key.salts"
    good = salts.read_bytes()
    assert one.run("keys", "status", "--store", one.store, "--json").json["without_salt"] == []
    salts.unlink()
    ran = one.run("keys", "status", "--store", one.store, "--json")
    assert ran.code == 1 and ran.json["without_salt"] == ["private/1.0.0"] and "backup" in ran.json["advice"], ran
    salts.write_bytes(good[:-1])
    salts.chmod(0o600)
    ran = one.run("keys", "status", "--store", one.store)
    assert ran.code == 2 and "key.salts" in ran.err, ran
    salts.write_bytes(good)
    # Destroyed on purpose is not lost.
    assert one.run("keys", "destroy", "1.0.0", "--store", one.store).code == 0
    ran = one.run("keys", "status", "--store", one.store, "--json")
    assert ran.code == 0 and ran.json["without_salt"] == [], ran


def test_a_key_that_others_may_read_is_exit_2(one):
    one.key.chmod(0o644)
    ran = one.run("build", one.logs, "--store", one.store)
    assert ran.code == 2 and "chmod 600" in ran.err, ran


def test_a_held_version_that_is_taken_back_keeps_its_files_and_says_so(one):
    assert one.run("hold", "add", "1.0.0", "--reason", "case 7", "--store", one.store).code == 0
    ran = one.run("consent", "withdraw", "--subject", "alva", "--scope", "model_training", "--now", "--store", one.store)
    assert ran.code == 0 and "its files stay" in ran.out and "files are gone" not in ran.out, ran
    assert (one.store / "private/1.0.0/manifest.json").exists() and not (one.store / "private/CURRENT").exists()
    assert problems(one, code=0) == {}


def test_a_split_of_nobody_is_said(one):
    assert one.run("split", "--reassign", "--store", one.store).code == 0
    for words in (("split",), ("split", "--reassign")):
        assert "Nobody has a place" in one.run(*words, "--store", one.store).out


def test_a_live_version_whose_folder_is_gone_is_not_said_to_stand(one):
    folder = one.store / "private/1.0.0"
    kept = one.folder / "kept"
    folder.rename(kept)
    ran = one.run("build", one.logs, "--store", one.store, "--text", "raw")
    assert ran.code == 2 and "is missing" in ran.err and "rebuild private/1.0.0" in ran.err, ran
    assert "MISSING" in one.run("versions", "--store", one.store).out
    assert "folder is missing" in problems(one)[""]
    assert one.run("rebuild", "1.0.0", "--store", one.store, "--out", one.folder / "again").code == 0
    (one.folder / "again").rename(folder)
    assert files_of(folder) == files_of(kept) and problems(one, code=0) == {} and one.build(agree=False)["unchanged"]


def test_a_store_without_a_name_is_said(one):
    for words in (("build", one.logs), ("versions",)):
        ran = one.run(*words, "--store", "")
        assert ran.code == 2 and "--store: name a folder" in ran.err, ran


def test_a_statement_that_is_not_on_record_any_more_is_found(one):
    """Without its withdrawal a person would come back, and nobody could tell."""
    assert one.run("consent", "withdraw", "--subject", "alva", "--scope", "question_text", "--store", one.store).code == 0
    with closing(sqlite3.connect(one.store / "ledger.db")) as ledger, ledger:
        ledger.execute("DROP TRIGGER consent_events_no_delete")
        ledger.execute("DELETE FROM consent_events WHERE status = 'withdrawn'")
    assert "is not on record" in problems(one)["ledger.db"]
    ran = one.run("audit", "verify", "--store", one.store)
    assert ran.code == 1 and "is not on record" in ran.err


def test_private_versions_are_for_their_owner_also_in_a_folder_that_was_there(shop):
    shop.store.mkdir(mode=0o755)
    project(shop.logs, Log().decide())
    shop.build()
    assert (shop.store / "private").stat().st_mode & 0o077 == 0
    (shop.store / "private").chmod(0o755)
    assert shop.run("gc", "--store", shop.store).code == 0
    assert (shop.store / "private").stat().st_mode & 0o077 == 0


def test_a_version_that_is_a_link_is_removed_where_it_lies(one):
    elsewhere = one.folder / "elsewhere"
    (one.store / "private/1.0.0").rename(elsewhere)
    (one.store / "private/1.0.0").symlink_to(elsewhere)
    assert "is a link" in " ".join(problems(one).values())
    assert one.run("revoke", "private/1.0.0", "--reason", "test", "--store", one.store).code == 0
    assert not elsewhere.exists() and not (one.store / "private/1.0.0").is_symlink()


def test_what_is_behind_another_link_is_not_touched(one):
    precious = one.folder / "precious"
    precious.mkdir()
    (precious / "letter").write_text("x")
    (one.store / "private/1.0.0").rename(one.folder / "moved")
    (one.store / "private/1.0.0").symlink_to(precious)
    ran = one.run("revoke", "private/1.0.0", "--reason", "test", "--store", one.store)
    assert ran.code == 2 and "is a link" in ran.err and (precious / "letter").read_text() == "x"


@pytest.mark.parametrize("change", [('"as_of": 1', '"as_of": 2'), ("features", "featuret"), ('"fold": 0', '"fold": 1')])
def test_a_changed_record_of_a_build_is_found(shop, change):
    project(shop.logs, Log().decide())
    shop.build(text="features")
    record = next((shop.store / "private-state").glob("*.build.json"))
    text = record.read_text()
    assert change[0] in text
    record.write_text(text.replace(*change, 1))
    assert any("is damaged" in p for p in problems(shop).values())
    ran = shop.run("rebuild", "1.0.0", "--store", shop.store)
    assert ran.code == 2 and "is damaged" in ran.err


def test_damaged_rows_give_no_version_number_and_no_difference(one):
    project(one.logs, Log().decide().decide(question="Q002").decide(question="Q003"))
    rows = next((one.store / "private-state").glob("*.rows"))
    content = bytearray(rows.read_bytes())
    content[40] ^= 1
    rows.write_bytes(content)
    for words in (("build", one.logs, "--store", one.store), ("diff", "1.0.0", "1.0.0", "--store", one.store)):
        ran = one.run(*words)
        assert ran.code == 2 and ("logical digest" in ran.err or "not a whole record" in ran.err), ran


def test_columns_are_not_compared_with_a_damaged_schema(one):
    project(one.logs, Log().decide().decide(question="Q002").decide(question="Q003"))
    assert one.build()["version"] == "1.1.0"
    schema = one.store / "private/1.0.0/schema/decisions.json"
    schema.unlink()
    for make in (lambda: None, lambda: schema.write_text("{}"), lambda: (schema.unlink(), schema.mkdir())):
        make()
        ran = one.run("diff", "1.0.0", "1.1.0", "--store", one.store)
        assert ran.code == 2 and "schema/decisions.json" in ran.err, ran


def test_a_register_that_says_otherwise_than_the_audit_log_is_found(one):
    with closing(sqlite3.connect(one.store / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE project_owners SET subject = 'bo', subject_key = 'bo'")
    assert "register" in problems(one)["ledger.db"]


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_nothing_waits_for_what_is_no_file(one, kind):
    version, state = one.store / "private/1.0.0", one.store / "private-state"
    for path in (version / "manifest.json", version / "SHA256SUMS", next(state.glob("*.build.json")), next(state.glob("*.rows")), next(state.glob("*.leaves"))):
        aside = path.with_name(path.name + ".aside")
        path.rename(aside)
        path.symlink_to("/dev/zero") if kind == "device" else os.mkfifo(path)
        for words in (("verify", one.store), ("verify", version), ("show", "1.0.0", "--store", one.store), ("rebuild", "1.0.0", "--store", one.store),
                      ("erase", "--subject", "x", "--dry-run", "--store", one.store)):
            one.run(*words, timeout=20)
        assert one.run("verify", one.store).code == 1
        path.unlink()
        aside.rename(path)
    assert one.run("verify", one.store).code == 0
