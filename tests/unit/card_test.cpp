#include "qf/describe/card.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <yaml-cpp/yaml.h>

#include "sample_rows.h"

namespace qf {
namespace {

CardFacts facts() {
  CardFacts card;
  card.name = "Teacher decisions";
  card.version = "1.0.0";
  card.audience = "private";
  card.privacy_level = "pseudonymised";
  card.program_version = "0.1.0";
  card.text_levels = {{"question", "features"}};
  card.splits = {{TableId::kDecisions, "test", 5, 50},
                 {TableId::kDecisions, "train", 40, 400},
                 {TableId::kQuestions, "train", 9, 90},
                 {TableId::kCorrections, "train", 0, 0}};
  card.subjects = 3;
  card.confirmed_subjects = 2;
  card.sessions = 4;
  card.sittings = 6;
  card.first_term = "2026-VT";
  card.last_term = "2026-HT";
  card.languages = {{"sv", 30}, {"en", 5}};
  card.dropped = {{"no_consent", 12}};
  card.gates = {{"min_subjects", true, "3", "1", "refuse"}};
  card.content_digest = std::string(64, 'a');
  return card;
}

YAML::Node front_matter(const std::string& card) {
  EXPECT_TRUE(card.starts_with("---\n"));
  const std::size_t end = card.find("\n---\n", 4);
  EXPECT_NE(end, std::string::npos);
  return YAML::Load(card.substr(4, end - 3));
}

TEST(Card, NamesTheFilesThatExistAndNoOthers) {
  const YAML::Node yaml = front_matter(dataset_card(facts()));
  ASSERT_EQ(yaml["configs"].size(), 2u);
  EXPECT_EQ(yaml["configs"][0]["config_name"].as<std::string>(), "decisions");
  EXPECT_TRUE(yaml["configs"][0]["default"].as<bool>());
  EXPECT_EQ(yaml["configs"][0]["data_files"][0]["split"].as<std::string>(), "train");
  EXPECT_EQ(yaml["configs"][0]["data_files"][1]["path"].as<std::string>(), "data/decisions/test-*.parquet");
  EXPECT_EQ(yaml["configs"][1]["config_name"].as<std::string>(), "questions");
  EXPECT_FALSE(yaml["configs"][1]["default"]);
  EXPECT_EQ(yaml["dataset_info"][0]["splits"][0]["num_examples"].as<int>(), 40);
  const auto& fields = table_schema(TableId::kDecisions).fields;
  ASSERT_EQ(yaml["dataset_info"][0]["features"].size(), fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i)
    EXPECT_EQ(yaml["dataset_info"][0]["features"][i]["name"].as<std::string>(), fields[i].name);
  EXPECT_EQ(yaml["language"].size(), 2u);
  EXPECT_EQ(yaml["size_categories"][0].as<std::string>(), "n<1K");
}

TEST(Card, AVersionWithoutRowsHasNoConfigs) {
  CardFacts card = facts();
  card.splits.clear();
  EXPECT_FALSE(front_matter(dataset_card(card))["configs"]);
}

TEST(Card, SaysWhatMustBeSaid) {
  const std::string text = dataset_card(facts());
  for (const char* part : {"Pseudonymised is not anonymous", "stays with whoever holds the logs",
                           "[More Information Needed]", "### Out-of-Scope Use", "### Privacy Considerations",
                           "#### Annotation process", "## Citation", "`user_choice_label`", "no\\_consent | 12"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  CardFacts one = facts();
  one.subjects = 1;
  one.audience = "internal";
  const std::string other = dataset_card(one);
  EXPECT_NE(other.find("says nothing about new teachers"), std::string::npos);
  EXPECT_EQ(other.find("stays with whoever holds the logs"), std::string::npos);
  EXPECT_EQ(dataset_card(facts()), text);
}

// Everything that is text, set to the same hostile value.
std::string hostile_card(const std::string& text) {
  CardFacts card = facts();
  for (std::string* field :
       {&card.name, &card.version, &card.audience, &card.privacy_level, &card.program_version, &card.first_term,
        &card.last_term, &card.content_digest, &card.agreement, &card.summary, &card.license, &card.license_name,
        &card.controller, &card.contact, &card.authors, &card.citation})
    *field = text;
  card.text_levels = {{text, text}};
  card.splits.push_back({TableId::kCorrections, text, 3, 0});
  card.languages = {{text, 1}};
  card.dropped = {{text, 1}};
  card.gates = {{text, true, text, text, text}};
  card.warnings = {text};
  return dataset_card(card);
}

void expect_harmless(const std::string& text) {
  const std::string card = hostile_card(text);
  const YAML::Node yaml = front_matter(card);
  EXPECT_EQ(yaml["configs"].size(), 3u);
  EXPECT_EQ(yaml["configs"][1]["config_name"].as<std::string>(), "corrections");
  const std::string body = card.substr(card.find("\n---\n", 4));
  for (const char* part : {"<script", "<img", "</script", "<b>"}) EXPECT_EQ(body.find(part), std::string::npos) << part;
}

TEST(Card, HostileTextsBreakNeitherYamlNorMarkdown) {
  for (const std::string& text : sample::hostile_texts()) expect_harmless(text);
  for (const char* text :
       {"---\nconfigs: []\n---", "\"\nlicense: mit", "<script>alert(1)</script>", "<img src=x>", "| a | b |\n|---|",
        "](http://x) ![x](y)", "\xff\xfe bytes", "\xed\xa0\x80", "%TAG !", "&a *a", "# head", "```"})
    expect_harmless(text);
  EXPECT_EQ(markdown_text("a|b\n# c"), "a\\|b \\# c");
  EXPECT_EQ(markdown_text("[x](y) <b>"), "\\[x\\](y) &lt;b&gt;");
}

RC_GTEST_PROP(Card, AnyTextComesBackFromItsYaml, (const std::string& text)) {
  const YAML::Node node = YAML::Load("key: " + yaml_text(text) + "\n");
  const std::string back = node["key"].as<std::string>();
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) RC_ASSERT(back == text);
}

TEST(Card, UnicodeComesBackFromItsYaml) {
  for (const std::string& text : sample::hostile_texts())
    EXPECT_EQ(YAML::Load("[" + yaml_text(text) + "]")[0].as<std::string>(), text);
}

}  // namespace
}  // namespace qf
