// Bank accounts and cards.
#include <algorithm>
#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

struct IbanCountry {
  std::string_view code;
  int length;
};
// SWIFT's IBAN registry, release 97.
constexpr std::array<IbanCountry, 79> kIbanCountries = {{
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22},
    {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32},
    {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19},
    {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NL", 18}, {"NO", 15}, {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25},
    {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31}, {"SE", 24}, {"SI", 19}, {"SK", 24},
    {"SM", 27}, {"SV", 28}, {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"XK", 20},
}};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; }

int iban_length(std::string_view text, std::size_t at) {
  const std::array<char, 2> code = {upper(text[at]), upper(text[at + 1])};
  for (const IbanCountry& country : kIbanCountries)
    if (country.code[0] == code[0] && country.code[1] == code[1]) return country.length;
  return 0;
}

// The first digits and the lengths that an issuer uses (ISO/IEC 7812).
bool is_card_number(std::string_view digits) {
  const auto first = [&](std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + (digits[i] - '0');
    return value;
  };
  const std::size_t size = digits.size();
  const int two = first(2), three = first(3), four = first(4);
  if (digits[0] == '4') return size == 13 || size == 16 || size == 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return size == 16;
  if (two == 34 || two == 37) return size == 15;
  if ((three >= 300 && three <= 305) || two == 36 || two == 38 || two == 39) return size == 14 || size == 16;
  if (four == 2131 || four == 1800) return size == 15;
  if (two == 35) return size >= 15 && size <= 19;
  if (two == 50 || (two >= 56 && two <= 69)) return size >= 12;
  if (two == 62 || two == 81 || two == 22) return size >= 16;
  return false;
}

// One number, or the groups in which issuers print it, with spaces, dashes or full stops between.
bool equal_groups(std::string_view written) {
  std::string shape;
  for (const char c : written)
    if (is_ascii_digit(c) || shape.empty() || shape.back() != ' ') shape.push_back(c == '-' || c == '.' ? ' ' : c);
  return shape.find(' ') == std::string::npos ||
         is_one_of(shape, "4 4 4 4|4 6 5|4 6 4|4 4 4 1|4 4 4 4 3|6 13|4 4 4|4 4 5");
}

}  // namespace

void find_iban(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const Token& start = document.tokens.all[token];
  const std::string_view text = document.text();
  const std::size_t at = start.begin;
  if (!start.has(kHasDigit) || start.end - at < 4 || !is_ascii_letter(text[at]) || !is_ascii_letter(text[at + 1]))
    return;
  if (!is_ascii_digit(text[at + 2]) || !is_ascii_digit(text[at + 3])) return;
  const int length = iban_length(text, at);
  if (length == 0) return;
  int count = 0;
  std::size_t end = at;
  while (end < text.size() && count < length) {
    const char c = text[end];
    if (is_ascii_digit(c) || is_ascii_letter(c))
      ++count;
    else if (std::string_view(" -.\n").find(c) == std::string_view::npos || !is_wordlike(char_at(text, end + 1)))
      break;
    ++end;
  }
  // One digit short or over is a slip of the pen, and still an account.
  if (count >= length - 2 && !is_wordlike(char_at(text, end)))
    found.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
}

Verdict check_iban(const Document& document, Candidate candidate) {
  std::string signs;
  for (const char c : document.text().substr(candidate.begin, candidate.end - candidate.begin))
    if (is_ascii_digit(c) || is_ascii_letter(c)) signs.push_back(upper(c));
  if (static_cast<int>(signs.size()) != iban_length(signs, 0)) return Verdict::kSuspect;
  std::rotate(signs.begin(), signs.begin() + 4, signs.end());
  int rest = 0;
  for (const char c : signs)
    rest = is_ascii_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  if (rest == 1) return Verdict::kConfirmed;
  const auto digits = std::count_if(signs.begin(), signs.end(), is_ascii_digit);
  return digits >= 12 ? Verdict::kPossible : Verdict::kSuspect;
}

void find_card(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun first = document.tokens.digits[run];
  if (first.begin > 0 && (is_wordlike(text[first.begin - 1]) || text[first.begin - 1] == '+')) return;
  join_digits(document, run, 19, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if (groups.digits.size() < 12 || !equal_groups(groups.shape) || is_wordlike(char_at(text, end))) return;
    if (groups.shape.find_first_of("/()+_") == std::string::npos) found.push_back({begin, end});
  });
}

Verdict check_card(const Document& document, Candidate candidate) {
  const std::string digits = digits_of(document.text().substr(candidate.begin, candidate.end - candidate.begin));
  const bool holds = luhn(digits);
  if (is_card_number(digits)) return holds ? Verdict::kConfirmed : Verdict::kSuspect;
  return holds ? Verdict::kPossible : Verdict::kSuspect;
}

void find_bankgiro(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 8, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    const std::string& shape = groups.shape;
    if ((shape == "3-4" || shape == "4-4" || shape == "7" || shape == "8") && stands_alone(document.text(), begin, end))
      found.push_back({begin, end});
  });
}

void find_plusgiro(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  join_digits(document, run, 8, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if (groups.digits.size() < 2 || groups.shape.find_first_of("./()+") != std::string::npos) return;
    if (groups.shape.ends_with("-1") && stands_alone(text, begin, end)) found.push_back({begin, end});
  });
}

Verdict check_giro(const Document& document, Candidate candidate) {
  const std::string digits = digits_of(document.text().substr(candidate.begin, candidate.end - candidate.begin));
  // The check digit holds in one of ten numbers: not enough without the word.
  return luhn(digits) ? Verdict::kPossible : Verdict::kSuspect;
}

}  // namespace qf
