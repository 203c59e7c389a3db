#include "qf/ingest/event_table.h"

#include <array>
#include <unordered_map>
#include <vector>

#include "qf/ingest/bodies.h"

namespace qf {
namespace {

using bodies::ai_suggestion;
constexpr auto kReq = Need::kRequired;
constexpr auto kExp = Need::kExpected;
constexpr auto kOpt = Need::kOptional;
constexpr Types kId = kString | kNumber;

// clang-format off
constexpr BodyField kUserDecision[] = {
    {Key::kDecisionType, kString, kReq, Key::kCount, "what was decided: bloom_level, question_count, …"},
    {Key::kUserChoice, kAny, kReq, Key::kChoice, "what the teacher chose; string, number or object"},
    {Key::kOptionsPresented, kArray, kExp, Key::kOptions, "the options in the order shown"},
    {Key::kQuestionId, kId, kExp, Key::kCount, "the question it concerns; absent for decisions about a module"},
    {Key::kQuestionText, kString, kOpt, Key::kCount, "text of the question at that time"},
    {Key::kQuestionType, kString, kOpt, Key::kCount, "type of the question at that time"},
    {Key::kBloomLevel, kString, kOpt, Key::kBloom, "Bloom level at that time"},
    {Key::kDifficulty, kString, kOpt, Key::kCount, "difficulty at that time"},
    {Key::kSuggestionId, kId, kOpt, Key::kCount, "id of the suggestion that it answers"},
    {Key::kAiSuggestion, kAny, kOpt, Key::kCount, "what the AI had suggested"},
    {Key::kAiConfidence, kNumber, kOpt, Key::kConfidence, "the AI's confidence, 0 to 1 or 0 to 100"},
    {Key::kRationale, kString, kOpt, Key::kReason, "the teacher's words about the choice"},
    {Key::kModule, kString, kOpt, Key::kCount, "module: m1 to m5"},
    {Key::kStage, kString | kNumber, kOpt, Key::kCount, "stage within the module"}};
constexpr BodyField kModuleDecision[] = {
    {Key::kChoice, kAny, kReq, Key::kUserChoice, "what the teacher chose"},
    {Key::kAvailableOptions, kArray, kExp, Key::kOptionsPresented, "the options in the order shown"},
    {Key::kDecisionType, kString, kExp, Key::kCount, "what was decided; entry_point where absent"},
    {Key::kRationale, kString, kOpt, Key::kReason, "the teacher's words about the choice"}};
constexpr BodyField kStep1Decision[] = {
    {Key::kTeacherDecision, kString, kReq, Key::kCount, "accept_ai, modify, manual, skip, delete"},
    {Key::kQuestionId, kId, kExp, Key::kCount, "the question"},
    {Key::kIssueType, kString, kExp, Key::kIssueId, "the fault that was to be fixed"},
    {Key::kAiSuggestion, kObject | kString, kExp, Key::kCount, "what the AI suggested, with its confidence"},
    {Key::kAppliedFix, kObject, kOpt, Key::kCount, "what was done; the teacher's text is cut at 100 characters"},
    {Key::kTeacherNote, kString, kOpt, Key::kCount, "the teacher's words"},
    {Key::kTimeSpentSeconds, kNumber, kOpt, Key::kCount, "seconds spent; null in practice"}};
constexpr BodyField kQuestionApproved[] = {
    {Key::kQuestionId, kId, kReq, Key::kCount, "the question"},
    {Key::kType, kString, kExp, Key::kQuestionType, "its type"},
    {Key::kMethod, kString, kOpt, Key::kCount, "auto_parse"},
    {Key::kConfidenceScores, kObject, kOpt, Key::kCount, "the parser's confidence by part, 0 to 100"},
    {Key::kCorrectionsApplied, kArray, kOpt, Key::kCount, "names of the fields that were corrected"}};
constexpr BodyField kQuestionSkipped[] = {
    {Key::kQuestionId, kId, kReq, Key::kCount, "the question"},
    {Key::kType, kString, kExp, Key::kQuestionType, "its type"},
    {Key::kReason, kString, kExp, Key::kCount, "the teacher's words, or the tool's stand-in for none"}};
constexpr BodyField kAnswered[] = {
    {Key::kQuestionId, kId, kExp, Key::kQuestionIdentifier, "the question"},
    {Key::kSuggestionId, kId, kOpt, Key::kCount, "id of the suggestion"},
    {Key::kDecisionType, kString, kExp, Key::kCount, "what was decided"},
    {Key::kActorType, kString, kOpt, Key::kCount, "teacher, ai_suggestion, auto_validation, system"},
    {Key::kAiSuggestion, kAny, kOpt, Key::kCount, "what the AI had suggested"},
    {Key::kUserChoice, kAny, kOpt, Key::kCount, "what the teacher put instead"},
    {Key::kRationale, kString, kOpt, Key::kReason, "the teacher's words"},
    {Key::kQuestionText, kString}, {Key::kQuestionType, kString}, {Key::kBloomLevel, kString}, {Key::kDifficulty, kString}};
constexpr BodyField kSuggestion[] = {
    {Key::kSuggestion, kAny | kNull, kReq, Key::kValue, "what the AI suggests; null where it suggests to take something out", Key::kAiSuggestion},
    {Key::kSuggestionId, kId, kExp, Key::kCount, "id that the decision and the correction refer to"},
    {Key::kQuestionId, kId, kExp, Key::kQuestionIdentifier, "the question"},
    {Key::kDecisionType, kString, kExp, Key::kField, "what the suggestion is about"},
    {Key::kConfidence, kNumber, kExp, Key::kAiConfidence, "0 to 1 or 0 to 100"},
    {Key::kBefore, kAny, kOpt, Key::kCount, "the value that it would replace"},
    {Key::kIntent, kString, kOpt, Key::kCount, "why it is made"},
    {Key::kQuestionText, kString}, {Key::kQuestionType, kString}, {Key::kBloomLevel, kString, kOpt, Key::kBloom},
    {Key::kDifficulty, kString}, {Key::kModule, kString}, {Key::kStage, kString | kNumber}};
constexpr BodyField kQuestionParsed[] = {
    {Key::kQuestionId, kId, kReq, Key::kCount, "the question"},
    {Key::kType, kString, kReq, Key::kCount, "the type that the parser found"},
    {Key::kTypeConfidence, kNumber, kExp, Key::kCount, "0 to 100"}};
constexpr BodyField kCorrection[] = {
    {Key::kBefore, kAny | kNull, kExp, Key::kOldValue, "the value before; null where something was put in anew"},
    {Key::kAfter, kAny | kNull, kExp, Key::kNewValue, "the value after; null where something was taken out; one of the two must be there"},
    {Key::kField, kString, kExp, Key::kCount, "the field that was corrected"},
    {Key::kQuestionId, kId, kExp, Key::kQuestionIdentifier, "the question"},
    {Key::kSuggestionId, kId, kOpt, Key::kCount, "id of the suggestion that was carried out or replaced"},
    {Key::kCorrectionType, kString, kOpt, Key::kIntent, "kind of correction"},
    {Key::kActorType, kString, kOpt, Key::kCount, "teacher unless it says otherwise"},
    {Key::kQuestionText, kString}, {Key::kQuestionType, kString}, {Key::kModule, kString}, {Key::kStage, kString | kNumber}};
constexpr BodyField kFieldUpdated[] = {
    {Key::kQuestionId, kId, kReq, Key::kCount, "the question"},
    {Key::kField, kString, kReq, Key::kCount, "the field"},
    {Key::kOldValue, kAny | kNull, kExp, Key::kCount, "the value before, whole"},
    {Key::kNewValue, kAny | kNull, kExp, Key::kCount, "the value after, whole"}};
constexpr BodyField kManualFix[] = {
    {Key::kSuccess, kBoolean, kReq, Key::kCount, "whether the fix was made"},
    {Key::kQuestionId, kId, kOpt, Key::kCount, "the question"},
    {Key::kField, kString, kOpt, Key::kCount, "the field"},
    {Key::kValue, kAny, kOpt, Key::kCount, "the teacher's value, cut at 50 characters"}};
constexpr BodyField kStep3[] = {
    {Key::kError, kObject, kReq, Key::kCount, "question_id, field and message of the fault"},
    {Key::kRule, kObject, kReq, Key::kCount, "rule_id and confidence of the fix"},
    {Key::kResult, kObject, kExp, Key::kCount, "success and lines_changed"},
    {Key::kRound, kNumber, kExp, Key::kCount, "round of the repair"}};
constexpr BodyField kQuestion[] = {
    {Key::kQuestionId, kId, kExp, Key::kQuestionIdentifier, "the question"},
    {Key::kType, kString, kOpt, Key::kQuestionType, "its type"},
    {Key::kQuestionText, kString}, {Key::kBloomLevel, kString, kOpt, Key::kBloom}, {Key::kDifficulty, kString},
    {Key::kTitle, kString}};
constexpr BodyField kValidation[] = {
    {Key::kQuestionId, kId, kOpt, Key::kQuestionIdentifier, "the question, where it is about one"},
    {Key::kValid, kBoolean | kNumber, kExp, Key::kPassed, "the result"}};
constexpr BodyField kNamedValidation[] = {{Key::kQuestionId, kId, kOpt, Key::kQuestionIdentifier, "the question, where it is about one"}};
constexpr BodyField kStage[] = {
    {Key::kModule, kString, kReq, Key::kCount, "m1 to m4"},
    {Key::kStage, kString | kNumber, kReq, Key::kCount, "stage index"}};

constexpr auto kT = Actor::kTeacher;
constexpr auto kM = Actor::kMachine;
// Short, so that a row of the table is a line.
// NOLINTBEGIN(readability-identifier-naming)
constexpr auto E = kEnveloped;
constexpr auto S1 = in(Layout::kStep1);
constexpr auto S3 = in(Layout::kStep3);
constexpr auto P = in(Layout::kPipeline);
constexpr auto EP = static_cast<LayoutSet>(kEnveloped | in(Layout::kPipeline));
// NOLINTEND(readability-identifier-naming)
constexpr std::span<const BodyField> kNoFields{};

using K = EventKind;
constexpr EventType kTypes[] = {
    // Decisions
    {"user_decision", E, K::kDecision, kT, kUserDecision, bodies::user_decision, "decisions, questions"},
    {"module_decision", E, K::kDecision, kT, kModuleDecision, bodies::module_decision, "decisions"},
    {"step1_decision", S1, K::kDecision, kT, kStep1Decision, bodies::step1_decision, "decisions, corrections, questions"},
    {"question_approved", E, K::kDecision, kT, kQuestionApproved, bodies::question_approved, "decisions, questions"},
    {"question_skipped", E, K::kDecision, kT, kQuestionSkipped, bodies::question_skipped, "decisions, questions"},
    {"build_ai_suggestion_accepted", E, K::kDecision, kT, kAnswered, bodies::suggestion_accepted, "decisions, questions"},
    {"build_ai_suggestion_rejected", E, K::kDecision, kT, kAnswered, bodies::suggestion_rejected, "decisions, questions"},
    {"build_ai_suggestion_modified", E, K::kDecision, kT, kAnswered, bodies::suggestion_modified, "decisions, questions"},
    // Suggestions
    {"ai_suggestion", E, K::kSuggestion, kM, kSuggestion, ai_suggestion, "decisions, questions"},
    {"build_ai_suggestion_offered", E, K::kSuggestion, kM, kSuggestion, ai_suggestion, "decisions, questions"},
    {"question_parsed", E, K::kSuggestion, kM, kQuestionParsed, bodies::question_parsed, "decisions, questions"},
    // Corrections
    {"correction_made", E, K::kCorrection, kT, kCorrection, bodies::correction_made, "corrections, questions"},
    {"field_updated", E, K::kCorrection, kT, kFieldUpdated, bodies::field_updated, "corrections, questions"},
    {"tool_end", E, K::kCorrection, kT, kManualFix, bodies::manual_fix, "corrections, questions", "step1_fix_manual"},
    {"step3_iteration", S3, K::kCorrection, kM, kStep3, bodies::step3_iteration, "corrections, questions"},
    // Questions
    {"question_created", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"question_modified", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"question_finalized", E, K::kQuestion, kM, kQuestion, bodies::question_finished, "questions"},
    {"question_exported", E, K::kQuestion, kM, kQuestion, bodies::question_exported, "questions"},
    {"question_deleted", E, K::kQuestion, kM, kQuestion, bodies::question_deleted, "questions"},
    {"question_abandoned", E, K::kQuestion, kM, kQuestion, bodies::question_abandoned, "questions"},
    {"build_started", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"build_field_completed", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"build_iteration_complete", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"build_completed", E, K::kQuestion, kM, kQuestion, bodies::question_built, "questions"},
    {"build_abandoned", E, K::kQuestion, kM, kQuestion, bodies::question_abandoned, "questions"},
    {"review_started", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"review_issue_found", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"review_returned_to_build", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"review_approved", E, K::kQuestion, kM, kQuestion, bodies::question_finished, "questions"},
    {"review_abandoned", E, K::kQuestion, kM, kQuestion, bodies::question_abandoned, "questions"},
    {"fallback_requested", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"qfmd_submitted", E, K::kQuestion, kM, kQuestion, bodies::question_seen, "questions"},
    {"qfmd_generated", E, K::kQuestion, kM, kNoFields, nullptr, ""},
    {"teacher_helped_parse", E, K::kInteraction, kT, kNoFields, nullptr, ""},
    {"pattern_created", E, K::kInteraction, kT, kNoFields, nullptr, ""},
    // Validations
    {"question_validated", E, K::kValidation, kM, kValidation, bodies::validation, "questions"},
    {"validation_started", E, K::kValidation, kM, kNoFields, nullptr, ""},
    {"validation_passed", E, K::kValidation, kM, kNamedValidation, bodies::validation_passed, "questions"},
    {"validation_failed", E, K::kValidation, kM, kNamedValidation, bodies::validation_failed, "questions"},
    {"validation_error_fixed", E, K::kValidation, kM, kNoFields, nullptr, ""},
    {"validation_warning_acknowledged", E, K::kValidation, kT, kNoFields, nullptr, ""},
    {"validation_abandoned", E, K::kQuestion, kM, kQuestion, bodies::question_abandoned, "questions"},
    {"blocked_critical_missing", E, K::kValidation, kM, kNamedValidation, bodies::validation_failed, "questions"},
    {"warning_optional_missing", E, K::kValidation, kM, kNoFields, nullptr, ""},
    {"validation_complete", E, K::kValidation, kM, kNoFields, nullptr, ""},
    {"validation_summary", E, K::kValidation, kM, kNoFields, nullptr, ""},
    {"autofix_complete", E, K::kValidation, kM, kNoFields, nullptr, ""},
    {"step2_validate", P, K::kValidation, kM, kNoFields, nullptr, ""},
    // Stages
    {"stage_start", E, K::kStage, kM, kStage, bodies::stage_start, "decisions.context"},
    {"stage_complete", E, K::kStage, kM, kStage, bodies::stage_complete, "decisions.context"},
    {"stage_skip", E, K::kStage, kT, kStage, bodies::stage_skip, "decisions.context"},
    // Sessions
    {"session_start", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_created", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_resume", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_end", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_started", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_complete", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_finished", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"project_analyzed", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"file_added", E, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_start", S1, K::kSession, kM, kNoFields, nullptr, ""},
    {"session_complete", S1, K::kSession, kM, kNoFields, nullptr, ""},
    {"navigate", S1, K::kInteraction, kT, kNoFields, nullptr, ""},
    {"session_complete", S3, K::kSession, kM, kNoFields, nullptr, ""},
    {"step0_start", P, K::kSession, kM, kNoFields, nullptr, ""},
    // Tool outcomes
    {"tool_start", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"tool_progress", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"tool_end", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"tool_error", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"tool_warning", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"file_parsed", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"format_detected", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"format_converted", E, K::kTool, kM, kNoFields, nullptr, ""},
    {"step2_read", P, K::kTool, kM, kNoFields, nullptr, ""},
    {"step1_start", P, K::kTool, kM, kNoFields, nullptr, ""},
    {"step1_transform", P, K::kTool, kM, kNoFields, nullptr, ""},
    {"step1_finish", P, K::kTool, kM, kNoFields, nullptr, ""},
    // Exports
    {"export_complete", E, K::kExport, kM, kNoFields, nullptr, ""},
    {"step4_export", P, K::kExport, kM, kNoFields, nullptr, ""},
    // What a teacher did, without content
    {"user_input", E, K::kInteraction, kT, kNoFields, nullptr, ""},
    {"user_edit", E, K::kInteraction, kT, kNoFields, nullptr, ""},
    // Sentences as event names: told by how they begin, never by what follows
    {"session_created_sentence", EP, K::kSession, kM, kNoFields, nullptr, "", "", "Session created: "},
    {"session_resumed_sentence", EP, K::kSession, kM, kNoFields, nullptr, "", "", "Session resumed"},
    {"read_lines_sentence", EP, K::kTool, kM, kNoFields, nullptr, "", "", "Read lines "},
    {"validated_sentence", EP, K::kValidation, kM, kNoFields, nullptr, "", "", "Validated: "},
    {"guided_build_started_sentence", EP, K::kTool, kM, kNoFields, nullptr, "", "", "Started guided build: "},
    {"transformed_sentence", EP, K::kTool, kM, kNoFields, nullptr, "", "", "Transformed: "},
    {"batch_fixed_sentence", EP, K::kTool, kM, kNoFields, nullptr, "", "", "Batch fixed "},
    {"finished_sentence", EP, K::kTool, kM, kNoFields, nullptr, "", "", "Finished: "},
    {"script_error_sentence", EP, K::kTool, kM, kNoFields, nullptr, "", "", "Error in "},
    {"exported_sentence", EP, K::kExport, kM, kNoFields, nullptr, "", "", "Exported"},
};
// clang-format on

struct Index {
  std::unordered_map<std::string_view, std::vector<const EventType*>> exact;
  std::vector<const EventType*> sentences;
};

const Index& index() {
  static const Index made = [] {
    Index built;
    for (const EventType& type : kTypes) {
      if (type.prefix.empty())
        built.exact[type.name].push_back(&type);
      else
        built.sentences.push_back(&type);
    }
    return built;
  }();
  return made;
}

}  // namespace

std::span<const EventType> event_types() { return kTypes; }

const EventType* find_event_type(Layout layout, std::string_view tool, std::string_view event) {
  const auto fits = [&](const EventType* type) {
    return (type->layouts & in(layout)) != 0 && (type->tool.empty() || type->tool == tool);
  };
  if (const auto found = index().exact.find(event); found != index().exact.end())
    for (const EventType* type : found->second)
      if (fits(type)) return type;
  for (const EventType* type : index().sentences)
    if (event.starts_with(type->prefix) && fits(type)) return type;
  return nullptr;
}

std::string_view to_string(Need need) {
  switch (need) {
    case Need::kRequired: return "required";
    case Need::kExpected: return "expected";
    case Need::kOptional: return "optional";
  }
  return "";
}

}  // namespace qf
