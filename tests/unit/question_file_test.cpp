#include "qf/ingest/question_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "qf/core/instant.h"
#include "qf/core/text.h"

namespace qf {
namespace {

using Problem = QuestionFileProblem;

std::vector<QuestionVersion> parsed(std::string_view content, QuestionFileProblems* problems = nullptr) {
  QuestionFileProblems own;
  return parse_question_file(content, problems != nullptr ? *problems : own);
}

constexpr std::string_view kTwoQuestions = R"(# Q001 Var energin bildas
^question Q001
^type multiple_choice_single
^identifier BIO101_MC_Q001
^title Energi i cellen
^points 1
^labels #BIO101 #cellen #bloom_remember #difficulty_easy
^language sv

@field: question_text
I vilken del av cellen bildas mest ATP?

Utgå från en djurcell.
@end_field

@field: options
^Shuffle Yes
A. Cellkärnan
B. Mitokondrien
   där andningskedjan finns
C. Ribosomen
@end_field

@field: answer
B
@end_field

@field: feedback

@@field: general_feedback
Se kapitel 3.
@@end_field

@@field: correct_feedback
Bra!
@@end_field

@end_field

---

# Q002A Gaser
^question Q002A
^type multiple_response
^identifier BIO101_MR_Q002A
^labels BIO101, gaser, Apply, Medium

@field: question_text
Vilka gaser tar växten upp?
@end_field

@field: options
A) Syre
B) Koldioxid
C) Helium
@end_field

@field: correct_answers
A, B
@end_field
)";

TEST(QuestionFile, ReadsTheCurrentForm) {
  QuestionFileProblems problems;
  const auto questions = parsed(kTwoQuestions, &problems);
  ASSERT_EQ(questions.size(), 2U);
  const QuestionVersion& first = questions[0];
  EXPECT_EQ(first.question_id, "Q001");
  EXPECT_EQ(first.identifier, "BIO101_MC_Q001");
  EXPECT_EQ(first.title, "Energi i cellen");
  EXPECT_EQ(first.type, "multiple_choice_single");
  EXPECT_EQ(first.text, "I vilken del av cellen bildas mest ATP?\n\nUtgå från en djurcell.");
  EXPECT_EQ(first.bloom, "Remember");
  EXPECT_EQ(first.difficulty, "Easy");
  EXPECT_EQ(first.language, "sv");
  EXPECT_EQ(first.options,
            (std::vector<std::string>{"Cellkärnan", "Mitokondrien\ndär andningskedjan finns", "Ribosomen"}));
  EXPECT_EQ(first.answer_position, 1);
  EXPECT_EQ(first.labels, (std::vector<std::string>{"BIO101", "cellen"}));
  const QuestionVersion& second = questions[1];
  EXPECT_EQ(second.question_id, "Q002A");
  EXPECT_EQ(second.title, "Gaser");
  EXPECT_EQ(second.bloom, "Apply");
  EXPECT_EQ(second.difficulty, "Medium");
  EXPECT_FALSE(second.language);
  EXPECT_EQ(second.options.size(), 3U);
  EXPECT_FALSE(second.answer_position) << "two answers have no one position";
  for (std::size_t i = 0; i < kQuestionFileProblemCount; ++i)
    EXPECT_EQ(problems.counts[i], 0U) << to_string(static_cast<Problem>(i));
}

TEST(QuestionFile, LineEndsAndByteOrderMarkMakeNoDifference) {
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : kTwoQuestions) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto plain = parsed(kTwoQuestions), other = parsed(windows);
  ASSERT_EQ(other.size(), plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_EQ(other[i].text, plain[i].text);
    EXPECT_EQ(other[i].options, plain[i].options);
    EXPECT_EQ(other[i].question_id, plain[i].question_id);
    EXPECT_EQ(other[i].labels, plain[i].labels);
  }
}

