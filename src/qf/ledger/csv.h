// Tables that people fill in by hand, written as CSV (RFC 4180) and read with errors that say where they are.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"

namespace qf {

struct CsvRow {
  std::size_t line = 0;  // where the row begins, counted from 1
  std::vector<std::string> fields;
};

// A header and rows of as many fields each. Empty lines are left out.
struct CsvTable {
  std::string name;  // the file's name, for messages
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
};

// Reads UTF-8 with or without a byte order mark; lines end with LF, CRLF or CR; fields may be quoted and
// then hold separators, line breaks and doubled quotes. The separator is the comma, or the semicolon where
// the header has that and no comma (spreadsheets of many countries). kInvalidInput names file and line,
// never what stands there.
Result<CsvTable> parse_csv(std::string_view content, std::string_view name);

// The columns of a table by the names its reader knows. Names are compared without case and outer blanks.
class CsvColumns {
 public:
  // kInvalidInput for a column that is not among `known`, naming its place and the nearest known name, for
  // one that is there twice, and for one of `required` that is missing.
  static Result<CsvColumns> find(const CsvTable& table, std::span<const std::string_view> known,
                                 std::span<const std::string_view> required);

  // The field of a row without outer blanks and the apostrophe of csv_cell(); empty where the table has no such column.
  std::string_view field(const CsvRow& row, std::string_view column) const;

 private:
  std::vector<std::string> columns_;  // the known name of each column of the table
};

// A field as it is to be written: quoted where it has to be. An apostrophe goes before what a spreadsheet would take
// for a formula, and before a field that without its apostrophes would be one.
std::string csv_cell(std::string_view text);

// The message's beginning for a field: "people.csv, line 3, column subject".
std::string field_place(std::string_view file, std::size_t line, std::string_view column);

// The text without spaces and tabs at its ends.
std::string_view trimmed(std::string_view text);

// Words for an error: `; the nearest is "X"`, or nothing where no known name is near what was typed.
std::string nearest_words(std::string_view typed, std::span<const std::string_view> known);

// True where UTF-8 text holds a control character (U+0000–001F, U+007F–009F) other than those in `allowed`.
bool has_control_character(std::string_view text, std::string_view allowed = {});

}  // namespace qf
