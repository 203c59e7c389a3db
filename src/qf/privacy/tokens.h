// The words, numbers and signs of a normalised text, each with its place and what its letters look like.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace qf {

// A hash of a word without its letter case: equal for "Anna", "ANNA" and "anna". Stable: word lists keep it.
std::uint64_t word_hash(std::string_view word);

// Of a word whose last byte is a lower-case ASCII letter, the hash without it: what is left of a genitive.
std::uint64_t word_hash_without(std::uint64_t hash, char last);

// A fixed list of words, given with | between; asked for by hash, for most words in one look.
class WordSet {
 public:
  explicit WordSet(std::string_view list);
  bool holds(std::uint64_t hash) const {
    return (filter_[hash >> 6 & 63] >> (hash & 63) & 1) != 0 && std::binary_search(words_.begin(), words_.end(), hash);
  }

 private:
  std::array<std::uint64_t, 64> filter_{};
  std::vector<std::uint64_t> words_;
};

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
