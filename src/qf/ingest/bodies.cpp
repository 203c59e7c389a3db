#include "qf/ingest/bodies.h"

#include <array>

#include "qf/ingest/body_view.h"

namespace qf::bodies {
namespace {

template <class Body>
Body& put(Event& event, Arena& arena) {
  Body& body = arena.make<Body>(1)[0];
  event.body = static_cast<const Body*>(&body);
  return body;
}

Key first_of(const BodyView& view, Key a, Key b) { return view.has(a) ? a : b; }

QuestionMention mention(const BodyView& view, Arena& arena, Key type_key = Key::kQuestionType) {
  QuestionMention question;
  question.id = view.scalar(first_of(view, Key::kQuestionId, Key::kQuestionIdentifier), arena);
  question.text = view.text(Key::kQuestionText, arena);
  question.type = view.text(type_key, arena);
  question.bloom = view.text(first_of(view, Key::kBloomLevel, Key::kBloom), arena);
  question.difficulty = view.text(Key::kDifficulty, arena);
  question.title = view.text(Key::kTitle, arena);
  return question;
}

void read_place(const BodyView& view, Event& event, Arena& arena) {
  const std::string_view module = view.string(Key::kModule);
  if (!module.empty()) event.module = arena.copy(module);
  if (const auto stage = view.integer(Key::kStage); stage && *stage >= 0 && *stage < 1000) {
    event.stage = static_cast<std::int32_t>(*stage);
  } else if (const std::string_view text = view.string(Key::kStage);
             text.size() == 1 && text[0] >= '0' && text[0] <= '9') {
    event.stage = text[0] - '0';
  }
}

// Percent where the source always writes percent (M5), else told by size: above 1 it can only be percent.
Confidence confidence(std::optional<double> logged, bool always_percent = false) {
  Confidence result{std::nullopt, logged};
  if (!logged || *logged < 0 || *logged > 100) return result;
  result.unit = always_percent || *logged > 1 ? *logged / 100 : *logged;
  return result;
}

// The last member of that name: inside a value nothing says which of two counts, and readers of JSON take the last.
std::optional<simdjson::dom::element> member(const simdjson::dom::element& element, std::string_view name) {
  simdjson::dom::object object;
  std::optional<simdjson::dom::element> found;
  if (element.get_object().get(object) != simdjson::SUCCESS) return found;
  for (const auto field : object)
    if (field.key == name) found = field.value;
  return found;
}

std::optional<double> number_in(const simdjson::dom::element& object, std::string_view name) {
  double value = 0;
  const auto found = member(object, name);
  if (!found || found->get_double().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

LoggedValue value_in(const simdjson::dom::element& object, std::string_view name, Arena& arena) {
  std::size_t duplicates = 0;
  const auto found = member(object, name);
  return found ? logged_value(*found, arena, duplicates) : LoggedValue{};
}

// A suggestion may be wrapped: {"fix_suggestion": …, "confidence": 0.9}. The inner value is what was suggested.
void unwrap_suggestion(const BodyView& view, Key key, LoggedValue& value, Confidence& sure, Arena& arena) {
  if (!view.has(key)) return;
  const auto& element = view.at(key);
  value = view.value(key, arena);
  if (type_of(element) != kObject) return;
  if (element.get_object().value_unsafe().size() == 0) {  // Step 1 writes {} where the AI said nothing
    value = {};
    return;
  }
  for (const std::string_view name : {"fix_suggestion", "suggestion", "value", "content"}) {
    const LoggedValue inner = value_in(element, name, arena);
    if (inner.absent()) continue;
    value = inner;
    break;
  }
  if (const auto number = number_in(element, "confidence"); number && !sure.logged) sure = confidence(number);
}

std::span<const LoggedValue> list(const BodyView& view, Key key, Arena& arena) {
  simdjson::dom::array array;
  if (!view.has(key) || view.at(key).get_array().get(array) != simdjson::SUCCESS) return {};
  std::size_t count = 0;
  for ([[maybe_unused]] const auto item : array) ++count;  // size() saturates
  const auto items = arena.make<LoggedValue>(count);
  std::size_t at = 0, duplicates = 0;
  for (const auto item : array) items[at++] = logged_value(item, arena, duplicates);
  return items;
}

// The explicit link of a line: the id of the suggestion it answers, in the body or the envelope.
std::string_view reference(const BodyView& view, const Event& event, Arena& arena) {
  const std::string_view id = view.scalar(Key::kSuggestionId, arena);
  return id.empty() ? event.parent_id : id;
}

DecisionBody& decision(const BodyView& view, Event& event, Arena& arena, Key choice, Key options) {
  DecisionBody& body = put<DecisionBody>(event, arena);
  read_place(view, event, arena);
  body.question = mention(view, arena);
  body.decision_type = view.scalar(Key::kDecisionType, arena);
  body.reference = reference(view, event, arena);
  body.has_options = view.has(options);
  body.options = list(view, options, arena);
  body.choice = view.value(choice, arena);
  body.confidence = confidence(view.number(first_of(view, Key::kAiConfidence, Key::kConfidence)));
  unwrap_suggestion(view, Key::kAiSuggestion, body.suggestion, body.confidence, arena);
  body.rationale = view.text(first_of(view, Key::kRationale, Key::kReason), arena);
  return body;
}

// A decision about a whole question, which the event's name says and no field.
DecisionBody& verdict(const BodyView& view, Event& event, Arena& arena, std::string_view type,
                      std::string_view choice) {
  DecisionBody& body = put<DecisionBody>(event, arena);
  read_place(view, event, arena);
  body.question = mention(view, arena, first_of(view, Key::kType, Key::kQuestionType));
  body.decision_type = type;
  body.reference = reference(view, event, arena);
  body.choice = {JsonKind::kString, choice};
  return body;
}

std::string_view answer_to_suggestion(const BodyView& view, Event& event, Arena& arena, std::string_view choice) {
  DecisionBody& body = decision(view, event, arena, Key::kUserChoice, Key::kOptionsPresented);
  if (view.has(Key::kActorType) && view.string(Key::kActorType) != "teacher") event.actor = Actor::kMachine;
  body.verdict = choice;
  if (body.choice.absent()) body.choice = {JsonKind::kString, choice};
  return {};
}

std::string_view question_step(const BodyView& view, Event& event, Arena& arena, QuestionStep step) {
  QuestionBody& body = put<QuestionBody>(event, arena);
  read_place(view, event, arena);
  Key type = Key::kQuestionType;
  for (const Key key : {Key::kType, Key::kSubmittedType, Key::kDetectedType})
    if (view.has(key)) type = key;
  body.question = mention(view, arena, type);
  body.step = step;
  return {};
}

std::string_view validation_with(const BodyView& view, Event& event, Arena& arena, std::optional<bool> passed) {
  ValidationBody& body = put<ValidationBody>(event, arena);
  body.question_id = view.scalar(first_of(view, Key::kQuestionId, Key::kQuestionIdentifier), arena);
  body.passed = passed;
  return {};
}

std::string_view stage_step(const BodyView& view, Event& event, Arena& arena, StageStep step) {
  put<StageBody>(event, arena).step = step;
  read_place(view, event, arena);
  return {};
}

// Upstream cuts values off at these lengths; a value of just that length may be whole, which cannot be told.
constexpr std::size_t kManualFixCodePoints = 50;
constexpr std::size_t kAppliedFixCodePoints = 100;

bool reaches(std::string_view bytes, std::size_t code_points) {
  std::size_t count = 0;
  for (const char c : bytes) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count >= code_points;
}

}  // namespace

std::string_view user_decision(const BodyView& view, Event& event, Arena& arena) {
  decision(view, event, arena, first_of(view, Key::kUserChoice, Key::kChoice),
           first_of(view, Key::kOptionsPresented, first_of(view, Key::kOptions, Key::kAvailableOptions)));
  return {};
}

std::string_view module_decision(const BodyView& view, Event& event, Arena& arena) {
  DecisionBody& body = decision(view, event, arena, first_of(view, Key::kChoice, Key::kUserChoice),
                                first_of(view, Key::kAvailableOptions, Key::kOptionsPresented));
  if (body.decision_type.empty()) body.decision_type = "entry_point";
  return {};
}

std::string_view step1_decision(const BodyView& view, Event& event, Arena& arena) {
  DecisionBody& body = put<DecisionBody>(event, arena);
  body.question = mention(view, arena);
  body.decision_type = "fix_issue";
  body.issue = view.scalar(first_of(view, Key::kIssueType, Key::kIssueId), arena);
  body.choice = view.value(Key::kTeacherDecision, arena);
  unwrap_suggestion(view, Key::kAiSuggestion, body.suggestion, body.confidence, arena);
  body.rationale = view.text(Key::kTeacherNote, arena);
  if (view.has(Key::kAppliedFix) && type_of(view.at(Key::kAppliedFix)) == kObject) {
    const LoggedValue content = value_in(view.at(Key::kAppliedFix), "content", arena);
    if (content.kind == JsonKind::kString) {
      body.applied = content;
      body.applied_truncated = reaches(content.bytes, kAppliedFixCodePoints);
    }
  }
  return {};
}

std::string_view question_approved(const BodyView& view, Event& event, Arena& arena) {
  DecisionBody& body = verdict(view, event, arena, "approve_question", "approve");
  if (view.has(Key::kConfidenceScores))
    body.confidence = confidence(number_in(view.at(Key::kConfidenceScores), "type"), true);
  return {};
}

std::string_view question_skipped(const BodyView& view, Event& event, Arena& arena) {
  DecisionBody& body = verdict(view, event, arena, "approve_question", "skip");
  const UserText reason = view.text(Key::kReason, arena);
  if (reason.bytes() != "no reason provided") body.rationale = reason;  // the tool's words, not the teacher's
  return {};
}

std::string_view suggestion_accepted(const BodyView& view, Event& event, Arena& arena) {
  return answer_to_suggestion(view, event, arena, "accept");
}

std::string_view suggestion_rejected(const BodyView& view, Event& event, Arena& arena) {
  return answer_to_suggestion(view, event, arena, "reject");
}

std::string_view suggestion_modified(const BodyView& view, Event& event, Arena& arena) {
  return answer_to_suggestion(view, event, arena, "modify");
}

std::string_view ai_suggestion(const BodyView& view, Event& event, Arena& arena) {
  SuggestionBody& body = put<SuggestionBody>(event, arena);
  read_place(view, event, arena);
  body.question = mention(view, arena);
  body.id = view.scalar(Key::kSuggestionId, arena);
  body.decision_type = view.scalar(first_of(view, Key::kDecisionType, Key::kField), arena);
  body.confidence = confidence(view.number(first_of(view, Key::kConfidence, Key::kAiConfidence)));
  Key value = first_of(view, Key::kSuggestion, Key::kAiSuggestion);
  if (!view.has(value)) value = Key::kValue;
  unwrap_suggestion(view, value, body.value, body.confidence, arena);
  body.before = view.value(Key::kBefore, arena);
  return {};
}

std::string_view question_parsed(const BodyView& view, Event& event, Arena& arena) {
  SuggestionBody& body = put<SuggestionBody>(event, arena);
  body.question = mention(view, arena, Key::kType);
  body.decision_type = "approve_question";
  body.value = view.value(Key::kType, arena);
  body.confidence = confidence(view.number(Key::kTypeConfidence), true);
  return {};
}

std::string_view correction_made(const BodyView& view, Event& event, Arena& arena) {
  CorrectionBody& body = put<CorrectionBody>(event, arena);
  read_place(view, event, arena);
  body.question = mention(view, arena);
  body.reference = reference(view, event, arena);
  body.field = view.text(Key::kField, arena);
  body.before = view.value(view.present(Key::kBefore) ? Key::kBefore : Key::kOldValue, arena);
  body.after = view.value(view.present(Key::kAfter) ? Key::kAfter : Key::kNewValue, arena);
  body.correction_type = view.text(first_of(view, Key::kCorrectionType, Key::kIntent), arena);
  if (view.has(Key::kActorType) && view.string(Key::kActorType) != "teacher") event.actor = Actor::kMachine;
  return body.before.absent() && body.after.absent() ? name_of(Key::kAfter) : std::string_view{};
}

std::string_view field_updated(const BodyView& view, Event& event, Arena& arena) {
  CorrectionBody& body = put<CorrectionBody>(event, arena);
  body.question = mention(view, arena);
  body.field = view.text(Key::kField, arena);
  body.before = view.value(Key::kOldValue, arena);
  body.after = view.value(Key::kNewValue, arena);
  return {};
}

// The end of a manual fix carries the teacher's value, cut off; a fix that failed changed nothing.
std::string_view manual_fix(const BodyView& view, Event& event, Arena& arena) {
  if (view.boolean(Key::kSuccess) != true || !view.has(Key::kValue)) {
    event.kind = EventKind::kTool;
    event.actor = Actor::kMachine;
    return {};
  }
  CorrectionBody& body = put<CorrectionBody>(event, arena);
  body.question = mention(view, arena);
  body.field = view.text(Key::kField, arena);
  body.after = view.value(Key::kValue, arena);
  body.after_truncated = reaches(body.after.bytes, kManualFixCodePoints);
  return {};
}

std::string_view step3_iteration(const BodyView& view, Event& event, Arena& arena) {
  CorrectionBody& body = put<CorrectionBody>(event, arena);
  if (view.has(Key::kError) && type_of(view.at(Key::kError)) == kObject) {
    const auto& error = view.at(Key::kError);
    body.question.id = value_in(error, "question_id", arena).bytes;
    body.field = value_in(error, "field", arena).text();
  }
  if (view.has(Key::kRule) && type_of(view.at(Key::kRule)) == kObject)
    body.correction_type = value_in(view.at(Key::kRule), "rule_id", arena).text();
  return {};
}

std::string_view question_seen(const BodyView& view, Event& event, Arena& arena) {
  return question_step(view, event, arena, QuestionStep::kSeen);
}
std::string_view question_built(const BodyView& view, Event& event, Arena& arena) {
  return question_step(view, event, arena, QuestionStep::kBuilt);
}
std::string_view question_finished(const BodyView& view, Event& event, Arena& arena) {
  return question_step(view, event, arena, QuestionStep::kApproved);
}
std::string_view question_deleted(const BodyView& view, Event& event, Arena& arena) {
  return question_step(view, event, arena, QuestionStep::kDeleted);
}
std::string_view question_exported(const BodyView& view, Event& event, Arena& arena) {
  return question_step(view, event, arena, QuestionStep::kExported);
}
std::string_view question_abandoned(const BodyView& view, Event& event, Arena& arena) {
  return question_step(view, event, arena, QuestionStep::kAbandoned);
}

std::string_view validation(const BodyView& view, Event& event, Arena& arena) {
  const auto passed = view.has(Key::kPassed) ? view.boolean(Key::kPassed) : view.boolean(Key::kValid);
  return validation_with(view, event, arena, passed);
}
std::string_view validation_passed(const BodyView& view, Event& event, Arena& arena) {
  return validation_with(view, event, arena, true);
}
std::string_view validation_failed(const BodyView& view, Event& event, Arena& arena) {
  return validation_with(view, event, arena, false);
}

std::string_view stage_start(const BodyView& view, Event& event, Arena& arena) {
  return stage_step(view, event, arena, StageStep::kStart);
}
std::string_view stage_complete(const BodyView& view, Event& event, Arena& arena) {
  return stage_step(view, event, arena, StageStep::kComplete);
}
std::string_view stage_skip(const BodyView& view, Event& event, Arena& arena) {
  return stage_step(view, event, arena, StageStep::kSkip);
}

}  // namespace qf::bodies
