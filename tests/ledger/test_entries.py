"""What is recorded stands in the audit log, once, and whose it is only where somebody asks for that person."""
from conftest import Log, project, session_id


def entries(shop, *words):
    ran = shop.run("audit", "log", *words, "--store", shop.store, "--json")
    assert ran.code == 0, ran
    return ran.json["entries"]


def test_register_consent_publications_and_holds_are_in_the_log(shop):
    project(shop.logs, Log(session_id(0)).suggest().decide(), "kurs0", session_id(0), "alva")
    shop.build()
    kinds = [entry["kind"] for entry in entries(shop)]
    assert kinds[0] == "register_confirmed" and kinds[-1] == "version_published" and kinds.count("consent_given") == 6
    assert "alva" not in shop.run("audit", "log", "--store", shop.store).out
    mine = entries(shop, "--subject", "Alva")
    assert {entry["says"]["scope"] for entry in mine if entry["kind"] == "consent_given"} >= {"model_training"}
    assert not entries(shop, "--subject", "bo")
    shop.run("hold", "add", "1.0.0", "--reason", b"case \xff", "--by", "x", "--store", shop.store)
    shop.run("hold", "remove", "1.0.0", "--by", "x", "--store", shop.store)
    shop.run("consent", "withdraw", "--subject", "alva", "--scope", "model_training", "--store", shop.store)
    kinds = [entry["kind"] for entry in entries(shop)]
    assert kinds[-3:] == ["hold_placed", "hold_lifted", "consent_withdrawn"]
    # The same word twice is one, in the log too.
    shop.run("people", "import", shop.folder / "people.csv", "--store", shop.store)
    assert len(entries(shop)) == len(kinds)
    assert shop.run("audit", "verify", "--store", shop.store).code == 0


def test_an_exported_log_verifies_without_its_store(shop):
    project(shop.logs, Log(session_id(0)).suggest().decide(), "kurs0", session_id(0), "alva")
    shop.build()
    head, file = shop.folder / "head.json", shop.folder / "audit.jsonl"
    assert shop.run("audit", "checkpoint", "--out", head, "--store", shop.store).code == 0
    assert shop.run("audit", "export", file, "--store", shop.store).code == 0
    assert shop.run("audit", "verify", "--file", file, "--anchor", head).code == 0
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-2]))  # the checkpoint, which stands last, and the entry that it names
    assert shop.run("audit", "verify", "--file", file, "--anchor", head).code == 1
    file.write_text("".join(lines).replace("model_training", "model_draining"))
    assert shop.run("audit", "verify", "--file", file).code == 1
    assert shop.run("audit", "verify").code == 2
