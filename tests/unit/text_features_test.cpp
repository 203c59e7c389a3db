#include "qf/ingest/text_features.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "qf/core/text.h"
#include "qf/core/vocabulary.h"

namespace qf {
namespace {

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t bar = std::min(list.find('|', at), list.size());
    all.emplace_back(list.substr(at, bar - at));
    at = bar + 1;
  }
  return all;
}

TEST(CueVerbs, EveryRowDecides) {
  std::map<std::string, std::string_view> seen;
  for (const CueVerbs& row : cue_verbs()) {
    EXPECT_EQ(canonical(Vocabulary::kBloom, row.level), row.level);
    for (const std::string& words : split(row.words)) {
      EXPECT_TRUE(seen.emplace(words, row.level).second) << words << " is in two rows";
      EXPECT_EQ(text_features(words + " xyzzy.").cue_verb_class, row.level) << words;
      EXPECT_EQ(text_features("Xyzzy " + words).cue_verb_class, row.level) << words;
      std::string loud = words;
      loud[0] = static_cast<char>(loud[0] >= 'a' && loud[0] <= 'z' ? loud[0] - 0x20 : loud[0]);
      EXPECT_EQ(text_features(loud + "?").cue_verb_class, row.level) << loud;
      EXPECT_EQ(text_features("qq" + words + "qq").cue_verb_class, "") << words;
    }
  }
}

TEST(CueVerbs, TheFirstOneInTheTextDecides) {
  EXPECT_EQ(text_features("Beskriv cellen och jämför den med en annan.").cue_verb_class, "Understand");
  EXPECT_EQ(text_features("JÄMFÖR två celler och beskriv dem.").cue_verb_class, "Analyze");
  EXPECT_EQ(text_features("Räkna upp tre organ.").cue_verb_class, "Remember");
  EXPECT_EQ(text_features("Räkna ut svaret.").cue_verb_class, "Apply");
  EXPECT_EQ(text_features("Räkna. Upp med dig och förklara!").cue_verb_class, "Apply");
  EXPECT_EQ(text_features("Räkna").cue_verb_class, "Apply");
  EXPECT_EQ(text_features("What   is\nosmosis?").cue_verb_class, "Remember");
  EXPECT_EQ(text_features("What happens next? Explain.").cue_verb_class, "Understand");
  EXPECT_EQ(text_features("Cellen delar sig.").cue_verb_class, "");
  EXPECT_EQ(text_features("Förklaringen var kort.").cue_verb_class, "");
}

TEST(Language, IsToldByFunctionWords) {
  EXPECT_EQ(text_features("Vad är skillnaden mellan en växtcell och en djurcell?").language, "sv");
  EXPECT_EQ(text_features("What is the difference between a plant cell and an animal cell?").language, "en");
  EXPECT_EQ(text_features("Förklara osmos.").language, "sv");
  EXPECT_EQ(text_features("Explain osmosis.").language, "en");
  EXPECT_EQ(text_features("DNA RNA ATP").language, "");
  EXPECT_EQ(text_features("2 + 2 = 4").language, "");
  EXPECT_EQ(text_features("").language, "");
  EXPECT_EQ(text_features("och the").language, "");
  EXPECT_EQ(
      text_features("Vad betyder det engelska uttrycket \"the cell\" för en biolog, och när används det?").language,
      "sv");
}

TEST(Readability, FollowsLix) {
  EXPECT_EQ(text_features("En cell.").readability, "");
  // 3 words in one sentence, none long: 3.
  EXPECT_EQ(text_features("Du är här.").readability, "very_easy");
  // 4 words, one of them long: 4 + 25 = 29.
  EXPECT_EQ(text_features("Hur fungerar en cell?").readability, "easy");
  // 5 words, 2 long: 5 + 40 = 45; the band's lower edge belongs to it.
  EXPECT_EQ(text_features("Hur fungerar cellens lilla kärna?").readability, "hard");
  // 10 words, 3 long: 10 + 30 = 40.
  EXPECT_EQ(text_features("Hur fungerar cellens kärna när den delar sig i växterna?").readability, "medium");
  // 3 words, 2 long: 3 + 66.7.
  EXPECT_EQ(text_features("Fotosyntesens energiomsättning nu").readability, "very_hard");
  // Two sentences halve the first term: 10/2 + 20 = 25.
  EXPECT_EQ(text_features("Cellens kärna delar sig nu. Den fungerar alltså inte längre.").readability, "easy");
  // A decimal point and an abbreviation end no sentence; six letters are not long, and å is one letter.
  EXPECT_EQ(text_features("Talet är 3.14 t.ex. här.").readability, text_features("Talet är 314 tex här.").readability);
  EXPECT_EQ(text_features("åäöåäö åäöåäö åäöåäö").readability, "very_easy");
}

TEST(Length, HasItsBuckets) {
  const std::vector<std::pair<std::size_t, std::string_view>> edges = {
      {0, "0"},      {1, "1-5"},    {5, "1-5"},     {6, "6-15"},     {15, "6-15"},
      {16, "16-40"}, {40, "16-40"}, {41, "41-100"}, {100, "41-100"}, {101, "101+"}};
  for (const auto& [words, bucket] : edges) {
    EXPECT_EQ(length_bucket(words), bucket) << words;
    std::string text;
    for (std::size_t i = 0; i < words; ++i) text += "ord ";
    EXPECT_EQ(text_features(text).length_bucket, bucket) << words;
  }
  EXPECT_EQ(rationale_length_bucket(0), "none");
  EXPECT_EQ(rationale_length_bucket(5), "1-5");
  EXPECT_EQ(rationale_length_bucket(40), "16-40");
  EXPECT_EQ(rationale_length_bucket(41), "41+");
  EXPECT_EQ(rationale_length_bucket(1000), "41+");
}

RC_GTEST_PROP(TextFeatures, CountsWordsAsTheRestOfTheProgramDoes, (const std::vector<std::uint16_t>& numbers)) {
  std::string text;
  for (const std::uint16_t number : numbers) {
    const char32_t c = number % 3 == 0 ? number % 0x80 : number % 3 == 1 ? number % 0x180 : number;
    if (c < 0xD800 || c > 0xDFFF) append_utf8(c, text);
    if (number % 5 == 0) text += " vad är ";
  }
  RC_ASSERT(text_features(text).length_bucket == length_bucket(count_words(text)));
}

TEST(TextFeatures, BearAnyBytesInLinearTime) {
  EXPECT_EQ(text_features("\xFF\xFE\xC3").length_bucket, "0");
  EXPECT_EQ(text_features(std::string("vad\0är", 7)).length_bucket, "1-5");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(text_features(std::string(2'000'000, 'a')).length_bucket, "1-5");
  std::string points;
  for (int i = 0; i < 500'000; ++i) points += ". a";
  EXPECT_EQ(text_features(points).length_bucket, "101+");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace qf
