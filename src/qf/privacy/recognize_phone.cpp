// Telephone numbers: the Swedish plan (PTS, the Swedish numbering plan for telephony according to E.164), international
// and North American ones. Own tables instead of libphonenumber: that brings protobuf, ICU and Abseil into a program
// that needs area codes of one country and lengths.
#include <algorithm>
#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

// Area codes of two and three digits, without the leading 0; all others of Sweden's have three more digits.
constexpr std::array<std::string_view, 8> kShortCodes = {"8", "11", "13", "16", "18", "19", "21", "23"};

bool group_separator(std::string_view shape) {
  return shape.find_first_of("./(+") == std::string_view::npos || shape.find(')') != std::string_view::npos;
}

// 0920/366 96, 073/490 78 05: a slash directly behind the area code and nowhere else; and 072.587.21.00. The length
// tells them from dates (08/15 2024, 01.02.2003).
bool slash_or_full_stops(std::string_view digits, std::string_view shape) {
  if (digits.size() < 9) return false;
  if (shape.find_first_of(".(+)") == std::string_view::npos && shape.size() > 2 && shape[1] == '/')
    return shape[0] >= '2' && shape[0] <= '4' && shape.find('/', 2) == std::string_view::npos &&
           (shape[0] != '2' || digits.starts_with("08"));
  return shape.find_first_of(" -/(+)") == std::string_view::npos && shape.size() > 2 && shape[1] == '.' &&
         shape[0] >= '2' && shape[0] <= '4' && shape.find("..") == std::string_view::npos;
}

// Sign, digit or letter that makes a number part of something longer.
bool goes_on(std::string_view text, std::size_t begin, std::size_t end) {
  const char before = begin > 0 ? text[begin - 1] : '\0', after = char_at(text, end);
  if (is_ascii_digit(before) || is_ascii_digit(after)) return true;
  if ((after == '-' || after == '.' || after == ',') && is_ascii_digit(char_at(text, end + 1))) return true;
  if ((before == '-' || before == '.' || before == ',' || before == '/') && begin > 1 &&
      is_ascii_digit(text[begin - 2]))
    return true;
  return is_wordlike(after);
}

// x123, ext. 5, anknytning 12 behind a number.
std::uint32_t with_extension(std::string_view text, std::uint32_t end) {
  std::size_t at = end;
  while (char_at(text, at) == ' ') ++at;
  const std::string_view rest = text.substr(at, 12);
  std::size_t skip = 0;
  for (const std::string_view word : {"x", "ext.", "ext", "anknytning", "ankn.", "ankn"})
    if (rest.starts_with(word)) {
      skip = word.size();
      break;
    }
  if (skip == 0) return end;
  at += skip;
  while (char_at(text, at) == ' ') ++at;
  const std::size_t digits = at;
  while (is_ascii_digit(char_at(text, at))) ++at;
  return at > digits && at - digits <= 6 && !is_wordlike(char_at(text, at)) ? static_cast<std::uint32_t>(at) : end;
}

std::uint32_t with_bracket(std::string_view text, std::uint32_t begin) {
  return begin > 0 && text[begin - 1] == '(' ? begin - 1 : begin;
}

// The longest of the candidates is the number; the shorter ones are its beginnings.
void keep_longest(std::vector<Candidate>& found, Candidate longest) {
  if (longest.end != 0) found.push_back(longest);
}

}  // namespace

void find_swedish_phone(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun first = document.tokens.digits[run];
  const bool code_alone = char_at(text, first.end) == '-' && first.end - first.begin <= 4;
  if (text[first.begin] != '0' || (char_at(text, first.begin + 1) == '0' && !code_alone)) return;
  if (first.begin > 0 && (is_wordlike(text[first.begin - 1]) || text[first.begin - 1] == '+')) return;
  Candidate longest;
  join_digits(document, run, 11, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    // A date or a time in front of it, or a second number behind it, has other separators.
    if (groups.digits.size() < 7 || groups.shape.find("- -") != std::string::npos ||
        !(group_separator(groups.shape) || slash_or_full_stops(groups.digits, groups.shape)))
      return;
    // The first group is an area code, or the whole number.
    if (first.end - first.begin > 4 && groups.shape.find_first_of(" -/.") != std::string::npos &&
        !groups.digits.starts_with("07"))
      return;
    if (!goes_on(text, begin, end)) longest = {with_bracket(text, begin), with_extension(text, end)};
  });
  keep_longest(found, longest);
}

