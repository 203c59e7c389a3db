"""What a teacher sees before anything leaves: the rows as a build would write them; through the real program."""
import json
import re
import stat

from conftest import Log, project, session_id


def logs(shop):
    log = Log(sid=session_id(1))
    for i in range(3):
        log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", question_text=f"Vad gör cellen <b>{i}</b>?",
                                                 rationale="ring Erik Lundström 070-174 06 35")
    project(shop.logs, log, sid=session_id(1))


def preview(shop, *more, store=None, code=0):
    ran = shop.run("preview", shop.logs, "--store", store or shop.store, "--out", shop.folder / "preview.html", "--json", *more)
    assert ran.code == code, ran
    return ran.json, (shop.folder / "preview.html").read_text()


def test_it_shows_the_rows_that_a_build_writes(shop):
    logs(shop)
    built = shop.build(text="redacted")
    got, page = preview(shop, "--text", "redacted")
    assert got["leaving"] == sum(sum(t.values()) for t in built["tally"]["written"].values())
    assert got["masked"] == built["tally"]["masked"]
    for row in shop.rows(built):
        for field in ("question_text", "rationale", "user_choice"):
            shown = re.sub(r"</?mark>", "", page)
            assert row[field].replace("<", "&lt;").replace(">", "&gt;") in shown, "every text as it would leave"
    assert "<mark>[PERSON_1]</mark>" in page, "what was masked is highlighted"
    assert "<b>" not in page, "nobody's text becomes markup"
    assert "default-src 'none'" in page and "width=device-width" in page
    assert not re.search(r"<(script|link|img|iframe|form)|javascript:|style=", page)
    assert stat.S_IMODE((shop.folder / "preview.html").stat().st_mode) == 0o600


def test_it_says_what_stays_and_what_each_agreement_changes(shop):
    logs(shop)
    got, page = preview(shop, "--text", "redacted", "--lang", "en")
    assert got["leaving"] == 0 and set(got["left_out"]) == {"no_consent_record"}
    assert "needed: without it no row leaves" in page and not shop.store.exists(), "it leaves nothing behind"
    shop.agree()
    shop.consent({"subject": "alva", "scope": "rationale_text", "status": "withdrawn", "given_at": "2021-01-01T00:00:00Z"})
    got, page = preview(shop, "--text", "redacted", "--lang", "en")
    assert got["leaving"] == got["rows"] > 0 and "PERSON" not in got["masked"]
    [line] = re.findall(r"<tr><td>rationale_text: [^<]+</td><td>withdrawn</td><td>(\d+) texts would leave with it, (\d+) without", page)
    assert int(line[0]) - int(line[1]) == 3, "the three rationales"
    _, page = preview(shop, "--audience", "internal", "--text", "redacted")
    assert "har inte godkänt denna mottagarkrets" in page and "share_internal" in page


def test_consent_beside_the_project_counts_and_is_not_recorded(shop):
    logs(shop)
    shop.register([(session_id(1), "alva")])
    (shop.logs / "kurs/consent.json").write_text(json.dumps({"version": 1, "subject": "alva", "consents": [
        {"scope": "model_training", "status": "given", "given_at": "2020-01-01", "covers_from": "2000-01-01"}]}))
    before = (shop.store / "ledger.db").read_bytes()
    assert preview(shop)[0]["leaving"] > 0
    assert (shop.store / "ledger.db").read_bytes() == before


def test_raw_text_is_refused_outside_the_private_circle(shop):
    logs(shop)
    ran = shop.run("preview", shop.logs, "--store", shop.store, "--out", shop.folder / "p.html", "--audience", "internal", "--text", "raw")
    assert ran.code == 1 and not (shop.folder / "p.html").exists()


def test_a_name_that_stands_at_the_end_of_the_log_is_masked_from_its_beginning(shop):
    log = Log(sid=session_id(1))
    for i in range(600):
        log.decide(question=f"Q{i:03d}", rationale="sagt av zqviggo igår " + "x" * 200)
    log.add("session_start", {"project_path": "/Users/zqviggo/Courses/BIOG001X"})
    project(shop.logs, log, sid=None)
    built = shop.build("--dry-run", text="redacted")
    got, page = preview(shop, "--text", "redacted", "--lang", "en")
    assert got["masked"] == built["tally"]["masked"] and got["leaving"] > 0


def test_what_the_live_version_made_coarser_is_shown_with_the_rows(shop):
    for number in range(1, 8):
        log = Log(sid=session_id(number))
        for i in range(24):
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", choice="Apply" if i % 2 else "Remember", after=2400)
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    shop.authorise("internal")
    _, before = preview(shop, "--audience", "internal", "--lang", "en")
    assert "No version of this kind is live" in before
    built = shop.build("--audience", "internal", text="features")
    manifest = json.loads((shop.store / "internal/1.0.0/manifest.json").read_text())
    _, page = preview(shop, "--audience", "internal", "--lang", "en")
    coarse = [(t["table"], c["name"]) for t in manifest["anonymity"] for c in t["columns"] if c["level"] > 0]
    assert built["version"] == "1.0.0" and "No version of this kind is live" not in page
    for table, column in coarse:
        assert f"<td>{table}.{column}</td>" in page
    fine = {(t["table"], c["name"]) for t in manifest["anonymity"] for c in t["columns"] if c["level"] == 0}
    assert not [1 for table, column in fine if f"<td>{table}.{column}</td>" in page]
