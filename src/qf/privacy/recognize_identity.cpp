// Numbers that the state gives to people and organisations.
// Personnummer and samordningsnummer: 18 § folkbokföringslagen (1991:481); Skatteverket, SKV 704 and SKV 707.
#include <algorithm>
#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

constexpr int kFirstYear = 1840, kLastYear = 2099;

// Whether the six or eight digits of a day are one: with `coordination`, day 60 to 91, and month 00 and day 60 stand
// for what is not known.
bool is_birth_day(std::string_view digits, bool coordination) {
  const int month = number_of(digits.substr(digits.size() - 4, 2));
  const int day = number_of(digits.substr(digits.size() - 2));
  if (coordination) {
    // 31 April occurs among them too: the day need not be one of the month.
    return day >= 60 && day <= 91 && month <= 12 &&
           (digits.size() == 6 ||
            (number_of(digits.substr(0, 4)) >= kFirstYear && number_of(digits.substr(0, 4)) <= kLastYear));
  }
  if (digits.size() == 8) {
    const int year = number_of(digits.substr(0, 4));
    return year >= kFirstYear && year <= kLastYear && is_date(year, month, day);
  }
  const int year = number_of(digits.substr(0, 2));
  return is_date(1900 + year, month, day) || is_date(2000 + year, month, day);
}

// Whether a word before says that the number is something else.
bool is_number_of_a_thing(const Document& document, std::size_t begin) {
  const std::size_t token = document.tokens.at_byte(begin);
  return token > 0 && is_one_of(document.tokens.view(document.tokens.all[token - 1]), "ean|isbn|issn|gtin|doi|dnr");
}

Verdict check_number(const Document& document, Candidate candidate, bool coordination) {
  const std::string_view written = document.text().substr(candidate.begin, candidate.end - candidate.begin);
  const std::string digits = digits_of(written);
  const std::string_view ten = std::string_view(digits).substr(digits.size() - 10);
  if (is_number_of_a_thing(document, candidate.begin)) return Verdict::kKilled;
  if (!is_birth_day(std::string_view(digits).substr(0, digits.size() - 4), coordination)) {
    // 30 February: a slip of the pen in a number that is written as one.
    const int month = number_of(ten.substr(2, 2)), day = number_of(ten.substr(4, 2));
    const bool printed = written.size() > digits.size() || digits.size() == 12;
    return printed && !coordination && month >= 1 && month <= 12 && day >= 1 && day <= 31 ? Verdict::kSuspect
                                                                                          : Verdict::kKilled;
  }
  const bool holds = luhn(ten) && ten.substr(6, 3) != "000";
  return holds ? Verdict::kConfirmed : Verdict::kSuspect;
}

bool is_one_run_or_printed(std::string_view shape) {
  return shape == "10" || shape == "12" || shape == "6-4" || shape == "8-4" || shape == "6+4" || shape == "8+4";
}

}  // namespace

void find_personal_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 12, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if (is_one_run_or_printed(groups.shape) && digits_alone(document.text(), begin, end)) found.push_back({begin, end});
  });
}

Verdict check_personal_number(const Document& document, Candidate candidate) {
  return check_number(document, candidate, false);
}

Verdict check_coordination_number(const Document& document, Candidate candidate) {
  return check_number(document, candidate, true);
}

void find_spaced_personal_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 12, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    const std::size_t count = groups.digits.size();
    if ((count == 10 || count == 12) && !is_one_run_or_printed(groups.shape) &&
        digits_alone(document.text(), begin, end))
      found.push_back({begin, end});
  });
}

// Ten digits in odd groups are a personal number only where a word says so: no check digit makes up for the form.
Verdict check_spaced_personal_number(const Document& document, Candidate candidate) {
  const Verdict born = check_number(document, candidate, false), coordinated = check_number(document, candidate, true);
  return born == Verdict::kConfirmed || coordinated == Verdict::kConfirmed ? Verdict::kPossible : Verdict::kKilled;
}

// 881115 9741, 830713 - 0883, 2004-03-20-3953: other separators than the one that is printed, in groups as people read
// such a number out. Not of pairs throughout, as any list of numbers has them.
void find_parted_personal_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 12, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    constexpr std::string_view kShapes =
        "6 4|8 4|6 - 4|8 - 4|6- 4|8- 4|6 -4|8 -4|6.4|8.4|6/4|8/4|6_4|8_4|4-2-2-4|4-2-2 4|2-2-2-4|2-2-2 4|2 2 2-4|"
        "4 2 2-4|4.2.2-4|2.2.2-4|4/2/2-4|2/2/2-4|2 2 2 - 4|4 2 2 - 4|4-2-2 - 4|4 2 2 4|6--4|8--4";
    if (groups.digits.size() != 10 && groups.digits.size() != 12) return;
    // Where the digits are all there is, a space is a spelling that is not valid: no sentence says that it was meant.
    const auto& all = document.tokens.all;
    if (is_one_of(groups.shape, kShapes) && digits_alone(document.text(), begin, end) &&
        std::any_of(all.begin(), all.end(), [](const Token& token) { return token.word(); }))
      found.push_back({begin, end});
  });
}