TEST(QuestionFile, ReadsTheOlderFormWithColonsAndOpenFields) {
  QuestionFileProblems problems;
  const auto questions = parsed(R"(# Q001 Tarmens rörelser
@question: Q001
@type: text_entry
@identifier: BIO_FYS_Q001
@tags: #BIO101 #Understand #Hard

---

## Question Text
@field: question_text
Tarmens vågrörelse kallas {{BLANK-1}}.

## Blanks
@field: blanks
### Blank 1
@field: blank_1
**Correct Answers:**
- peristaltik

**Case Sensitive:** No

## Feedback
@field: feedback
### General Feedback
@field: general_feedback
Läs om muskler.

# Q002 Nästa
^type: essay
^question: Q002
@field: question_text
Diskutera.
)",
                                &problems);
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_EQ(questions[0].text, "Tarmens vågrörelse kallas {{BLANK-1}}.");
  EXPECT_EQ(questions[0].type, "text_entry");
  EXPECT_EQ(questions[0].identifier, "BIO_FYS_Q001");
  EXPECT_EQ(questions[0].bloom, "Understand");
  EXPECT_EQ(questions[0].difficulty, "Hard");
  EXPECT_TRUE(questions[0].options.empty());
  EXPECT_EQ(questions[1].type, "essay");
  EXPECT_EQ(questions[1].text, "Diskutera.");
  EXPECT_GE(problems.count(Problem::kUnclosedField), 3U);
}

TEST(QuestionFile, ReadsMarkdownDrafts) {
  const auto questions = parsed(R"(# Utkast

### Question 1: Cellens delar
**Title:** Organeller
**Type:** multiple_choice_single
**Identifier**: KEM1_MC_Q001
**Bloom's Level**: Analyse
**Svårighetsgrad:** Svår

**Question:**
Vilken organell saknas i en bakterie?

**Obs:** endast en är rätt.

**Options:**
**A)** Ribosom
**B)** Cellkärna ✓
- [ ] Cellvägg

**Feedback:** Se sidan 4.
Rad två.

---

## Fråga 12
**FRÅGA:**
Varför behövs syre?
**RÄTT SVAR:** För andningskedjan.
)");
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_EQ(questions[0].question_id, "Q001");
  EXPECT_EQ(questions[0].title, "Organeller");
  EXPECT_EQ(questions[0].type, "multiple_choice_single");
  EXPECT_EQ(questions[0].identifier, "KEM1_MC_Q001");
  EXPECT_EQ(questions[0].bloom, "Analyze");
  EXPECT_EQ(questions[0].difficulty, "Hard");
  EXPECT_EQ(questions[0].text, "Vilken organell saknas i en bakterie?\n\n**Obs:** endast en är rätt.");
  EXPECT_EQ(questions[0].options, (std::vector<std::string>{"Ribosom", "Cellkärna", "Cellvägg"}));
  EXPECT_EQ(questions[0].answer_position, 1);
  EXPECT_EQ(questions[1].question_id, "Q012");
  EXPECT_EQ(questions[1].text, "Varför behövs syre?");
  EXPECT_FALSE(questions[1].title);
}

TEST(QuestionFile, LabelLinesAreNoPartOfTheText) {
  const std::vector<std::string> lines = {"Bloom: Apply | Difficulty: Easy",
                                          "(Bloom: Apply, Easy)",
                                          "**Bloom level:** Apply\n**Difficulty:** Easy",
                                          "Bloom-nivå: Tillämpa\nSvårighetsgrad: Lätt",
                                          "#Apply #Easy",
                                          "[Bloom: Apply; Difficulty: easy]",
                                          "^labels #bloom_apply #difficulty_easy",
                                          "*Bloom: Apply / Difficulty: Easy*"};
  for (const std::string& line : lines)
    for (const bool before : {true, false}) {
      const std::string text = before ? line + "\nRäkna ut arean." : "Räkna ut arean.\n" + line;
      const auto questions = parsed("# Q001 Area\n@field: question_text\n" + text + "\n@end_field\n");
      ASSERT_EQ(questions.size(), 1U);
      EXPECT_EQ(questions[0].text, "Räkna ut arean.") << line;
      EXPECT_EQ(questions[0].bloom, "Apply") << line;
      EXPECT_EQ(questions[0].difficulty, "Easy") << line;
    }
  const auto inline_labels = parsed("# Q001\n@field: question_text\nRäkna ut arean. #Apply #Easy\n@end_field\n");
  EXPECT_EQ(inline_labels[0].text, "Räkna ut arean.");
  EXPECT_EQ(inline_labels[0].bloom, "Apply");
  // What only looks like a label stays.
  for (const std::string kept :
       {"Svara så här: en mening.", "Difficulty: the word means how hard something is to do for a person",
        "Nr #1 är rätt", "Title: x"})
    EXPECT_EQ(parsed("# Q001\n@field: question_text\n" + kept + "\n@end_field\n")[0].text, kept);
  // A level that no vocabulary has still goes into its field.
  EXPECT_EQ(parsed("# Q001\n@field: question_text\nText\nBloom: nivå 7\n@end_field\n")[0].bloom, "nivå 7");
}

