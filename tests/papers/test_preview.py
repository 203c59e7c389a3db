"""What a teacher sees before anything leaves: the rows as a build would write them; through the real program."""
import html
import json
import re
import shutil
import stat
from datetime import datetime, timezone
from pathlib import Path

import pytest
from conftest import Log, project, session_id


def rows_of(built, table):
    import pyarrow.parquet as pq
    return [row for path in sorted(Path(built["path"]).glob(f"data/{table}/*.parquet")) for row in pq.read_table(path).to_pylist()]


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
    [line] = re.findall(r"<tr><td>rationale_text: [^<]+</td><td>withdrawn</td><td>([^<]+)</td>", page)
    assert line.startswith("3 texts would leave with it, none without"), "the three rationales, and no other text"
    [line] = re.findall(r"<tr><td>correction_text: [^<]+</td><td>agreed</td><td>([^<]+)</td>", page)
    assert "changes nothing now" in line, "there are no corrections in this log"
    _, page = preview(shop, "--text", "none", "--lang", "en")
    assert page.count("changes nothing now") == 3 and "nothing of them" in page
    _, page = preview(shop, "--text", "features")
    assert "frågor: längder och liknande, inga ord" in page and "features" not in page
    _, page = preview(shop, "--audience", "internal", "--text", "redacted")
    assert "har inte godkänt denna mottagarkrets" in page and "share_internal" in page


def test_who_has_not_answered_sees_what_would_leave_if_they_agreed(shop):
    logs(shop)
    project(shop.logs, Log(sid=session_id(2)).decide(rationale="zqanother"), name="annan", sid=session_id(2), person="bo")
    one = shop.logs / "kurs"

    def look(*more):
        ran = shop.run("preview", one, "--text", "redacted", "--store", shop.store, "--out", shop.folder / "p.html", "--json", *more)
        assert ran.code == 0, ran
        return ran.json, (shop.folder / "p.html").read_text()
    shop.register([(session_id(1), "alva"), (session_id(2), "bo")])
    got, page = look("--lang", "en")
    assert (got["leaving"], got["leaving_if_agreed"]) == (0, got["rows"]) and got["left_out"] == {"no_consent_record": got["rows"]}
    assert got["supposed_given"] == ["model_training", "question_text", "correction_text", "rationale_text"]
    assert "As if you had agreed" in page and "nothing of your rows leaves" in page and "The rows that would leave if you agreed" in page
    assert "Vad gör cellen" in page and "<mark>[PERSON_1]</mark>" in page, "the rows themselves, masked as they would be"
    [line] = re.findall(r"<tr><td>rationale_text: [^<]+</td><td>not asked[^<]+</td><td>([^<]+)</td>", page)
    assert line.startswith("3 texts would leave with it")
    [line] = re.findall(r"<tr><td>model_training: [^<]+</td><td>not asked[^<]+</td><td>([^<]+)</td>", page)
    assert f"{got['rows']} rows would leave with it" in line
    assert "Som om du hade samtyckt" in look()[1]
    assert not (shop.store / "private").exists() and not shop.run("consent", "list", "--store", shop.store, "--json").json["consent"]
    # A no to a text is respected; a no to the whole is shown against.
    shop.consent({"subject": "alva", "scope": "rationale_text", "status": "refused"})
    got, page = look("--lang", "en")
    assert "rationale_text" not in got["supposed_given"] and "PERSON" not in got["masked"] and got["leaving_if_agreed"] == got["rows"]
    # Sharing is asked about apart: agreed to use, not to share.
    shop.authorise("internal")
    shop.consent({"subject": "alva", "scope": "model_training"})
    got, page = look("--audience", "internal", "--lang", "en")
    assert got["leaving"] == 0 and "share_internal" in got["supposed_given"] and "model_training" not in got["supposed_given"]
    # Once agreed there is nothing to suppose.
    got, page = look("--lang", "en")
    assert got["supposed_given"] == [] and got["leaving"] == got["rows"] and "As if" not in page


def test_who_is_asked_first_of_all_sees_the_rows_though_nobody_else_is_there_yet(shop):
    logs(shop)
    shop.register([(session_id(1), "alva")])
    shop.authorise("internal")
    got, page = preview(shop, "--audience", "internal", "--text", "redacted", "--lang", "en")
    assert got["leaving"] == got["leaving_if_agreed"] == 0 and set(got["left_out"]) == {"no_consent_record"}
    assert "at most like this" in page and "too few people share" in page and "<mark>[PERSON_1]</mark>" in page
    assert "Even then no version could be made" in page


def test_the_page_says_what_its_fields_mean_in_the_readers_language(shop):
    logs(shop)
    _, page = preview(shop, "--text", "redacted")
    assert "lärarens egna ord om valet" in page and "beslut · " in page and "decisions · " not in page
    assert "[PHONE_NUMBER]: telefonnummer" in page
    _, page = preview(shop, "--text", "redacted", "--audience", "internal")
    assert "den ansvariges godkännande gäller" in page and "<td>authorisation</td>" not in page, "gates in words"


def test_wide_tables_become_cards_on_a_phone(shop):
    logs(shop)
    _, page = preview(shop, "--text", "redacted", "--lang", "en")
    [wide] = re.findall(r'<table class="wide">(.*?)</table>', page, re.S)
    head, first = re.findall(r"<tr>(.*?)</tr>", wide, re.S)[:2]
    assert re.findall(r"<th>([^<]+)</th>", head) == re.findall(r'data-label="([^"]+)"', first), "each cell says what it is"
    assert ".wide td::before{content:attr(data-label)" in page


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


