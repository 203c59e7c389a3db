// Decision events to rows of the decisions table; docs/records.md states the rules with examples.
#include <algorithm>
#include <string>

#include "qf/core/text.h"
#include "qf/ingest/outcome.h"
#include "qf/ingest/transform_state.h"

namespace qf {
namespace {

constexpr std::int64_t kPlausibleFirstUs = 946'684'800LL * kSecondUs;   // 2000-01-01
constexpr std::int64_t kPlausibleLastUs = 4'102'444'800LL * kSecondUs;  // 2100-01-01

}  // namespace

// A decision on its way to a row: what its line, the link and the question say, in the order in which it is found out.
struct ProjectTransform::Deciding {
  Deciding(ProjectTransform& of, Session& in, const Event& line, const DecisionBody& says)
      : transform(of),
        session(in),
        event(line),
        body(says),
        id(says.question.id),
        type(canonical(Vocabulary::kDecisionType, says.decision_type).value_or(says.decision_type)),
        vocabulary(vocabulary_of(type)),
        question(id.empty() ? nullptr : &of.question_of(in, line, id)),
        version(id.empty() ? nullptr : of.book_.as_of(id, line.time_us)),
        name(of.line_name(line)),
        link(in.linker.answer(line, says, in.sitting)),
        suggestion(says.suggestion),
        confidence(says.confidence),
        row(of.arena_) {}

  struct StoodText {
    UserText text;
    std::string_view source{};
  };
  StoodText text_before(bool corrected) const;
  void set_text(RowOf<TableId::kDecisions>& to, const StoodText& stood) const;
  ConstRow row_apart() const;
  void set_what_stood_before();
  void set_where_and_when();
  void set_suggestion();
  void set_choice();
  void set_outcome();
  Status emit();
  // From here on the decision is the past: what later lines about the question, and the linker, know of it.
  void change_question() const;
  KeptDecision kept() const;

