"""The papers of whoever answers for the data: what the law asks for, what was measured, and the gaps; through the real program."""
import re
import sqlite3
import stat
from contextlib import closing

import pytest
from conftest import Log, project, session_id


def built(shop):
    log = Log(sid=session_id(1))
    for i in range(3):
        log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", rationale="ring 070-174 06 35")
    project(shop.logs, log, sid=session_id(1), person="zqperson")
    return shop.build(text="redacted")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", ["ropa", "dpia", "transparency"])
def test_a_paper(shop, kind, language):
    built(shop)
    shop.authorise("internal", controller="Skolhuvudmannen")
    ran = shop.run("report", kind, "--store", shop.store, "--out", shop.folder / "papers", "--lang", language, "--json")
    assert ran.code == 0, ran
    assert [f.rsplit("/", 1)[1] for f in ran.json["files"]] == [f"{kind}.md", f"{kind}.html"]
    assert stat.S_IMODE((shop.folder / "papers").stat().st_mode) == 0o700
    text, page = ((shop.folder / "papers" / f"{kind}.{end}").read_text() for end in ("md", "html"))
    for paper in (text, page):
        assert "zqperson" not in paper and "Skolhuvudmannen" in paper
    assert "default-src 'none'" in page and f'lang="{language}"' in page and "width=device-width" in page
    assert not re.search(r"<(script|link|img|iframe|form)|javascript:|style=", page)
    assert ("ATT FYLLA I" if language == "sv" else "TO FILL IN") in text, "a person's part is marked"
    if kind == "ropa":
        heads = re.findall(r"^## \(?([a-g])\\?\)", text, re.M)
        assert heads == list("abcdefg"), heads
    if kind == "dpia":
        assert "redaction\\_self\\_test" in text and "PHONE" in text, "measured evidence of the live version"
        assert text.count("att fylla i" if language == "sv" else "to fill in") >= 9 + 2 * 7, "a person judges every criterion and risk"
        assert ("kedjan håller" if language == "sv" else "the chain holds") in text
    if kind == "transparency":
        assert ("artikel 7.3" if language == "sv" else "Article 7(3)") in text


def test_a_store_that_is_not_there(shop):
    assert shop.run("report", "ropa", "--store", shop.store, "--out", shop.folder / "p").code == 2
    assert not (shop.folder / "p").exists()


def report(shop, kind="dpia", language="en"):
    assert shop.run("report", kind, "--store", shop.store, "--out", shop.folder / "papers", "--lang", language).code == 0
    return (shop.folder / "papers" / f"{kind}.md").read_text()


def test_every_controller_in_force_is_named_and_none_that_was_revoked(shop):
    built(shop)
    for name in ("Norra", "Södra", "Gamla"):
        shop.authorise("internal", controller=name)
    assert shop.run("authorise", "revoke", "3", "--by", "kansliet", "--store", shop.store).code == 0
    text = report(shop, "ropa")
    assert "Controller: Norra; Södra\n" in text and "Article 26" in text
    assert re.search(r"Gamla.*revoked \d{4}", text)


def test_counts_of_few_people_are_not_told(shop):
    for number in range(1, 8):
        log = Log(sid=session_id(number))
        log.decide()
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")
    shop.build(text="features")
    for scope in ("rationale_text", "question_text", "correction_text", "share_internal", "share_external"):
        shop.run("consent", "withdraw", "--subject", "zqp1", "--scope", scope, "--store", shop.store)
    text = report(shop)
    assert re.search(r"people who withdrew an agreement[^|]*\| (&lt;|\\?<) 5 \|", text), "five scopes of one person are one person"
    assert re.search(r"rationale\\_text[^|]* \| (&gt;|\\?>) 2 \|", text), "6 of 7 would say that one did not"
    assert re.search(r"model\\_training[^|]* \| 7 \|", text)


def test_how_people_answered_is_counted_by_person_and_told_in_known_words(shop):
    people = [f"zqp{number}" for number in range(1, 8)]
    for number, name in enumerate(people, 1):
        project(shop.logs, Log(sid=session_id(number)).decide(), name=f"kurs-{number}", sid=session_id(number), person=name)
    shop.build(text="features")
    shop.consent(*({"subject": name.upper(), "evidence": "again"} for name in people), {"subject": "zqp1", "method": "asked by Zqasker"})
    text = report(shop)
    assert re.search(r"paper[^|]* \| 7 \|", text), "another spelling is the same person"
    assert "Zqasker" not in text and re.search(r"other[^|]* \| (&lt;|\\?<) 5 \|", text)


