"""Golden cases: a few lines of log, and the rows that must come of them."""
import pytest
from conftest import SID, Log, project


def decisions(shop, log, **how):
    project(shop.logs, log)
    return shop.rows(shop.build(agree="me", **how))


def pick(row, *names):
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("options_key", ["options_presented", "options", "available_options"])
@pytest.mark.parametrize("choice_key", ["user_choice", "choice"])
def test_options_and_choice_are_read_in_every_spelling(shop, options_key, choice_key):
    log = Log().add("user_decision", {"question_id": "Q1", "decision_type": "bloom_level", options_key: ["Apply", "Create"], choice_key: "Create"})
    row = decisions(shop, log)[0]
    assert pick(row, "options_presented", "user_choice", "user_choice_index", "option_count") == (["Apply", "Create"], "Create", 1, 2)


VARIANTS = {
    "example of the RFC": ({"question_id": "Q7", "decision_type": "bloom_level", "options": ["Remember", "Apply"], "choice": "Apply"}, ("Apply", "string", 1)),
    "module event": ({"decision_type": "question_count", "options": [10, 20], "choice": 20, "rationale": "lagom"}, ("20", "number", 1)),
    "interaction": ({"decision_type": "assessment_type", "options_presented": ["formative", "summative"], "user_choice": "formative"}, ("formative", "string", 0)),
    "numbers": ({"decision_type": "question_count", "options_presented": [15, 20, 25], "user_choice": 20, "rationale": "mitt val"}, ("20", "number", 1)),
    "a step 1 tool": ({"question_id": "Q1", "decision_type": "skip_question", "options_presented": ["skip", "keep"], "user_choice": "skip"}, ("skip", "string", 0)),
    "objects": ({"decision_type": "bloom_distribution", "options_presented": [{"Apply": 40, "Remember": 60}, {"Apply": 100}], "user_choice": {"Apply": 40, "Remember": 60}},
                ('{"Apply":40,"Remember":60}', "object", 0)),
    "with its suggestion": ({"question_id": "Q1", "decision_type": "bloom_level", "options_presented": ["Apply", "Create"], "user_choice": "Create",
                             "ai_suggestion": "Apply", "ai_confidence": 0.8}, ("Create", "string", 1)),
    "a number among strings": ({"decision_type": "question_count", "options": ["10", "20"], "choice": 20}, ("20", "number", 1)),
    "a fraction": ({"decision_type": "points", "options": [0.5, 1.5], "choice": 1.5}, ("1.5", "number", 1)),
    "a boolean": ({"decision_type": "approve_for_export", "options": [True, False], "choice": False}, ("false", "boolean", 1)),
    "a list": ({"decision_type": "question_types", "options": [["essay"], ["match", "essay"]], "choice": ["match", "essay"]}, ('["match","essay"]', "array", 1)),
    "outside the options": ({"decision_type": "bloom_level", "options": ["Apply"], "choice": "något annat"}, ("något annat", "string", -1)),
    "no options at all": ({"decision_type": "bloom_level", "choice": "Apply"}, ("Apply", "string", None)),
}


@pytest.mark.parametrize("data, expected", VARIANTS.values(), ids=VARIANTS)
def test_each_variant_of_user_decision_is_read(shop, data, expected):
    row = decisions(shop, Log().add("user_decision", data))[0]
    assert pick(row, "user_choice", "user_choice_kind", "user_choice_index") == expected
    assert row["event_type"] == "user_decision" and row["actor"] == "teacher" and row["log_layout"] == "rfc001"


def test_the_keys_of_an_object_may_come_in_any_order(shop):
    log = Log().decide("bloom_distribution", {"Remember": 60, "Apply": 40}, [{"Apply": 40, "Remember": 60}], None)
    assert decisions(shop, log)[0]["user_choice_index"] == 0


def test_module_decision_is_about_the_entry_point(shop):
    log = Log().add("module_decision", {"choice": "m1", "available_options": ["m1", "m2", "pipeline"]}, tool="scaffolding_init")
    assert pick(decisions(shop, log)[0], "decision_type", "user_choice", "user_choice_index") == ("entry_point", "m1", 0)


