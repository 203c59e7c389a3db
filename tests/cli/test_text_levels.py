"""What leaves at each text level: canary words stand in every field that can hold a person's words."""
import pyarrow.parquet as pq
import pytest
from conftest import Log, project, run

PREFIX = "kanarie"


def canary(name):
    return f"{PREFIX}{name}x"


def planted(shop):
    """A project with a canary in every field of every event that can hold free text, and in its files."""
    log = Log()
    log.add("session_start", {"source_file": f"/Users/{canary('user')}/{canary('path')}/f.md", "project_name": canary("projectname")})
    log.suggest(canary("suggestion"), canary("suggestedtype"), question=canary("questionid"), question_text=canary("suggestedtext"), before=canary("suggestedbefore"),
                intent=canary("intent"), question_type=canary("stype"), bloom_level=canary("sbloom"), difficulty=canary("sdiff"))
    log.decide("bloom_level", canary("choice"), [canary("option"), "Apply", {canary("optionkey"): canary("optionvalue")}],
               question=canary("questionid"), question_text=canary("questiontext"), question_type=canary("qtype"), bloom_level=canary("bloom"),
               difficulty=canary("difficulty"), rationale=canary("rationale"), ai_suggestion={"fix_suggestion": canary("fix")},
               suggestion_id=canary("suggestionid"), module=canary("module"), title=canary("title"))
    log.decide(canary("decisiontype"), canary("choicetwo"), [canary("optiontwo")], question=canary("questionid"), parent_id=canary("parent"))
    log.decide("difficulty_level", "Easy", ["Easy", "Hard"], question=canary("questionid"))
    log.add("correction_made", {"question_id": canary("questionid"), "field": canary("field"), "before": canary("before"),
                                "after": canary("after"), "correction_type": canary("correctiontype"), "question_text": canary("ctext")})
    log.add("field_updated", {"question_id": "Q001", "field": "stem", "old_value": [canary("old")], "new_value": {"a": canary("new")}})
    log.add("question_skipped", {"question_id": "Q001", "type": canary("skiptype"), "reason": canary("skipreason")})
    log.add("tool_end", {"success": True, "question_id": "Q001", "field": canary("fixfield"), "value": canary("fixvalue")}, tool="step1_fix_manual")
    log.add("module_decision", {"choice": canary("mchoice"), "available_options": [canary("moption")], "rationale": canary("mrationale")})
    log.add("question_created", {"question_id": "Q002", "title": canary("qtitle"), "question_text": canary("created"), "bloom": canary("cbloom")})
    log.add(f"Session created: {canary('sentence')}", {"source_file": f"/home/{canary('home')}/x"})
    log.add(canary("eventname"), {canary("key"): canary("data")}, tool=canary("tool"), mcp=canary("mcp"))
    log.raw('{"ts": "' + canary("badts") + '", "v": 1}').raw(canary("badjson"))
    folder = project(shop.logs, log, name=canary("folder"), person=canary("person"))
    (folder / "questions" / "history").mkdir(parents=True)
    (folder / "questions" / "fragor.md").write_text(
        f"# Q001 {canary('filetitle')}\n^type {canary('filetype')}\n^identifier {canary('identifier')}_Q001\n^labels #{canary('label')}\n\n"
        f"@field: question_text\nVad {canary('filetext')}?\n@end_field\n@field: options\nA. {canary('fileoption')}\nB. annat\n@end_field\n"
        f"@field: answer\n{canary('answer')}\n@end_field\n")
    side = Log()
    side.raw('{"timestamp":"2026-02-02T08:30:00Z","session_id":"a1b2c3d4","question_id":"Q001","issue_type":"%s","issue_description":"%s",'
             '"ai_suggestion":{"fix_suggestion":"%s","confidence":0.9},"teacher_decision":"modify","applied_fix":{"action":"teacher_modified",'
             '"content":"%s"},"teacher_note":"%s"}' % tuple(map(canary, ("issue", "description", "stepfix", "content", "note"))))
    project(shop.logs, side, name=canary("folder"), sid=None, file="logs/step1_decisions.jsonl")
    return folder


def everything_written(version):
    return {path: path.read_bytes() for path in version.rglob("*") if path.is_file()}


def cells(version):
    """Every string of every table, decoded: pages are compressed, so bytes of the files alone would prove little."""
    for path in version.glob("data/*/*.parquet"):
        for column in pq.read_table(path).to_pydict().items():
            yield path, column[0], repr(column[1])


@pytest.mark.parametrize("level", ["none", "features", None])
def test_below_raw_no_canary_is_in_any_byte_of_the_version_or_on_the_screen(shop, level):
    planted(shop)
    shop.agree()
    flags = ["--text", level] if level else []
    outputs = []
    for words in (["build", shop.logs, "--store", shop.store, *flags], ["build", shop.logs, "--store", shop.store, *flags, "--json"],
                  ["check", shop.logs], ["check", shop.logs, "--json"]):
        ran = shop.run(*words)
        assert ran.code == 0, ran
        # Where a file lies is what the caller gave; its folder's name may be said, nothing that stands in it.
        outputs.append((ran.out + ran.err).replace(canary("folder"), ""))
    version = shop.store / "private" / "1.0.0"
    for path, bytes_ in everything_written(version).items():
        assert PREFIX.encode() not in bytes_, path
    for path, column, text in cells(version):
        assert PREFIX not in text, (path, column, text[:200])
    assert not [line for output in outputs for line in output.splitlines() if PREFIX in line]


@pytest.mark.parametrize("level", ["none", "features", "raw"])
def test_the_screen_shows_no_content_at_any_level(shop, level):
    planted(shop)
    shop.agree()
    for words in (["build", shop.logs, "--store", shop.store, "--text", level], ["check", shop.logs, "--rejected", "--orphans"],
                  ["check", shop.logs, "--rejected", "--orphans", "--json"]):
        ran = shop.run(*words)
        shown = (ran.out + ran.err).replace(canary("folder"), "")
        assert not [line for line in shown.splitlines() if PREFIX in line]


