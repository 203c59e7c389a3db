// A build that writes nothing, asked what it would write: row by row, in its final form.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "qf/core/reason.h"
#include "qf/core/record.h"
#include "qf/core/result.h"

namespace qf {

// A row that consent and audience let in. Pseudonyms and the version's number are still missing, being drawn for a
// version that is written. Lives until the callback returns.
struct TrialRow {
  std::string_view project;
  std::uint32_t number = 0;  // among these rows of the project, in the order in which they are read
  TableId table = TableId::kDecisions;
  DropReason dropped = DropReason::kNone;  // what is decided over everybody's rows: a shared text, too small a group
  ConstRow cells;                          // as it would leave
};

struct Trial {
  std::set<std::string, std::less<>> projects;  // whose rows are asked for, by name
  std::function<Status(const TrialRow&)> each;
};

}  // namespace qf
