"""Asking for consent, and the receipt of it; how it was given, in the certificate."""
import json
from pathlib import Path

from conftest import Log, project, session_id


def ask(shop, folder, *more, code=0):
    ran = shop.run("consent", "ask", folder, "--store", shop.store, "--json", *more)
    assert ran.code == code, ran
    return ran.json if ran.out else ran.err


def log_of(shop, *more):
    return shop.run("audit", "log", "--store", shop.store, "--json", *more).json["entries"]


def tree(folder):
    return {str(p): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


def test_a_notice_and_an_empty_form_lie_beside_the_project_and_no_log_is_touched(shop):
    folder = project(shop.logs, Log().decide())
    before = tree(folder)
    asked = ask(shop, folder, "--lang", "sv", "--controller", "Exempelskolan", "--contact", "dpo@skola.example")
    after = tree(folder)
    assert {k: after[k] for k in before} == before
    assert sorted(Path(p).name for p in after.keys() - before.keys()) == ["consent-notice.sv.md", "consent.json"]
    form = json.loads((folder / "consent.json").read_text())
    assert form.pop("how_to_withdraw").count("withdrawn") == 2, "in both languages"
    assert form == {"version": 1, "subject": "", "consents": []}
    notice = (folder / "consent-notice.sv.md").read_text()
    assert "Exempelskolan" in notice and "dpo@skola.example" in notice and "artikel 6.1 a" in notice
    text, last = notice.rstrip("\n").rsplit("\n", 1)
    import hashlib
    assert last == asked["notice"] and hashlib.sha256((text + "\n").encode()).hexdigest() == asked["sha256"]
    assert all(f"`{scope}`" in notice for scope in ("model_training", "share_external"))
    assert [e["kind"] for e in log_of(shop)] == ["notice_published", "consent_requested"]


def test_nothing_that_somebody_may_have_filled_in_is_overwritten(shop):
    folder = project(shop.logs, Log().decide())
    ask(shop, folder, "--lang", "en")
    before = tree(folder)
    assert "already" in ask(shop, folder, "--lang", "en", code=1)
    assert tree(folder) == before and len(log_of(shop)) == 2
    (folder / "consent-notice.en.md").unlink()
    assert "already" in ask(shop, folder, "--lang", "sv", code=1), "a consent.json without a notice is somebody's own"


def test_notices_in_both_languages_lie_beside_one_form(shop):
    folder = project(shop.logs, Log().decide())
    assert not ask(shop, folder, "--lang", "sv")["form_kept"]
    (folder / "consent.json").write_text('{"version": 1, "subject": "alva", "consents": []}')
    assert ask(shop, folder, "--lang", "en")["form_kept"]
    assert json.loads((folder / "consent.json").read_text())["subject"] == "alva"
    assert (folder / "consent-notice.sv.md").exists() and (folder / "consent-notice.en.md").exists()


def test_notice_form_and_receipt_say_how_to_withdraw_and_what_it_does(shop):
    folder = project(shop.logs, Log().decide())
    for language in ("sv", "en"):
        ask(shop, folder, "--lang", language, "--contact", "dpo@skola.example")
    swedish, english = ((folder / f"consent-notice.{one}.md").read_text() for one in ("sv", "en"))
    assert '`"status": "withdrawn"`' in swedish and "säg till dpo@skola.example" in swedish and "Äldre versioner" in swedish
    assert '`"status": "withdrawn"`' in english and "say so to dpo@skola.example" in english and "Older versions" in english
    assert "every version that holds your rows" not in english and "varje\n  version som innehåller" not in swedish
    # As the form says: it is read, and counts.
    form = json.loads((folder / "consent.json").read_text())
    shop.register([(json.loads(json.dumps("5d0c1f9e-0b1a-4c57-9a37-7c1f0c9d2e11")), "alva")])
    shop.agree()
    assert shop.build(agree=False)["tally"]["dropped"] == {}
    form["subject"] = "alva"
    form["consents"] = [{"scope": "model_training", "status": "withdrawn", "given_at": "2026-06-01"}]
    (folder / "consent.json").write_text(json.dumps(form))
    assert set(shop.build(agree=False, code=1)["tally"]["dropped"]) == {"consent_withdrawn"}
    for language, words in (("sv", "Så tar du tillbaka"), ("en", "How to withdraw")):
        text = shop.run("consent", "receipt", "--subject", "alva", "--lang", language, "--store", shop.store).out
        assert words in text and '`"status": "withdrawn"`' in text


def test_the_record_holds_what_27560_asks_for(shop):
    folder = project(shop.logs, Log().decide())
    asked = ask(shop, folder, "--lang", "sv")
    terms = {"status": "given", "given_at": "2026-01-01", "covers_from": "2026-01-01", "method": "file"}
    lines = [terms | {"scope": "model_training", "notice": asked["notice"]},
             terms | {"scope": "share_internal", "notice": "notice-1-sv-nonexist"}]
    (folder / "consent.json").write_text(json.dumps({"version": 1, "subject": "alva", "consents": lines}))
    built = shop.build(agree=False)
    assert [w for w in built["warnings"] if "never written" in w], built["warnings"]
    assert shop.run("recipients", "add", "private/1.0.0", "--name", "Zqprivate", "--contact", "x", "--store", shop.store).code == 0
    record = shop.run("consent", "receipt", "--subject", "alva", "--store", shop.store, "--json").json
    assert len(record["events"]) == 2, "an answer that names an unknown notice is recorded all the same"
    known, unknown = sorted(record["events"], key=lambda e: e["notice_sha256"] is None)
    assert (known["notice_sha256"], known["notice_language"]) == (asked["sha256"], "sv")
    assert unknown["dpv:hasNotice"] == "notice-1-sv-nonexist" and unknown["notice_sha256"] is None
    for process in record["processing"]:
        assert process["dpv:hasPersonalData"] and process["dpv:hasRecipient"] and process["dpv:hasStorageCondition"]
    assert "Zqprivate" not in json.dumps(record) and "GDPR" in record["dpv:hasJurisdiction"] and "withdrawn" in record["withdrawal_method"]
    text = shop.run("consent", "receipt", "--subject", "alva", "--lang", "en", "--store", shop.store).out
    assert "notice-1-sv-nonexist (not one that was written here)" in text


def test_a_withdrawal_at_once_names_who_received_what_it_took_back(shop):
    for number in (1, 2):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    shop.build()
    project(shop.logs, Log(sid=session_id(3)).decide(), name="kurs-3", sid=session_id(3), person="zqp3")
    shop.build()
    live = shop.run("versions", "--store", shop.store, "--json").json
    live = [f"{v['audience']}/{v['version']}" for v in live["versions"] if v["state"] == "live"][0]
    for version, name in (("private/1.0.0", "Old Lab"), (live, "New Lab")):
        assert shop.run("recipients", "add", version, "--name", name, "--contact", f"{name}@x", "--model", f"{name} model", "--store", shop.store).code == 0
    ran = shop.run("consent", "withdraw", "--subject", "zqp1", "--scope", "model_training", "--now", "--store", shop.store, "--json")
    assert ran.json["revoked"] == [live]
    assert [n["recipient"] for n in ran.json["notices"]] == ["New Lab"] and [m["model"] for m in ran.json["models"]] == ["New Lab model"]
    shop.build(agree=False)
    live = "private/" + shop.run("versions", "--store", shop.store, "--json").json["versions"][-1]["version"]
    assert shop.run("recipients", "add", live, "--name", "Third Lab", "--contact", "t@x", "--store", shop.store).code == 0
    ran = shop.run("consent", "withdraw", "--subject", "zqp2", "--scope", "model_training", "--now", "--store", shop.store)
    assert "Tell Third Lab (t@x)" in ran.out, ran


def test_only_a_project_is_asked(shop):
    project(shop.logs, Log().decide(), name="a")
    project(shop.logs, Log(sid=session_id(2)).decide(), name="b", sid=session_id(2))
    ask(shop, shop.logs, code=2)
    ask(shop, shop.logs / "a" / "logs" / "session.jsonl", code=2)
    assert not list(Path(shop.logs).rglob("consent*"))


def test_an_empty_form_says_nothing_and_a_filled_in_one_is_consent(shop):
    folder = project(shop.logs, Log().decide())
    asked = ask(shop, folder, "--lang", "en")
    assert set(shop.build(agree=False, code=1)["tally"]["dropped"]) == {"no_consent_record"}
    line = {"scope": "model_training", "status": "given", "given_at": "2026-01-01", "covers_from": "2026-01-01",
            "expires_at": None, "method": "file", "notice": asked["notice"]}
    (folder / "consent.json").write_text(json.dumps({"version": 1, "subject": "alva", "consents": [line]}))
    built = shop.build(agree=False)
    assert built["tally"]["dropped"] == {}
    certificate = json.loads((Path(built["path"]) / "report" / "certificate.json").read_text()) \
        if (Path(built["path"]) / "report" / "certificate.json").exists() else \
        json.loads(next(Path(built["path"]).rglob("certificate.json")).read_text())
    assert [c["value"] for c in certificate["lines"] if c["name"] == "consent_methods"] == ["file 1"]
    receipt = shop.run("consent", "receipt", "--subject", "alva", "--store", shop.store, "--json").json
    assert receipt["@type"] == "dpv:ConsentRecord" and receipt["events"][0]["dpv:hasNotice"] == asked["notice"]


def test_a_receipt_says_what_holds_what_was_said_and_what_counts_as_no(shop):
    shop.consent({"subject": "Alva", "scope": "model_training;question_text", "method": "paper", "evidence": "binder 3"})
    assert shop.run("consent", "withdraw", "--subject", "alva", "--scope", "question_text", "--store", shop.store).code == 0
    text = shop.run("consent", "receipt", "--subject", "alva", "--lang", "sv", "--store", shop.store).out
    assert "Kvitto på samtycke" in text and "`question_text`): **återkallat**" in text and "`model_training`): **ja**" in text
    assert "binder 3" in text and "inget har sagts, vilket räknas som nej" in text
    english = shop.run("consent", "receipt", "--subject", "alva", "--lang", "en", "--store", shop.store).out
    assert "`question_text`): **withdrawn**" in english and "nothing was said, which counts as no" in english
    record = shop.run("consent", "receipt", "--subject", "alva", "--store", shop.store, "--json").json
    assert {p["scope"]: p["dpv:hasConsentStatus"] for p in record["processing"]} == {
        "model_training": "dpv:ConsentGiven", "question_text": "dpv:ConsentWithdrawn"}
    assert len(record["events"]) == 3
    nobody = shop.run("consent", "receipt", "--subject", "Zqnobody", "--store", shop.store)
    assert nobody.code == 2 and "Zqnobody" not in nobody.err


def test_words_of_ones_own_never_reach_the_certificate(shop):
    project(shop.logs, Log().decide())
    shop.agree()
    shop.consent({"subject": "alva", "given_at": "2021-01-01", "method": "told Zqanna on the phone"})
    built = shop.build(agree=False)
    found = next(Path(built["path"]).rglob("certificate.json")).read_text()
    assert "Zqanna" not in found and '"other 1"' in found


def test_whoever_was_asked_and_has_not_answered_gets_that(shop):
    folder = project(shop.logs, Log().decide())
    shop.register([(r["project"], r["subject"], r["first_day"]) for r in shop.people()])
    asked = ask(shop, folder, "--lang", "sv")
    for language, words in (("en", "no answer is on record"), ("sv", "inget svar är registrerat")):
        ran = shop.run("consent", "receipt", "--subject", "alva", "--lang", language, "--store", shop.store)
        assert ran.code == 0 and words in ran.out and asked["notice"] in ran.out, ran
    record = shop.run("consent", "receipt", "--subject", "alva", "--store", shop.store, "--json").json
    assert [(e["event_state"], e["dpv:hasNotice"]) for e in record["events"]] == [("requested", asked["notice"])] and record["processing"] == []
    assert shop.run("consent", "receipt", "--subject", "bo", "--store", shop.store).code != 0
