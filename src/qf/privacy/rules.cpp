// The rules themselves: what may leave of each field. Adding a field to a table asks for a row here.
#include "qf/privacy/policy.h"

namespace qf {
namespace {

constexpr auto kDecisions = TableId::kDecisions;
constexpr auto kCorrections = TableId::kCorrections;
constexpr auto kQuestions = TableId::kQuestions;
using enum RuleAction;
constexpr auto kQuestionText = TextGroup::kQuestion;
constexpr auto kOptionsText = TextGroup::kOptions;
constexpr auto kCorrectionText = TextGroup::kCorrection;
constexpr auto kRationaleText = TextGroup::kRationale;
constexpr auto kNotExternal = RuleNote::kNotExternal;
constexpr auto kStrict = RuleNote::kStrict;
constexpr auto kNoSentence = RuleNote::kNoSentence;

// clang-format off
constexpr FieldRule kRules[] = {
    {kDecisions, "record_id", kPseudonymise}, {kDecisions, "session_id", kPseudonymise, kQuestionText, kNotExternal},
    {kDecisions, "subject_id", kPseudonymise, kQuestionText, kNotExternal},
    {kDecisions, "question_id", kPseudonymise, kQuestionText, kNotExternal},
    {kDecisions, "sitting", kKeep, kQuestionText, kNotExternal},
    {kDecisions, "session_order", kKeep, kQuestionText, kNotExternal},
    {kDecisions, "sitting_order", kKeep, kQuestionText, kNotExternal},
    {kDecisions, "timestamp", kPrivateOnly}, {kDecisions, "tz_offset_minutes", kPrivateOnly},
    {kDecisions, "term", kKeep},
    {kDecisions, "event_type", kKeep}, {kDecisions, "log_layout", kKeep}, {kDecisions, "mcp", kKeep},
    {kDecisions, "tool", kKeep}, {kDecisions, "actor", kKeep},
    {kDecisions, "decision_type", kClosedOrText, kOptionsText, kNoSentence},
    {kDecisions, "question_text", kText, kQuestionText}, {kDecisions, "question_text_source", kKeep},
    {kDecisions, "question_type", kKeep}, {kDecisions, "question_type_other", kText, kQuestionText, kStrict},
    {kDecisions, "bloom_level", kKeep}, {kDecisions, "bloom_level_other", kText, kQuestionText, kStrict},
    {kDecisions, "difficulty", kKeep}, {kDecisions, "difficulty_other", kText, kQuestionText, kStrict},
    {kDecisions, "context", kContext, kOptionsText, kNoSentence}, {kDecisions, "subject_area", kKeep},
    {kDecisions, "language", kTextFeature, kQuestionText},
    {kDecisions, "options_presented", kClosedOrText, kOptionsText}, {kDecisions, "option_count", kKeep},
    {kDecisions, "ai_suggestion", kClosedOrText, kOptionsText}, {kDecisions, "ai_suggestion_kind", kKeep},
    {kDecisions, "ai_suggestion_label", kKeep}, {kDecisions, "ai_suggestion_index", kKeep},
    {kDecisions, "ai_confidence", kKeep}, {kDecisions, "ai_confidence_logged", kPrivateOnly},
    {kDecisions, "user_choice", kClosedOrText, kOptionsText, kStrict}, {kDecisions, "user_choice_kind", kKeep},
    {kDecisions, "user_choice_label", kKeep}, {kDecisions, "user_choice_index", kKeep}, {kDecisions, "outcome", kKeep},
    {kDecisions, "rationale", kText, kRationaleText}, {kDecisions, "rationale_length", kTextFeature, kRationaleText},
    {kDecisions, "is_final", kKeep}, {kDecisions, "time_to_decide", kKeep},
    {kDecisions, "session_elapsed", kKeep, kQuestionText, kNotExternal},
    {kDecisions, "sitting_elapsed", kKeep, kQuestionText, kNotExternal}, {kDecisions, "since_previous", kKeep},
    {kDecisions, "link_rule", kKeep}, {kDecisions, "link_confidence", kKeep},
    {kDecisions, "question_length", kTextFeature, kQuestionText},
    {kDecisions, "cue_verb_class", kTextFeature, kQuestionText},
    {kDecisions, "readability", kTextFeature, kQuestionText},
    {kDecisions, "answer_position", kTextFeature, kQuestionText},
    {kDecisions, "quality_flags", kKeep}, {kDecisions, "fold", kKeep}, {kDecisions, "privacy_level", kKeep},
    {kDecisions, "dataset_version", kKeep},

    {kCorrections, "record_id", kPseudonymise},
    {kCorrections, "session_id", kPseudonymise, kQuestionText, kNotExternal},
    {kCorrections, "subject_id", kPseudonymise, kQuestionText, kNotExternal},
    {kCorrections, "question_id", kPseudonymise, kQuestionText, kNotExternal},
    {kCorrections, "decision_record_id", kPseudonymise, kQuestionText, kNotExternal},
    {kCorrections, "sitting", kKeep, kQuestionText, kNotExternal},
    {kCorrections, "session_order", kKeep, kQuestionText, kNotExternal},
    {kCorrections, "timestamp", kPrivateOnly}, {kCorrections, "tz_offset_minutes", kPrivateOnly},
    {kCorrections, "term", kKeep},
    {kCorrections, "event_type", kKeep}, {kCorrections, "log_layout", kKeep}, {kCorrections, "mcp", kKeep},
    {kCorrections, "tool", kKeep}, {kCorrections, "actor", kKeep},
    {kCorrections, "module", kClosedOrText, kOptionsText, kNoSentence}, {kCorrections, "stage", kKeep},
    {kCorrections, "field", kKeep}, {kCorrections, "field_other", kText, kCorrectionText},
    {kCorrections, "correction_type", kText, kCorrectionText},
    {kCorrections, "question_type", kKeep}, {kCorrections, "question_type_other", kText, kQuestionText, kStrict},
    {kCorrections, "subject_area", kKeep}, {kCorrections, "language", kTextFeature, kCorrectionText},
    {kCorrections, "before", kClosedOrText, kCorrectionText}, {kCorrections, "before_kind", kKeep},
    {kCorrections, "before_length", kTextFeature, kCorrectionText}, {kCorrections, "before_truncated", kKeep},
    {kCorrections, "after", kClosedOrText, kCorrectionText}, {kCorrections, "after_kind", kKeep},
    {kCorrections, "after_length", kTextFeature, kCorrectionText}, {kCorrections, "after_truncated", kKeep},
    {kCorrections, "edit_distance", kTextFeature, kCorrectionText}, {kCorrections, "matches_suggestion", kKeep},
    {kCorrections, "is_final", kKeep}, {kCorrections, "link_rule", kKeep}, {kCorrections, "link_confidence", kKeep},
    {kCorrections, "quality_flags", kKeep}, {kCorrections, "fold", kKeep}, {kCorrections, "privacy_level", kKeep},
    {kCorrections, "dataset_version", kKeep},

    {kQuestions, "record_id", kPseudonymise}, {kQuestions, "session_id", kPseudonymise, kQuestionText, kNotExternal},
    {kQuestions, "subject_id", kPseudonymise, kQuestionText, kNotExternal},
    {kQuestions, "question_id", kPseudonymise, kQuestionText, kNotExternal},
    {kQuestions, "session_order", kKeep, kQuestionText, kNotExternal}, {kQuestions, "first_seen", kPrivateOnly},
    {kQuestions, "last_seen", kPrivateOnly},
    {kQuestions, "term", kKeep}, {kQuestions, "duration", kKeep},
    {kQuestions, "title", kText, kQuestionText}, {kQuestions, "question_text", kText, kQuestionText},
    {kQuestions, "question_text_source", kKeep}, {kQuestions, "options", kClosedOrText, kOptionsText},
    {kQuestions, "option_count", kKeep},
    {kQuestions, "question_type", kKeep}, {kQuestions, "question_type_other", kText, kQuestionText, kStrict},
    {kQuestions, "bloom_level", kKeep}, {kQuestions, "bloom_level_other", kText, kQuestionText, kStrict},
    {kQuestions, "difficulty", kKeep}, {kQuestions, "difficulty_other", kText, kQuestionText, kStrict},
    {kQuestions, "subject_area", kKeep}, {kQuestions, "language", kTextFeature, kQuestionText},
    {kQuestions, "question_length", kTextFeature, kQuestionText},
    {kQuestions, "cue_verb_class", kTextFeature, kQuestionText},
    {kQuestions, "readability", kTextFeature, kQuestionText},
    {kQuestions, "answer_position", kTextFeature, kQuestionText},
    {kQuestions, "suggestions", kKeep}, {kQuestions, "decisions", kKeep}, {kQuestions, "accepted", kKeep},
    {kQuestions, "corrections", kKeep}, {kQuestions, "machine_corrections", kKeep}, {kQuestions, "iterations", kKeep},
    {kQuestions, "validation_attempts", kKeep}, {kQuestions, "validation_failures", kKeep},
    {kQuestions, "outcome", kKeep},
    {kQuestions, "abandoned_at", kKeep}, {kQuestions, "quality_flags", kKeep}, {kQuestions, "fold", kKeep},
    {kQuestions, "privacy_level", kKeep}, {kQuestions, "dataset_version", kKeep},
};
// clang-format on

}  // namespace

std::span<const FieldRule> field_rules() { return kRules; }

}  // namespace qf
