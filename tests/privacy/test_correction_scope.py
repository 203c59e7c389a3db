"""What a correction put in stands nowhere where its person did not agree to texts of corrections: not in the question either."""
import json

import pytest
from conftest import Log, project

WITHOUT = "model_training;question_text;rationale_text"
NEW, TITLE, TYPE = "Zqnyordalydelse om osmos?", "Zqrubrik", "zqegentyp"


def corrected_log():
    log = Log()
    log.decide(question="Q001", question_text="Vad är osmos?", title="Diffusion")
    for field, before, after in (("stem", "Vad är osmos?", NEW), ("title", "Diffusion", TITLE), ("question_type", "essay", TYPE)):
        log.add("correction_made", {"question_id": "Q001", "field": field, "before": before, "after": after})
    log.decide(question="Q001")                          # the question as it stands since the correction
    log.decide(question="Q001", question_text=NEW)       # a line that tells the corrected text again
    log.decide(question="Q002", question_text="Vad är diffusion?")
    log.add("correction_made", {"question_id": "Q003", "field": "stem", "before": "a", "after": NEW})
    return log


def made(shop, log=None, scopes=WITHOUT, *flags, text="raw"):
    project(shop.logs, log or corrected_log())
    shop.register([(r["project"], r["subject"], r["first_day"]) for r in shop.people()])
    shop.consent({"subject": "alva", "scope": scopes})
    return shop.build(*flags, text=text, agree=False)


def by_order(shop, built, table):
    return sorted(shop.rows(built, table), key=lambda row: row["session_order"])


@pytest.mark.parametrize("text", ["raw", "redacted"])
def test_the_new_wording_stays_out_without_its_scope(shop, text):
    built = made(shop, text=text)
    everything = json.dumps([shop.rows(built, table) for table in ("decisions", "corrections", "questions")], default=str, ensure_ascii=False)
    assert not any(word.lower() in everything.lower() for word in ("Zqny", TITLE, TYPE)), everything
    first, second, third = by_order(shop, built, "questions")
    assert (first["question_text"], first["question_text_source"]) == ("Vad är osmos?", "event")
    assert first["title"] == "Diffusion" and first["corrections"] == 3, "that it was corrected is no text"
    assert second["question_text"] == "Vad är diffusion?"
    assert (third["question_text"], third["question_text_source"], third["question_length"]) == (None, None, None)
    decisions = by_order(shop, built, "decisions")
    assert [d["question_text"] for d in decisions] == ["Vad är osmos?"] * 3 + ["Vad är diffusion?"]


def test_with_the_scope_the_question_stands_as_it_was_corrected(shop):
    built = made(shop, scopes=WITHOUT + ";correction_text")
    first, _, third = by_order(shop, built, "questions")
    assert (first["question_text"], first["title"], first["question_type_other"]) == (NEW, TITLE, TYPE) and third["question_text"] == NEW
    assert [d["question_text"] for d in by_order(shop, built, "decisions")][1:3] == [NEW, NEW]


def test_a_level_that_keeps_corrections_back_keeps_them_back_everywhere(shop):
    config = shop.folder / "config.toml"
    config.write_text('[privacy.text]\nquestion = "raw"\noptions = "raw"\ncorrection = "none"\nrationale = "raw"\n')
    built = made(shop, None, WITHOUT + ";correction_text", "--config", config, text=None)
    assert by_order(shop, built, "questions")[0]["question_text"] == "Vad är osmos?"


def test_a_correction_that_is_no_longer_agreed_to_in_its_time(shop):
    """The question is older than the end of the agreement, its correction is not."""
    project(shop.logs, corrected_log())
    shop.register([(r["project"], r["subject"], r["first_day"]) for r in shop.people()])
    shop.consent({"subject": "alva", "scope": WITHOUT},
                 {"subject": "alva", "scope": "correction_text", "expires_at": "2026-02-02T08:00:07Z"})
    built = shop.build("--as-of", "2026-02-02T08:00:06Z", agree=False)
    assert by_order(shop, built, "questions")[0]["question_text"] == "Vad är osmos?"


def test_the_file_of_the_question_may_hold_the_new_wording(shop):
    where = project(shop.logs, corrected_log())
    (where / "questions").mkdir()
    (where / "questions/q.md").write_text(f"# Q003\n^title {TITLE}\n^type essay\n\n@field: question_text\n{NEW}\n@end_field\n")
    built = made(shop)
    assert not any(NEW in str(row) for table in ("decisions", "questions") for row in shop.rows(built, table))


def test_growth_gives_what_a_full_build_gives(shop):
    config = shop.folder / "config.toml"
    config.write_text("[run]\nresume = 1\n")
    log = corrected_log()
    for i in range(40):
        log.decide(question=f"Q{i + 10:03d}", question_text=f"Fråga {i}?")
    made(shop, log, WITHOUT, "--config", config)
    later = Log(start="2026-02-03T08:00:00").decide(question="Q001").decide(question="Q003")
    with open(shop.logs / "kurs/logs/session.jsonl", "ab") as file:
        file.write(bytes(later))
    grown = shop.build("--config", config, agree=False)
    assert grown["projects"]["continued"] == 1, grown["projects"]
    assert "Zqny" not in json.dumps([shop.rows(grown, table) for table in ("decisions", "questions")], default=str)
    again = shop.build("--config", config, "--verify-inputs", agree=False)
    assert again["unchanged"], again


def test_the_page_for_the_teacher_agrees(shop):
    project(shop.logs, corrected_log())
    shop.register([(r["project"], r["subject"], r["first_day"]) for r in shop.people()])
    shop.consent({"subject": "alva", "scope": WITHOUT})
    page = shop.folder / "page.html"
    ran = shop.run("preview", shop.logs, "--text", "raw", "--store", shop.store, "--out", page, "--lang", "en", "--json")
    assert ran.code == 0, ran
    leaves = [line for line in page.read_text().splitlines() if NEW in line]
    assert leaves, "the log's wording is shown beside what leaves"
    asked = shop.run("consent", "ask", shop.logs / "kurs", "--lang", "en", "--store", shop.store)
    assert asked.code == 0 and "not in the question either" in (shop.logs / "kurs/consent-notice.en.md").read_text()
