// The words that QuestionForge and its teachers use for a closed set of things, with their other spellings.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace qf {

enum class Vocabulary : std::uint8_t {
  kBloom,         // Remember, Understand, Apply, Analyze, Evaluate, Create
  kDifficulty,    // Easy, Medium, Hard
  kQuestionType,  // multiple_choice_single, …
  kFieldName,     // fields of a question: question_text, options, …
  kDecisionType,  // what is decided: bloom_level, question_count, …
  kAction,        // what is done with a suggestion: accept, modify, reject, manual, delete
  kOther,         // further closed values among the options of the methodology's decision points
};
inline constexpr std::size_t kVocabularyCount = 7;

// One word of a vocabulary. `aliases` are its other spellings with '|' between them, in any letter case.
struct VocabularyEntry {
  Vocabulary vocabulary;
  std::string_view name;
  std::string_view aliases;
};

// The words of a vocabulary, in their published order.
std::span<const VocabularyEntry> entries(Vocabulary vocabulary);

// The canonical name of what was written, or nothing where the vocabulary has no such word. Letter case (Swedish
// letters too), white space around it, a leading '#', the vocabulary's own prefix (#bloom_remember,
// difficulty: easy) and the choice between space, '-', ':' and '_' make no difference. Lives for ever.
std::optional<std::string_view> canonical(Vocabulary vocabulary, std::string_view written);

// Whether a value can stay where free text may not: it is a word of any vocabulary, a plain number of at
// most four digits (a sign, one decimal point or comma: five and six can be a day of birth), or true, false, null.
bool is_closed_value(std::string_view written);

enum class Action : std::uint8_t { kNone, kAccept, kModify, kReject, kManual, kDelete };

// What a choice does with a suggestion; kNone where it is no action word.
Action action_of(std::string_view choice);

// The question type that an identifier such as BIO101_MC_Q001 carries between course and number.
std::optional<std::string_view> type_of_identifier(std::string_view identifier);

// The letters of the first course code in a text, path or identifier (BIOG of BIOG001X), as a part of it;
// empty where there is none. A course code is a whole segment between separators: 2 to 6 capital letters,
// 1 to 4 digits and up to 3 letters. School terms (HT25), file formats and user folders are none.
std::string_view subject_area_of(std::string_view text);

}  // namespace qf
