// A reader of QuestionForge's question files: QFMD in its spellings, and the Markdown drafts before it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/ingest/version_time.h"

namespace qf {

// One question as one file states it. An absent part is not the same as an empty one.
struct QuestionVersion {
  std::string question_id;  // of the header: Q001, Q001A; "" where there is none
  std::string identifier;   // BIO101_MC_Q001; "" where there is none
  std::optional<std::string> title, text, type;
  std::optional<std::string> bloom, difficulty;  // canonical where known, else as written
  std::optional<std::string> language;
  std::vector<std::string> options;    // without their letters and marks
  std::optional<int> answer_position;  // index into options; nothing where several are right
  std::vector<std::string> labels;     // without '#', Bloom level and difficulty
};

enum class QuestionFileProblem : std::uint8_t {
  kBadUtf8,        // a line holds bytes that are not UTF-8; they were read as U+FFFD
  kMissingHeader,  // a question without a number of its own
  kUnclosedField,  // a field that nothing ends
  kStrayEnd,       // an end of a field where none is open
  kMissingText,    // a question without a text
  kUnknownAnswer,  // an answer that is none of the options
};
inline constexpr std::size_t kQuestionFileProblemCount = 6;
std::string_view to_string(QuestionFileProblem problem);

// What was odd about the files read so far: counts, and the first places in the order of reading.
struct QuestionFileProblems {
  struct Place {
    QuestionFileProblem problem;
    std::uint64_t line;  // from 1, in its file
  };
  static constexpr std::size_t kMaxPlaces = 100;

  std::array<std::uint64_t, kQuestionFileProblemCount> counts{};
  std::vector<Place> places;

  void add(QuestionFileProblem problem, std::uint64_t line);
  std::uint64_t count(QuestionFileProblem problem) const { return counts[static_cast<std::size_t>(problem)]; }
};

// The questions of a file in its order. Never fails: what it cannot understand it leaves out, and adds to
// `problems`. Lines that label a question with its Bloom level or difficulty become fields, and are no part
// of the text, which would otherwise give the answer to a model away.
std::vector<QuestionVersion> parse_question_file(std::string_view content, QuestionFileProblems& problems);

}  // namespace qf
