#include "qf/describe/schema_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/core/fields.h"

namespace qf {
namespace {

TEST(TypeText, ReadsAsPeopleWriteIt) {
  EXPECT_EQ(type_text(fields::kText), "string");
  EXPECT_EQ(type_text(fields::kTextList), "list<string>");
  EXPECT_EQ(
      type_text(fields::kContext),
      "struct<module: string, stage: int32, previous_decisions: list<struct<decision_type: string, choice: string, "
      "same_question: bool>>>");
}

TEST(JsonSchema, CoversEveryFieldWithItsClassAndRole) {
  for (const TableSchema& table : tables()) {
    const auto schema = nlohmann::json::parse(json_schema(table));
    EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(schema.at("properties").size(), table.fields.size());
    EXPECT_EQ(schema.at("required").size(), table.fields.size());
    EXPECT_EQ(schema.at("additionalProperties"), false);
    for (const FieldSpec& field : table.fields) {
      const auto& property = schema.at("properties").at(std::string(field.name));
      EXPECT_EQ(property.at("type").back(), "null");
      EXPECT_EQ(property.at("description"), field.meaning);
      EXPECT_EQ(property.at("x-privacy-class"), to_string(field.privacy));
      EXPECT_EQ(property.at("x-role"), to_string(field.role));
      EXPECT_EQ(property.contains("x-unit"), !field.unit.empty());
    }
  }
  const auto schema = nlohmann::json::parse(json_schema(table_schema(TableId::kDecisions)));
  const auto& earlier = schema.at("properties").at("context").at("properties").at("previous_decisions");
  EXPECT_EQ(earlier.at("items").at("properties").at("same_question").at("type").front(), "boolean");
}

TEST(FieldsMarkdown, HasOneWellFormedLineForEachField) {
  const std::string text = fields_markdown();
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields) {
      const std::size_t at = text.find("\n| `" + std::string(field.name) + "` | ");
      ASSERT_NE(at, std::string::npos) << field.name;
      const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
      EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 7) << line;
    }
}

}  // namespace
}  // namespace qf
