#include "qf/describe/schema_json.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

namespace qf {
namespace {

using Json = nlohmann::ordered_json;

Json type_schema(const FieldType& type) {
  Json schema = Json::object();
  const auto nullable = [&](const char* name) { schema["type"] = Json::array({name, "null"}); };
  switch (type.kind) {
    case TypeKind::kString: nullable("string"); break;
    case TypeKind::kBool: nullable("boolean"); break;
    case TypeKind::kInt32:
      nullable("integer");
      schema["minimum"] = std::numeric_limits<std::int32_t>::min();
      schema["maximum"] = std::numeric_limits<std::int32_t>::max();
      break;
    case TypeKind::kInt64: nullable("integer"); break;
    case TypeKind::kDouble: nullable("number"); break;
    case TypeKind::kTimestamp:
      nullable("string");
      schema["format"] = "date-time";
      break;
    case TypeKind::kList: {
      nullable("array");
      Json item = type_schema(type.members().front().type);
      item["description"] = type.members().front().meaning;
      schema["items"] = std::move(item);
      break;
    }
    case TypeKind::kStruct: {
      nullable("object");
      Json names = Json::array();
      for (const ChildType& member : type.members()) {
        Json property = type_schema(member.type);
        property["description"] = member.meaning;
        schema["properties"][std::string(member.name)] = std::move(property);
        names.push_back(member.name);
      }
      schema["required"] = std::move(names);
      schema["additionalProperties"] = false;
      break;
    }
  }
  return schema;
}

// The tables' own words hold no markup; a bar alone would end a cell.
std::string table_cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') cell.push_back('\\');
    cell.push_back(c);
  }
  return cell;
}

}  // namespace

std::string type_text(const FieldType& type) {
  if (type.kind == TypeKind::kList) return "list<" + type_text(type.members().front().type) + ">";
  if (type.kind != TypeKind::kStruct) return std::string(to_string(type.kind));
  std::string text = "struct<";
  for (const ChildType& member : type.members()) {
    if (text.back() != '<') text += ", ";
    text.append(member.name).append(": ").append(type_text(member.type));
  }
  return text + ">";
}

std::string json_schema(const TableSchema& table) {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"$id", "urn:qf-dataset:" + std::string(table.name) + ":" + std::string(kSchemaVersion)},
              {"title", table.name},
              {"description", table.meaning},
              {"type", "object"}};
  Json names = Json::array();
  for (const FieldSpec& field : table.fields) {
    Json property = type_schema(field.type);
    property["description"] = field.meaning;
    if (!field.unit.empty()) property["x-unit"] = field.unit;
    property["x-privacy-class"] = to_string(field.privacy);
    property["x-role"] = to_string(field.role);
    schema["properties"][std::string(field.name)] = std::move(property);
    names.push_back(field.name);
  }
  schema["required"] = std::move(names);
  schema["additionalProperties"] = false;
  return schema.dump(2) + "\n";
}

std::string fields_markdown() {
  std::string text =
      "# Fields\n\nGenerated from the program's own table of fields, schema version " + std::string(kSchemaVersion) +
      ". Every field may be null.\n\n"
      "A *feature* is known before the decision, a *target* is what a model may predict, *aftermath* is known only\n"
      "afterwards and never an input, a *key* joins rows, *metadata* is about the row.\n";
  for (const TableSchema& table : tables()) {
    text.append("\n## ").append(table.name).append("\n\nOne row is ").append(table.meaning).append(".\n\n");
    text += "| field | type | unit | privacy class | role | meaning |\n|---|---|---|---|---|---|\n";
    for (const FieldSpec& field : table.fields) {
      text.append("| `").append(field.name).append("` | `").append(type_text(field.type)).append("` | ");
      text.append(table_cell(field.unit)).append(" | ").append(to_string(field.privacy)).append(" | ");
      text.append(to_string(field.role)).append(" | ").append(table_cell(field.meaning)).append(" |\n");
    }
  }
  return text;
}

}  // namespace qf