// Without a word for it only the check digit tells it from other numbers.
Verdict check_parted_personal_number(const Document& document, Candidate candidate) {
  return check_number(document, candidate, false) == Verdict::kConfirmed ? Verdict::kConfirmed : Verdict::kKilled;
}

Verdict check_parted_coordination_number(const Document& document, Candidate candidate) {
  return check_number(document, candidate, true) == Verdict::kConfirmed ? Verdict::kConfirmed : Verdict::kKilled;
}

void find_interim_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun digits = document.tokens.digits[run];
  const std::size_t length = digits.end - digits.begin;
  if (length != 6 && length != 8) return;
  std::size_t at = digits.end;
  if (char_at(text, at) == '-' || char_at(text, at) == '+' || char_at(text, at) == ' ') ++at;
  const char letter = char_at(text, at);
  if (std::string_view("TRSUWXJKLMN").find(letter) == std::string_view::npos || letter == '\0') return;
  for (std::size_t i = 1; i <= 3; ++i)
    if (!is_ascii_digit(char_at(text, at + i))) return;
  if (stands_alone(text, digits.begin, at + 4)) found.push_back({digits.begin, static_cast<std::uint32_t>(at + 4)});
}

Verdict check_interim_number(const Document& document, Candidate candidate) {
  const std::string_view written = document.text().substr(candidate.begin, candidate.end - candidate.begin);
  const std::string day = digits_of(written.substr(0, written.size() - 4));
  if (!is_birth_day(day, false)) return Verdict::kKilled;
  const std::string ten = day.substr(day.size() - 6) + "1" + std::string(written.substr(written.size() - 3));
  return luhn(ten) ? Verdict::kConfirmed : Verdict::kSuspect;
}

void find_organisation_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 12, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    const bool century = groups.digits.size() == 12 && groups.digits.starts_with("16");
    const bool shaped =
        groups.shape == "6-4" || groups.shape == "10" || (century && (groups.shape == "12" || groups.shape == "8-4"));
    if (shaped && digits_alone(document.text(), begin, end)) found.push_back({begin, end});
  });
}

Verdict check_organisation_number(const Document& document, Candidate candidate) {
  const std::string digits = digits_of(document.text().substr(candidate.begin, candidate.end - candidate.begin));
  const std::string_view ten = std::string_view(digits).substr(digits.size() - 10);
  if (ten[2] < '2' || ten[0] == '0' || ten[0] == '4') return Verdict::kKilled;
  return luhn(ten) ? Verdict::kConfirmed : Verdict::kSuspect;
}

// SE556703748501: the organisation's number between the country and 01.
void find_vat_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun digits = document.tokens.digits[run];
  if (digits.end - digits.begin != 12 || digits.begin < 2 || text.substr(digits.end - 2, 2) != "01") return;
  std::size_t begin = digits.begin;
  if (text[begin - 1] == ' ') --begin;
  if (begin < 2 || !is_one_of(text.substr(begin - 2, 2), "se") || !stands_alone(text, begin - 2, digits.end)) return;
  found.push_back({static_cast<std::uint32_t>(begin - 2), digits.end});
}

Verdict check_vat_number(const Document& document, Candidate candidate) {
  const std::string digits = digits_of(document.text().substr(candidate.begin, candidate.end - candidate.begin));
  return luhn(std::string_view(digits).substr(0, 10)) ? Verdict::kConfirmed : Verdict::kSuspect;
}

void find_us_ssn(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 9, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if ((groups.shape == "3-2-4" || groups.shape == "3.2.4" || groups.shape == "3 2 4") &&
        digits_alone(document.text(), begin, end) && stands_alone(document.text(), begin, end))
      found.push_back({begin, end});
  });
}

void find_bare_us_ssn(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  join_digits(document, run, 9, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if ((groups.shape == "9" || groups.shape == "3-6" || groups.shape == "5-4") &&
        stands_alone(document.text(), begin, end))
      found.push_back({begin, end});
  });
}

Verdict check_us_ssn(const Document& document, Candidate candidate) {
  const std::string digits = digits_of(document.text().substr(candidate.begin, candidate.end - candidate.begin));
  const std::string_view nine = digits;
  if (nine.substr(0, 3) == "000" || nine.substr(0, 3) == "666" || nine[0] == '9') return Verdict::kKilled;
  if (nine.substr(3, 2) == "00" || nine.substr(5) == "0000") return Verdict::kKilled;
  return Verdict::kPossible;
}

}  // namespace qf
