// Correction events to rows of the corrections table.
#include <algorithm>
#include <iterator>
#include <string>

#include "qf/core/text.h"
#include "qf/ingest/transform_state.h"

namespace qf {
namespace {

// Longer texts are compared by their length buckets only: the distance costs their product.
constexpr std::size_t kMaxDistanceCodePoints = 10'000;

// Fields whose value may stand in a question's row; "" is one that the line does not name.
constexpr std::string_view kShownFields[] = {
    "", "question_text", "title", "options", "distractors", "question_type", "bloom_level", "difficulty"};

}  // namespace

// Before the question is told what the correction says: what stood until now is kept apart.
void ProjectTransform::keep_wording(QuestionState& question, const CorrectionBody& body, std::string_view field,
                                    std::int64_t at_us) {
  if (body.after.absent() ||
      std::find(std::begin(kShownFields), std::end(kShownFields), field) == std::end(kShownFields))
    return;
  const bool first = !question.was_corrected();
  if (field == "options" || field == "distractors") question.options_corrected = true;
  if (body.after.kind == JsonKind::kString && !is_closed_value(body.after.bytes))
    question.corrected.add(body.after.bytes, body.after_truncated);
  if (!question.was_corrected()) return;
  question.corrected_us = first ? at_us : std::max(question.corrected_us, at_us);
  if (question.text && !question.corrected.contains(*question.text)) question.text_apart = question.text;
  if (question.title && !question.corrected.contains(*question.title)) question.title_apart = question.title;
}

Status ProjectTransform::correct(Session& session, const Event& event, const CorrectionBody& body) {
  const bool by_teacher = event.actor == Actor::kTeacher;
  // A machine's repair carries out nobody's decision.
  const auto link = by_teacher ? session.linker.carry_out(event, body, session.sitting) : std::nullopt;
  if (link && options_.link.keep_joined) out_.joined.push_back({link->rule, link->decision->at, event.at});
  return add_correction(session, event, body, link ? link->decision : nullptr,
                        link ? link->rule : LinkRuleId::kCorrectionExplicitId, line_name(event));
}

Status ProjectTransform::add_correction(Session& session, const Event& event, const CorrectionBody& body,
                                        const KeptDecision* by, LinkRuleId rule, const LineName& line) {
  std::string_view id = body.question.id;
  if (id.empty() && by != nullptr) id = by->question;
  QuestionState* question = id.empty() ? nullptr : &question_of(session, event, id);

  RowOf<TableId::kCorrections> row(arena_);
  set_envelope(row, session, event);
  const std::string_view module = event.module.empty() ? std::string_view(session.module) : event.module;
  if (!module.empty()) row.set<"module">(module);
  const auto stage = event.stage ? event.stage : session.stage;
  if (stage) row.set<"stage">(static_cast<std::int64_t>(*stage));

  const std::string_view field = canonical(Vocabulary::kFieldName, body.field.bytes()).value_or(std::string_view());
  if (!field.empty())
    row.set<"field">(field);
  else if (body.field.present())
    row.set<"field_other">(body.field.bytes());
  if (body.correction_type.present()) row.set<"correction_type">(body.correction_type.bytes());
  set_question_type(row, body.question.type, question, id, event.time_us);

  const auto put = [&](const LoggedValue& value) { return value.absent() ? Cell::null() : Cell::of(value.bytes); };
  row.set_cell<"before">(put(body.before));
  row.set_cell<"after">(put(body.after));
  if (body.before.kind != JsonKind::kAbsent) row.set<"before_kind">(to_string(body.before.kind));
  if (body.after.kind != JsonKind::kAbsent) row.set<"after_kind">(to_string(body.after.kind));
  row.set<"before_truncated">(body.before_truncated);
  row.set<"after_truncated">(body.after_truncated);
  if (options_.text_features) {
    if (!body.before.absent()) {
      row.set<"before_length">(length_bucket(count_words(body.before.bytes)));
      if (const auto features = text_features(body.before.bytes); !features.language.empty())
        row.set<"language">(features.language);
    }
    if (!body.after.absent()) row.set<"after_length">(length_bucket(count_words(body.after.bytes)));
    if (!body.before.absent() && !body.after.absent() && !body.before_truncated && !body.after_truncated)
      if (const auto distance = edit_distance(body.before.bytes, body.after.bytes, kMaxDistanceCodePoints))
        row.set<"edit_distance">(static_cast<std::int64_t>(*distance));
  }

  row.set<"is_final">(true);
  TransformedRow emitted{
      TableId::kCorrections, row.cells(), {session.index, event.time_us, true, line, id, {}, {}, event.at}};
  std::uint64_t* newest = nullptr;
  if (!id.empty()) {
    const auto [place, is_first] =
        session.final_correction.find_or_add(hash_of({id, field.empty() ? body.field.bytes() : field}));
    if (!is_first) emitted.facts.replaces = *place;
    newest = place;
  }
  if (by != nullptr) {
    emitted.facts.decision = by->line;
    const LinkRule& link = rule_of(rule);
    row.set<"link_rule">(link.name);
    row.set<"link_confidence">(link.precision);
    ++linked_[static_cast<std::size_t>(rule)];
    if (!by->suggestion.view().absent() && !body.after.absent() && !body.after_truncated)
      row.set<"matches_suggestion">(by->suggestion.bytes == body.after.bytes);
  }
  row.set_cell<"quality_flags">(Cell::list({}));
  if (RowOf<TableId::kCorrections> apart(Row{}); tell_apart(row, question, apart))
    emitted.facts.without_corrections = apart.cells();
  QF_ASSIGN(const std::uint64_t number, emit(emitted));
  if (newest != nullptr) *newest = number;

  if (question == nullptr) return {};
  keep_wording(*question, body, body.field.present() && field.empty() ? std::string_view("other") : field,
               event.time_us);
  mention(*question, body.question);
  if (event.actor == Actor::kTeacher) {
    ++question->corrections;
    ++question->corrections_since_suggestion;
  } else {
    ++question->machine_corrections;
  }
  if (body.after.absent() || body.after_truncated || body.after.kind != JsonKind::kString) return {};
  const UserText after(body.after.bytes);
  if (field == "question_text") keep_text(question->text, after);
  if (field == "question_type") keep_text(question->type, after);
  if (field == "bloom_level") keep_text(question->bloom, after);
  if (field == "difficulty") keep_text(question->difficulty, after);
  if (field == "title") keep_text(question->title, after);
  return {};
}

}  // namespace qf
