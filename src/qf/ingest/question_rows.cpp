// The life of each question to a row of the questions table, once all events are read.
#include <algorithm>

#include "qf/ingest/transform_state.h"

namespace qf {
namespace {

std::string_view name_of(QuestionStep step) {
  switch (step) {
    case QuestionStep::kApproved: return "approved";
    case QuestionStep::kExported: return "exported";
    case QuestionStep::kSkipped: return "skipped";
    case QuestionStep::kDeleted: return "deleted";
    case QuestionStep::kAbandoned: return "abandoned";
    case QuestionStep::kSeen:
    case QuestionStep::kBuilt: return "open";
  }
  return "";
}

// What a question was called beside what corrections called it; absent where nothing else is known.
UserText title_beside_corrections(const QuestionState& question, const QuestionVersion* file) {
  if (question.title_apart) return view_of(question.title_apart);
  if (file == nullptr || !file->title || question.corrected.contains(*file->title)) return {};
  return view_of(file->title);
}

}  // namespace

Status ProjectTransform::add_question_row(const QuestionState& question, RowFacts::Step step) {
  RowOf<TableId::kQuestions> row(arena_);
  row.set<"session_order">(question.order);
  if (question.any_event) {
    row.set<"first_seen">(question.first_us);
    row.set<"last_seen">(question.last_us);
    row.set<"term">(keep(format_term(question.first_us)));
    row.set<"duration">(duration_bucket(question.last_us - question.first_us));
  }

  // What events said last; else the newest file.
  const QuestionVersion* file = book_.current(question.id);
  std::string_view source = "current";
  if (file == nullptr) {
    file = book_.as_of(question.id, INT64_MAX);
    source = "history";
  }
  const auto latest = [&](const KeptText& from_events, const std::optional<std::string> QuestionVersion::*in_file) {
    if (from_events || file == nullptr) return view_of(from_events);
    return view_of(file->*in_file);
  };
  const UserText text = latest(question.text, &QuestionVersion::text),
                 title = latest(question.title, &QuestionVersion::title);
  if (title.present()) row.set<"title">(title.bytes());
  if (text.present()) {
    row.set<"question_text">(text.bytes());
    row.set<"question_text_source">(question.text ? std::string_view("event") : source);
    set_text_features(row, text.bytes());
  }
  if (file != nullptr && !file->options.empty()) {
    const auto options = arena_.make<Cell>(file->options.size());
    for (std::size_t i = 0; i < options.size(); ++i) options[i] = Cell::of(std::string_view(file->options[i]));
    row.set_cell<"options">(Cell::list(options));
    row.set<"option_count">(static_cast<std::int64_t>(options.size()));
    if (options_.text_features) row.set<"answer_position">(file->answer_position);
  }
  UserText type = latest(question.type, &QuestionVersion::type);
  if (!type.present())
    if (const auto told = type_of_identifier(question.id)) type = UserText(*told);
  set_vocabulary<"question_type", "question_type_other">(row, Vocabulary::kQuestionType, type, out_);
  set_vocabulary<"bloom_level", "bloom_level_other">(row, Vocabulary::kBloom,
                                                     latest(question.bloom, &QuestionVersion::bloom), out_);
  set_vocabulary<"difficulty", "difficulty_other">(row, Vocabulary::kDifficulty,
                                                   latest(question.difficulty, &QuestionVersion::difficulty), out_);
  std::string_view area = subject_area_of(question.id);
  if (area.empty()) area = subject_area_;
  if (!area.empty()) row.set<"subject_area">(area);

  row.set<"suggestions">(question.suggestions);
  row.set<"decisions">(question.decisions);
  row.set<"accepted">(question.accepted);
  row.set<"corrections">(question.corrections);
  row.set<"machine_corrections">(question.machine_corrections);
  row.set<"iterations">(question.corrections + question.machine_corrections + question.failed_validations);
  row.set<"validation_attempts">(question.validations);
  row.set<"validation_failures">(question.failed_validations);

  std::string_view outcome = name_of(question.step), stopped;
  switch (question.last) {
    case QuestionState::Last::kBuildAbandoned: stopped = "build"; break;
    case QuestionState::Last::kReviewAbandoned: stopped = "review"; break;
    case QuestionState::Last::kValidationAbandoned:
    case QuestionState::Last::kFailedValidation: stopped = "validation"; break;
    case QuestionState::Last::kSuggestion: stopped = "decision"; break;
    case QuestionState::Last::kOther: break;
  }
  // Left with a failed validation or an unanswered suggestion, and nobody came back to it: abandoned.
  if (outcome == "open" && !stopped.empty()) outcome = "abandoned";
  row.set<"outcome">(outcome);
  if (outcome == "abandoned" && !stopped.empty()) row.set<"abandoned_at">(stopped);
  row.set_cell<"quality_flags">(Cell::list({}));

  TransformedRow emitted{TableId::kQuestions, row.cells(), {question.session, 0, true, {}, question.id, {}, {}, {}}};
  if (RowOf<TableId::kQuestions> apart(Row{}); tell_apart(row, &question, apart)) {
    const auto is_of_corrections = [&](UserText said) {
      return said.present() && question.corrected.contains(said.bytes());
    };
    if (is_of_corrections(title)) apart.set<"title">(title_beside_corrections(question, file));
    if (is_of_corrections(text)) {
      clear_text(apart);
      UserText beside = view_of(question.text_apart);
      std::string_view from = "event";
      if (!beside.present() && file != nullptr) {
        beside = view_of(file->text);
        from = source;
      }
      if (beside.present() && !is_of_corrections(beside)) {
        apart.set<"question_text">(beside.bytes());
        apart.set<"question_text_source">(from);
        set_text_features(apart, beside.bytes());
      }
    }
    const auto options = apart.get<"options">().children();
    if (question.options_corrected || std::any_of(options.begin(), options.end(), [&](const Cell& option) {
          return question.corrected.contains(option.view());
        }))
      apart.set_cell<"options">(Cell::null());
    emitted.facts.without_corrections = apart.cells();
    emitted.facts.corrected_us = question.corrected_us;
  }
  emitted.facts.step = step;
  emitted.facts.has_time = question.any_event || any_event_;
  emitted.facts.time_us = question.any_event ? question.first_us : last_us_;
  QF_ASSIGN([[maybe_unused]] const std::uint64_t number, emit(emitted));
  return {};
}

}  // namespace qf
