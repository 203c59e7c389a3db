// What can be decided, and how suggestions, decisions and corrections are written.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "project.h"

namespace classroom {

// A split of a hundred, or of a number of questions, over named parts.
struct Split {
  std::array<std::pair<std::string_view, int>, 5> parts;
  std::size_t count = 0;
  friend bool operator==(const Split&, const Split&) = default;
};

// An option, a choice or a suggestion: none, a text, a number or an object.
struct Value {
  enum class Kind { kNone, kText, kNumber, kSplit } kind = Kind::kNone;
  std::string text;
  int number = 0;
  const Split* split = nullptr;

  static Value of(std::string_view text) { return {Kind::kText, std::string(text), 0, nullptr}; }
  static Value of(int number) { return {Kind::kNumber, {}, number, nullptr}; }
  static Value of(const Split& split) { return {Kind::kSplit, {}, 0, &split}; }
  friend bool operator==(const Value& a, const Value& b) {
    return a.kind == b.kind && a.text == b.text && a.number == b.number &&
           (a.split == b.split || (a.split != nullptr && b.split != nullptr && *a.split == *b.split));
  }
};

// What a question's decision is about: a property of it, its wording, or a verdict.
enum class About { kBloom, kDifficulty, kType, kText, kVerdict, kModule };

struct Topic {
  std::string_view decision_type, field, tool;
  About about = About::kModule;
  Words words;  // the options: exactly one of the three is filled
  std::span<const int> numbers;
  std::span<const Split> splits;
  std::string_view outside;  // an answer that stands in no option

  std::size_t option_count() const { return words.size() + numbers.size() + splits.size(); }
  Value option(std::size_t index) const;
  bool offers(const Value& value) const;
};

std::span<const Topic> question_topics();
std::span<const Topic> verdict_topics();
std::span<const Topic> m1_topics();
std::span<const Topic> m2_topics();

// The spellings of user_decision, numbered as the application's documents bring them up.
enum class Spelling {
  kOptionsChoice = 1,         // options, choice
  kOptionsChoiceRationale,    // the same with a rationale
  kPresentedChoice,           // options_presented, user_choice
  kPresentedChoiceRationale,  // the same with a rationale
  kFixManual,                 // the same from the Python server's manual fix
  kRationaleIfAny,            // the same, rationale only where there is one
  kDatasetRow,                // a draft of a dataset's row as payload
};
Spelling any_spelling(Random& random, bool about_question);

struct Suggestion {
  std::string id;
  Value value;
  int confidence = 0;  // in hundredths
};

// Each returns the number of its line.
std::uint64_t write_suggestion(Project& project, const Topic& topic, const Question* question, const Suggestion& made);
std::uint64_t write_decision(Project& project, const Topic& topic, const Question* question, const Value& choice,
                             Spelling spelling, const Suggestion* answered);
std::uint64_t write_correction(Project& project, std::string_view field, const Question& question, const Value& before,
                               const Value& after, std::string_view tool, const Suggestion* carried_out);
std::uint64_t write_module_decision(Project& project);

std::string new_suggestion_id(Project& project, const Question* question);
void write_value(JsonText& json, std::string_view name, const Value& value);

}  // namespace classroom
