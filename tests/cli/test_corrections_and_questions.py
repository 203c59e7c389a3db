"""Golden cases of the other two tables, of the older layouts and of question files."""
import json

import pytest
from conftest import SID, Log, project



def made(shop, log, table, **how):
    project(shop.logs, log, **how)
    return shop.rows(shop.build(agree="me"), table)


def pick(row, *names):
    return tuple(row[name] for name in names)


def correct(log, **data):
    return log.add("correction_made", {"question_id": "Q001", "field": "stem", "before": "Vad är osmos?", "after": "Vad är diffusion?"} | data)


def test_a_correction_keeps_both_texts_their_kinds_and_distance(shop):
    row = made(shop, correct(Log()), "corrections")[0]
    assert pick(row, "field", "before", "after", "before_kind", "after_kind") == ("question_text", "Vad är osmos?", "Vad är diffusion?", "string", "string")
    assert pick(row, "edit_distance", "before_truncated", "after_truncated", "actor") == (7, False, False, "teacher")


@pytest.mark.parametrize("data, expected", [
    pytest.param({"before": None, "after": "ny"}, (None, "null", "ny", "string")),
    pytest.param({"before": "gammal", "after": None}, ("gammal", "string", None, "null")),
    ({"before": ["a", 1], "after": {"b": True}}, ('["a",1]', "array", '{"b":true}', "object")), ({"before": 1, "after": 2.5}, ("1", "number", "2.5", "number")),
    ({"before": "", "after": "x"}, ("", "string", "x", "string")), ({"before": False, "after": True}, ("false", "boolean", "true", "boolean"))])
def test_corrections_take_any_value_and_null(shop, data, expected):
    assert pick(made(shop, correct(Log(), **data), "corrections")[0], "before", "before_kind", "after", "after_kind") == expected


def test_a_correction_of_nothing_into_nothing_is_rejected_as_lacking_a_field(shop):
    project(shop.logs, Log().add("correction_made", {"question_id": "Q001"}).add("correction_made", {"before": None, "after": None}).decide())
    checked = shop.check()
    assert checked["tally"]["rejected"] == {"missing_field": 2} and {r["field"] for r in checked["rejected_lines"]} == {"after"}


def test_old_value_and_new_value_are_read_as_before_and_after(shop):
    row = made(shop, Log().add("correction_made", {"question_id": "Q1", "field": "title", "old_value": "a", "new_value": "b"}), "corrections")[0]
    assert pick(row, "before", "after", "field") == ("a", "b", "title")


def test_corrections_link_to_their_decision_and_say_whether_the_suggestion_came_through(shop):
    log = Log().suggest("Apply", suggestion_id="s1").decide(suggestion_id="s1").add(
        "correction_made", {"suggestion_id": "s1", "question_id": "Q001", "field": "bloom_level", "before": "Remember", "after": "Apply"})
    built_rows = made(shop, log, "corrections")
    row = built_rows[0]
    assert pick(row, "link_rule", "matches_suggestion") == ("correction_explicit_id", True) and row["decision_record_id"]


def test_without_ids_question_and_field_link_a_correction(shop):
    log = Log().decide().add("correction_made", {"question_id": "Q001", "field": "bloom", "before": "Remember", "after": "Create"})
    log.add("correction_made", {"question_id": "Q002", "field": "bloom", "before": "Remember", "after": "Create"})
    assert [r["link_rule"] for r in made(shop, log, "corrections")] == ["correction_same_question_and_field", None]


def test_a_later_correction_of_the_same_field_replaces_the_earlier_one(shop):
    log = correct(correct(correct(Log()), field="title"), field="question_text")
    assert [r["is_final"] for r in made(shop, log, "corrections")] == [False, True, True]


@pytest.mark.parametrize("length, cut", [(49, False), (50, True)])
def test_a_manual_fix_of_fifty_characters_was_cut_off(shop, length, cut):
    log = Log().add("tool_end", {"success": True, "question_id": "Q001", "field": "stem", "value": "å" * length}, tool="step1_fix_manual", mcp="qf-pipeline")
    row = made(shop, log, "corrections")[0]
    assert pick(row, "after_truncated", "after", "before", "edit_distance") == (cut, "å" * length, None, None)


