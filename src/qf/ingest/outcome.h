// What became of a suggestion, told from the decision alone. docs/records.md states the rules.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "qf/core/vocabulary.h"
#include "qf/ingest/event.h"

namespace qf {

enum class Outcome : std::uint8_t { kAccepted, kModified, kRejected, kChosenOtherwise, kNoSuggestion };
std::string_view to_string(Outcome outcome);

// `answers` = there was a suggestion, whether or not its value is known. `corrected` = the teacher changed the
// question between suggestion and decision.
Outcome outcome_of(const DecisionBody& decision, const LoggedValue& suggestion, std::optional<Vocabulary> vocabulary,
                   bool answers, bool corrected);

// Whether events of this type always answer a suggestion, even where its own line is lost.
bool answers_a_suggestion(const EventType& type);

// The vocabulary that a decision of this (canonical) type chooses from, if it is one of ours.
std::optional<Vocabulary> vocabulary_of(std::string_view decision_type);

// Place of `value` among the options, from 0; -1 where it is not one of them. Equal value first, then equal text,
// then the same canonical form ("apply" and "Apply").
std::int64_t index_among(std::span<const LoggedValue> options, const LoggedValue& value,
                         std::optional<Vocabulary> vocabulary);

}  // namespace qf
