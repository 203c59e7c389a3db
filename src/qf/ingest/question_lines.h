// One line of a question file: which of QFMD's and Markdown's forms it has. Inside ingest only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qf {

// All views are parts of the line that they were read from. Lines come without white space around them.

std::string_view without_space(std::string_view text);
// Without white space and the marks that Markdown puts around bold and slanted words.
std::string_view unmarked(std::string_view text);

struct KeyValue {
  std::string_view key, value;
};
// "^type x", "^type: x" and the older "@type: x"; the value may be empty.
std::optional<KeyValue> metadata_line(std::string_view line);
// "**Key:** value" and "**Key**: value", the key without what stands behind it in parentheses.
std::optional<KeyValue> bold_line(std::string_view line);

struct QuestionHeader {
  std::string id;  // Q001; from a bare number: at least three digits behind a Q
  std::string_view title;
};
// "# Q001 Title", "## Q1: Title", "# Question 1: Title", "### Fråga 2".
std::optional<QuestionHeader> header_line(std::string_view line);
// The words of "## Words" and deeper headings.
std::optional<std::string_view> heading_line(std::string_view line);

struct OptionLine {
  char letter = '\0';  // capital; 0 where the line has none
  std::string_view text;
  bool is_right = false;  // marked as right: ✓, [correct], (rätt), - [x]
};
// "A. …", "A) …", "**A)** …", "1. …", "- …", "* …", "- [x] …", "- [A] …".
std::optional<OptionLine> option_line(std::string_view line);

}  // namespace qf
