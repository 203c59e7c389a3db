// Columns that give each other back: where a cell of one is emptied, what would say it all the same goes with it.
#pragma once

#include <span>
#include <string_view>

#include "qf/core/schema.h"

namespace qf {

struct EmptiedTogether {
  TableId table;
  std::string_view column;  // where this one is emptied,
  std::string_view with;    // so are these; separated by |
};
std::span<const EmptiedTogether> emptied_together();

}  // namespace qf
