#include "qf/ledger/csv.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstring>

#include "qf/core/text.h"

namespace qf {
namespace {

tl::unexpected<Error> bad_line(std::string_view name, std::size_t line, std::string_view why) {
  return failure(ErrorCode::kInvalidInput, fmt::format("{}, line {}: {}", name, line, why));
}

// What a spreadsheet computes, with any apostrophes before it.
bool is_like_formula(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\'');
  return first != std::string_view::npos && std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
}

// One pass over the text; `line` is the line of the character at hand.
struct CsvScanner {
  std::string_view text;
  std::string_view name;
  char separator = ',';
  std::size_t at = 0;
  std::size_t line = 1;

  bool done() const { return at == text.size(); }
  bool at_break() const { return !done() && (text[at] == '\n' || text[at] == '\r'); }

  void skip_break() {
    at += text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
    ++line;
  }

  Status quoted(std::string& out) {
    const std::size_t opened = line;
    for (++at; !done(); ++at) {
      if (text[at] == '"') {
        if (at + 1 == text.size() || text[at + 1] != '"') break;
        ++at;
      } else if (text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n'))) {
        ++line;
      }
      out.push_back(text[at]);
    }
    if (done()) return bad_line(name, opened, "a quotation mark is opened here and never closed");
    ++at;
    if (!done() && text[at] != separator && !at_break())
      return bad_line(name, line,
                      "text follows a closing quotation mark; a quotation mark inside a field is written twice");
    return {};
  }

  Status plain(std::string& out) {
    for (; !done() && text[at] != separator && !at_break(); ++at) {
      if (text[at] == '"') return bad_line(name, line, "a quotation mark inside a field that does not begin with one");
      out.push_back(text[at]);
    }
    return {};
  }

  // The next row; its field list is empty for an empty line.
  Result<CsvRow> row() {
    CsvRow row{line, {}};
    if (at_break()) {
      skip_break();
      return row;
    }
    for (;;) {
      std::string& field = row.fields.emplace_back();
      QF_CHECK(!done() && text[at] == '"' ? quoted(field) : plain(field));
      if (done()) return row;
      if (at_break()) {
        skip_break();
        return row;
      }
      ++at;
    }
  }
};

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// The byte length of the well-formed character at the start of `text`, and the character; 0 where there is none.
std::size_t next_character(std::string_view text, utf8proc_int32_t& character) {
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &character);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

std::string listed(std::span<const std::string_view> names) { return fmt::format("{}", fmt::join(names, ", ")); }

}  // namespace

Result<CsvTable> parse_csv(std::string_view content, std::string_view name) {
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  if (content.starts_with("\xFF\xFE") || content.starts_with("\xFE\xFF"))
    return bad_line(name, 1, "this is UTF-16: save the table as CSV in UTF-8");
  std::size_t bad_bytes_at = 0;
  for (utf8proc_int32_t character = 0; bad_bytes_at < content.size();) {
    const std::size_t size = next_character(content.substr(bad_bytes_at), character);
    if (size == 0) break;
    bad_bytes_at += size;
  }
  if (bad_bytes_at < content.size()) {
    const auto breaks = std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(bad_bytes_at), '\n');
    return bad_line(name, static_cast<std::size_t>(breaks) + 1, "not UTF-8: save the table as CSV in UTF-8");
  }

  CsvScanner scanner{content, name};
  const std::string_view first = content.substr(0, content.find_first_of("\r\n", content.find_first_not_of("\r\n")));
  if (first.find(',') == std::string_view::npos && first.find(';') != std::string_view::npos) scanner.separator = ';';

  CsvTable table{std::string(name), {}, {}};
  while (!scanner.done()) {
    QF_ASSIGN(CsvRow row, scanner.row());
    if (row.fields.empty()) continue;
    if (table.header.empty()) {
      table.header = std::move(row.fields);
      continue;
    }
    // Spreadsheets leave rows of nothing but separators behind.
    if (std::all_of(row.fields.begin(), row.fields.end(), [](const auto& field) { return trimmed(field).empty(); }))
      continue;
    if (row.fields.size() != table.header.size())
      return bad_line(name, row.line,
                      fmt::format("{} fields where the header has {}", row.fields.size(), table.header.size()));
    table.rows.push_back(std::move(row));
  }
  if (table.header.empty())
    return failure(ErrorCode::kInvalidInput, fmt::format("{} is empty: a line with the column names is needed", name));
  return table;
}

Result<CsvColumns> CsvColumns::find(const CsvTable& table, std::span<const std::string_view> known,
                                    std::span<const std::string_view> required) {
  CsvColumns result;
  for (std::size_t i = 0; i < table.header.size(); ++i) {
    const std::string name = lower_ascii(trimmed(table.header[i]));
    // What stands there is not repeated: without a header line it would be somebody's name.
    if (std::find(known.begin(), known.end(), name) == known.end())
      return bad_line(
          table.name, 1,
          fmt::format("column {} has no known name{}; known are {}", i + 1, nearest_words(name, known), listed(known)));
    if (std::find(result.columns_.begin(), result.columns_.end(), name) != result.columns_.end())
      return bad_line(table.name, 1, fmt::format("the column {} is there twice", name));
    result.columns_.push_back(name);
  }
  for (const std::string_view name : required)
    if (std::find(result.columns_.begin(), result.columns_.end(), name) == result.columns_.end())
      return bad_line(table.name, 1, fmt::format("the column {} is missing; needed are {}", name, listed(required)));
  return result;
}

std::string_view CsvColumns::field(const CsvRow& row, std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return {};
  const std::string_view field = trimmed(row.fields[static_cast<std::size_t>(found - columns_.begin())]);
  return field.starts_with('\'') && is_like_formula(field) ? field.substr(1) : field;
}

std::string csv_cell(std::string_view text) {
  std::string guarded(is_like_formula(text) ? "'" : "");
  guarded += text;
  if (guarded.find_first_of(",\"\r\n") == std::string::npos) return guarded;
  std::string out = "\"";
  for (const char c : guarded) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string field_place(std::string_view file, std::size_t line, std::string_view column) {
  return fmt::format("{}, line {}, column {}", file, line, column);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string nearest_words(std::string_view typed, std::span<const std::string_view> known) {
  const std::string_view near = nearest_name(typed, known);
  return near.empty() ? std::string() : fmt::format("; the nearest is \"{}\"", near);
}

bool has_control_character(std::string_view text, std::string_view allowed) {
  for (utf8proc_int32_t character = 0; !text.empty();) {
    const std::size_t size = next_character(text, character);
    if (size == 0) return true;
    const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    if (control && allowed.find(static_cast<char>(character)) == std::string_view::npos) return true;
    text.remove_prefix(size);
  }
  return false;
}

}  // namespace qf
