#include "qf/ledger/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

namespace qf {
namespace {

using Fields = std::vector<std::string>;

std::string error_of(std::string_view content) {
  const auto table = parse_csv(content, "t.csv");
  return table ? "no error" : table.error().message;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Csv, ReadsQuotesBreaksAndMarks) {
  const auto table = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x, \"\"y\"\"\",\"1\n2\"\r\n\r\n,z\n",
      "t.csv");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->header, (Fields{"a", "b"}));
  ASSERT_EQ(table->rows.size(), 2U);
  EXPECT_EQ(table->rows[0].fields, (Fields{"x, \"y\"", "1\n2"}));
  EXPECT_EQ(table->rows[0].line, 2U);
  EXPECT_EQ(table->rows[1].fields, (Fields{"", "z"}));
  EXPECT_EQ(table->rows[1].line, 5U);
}

TEST(Csv, EndsWithOrWithoutALineBreak) {
  for (const char* text : {"a,b\n1,", "a,b\n1,\n", "a,b\r1,\r", "a,b\r\n1,\"\""}) {
    const auto table = parse_csv(text, "t.csv");
    ASSERT_TRUE(table) << table.error().message;
    ASSERT_EQ(table->rows.size(), 1U);
    EXPECT_EQ(table->rows[0].fields, (Fields{"1", ""}));
  }
}

TEST(Csv, TakesTheSemicolonOfOtherCountries) {
  const auto table = parse_csv("a;b\n1,5;\"x;y\"\n;\n", "t.csv");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 1U);
  EXPECT_EQ(table->rows[0].fields, (Fields{"1,5", "x;y"}));
}

TEST(Csv, SaysWhereItIsWrong) {
  EXPECT_TRUE(has(error_of(""), "t.csv is empty"));
  EXPECT_TRUE(has(error_of("a,b\n1,2\n1\n"), "t.csv, line 3: 1 fields where the header has 2"));
  EXPECT_TRUE(has(error_of("a,b\n1,\"2\n\n\n"), "t.csv, line 2: a quotation mark is opened"));
  EXPECT_TRUE(has(error_of("a,b\n\"1\n\"x,2\n"), "t.csv, line 3: text follows"));
  EXPECT_TRUE(has(error_of("a,b\nAnna \"An\",2\n"), "t.csv, line 2: a quotation mark inside"));
  EXPECT_TRUE(has(error_of("a,b\n1,2\n\xE5sa,2\n"), "t.csv, line 3: not UTF-8"));
  EXPECT_TRUE(has(error_of(std::string("\xFF\xFE"
                                       "a\0",
                                       4)),
                  "line 1: this is UTF-16"));
  // What people wrote is not repeated.
  EXPECT_FALSE(has(error_of("a,b\nAnna \"An\",2\n"), "Anna"));
}

TEST(Csv, FindsColumnsByName) {
  constexpr std::array<std::string_view, 3> kKnown = {"project", "subject", "covers_from"};
  constexpr std::array<std::string_view, 1> kRequired = {"project"};
  const auto find = [&](std::string_view text) {
    return CsvColumns::find(*parse_csv(text, "t.csv"), kKnown, kRequired);
  };
  const auto table = *parse_csv(" Subject ,PROJECT\n anna ,p\n", "t.csv");
  const auto columns = CsvColumns::find(table, kKnown, kRequired);
  ASSERT_TRUE(columns) << columns.error().message;
  EXPECT_EQ(columns->field(table.rows[0], "subject"), "anna");
  EXPECT_EQ(columns->field(table.rows[0], "project"), "p");
  EXPECT_EQ(columns->field(table.rows[0], "covers_from"), "");

  const auto unknown = find("project,coversfrom\n");
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(has(unknown.error().message, "t.csv, line 1: column 2"));
  EXPECT_TRUE(has(unknown.error().message, "nearest is \"covers_from\""));
  EXPECT_FALSE(has(unknown.error().message, "coversfrom"));
  EXPECT_TRUE(has(find("subject\n").error().message, "column project is missing"));
  EXPECT_TRUE(has(find("project,subject,Project\n").error().message, "project is there twice"));
}

TEST(Csv, ReadsWhatItsRulesWrite) {
  EXPECT_TRUE(rc::check("a written table comes back", [](const std::vector<std::array<std::string, 3>>& raw) {
    // The fields are made of what is awkward in CSV.
    std::vector<Fields> rows;
    static constexpr std::array<std::string_view, 10> kPieces = {"\"", ",", "\n", "\r\n", ";",
                                                                 " ",  "a", "å",  "😀",    "x\"y"};
    for (const auto& source : raw) {
      Fields fields;
      for (const std::string& bytes : source) {
        std::string field = "f";
        for (const char c : bytes) field += kPieces[static_cast<unsigned char>(c) % kPieces.size()];
        fields.push_back(field);
      }
      rows.push_back(fields);
    }
    std::string text = "one,two,three\r\n";
    for (const Fields& fields : rows) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        text += i == 0 ? "\"" : ",\"";
        for (const char c : fields[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
        text += '"';
      }
      text += "\r\n";
    }
    const auto table = parse_csv(text, "t.csv");
    RC_ASSERT(table.has_value());
    RC_ASSERT(table->rows.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) RC_ASSERT(table->rows[i].fields == rows[i]);
  }));
  EXPECT_TRUE(rc::check("no bytes stop the reader", [](const std::string& bytes) {
    (void)parse_csv(bytes, "t.csv");
    (void)parse_csv("a,b\n" + bytes, "t.csv");
  }));
}

TEST(Csv, GuardsWhatASpreadsheetWouldCompute) {
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("-a,b"), "\"'-a,b\"");
  EXPECT_EQ(csv_cell("'t Hooft"), "'t Hooft");
  static constexpr std::array<std::string_view, 2> kNames = {"one", "two"};
  for (const std::string_view text : {"", "a", "=a", "'=a", "''=a", "+46", "@a", "-", "'", "'t Hooft", "a\"b", "a=b"}) {
    const auto table = parse_csv("one,two\n" + csv_cell(text) + ",x\n", "t.csv");
    ASSERT_TRUE(table) << text;
    EXPECT_EQ(CsvColumns::find(*table, kNames, kNames)->field(table->rows[0], "one"), text);
  }
}

TEST(CsvText, KnowsControlCharacters) {
  EXPECT_FALSE(has_control_character("Åsa 😀 \xE2\x80\x8B"));
  EXPECT_TRUE(has_control_character(std::string_view("a\0b", 3)));
  EXPECT_TRUE(has_control_character("a\x1B[31m"));
  EXPECT_TRUE(has_control_character("a\xC2\x85"));
  EXPECT_TRUE(has_control_character("a\x7F"));
  EXPECT_TRUE(has_control_character("\xFF"));
  EXPECT_FALSE(has_control_character("a\nb", "\n"));
}

}  // namespace
}  // namespace qf