  ProjectTransform& transform;
  Session& session;
  const Event& event;
  const DecisionBody& body;
  std::string_view id, type;
  std::optional<Vocabulary> vocabulary;
  QuestionState* question;
  const QuestionVersion* version;  // of the question's file, as it stood then
  LineName name;
  std::optional<SuggestionLink> link;
  LoggedValue suggestion;
  Confidence confidence;
  RowOf<TableId::kDecisions> row;
  std::vector<std::string_view> flags;
  std::string_view module{};
  std::optional<std::int32_t> stage{};
  std::optional<std::string_view> choice_label{};
  Outcome outcome{};
};

// The question's text as it stood; `corrected`: also what a correction may have put in.
ProjectTransform::Deciding::StoodText ProjectTransform::Deciding::text_before(bool corrected) const {
  const auto fits = [&](UserText said) {
    return said.present() && (corrected || question == nullptr || !question->corrected.contains(said.bytes()));
  };
  if (fits(body.question.text)) return {body.question.text, "event"};
  if (question != nullptr) {
    if (const UserText said = view_of(question->text); fits(said)) return {said, "event"};
    if (const UserText said = view_of(question->text_apart); fits(said)) return {said, "event"};
  }
  if (version != nullptr)
    if (const UserText said = view_of(version->text); fits(said)) return {said, "history"};
  // May be later than the decision: shown, never a feature. And a correction that is yet to come may be in it.
  if (corrected && !id.empty())
    if (const QuestionVersion* today = transform.book_.current(id)) return {view_of(today->text), "current"};
  return {};
}

void ProjectTransform::Deciding::set_text(RowOf<TableId::kDecisions>& to, const StoodText& stood) const {
  if (!stood.text.present()) return;
  if (stood.source != "current") transform.set_text_features(to, stood.text.bytes());
  to.set<"question_text">(stood.text.bytes());
  to.set<"question_text_source">(stood.source);
}

// The row without what corrections put in; empty where that makes no difference.
ConstRow ProjectTransform::Deciding::row_apart() const {
  RowOf<TableId::kDecisions> apart(Row{});
  if (!transform.tell_apart(row, question, apart)) {
    if (row.get<"question_text_source">().view() != "current") return {};
    apart = RowOf<TableId::kDecisions>(transform.arena_);
    std::copy(row.cells().begin(), row.cells().end(), apart.cells().begin());
  }
  clear_text(apart);
  set_text(apart, text_before(false));
  return apart.cells();
}

void ProjectTransform::Deciding::set_what_stood_before() {
  // The question as it stood before: what this line says about it, else earlier lines, else an earlier file.
  const auto stood = [&](UserText said, const KeptText QuestionState::*member,
                         const std::optional<std::string> QuestionVersion::*in_file) {
    if (said.present()) return said;
    if (question != nullptr && (question->*member)) return view_of(question->*member);
    return version != nullptr ? view_of(version->*in_file) : UserText();
  };
  set_text(row, text_before(true));
  if (transform.options_.text_features && version != nullptr) row.set<"answer_position">(version->answer_position);
  transform.set_question_type(row, vocabulary == Vocabulary::kQuestionType ? UserText() : body.question.type, question,
                              id, event.time_us);
  // A line about a decision on the Bloom level may already hold the level that was chosen: not what stood before.
  set_vocabulary<"bloom_level", "bloom_level_other">(
      row, Vocabulary::kBloom,
      stood(vocabulary == Vocabulary::kBloom ? UserText() : body.question.bloom, &QuestionState::bloom,
            &QuestionVersion::bloom),
      transform.out_);
  set_vocabulary<"difficulty", "difficulty_other">(
      row, Vocabulary::kDifficulty,
      stood(vocabulary == Vocabulary::kDifficulty ? UserText() : body.question.difficulty, &QuestionState::difficulty,
            &QuestionVersion::difficulty),
      transform.out_);
}

void ProjectTransform::Deciding::set_where_and_when() {
  // Context: where. What was decided before follows from the rows before, when they are written.
  const auto context = transform.arena_.make<Cell>(3);
  module = event.module.empty() ? std::string_view(session.module) : event.module;
  stage = event.stage ? event.stage : session.stage;
  if (!module.empty()) context[0] = Cell::of(module);
  if (stage) context[1] = Cell::of(static_cast<std::int64_t>(*stage));
  row.set_cell<"context">(Cell::structure(context));
  row.set<"session_elapsed">(duration_bucket(session.before_us - session.first_us));
  row.set<"sitting_elapsed">(duration_bucket(session.new_sitting ? 0 : session.before_us - session.sitting_first_us));
  if (session.last_decision_us)
    row.set<"since_previous">(duration_bucket(session.before_us - *session.last_decision_us));
}

void ProjectTransform::Deciding::set_suggestion() {
  if (link) {
    if (suggestion.absent()) suggestion = link->suggestion->value.view();
    if (!confidence.logged) confidence = link->suggestion->confidence;
    const LinkRule& rule = rule_of(link->rule);
    row.set<"link_rule">(rule.name);
    row.set<"link_confidence">(rule.precision);
    row.set<"time_to_decide">(duration_bucket(event.time_us - link->suggestion->time_us));
    ++transform.linked_[static_cast<std::size_t>(link->rule)];
    if (transform.options_.link.keep_joined)
      transform.out_.joined.push_back({link->rule, link->suggestion->at, event.at});
    if (link->ambiguous) flags.emplace_back("ambiguous_link");
  } else if (!suggestion.absent()) {
    const LinkRule& rule = rule_of(LinkRuleId::kSuggestionInEvent);
    row.set<"link_rule">(rule.name);
    row.set<"link_confidence">(rule.precision);
    ++transform.linked_[static_cast<std::size_t>(LinkRuleId::kSuggestionInEvent)];
    if (transform.options_.link.keep_joined)
      transform.out_.joined.push_back({LinkRuleId::kSuggestionInEvent, event.at, event.at});
  } else if (!body.reference.empty()) {
    flags.emplace_back("suggestion_missing");
  }
}

void ProjectTransform::Deciding::set_choice() {
  if (body.has_options) {
    const auto options = transform.arena_.make<Cell>(body.options.size());
    for (std::size_t i = 0; i < options.size(); ++i) options[i] = Cell::of(body.options[i].bytes);
    row.set_cell<"options_presented">(Cell::list(options));
    row.set<"option_count">(static_cast<std::int64_t>(options.size()));
  }
  const auto set_label = [&](const LoggedValue& value) -> std::optional<std::string_view> {
    return vocabulary && value.kind == JsonKind::kString ? canonical(*vocabulary, value.bytes) : std::nullopt;
  };
  const auto suggestion_label = set_label(suggestion);
  choice_label = set_label(body.choice);
  if (!suggestion.absent()) {
    row.set<"ai_suggestion">(suggestion.bytes);
    row.set<"ai_suggestion_kind">(to_string(suggestion.kind));
    row.set<"ai_suggestion_label">(suggestion_label);
    if (body.has_options) row.set<"ai_suggestion_index">(index_among(body.options, suggestion, vocabulary));
  }
  row.set<"ai_confidence">(confidence.unit);
  row.set<"ai_confidence_logged">(confidence.logged);
  if (confidence.logged && !confidence.unit) flags.emplace_back("confidence_out_of_range");
  row.set<"user_choice">(body.choice.bytes);
  row.set<"user_choice_kind">(to_string(body.choice.kind));
  row.set<"user_choice_label">(choice_label);
  if (body.has_options) row.set<"user_choice_index">(index_among(body.options, body.choice, vocabulary));
}

void ProjectTransform::Deciding::set_outcome() {
  const bool answers = link.has_value() || !suggestion.absent() || answers_a_suggestion(*event.type);
  const bool corrected = question != nullptr && question->corrections_since_suggestion > 0;
  outcome = outcome_of(body, suggestion, vocabulary, answers, corrected);
  row.set<"outcome">(to_string(outcome));
  if (body.rationale.present()) {
    row.set<"rationale">(body.rationale.bytes());
  }
  if (transform.options_.text_features)
    row.set<"rationale_length">(rationale_length_bucket(count_words(body.rationale.bytes())));
  if (event.time_us < kPlausibleFirstUs || event.time_us > kPlausibleLastUs) flags.emplace_back("implausible_time");
  if (event.time_us < session.last_us) flags.emplace_back("clock_step");
  const auto flag_cells = transform.arena_.make<Cell>(flags.size());
  for (std::size_t i = 0; i < flags.size(); ++i) flag_cells[i] = Cell::of(flags[i]);
  row.set_cell<"quality_flags">(Cell::list(flag_cells));
}

Status ProjectTransform::Deciding::emit() {
  // A later decision on the same thing replaces this one; a machine does not take back what a teacher decided.
  row.set<"is_final">(true);
  const bool by_teacher = event.actor == Actor::kTeacher;
  const std::string place = id.empty() ? std::string(module) + '/' + (stage ? std::to_string(*stage) : "") : "";
  const auto [newest, is_first] =
      session.final_decision.find_or_add(hash_of({type, body.issue, by_teacher ? "teacher" : "machine", id, place}));
  TransformedRow emitted{
      TableId::kDecisions, row.cells(), {session.index, event.time_us, true, name, id, {}, {}, event.at}};
  if (!is_first) emitted.facts.replaces = *newest;
  emitted.facts.without_corrections = row_apart();
  emitted.facts.corrected_us = question == nullptr ? 0 : question->corrected_us;
  QF_ASSIGN(*newest, transform.emit(emitted));
  SessionFacts& facts = transform.out_.sessions[session.index];
  ++facts.decisions;
  if (by_teacher && session.last_sitting_with_decision != session.sitting) ++facts.sittings_with_decisions;
  if (by_teacher) session.last_sitting_with_decision = session.sitting;
  if (by_teacher) session.last_decision_us = session.last_us;
  return {};
}

void ProjectTransform::Deciding::change_question() const {
  if (question == nullptr) return;
  transform.mention(*question, body.question);
  const bool by_teacher = event.actor == Actor::kTeacher;
  if (by_teacher) ++question->decisions;
  if (by_teacher && outcome == Outcome::kAccepted) ++question->accepted;
  if (vocabulary == Vocabulary::kBloom && choice_label) question->bloom = std::string(*choice_label);
  if (vocabulary == Vocabulary::kDifficulty && choice_label) question->difficulty = std::string(*choice_label);
  if (vocabulary == Vocabulary::kQuestionType && choice_label) question->type = std::string(*choice_label);
  if (type == "approve_question")
    question->step = outcome == Outcome::kRejected ? QuestionStep::kSkipped : QuestionStep::kApproved;
  if (action_of(body.choice.bytes) == Action::kDelete) question->step = QuestionStep::kDeleted;
}

KeptDecision ProjectTransform::Deciding::kept() const {
  KeptDecision decided;
  decided.at = event.at;
  decided.sitting = session.sitting;
  decided.reference = body.reference;
  decided.question = id;
  decided.decision_type = type;
  decided.choice = KeptValue(body.choice);
  decided.suggestion = KeptValue(suggestion);
  decided.line = name;
  // Who refuses or deletes changes nothing, whether or not the suggestion is known.
  const Action action = action_of(body.choice.bytes);
  decided.takes_corrections = outcome != Outcome::kRejected && action != Action::kReject && action != Action::kDelete;
  decided.accepted = outcome == Outcome::kAccepted;
  return decided;
}

Status ProjectTransform::add_decision(Session& session, const Event& event, const DecisionBody& body) {
  Deciding deciding(*this, session, event, body);
  set_envelope(deciding.row, session, event);
  deciding.row.set<"sitting_order">(session.sitting_order++);
  if (!deciding.type.empty()) deciding.row.set<"decision_type">(deciding.type);
  deciding.set_what_stood_before();
  deciding.set_where_and_when();
  deciding.set_suggestion();
  deciding.set_choice();
  deciding.set_outcome();
  QF_CHECK(deciding.emit());
  deciding.change_question();
  KeptDecision decided = deciding.kept();
  if (!body.applied.absent()) {
    // The same line holds what the teacher put in: a correction of its own.
    CorrectionBody applied;
    applied.question = body.question;
    applied.after = body.applied;
    applied.after_truncated = body.applied_truncated;
    decided.takes_corrections = false;
    QF_CHECK(add_correction(session, event, applied, &decided, LinkRuleId::kSuggestionInEvent, deciding.name));
  }
  session.linker.decided(std::move(decided));
  return {};
}

}  // namespace qf
