#include "qf/privacy/tokens.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "qf/core/text.h"

namespace qf {
namespace {

using Byte = unsigned char;

constexpr std::uint64_t kHashSeed = 0xCBF29CE484222325ULL;  // FNV-1a, 64 bits
constexpr std::uint64_t kHashPrime = 0x00000100000001B3ULL;

// The inverse of the prime modulo 2^64, by Newton's iteration.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
  return x;
}
static_assert(inverse(kHashPrime) * kHashPrime == 1);

void add(std::uint64_t& hash, Byte byte) { hash = (hash ^ byte) * kHashPrime; }

struct Letter {
  bool letter = false, digit = false, upper = false;
  std::array<Byte, 4> folded{};
  std::uint8_t bytes = 0;  // of the letter as it stands
  std::uint8_t folded_bytes = 0;
};

// The letter or digit at `at`; bytes is 0 for anything else.
Letter letter_at(std::string_view text, std::size_t at) {
  Letter result;
  const Byte first = static_cast<Byte>(text[at]);
  if (first < 0x80) {
    const bool upper = first >= 'A' && first <= 'Z', lower = first >= 'a' && first <= 'z';
    const bool digit = first >= '0' && first <= '9';
    if (!upper && !lower && !digit) return result;
    result.letter = !digit;
    result.digit = digit;
    result.upper = upper;
    result.bytes = result.folded_bytes = 1;
    result.folded[0] = upper ? static_cast<Byte>(first + 0x20) : first;
    return result;
  }
  if (first == 0xC3 && at + 1 < text.size()) {
    const Byte second = static_cast<Byte>(text[at + 1]);
    if (second == 0x97 || second == 0xB7 || second < 0x80 || second > 0xBF) return result;  // × and ÷
    result.letter = true;
    result.upper = second < 0x9F;
    result.bytes = result.folded_bytes = 2;
    result.folded = {first, result.upper ? static_cast<Byte>(second + 0x20) : second};
    return result;
  }
  if (first == 0xE2 && at + 1 < text.size() && static_cast<Byte>(text[at + 1]) == 0x80) return result;
  std::size_t end = at;
  const char32_t c = decode_utf8(text, end);
  if (c == kReplacement || !is_word_character(c)) return result;
  const auto point = static_cast<utf8proc_int32_t>(c);
  const auto category = utf8proc_category(point);
  result.digit = category == UTF8PROC_CATEGORY_ND;
  result.letter = !result.digit;
  result.upper = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
  result.bytes = static_cast<std::uint8_t>(end - at);
  result.folded_bytes = static_cast<std::uint8_t>(utf8proc_encode_char(utf8proc_tolower(point), result.folded.data()));
  return result;
}

// Abbreviations whose full stop ends no sentence.
bool is_abbreviation(std::uint64_t hash) {
  static const WordSet known(
      "mr|mrs|ms|dr|prof|st|fr|hr|lic|doc|ing|dir|nr|tel|ex|kl|ca|bl|dvs|jr|sr|rev|gen|sen|rep|gov|lt|col|sgt|capt|vs|"
      "resp|fil|tekn|med|jur|stud|fd|avd|bitr|univ|adj|lekt|ordf");
  return known.holds(hash);
}

bool is_quote(std::string_view sign) {
  return sign == "\"" || sign == "'" || sign == "“" || sign == "”" || sign == "‘" || sign == "’" || sign == "»" ||
         sign == "«" || sign == "„";
}

}  // namespace

std::uint64_t word_hash(std::string_view word) {
  std::uint64_t hash = kHashSeed;
  for (std::size_t at = 0; at < word.size();) {
    const Letter letter = letter_at(word, at);
    if (letter.bytes == 0) {
      add(hash, static_cast<Byte>(word[at++]));
      continue;
    }
    for (std::size_t i = 0; i < letter.folded_bytes; ++i) add(hash, letter.folded[i]);
    at += letter.bytes;
  }
  return hash;
}

std::uint64_t word_hash_without(std::uint64_t hash, char last) {
  return (hash * inverse(kHashPrime)) ^ static_cast<Byte>(last);
}

WordSet::WordSet(std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('|'), list.size());
    const std::uint64_t hash = word_hash(list.substr(0, end));
    words_.push_back(hash);
    filter_[hash >> 6 & 63] |= std::uint64_t{1} << (hash & 63);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  std::sort(words_.begin(), words_.end());
}

std::size_t placeholder_end(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (at >= text.size() || text[at] != '[') return at;
  while (end < text.size() && ((text[end] >= 'A' && text[end] <= 'Z') || text[end] == '_')) ++end;
  if (end < at + 3 || text[end - 1] != '_') return at;
  const std::size_t number = end;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end > number && end < text.size() && text[end] == ']' ? end + 1 : at;
}

std::size_t Tokens::at_byte(std::size_t at) const {
  return static_cast<std::size_t>(
      std::upper_bound(all.begin(), all.end(), at,
                       [](std::size_t byte, const Token& token) { return byte < token.end; }) -
      all.begin());
}

