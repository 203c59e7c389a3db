// A test question as a teacher and the AI work on it, and the file that it is kept in.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary.h"

namespace classroom {

inline constexpr std::array<std::string_view, 6> kBloomLevels = {"Remember", "Understand", "Apply",
                                                                 "Analyze",  "Evaluate",   "Create"};
inline constexpr std::array<std::string_view, 3> kDifficulties = {"Easy", "Medium", "Hard"};
inline constexpr std::array<std::string_view, 5> kQuestionTypes = {"multiple_choice_single", "multiple_response",
                                                                   "true_false", "text_entry", "essay"};

struct Question {
  std::string id, title, text;
  std::array<std::string, 4> options;
  std::string answer, correct_feedback, incorrect_feedback;
  std::size_t type = 0, bloom = 0, difficulty = 0;
  int points = 1;

  std::string_view type_name() const { return kQuestionTypes[type]; }
  std::string_view bloom_name() const { return kBloomLevels[bloom]; }
  std::string_view difficulty_name() const { return kDifficulties[difficulty]; }
};

// One question in kSharedOneIn has a text from a small bank that all teachers of a subject draw from.
inline constexpr std::size_t kSharedOneIn = 25;
inline constexpr std::size_t kSharedTexts = 3;

Question make_question(const Subject& subject, Language language, std::size_t number, bool long_id, Random& random);
std::string question_sentence(const Subject& subject, Language language, Random& random);
// The text after a teacher went over it.
std::string revised_text(std::string_view text, const Subject& subject, Language language, Random& random);

// The questions as one QFMD file.
std::string question_file(const std::vector<Question>& questions, const Subject& subject, Language language);

}  // namespace classroom
