#include "qf/ingest/outcome.h"

#include <algorithm>
#include <array>

#include "qf/ingest/event_table.h"

namespace qf {
namespace {

bool same_value(const LoggedValue& a, const LoggedValue& b, std::optional<Vocabulary> vocabulary) {
  if (a.bytes == b.bytes) return true;
  if (!vocabulary) return false;
  const auto form_a = canonical(*vocabulary, a.bytes), form_b = canonical(*vocabulary, b.bytes);
  return form_a && form_b && *form_a == *form_b;
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  constexpr std::array<std::string_view, 5> kNames = {"accepted", "modified", "rejected", "chosen_otherwise",
                                                      "no_suggestion"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Outcome outcome_of(const DecisionBody& decision, const LoggedValue& suggestion, std::optional<Vocabulary> vocabulary,
                   bool answers, bool corrected) {
  if (!answers) return Outcome::kNoSuggestion;
  switch (action_of(decision.verdict)) {
    case Action::kAccept: return corrected ? Outcome::kModified : Outcome::kAccepted;
    case Action::kModify: return Outcome::kModified;
    case Action::kReject: return Outcome::kRejected;
    default: break;
  }
  if (!suggestion.absent() && same_value(decision.choice, suggestion, vocabulary)) return Outcome::kAccepted;
  // Where the suggestion is one of the options, the choice is between values; else an action word judges it.
  const bool between_values = !suggestion.absent() && index_among(decision.options, suggestion, vocabulary) >= 0;
  if (!between_values) {
    switch (action_of(decision.choice.bytes)) {
      case Action::kAccept: return corrected ? Outcome::kModified : Outcome::kAccepted;
      case Action::kModify: return Outcome::kModified;
      case Action::kReject:
      case Action::kDelete: return Outcome::kRejected;
      case Action::kManual: return Outcome::kChosenOtherwise;
      case Action::kNone: break;
    }
  }
  return suggestion.absent() ? Outcome::kNoSuggestion : Outcome::kChosenOtherwise;
}

bool answers_a_suggestion(const EventType& type) {
  return type.name.starts_with("build_ai_suggestion_") || type.name == "question_approved" ||
         type.name == "question_skipped";
}

std::optional<Vocabulary> vocabulary_of(std::string_view decision_type) {
  if (decision_type == "bloom_level") return Vocabulary::kBloom;
  if (decision_type == "difficulty_level" || decision_type == "difficulty") return Vocabulary::kDifficulty;
  if (decision_type == "question_type") return Vocabulary::kQuestionType;
  return std::nullopt;
}

std::int64_t index_among(std::span<const LoggedValue> options, const LoggedValue& value,
                         std::optional<Vocabulary> vocabulary) {
  const auto place = [&](auto fits) -> std::int64_t {
    const auto found = std::find_if(options.begin(), options.end(), fits);
    return found == options.end() ? -1 : found - options.begin();
  };
  std::int64_t index = place([&](const LoggedValue& option) { return option == value; });
  if (index < 0) index = place([&](const LoggedValue& option) { return option.bytes == value.bytes; });
  if (index < 0 && vocabulary)
    index = place([&](const LoggedValue& option) { return same_value(option, value, vocabulary); });
  return index;
}

}  // namespace qf