TEST(QuestionFile, FindsTheAnswerAmongTheOptions) {
  const auto place = [](const std::string& options, const std::string& answer) {
    QuestionFileProblems problems;
    const auto questions = parsed("# Q001\n@field: question_text\nText\n@end_field\n@field: options\n" + options +
                                      "\n@end_field\n@field: answer\n" + answer + "\n@end_field\n",
                                  &problems);
    return problems.count(Problem::kUnknownAnswer) > 0 ? std::optional<int>(-1) : questions.at(0).answer_position;
  };
  const std::string letters = "A. röd\nB. grön\nC. blå", bullets = "- röd\n- grön\n- blå",
                    numbers = "1. tio\n2. ett\n3. 2";
  EXPECT_EQ(place(letters, "C"), 2);
  EXPECT_EQ(place(letters, "c)"), 2);
  EXPECT_EQ(place(letters, "**B.**"), 1);
  EXPECT_EQ(place(letters, "B) grön"), 1);
  EXPECT_EQ(place(letters, " GRÖN "), 1);
  EXPECT_EQ(place(letters, "- A"), 0);
  EXPECT_EQ(place(letters, "B\n\nGrön är rätt eftersom klorofyll gör så."), 1);
  EXPECT_EQ(place(letters, "A, B"), std::nullopt);
  EXPECT_EQ(place(letters, "D"), -1);
  EXPECT_EQ(place(letters, "lila"), -1);
  EXPECT_EQ(place(letters, ""), std::nullopt);
  EXPECT_EQ(place(bullets, "B"), 1);
  EXPECT_EQ(place(bullets, "blå"), 2);
  EXPECT_EQ(place(numbers, "1"), 0);
  EXPECT_EQ(place(numbers, "2"), 2) << "an option's own text comes before its number";
  EXPECT_EQ(place("A. ett [correct]\nB. två", ""), 0);
  EXPECT_EQ(place("- [x] ett\n- [ ] två", ""), 0);
  EXPECT_EQ(place("B. ett\nA. två", "A"), 1);
}

TEST(QuestionFile, AbsentIsNotEmpty) {
  const auto questions = parsed("# Q001\n^title\n@field: question_text\n@end_field\n# Q002\n");
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_EQ(questions[0].text, "");
  EXPECT_EQ(questions[0].title, "");
  EXPECT_FALSE(questions[1].text);
  EXPECT_FALSE(questions[1].title);
  EXPECT_FALSE(questions[1].type);
}

TEST(QuestionFile, CountsWhatIsOddByKindAndLine) {
  QuestionFileProblems problems;
  const auto questions = parsed(
      "^identifier BIO1_MC_Q001\n@field: question_text\nFör\xE5ldrar\n\n---\n\n# Q002 Nästa\n@end_field\n", &problems);
  ASSERT_EQ(questions.size(), 2U);
  EXPECT_EQ(questions[0].text, "För\uFFFDldrar");
  const std::vector<std::pair<Problem, std::uint64_t>> expected = {{Problem::kBadUtf8, 3},
                                                                   {Problem::kUnclosedField, 2},
                                                                   {Problem::kMissingHeader, 1},
                                                                   {Problem::kStrayEnd, 8},
                                                                   {Problem::kMissingText, 7}};
  ASSERT_EQ(problems.places.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(problems.places[i].problem, expected[i].first) << i;
    EXPECT_EQ(problems.places[i].line, expected[i].second) << i;
  }
  for (int i = 0; i < 1000; ++i) parsed("@end_field", &problems);
  EXPECT_EQ(problems.count(Problem::kStrayEnd), 1001U);
  EXPECT_EQ(problems.places.size(), QuestionFileProblems::kMaxPlaces);
}

