// The words that question texts, reasons and corrections are put together from, by subject and language.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "random.h"

namespace classroom {

enum class Language { kSwedish, kEnglish };

using Words = std::span<const std::string_view>;

// What a subject talks about. Swedish nouns stand in the definite form, so that they fit every sentence.
struct Lexicon {
  Words topics, factors, settings, conditions, claims;
};

// Sentences with gaps: %t %u topics, %f %g factors, %s setting, %c condition, %k claim, %n a number.
struct Phrases {
  Words questions, options, correct_feedback, incorrect_feedback, rationales, notes, skip_reasons, endings;
};

struct Subject {
  std::string_view key, swedish_name, english_name, course;
  Lexicon swedish, english;

  const Lexicon& lexicon(Language language) const { return language == Language::kSwedish ? swedish : english; }
  std::string_view name(Language language) const {
    return language == Language::kSwedish ? swedish_name : english_name;
  }
};

inline constexpr std::size_t kSubjectCount = 5;
const std::array<Subject, kSubjectCount>& subjects();
const Phrases& phrases(Language language);
std::array<Lexicon, kSubjectCount> swedish_lexicons();
std::array<Lexicon, kSubjectCount> english_lexicons();
const Phrases& swedish_phrases();
const Phrases& english_phrases();

// Fills the gaps of a sentence and begins it with a capital letter.
void compose(std::string& out, std::string_view sentence, const Lexicon& lexicon, Random& random);

}  // namespace classroom
