#include "qf/privacy/recognize.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace qf {

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_wordlike(text[begin - 1])) && !is_wordlike(char_at(text, end));
}

bool digits_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const bool before =
      begin > 0 && (is_ascii_digit(text[begin - 1]) || ((text[begin - 1] == '-' || text[begin - 1] == '.') &&
                                                        begin > 1 && is_ascii_digit(text[begin - 2])));
  const bool after =
      is_wordlike(char_at(text, end)) || (char_at(text, end) == '-' && is_ascii_digit(char_at(text, end + 1)));
  return !before && !after;
}

int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::string digits_of(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_ascii_digit);
  return digits;
}

bool luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int value = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool is_date(int year, int month, int day) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

namespace {

bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           const auto lower = [](char c) { return is_ascii_upper(c) ? static_cast<char>(c + 0x20) : c; };
           return lower(x) == lower(y);
         });
}

template <class Match>
bool any_of_list(std::string_view list, Match match) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find('|'), list.size());
    if (match(list.substr(0, end))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

bool is_one_of(std::string_view word, std::string_view list) {
  return any_of_list(list, [word](std::string_view one) { return same_letters(word, one); });
}

bool ends_with_one_of(std::string_view word, std::string_view list) {
  return any_of_list(list, [word](std::string_view one) {
    return word.size() > one.size() + 1 && same_letters(word.substr(word.size() - one.size()), one);
  });
}

Verdict possible(const Document&, Candidate) { return Verdict::kPossible; }
Verdict confirmed(const Document&, Candidate) { return Verdict::kConfirmed; }

}  // namespace qf
