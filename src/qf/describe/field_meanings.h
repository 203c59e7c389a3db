// What the fields of the tables mean, for people who read Swedish.
#pragma once

#include <string_view>

#include "qf/core/schema.h"

namespace qf {

// The meaning of a field in `language` (sv or en); the name itself where the table has no such field.
std::string_view field_meaning(TableId table, std::string_view field, std::string_view language);

}  // namespace qf