Tokens tokenise(std::string_view text) {
  Tokens tokens;
  tokens.text = text;
  tokens.all.reserve(text.size() / 5 + 8);
  bool space = true, newline = true, start = true;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ' || c == '\t') {
      space = true;
      ++at;
      continue;
    }
    if (c == '\n' || c == '\r') {
      space = newline = start = true;
      ++at;
      continue;
    }
    Token token;
    token.begin = static_cast<std::uint32_t>(at);
    token.flags = static_cast<std::uint16_t>((space ? kAfterSpace : 0) | (newline ? kAfterNewline : 0));
    Letter letter = letter_at(text, at);
    if (letter.bytes != 0) {
      std::uint64_t hash = kHashSeed;
      std::size_t letters = 0, upper = 0;
      bool digit = false, inner = false;
      const bool capital = letter.upper;
      std::size_t run = 0;  // where the present run of digits began, plus one
      while (true) {
        // Lower-case ASCII letters, which most are, without further ado.
        if (letter.bytes == 1 && letter.letter && !letter.upper && run == 0) {
          add(hash, letter.folded[0]);
          ++letters;
          for (++at; at < text.size() && text[at] >= 'a' && text[at] <= 'z'; ++at, ++letters)
            add(hash, static_cast<Byte>(text[at]));
          if (at >= text.size()) break;
          if (text[at] == ' ') break;
          letter = letter_at(text, at);
          if (letter.bytes != 0) continue;
          letter.letter = true;  // what stood before
          if (text[at] != '-' && text[at] != '\'' && text[at] != '\xE2') break;
          letter.bytes = 0;
        } else {
          for (std::size_t i = 0; i < letter.folded_bytes; ++i) add(hash, letter.folded[i]);
          if (letter.digit) {
            digit = true;
            if (run == 0) run = at + 1;
          } else {
            if (run != 0)
              tokens.digits.push_back({static_cast<std::uint32_t>(run - 1), static_cast<std::uint32_t>(at)});
            run = 0;
            ++letters;
            upper += letter.upper ? 1 : 0;
            inner = inner || (letter.upper && letters > 1);
          }
          at += letter.bytes;
          if (at >= text.size()) break;
          const bool was = letter.letter;
          letter = letter_at(text, at);
          if (letter.bytes != 0) continue;
          letter.letter = was;
        }
        const bool was_letter = letter.letter;
        // A hyphen or apostrophe between two letters belongs to the word, but a closing 's does not.
        const bool apostrophe = text[at] == '\'' || text.substr(at, 3) == "’";
        if (!was_letter || (text[at] != '-' && !apostrophe)) break;
        const std::size_t width = text[at] == '-' || text[at] == '\'' ? 1 : 3;
        if (at + width >= text.size()) break;
        const Letter next = letter_at(text, at + width);
        if (!next.letter) break;
        if (apostrophe) {
          if (!next.upper || letters > 2) break;  // O'Brien; but not 's, 't or the end of a quotation
        } else {
          token.flags |= kHyphenated;
        }
        for (std::size_t i = 0; i < width; ++i) add(hash, static_cast<Byte>(text[at + i]));
        at += width;
        letter = next;
      }
      if (run != 0) tokens.digits.push_back({static_cast<std::uint32_t>(run - 1), static_cast<std::uint32_t>(at)});
      token.kind = letters > 0 ? TokenKind::kWord : TokenKind::kNumber;
      token.letters = static_cast<std::uint8_t>(std::min<std::size_t>(letters, 255));
      token.hash = hash;
      // al-Assad, el-Sisi
      const bool article = inner && (token.flags & kHyphenated) != 0 && text[token.begin] >= 'a' &&
                           text.substr(token.begin, 5).find('-') <= 3;
      if (capital || article) token.flags |= kCapital;
      if (digit) token.flags |= kHasDigit;
      if (letters > 1 && upper == letters) token.flags |= kAllCapitals;
      if (inner && upper != letters) token.flags |= kInnerCapital;
      if (start) token.flags |= kSentenceStart;
      start = false;
    } else if (const std::size_t closed = placeholder_end(text, at); closed != at) {
      token.kind = TokenKind::kPlaceholder;
      at = closed;
      start = false;
    } else {
      if (c == '@' || c == ':' || c == '/' || c == '\\') tokens.marks.push_back(token.begin);
      std::size_t end = at;
      decode_utf8(text, end);
      const std::string_view sign = text.substr(at, end - at);
      token.hash = static_cast<Byte>(c);
      if (c == '.') {
        const Token* before = tokens.all.empty() ? nullptr : &tokens.all.back();
        const bool goes_on = before != nullptr && before->word() && before->end == at &&
                             (before->letters == 1 || is_abbreviation(before->hash));
        if (!goes_on) start = true;
      } else if (c == '!' || c == '?' || c == ':' || c == '(' || c == '[' || sign == "…" || sign == "•" || c == '*') {
        start = true;
      } else if (is_quote(sign)) {
        start = start || space;
      } else if (c != '-' && c != '#' && c != '>' && sign != "–") {
        start = false;
      }
      at = end;
    }
    token.end = static_cast<std::uint32_t>(at);
    tokens.all.push_back(token);
    space = newline = false;
  }
  return tokens;
}

}  // namespace qf
