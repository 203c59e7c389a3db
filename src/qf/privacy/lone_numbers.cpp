#include "qf/privacy/lone_numbers.h"

#include <algorithm>
#include <string>

#include "qf/core/text.h"
#include "qf/privacy/recognize.h"

namespace qf {
namespace {

constexpr std::size_t kFewest = 5;  // fewer digits are a year, a mark, a page
constexpr float kScore = 0.55F;     // any recogniser that knows what it is comes first

bool is_one_of_signs(char c, std::string_view signs) { return signs.find(c) != std::string_view::npos; }

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Whether six or eight digits can be a day, in the orders in which people write one.
bool is_day(std::string_view digits) {
  const auto part = [&](std::size_t from, std::size_t count) { return number(digits.substr(from, count)); };
  if (digits.size() == 8)
    return is_date(part(0, 4), part(4, 2), part(6, 2)) || is_date(part(4, 4), part(2, 2), part(0, 2)) ||
           is_date(part(4, 4), part(0, 2), part(2, 2));
  return digits.size() == 6 && (is_date(2000, part(2, 2), part(4, 2)) || is_date(2000, part(2, 2), part(0, 2)) ||
                                is_date(2000, part(0, 2), part(2, 2)));
}

EntityType type_of(std::string_view digits) {
  if (is_day(digits)) return EntityType::kBirthDate;
  if (digits.size() == 10 && is_day(digits.substr(0, 6))) return EntityType::kPersonalNumber;
  if (digits.size() == 12 && is_day(digits.substr(0, 8))) return EntityType::kPersonalNumber;
  return digits.size() >= 7 && digits.size() <= 15 ? EntityType::kPhone : EntityType::kStudentId;
}

// 1914-1918: the second year does not lie before the first.
bool is_span_of_years(std::string_view written) {
  if (written.size() != 9 || is_ascii_digit(written[4])) return false;
  const std::string digits = digits_of(written);
  if (digits.size() != 8) return false;
  const int from = number(std::string_view(digits).substr(0, 4)), to = number(std::string_view(digits).substr(4));
  return from >= 1000 && from <= to && to <= 2100;
}

// Whether what is written, digits and what separates them, can stand for somebody.
bool may_identify(std::string_view written) {
  const std::string digits = digits_of(written);
  if (digits.size() < kFewest || is_span_of_years(written)) return false;
  if (written.front() == '+' || (written.front() == '0' && char_at(written, 1) != '.' && char_at(written, 1) != ','))
    return true;
  // A fraction, as programs write numbers too: 3.14159, but not 811228.0.
  const std::size_t point = written.find_first_of(".,");
  const bool fraction = point != std::string_view::npos &&
                        written.find_first_of(" -/()+.,eE", point + 1) == std::string_view::npos &&
                        written.substr(0, point).find_first_not_of("0123456789") == std::string_view::npos;
  if (fraction && point < kFewest) return false;
  // 15 000, 1 250 000: nobody's number ends so. (All zeros: `last` is larger than any place.)
  const std::size_t last = digits.find_last_not_of('0');
  return last >= 3 || digits.size() - last - 1 < 2;
}

// The sign of a decimal exponent, behind digits: JSON may write 701740635 as 7.01740635e8.
std::size_t exponent_end(std::string_view text, std::size_t at) {
  if (char_at(text, at) != 'e' && char_at(text, at) != 'E') return at;
  std::size_t end = at + 1;
  if (is_one_of_signs(char_at(text, end), "+-") && char_at(text, end) != '\0') ++end;
  const std::size_t digits = end;
  while (is_ascii_digit(char_at(text, end))) ++end;
  return end > digits ? end : at;
}

// One line, or one item of it.
class Line {
 public:
  Line(std::string_view text, std::size_t begin, std::size_t end, std::vector<Finding>& found)
      : text_(text), begin_(begin), end_(end), found_(found) {}

  // The line is numbers and signs, but for a letter that numbers an answer: "B. 701740635".
  void find() {
    std::size_t from = begin_;
    while (from < end_ && is_one_of_signs(text_[from], " \t-*#>\"'([")) ++from;
    if (from + 1 < end_ && is_ascii_letter(text_[from]) && is_one_of_signs(text_[from + 1], ".):")) from += 2;
    for (std::size_t at = from; at < end_;) {
      const std::size_t exponent = exponent_end(text_, at);
      const char32_t c = decode_utf8(text_, at);
      if (is_word_character(c) && !(c < 0x80 && is_ascii_digit(static_cast<char>(c))) && exponent < at) return;
    }
    for (std::size_t at = from; at < end_;) {
      if (!is_ascii_digit(text_[at]) && text_[at] != '+' && text_[at] != '(') {
        ++at;
        continue;
      }
      std::size_t to = at;
      while (to < end_ && goes_on(to)) ++to;
      take(at, std::max(to, at + 1));
      at = std::max(to, at + 1);
    }
  }

  // The numbers that are values of JSON, with or without quotation marks.
  void find_values() {
    for (std::size_t at = begin_; at < end_; ++at) {
      if (!is_ascii_digit(text_[at]) && text_[at] != '+') continue;
      std::size_t before = at;
      while (before > begin_ && is_one_of_signs(text_[before - 1], " \t\n\"'-")) --before;
      std::size_t to = at;
      while (to < end_ && (is_one_of_signs(text_[to], "0123456789 -./()+"))) ++to;
      const std::size_t exponent = exponent_end(text_, to);
      std::size_t after = std::max(to, exponent);
      while (after < end_ && is_one_of_signs(text_[after], " \t\n\"'")) ++after;
      const bool opened = before == begin_ || is_one_of_signs(text_[before - 1], ":,[{=");
      const bool closed = after >= end_ || is_one_of_signs(text_[after], ",]}:\\");
      if (opened && closed) take(at, std::max(to, exponent));
      at = std::max(to, at);
    }
  }

 private:
  // A comma with a space, or a semicolon, ends a number; a comma alone may stand inside it.
  bool goes_on(std::size_t at) const {
    const char c = text_[at];
    if (is_ascii_digit(c) || is_one_of_signs(c, " -./()")) return true;
    if (c == ',' || c == '+') return is_ascii_digit(char_at(text_, at + 1));
    return (static_cast<unsigned char>(c) & 0x80) != 0 || c == 'e' || c == 'E';
  }

  void take(std::size_t begin, std::size_t end) {
    while (begin < end && is_one_of_signs(text_[begin], " -./,)")) ++begin;
    while (end > begin && !is_ascii_digit(text_[end - 1])) --end;
    if (begin == end || !may_identify(text_.substr(begin, end - begin))) return;
    // Programs write a whole number with .0 too.
    const std::size_t whole = text_.substr(end - 2, 2) == ".0" ? end - 2 : end;
    const std::string digits = digits_of(text_.substr(begin, whole - begin));
    found_.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), type_of(digits), kScore, kLoneNumber});
  }

  std::string_view text_;
  std::size_t begin_, end_;
  std::vector<Finding>& found_;
};

}  // namespace

void find_lone_numbers(std::string_view text, std::vector<Finding>& found) {
  // Most texts have no long number.
  const auto digits = std::count_if(text.begin(), text.end(), is_ascii_digit);
  if (static_cast<std::size_t>(digits) < kFewest) return;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if ((text[first] == '{' || text[first] == '[') && placeholder_end(text, first) == first)
    return Line(text, first, text.size(), found).find_values();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    Line(text, at, end, found).find();
    at = end + 1;
  }
}

}  // namespace qf
