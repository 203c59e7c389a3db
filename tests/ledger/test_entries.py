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


def test_what_the_law_has_words_for_stands_by_its_word(shop):
    """Renewed, expired, objection, restriction, rectified: in the log, through an export, and in effect."""
    project(shop.logs, Log(session_id(0)).suggest().decide(), "kurs0", session_id(0), "alva")
    project(shop.logs, Log(session_id(1)).suggest().decide(), "kurs1", session_id(1), "bo")
    shop.agree()
    shop.consent({"subject": "alva", "given_at": "2021-01-01T00:00:00Z", "expires_at": "2022-01-01T00:00:00Z", "scope": "rationale_text"},
                 {"subject": "bo", "given_at": "2021-01-01T00:00:00Z", "expires_at": "2022-01-01T00:00:00Z", "scope": "question_text"},
                 {"subject": "bo", "given_at": "2021-06-01T00:00:00Z", "scope": "question_text"})
    for _ in range(2):
        shop.build(agree=False)
    about = {person: [(e["kind"], e["says"].get("scope")) for e in entries(shop, "--subject", person)] for person in ("alva", "bo")}
    assert about["alva"].count(("consent_expired", "rationale_text")) == 1, "once, however many builds follow"
    assert about["alva"].count(("consent_renewed", "rationale_text")) == 1 and ("consent_expired", "question_text") not in about["bo"]
    assert about["bo"].count(("consent_renewed", "question_text")) == 2
    for word, scope in (("objection", "model_training"), ("restriction", "question_text"), ("invalidated", "correction_text")):
        assert shop.run("consent", "withdraw", "--subject", "bo", "--scope", scope, "--as", word, "--store", shop.store).code == 0
    assert shop.run("consent", "withdraw", "--subject", "bo", "--scope", "question_text", "--as", "whim", "--store", shop.store).code == 2
    shop.consent({"subject": "alva", "status": "withdrawn", "method": "objection", "scope": "share_external", "given_at": "2024-01-01"})
    built = shop.build(agree=False)
    assert built["tally"]["dropped"] == {"consent_withdrawn": 1} or set(built["tally"]["dropped"]) == {"consent_withdrawn"}
    shop.register([(session_id(1), "cia", "2026-02-02")])
    kinds = [e["kind"] for e in entries(shop)]
    assert kinds.count("objection") == 2 and kinds.count("restriction") == kinds.count("consent_invalidated") == 1 and kinds[-1] == "rectified"
    file, other = shop.folder / "log.jsonl", shop.folder / "other"
    assert shop.run("audit", "export", file, "--store", shop.store).code == shop.run("audit", "import", file, "--store", other).code == 0
    ran = shop.run("audit", "log", "--store", other, "--json")
    assert [e["kind"] for e in ran.json["entries"]] == [*kinds, "log_imported"]
    said = [shop.run("consent", "list", "--store", store, "--json").json for store in (shop.store, other)]
    assert len(said[0]["consent"]) == len(said[1]["consent"]) > 0, "what people said came along"
    assert shop.run("audit", "verify", "--store", other).code == 0
