// Numbers that the state gives to people and organisations; days of birth and ages.
// Personnummer and samordningsnummer: 18 § folkbokföringslagen (1991:481); Skatteverket, SKV 704 and SKV 707.
#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

constexpr int kFirstYear = 1840, kLastYear = 2099;

// Whether the six or eight digits of a day are one: with `coordination`, day 60 to 91, and month 00 and day 60 stand
// for what is not known.
bool is_birth_day(std::string_view digits, bool coordination) {
  const int month = number(digits.substr(digits.size() - 4, 2));
  const int day = number(digits.substr(digits.size() - 2));
  if (coordination) {
    // 31 April occurs among them too: the day need not be one of the month.
    return day >= 60 && day <= 91 && month <= 12 &&
           (digits.size() == 6 ||
            (number(digits.substr(0, 4)) >= kFirstYear && number(digits.substr(0, 4)) <= kLastYear));
  }
  if (digits.size() == 8) {
    const int year = number(digits.substr(0, 4));
    return year >= kFirstYear && year <= kLastYear && is_date(year, month, day);
  }
  const int year = number(digits.substr(0, 2));
  return is_date(1900 + year, month, day) || is_date(2000 + year, month, day);
}

Verdict check_number(const Document& document, Candidate candidate, bool coordination) {
  const std::string digits = digits_of(document.text().substr(candidate.begin, candidate.end - candidate.begin));
  const std::string_view ten = std::string_view(digits).substr(digits.size() - 10);
  if (!is_birth_day(std::string_view(digits).substr(0, digits.size() - 4), coordination)) return Verdict::kKilled;
  const bool holds = luhn(ten) && ten.substr(6, 3) != "000";
  return holds ? Verdict::kConfirmed : Verdict::kSuspect;
}

bool is_one_run_or_printed(std::string_view shape) {
  return shape == "10" || shape == "12" || shape == "6-4" || shape == "8-4" || shape == "6+4" || shape == "8+4";
}

// The digit before and behind would make it part of something longer.
bool digits_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const bool before =
      begin > 0 && (is_ascii_digit(text[begin - 1]) || ((text[begin - 1] == '-' || text[begin - 1] == '.') &&
                                                        begin > 1 && is_ascii_digit(text[begin - 2])));
  const bool after =
      is_wordlike(char_at(text, end)) || (char_at(text, end) == '-' && is_ascii_digit(char_at(text, end + 1)));
  return !before && !after;
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

namespace {

constexpr std::string_view kMonths =
    "januari|jan|februari|feb|mars|mar|april|apr|maj|may|juni|jun|juli|jul|augusti|aug|september|sep|sept|oktober|okt|"
    "november|nov|"
    "december|dec|january|february|march|june|july|august|october|oct";

// The word beside a place, in the direction of `step`, with at most a space or a full stop between.
std::string_view word_behind(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '.' || text[at] == ',')) ++at;
  const std::size_t begin = at;
  while (at < text.size() && is_wordlike(text[at])) ++at;
  return text.substr(begin, at - begin);
}

std::string_view word_before(std::string_view text, std::size_t& at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '-')) --at;
  const std::size_t end = at;
  while (at > 0 && is_wordlike(text[at - 1])) --at;
  return text.substr(at, end - at);
}

}  // namespace

void find_birth_date(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  join_digits(document, run, 8, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if (!digits_alone(text, begin, end)) return;
    std::string shape = groups.shape;
    for (char& c : shape)
      if (c == '/' || c == '.') c = '-';
    const std::string_view digits = groups.digits;
    const auto part = [&](std::size_t from, std::size_t count) { return number(digits.substr(from, count)); };
    bool date = false;
    if (shape == "4-2-2" || shape == "8") date = is_date(part(0, 4), part(4, 2), part(6, 2));
    if (shape == "2-2-2" || shape == "6")
      date = is_date(2000, part(2, 2), part(4, 2)) || is_date(2000, part(2, 2), part(0, 2)) ||
             is_date(2000, part(0, 2), part(2, 2));
    if (shape == "2-2-4")
      date = is_date(part(4, 4), part(2, 2), part(0, 2)) || is_date(part(4, 4), part(0, 2), part(2, 2));
    if (shape == "1-1-4" || shape == "1-2-4" || shape == "2-1-4" || shape == "1-1-2" || shape == "1-2-2" ||
        shape == "2-1-2")
      date = true;
    if ((shape == "1-1" || shape == "1-2" || shape == "2-1" || shape == "2-2") &&
        groups.shape.find('/') != std::string::npos)
      date = true;
    if (date) found.push_back({begin, end});
  });
  // 12 mars 1985, 12 mars, March 12, 1985, 1985
  const DigitRun digits = document.tokens.digits[run];
  const std::size_t length = digits.end - digits.begin;
  if (!digits_alone(text, digits.begin, digits.end)) return;
  if (length <= 2) {
    std::size_t at = digits.end;
    if (text.substr(at, 2) == ":e" || text.substr(at, 2) == "th" || text.substr(at, 2) == "st" ||
        text.substr(at, 2) == "nd")
      at += 2;
    const std::string_view ordinal_of = text.substr(at, 4);
    if (ordinal_of == " of ") at += 3;
    std::size_t from = digits.begin;
    if (is_one_of(word_behind(text, at), kMonths)) {
      from = digits.begin;
    } else {
      at = digits.end;
      if (!is_one_of(word_before(text, from), kMonths)) return;
    }
    std::size_t year = at;
    const std::string_view next = word_behind(text, year);
    if (next.size() == 4 && next.find_first_not_of("0123456789") == std::string_view::npos) at = year;
    found.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(at)});
  } else if (length == 4) {
    const int year = number(text.substr(digits.begin, 4));
    if (year >= 1900 && year <= kLastYear) found.push_back({digits.begin, digits.end});
  }
}

void find_age(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun digits = document.tokens.digits[run];
  if (digits.end - digits.begin > 3 || number(text.substr(digits.begin, digits.end - digits.begin)) > 120) return;
  if (digits.begin > 0 &&
      (is_wordlike(text[digits.begin - 1]) || text[digits.begin - 1] == '.' || text[digits.begin - 1] == ','))
    return;
  const auto keep = [&](std::size_t begin, std::size_t end) {
    found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  };
  const std::string_view after = text.substr(digits.end, 16);
  for (const std::string_view form : {"-åringen", "-åringar", "-åring", "-årig", "-year-old", "-year old", " years old",
                                      " year old", " år gammal", " år gamla", " y/o", " yrs old", " years of age"})
    if (after.starts_with(form)) {
      // Only the number is somebody's; the words around it keep the sentence readable.
      return keep(digits.begin, digits.end);
    }
  std::size_t before = digits.begin;
  const std::string_view word = word_before(text, before);
  if (is_one_of(word, "aged|ålder|åldern|fyller|fyllde|fyllt") && !is_wordlike(char_at(text, digits.end)))
    keep(digits.begin, digits.end);
}

}  // namespace qf
