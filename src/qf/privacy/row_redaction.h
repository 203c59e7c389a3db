// Redaction of the texts of one project's rows: both profiles with what is known of its people, and the counts.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/privacy/redactor.h"

namespace qf {

// What a person decided about a text that was set apart.
enum class QuarantineDecision : std::uint8_t { kNone, kRelease, kDestroy };

// A text that was set apart and does not leave. Views live until the next row.
struct HeldText {
  TableId table = TableId::kDecisions;
  std::size_t column = 0;
  QuarantineReason reason = QuarantineReason::kSpecialCategory;
  std::string_view text;
};

// One project's, for one thread. The same text always comes out the same: what it remembers only saves time.
class RowRedaction {
 public:
  // What was decided about a text that the recognisers would set apart.
  using Decisions = std::function<QuarantineDecision(std::string_view text)>;
  // kInvalidInput for an allowed phrase without a letter or digit. Identities without one are passed over: a folder
  // may be called "---". `without`: see RedactionOptions.
  static Result<RowRedaction> make(std::vector<std::string> identities, std::vector<std::string> allow,
                                   Decisions decisions, std::vector<std::string> without = {});

  // The text as it may leave, in the arena; null where it is set apart as a whole.
  Cell redact(TableId table, std::size_t column, RedactionProfile profile, std::string_view text, Arena& arena);

  void begin_row() { held_.clear(); }
  // The texts of the row that await a person's decision.
  const std::vector<HeldText>& held() const { return held_; }

  // What was masked in all rows so far, by type; texts that were set apart, by reason, those decided about left out.
  const std::map<std::string, std::uint64_t, std::less<>>& masked() const { return masked_; }
  const std::map<std::string, std::uint64_t, std::less<>>& quarantined() const { return quarantined_; }

 private:
  struct Answer {
    std::string text;
    std::array<std::uint16_t, kEntityTypeCount> masked{};
    std::optional<QuarantineReason> reason;
  };
  RowRedaction(Redactor strict, Redactor content, Decisions decisions)
      : redactors_{std::move(strict), std::move(content)}, decisions_(std::move(decisions)) {}
  const Answer& answer_to(RedactionProfile profile, std::string_view text);

  std::array<Redactor, 2> redactors_;  // by profile
  Decisions decisions_;
  // A question's text stands in many rows.
  std::array<std::unordered_map<std::string, Answer>, 2> known_;
  std::size_t known_bytes_ = 0;
  std::vector<HeldText> held_;
  std::map<std::string, std::uint64_t, std::less<>> masked_, quarantined_;
};

}  // namespace qf
