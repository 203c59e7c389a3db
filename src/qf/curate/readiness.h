// What the logs would have to hold before training makes sense: the RFC's preconditions and the training tasks.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

// Counted over all logs, before any drop. Only what a teacher did counts, never a machine.
struct ReadinessFacts {
  std::uint64_t sittings_with_decisions = 0;
  std::uint64_t sittings = 0;
  std::set<std::string> subjects;  // guessed
  std::set<std::string> subject_areas;
  std::map<std::string, std::uint64_t> question_types;  // canonical, of questions
  std::map<std::string, std::uint64_t, std::less<>> event_names;
  std::map<std::string, std::uint64_t> decisions_by_type;
  std::uint64_t decisions = 0;
  std::uint64_t with_suggestion = 0;  // decisions that answer a suggestion
  std::uint64_t accepted = 0, refused = 0;
  std::uint64_t corrections = 0, corrections_with_both = 0;
  std::uint64_t questions = 0, questions_with_text = 0;
  std::uint64_t decisions_with_text = 0;
  std::map<std::string, std::uint64_t>
      labelled;  // bloom_level, difficulty, question_type → decisions with a canonical choice and a text
  void add(const ReadinessFacts& other);
};

struct Readiness {
  std::string name;
  bool passed = false;
  std::string measured, required;
  std::string hint;  // what to do
};

// The RFC's preconditions one by one, then each training task.
std::vector<Readiness> assess(const ReadinessFacts& facts);

// One sentence: what can be trained on these logs today, and what is missing.
std::string verdict(const ReadinessFacts& facts, const std::vector<Readiness>& readiness);

}  // namespace qf
