#include "qf/ingest/transform.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "qf/core/spill_file.h"
#include "qf/ingest/transform_state.h"

namespace qf {

ProjectTransform::ProjectTransform(std::string session_id, std::string_view subject_area, const QuestionBook& book,
                                   TransformOptions options, RowSink& sink)
    : session_id_(std::move(session_id)),
      subject_area_(subject_area),
      book_(book),
      options_(std::move(options)),
      sink_(sink),
      questions_(options_.spill_folder.empty() ? temporary_folder() : options_.spill_folder) {}

ProjectTransform::~ProjectTransform() = default;

ProjectTransform::Session& ProjectTransform::session_of(const Event& event) {
  // Side logs have session ids of their own; their lines belong to the project's session.
  const bool side_log = event.layout == Layout::kStep1 || event.layout == Layout::kStep3;
  std::string_view id = side_log ? std::string_view() : event.session_id;
  if (names_nobody(id)) {
    const bool silent = event.layout == Layout::kFlat || event.layout == Layout::kPipeline;
    id = silent && !last_session_id_.empty() ? std::string_view(last_session_id_) : std::string_view(session_id_);
    if (id.empty()) id = "unknown";
  } else if (event.layout == Layout::kFlat || event.layout == Layout::kPipeline) {
    last_session_id_ = id;
  }
  const auto found = sessions_.find(id);
  if (found != sessions_.end()) return *found->second;
  auto made = std::make_unique<Session>(options_.link);
  made->index = static_cast<std::uint32_t>(out_.sessions.size());
  out_.sessions.push_back({std::string(id)});
  session_order_.push_back(made.get());
  return *sessions_.emplace(std::string(id), std::move(made)).first->second;
}

void ProjectTransform::keep_time(Session& session, const Event& event) {
  SessionFacts& facts = out_.sessions[session.index];
  // A clock that was set back does not undo what has happened: the order of the lines counts.
  if (session.any_event && event.time_us < session.last_us) ++out_.tally.noted["clock_step"];
  const std::int64_t now = session.any_event ? std::max(event.time_us, session.last_us) : event.time_us;
  session.new_sitting = session.any_event && now - session.last_us > kSittingGapUs;
  session.before_us = session.any_event ? session.last_us : now;
  if (!session.any_event) {
    session.first_us = session.sitting_first_us = now;
    facts.first_us = now;
    facts.sittings = 1;
  } else if (session.new_sitting) {
    ++session.sitting;
    session.sitting_first_us = now;
    session.sitting_order = 0;
    ++facts.sittings;
  }
  session.any_event = facts.any_event = true;
  session.last_us = now;
  facts.last_us = now;
  last_us_ = any_event_ ? std::max(last_us_, now) : now;
  any_event_ = true;
}

QuestionState& ProjectTransform::question_of(Session& session, const Event& event, std::string_view id) {
  bool is_new = false;
  QuestionState& question = questions_.find_or_add(id, is_new);
  if (is_new) {
    question.session = session.index;
    question.order = session.questions++;
    question.first_us = event.time_us;
  }
  question.any_event = true;
  question.last_us = std::max(question.last_us, event.time_us);
  question.last = QuestionState::Last::kOther;
  return question;
}

void ProjectTransform::mention(QuestionState& question, const QuestionMention& said) {
  keep_text(question.text, said.text);
  keep_text(question.type, said.type);
  keep_text(question.bloom, said.bloom);
  keep_text(question.difficulty, said.difficulty);
  keep_text(question.title, said.title);
  if (!question.was_corrected()) return;
  if (said.text.present() && !question.corrected.contains(said.text.bytes())) keep_text(question.text_apart, said.text);
  if (said.title.present() && !question.corrected.contains(said.title.bytes()))
    keep_text(question.title_apart, said.title);
}

LineName ProjectTransform::line_name(const Event& event) {
  LineName line{event.line_hash, 0};
  std::uint64_t hash = 0;
  std::memcpy(&hash, line.hash.data(), sizeof hash);
  line.occurrence = static_cast<std::uint32_t>((*lines_.find_or_add(hash).first)++);
  return line;
}

Result<std::uint64_t> ProjectTransform::emit(TransformedRow row) {
  std::uint64_t& records = records_[static_cast<std::size_t>(row.table)];
  records += row.facts.step == RowFacts::Step::kTakenBack ? ~std::uint64_t{0} : 1;
  auto number = sink_.take(row, arena_);
  arena_.clear();
  return number;
}

Status ProjectTransform::add(const Event& event) {
  QF_CHECK(questions_.trim());
  Session& session = session_of(event);
  keep_time(session, event);
  if (const auto* decision = std::get_if<const DecisionBody*>(&event.body)) {
    QF_CHECK(add_decision(session, event, **decision));
  } else if (const auto* suggestion = std::get_if<const SuggestionBody*>(&event.body)) {
    const SuggestionBody& body = **suggestion;
    session.linker.offer(event, body, session.sitting);
    if (!body.question.id.empty()) {
      QuestionState& question = question_of(session, event, body.question.id);
      mention(question, body.question);
      ++question.suggestions;
      question.corrections_since_suggestion = 0;
      question.last = QuestionState::Last::kSuggestion;
    }
  } else if (const auto* correction = std::get_if<const CorrectionBody*>(&event.body)) {
    QF_CHECK(correct(session, event, **correction));
  } else if (const auto* seen = std::get_if<const QuestionBody*>(&event.body)) {
    const QuestionBody& body = **seen;
    if (body.question.id.empty()) return {};
    QuestionState& question = question_of(session, event, body.question.id);
    mention(question, body.question);
    if (body.step != QuestionStep::kSeen) question.step = body.step;
    if (body.step == QuestionStep::kAbandoned) {
      question.last = event.type->name.starts_with("review")       ? QuestionState::Last::kReviewAbandoned
                      : event.type->name.starts_with("validation") ? QuestionState::Last::kValidationAbandoned
                                                                   : QuestionState::Last::kBuildAbandoned;
    }
  } else if (const auto* checked = std::get_if<const ValidationBody*>(&event.body)) {
    const ValidationBody& body = **checked;
    if (body.question_id.empty()) return {};
    QuestionState& question = question_of(session, event, body.question_id);
    ++question.validations;
    if (body.passed == false) {
      ++question.failed_validations;
      question.last = QuestionState::Last::kFailedValidation;
    }
  } else if (const auto* stage = std::get_if<const StageBody*>(&event.body)) {
    const bool starts = (*stage)->step == StageStep::kStart;
    session.module = starts ? event.module : std::string_view();
    session.stage = starts ? event.stage : std::nullopt;
  }
  return {};
}

// Rows of all questions that events speak of; of those that an earlier run had, only where events spoke of them since.
Status ProjectTransform::add_questions_of_events() {
  for (const auto& [number, before] : questions_.loaded_and_asked_for()) {
    Tally::Counts noted = std::exchange(out_.tally.noted, {});
    QF_CHECK(add_question_row(QuestionStore::decoded(before), RowFacts::Step::kTakenBack));
    for (const auto& [name, count] : out_.tally.noted)
      if ((noted[name] -= count) == 0) noted.erase(name);
    out_.tally.noted = std::move(noted);
    const auto now = questions_.look(number);
    QF_CHECK(questions_.status());
    QF_CHECK(add_question_row(*now.question, RowFacts::Step::kAmended));
  }
  for (std::size_t number = questions_.loaded(); number < questions_.size(); ++number) {
    const auto question = questions_.look(number);
    QF_CHECK(questions_.status());
    QF_CHECK(add_question_row(*question.question));
  }
  return {};
}

// Questions that only the files know belong to the project's first session; without any event nothing says when.
Status ProjectTransform::add_questions_of_files() {
  const std::size_t first = questions_.size();
  for (const QuestionVersion& version : book_.current_questions()) {
    if (questions_.contains(version.question_id)) continue;
    if (!version.identifier.empty() && questions_.contains(version.identifier)) continue;
    if (session_order_.empty()) {
      Event nothing;
      nothing.session_id = session_id_;
      session_of(nothing);
    }
    bool is_new = false;
    QuestionState& question =
        questions_.find_or_add(version.identifier.empty() ? version.question_id : version.identifier, is_new);
    question.order = session_order_.front()->questions++;
    QF_CHECK(questions_.trim());
  }
  for (std::size_t number = first; number < questions_.size(); ++number) {
    const auto question = questions_.look(number);
    QF_CHECK(questions_.status());
    QF_CHECK(add_question_row(*question.question));
  }
  return {};
}

Result<ProjectFacts> ProjectTransform::finish(StateWriter* save) {
  QF_CHECK(add_questions_of_events());
  QF_CHECK(sink_.end_of_events());
  if (save != nullptr) {
    state(*save);
    QF_CHECK(questions_.save(*save));
    sink_.save(*save);
    QF_CHECK(save->status());
  }
  QF_CHECK(add_questions_of_files());
  for (Session* session : session_order_) {
    if (session->linker.ambiguous() != 0) out_.tally.noted["ambiguous_link"] += session->linker.ambiguous();
    for (const Orphan& orphan : session->linker.finish()) {
      out_.orphans.push_back(orphan);
      ++out_.tally.orphans[std::string(to_string(orphan.kind))];
    }
  }
  for (const TableSchema& table : tables())
    if (const auto count = records_[static_cast<std::size_t>(table.id)]; count != 0)
      out_.tally.records[std::string(table.name)] = count;
  for (std::size_t rule = 0; rule < linked_.size(); ++rule)
    if (linked_[rule] != 0) out_.tally.linked[std::string(rule_of(static_cast<LinkRuleId>(rule)).name)] = linked_[rule];
  return std::move(out_);
}

}  // namespace qf