def test_a_manual_fix_that_failed_and_other_tools_make_no_correction(shop):
    log = Log().decide().add("tool_end", {"success": False, "question_id": "Q1", "field": "stem", "value": "x"}, tool="step1_fix_manual")
    log.add("tool_end", {"success": True, "question_id": "Q1", "field": "stem", "value": "x"}, tool="step2_validate")
    assert made(shop, log, "corrections") == []


def m5():
    log = Log()
    log.add("question_parsed", {"question_id": "Q001", "type": "essay", "type_confidence": 1}, tool="m5_start", level="debug")
    log.add("field_updated", {"question_id": "Q001", "field": "bloom", "old_value": None, "new_value": "Apply"}, tool="m5_update_field")
    log.add("question_approved", {"question_id": "Q001", "type": "essay", "method": "auto_parse", "corrections_applied": ["bloom"],
                                  "confidence_scores": {"type": 90, "answer": 50, "stem": 80}}, tool="m5_approve")
    log.add("question_parsed", {"question_id": "Q002", "type": "match", "type_confidence": 40}, tool="m5_start", level="debug")
    log.add("question_skipped", {"question_id": "Q002", "type": "match", "reason": "för svår", "missing_fields": []}, tool="m5_skip")
    log.add("question_skipped", {"question_id": "Q003", "type": "match", "reason": "no reason provided"}, tool="m5_skip")
    return log


def test_m5_approvals_and_skips_are_decisions_with_percent_as_confidence(shop):
    rows = made(shop, m5(), "decisions")
    assert [pick(r, "event_type", "user_choice", "outcome", "rationale", "question_type") for r in rows] == [
        ("question_approved", "approve", "modified", None, "essay"), ("question_skipped", "skip", "rejected", "för svår", "match"),
        ("question_skipped", "skip", "rejected", None, "match")]
    assert [pick(r, "ai_confidence", "ai_confidence_logged") for r in rows] == [(0.9, 90.0), (0.4, 40.0), (None, None)]
    assert {r["decision_type"] for r in rows} == {"approve_question"} and {r["context"]["module"] for r in rows} == {"m5"}


def test_m5_percent_below_one_stays_percent(shop):
    log = Log().add("question_parsed", {"question_id": "Q1", "type": "essay", "type_confidence": 1}).add("question_approved", {"question_id": "Q1", "type": "essay"})
    assert pick(made(shop, log, "decisions")[0], "ai_confidence", "ai_confidence_logged") == (0.01, 1.0)


def test_m5_field_updates_are_corrections_and_end_in_the_question(shop):
    project(shop.logs, m5())
    built = shop.build(agree="me")
    row = shop.rows(built, "corrections")[0]
    assert pick(row, "event_type", "field", "before", "after") == ("field_updated", "bloom_level", None, "Apply")
    questions = shop.rows(built, "questions")
    assert [pick(q, "outcome", "bloom_level", "corrections", "decisions") for q in questions] == [
        ("approved", "Apply", 1, 1), ("skipped", None, 0, 1), ("skipped", None, 0, 1)]


STEP1 = {"timestamp": "2026-01-26T10:00:00.000001Z", "session_id": "a1b2c3d4", "question_id": "Q001", "issue_type": "metadata_colon", "issue_description": "x",
         "line_number": 3, "ai_suggestion": {"issue_type": "metadata_colon", "fix_suggestion": "Ta bort kolon", "confidence": 0.9}, "teacher_decision": "accept_ai",
         "applied_fix": {"action": "auto_transform", "changes": ["x"]}, "teacher_note": None, "pattern_id": "STEP1_003", "time_spent_seconds": None}
RFC013 = {"timestamp": "2026-01-26T10:01:00Z", "session_id": "a1b2c3d4", "question_id": "Q002", "issue_id": "I1", "ai_suggestion": {"action": "insert", "content": "---",
          "location": "rad 3", "reasoning": "saknas"}, "teacher_decision": "manual", "applied_fix": {"action": "insert", "content": "y" * 100, "location": "rad 3"},
          "time_spent_seconds": 3.2, "pattern_learned": "P1"}