def test_every_column_that_k_counts_over_is_listed_field_by_field(shop):
    built(shop)
    pages = [report(shop, kind).replace("\\_", "_") for kind in ("ropa", "dpia", "transparency")]
    for table in ("decisions", "corrections"):
        for column in ("event_type", "log_layout", "mcp", "tool", "actor", "link_rule"):
            line = re.compile(rf"\| {table}\.{column} \| quasi-identifier")
            assert any(f"| {table}.{column} |" in page for page in pages), column
            assert all(line.search(page) for page in pages if f"| {table}.{column} |" in page), column


def test_a_broken_audit_log_is_said(shop):
    built(shop)
    shop.authorise("internal")
    with closing(sqlite3.connect(shop.store / "ledger.db")) as ledger, ledger:
        for name, in ledger.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
            ledger.execute(f'DROP TRIGGER "{name}"')
        ledger.execute("UPDATE chain SET hash = replace(hash, substr(hash, 1, 1), CASE substr(hash, 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END) WHERE seq = 1")
    assert "THE CHAIN DOES NOT HOLD" in report(shop)


def alike(shop, people):
    """People whose rows are alike, in sittings enough for a version that leaves."""
    for number in range(1, people + 1):
        log = Log(sid=session_id(number))
        for i in range(24):
            log.suggest(question=f"Q{i:03d}").decide(question=f"Q{i:03d}", choice="Apply" if i % 2 else "Remember", after=2400)
        project(shop.logs, log, name=f"kurs-{number}", sid=session_id(number), person=f"zqp{number}")


def test_a_version_for_others_shows_its_groups_and_no_reasons(shop):
    alike(shop, 7)
    shop.authorise("internal")
    shop.build("--audience", "internal", text="features")
    text = report(shop)
    assert "### internal/1.0.0" in text and "k: people in the smallest" in text
    assert "decisions.term" in text and "is not told of a version that leaves" in text
    assert "| rows left out | count |" not in text


def cells(text):
    """Rows of Markdown tables whose first cell names a field."""
    rows = [[c.strip() for c in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| ")]
    return {r[0]: r for r in rows if re.match(r"(decisions|corrections|questions)\\?\.", r[0])}


def test_a_swedish_notice_explains_every_field_in_swedish(shop):
    built(shop)
    shop.authorise("internal")
    english, swedish = cells(report(shop, "transparency", "en")), cells(report(shop, "transparency", "sv"))
    assert english.keys() == swedish.keys() and len(english) > 60
    for name, row in swedish.items():
        assert len(row) == 4 and row[3] and row[3] != english[name][3], name
    text = report(shop, "transparency", "sv")
    assert "| samtycke |" in text and "| internt (internal) |" in text.replace("\\(", "(").replace("\\)", ")")
    assert "`" not in text.replace("\\`", "`") and "preview" in text


def test_a_swedish_assessment_tells_what_was_measured_in_swedish(shop):
    alike(shop, 8)
    shop.authorise("internal")
    shop.build("--audience", "internal", text="redacted")
    text = report(shop, "dpia", "sv")
    for english in ("within the limit", "| some |", "or at least", "fewer than", "question redacted"):
        assert english not in text, english
    assert "inom gränsen" in text or "några" in text
    assert "frågor\\: med personer maskerade" in text or "frågor: med personer maskerade" in text


def test_the_papers_do_not_say_that_the_audit_log_is_without_names(shop):
    """Until they are erased or run out, its entries hold them."""
    built(shop)
    for kind in ("ropa", "dpia", "transparency"):
        for language, says in (("en", "in plain text"), ("sv", "i klartext")):
            text = report(shop, kind, language)
            assert "without names" not in text and "utan namn" not in text, kind
            [line] = [line for line in text.splitlines() if line.startswith("| ") and says in line]
            assert ("audit log" in line or "revisionslogg" in line) and "3 " in line, line