def test_raw_brings_the_texts_through(shop):
    planted(shop)
    built = shop.build()
    text = "".join(t for _, _, t in cells(shop.store / "private" / "1.0.0"))
    expected = ("questiontext", "option", "optionvalue", "choice", "rationale", "fix", "before", "after", "old", "new", "skipreason", "fixvalue",
                "mchoice", "filetext", "fileoption", "content", "note", "decisiontype", "field", "bloom", "qtype", "difficulty", "correctiontype")
    assert [name for name in expected if canary(name) not in text] == []
    assert {r["privacy_level"] for r in shop.rows(built)} == {"raw"}


def test_names_paths_and_ids_leave_at_no_level(shop):
    planted(shop)
    shop.build()
    version = shop.store / "private" / "1.0.0"
    never = ("user", "path", "folder", "person", "home", "sentence", "eventname", "key", "data", "tool", "mcp", "parent", "suggestionid",
             "questionid", "identifier", "projectname", "badts", "badjson")
    for name in never:
        word = canary(name)
        assert not [p for p, b in everything_written(version).items() if word.encode() in b], word
        assert not [(p, c) for p, c, t in cells(version) if word in t], word


def test_closed_values_stay_and_indexes_stay_where_the_text_goes(shop):
    log = Log().suggest("Apply").decide("bloom_level", "Analyze", ["Apply", "Analyze", "ett eget svar"], rationale="tre ord här", question_text="Vad är osmos?")
    project(shop.logs, log)
    row = shop.rows(shop.build(text="features"))[0]
    assert row["options_presented"] == ["Apply", "Analyze", None] and row["option_count"] == 3
    assert (row["user_choice"], row["user_choice_index"], row["ai_suggestion"], row["ai_suggestion_index"]) == ("Analyze", 1, "Apply", 0)
    assert row["rationale"] is None and row["rationale_length"] == "1-5"
    assert row["question_text"] is None and row["question_length"] == "1-5" and row["language"] == "sv"


def test_none_leaves_no_text_features_either(shop):
    log = Log().decide("bloom_level", "Apply", rationale="tre ord här", question_text="Förklara varför osmos sker?")
    log.add("correction_made", {"question_id": "Q001", "field": "stem", "before": "ett två", "after": "ett två tre"})
    project(shop.logs, log)
    built = shop.build(text="none")
    row, correction, question = (shop.rows(built, t)[0] for t in ("decisions", "corrections", "questions"))
    for name in ("rationale_length", "question_length", "cue_verb_class", "readability", "language", "answer_position", "question_text"):
        assert row[name] is None, name
    for name in ("before", "after", "before_length", "after_length", "edit_distance", "language"):
        assert correction[name] is None, name
    for name in ("question_text", "title", "question_length", "cue_verb_class", "readability", "language"):
        assert question[name] is None, name
    assert row["user_choice"] == "Apply"


@pytest.mark.parametrize("scopes, there, gone", [
    ("model_training", (), ("question_text", "rationale", "user_choice")),
    ("model_training;question_text", ("question_text", "user_choice"), ("rationale",)),
    ("model_training;rationale_text", ("rationale",), ("question_text", "user_choice"))])
def test_a_missing_text_scope_empties_the_text_and_keeps_the_row(shop, scopes, there, gone):
    log = Log().decide("bloom_level", "helt eget", rationale="därför att", question_text="Vad är osmos?")
    log.add("correction_made", {"question_id": "Q001", "field": "stem", "before": "gammalt vis", "after": "nytt vis"})
    project(shop.logs, log)
    shop.register([(p["project"], p["subject"]) for p in shop.people()])
    shop.consent({"subject": "alva", "scope": scopes})
    built = shop.build(agree=False)
    row, correction = shop.rows(built)[0], shop.rows(built, "corrections")[0]
    assert all(row[name] for name in there) and not any(row[name] for name in gone), row
    assert correction["before"] is None and correction["after"] is None


def test_the_four_levels_are_set_apart_in_the_configuration(shop):
    log = Log().decide("bloom_level", "helt eget", ["helt eget"], rationale="därför att", question_text="Vad är osmos?")
    log.add("correction_made", {"question_id": "Q001", "field": "stem", "before": "gammalt vis", "after": "nytt vis"})
    project(shop.logs, log)
    config = shop.folder / "qf.toml"
    config.write_text("[privacy.text]\nquestion = 'raw'\noptions = 'none'\ncorrection = 'raw'\nrationale = 'features'\n")
    built = shop.build("--config", config, text=None)
    row, correction = shop.rows(built)[0], shop.rows(built, "corrections")[0]
    assert row["question_text"] == "Vad är osmos?" and row["user_choice"] is None and row["options_presented"] == [None]
    assert row["rationale"] is None and row["rationale_length"] == "1-5"
    assert (correction["before"], correction["after"]) == ("gammalt vis", "nytt vis")


def test_without_a_text_flag_the_level_is_features(shop):
    project(shop.logs, Log().decide(question_text="Vad är osmos?"))
    row = shop.rows(shop.build(text=None))[0]
    assert row["question_text"] is None and row["question_length"] == "1-5" and row["privacy_level"] == "pseudonymised"


def test_an_error_about_a_configuration_does_not_quote_the_logs(shop):
    planted(shop)
    (shop.logs / canary("folder") / "session.yaml").write_text(f"session: [ {canary('yaml')}\n")
    ran = run("check", shop.logs)
    assert ran.code == 3 and canary("yaml") not in ran.out + ran.err
