#include "qf/rights/row_json.h"

#include <nlohmann/json.hpp>

#include "qf/core/instant.h"

namespace qf {

using Json = nlohmann::ordered_json;

Json cell_json(const FieldType& type, const Cell& cell) {
  switch (cell.tag) {
    case Cell::Tag::kNull: return nullptr;
    case Cell::Tag::kBool: return cell.integer != 0;
    case Cell::Tag::kInt:
      if (type.kind == TypeKind::kTimestamp) return format_instant(cell.integer);
      return cell.integer;
    case Cell::Tag::kDouble: return cell.real;
    case Cell::Tag::kText: return cell.view();
    case Cell::Tag::kList: {
      Json list = Json::array();
      for (const Cell& item : cell.children()) list.push_back(cell_json(type.members()[0].type, item));
      return list;
    }
    case Cell::Tag::kStruct: {
      Json object = Json::object();
      for (std::size_t i = 0; i < cell.size && i < type.members().size(); ++i)
        object[std::string(type.members()[i].name)] = cell_json(type.members()[i].type, cell.children()[i]);
      return object;
    }
  }
  return nullptr;
}

Json row_json(TableId table, ConstRow row) {
  const auto fields = table_schema(table).fields;
  Json object = Json::object();
  for (std::size_t i = 0; i < row.size() && i < fields.size(); ++i)
    if (!row[i].is_null()) object[std::string(fields[i].name)] = cell_json(fields[i].type, row[i]);
  return object;
}

bool leaves_changed(const Json& before, const Json& after) {
  if (!before.is_object() || !after.is_object()) return before != after;
  for (const auto& [name, value] : before.items())
    if (name != "previous_decisions" && (!after.contains(name) || after[name] != value)) return true;
  return false;
}

std::string json_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace qf