TABLES = {"decision": "decisions", "correction": "corrections", "question": "questions"}
LATE = {"record_id", "session_id", "subject_id", "question_id", "decision_record_id", "dataset_version"}


def shown(page):
    """The rows that leave, by table: as a dict of text each, without what pass two alone can name."""
    rows = {}
    for summary, table in re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", page, re.S):
        cells = [[html.unescape(re.sub(r"</?mark>", "", c)) for c in re.findall(r"<td>(.*?)</td>", line, re.S)] for line in table.split("<tr>")[1:]]
        rows.setdefault(TABLES[summary.split(" ")[0]], []).append(
            {c[0]: c[1] for c in cells if len(c) == 3 and c[0] not in LATE and not c[1].startswith("— ")})
    return {table: sorted(some, key=json.dumps) for table, some in rows.items()}


def as_shown(value):
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def written(shop, built, keep):
    rows = {}
    for table in ("decisions", "corrections", "questions"):
        for row in rows_of(built, table):
            if keep(row):
                row = {k: v for k, v in row.items() if k not in LATE and v is not None}
                rows.setdefault(table, []).append({k: as_shown(v) for k, v in row.items()})
    return {table: sorted(some, key=json.dumps) for table, some in rows.items()}


def class_of_eight(shop):
    """Two terms, two languages, texts that two people share, one person's module that nobody else has."""
    for number in range(1, 9):
        log = Log(sid=session_id(number), start="2026-02-02T08:00:00" if number % 2 else "2025-09-02T08:00:00")
        for i in range(24):
            text = "Vilken del av cellen bryter ned fettsyror?" if i == 0 and number < 3 else f"Fråga {number} {i}: vad gör zq{number}x{i}?"
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", choice="Apply" if i % 2 else "Remember", after=2400, question_text=text,
                                                     tool="m9_stage7" if number == 1 and i > 20 else "m3_stage2", rationale="ring Erik Lundström om det")
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")


@pytest.mark.parametrize("audience", ["private", "internal"])
def test_exactly_the_rows_that_a_version_holds_are_shown_in_their_final_form(shop, audience):
    class_of_eight(shop)
    shop.agree()
    if audience != "private":
        shop.authorise(audience)
    built = shop.build("--audience", audience, text="redacted", agree=False)
    dropped = 0
    mine = {row["session_id"]: row for row in rows_of(built, "decisions")}
    for number in (1, 2, 5):
        ran = shop.run("preview", shop.logs / f"kurs-{number}", "--audience", audience, "--text", "redacted", "--lang", "en",
                       "--store", shop.store, "--out", shop.folder / "one.html", "--json")
        assert ran.code == 0, ran
        page = (shop.folder / "one.html").read_text()
        got = shown(page)
        session = next(s for s in mine if any(f"Fråga {number} " in (r["question_text"] or "") for r in rows_of(built, "decisions") if r["session_id"] == s))
        subject = mine[session]["subject_id"]
        assert got == written(shop, built, lambda row: row["subject_id"] == subject)
        assert ran.json["leaving"] == sum(map(len, got.values())) and ran.json["refused"] == []
        assert ran.json["computed_with"] == {"projects": 8, "live_version": f"{audience}/1.0.0"}
        assert not re.search(rf"zq[^{number}]x\d", page), "nobody else's text is on the page"
        dropped += sum(ran.json["left_out"].get(reason, 0) for reason in ("shared_text", "small_group"))
    assert dropped == sum(built["tally"]["dropped"].get(r, 0) for r in ("shared_text", "small_group")) or audience == "private"
    if audience == "internal":
        assert dropped > 0, "nothing was left out for the sake of others: the test shows too little"


def test_a_gate_that_stops_the_version_is_named_and_nothing_leaves(shop):
    class_of_eight(shop)
    shop.agree()
    shop.authorise("internal")
    ran = shop.run("preview", shop.logs / "kurs-5", "--audience", "internal", "--text", "redacted", "--lang", "en", "--store", shop.store,
                   "--out", shop.folder / "one.html", "--json")
    page = (shop.folder / "one.html").read_text()
    assert ran.json["leaving"] == 0 and "subjects" in " ".join(ran.json["refused"]) and "No version could be made now" in page
    assert "No version of this kind is live" in page and ran.json["computed_with"] == {"projects": 1, "live_version": ""}


def test_a_copy_elsewhere_of_logs_that_the_version_rests_on_is_found(shop):
    class_of_eight(shop)
    shop.build(text="redacted")
    shutil.copytree(shop.logs / "kurs-2", shop.folder / "stick/kurs-2")
    ran = shop.run("preview", shop.folder / "stick", "--text", "redacted", "--store", shop.store, "--out", shop.folder / "one.html", "--json")
    assert ran.code == 0 and ran.json["projects"] == 1 and ran.json["leaving"] > 0, ran
    assert set(re.findall(r"zq(\d)x\d", (shop.folder / "one.html").read_text())) == {"2"}


def test_without_a_temporary_folder_it_is_said_which_is_missing(shop):
    project(shop.logs, Log().decide())
    shop.agree()
    ran = shop.run("preview", shop.logs, "--store", shop.store, "--out", shop.folder / "page.html", env={"TMPDIR": str(shop.folder / "nowhere")})
    assert ran.code in (0, 2) and "filesystem error" not in ran.err and "terminate" not in ran.err, ran
    assert (ran.code == 0) == (shop.folder / "page.html").exists()
