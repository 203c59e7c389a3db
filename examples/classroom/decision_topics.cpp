// The table of what can be decided: names, options, and where the question comes up.
#include <algorithm>

#include "decision.h"

namespace classroom {
namespace {

using W = std::string_view;

constexpr W kLevels[] = {"Remember", "Understand", "Apply", "Analyze", "Evaluate"};
constexpr W kGrades[] = {"Easy", "Medium", "Hard"};
constexpr W kTypes[] = {"multiple_choice_single", "multiple_response", "true_false", "text_entry", "essay"};
constexpr W kAnswers[] = {"accept_ai", "modify", "manual", "skip", "delete"};
constexpr W kApproval[] = {"approve", "revise"};
constexpr W kSkip[] = {"keep", "skip"};
constexpr W kHighLow[] = {"high", "medium", "low"};
constexpr W kTiers[] = {"Tier 1", "Tier 2", "Tier 3", "Tier 4"};
constexpr W kPurposes[] = {"formative", "summative", "hybrid"};
constexpr W kSpread[] = {"even", "weighted"};
constexpr int kRatings[] = {1, 2, 3, 4, 5};
constexpr int kCounts[] = {8, 12, 16, 24};
constexpr Split kBloomSplits[] = {
    {{{{"Remember", 30}, {"Understand", 40}, {"Apply", 20}, {"Analyze", 10}}}, 4},
    {{{{"Remember", 20}, {"Understand", 30}, {"Apply", 30}, {"Analyze", 15}, {"Evaluate", 5}}}, 5},
    {{{{"Remember", 10}, {"Understand", 25}, {"Apply", 35}, {"Analyze", 20}, {"Evaluate", 10}}}, 5}};
constexpr Split kTypeSplits[] = {{{{{"multiple_choice_single", 10}, {"text_entry", 4}, {"essay", 2}}}, 3},
                                 {{{{"multiple_choice_single", 8}, {"true_false", 4}, {"match", 4}}}, 3},
                                 {{{{"multiple_response", 6}, {"text_entry", 6}, {"essay", 4}}}, 3}};
constexpr Split kGradeSplits[] = {{{{{"Easy", 45}, {"Medium", 40}, {"Hard", 15}}}, 3},
                                  {{{{"Easy", 25}, {"Medium", 50}, {"Hard", 25}}}, 3}};

constexpr Topic words(W type, W field, W tool, About about, Words options, W outside) {
  return {type, field, tool, about, options, {}, {}, outside};
}

constexpr Topic kQuestion[] = {
    words("bloom_level", "bloom_level", "m3_stage2", About::kBloom, kLevels, "Apply/Analyze"),
    words("difficulty_level", "difficulty", "m3_stage2", About::kDifficulty, kGrades, "Medium-Hard"),
    words("question_type", "type", "m3_stage3", About::kType, kTypes, "short_answer"),
    words("accept_generated_question", "question_text", "m3_stage1", About::kText, kAnswers, "later"),
    words("modify_question", "question_text", "m3_stage3", About::kText, kAnswers, "split"),
};
constexpr Topic kVerdict[] = {
    {"question_quality_rating", "", "m4_stage2", About::kVerdict, {}, kRatings, {}, "3-4"},
    words("approve_for_export", "", "m4_stage4", About::kVerdict, kApproval, "approve with notes"),
    words("skip_question", "", "m4_stage2", About::kVerdict, kSkip, "merge"),
};
constexpr Topic kM1[] = {
    words("emphasis_tier", "", "m1_stage2", About::kModule, kTiers, "Tier 2-3"),
    words("example_relevance", "", "m1_stage3", About::kModule, kHighLow, "very_high"),
    words("misconception_severity", "", "m1_stage4", About::kModule, kHighLow, "varies"),
};
constexpr Topic kM2[] = {
    words("assessment_type", "", "m2_stage2", About::kModule, kPurposes, "diagnostic"),
    {"question_count", "", "m2_stage3", About::kModule, {}, kCounts, {}, "20 or so"},
    words("question_distribution", "", "m2_stage3", About::kModule, kSpread, "60/40"),
    {"bloom_distribution", "", "m2_stage4", About::kModule, {}, {}, kBloomSplits, "as last year"},
    {"question_types", "", "m2_stage5", About::kModule, {}, {}, kTypeSplits, "only essays"},
    {"difficulty_distribution", "", "m2_stage6", About::kModule, {}, {}, kGradeSplits, "a third each"},
};

}  // namespace

std::span<const Topic> question_topics() { return kQuestion; }
std::span<const Topic> verdict_topics() { return kVerdict; }
std::span<const Topic> m1_topics() { return kM1; }
std::span<const Topic> m2_topics() { return kM2; }

Value Topic::option(std::size_t index) const {
  if (!words.empty()) return Value::of(words[index]);
  if (!numbers.empty()) return Value::of(numbers[index]);
  return Value::of(splits[index]);
}

bool Topic::offers(const Value& value) const {
  switch (value.kind) {
    case Value::Kind::kText: return std::find(words.begin(), words.end(), value.text) != words.end();
    case Value::Kind::kNumber: return std::find(numbers.begin(), numbers.end(), value.number) != numbers.end();
    case Value::Kind::kSplit: return std::find(splits.begin(), splits.end(), *value.split) != splits.end();
    case Value::Kind::kNone: return false;
  }
  return false;
}

}  // namespace classroom
