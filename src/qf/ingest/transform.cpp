#include "qf/ingest/transform.h"

#include <algorithm>

#include "qf/ingest/transform_state.h"

namespace qf {

ProjectTransform::ProjectTransform(std::string project_name, std::string session_id, std::string_view original_path,
                                   std::string_view folder, const QuestionBook& book, TransformOptions options)
    : project_(std::move(project_name)), session_id_(std::move(session_id)), book_(book), options_(options) {
  subject_area_ = subject_area_of(original_path);
  if (subject_area_.empty()) subject_area_ = subject_area_of(folder);
}

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

ProjectTransform::Question& ProjectTransform::question_of(Session& session, const Event& event, std::string_view id) {
  const auto found = questions_.find(id);
  Question* question = nullptr;
  if (found == questions_.end()) {
    auto made = std::make_unique<Question>();
    made->id = id;
    made->session = &session;
    made->order = session.questions++;
    made->first_us = event.time_us;
    question_order_.push_back(made.get());
    question = questions_.emplace(made->id, std::move(made)).first->second.get();
  } else {
    question = found->second.get();
  }
  question->any_event = true;
  question->last_us = std::max(question->last_us, event.time_us);
  question->last = Question::Last::kOther;
  return *question;
}

void ProjectTransform::mention(Question& question, const QuestionMention& said) {
  keep_text(question.text, said.text);
  keep_text(question.type, said.type);
  keep_text(question.bloom, said.bloom);
  keep_text(question.difficulty, said.difficulty);
  keep_text(question.title, said.title);
}

std::uint32_t ProjectTransform::occurrence_of(const std::array<unsigned char, 16>& line_hash) {
  return lines_[line_hash]++;
}

std::string ProjectTransform::record_name(const Event& event, std::uint32_t occurrence, std::string_view suffix) const {
  std::string name = project_;
  name += '\0';
  name.append(reinterpret_cast<const char*>(event.line_hash.data()), event.line_hash.size());
  name += std::to_string(occurrence);
  name += suffix;
  return name;
}

std::string_view ProjectTransform::session_name(const Session& session) {
  return keep(project_ + '\0' + out_.sessions[session.index].id);
}

std::string_view ProjectTransform::question_name(std::string_view id) {
  return keep(project_ + '\0' + std::string(id));
}

void ProjectTransform::add(const Event& event) {
  Session& session = session_of(event);
  keep_time(session, event);
  if (const auto* decision = std::get_if<const DecisionBody*>(&event.body)) {
    add_decision(session, event, **decision);
  } else if (const auto* suggestion = std::get_if<const SuggestionBody*>(&event.body)) {
    const SuggestionBody& body = **suggestion;
    session.linker.offer(event, body, session.sitting);
    if (!body.question.id.empty()) {
      Question& question = question_of(session, event, body.question.id);
      mention(question, body.question);
      ++question.suggestions;
      question.corrections_since_suggestion = 0;
      question.last = Question::Last::kSuggestion;
    }
  } else if (const auto* correction = std::get_if<const CorrectionBody*>(&event.body)) {
    correct(session, event, **correction);
  } else if (const auto* seen = std::get_if<const QuestionBody*>(&event.body)) {
    const QuestionBody& body = **seen;
    if (body.question.id.empty()) return;
    Question& question = question_of(session, event, body.question.id);
    mention(question, body.question);
    if (body.step != QuestionStep::kSeen) question.step = body.step;
    if (body.step == QuestionStep::kAbandoned) {
      question.last = event.type->name.starts_with("review")       ? Question::Last::kReviewAbandoned
                      : event.type->name.starts_with("validation") ? Question::Last::kValidationAbandoned
                                                                   : Question::Last::kBuildAbandoned;
    }
  } else if (const auto* checked = std::get_if<const ValidationBody*>(&event.body)) {
    const ValidationBody& body = **checked;
    if (body.question_id.empty()) return;
    Question& question = question_of(session, event, body.question_id);
    ++question.validations;
    if (body.passed == false) {
      ++question.failed_validations;
      question.last = Question::Last::kFailedValidation;
    }
  } else if (const auto* stage = std::get_if<const StageBody*>(&event.body)) {
    const bool starts = (*stage)->step == StageStep::kStart;
    session.module = starts ? event.module : std::string_view();
    session.stage = starts ? event.stage : std::nullopt;
  }
}

ProjectRows ProjectTransform::finish() {
  // Questions that only the files know belong to the project's first session; without any event nothing says when.
  for (const QuestionVersion& version : book_.current_questions()) {
    const bool known = questions_.contains(version.question_id) ||
                       (!version.identifier.empty() && questions_.contains(version.identifier));
    if (known) continue;
    if (session_order_.empty()) {
      Event nothing;
      nothing.session_id = session_id_;
      session_of(nothing);
    }
    auto made = std::make_unique<Question>();
    made->id = version.identifier.empty() ? version.question_id : version.identifier;
    made->session = session_order_.front();
    made->order = made->session->questions++;
    if (questions_.contains(made->id)) continue;
    question_order_.push_back(made.get());
    questions_.emplace(made->id, std::move(made));
  }
  add_question_rows();
  for (Session* session : session_order_) {
    if (session->linker.ambiguous() != 0) out_.tally.noted["ambiguous_link"] += session->linker.ambiguous();
    for (const Orphan& orphan : session->linker.finish()) {
      out_.orphans.push_back(orphan);
      ++out_.tally.orphans[std::string(to_string(orphan.kind))];
    }
  }
  return std::move(out_);
}

}  // namespace qf
