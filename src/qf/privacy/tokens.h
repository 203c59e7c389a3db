// The words, numbers and signs of a normalised text, each with its place and what its letters look like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace qf {

// A hash of a word without its letter case: equal for "Anna", "ANNA" and "anna". Stable: word lists keep it.
std::uint64_t word_hash(std::string_view word);

enum class TokenKind : std::uint8_t { kWord, kNumber, kSign, kPlaceholder };

// What is seen of a word without knowing it.
enum TokenFlag : std::uint16_t {
  kCapital = 1,         // begins with an upper-case letter
  kAllCapitals = 2,     // two letters or more, all upper case
  kHasDigit = 4,        // "9B", "anna12"
  kSentenceStart = 8,   // the first word of a sentence, line, quotation or bracket
  kHyphenated = 16,     // "Anna-Karin"
  kAfterSpace = 32,     // white space, or the beginning, stands before it
  kAfterNewline = 64,   // a line begins with it
  kInnerCapital = 128,  // "McCarthy", "iPhone"
};

struct Token {
  std::uint32_t begin = 0, end = 0;  // bytes of the normalised text, half open
  TokenKind kind = TokenKind::kSign;
  std::uint8_t letters = 0;  // code points, at most 255
  std::uint16_t flags = 0;
  std::uint64_t hash = 0;  // word_hash of words; of a sign its first byte

  bool has(TokenFlag flag) const { return (flags & flag) != 0; }
  bool word() const { return kind == TokenKind::kWord; }
};

// Digits in a row, inside a word or not.
struct DigitRun {
  std::uint32_t begin = 0, end = 0;
};

// A text cut into tokens. Words hold letters, digits, and hyphens and apostrophes between letters; a possessive 's
// is a word of its own. A placeholder of an earlier redaction is one token.
struct Tokens {
  std::string_view text;
  std::vector<Token> all;
  std::vector<DigitRun> digits;
  std::vector<std::uint32_t> marks;  // places of @, :, / and backslash, where addresses of machines have theirs

  std::string_view view(const Token& token) const { return text.substr(token.begin, token.end - token.begin); }
  // The index of the first token that ends behind byte `at`.
  std::size_t at_byte(std::size_t at) const;
};

// The text has to outlive what comes back.
Tokens tokenise(std::string_view text);

// The end of a placeholder "[TYPE_N]" that begins at `at`, or `at` where there is none.
std::size_t placeholder_end(std::string_view text, std::size_t at);

}  // namespace qf
