#include "qf/ingest/outcome.h"

#include <gtest/gtest.h>

namespace qf {
namespace {

LoggedValue text(std::string_view bytes) { return {JsonKind::kString, bytes}; }
LoggedValue number(std::string_view bytes) { return {JsonKind::kNumber, bytes}; }

Outcome judge(LoggedValue choice, LoggedValue suggestion, std::vector<LoggedValue> options = {},
              std::optional<Vocabulary> vocabulary = {}, bool answers = true, bool corrected = false) {
  DecisionBody body;
  body.choice = choice;
  body.options = options;
  body.has_options = !options.empty();
  return outcome_of(body, suggestion, vocabulary, answers, corrected);
}

TEST(Outcome, WithoutASuggestionNothingWasAcceptedOrRefused) {
  EXPECT_EQ(judge(text("accept"), {}, {}, {}, false), Outcome::kNoSuggestion);
  EXPECT_EQ(judge(text("Apply"), {}, {}, {}, false), Outcome::kNoSuggestion);
}

TEST(Outcome, TheSuggestedValueChosenIsAccepted) {
  EXPECT_EQ(judge(text("Apply"), text("Apply"), {text("Apply"), text("Create")}), Outcome::kAccepted);
  EXPECT_EQ(judge(text("apply"), text("Apply"), {text("Apply")}, Vocabulary::kBloom), Outcome::kAccepted);
  EXPECT_EQ(judge(number("20"), number("20"), {number("15"), number("20")}), Outcome::kAccepted);
}

TEST(Outcome, AnotherValueIsChosenOtherwise) {
  EXPECT_EQ(judge(text("Create"), text("Apply"), {text("Apply"), text("Create")}), Outcome::kChosenOtherwise);
  EXPECT_EQ(judge(text("in my own words"), text("Apply"), {text("Apply")}), Outcome::kChosenOtherwise);
}

TEST(Outcome, ActionWordsJudgeASuggestionThatIsNoOption) {
  const std::vector<LoggedValue> actions = {text("accept_ai"), text("modify"), text("manual"), text("skip"),
                                            text("delete")};
  EXPECT_EQ(judge(text("accept_ai"), text("a new text"), actions), Outcome::kAccepted);
  EXPECT_EQ(judge(text("modify"), text("a new text"), actions), Outcome::kModified);
  EXPECT_EQ(judge(text("manual"), text("a new text"), actions), Outcome::kChosenOtherwise);
  EXPECT_EQ(judge(text("skip"), text("a new text"), actions), Outcome::kRejected);
  EXPECT_EQ(judge(text("delete"), text("a new text"), actions), Outcome::kRejected);
}

TEST(Outcome, ApprovalAfterACorrectionIsAModification) {
  EXPECT_EQ(judge(text("approve"), text("essay"), {}, {}, true, true), Outcome::kModified);
  EXPECT_EQ(judge(text("approve"), text("essay"), {}, {}, true, false), Outcome::kAccepted);
}

TEST(Outcome, AnActionThatIsItselfTheSuggestionIsAValue) {
  const std::vector<LoggedValue> options = {text("accept"), text("modify"), text("reject")};
  EXPECT_EQ(judge(text("reject"), text("reject"), options), Outcome::kAccepted);
  EXPECT_EQ(judge(text("reject"), text("accept"), options), Outcome::kChosenOtherwise);
}

TEST(Outcome, AnIndexIsFoundByValueThenTextThenCanonicalForm) {
  const std::vector<LoggedValue> options = {text("20"), number("20"), text("Remember")};
  EXPECT_EQ(index_among(options, number("20"), {}), 1);
  EXPECT_EQ(index_among(options, text("20"), {}), 0);
  EXPECT_EQ(index_among(options, text("remember"), Vocabulary::kBloom), 2);
  EXPECT_EQ(index_among(options, text("remember"), {}), -1);
}

}  // namespace
}  // namespace qf
