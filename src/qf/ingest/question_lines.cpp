#include "qf/ingest/question_lines.h"

#include <fmt/format.h>

namespace qf {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Takes a mark off the end of an option and says whether it was there.
bool take_right_mark(std::string_view& option) {
  for (const std::string_view mark :
       {"✓", "✔", "✅", "[correct]", "[Correct]", "(correct)", "(Correct)", "(rätt)", "(Rätt)", "[x]", "[X]"})
    if (option.size() > mark.size() && option.ends_with(mark)) {
      option = without_space(option.substr(0, option.size() - mark.size()));
      return true;
    }
  return false;
}

}  // namespace

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view unmarked(std::string_view text) {
  text = without_space(text);
  while (!text.empty() && (text.front() == '*' || text.front() == '`')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '*' || text.back() == '`')) text.remove_suffix(1);
  return without_space(text);
}

std::optional<KeyValue> metadata_line(std::string_view line) {
  if (line.size() < 2 || (line.front() != '^' && line.front() != '@') || !is_letter(line[1])) return std::nullopt;
  std::size_t end = 1;
  while (end < line.size() && (is_letter(line[end]) || is_digit(line[end]) || line[end] == '_')) ++end;
  const std::string_view key = line.substr(1, end - 1);
  std::string_view value = without_space(line.substr(end));
  if (!value.empty() && value.front() == ':')
    value = without_space(value.substr(1));
  else if (line.front() == '@')
    return std::nullopt;
  return KeyValue{key, value};
}

std::optional<KeyValue> bold_line(std::string_view line) {
  if (!line.starts_with("**")) return std::nullopt;
  const std::size_t end = line.find("**", 2);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view key = without_space(line.substr(2, end - 2)), value = without_space(line.substr(end + 2));
  if (!key.empty() && key.back() == ':')
    key.remove_suffix(1);
  else if (!value.empty() && value.front() == ':')
    value.remove_prefix(1);
  else
    return std::nullopt;
  // What stands in parentheses behind a key explains it.
  key = key.substr(0, key.find('('));
  return KeyValue{without_space(key), without_space(value)};
}

std::optional<QuestionHeader> header_line(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && line[at] == '#') ++at;
  if (at == 0 || at > 4 || at == line.size() || !is_space(line[at])) return std::nullopt;
  std::string_view rest = unmarked(line.substr(at));
  bool named = false;
  for (const std::string_view word : {"Question", "QUESTION", "question", "Fråga", "FRÅGA", "fråga"})
    if (rest.size() > word.size() && rest.starts_with(word) && is_space(rest[word.size()])) {
      rest = without_space(rest.substr(word.size()));
      named = true;
    }
  const bool is_lettered =
      !rest.empty() && (named ? is_letter(rest.front()) : rest.front() == 'Q' || rest.front() == 'q');
  if (!is_lettered && !named) return std::nullopt;
  std::size_t end = is_lettered ? 1 : 0;
  const std::size_t first_digit = end;
  while (end < rest.size() && is_digit(rest[end])) ++end;
  if (end == first_digit || end - first_digit > 9) return std::nullopt;
  if (end < rest.size() && is_letter(rest[end]) && (end + 1 == rest.size() || !is_letter(rest[end + 1]))) ++end;
  if (end < rest.size() && (is_letter(rest[end]) || is_digit(rest[end]) || rest[end] == '_')) return std::nullopt;

  QuestionHeader found;
  found.id = rest.substr(0, end);
  if (is_lettered && found.id.front() == 'q') found.id.front() = 'Q';
  if (!is_lettered) found.id = fmt::format("Q{:0>3}", found.id);
  std::string_view title = rest.substr(end);
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view mark : {" ", "\t", ":", "-", ".", "–", "—", "*"})
      if (title.starts_with(mark)) {
        title.remove_prefix(mark.size());
        more = true;
      }
  }
  found.title = without_space(title);
  return found;
}

std::optional<OptionLine> option_line(std::string_view line) {
  OptionLine found;
  const bool bold = line.starts_with("**");
  std::string_view rest = bold ? line.substr(2) : line;
  if (!bold && rest.size() >= 2 && (rest.front() == '-' || rest.front() == '*') && is_space(rest[1])) {
    rest = without_space(rest.substr(2));
    if (rest.size() >= 3 && rest.front() == '[' && rest[2] == ']') {
      const char inside = rest[1];
      found.is_right = inside == 'x' || inside == 'X';
      if (!found.is_right && is_letter(inside)) found.letter = static_cast<char>(inside & ~0x20);
      rest = without_space(rest.substr(3));
    }
    found.text = rest;
  } else {
    std::size_t end = 0;
    while (end < rest.size() && end < 2 && is_digit(rest[end])) ++end;
    const bool numbered = end > 0;
    if (!numbered && !rest.empty() && is_letter(rest.front())) end = 1;
    if (end == 0 || end == rest.size() || (rest[end] != '.' && rest[end] != ')' && rest[end] != ':'))
      return std::nullopt;
    std::size_t after = end + 1;
    if (bold && rest.substr(after).starts_with("**")) after += 2;
    if (after < rest.size() && !is_space(rest[after])) return std::nullopt;
    if (!numbered) found.letter = static_cast<char>(rest.front() & ~0x20);
    found.text = without_space(rest.substr(after));
  }
  found.is_right |= take_right_mark(found.text);
  return found;
}

std::optional<std::string_view> heading_line(std::string_view line) {
  std::size_t hashes = 0;
  while (hashes < line.size() && line[hashes] == '#') ++hashes;
  if (hashes < 2 || hashes == line.size() || !is_space(line[hashes])) return std::nullopt;
  return unmarked(line.substr(hashes));
}

}  // namespace qf