ACTIONS = ["accept_ai", "modify", "manual", "skip", "delete"]
OUTCOMES = {
    "the suggested value": (lambda log: log.suggest("Apply").decide(choice="Apply"), "accepted"),
    "the suggested value, chosen in another spelling": (lambda log: log.suggest("Apply").decide(choice="Tillämpa"), "accepted"),
    "another value": (lambda log: log.suggest("Apply").decide(choice="Remember"), "chosen_otherwise"),
    "a value outside the options": (lambda log: log.suggest("Apply").decide(choice="Create"), "chosen_otherwise"),
    "no suggestion": (lambda log: log.decide(choice="Apply"), "no_suggestion"),
    "accept": (lambda log: log.suggest("Ny text", None).decide("modify_question", "accept_ai", ACTIONS), "accepted"),
    "modify": (lambda log: log.suggest("Ny text", None).decide("modify_question", "modify", ACTIONS), "modified"),
    "skip": (lambda log: log.suggest("Ny text", None).decide("modify_question", "skip", ACTIONS), "rejected"),
    "delete": (lambda log: log.suggest("Ny text", None).decide("modify_question", "delete", ACTIONS), "rejected"),
    "manual": (lambda log: log.suggest("Ny text", None).decide("modify_question", "manual", ACTIONS), "chosen_otherwise"),
    "accepted by event": (lambda log: log.suggest("x", suggestion_id="s1").add("build_ai_suggestion_accepted", {"suggestion_id": "s1", "question_id": "Q001", "decision_type": "bloom_level"}), "accepted"),
    "rejected by event": (lambda log: log.suggest("x", suggestion_id="s1").add("build_ai_suggestion_rejected", {"suggestion_id": "s1", "question_id": "Q001", "decision_type": "bloom_level"}), "rejected"),
    "modified by event": (lambda log: log.suggest("x", suggestion_id="s1").add("build_ai_suggestion_modified", {"suggestion_id": "s1", "question_id": "Q001", "decision_type": "bloom_level"}), "modified"),
}


