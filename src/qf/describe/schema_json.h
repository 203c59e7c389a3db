// The schema of the three tables as documents: JSON Schema for programs, Markdown for people.
#pragma once

#include <string>

#include "qf/core/schema.h"

namespace qf {

// A type as people write it: "list<string>", "struct<module: string, stage: int32>".
std::string type_text(const FieldType& type);

// JSON Schema 2020-12 of one row in JSON form, indented by two spaces, ending in a line feed. Every
// member is required and may be null; instants are RFC 3339 text. Beside the standard's keywords
// each field has x-privacy-class and x-role, and x-unit where it has a unit.
std::string json_schema(const TableSchema& table);

// The reference of all fields: for each table its meaning and one line a field.
std::string fields_markdown();

}  // namespace qf