def step1(*records):
    log = Log()
    for record in records:
        log.raw(json.dumps(record, ensure_ascii=False))
    return log


def test_step_1_decisions_are_read_in_both_shapes(shop):
    project(shop.logs, step1(STEP1, RFC013 | {"teacher_note": "mitt"}), file="logs/step1_decisions.jsonl")
    built = shop.build(agree="me")
    rows = shop.rows(built)
    assert [pick(r, "log_layout", "decision_type", "user_choice", "outcome", "ai_suggestion", "ai_confidence") for r in rows] == [
        ("step1", "fix_issue", "accept_ai", "accepted", "Ta bort kolon", 0.9), ("step1", "fix_issue", "manual", "chosen_otherwise", "---", None)]
    assert rows[1]["rationale"] == "mitt"
    correction, = shop.rows(built, "corrections")
    assert pick(correction, "after", "after_truncated", "before") == ("y" * 100, True, None)
    assert correction["decision_record_id"] == rows[1]["record_id"]


def test_step_1_without_a_suggestion_and_its_other_records(shop):
    log = step1({"timestamp": "2026-01-26T09:00:00Z", "session_id": "a1", "event": "session_start", "source_file": "/Users/alva/x", "total_questions": 2},
                STEP1 | {"ai_suggestion": {}, "teacher_decision": "delete", "applied_fix": None},
                {"timestamp": "2026-01-26T10:01:00Z", "session_id": "a1", "event": "navigate", "from_question": "Q1", "to_question": "Q2", "direction": "next"},
                {"timestamp": "2026-01-26T10:02:00Z", "session_id": "a1", "event": "session_complete", "status": "done", "result": {}})
    project(shop.logs, log, file="logs/step1_decisions.jsonl")
    built = shop.build(agree="me")
    assert built["tally"]["event_names"] == {"session_start": 1, "step1_decision": 1, "navigate": 1, "session_complete": 1}
    assert pick(shop.rows(built)[0], "user_choice", "outcome", "ai_suggestion") == ("delete", "no_suggestion", None)
    assert shop.rows(built, "questions")[0]["outcome"] == "deleted"


def test_step_3_iterations_are_corrections_by_a_machine(shop):
    log = step1({"ts": "2026-02-02T09:00:00Z", "v": 1, "session_id": "abcd1234", "round": 1, "file": "/Users/alva/x.md", "error": {"question_id": "Q001", "field": "type", "message": "m"},
                 "rule": {"rule_id": "STEP3_001", "confidence": 0.95, "description": "d"}, "result": {"success": True, "lines_changed": 1}},
                {"ts": "2026-02-02T09:00:01Z", "v": 1, "session_id": "abcd1234", "event": "session_complete", "file": "x", "result": {"rounds": 1}})
    project(shop.logs, log, file="logs/step3_iterations.jsonl")
    built = shop.build(agree="me")
    row, = shop.rows(built, "corrections")
    assert pick(row, "actor", "event_type", "field", "correction_type", "before", "after") == ("machine", "step3_iteration", "question_type", "STEP3_001", None, None)
    assert pick(shop.rows(built, "questions")[0], "machine_corrections", "corrections") == (1, 0)


def test_the_flat_layout_and_pipeline_jsonl_are_read(shop):
    flat = '{"ts": "2026-01-15T10:00:00Z", "mcp": "qf-pipeline", "tool": "step0_start", "event": "session_start", "session_id": "%s", "entry_point": "m1"}' % SID
    decision = '{"ts":"2026-01-15T10:00:01Z","mcp":"qf-scaffolding","tool":"m2_stage3","event":"user_decision","decision_type":"question_count","options":[10],"choice":10}'
    folder = project(shop.logs, Log().raw(flat).raw(decision).decide())
    (folder / "pipeline.jsonl").write_text('{"timestamp": "2026-01-14T10:00:00.5+00:00", "step": "step0_start", "message": "x", "data": {"session_id": "%s"}}\n' % SID)
    built = shop.build(agree="me")
    assert [pick(r, "log_layout", "user_choice") for r in shop.rows(built)] == [("flat", "10"), ("rfc001", "Apply")]
    assert built["tally"]["event_names"] == {"session_start": 1, "user_decision": 2, "step0_start": 1}