TEST(QuestionFile, OtherShapesOfHeadersAndTexts) {
  EXPECT_EQ(parsed("# Q001: Titel – här\n")[0].title, "Titel – här");
  EXPECT_EQ(parsed("## Q7 - x\n")[0].question_id, "Q7");
  EXPECT_EQ(parsed("## Question A1: System\n")[0].question_id, "A1");
  EXPECT_TRUE(parsed("# Prov i biologi\n\nText utan fråga.\n").empty());
  EXPECT_TRUE(parsed("# Quiz 1\n## Question Text\n").empty());
  EXPECT_TRUE(parsed("").empty());
  const auto asked = parsed("---\n# Q001A\n^question Vad gör mitokondrien?\n^type essay\n---\n");
  EXPECT_EQ(asked.at(0).text, "Vad gör mitokondrien?");
  const auto rule = parsed("# Q001\n@field: question_text\nett\n---\ntvå\n@end_field\n");
  EXPECT_EQ(rule.at(0).text, "ett\n---\ntvå");
  const auto spilled = parsed("# Q001\n@field: question_text\nett\n\n---\n\n# Q002\n");
  EXPECT_EQ(spilled.at(0).text, "ett");
}

RC_GTEST_PROP(QuestionFile, BearsAnyLines, ()) {
  static const std::vector<std::string> pieces = {"# Q001 x",
                                                  "@field: options",
                                                  "@field: question_text",
                                                  "@end_field",
                                                  "@@field: a",
                                                  "@@end_field",
                                                  "^type x",
                                                  "**Question:**",
                                                  "---",
                                                  "A. b",
                                                  "- [x] c",
                                                  "## Options",
                                                  "#Apply",
                                                  "Bloom: Apply,",
                                                  "@",
                                                  "^",
                                                  "**",
                                                  "# ",
                                                  "\xC3",
                                                  "",
                                                  "@field: answer",
                                                  "Question",
                                                  "^question",
                                                  "|",
                                                  ":"};
  std::string content;
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, 40);
  for (std::size_t i = 0; i < count; ++i)
    content += pieces[*rc::gen::inRange<std::size_t>(0, pieces.size())] + (*rc::gen::inRange(0, 4) != 0 ? "\n" : " ");
  for (const QuestionVersion& question : parsed(content)) {
    RC_ASSERT(!question.answer_position ||
              static_cast<std::size_t>(*question.answer_position) < question.options.size());
    if (question.text) RC_ASSERT(!first_invalid_utf8(*question.text));
  }
}

TEST(QuestionFile, TakesLinearTime) {
  const auto start = std::chrono::steady_clock::now();
  std::string many = "# Q001\n@field: options\n", answers;
  for (int i = 0; i < 100'000; ++i) {
    many += "- val " + std::to_string(i) + "\n";
    answers += "val " + std::to_string(i) + ", ";
  }
  EXPECT_EQ(parsed(many + "@end_field\n@field: answer\n" + answers).at(0).options.size(), 100'000U);
  std::string labels = "# Q001\n@field: question_text\n";
  for (int i = 0; i < 200'000; ++i) labels += i % 2 == 0 ? "x #Easy" : "\n\n\n";
  for (int i = 0; i < 200'000; ++i) labels += " #Easy";
  parsed(labels);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST(VersionTime, ReadsTheFormsOfHistoryFiles) {
  const std::int64_t time_us = parse_instant("2026-01-20T11:58:44Z")->time_us;
  for (const std::string name :
       {"20260120T115844Z.md", "20260120_115844.md", "2026-01-20T11-58-44.md", "2026-01-20_115844.md",
        "Q001_20260120T115844Z.md", "prov.2026-01-20T11:58:44Z.md", "2026-01-20_11-58-44_Q001.md", "2026-01-20 115844",
        "20260120-115844.md", "v65_20260120_115844_Q001.md"})
    EXPECT_EQ(version_time_us(name), time_us) << name;
  for (const std::string name : {"20260120T115844.664Z.md", "2026-01-20T11-58-44-664Z.md", "20260120_115844_664000.md"})
    EXPECT_EQ(version_time_us(name), time_us + 664'000) << name;
  for (const std::string name :
       {"", "Q001.md", "2026-01-20.md", "20260120.md", "20261320T115844Z", "20260120T245844Z", "2026-02-30_115844",
        "120260120T115844", "20260120T1158449Z", "20260120T115844+0100.md", "2026-01-20T11-58-44-0500", "20260120T1158",
        "2026-01-20T11-58-4"})
    EXPECT_FALSE(version_time_us(name)) << name;
}

}  // namespace
}  // namespace qf
