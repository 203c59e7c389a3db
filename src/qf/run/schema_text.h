// The schemas that the program publishes, as text.
#pragma once

#include <string>
#include <string_view>

#include "qf/core/result.h"

namespace qf {

enum class SchemaFormat : std::uint8_t { kJson, kMarkdown };

// `name`: a table, `event:NAME`, `events` (all of them, by name), or "" for all tables (a JSON object by table name).
// Markdown is the reference of all fields. kInvalidInput, with the nearest known name, for an unknown one.
Result<std::string> schema_text(std::string_view name, SchemaFormat format);

}  // namespace qf
