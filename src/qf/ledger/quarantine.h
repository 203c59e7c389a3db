// Texts that were set apart as a whole, and what people decided about them. The ledger holds where they stand, never
// what they say.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// Where a text that was set apart stands: a row of a table.
struct QuarantinePlace {
  std::string project, field;
  std::string place;  // as in QuarantineItem
};

struct QuarantineItem {
  std::string id;           // hexadecimal digits: keyed fingerprint of person and text
  std::string subject_key;  // whose text it is
  std::string project;
  std::string place;   // "relative/log.jsonl:LINE"; of a question, which has no line of its own, "question ID"
  std::string field;   // "decisions.rationale"
  std::string reason;  // "special_category", "suspected_pupil"
  std::int64_t found_at_us = 0;
  std::string decision{};    // "release", "destroy"; "" where none was made
  std::string decided_by{};  // a person's name
  std::optional<std::int64_t> decided_at_us{};
  std::vector<QuarantinePlace> places{};  // as listed: all that builds have found
};

// Texts set apart, and the rows that they stand in.
struct SetApart {
  std::uint64_t texts = 0, rows = 0;
};
// Of listed items, or of those that a build found, one for each place.
SetApart count_set_apart(std::span<const QuarantineItem> items);
// Of listed items, those without a decision.
SetApart awaiting_decision(std::span<const QuarantineItem> items);

// Records what is new of these, one for each place; what was recorded before stays, with its decision.
Status record_quarantine(const Database& database, std::span<const QuarantineItem> items);
// All of them, by id.
Result<std::vector<QuarantineItem>> list_quarantine(const Database& database);
// A person's decision. A release may be followed by a destruction; a destruction is final: kRefused where it is to be
// released, nothing where it is to be destroyed once more. kNotFound for an unknown id; kInvalidInput for another
// decision than release or destroy, or without a name.
Status decide_quarantine(const Database& database, std::string_view id, std::string_view decision,
                         std::string_view decided_by, std::int64_t decided_at_us);

}  // namespace qf
