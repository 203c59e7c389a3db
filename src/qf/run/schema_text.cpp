#include "qf/run/schema_text.h"

#include <fmt/format.h>

#include <vector>

#include "qf/core/schema.h"
#include "qf/core/text.h"
#include "qf/describe/schema_json.h"
#include "qf/run/listing.h"

namespace qf {

Result<std::string> schema_text(std::string_view name, SchemaFormat format) {
  if (name == "events") {
    std::string out = "{\n";
    for (const std::string_view event : events_with_schema()) {
      QF_ASSIGN(const std::string schema, event_schema(event));
      out += fmt::format("{}\"{}\": {}", out.size() == 2 ? "" : ",\n", event, schema);
    }
    return out + "}\n";
  }
  if (name.starts_with("event:")) return event_schema(name.substr(6));
  if (name.empty()) {
    if (format == SchemaFormat::kMarkdown) return fields_markdown();
    std::string out = "{\n";
    for (const TableSchema& table : tables())
      out += fmt::format("{}\"{}\": {}", table.id == TableId::kDecisions ? "" : ",\n", table.name, json_schema(table));
    return out + "}\n";
  }
  std::vector<std::string_view> names = {"config", "events"};
  for (const TableSchema& table : tables()) {
    if (table.name == name) return json_schema(table);
    names.push_back(table.name);
  }
  const std::string_view near = nearest_name(name, names);
  return failure(ErrorCode::kInvalidInput,
                 fmt::format("{} has no schema{}; known: {}, event:NAME", name,
                             near.empty() ? "" : fmt::format(", did you mean {}?", near), fmt::join(names, ", ")));
}

}  // namespace qf
