#include "qf/core/vocabulary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "qf/core/text.h"

namespace qf {
namespace {

std::vector<std::string> spellings(const VocabularyEntry& entry) {
  std::vector<std::string> all = {std::string(entry.name)};
  std::string rest(entry.aliases);
  while (!rest.empty()) {
    const std::size_t bar = rest.find('|');
    all.push_back(rest.substr(0, bar));
    rest = bar == std::string::npos ? "" : rest.substr(bar + 1);
  }
  return all;
}

std::string upper(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = decode_utf8(text, at);
    if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7)) c -= 0x20;
    append_utf8(c, out);
  }
  return out;
}

class EveryVocabulary : public testing::TestWithParam<int> {
 protected:
  Vocabulary vocabulary() const { return static_cast<Vocabulary>(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, EveryVocabulary, testing::Range(0, static_cast<int>(kVocabularyCount)));

TEST_P(EveryVocabulary, FindsEverySpellingOfEveryRow) {
  ASSERT_FALSE(entries(vocabulary()).empty());
  for (const VocabularyEntry& entry : entries(vocabulary())) {
    EXPECT_EQ(entry.vocabulary, vocabulary());
    for (const std::string& spelling : spellings(entry)) {
      for (const std::string& written :
           {spelling, upper(spelling), "  " + spelling + "\t", "#" + spelling, "\n#" + upper(spelling) + " "}) {
        EXPECT_EQ(canonical(vocabulary(), written), entry.name) << '"' << written << '"';
        EXPECT_TRUE(is_closed_value(written)) << '"' << written << '"';
      }
      for (const char separator : {'_', ' ', '-'}) {
        std::string other = spelling;
        std::replace(other.begin(), other.end(), '_', separator);
        EXPECT_EQ(canonical(vocabulary(), other), entry.name) << '"' << other << '"';
      }
    }
  }
}

TEST_P(EveryVocabulary, HasNoSpellingTwice) {
  std::map<std::string, std::string_view> seen;
  for (const VocabularyEntry& entry : entries(vocabulary()))
    for (const std::string& spelling : spellings(entry)) {
      std::string folded = casefold_nfc(spelling);
      std::replace(folded.begin(), folded.end(), ' ', '_');
      std::replace(folded.begin(), folded.end(), '-', '_');
      const auto [at, is_new] = seen.emplace(folded, entry.name);
      EXPECT_TRUE(is_new || at->second == entry.name) << spelling;
    }
}

TEST_P(EveryVocabulary, HasNoWordForOtherText) {
  const std::vector<std::string> others = {"",
                                           " ",
                                           "#",
                                           "_",
                                           "rememberr",
                                           "Vad är osmos?",
                                           "remember the cell",
                                           "x",
                                           "\xFF",
                                           "å",
                                           "Anna",
                                           "Remember\nUnderstand",
                                           std::string(65, 'a'),
                                           std::string(100'000, ' '),
                                           std::string("Easy\0", 5)};
  for (const std::string& other : others) {
    EXPECT_FALSE(canonical(vocabulary(), other)) << other;
    EXPECT_FALSE(is_closed_value(other)) << other;
  }
}

TEST(Vocabulary, KnowsTheSpellingsOfTheLogs) {
  using enum Vocabulary;
  EXPECT_EQ(canonical(kBloom, "#bloom_remember"), "Remember");
  EXPECT_EQ(canonical(kBloom, "Bloom: Analyse"), "Analyze");
  EXPECT_EQ(canonical(kBloom, "FÖRSTÅ"), "Understand");
  EXPECT_EQ(canonical(kBloom, "va\u0308rdera"), "Evaluate");
  EXPECT_EQ(canonical(kDifficulty, "#difficulty_easy"), "Easy");
  EXPECT_EQ(canonical(kDifficulty, "Svårighetsgrad: Svår"), "Hard");
  EXPECT_EQ(canonical(kDifficulty, "LÄTT"), "Easy");
  EXPECT_EQ(canonical(kDifficulty, "bloom_easy"), std::nullopt);
  EXPECT_EQ(canonical(kQuestionType, "Flerval (ett svar)"), "multiple_choice_single");
  EXPECT_EQ(canonical(kQuestionType, "flerval (flera svar)"), "multiple_response");
  EXPECT_EQ(canonical(kQuestionType, "SANT/FALSKT"), "true_false");
  EXPECT_EQ(canonical(kQuestionType, "MC-Single"), "multiple_choice_single");
  EXPECT_EQ(canonical(kQuestionType, "ESSÄ"), "essay");
  for (const std::string_view infix : {"MR", "TE", "MA", "ES"}) EXPECT_FALSE(canonical(kQuestionType, infix)) << infix;
  EXPECT_EQ(canonical(kFieldName, "stem"), "question_text");
  EXPECT_EQ(canonical(kFieldName, "FRÅGA"), "question_text");
  EXPECT_EQ(canonical(kFieldName, "bloom"), "bloom_level");
  EXPECT_EQ(canonical(kFieldName, "Bloom's Level"), "bloom_level");
  EXPECT_EQ(canonical(kFieldName, "type"), "question_type");
  EXPECT_EQ(canonical(kDecisionType, "difficulty"), "difficulty_level");
  EXPECT_EQ(canonical(kDecisionType, "question_text"), "question_text");
  EXPECT_EQ(canonical(kDecisionType, "strategy"), std::nullopt);
  EXPECT_EQ(entries(kBloom).size(), 6U);
  EXPECT_EQ(entries(kDifficulty).size(), 3U);
  EXPECT_EQ(entries(kQuestionType).size(), 18U);
}

TEST(Vocabulary, ClosedValuesAreWordsAndShortNumbers) {
  for (const std::string_view value : {"20", "-3", "+4", "0.75", "0,5", "9999", " 15 ", "true", "false", "null", "m3",
                                       "OUT", "formative", "approve with notes", "PASS", "B", "3–4", "accept_ai"})
    EXPECT_TRUE(is_closed_value(value)) << value;
  for (const std::string_view value : {"12345", "811228", "8112.28", "1234567", "19900101", "1.2.3", ".5", "5.", "-",
                                       "+", "1e5", "12a", "0x10", "--1", "4 5", "nullx", "Celler delar sig", "m6", "G"})
    EXPECT_FALSE(is_closed_value(value)) << value;
}

TEST(Vocabulary, ActionsFollowTheirRows) {
  EXPECT_EQ(action_of("accept_ai"), Action::kAccept);
  EXPECT_EQ(action_of("Godkänn"), Action::kAccept);
  EXPECT_EQ(action_of("needs_revision"), Action::kModify);
  EXPECT_EQ(action_of("REVISE REQUIRED"), Action::kModify);
  EXPECT_EQ(action_of("skip"), Action::kReject);
  EXPECT_EQ(action_of("Hoppa över"), Action::kReject);
  EXPECT_EQ(action_of("manual"), Action::kManual);
  EXPECT_EQ(action_of("ta bort"), Action::kDelete);
  for (const std::string_view none : {"", "Remember", "other", "accept the text", "y"})
    EXPECT_EQ(action_of(none), Action::kNone) << none;
  constexpr std::string_view kNames[] = {"", "accept", "modify", "reject", "manual", "delete"};
  for (const VocabularyEntry& entry : entries(Vocabulary::kAction))
    EXPECT_EQ(kNames[static_cast<std::size_t>(action_of(entry.name))], entry.name);
}

TEST(Vocabulary, IdentifiersCarryTheType) {
  EXPECT_EQ(type_of_identifier("BIO101_MC_Q001"), "multiple_choice_single");
  EXPECT_EQ(type_of_identifier("BIOG001X_MR_Q012"), "multiple_response");
  EXPECT_EQ(type_of_identifier("KEM1_OSMOS_TF_3"), "true_false");
  EXPECT_EQ(type_of_identifier("A_IC_1"), "inline_choice");
  EXPECT_EQ(type_of_identifier("A_TE_1"), "text_entry");
  EXPECT_EQ(type_of_identifier("A_MA_1"), "match");
  EXPECT_EQ(type_of_identifier("A_ES_1"), "essay");
  for (const std::string_view none : {"", "Q001", "MC_Q001", "BIO101_MC", "BIO_mc_Q001", "BIOG_FYS_Q001", "___", "_"})
    EXPECT_FALSE(type_of_identifier(none)) << none;
}

TEST(Vocabulary, CourseCodesGiveTheirLetters) {
  EXPECT_EQ(subject_area_of("BIOG001X"), "BIOG");
  EXPECT_EQ(subject_area_of("BIO101_MC_Q001"), "BIO");
  EXPECT_EQ(subject_area_of("/Users/anna/Kurser/MAT2C/prov 3.md"), "MAT");
  EXPECT_EQ(subject_area_of("Prov i SVESVE01, kapitel 2"), "SVESVE");
  EXPECT_EQ(subject_area_of("HT25/ISO8859/KEM1-prov"), "KEM");
  EXPECT_EQ(subject_area_of("C:\\Users\\ANNA12\\BIO2\\x"), "BIO");
  for (const std::string_view none : {"", "Q001", "v65", "bio101", "BIOG", "/Users/ANNA12/x", "home/BOB7/", "HT2025",
                                      "ABCDEFG1", "BIO12345", "BIO101ABCD", "XBIO-", "B1", "AB1Ö", "2026-01-20"})
    EXPECT_EQ(subject_area_of(none), "") << none;
  const std::string text = "kurs BIO2";
  EXPECT_EQ(subject_area_of(text).data(), text.data() + 5);
}

}  // namespace
}  // namespace qf
