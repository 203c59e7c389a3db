// The open table of recognisers: what in a text points at a person, how it is found, checked and explained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "qf/privacy/tokens.h"

namespace qf {

// What a span of text is. The names are Presidio's where Presidio has one.
enum class EntityType : std::uint8_t {
  kPerson,
  kEmail,
  kUrl,
  kPath,
  kIpAddress,
  kMacAddress,
  kUuid,
  kPersonalNumber,
  kCoordinationNumber,
  kInterimNumber,
  kOrganisationNumber,
  kPhone,
  kIban,
  kBankgiro,
  kPlusgiro,
  kCard,
  kUsSsn,
  kAddress,
  kPostCode,
  kBirthDate,
  kAge,
  kStudentId,
  kStaffId,
  kUserName,
  kClass,
  kSchool,
  kOrganisation,
  kSecret,
};
inline constexpr std::size_t kEntityTypeCount = 28;
// As it stands in placeholders and reports: PERSON, EMAIL_ADDRESS, …
std::string_view to_string(EntityType type);

// A text as the recognisers see it, with the words that stand for a context: for each, its token and, bit by bit,
// the recognisers that it speaks for.
struct ContextWord {
  std::uint32_t token = 0;
  std::uint64_t recognizers = 0;
};
struct Document {
  const Tokens& tokens;
  std::vector<ContextWord> context;

  std::string_view text() const { return tokens.text; }
};

// A place in the normalised text that may be what a recogniser looks for.
struct Candidate {
  std::uint32_t begin = 0, end = 0;
};

// Where a recogniser begins to look. The one pass over a text calls it at these places and nowhere else.
enum class Anchor : std::uint8_t {
  kDigits,   // at each run of digits: index into Tokens::digits
  kMark,     // at each @ : / and backslash: index into Tokens::marks
  kWord,     // at each word and number: index into Tokens::all
  kName,     // at each word with a capital letter or a digit: index into Tokens::all
  kContext,  // at each of its own context words: index into Tokens::all
};
std::string_view to_string(Anchor anchor);

// What the check of a candidate says.
enum class Verdict : std::uint8_t {
  kKilled,     // it is something else
  kSuspect,    // the check failed: a slip of the pen identifies too, so its context decides
  kPossible,   // nothing speaks against it
  kConfirmed,  // a check digit or the like holds
};

struct Recognizer {
  std::string_view name;
  EntityType type;
  Anchor anchor;
  void (*find)(const Document& document, std::size_t at, std::vector<Candidate>& found);
  Verdict (*check)(const Document& document, Candidate candidate);
  float score;                        // of a possible candidate without context; a confirmed one has kConfirmedScore
  std::string_view swedish, english;  // context words, with | between
  std::string_view meaning;           // for the trace and the listing: what makes it one
};

// A candidate counts from kThreshold on. A context word within 8 words before or 4 after adds kContextScore.
inline constexpr float kThreshold = 0.5F;
inline constexpr float kContextScore = 0.35F;
inline constexpr float kSuspectScore = 0.25F;
inline constexpr float kConfirmedScore = 0.9F;

std::span<const Recognizer> recognizers();

// The context words in these tokens.
std::vector<ContextWord> find_context(const Tokens& tokens);
// Whether a context word of the recogniser with this index stands near the candidate.
bool has_context(const Document& document, std::size_t recognizer, Candidate candidate);

// Something found, in bytes of the normalised text.
struct Finding {
  std::uint32_t begin = 0, end = 0;
  EntityType type = EntityType::kPerson;
  float score = 0;
  std::string_view rule;
};
// Runs the table over a document; what reaches the threshold, in no particular order, overlaps included.
void recognise(const Document& document, std::vector<Finding>& found);

}  // namespace qf
