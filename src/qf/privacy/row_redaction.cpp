#include "qf/privacy/row_redaction.h"

#include <utility>

namespace qf {
namespace {

// Of texts that are kept to be answered at once.
constexpr std::size_t kMostKnownBytes = std::size_t{4} << 20;

}  // namespace

Result<RowRedaction> RowRedaction::make(std::vector<std::string> identities, std::vector<std::string> allow,
                                        Decisions decisions, std::vector<std::string> without) {
  std::erase_if(identities, [](const std::string& one) { return !holds_word(one); });
  QF_ASSIGN(Redactor strict, Redactor::make({RedactionProfile::kStrict, identities, allow, true, without}));
  QF_ASSIGN(Redactor content, Redactor::make({RedactionProfile::kContent, std::move(identities), std::move(allow), true,
                                              std::move(without)}));
  return RowRedaction(std::move(strict), std::move(content), std::move(decisions));
}

const RowRedaction::Answer& RowRedaction::answer_to(RedactionProfile profile, std::string_view text) {
  auto& known = known_[static_cast<std::size_t>(profile)];
  std::string key(text);
  if (const auto found = known.find(key); found != known.end()) return found->second;
  Redaction redaction = redactors_[static_cast<std::size_t>(profile)].redact(text);
  Answer answer;
  answer.text = std::move(redaction.text);
  for (const RedactionSpan& span : redaction.spans) ++answer.masked[static_cast<std::size_t>(span.type)];
  if (redaction.quarantine) answer.reason = redaction.quarantine->reason;
  if (known_bytes_ > kMostKnownBytes) {
    for (auto& one : known_) one.clear();
    known_bytes_ = 0;
  }
  known_bytes_ += text.size() + answer.text.size() + sizeof(Answer);
  return known.insert_or_assign(std::move(key), std::move(answer)).first->second;
}

Cell RowRedaction::redact(TableId table, std::size_t column, RedactionProfile profile, std::string_view text,
                          Arena& arena) {
  const Answer& answer = answer_to(profile, text);
  if (answer.reason) {
    const QuarantineDecision decision = decisions_ ? decisions_(text) : QuarantineDecision::kNone;
    if (decision == QuarantineDecision::kNone) {
      held_.push_back({table, column, *answer.reason, text});
      ++quarantined_[std::string(to_string(*answer.reason))];
    }
    if (decision != QuarantineDecision::kRelease) return Cell::null();
  }
  for (std::size_t type = 0; type < answer.masked.size(); ++type)
    if (answer.masked[type] != 0) masked_[std::string(to_string(static_cast<EntityType>(type)))] += answer.masked[type];
  return Cell::of(arena.copy(answer.text));
}

}  // namespace qf
