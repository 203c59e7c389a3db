// Which split a person is in, once and for all: growth of a dataset moves nobody.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

struct SplitAssignment {
  std::string subject_tag;  // keyed; lower-case hexadecimal digits
  std::string split;        // train, validation or test
  std::int32_t fold = 0;
  std::string assigned_in_version;
  friend bool operator==(const SplitAssignment&, const SplitAssignment&) = default;
};

// All assignments by tag.
Result<std::vector<SplitAssignment>> load_assignments(const Database& database);

// Adds the assignments of people who had none, all or none of them. One that is there already must say the
// same split and fold, and then keeps its version: kRefused otherwise.
Status store_assignments(const Database& database, std::span<const SplitAssignment> assignments);

// Puts the assignments in place of all earlier ones: for a new split that was asked for by name.
Status replace_assignments(const Database& database, std::span<const SplitAssignment> assignments);

// Forgets where everybody is, so that the next build draws anew; the draw is recorded and counted.
Status draw_anew(const Database& database, std::int64_t drawn_at_us);
// How often that was asked for: the number of the draw that new people are placed by.
Result<std::uint64_t> split_draw(const Database& database);

}  // namespace qf
