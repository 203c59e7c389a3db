// Rows as JSON, for people who ask what is kept of them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "qf/core/record.h"
#include "qf/core/schema.h"

namespace qf {

// A cell of that type; times as RFC 3339, a struct as an object.
nlohmann::ordered_json cell_json(const FieldType& type, const Cell& cell);
// The row's columns in their order; those without a value are left out.
nlohmann::ordered_json row_json(TableId table, ConstRow row);
// Whether a value leaves otherwise than it was read. What pass two alone fills in, earlier decisions, does not count.
bool leaves_changed(const nlohmann::ordered_json& before, const nlohmann::ordered_json& after);
// One line; bytes that are not UTF-8 are replaced.
std::string json_line(const nlohmann::ordered_json& json);

}  // namespace qf
