// The program's own tables, for people and for the reference documentation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"

namespace qf {

struct Listing {
  std::string name;     // events, fields, rules, …
  std::string meaning;  // one sentence
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

// The names that list_table knows.
std::vector<std::string_view> listing_names();
// kInvalidInput, with the nearest known name, for an unknown one.
Result<Listing> list_table(std::string_view name);
std::string listing_markdown(const Listing& listing);

// JSON Schema 2020-12 of an event type's data, made from its row of the event table. kInvalidInput for an unknown name.
Result<std::string> event_schema(std::string_view event);
// Event types that have a schema of their own in schemas/events/.
std::vector<std::string_view> events_with_schema();

}  // namespace qf
