// Rows for the tests of formats: hostile ones by hand, any others drawn by RapidCheck.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "qf/core/record.h"

namespace qf::sample {

inline const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> texts = {"",
                                                 " ",
                                                 "plain",
                                                 "åäö ÅÄÖ",
                                                 "quote \" and 'single'",
                                                 "back\\slash",
                                                 "line\nfeed\r\nand tab\t",
                                                 std::string("nul\0inside", 10),
                                                 std::string(1, '\0'),
                                                 "\x01\x1f\x7f",
                                                 "emoji 👩🏽‍🏫 🇸🇪",
                                                 "עברית RTL \xE2\x80\xAE override",
                                                 "\xE2\x80\xA8 separators \xE2\x80\xA9",
                                                 "\xEF\xBB\xBFmark first",
                                                 "null",
                                                 "NA",
                                                 "-1",
                                                 "=1+1",
                                                 "--- # yaml: [",
                                                 "</script><b>",
                                                 "a,b;c|d",
                                                 "2026-01-01 10:00:00",
                                                 "1e5",
                                                 "{\"json\":true}",
                                                 "é composed and e\xCC\x81 not"};
  return texts;
}

inline Cell text_cell(std::string_view text, Arena& arena) { return Cell::of(arena.copy(text)); }

// A value of the type; `draw(n)` gives a number below n, `text()` a text.
template <class Draw, class Text>
Cell any_cell(const FieldType& type, Arena& arena, Draw&& draw, Text&& text, bool may_be_null = true) {
  if (may_be_null && draw(4) == 0) return Cell::null();
  switch (type.kind) {
    case TypeKind::kString: return text_cell(text(), arena);
    case TypeKind::kBool: return Cell::of(draw(2) == 1);
    case TypeKind::kInt32: {
      static constexpr std::int64_t kValues[] = {0, 1, -1, 42, INT32_MAX, INT32_MIN};
      return Cell::of(kValues[draw(std::size(kValues))]);
    }
    case TypeKind::kInt64: {
      static constexpr std::int64_t kValues[] = {0, -1, INT64_MAX, INT64_MIN};
      return Cell::of(kValues[draw(std::size(kValues))]);
    }
    case TypeKind::kTimestamp: {
      static constexpr std::int64_t kValues[] = {0, -1, 1'700'000'000'123'456, 253'402'300'799'999'999};
      return Cell::of(kValues[draw(std::size(kValues))]);
    }
    case TypeKind::kDouble: {
      static constexpr double kValues[] = {
          0.0, -0.5, 0.1, 1.0, 1e-7, 1e21, 123456789.125, 5e-324, 1.7976931348623157e308};
      return Cell::of(kValues[draw(std::size(kValues))]);
    }
    case TypeKind::kList: {
      const auto items = arena.make<Cell>(draw(4));
      for (Cell& item : items) item = any_cell(type.members().front().type, arena, draw, text);
      return Cell::list(items);
    }
    case TypeKind::kStruct: {
      const auto members = arena.make<Cell>(type.child_count);
      for (std::size_t i = 0; i < members.size(); ++i) members[i] = any_cell(type.members()[i].type, arena, draw, text);
      return Cell::structure(members);
    }
  }
  return Cell::null();
}

// A row of the table, the same for the same `seed`. Its session_order is `seed`, session_id is "s".
inline Row row_of(TableId table, Arena& arena, std::uint64_t seed) {
  const auto fields = table_schema(table).fields;
  const Row row = arena.make<Cell>(fields.size());
  std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  const auto draw = [&](std::size_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  const auto text = [&]() -> const std::string& { return hostile_texts()[draw(hostile_texts().size())]; };
  for (std::size_t i = 0; i < fields.size(); ++i) {
    row[i] = any_cell(fields[i].type, arena, draw, text);
    if (fields[i].name == "record_id") row[i] = text_cell("r" + std::to_string(seed), arena);
    if (fields[i].name == "session_id") row[i] = text_cell("s", arena);
    if (fields[i].name == "session_order") row[i] = Cell::of(static_cast<std::int64_t>(seed));
  }
  return row;
}

inline bool same(const Cell& a, const Cell& b) {
  if (a.tag != b.tag) return false;
  switch (a.tag) {
    case Cell::Tag::kNull: return true;
    case Cell::Tag::kBool:
    case Cell::Tag::kInt: return a.integer == b.integer;
    case Cell::Tag::kDouble: return a.real == b.real;
    case Cell::Tag::kText: return a.view() == b.view();
    case Cell::Tag::kList:
    case Cell::Tag::kStruct: break;
  }
  if (a.size != b.size) return false;
  for (std::size_t i = 0; i < a.size; ++i)
    if (!same(a.items[i], b.items[i])) return false;
  return true;
}

inline bool same(ConstRow a, ConstRow b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i])) return false;
  return true;
}

}  // namespace qf::sample
