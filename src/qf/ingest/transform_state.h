// What ProjectTransform remembers of sessions and questions. Inside ingest only.
#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>

#include "qf/core/instant.h"
#include "qf/core/vocabulary.h"
#include "qf/ingest/event_table.h"
#include "qf/ingest/text_features.h"
#include "qf/ingest/transform.h"

namespace qf {

struct ProjectTransform::Session {
  std::uint32_t index = 0;
  Linker linker;
  std::int32_t sitting = 0;
  std::int64_t first_us = 0, sitting_first_us = 0, last_us = 0;  // last: of the newest event so far
  std::int64_t before_us = 0;                                    // of the event before the one being read
  bool any_event = false;
  bool new_sitting = false;  // the event being read began a sitting
  std::int32_t order = 0, sitting_order = 0, questions = 0;
  std::optional<std::int64_t> last_decision_us;
  std::string module;
  std::optional<std::int32_t> stage;
  FlatMap final_decision, final_correction;  // hash of what was decided → the newest row's number
  std::int32_t last_sitting_with_decision = -1;

  explicit Session(LinkOptions link) : linker(link) {}
  template <class Io>
  void state(Io& io);
};

template <TableId Table>
void ProjectTransform::set_envelope(RowOf<Table>& row, Session& session, const Event& event) {
  row.template set<"session_order">(session.order++);
  row.template set<"timestamp">(event.time_us);
  row.template set<"tz_offset_minutes">(static_cast<std::int64_t>(event.offset_minutes));
  row.template set<"term">(keep(format_term(event.time_us)));
  row.template set<"event_type">(event.type->name);
  row.template set<"log_layout">(to_string(event.layout));
  row.template set<"mcp">(known_servers()[event.mcp]);
  row.template set<"tool">(known_tools()[event.tool]);
  row.template set<"actor">(to_string(event.actor));
  row.template set<"sitting">(session.sitting);
  if (!subject_area_.empty()) row.template set<"subject_area">(std::string_view(subject_area_));
}

template <TableId Table>
void ProjectTransform::set_text_features(RowOf<Table>& row, std::string_view text) {
  if (!options_.text_features) return;
  const TextFeatures features = text_features(text);
  const auto put = [](std::string_view value) { return value.empty() ? Cell::null() : Cell::of(value); };
  row.template set_cell<"language">(put(features.language));
  row.template set_cell<"question_length">(put(features.length_bucket));
  row.template set_cell<"cue_verb_class">(put(features.cue_verb_class));
  row.template set_cell<"readability">(put(features.readability));
}

// One hash of several texts, each apart from the next.
inline std::uint64_t hash_of(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 0;
  for (const std::string_view part : parts)
    hash = (hash ^ std::hash<std::string_view>()(part)) * 0x9E3779B97F4A7C15U + part.size();
  return hash ^ (hash >> 29);
}

// The canonical form into one column, what has none into another.
template <FieldName Canonical, FieldName Other, TableId Table>
void set_vocabulary(RowOf<Table>& row, Vocabulary vocabulary, UserText said, ProjectFacts& out) {
  if (!said.present()) return;
  if (const auto form = canonical(vocabulary, said.bytes())) {
    row.template set<Canonical>(*form);
  } else {
    row.template set<Other>(said.bytes());
    ++out.tally.noted["without_canonical_form:" + std::string(Canonical.view())];
  }
}

template <TableId Table>
bool ProjectTransform::tell_apart(const RowOf<Table>& row, const QuestionState* question, RowOf<Table>& other) {
  if (question == nullptr || !question->was_corrected()) return false;
  other = RowOf<Table>(arena_);
  std::copy(row.cells().begin(), row.cells().end(), other.cells().begin());
  const auto drop = [&](const Cell& said) { return !said.is_null() && question->corrected.contains(said.view()); };
  if (drop(row.template get<"question_type_other">())) other.template set_cell<"question_type_other">(Cell::null());
  if constexpr (Table != TableId::kCorrections) {
    if (drop(row.template get<"bloom_level_other">())) other.template set_cell<"bloom_level_other">(Cell::null());
    if (drop(row.template get<"difficulty_other">())) other.template set_cell<"difficulty_other">(Cell::null());
  }
  return true;
}

// Takes a question's text out of a row, with what was made of it.
template <TableId Table>
void clear_text(RowOf<Table>& row) {
  row.template set_cell<"question_text">(Cell::null());
  row.template set_cell<"question_text_source">(Cell::null());
  row.template set_cell<"language">(Cell::null());
  row.template set_cell<"question_length">(Cell::null());
  row.template set_cell<"cue_verb_class">(Cell::null());
  row.template set_cell<"readability">(Cell::null());
}

template <TableId Table>
void ProjectTransform::set_question_type(RowOf<Table>& row, UserText said, const QuestionState* question,
                                         std::string_view id, std::int64_t time_us) {
  if (!said.present() && question != nullptr) said = view_of(question->type);
  if (!said.present())
    if (const QuestionVersion* version = book_.as_of(id, time_us)) said = view_of(version->type);
  if (!said.present())
    if (const auto type = type_of_identifier(id)) said = UserText(*type);
  set_vocabulary<"question_type", "question_type_other">(row, Vocabulary::kQuestionType, said, out_);
}

}  // namespace qf
