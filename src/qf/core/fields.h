// The rows of the three tables. Adding a field is one row here; a name that is not here does not compile.
#pragma once

#include <array>

#include "qf/core/schema.h"

namespace qf {
namespace fields {

inline constexpr FieldType kText{TypeKind::kString};
inline constexpr FieldType kFlag{TypeKind::kBool};
inline constexpr FieldType kInt{TypeKind::kInt32};
inline constexpr FieldType kReal{TypeKind::kDouble};
inline constexpr FieldType kTime{TypeKind::kTimestamp};
inline constexpr ChildType kTextItem[] = {{"element", kText, "one value"}};
inline constexpr FieldType kTextList{TypeKind::kList, kTextItem, 1};

inline constexpr ChildType kPreviousMembers[] = {
    {"decision_type", kText, "what was decided"},
    {"choice", kText, "what was chosen"},
    {"same_question", kFlag, "whether it was about the same question"},
};
inline constexpr ChildType kPreviousItem[] = {
    {"element", {TypeKind::kStruct, kPreviousMembers, 3}, "one earlier decision"}};
inline constexpr ChildType kContextMembers[] = {
    {"module", kText, "module of the methodology: m1 to m5, pipeline"},
    {"stage", kInt, "stage index within the module, as logged"},
    {"previous_decisions",
     {TypeKind::kList, kPreviousItem, 1},
     "strictly earlier decisions of the session, newest first, at most 16"},
};
inline constexpr FieldType kContext{TypeKind::kStruct, kContextMembers, 3};

inline constexpr auto kDirect = PrivacyClass::kDirectIdentifier;
inline constexpr auto kQuasi = PrivacyClass::kQuasiIdentifier;
inline constexpr auto kSensitive = PrivacyClass::kSensitive;
inline constexpr auto kFree = PrivacyClass::kFreeText;
inline constexpr auto kPlain = PrivacyClass::kNotSensitive;
inline constexpr auto kFeature = Role::kFeature;
inline constexpr auto kTarget = Role::kTarget;
inline constexpr auto kAftermath = Role::kAftermath;
inline constexpr auto kKey = Role::kKey;
inline constexpr auto kMeta = Role::kMetadata;

inline constexpr FieldSpec kDecisions[] = {
    {"record_id", kText, kDirect, kKey, "keyed pseudonym of the source line", ""},
    {"session_id", kText, kDirect, kKey, "keyed pseudonym of the session (a project's session id)", ""},
    {"subject_id", kText, kDirect, kKey, "keyed pseudonym of the person", ""},
    {"question_id", kText, kDirect, kKey, "keyed pseudonym of the question within its project", ""},
    {"sitting", kInt, kPlain, kFeature, "which sitting of the session, from 0; a new one after 30 minutes of silence",
     "index"},
    {"session_order", kInt, kPlain, kFeature, "place of the decision among the session's rows, from 0", "index"},
    {"sitting_order", kInt, kPlain, kFeature, "place of the decision among the sitting's rows, from 0", "index"},
    {"timestamp", kTime, kQuasi, kMeta, "instant of the event; only in private datasets", "UTC, microseconds"},
    {"tz_offset_minutes", kInt, kQuasi, kMeta, "offset from UTC that the log stated; only in private datasets",
     "minutes"},
    {"term", kText, kQuasi, kMeta, "Swedish term of the event: 2026-VT (January to June) or 2026-HT", ""},
    {"event_type", kText, kQuasi, kMeta, "canonical name of the event that the row comes from", ""},
    {"log_layout", kText, kQuasi, kMeta, "layout of the log line: rfc001, flat, pipeline, step1", ""},
    {"mcp", kText, kQuasi, kMeta, "server that wrote the line: qf-pipeline, qf-scaffolding, qti-core, other", ""},
    {"tool", kText, kQuasi, kFeature, "tool that wrote the line, where it is a known one; else other", ""},
    {"actor", kText, kQuasi, kMeta, "who decided: teacher or machine", ""},
    {"decision_type", kText, kQuasi, kFeature,
     "what was decided; canonical where known; other names leave only as raw text", ""},
    {"question_text", kText, kFree, kFeature,
     "text of the question; a feature only where question_text_source is event or history", ""},
    {"question_text_source", kText, kPlain, kMeta,
     "event; history (a version no later than the decision); current (may be later: aftermath)", ""},
    {"question_type", kText, kQuasi, kFeature, "canonical question type", ""},
    {"question_type_other", kText, kFree, kFeature, "question type as logged, where it has no canonical form", ""},
    {"bloom_level", kText, kPlain, kFeature, "Bloom level as it stood before the decision", ""},
    {"bloom_level_other", kText, kFree, kFeature, "Bloom level as it stood, where it has no canonical form", ""},
    {"difficulty", kText, kPlain, kFeature, "difficulty as it stood before the decision", ""},
    {"difficulty_other", kText, kFree, kFeature, "difficulty as it stood, where it has no canonical form", ""},
    {"context", kContext, kQuasi, kFeature, "where in the work the decision was made, and what was decided before", ""},
    {"subject_area", kText, kQuasi, kFeature, "letters of the course code (BIOG001X: BIOG)", ""},
    {"language", kText, kQuasi, kFeature, "language of the question text: sv, en", ""},
    {"options_presented", kTextList, kFree, kFeature, "options in the order shown; numbers and objects as JSON text",
     ""},
    {"option_count", kInt, kPlain, kFeature, "number of options shown", "count"},
    {"ai_suggestion", kText, kFree, kFeature, "what the AI suggested; numbers and objects as JSON text", ""},
    {"ai_suggestion_kind", kText, kPlain, kFeature, "JSON type of the suggestion as logged", ""},
    {"ai_suggestion_label", kText, kPlain, kFeature,
     "canonical form of the suggestion, for Bloom, difficulty and question type", ""},
    {"ai_suggestion_index", kInt, kPlain, kFeature, "place of the suggestion among the options; -1 = not among them",
     "index"},
    {"ai_confidence", kReal, kPlain, kFeature, "the AI's confidence", "0 to 1"},
    {"ai_confidence_logged", kReal, kPlain, kMeta, "the confidence as logged", "0 to 1 or 0 to 100"},
    {"user_choice", kText, kFree, kTarget, "what the teacher chose; numbers and objects as JSON text", ""},
    {"user_choice_kind", kText, kPlain, kMeta, "JSON type of the choice as logged", ""},
    {"user_choice_label", kText, kSensitive, kTarget,
     "canonical form of the choice, for Bloom, difficulty and question type", ""},
    {"user_choice_index", kInt, kSensitive, kTarget, "place of the choice among the options; -1 = outside them",
     "index"},
    {"outcome", kText, kSensitive, kTarget, "accepted, modified, rejected, chosen_otherwise, no_suggestion", ""},
    {"rationale", kText, kFree, kAftermath, "the teacher's words about the choice", ""},
    {"rationale_length", kText, kPlain, kAftermath, "length bucket of the rationale: none, 1-5, 6-15, 16-40, 41+",
     "words"},
    {"is_final", kFlag, kPlain, kAftermath, "false where a later decision of the session replaced this one", ""},
    {"time_to_decide", kText, kSensitive, kAftermath, "bucket of the time from the suggestion to the decision",
     "seconds, powers of two"},
    {"session_elapsed", kText, kSensitive, kFeature,
     "bucket of the time from the session's start to the last event before the decision", "seconds, powers of two"},
    {"sitting_elapsed", kText, kSensitive, kFeature,
     "bucket of the time from the sitting's start to the last event before the decision", "seconds, powers of two"},
    {"since_previous", kText, kSensitive, kFeature,
     "bucket of the time from the previous decision to the last event before this one", "seconds, powers of two"},
    {"link_rule", kText, kQuasi, kMeta, "rule that joined suggestion and decision; see docs/linking.md", ""},
    {"link_confidence", kReal, kPlain, kMeta, "measured precision of that rule", "0 to 1"},
    {"question_length", kText, kPlain, kFeature, "length bucket of the question: 1-5, 6-15, 16-40, 41-100, 101+",
     "words"},
    {"cue_verb_class", kText, kPlain, kFeature, "Bloom level that the question's cue verb points to", ""},
    {"readability", kText, kPlain, kFeature, "LIX band of the question: very_easy to very_hard", ""},
    {"answer_position", kInt, kPlain, kFeature, "place of the right answer among the question's own options", "index"},
    {"quality_flags", kTextList, kPlain, kMeta, "what is odd about the row; see docs/records.md", ""},
    {"fold", kInt, kPlain, kMeta, "cross-validation fold of the person, 0 to 4", "index"},
    {"privacy_level", kText, kPlain, kMeta,
     "raw, redacted or pseudonymised: what was done to the row; never a claim of anonymity", ""},
    {"dataset_version", kText, kPlain, kMeta, "version of the dataset that the row was published in", ""},
};

inline constexpr FieldSpec kCorrections[] = {
    {"record_id", kText, kDirect, kKey, "keyed pseudonym of the source line", ""},
    {"session_id", kText, kDirect, kKey, "keyed pseudonym of the session", ""},
    {"subject_id", kText, kDirect, kKey, "keyed pseudonym of the person", ""},
    {"question_id", kText, kDirect, kKey, "keyed pseudonym of the question within its project", ""},
    {"decision_record_id", kText, kDirect, kKey, "record_id of the decision that the correction carries out", ""},
    {"sitting", kInt, kPlain, kFeature, "which sitting of the session, from 0", "index"},
    {"session_order", kInt, kPlain, kFeature, "place of the correction among the session's rows, from 0", "index"},
    {"timestamp", kTime, kQuasi, kMeta, "instant of the event; only in private datasets", "UTC, microseconds"},
    {"tz_offset_minutes", kInt, kQuasi, kMeta, "offset from UTC that the log stated; only in private datasets",
     "minutes"},
    {"term", kText, kQuasi, kMeta, "Swedish term of the event", ""},
    {"event_type", kText, kQuasi, kMeta, "canonical name of the event that the row comes from", ""},
    {"log_layout", kText, kQuasi, kMeta, "layout of the log line", ""},
    {"mcp", kText, kQuasi, kMeta, "server that wrote the line", ""},
    {"tool", kText, kQuasi, kFeature, "tool that wrote the line, where it is a known one; else other", ""},
    {"actor", kText, kQuasi, kMeta, "who corrected: teacher or machine", ""},
    {"module", kText, kQuasi, kFeature, "module of the methodology", ""},
    {"stage", kInt, kQuasi, kFeature, "stage index within the module", ""},
    {"field", kText, kPlain, kFeature, "canonical name of the corrected field", ""},
    {"field_other", kText, kFree, kFeature, "name of the corrected field as logged, where it has no canonical form",
     ""},
    {"correction_type", kText, kFree, kMeta, "kind of correction as logged", ""},
    {"question_type", kText, kQuasi, kFeature, "canonical question type, as far as it was known", ""},
    {"question_type_other", kText, kFree, kFeature, "question type as logged, where it has no canonical form", ""},
    {"subject_area", kText, kQuasi, kFeature, "letters of the course code", ""},
    {"language", kText, kQuasi, kFeature, "language of the text before the correction", ""},
    {"before", kText, kFree, kFeature, "value before; lists and objects as JSON text", ""},
    {"before_kind", kText, kPlain, kMeta, "JSON type of the value before, as logged", ""},
    {"before_length", kText, kPlain, kFeature, "length bucket of the value before", "words"},
    {"before_truncated", kFlag, kPlain, kMeta, "true where the log cut the value off", ""},
    {"after", kText, kFree, kTarget, "value after; lists and objects as JSON text", ""},
    {"after_kind", kText, kPlain, kMeta, "JSON type of the value after, as logged", ""},
    {"after_length", kText, kPlain, kTarget, "length bucket of the value after", "words"},
    {"after_truncated", kFlag, kPlain, kMeta, "true where the log cut the value off", ""},
    {"edit_distance", kInt, kPlain, kAftermath,
     "Levenshtein distance between before and after; null where either is missing, cut off or over 10,000 characters",
     "code points"},
    {"matches_suggestion", kFlag, kPlain, kAftermath, "whether the value after is what the AI had suggested", ""},
    {"is_final", kFlag, kPlain, kAftermath, "false where a later correction of the same field replaced this one", ""},
    {"link_rule", kText, kQuasi, kMeta, "rule that joined decision and correction", ""},
    {"link_confidence", kReal, kPlain, kMeta, "measured precision of that rule", "0 to 1"},
    {"quality_flags", kTextList, kPlain, kMeta, "what is odd about the row", ""},
    {"fold", kInt, kPlain, kMeta, "cross-validation fold of the person, 0 to 4", "index"},
    {"privacy_level", kText, kPlain, kMeta, "raw, redacted or pseudonymised", ""},
    {"dataset_version", kText, kPlain, kMeta, "version of the dataset that the row was published in", ""},
};

inline constexpr FieldSpec kQuestions[] = {
    {"record_id", kText, kDirect, kKey, "keyed pseudonym of the question's row", ""},
    {"session_id", kText, kDirect, kKey, "keyed pseudonym of the session in which the question was first met", ""},
    {"subject_id", kText, kDirect, kKey, "keyed pseudonym of the person", ""},
    {"question_id", kText, kDirect, kKey, "keyed pseudonym of the question within its project", ""},
    {"session_order", kInt, kPlain, kMeta, "place among the session's questions, by first appearance, from 0", "index"},
    {"first_seen", kTime, kQuasi, kMeta, "first event about the question; only in private datasets",
     "UTC, microseconds"},
    {"last_seen", kTime, kQuasi, kMeta, "last event about the question; only in private datasets", "UTC, microseconds"},
    {"term", kText, kQuasi, kMeta, "Swedish term of the first event", ""},
    {"duration", kText, kSensitive, kMeta, "bucket of the time between first and last event", "seconds, powers of two"},
    {"title", kText, kFree, kFeature, "title of the question", ""},
    {"question_text", kText, kFree, kFeature, "final text of the question", ""},
    {"question_text_source", kText, kPlain, kMeta, "event, history or current", ""},
    {"options", kTextList, kFree, kFeature, "the question's own answer options", ""},
    {"option_count", kInt, kPlain, kFeature, "number of the question's own answer options", "count"},
    {"question_type", kText, kQuasi, kFeature, "final question type, canonical", ""},
    {"question_type_other", kText, kFree, kFeature, "final question type as logged, where it has no canonical form",
     ""},
    {"bloom_level", kText, kPlain, kTarget, "final Bloom level", ""},
    {"bloom_level_other", kText, kFree, kTarget, "final Bloom level as written, where it has no canonical form", ""},
    {"difficulty", kText, kPlain, kTarget, "final difficulty", ""},
    {"difficulty_other", kText, kFree, kTarget, "final difficulty as written, where it has no canonical form", ""},
    {"subject_area", kText, kQuasi, kFeature, "letters of the course code", ""},
    {"language", kText, kQuasi, kFeature, "language of the question text: sv, en", ""},
    {"question_length", kText, kPlain, kFeature, "length bucket of the question", "words"},
    {"cue_verb_class", kText, kPlain, kFeature, "Bloom level that the question's cue verb points to", ""},
    {"readability", kText, kPlain, kFeature, "LIX band of the question", ""},
    {"answer_position", kInt, kPlain, kFeature, "place of the right answer among the question's own options", "index"},
    {"suggestions", kInt, kPlain, kAftermath, "suggestions offered about the question", "count"},
    {"decisions", kInt, kPlain, kAftermath, "decisions of a teacher about the question", "count"},
    {"accepted", kInt, kPlain, kAftermath, "suggestions about the question that were accepted as they were", "count"},
    {"corrections", kInt, kPlain, kAftermath, "corrections by a teacher", "count"},
    {"machine_corrections", kInt, kPlain, kAftermath, "corrections by a machine", "count"},
    {"iterations", kInt, kPlain, kAftermath, "rounds of work: corrections, and validations that failed", "count"},
    {"validation_attempts", kInt, kPlain, kAftermath, "validations of the question", "count"},
    {"validation_failures", kInt, kPlain, kAftermath, "validations of the question that failed", "count"},
    {"outcome", kText, kPlain, kTarget, "approved, exported, skipped, deleted, abandoned, open", ""},
    {"abandoned_at", kText, kPlain, kAftermath,
     "where work on the question stopped, if it was abandoned: build, validation, review, decision", ""},
    {"quality_flags", kTextList, kPlain, kMeta, "what is odd about the row", ""},
    {"fold", kInt, kPlain, kMeta, "cross-validation fold of the person, 0 to 4", "index"},
    {"privacy_level", kText, kPlain, kMeta, "raw, redacted or pseudonymised", ""},
    {"dataset_version", kText, kPlain, kMeta, "version of the dataset that the row was published in", ""},
};

}  // namespace fields

// A field name usable as a template argument, so that a misspelt one is a compile error.
template <std::size_t N>
struct FieldName {
  char text[N]{};
  // NOLINTNEXTLINE(google-explicit-constructor): a literal becomes a template argument without a cast
  consteval FieldName(const char (&name)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = name[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <TableId Table>
constexpr std::span<const FieldSpec> fields_of() {
  if constexpr (Table == TableId::kDecisions) return fields::kDecisions;
  if constexpr (Table == TableId::kCorrections) return fields::kCorrections;
  if constexpr (Table == TableId::kQuestions) return fields::kQuestions;
}

// The column of a field within its table.
template <TableId Table, FieldName Name>
consteval std::size_t column_of() {
  const auto all = fields_of<Table>();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == Name.view()) return i;
  throw "no field of this name in the table";
}

}  // namespace qf