@pytest.mark.parametrize("make, outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_each_outcome_has_its_rule(shop, make, outcome):
    assert decisions(shop, make(Log()))[0]["outcome"] == outcome


@pytest.mark.parametrize("logged, unit", [(0.8, 0.8), (1, 1.0), (0, 0.0), (80, 0.8), (100, 1.0), (1.5, 0.015), (-1, None), (101, None)])
def test_confidence_becomes_0_to_1_and_the_original_is_kept(shop, logged, unit):
    row = decisions(shop, Log().suggest("Apply", confidence=logged).decide())[0]
    assert row["ai_confidence"] == (None if unit is None else pytest.approx(unit)) and row["ai_confidence_logged"] == logged
    assert ("confidence_out_of_range" in row["quality_flags"]) == (unit is None)


def test_explicit_ids_link_by_the_nearest_unanswered_holder(shop):
    log = Log().suggest("Apply", suggestion_id="s1").suggest("Create", suggestion_id="s1", question="Q002").decide(question="Q002", parent_id="s1")
    log.decide(question="Q001", suggestion_id="s1")
    rows = decisions(shop, log)
    assert [pick(r, "ai_suggestion", "link_rule") for r in rows] == [("Create", "suggestion_explicit_id"), ("Apply", "suggestion_explicit_id")]


def test_without_ids_question_and_type_link_and_the_next_sitting_does_not(shop):
    log = Log().suggest("Apply").suggest("Easy", "difficulty_level").decide("difficulty_level", "Hard", ["Easy", "Hard"]).decide(after=31 * 60)
    rows = decisions(shop, log)
    assert [pick(r, "ai_suggestion", "link_rule", "outcome") for r in rows] == [
        ("Easy", "suggestion_same_question_and_type", "chosen_otherwise"), (None, None, "no_suggestion")]


def test_a_later_decision_on_the_same_thing_replaces_the_earlier_one(shop):
    log = Log().decide(choice="Apply").decide(question="Q002").decide("difficulty_level", "Easy").decide(choice="Create").decide("question_count", 10, question=None)
    assert [r["is_final"] for r in decisions(shop, log)] == [False, True, True, True, True]


def test_previous_decisions_are_strictly_earlier_newest_first_and_at_most_16(shop):
    log = Log()
    for number in range(20):
        log.decide("question_count", number, None, "Q001" if number % 2 else "Q002")
    rows = decisions(shop, log)
    for number, row in enumerate(rows):
        earlier = row["context"]["previous_decisions"]
        assert [e["choice"] for e in earlier] == [str(n) for n in range(number - 1, max(-1, number - 17), -1)]
        assert [e["same_question"] for e in earlier] == [(number - n) % 2 == 0 for n in range(number - 1, max(-1, number - 17), -1)]
    assert rows[0]["context"]["previous_decisions"] == []


def test_previous_decisions_do_not_cross_sessions_but_sittings(shop):
    log = Log().decide().decide(after=3600)
    log.sid = "another-session"
    log.decide()
    rows = sorted(decisions(shop, log), key=lambda r: r["timestamp"])
    assert [len(r["context"]["previous_decisions"]) for r in rows] == [0, 1, 0]
    assert len({r["session_id"] for r in rows}) == 2 and rows[0]["session_id"] == rows[1]["session_id"]


@pytest.mark.parametrize("silence, sittings", [(29 * 60 + 59, [0, 0]), (30 * 60 + 1, [0, 1])])
def test_thirty_minutes_of_silence_begin_a_new_sitting(shop, silence, sittings):
    rows = decisions(shop, Log().decide().decide(question="Q002", after=silence))
    assert [r["sitting"] for r in rows] == sittings and [r["session_order"] for r in rows] == [0, 1]
    assert [r["sitting_order"] for r in rows] == ([0, 1] if sittings == [0, 0] else [0, 0])


def test_any_event_keeps_a_sitting_alive(shop):
    log = Log().decide().add("tool_start", after=20 * 60).decide(question="Q002", after=20 * 60)
    assert [r["sitting"] for r in decisions(shop, log)] == [0, 0]


def test_timing_buckets_look_back_only_and_time_to_decide_is_from_the_suggestion(shop):
    log = Log().add("tool_start").suggest().decide(after=40)
    log.add("tool_start", after=100).decide("difficulty_level", "Easy", after=1000)
    first, second = decisions(shop, log)
    assert pick(first, "time_to_decide", "session_elapsed", "since_previous") == ("32-63", "4-7", None)
    assert pick(second, "time_to_decide", "since_previous") == (None, "64-127")


def test_level_and_difficulty_are_as_they_stood_before_the_decision(shop):
    log = Log().add("question_created", {"question_id": "Q001", "bloom": "minnas", "difficulty": "lätt", "question_type": "mcq"})
    log.decide(choice="Apply", bloom_level="Apply").decide("difficulty_level", "Hard", ["Easy", "Hard"]).decide("question_type", "essay")
    rows = decisions(shop, log)
    assert [pick(r, "bloom_level", "difficulty", "question_type") for r in rows] == [
        ("Remember", "Easy", "multiple_choice_single"), ("Apply", "Easy", "multiple_choice_single"), ("Apply", "Hard", "multiple_choice_single")]


@pytest.mark.parametrize("written, bloom", [("apply", "Apply"), ("#Apply", "Apply"), ("#bloom_analyze", "Analyze"), ("ANALYSE", "Analyze"), ("förstå", "Understand"),
                                            ("Bedöma", "Evaluate"), ("skapa", "Create")])
def test_bloom_aliases_become_one_word(shop, written, bloom):
    row = decisions(shop, Log().decide("difficulty_level", "Easy", bloom_level=written))[0]
    assert pick(row, "bloom_level", "bloom_level_other") == (bloom, None)


@pytest.mark.parametrize("written, kind", [("MC-Single", "multiple_choice_single"), ("Flerval (flera svar)", "multiple_response"), ("Sant/Falskt", "true_false"), ("FIB", "text_entry"),
                                           ("Essä", "essay"), ("Matchning", "match"), ("mcq", "multiple_choice_single"), ("Dropdown", "inline_choice"), ("text_area", "text_area")])
def test_question_type_aliases_become_one_word(shop, written, kind):
    assert pick(decisions(shop, Log().decide(question_type=written))[0], "question_type", "question_type_other") == (kind, None)


def test_what_has_no_canonical_form_stands_in_its_own_column(shop):
    log = Log().decide("question_count", 3, question_type="korsord", bloom_level="nivå 9", difficulty="omöjlig")
    row = decisions(shop, log)[0]
    assert pick(row, "question_type", "bloom_level", "difficulty") == (None, None, None)
    assert pick(row, "question_type_other", "bloom_level_other", "difficulty_other") == ("korsord", "nivå 9", "omöjlig")


def test_a_suggestion_in_another_spelling_than_the_options_is_linked(shop):
    row = decisions(shop, Log().suggest("#bloom_apply").decide(choice="Apply"))[0]
    assert pick(row, "outcome", "ai_suggestion_label", "ai_suggestion_index") == ("accepted", "Apply", 1)


def test_labels_stand_beside_choices_of_a_closed_vocabulary(shop):
    row = decisions(shop, Log().suggest("tillämpa", suggestion_id="s").decide(choice="#Remember", options=["minnas", "Apply"], parent_id="s"))[0]
    assert pick(row, "user_choice", "user_choice_label", "user_choice_index") == ("#Remember", "Remember", 0)
    assert pick(row, "ai_suggestion_label", "ai_suggestion_index") == ("Apply", 1)


def test_module_and_stage_come_from_the_body_else_the_tool_else_the_stage_before(shop):
    log = Log().add("stage_start", {"module": "m1", "stage": 4}, tool="m1_stage4").decide(tool="log_decision").decide(tool="m3_stage1").decide(module="m4", stage=2)
    assert [pick(r["context"], "module", "stage") for r in decisions(shop, log)] == [("m1", 4), ("m3", 1), ("m4", 2)]


def test_times_keep_their_instant_and_their_offset(shop):
    log = Log().decide(ts="2026-02-02T08:00:00Z").decide(ts="2026-02-02T10:00:01.25+02:00").decide(ts="2026-02-02T08:00:02.123456+00:00")
    rows = decisions(shop, log)
    assert [r["timestamp"].isoformat() for r in rows] == ["2026-02-02T08:00:00+00:00", "2026-02-02T08:00:01.250000+00:00", "2026-02-02T08:00:02.123456+00:00"]
    assert [r["tz_offset_minutes"] for r in rows] == [0, 120, 0] and {r["term"] for r in rows} == {"2026-VT"}


def test_a_clock_set_back_is_flagged_and_keeps_the_order_of_the_file(shop):
    rows = decisions(shop, Log().decide(question="Q1", ts="2026-02-02T08:10:00Z").decide(question="Q2", ts="2026-02-02T08:00:00Z"))
    assert [r["quality_flags"] for r in rows] == [[], ["clock_step"]]


def test_a_decision_by_a_machine_says_so(shop):
    log = Log().suggest("x").add("build_ai_suggestion_accepted", {"question_id": "Q001", "decision_type": "bloom_level", "actor_type": "auto_validation"})
    assert decisions(shop, log)[0]["actor"] == "machine"


def test_orphans_are_counted_and_listed_by_file_and_line(shop):
    log = Log().suggest().decide(question="Q002", suggestion_id="nowhere").add("correction_made", {"question_id": "Q003", "before": "a", "after": "b"})
    project(shop.logs, log)
    checked = shop.check()
    assert checked["tally"]["orphans"] == {"suggestion": 1, "decision_reference": 1, "correction": 1}
    assert sorted((o["kind"], o["line"]) for o in checked["orphans"]) == [("correction", 3), ("decision_reference", 2), ("suggestion", 1)]
    assert SID not in str(checked["orphans"])