Verdict check_swedish_phone(const Document& document, Candidate candidate) {
  const std::string_view written = document.text().substr(candidate.begin, candidate.end - candidate.begin);
  const std::string digits = digits_of(written);
  const std::string_view national = std::string_view(digits).substr(1);
  const bool mobile = national.starts_with("7") && national.size() == 9;
  const bool separated = written.find_first_of("-/.) ") != std::string_view::npos;
  const std::size_t dash = written.find('-');
  // 08-123 45, 0141-627 43: the area code ends at the dash.
  const bool area =
      dash != std::string_view::npos && dash >= 2 && dash <= 5 && written.find('-', dash + 1) == std::string_view::npos;
  const std::size_t length = national.size();
  const bool short_code = std::any_of(kShortCodes.begin(), kShortCodes.end(),
                                      [&](std::string_view code) { return national.starts_with(code); });
  if (length < 6 || length > 10) return Verdict::kKilled;
  // 078-05-1123 and 078 05 1123 are how American social security numbers are written.
  if (written.size() == 11 && written[3] == written[6] && !is_ascii_digit(written[3]) && length == 8)
    return Verdict::kPossible;
  if (mobile &&
      (national[1] == '0' || national[1] == '2' || national[1] == '3' || national[1] == '6' || national[1] == '9'))
    return Verdict::kConfirmed;
  if (area && length >= 7) return Verdict::kConfirmed;
  // 090-1234-5678 and the like: other countries write the leading 0 too.
  if (dash != std::string_view::npos && dash >= 2 && dash <= 5 && length >= 7) return Verdict::kConfirmed;
  if (separated && length >= 7 && (short_code || length == 8 || length == 9 || length == 10))
    return Verdict::kConfirmed;
  return Verdict::kPossible;
}

void find_international_phone(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun first = document.tokens.digits[run];
  const bool plus = first.begin > 0 && text[first.begin - 1] == '+';
  const bool zeros = text.substr(first.begin, 2) == "00" && char_at(text, first.begin + 2) >= '1';
  if (!plus && !zeros) return;
  if (plus && first.begin > 1 && is_wordlike(text[first.begin - 2])) return;
  if (zeros && first.begin > 0 &&
      (is_wordlike(text[first.begin - 1]) || text[first.begin - 1] == '-' || text[first.begin - 1] == '.'))
    return;
  if (plus && text[first.begin] == '0') return;
  Candidate longest;
  join_digits(document, run, zeros ? 17 : 16, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    const std::size_t count = groups.digits.size() - (zeros ? 2 : 0);
    if (count < 8 || count > 16 || groups.shape.find('+') != std::string::npos) return;
    // Behind a whole number, a further group after two spaces or more is another one.
    if (groups.shape.find("  ") != std::string::npos) return;
    if (!goes_on(text, begin, end)) longest = {plus ? begin - 1 : begin, with_extension(text, end)};
  });
  if (longest.end != 0) longest.begin = with_bracket(text, longest.begin);
  if (longest.end != 0 && text[longest.begin] == '(' &&
      text.substr(longest.begin, longest.end - longest.begin).find(')') == std::string_view::npos)
    ++longest.begin;
  keep_longest(found, longest);
}

void find_american_phone(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  Candidate longest;
  join_digits(document, run, 12, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    std::string_view digits = groups.digits, shape = groups.shape;
    if (shape.starts_with("1-") || shape.starts_with("1 ") || shape.starts_with("1.")) {
      digits.remove_prefix(1);
      shape.remove_prefix(2);
      if (shape.starts_with("(")) shape.remove_prefix(1);
    } else if (shape.starts_with("2-3-")) {  // another country code, without its +
      digits.remove_prefix(2);
      shape.remove_prefix(2);
    }
    if (digits.size() != 10 || digits[0] < '2' || digits[3] < '2') return;
    const bool bracket =
        begin > 0 && text[begin - 1] == '(' &&
        (shape == "3) 3-4" || shape == "3)3-4" || shape == "3) 3 4" || shape == "3)-3-4" || shape == "3) 3.4");
    const bool plain = shape == "3-3-4" || shape == "3.3.4" || shape == "3) 3-4" || shape == "3)3-4" ||
                       shape == "3 3 4" || shape == "3 3-4" || shape == "3/3-4";
    if (!bracket && !plain) return;
    if (goes_on(text, begin, end)) return;
    longest = {with_bracket(text, begin), with_extension(text, end)};
  });
  keep_longest(found, longest);
}

void find_any_phone(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun first = document.tokens.digits[run];
  if (first.begin > 0 && is_wordlike(text[first.begin - 1])) return;
  Candidate longest;
  join_digits(document, run, 14, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    const std::size_t count = groups.digits.size();
    if (count < 7 || groups.shape.find('/') != std::string::npos) return;
    if (groups.shape.find("  ") != std::string::npos || goes_on(text, begin, end)) return;
    longest = {with_bracket(text, begin), with_extension(text, end)};
  });
  keep_longest(found, longest);
}

}  // namespace qf