def test_sentences_as_event_names_are_known_by_how_they_begin(shop):
    log = Log().add("Session created: 1 (entry_point: m1)").add("Read lines 1-5").add("Error in step1_validate.py: exit 1").add("Något helt annat /Users/alva/x")
    project(shop.logs, log)
    tally = shop.check()["tally"]
    assert tally["event_names"].items() >= {"session_created_sentence": 1, "read_lines_sentence": 1, "script_error_sentence": 1}.items()
    unknown, = tally["filtered"]
    assert unknown.startswith("other:") and "alva" not in unknown


QUESTION = """# {id} Osmos
^type mcq
^identifier BIOG001X_MC_{id}
^labels #BIOG001X #Remember #Easy

@field: question_text
{text}
Bloom: Remember | Svårighetsgrad: lätt
@end_field

@field: options
A. vatten
B. salt
@end_field

@field: answer
B
@end_field
"""


def with_files(shop, log, current="Texten i dag?", history=None):
    folder = project(shop.logs, log)
    (folder / "questions" / "history").mkdir(parents=True)
    (folder / "questions" / "prov.md").write_text(QUESTION.format(id="Q001", text=current))
    for name, text in (history or {}).items():
        (folder / "questions" / "history" / name).write_text(QUESTION.format(id="Q001", text=text))
    return shop.build(agree="me")


def test_the_text_of_a_current_file_is_no_feature(shop):
    row = shop.rows(with_files(shop, Log().decide(choice="Apply")))[0]
    assert pick(row, "question_text", "question_text_source") == ("Texten i dag?", "current")
    assert pick(row, "question_length", "bloom_level", "difficulty", "answer_position", "language") == (None, None, None, None, None)


def test_the_text_of_a_history_file_is_the_newest_no_later_than_the_decision(shop):
    history = {"prov_20260101_080000.md": "Texten i januari?", "prov_20260202_075900.md": "Texten strax innan?", "prov_20260203_080000.md": "Texten sedan?"}
    row = shop.rows(with_files(shop, Log().decide(choice="Apply"), history=history))[0]
    assert pick(row, "question_text", "question_text_source") == ("Texten strax innan?", "history")
    assert pick(row, "bloom_level", "difficulty", "question_type", "answer_position", "question_length") == (
        "Remember", "Easy", "multiple_choice_single", 1, "1-5")


def test_the_text_of_the_event_itself_comes_first(shop):
    row = shop.rows(with_files(shop, Log().decide(question_text="Ur händelsen?")))[0]
    assert pick(row, "question_text", "question_text_source") == ("Ur händelsen?", "event")


def test_label_lines_are_fields_and_no_part_of_the_text(shop):
    row = shop.rows(with_files(shop, Log().decide("question_count", 3)), "questions")[0]
    assert pick(row, "question_text", "title", "bloom_level", "difficulty", "question_type", "subject_area") == (
        "Texten i dag?", "Osmos", "Remember", "Easy", "multiple_choice_single", "BIOG")
    assert pick(row, "options", "option_count", "answer_position") == (["vatten", "salt"], 2, 1)


def test_a_question_is_known_by_number_and_by_identifier(shop):
    row = shop.rows(with_files(shop, Log().decide(question="BIOG001X_MC_Q001")))[0]
    assert row["question_text"] == "Texten i dag?"


@pytest.mark.parametrize("events, outcome", [
    (["question_finalized"], "approved"), (["question_exported"], "exported"), (["question_deleted"], "deleted"), (["build_abandoned"], "abandoned"),
    (["build_completed"], "open"), (["validation_failed"], "abandoned"), (["validation_failed", "validation_passed"], "open")])
def test_the_life_of_a_question_ends_in_an_outcome(shop, events, outcome):
    log = Log().add("question_created", {"question_id": "Q1", "type": "essay"})
    for event in events:
        log.add(event, {"question_id": "Q1"})
    row = made(shop, log, "questions")[0]
    assert row["outcome"] == outcome and row["validation_attempts"] == sum("validation" in e for e in events)
