"""A person's name in what others wrote down beside their work: why a version is held, who authorised, who decided."""
import json
import sqlite3
from contextlib import closing

from conftest import Log, project, session_id
from erasure.test_erase import bytes_with, class_of, erase, store_files

NAME = "Zqanna Zqberg"
WORDS = ["zqanna", "Zqanna", "zqberg", "Zqberg"]


def shop_with_mentions(shop):
    class_of(shop, ["alva", "bo", NAME], questions=2)
    log = Log(sid=session_id(9)).decide(question="Q1", question_text="Vad?", rationale="hon har dyslexi och migrän sedan en kris")
    project(shop.logs, log, name="kurs-nio", sid=session_id(9), person="bo")
    shop.build(text="redacted")
    held = shop.run("audit", "quarantine", "list", "--store", shop.store, "--json").json["items"]
    assert held, "nothing was set apart: the test shows nothing"
    for words in (["hold", "add", "private/1.0.0", "--reason", f"a dispute with Zqberg, Zqanna: ask ZQANNA ZQBERG's union", "--by", NAME],
                  ["hold", "remove", "private/1.0.0", "--by", NAME],
                  ["authorise", "add", "--controller", "Example School", "--basis", "consent", "--dpia", "DPIA-1", "--audience", "internal",
                   "--until", "2099-01-01", "--by", NAME],
                  ["authorise", "revoke", "1", "--by", NAME],
                  ["recipients", "add", "private/1.0.0", "--name", "Lab", "--contact", "lab@school.example", "--by", NAME],
                  ["audit", "quarantine", "destroy", held[0]["id"], "--by", NAME]):
        ran = shop.run(*words, "--store", shop.store)
        assert ran.code == 0, ran
    return shop


def texts(shop, sql):
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger:
        return [text for row in ledger.execute(sql) for text in row]


def test_a_name_in_reasons_and_signatures_goes(shop):
    shop_with_mentions(shop)
    before = store_files(shop)
    said = erase(shop, NAME, "--dry-run")
    expected = {"version_holds": 3, "authorisations": 2, "recipients": 1, "quarantine_items": 1, "audit_entries": 6}
    assert said["names_masked"] == expected and store_files(shop) == before
    said = erase(shop, NAME)
    assert said["names_masked"] == expected
    assert bytes_with(shop.store, WORDS) == []
    assert texts(shop, "SELECT reason FROM version_holds") == ["a dispute with [erased]: ask [erased]'s union"]
    assert texts(shop, "SELECT controller, recorded_by, revoked_by FROM authorisations") == ["Example School", "[erased]", "[erased]"]
    assert texts(shop, "SELECT name, recorded_by FROM recipients") == ["Lab", "[erased]"]
    ran = shop.run("audit", "verify", "--store", shop.store, "--json")
    assert ran.code == 0, ran
    receipt = json.loads(open(said["receipt"], encoding="utf-8").read())
    assert receipt["names_masked"] == expected and shop.run("verify", "--receipt", said["receipt"]).code == 0
    again = erase(shop, NAME)
    assert not again["found"] and again["erased_before"]


def test_others_of_one_name_and_longer_words_stay(shop):
    shop_with_mentions(shop)
    reason = "Zqanna Lind and zqbergsgatan 4, not the Zqannas of Zqberg"
    assert shop.run("hold", "add", "private/1.0.0", "--reason", reason, "--by", "bo", "--store", shop.store).code == 0
    assert shop.run("hold", "remove", "private/1.0.0", "--by", "bo", "--store", shop.store).code == 0
    erase(shop, NAME)
    assert reason in texts(shop, "SELECT reason FROM version_holds")


def test_who_has_no_rows_but_stands_in_a_reason_is_found(shop):
    class_of(shop, ["alva", "bo"], questions=1)
    shop.build()
    for words in (["add", "--reason", "zqcarl asked", "--by", "alva"], ["remove", "--by", "ZQCARL"]):
        assert shop.run("hold", words[0], "private/1.0.0", *words[1:], "--store", shop.store).code == 0
    said = erase(shop, "zqcarl")
    assert said["found"] and said["revoked"] == [] and said["names_masked"] == {"version_holds": 2, "audit_entries": 2}
    assert bytes_with(shop.store, ["zqcarl", "ZQCARL"]) == [] and (shop.store / "private/CURRENT").read_text().strip() == "1.0.0"


def test_an_address_that_names_the_person_is_shown_once_and_told_before(shop):
    class_of(shop, ["alva", NAME], questions=2)
    shop.build()
    address = "zqanna.zqberg@lab.example"
    assert shop.run("recipients", "add", "private/1.0.0", "--name", "Zqanna Zqberg lab", "--contact", address, "--store", shop.store).code == 0
    dry = shop.run("erase", "--subject", NAME, "--store", shop.store, "--dry-run")
    assert f"Tell Zqanna Zqberg lab ({address})" in dry.out and "Write it down before" in dry.out, dry
    planned = erase(shop, NAME, "--dry-run")["notices"]
    said = erase(shop, NAME)
    assert said["notices"] == planned and planned[0]["contact"] == address and planned[0]["names_person"]
    letters = open(said["notices_file"], encoding="utf-8").read()
    assert "visades" in letters or "fick se den en gång" in letters
    assert "shown once" in letters and address not in letters and bytes_with(shop.store, WORDS) == []


def test_the_screen_shows_that_address_too(shop):
    class_of(shop, ["alva", NAME], questions=2)
    shop.build()
    assert shop.run("recipients", "add", "private/1.0.0", "--name", "Lab", "--contact", "zqanna.zqberg@lab.example", "--store", shop.store).code == 0
    ran = shop.run("erase", "--subject", NAME, "--store", shop.store)
    assert ran.code == 0 and "Tell Lab (zqanna.zqberg@lab.example)" in ran.out and "not shown again" in ran.out, ran
