#include "qf/run/text_ties.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <unordered_set>

#include "qf/core/vocabulary.h"
#include "qf/privacy/policy.h"

namespace qf {
namespace {

// By table, which columns hold texts.
std::array<std::vector<std::uint16_t>, kTableCount> text_columns() {
  std::array<std::vector<std::uint16_t>, kTableCount> columns;
  for (const FieldRule& rule : field_rules()) {
    if (rule.action != RuleAction::kText && rule.action != RuleAction::kClosedOrText) continue;
    const auto& fields = table_schema(rule.table).fields;
    for (std::size_t column = 0; column < fields.size(); ++column)
      if (fields[column].name == rule.field)
        columns[static_cast<std::size_t>(rule.table)].push_back(static_cast<std::uint16_t>(column));
  }
  return columns;
}

}  // namespace

void TextTies::add(std::string_view text, const Text& place) {
  if (text.empty() || is_closed_value(text)) return;
  texts_.push_back(place);
  texts_.back().hash = std::hash<std::string_view>()(text);
}

void TextTies::add(TableId table, ConstRow row, std::uint32_t person, std::uint64_t number) {
  static const auto columns = text_columns();
  ++rows_;
  for (const std::uint16_t column : columns[static_cast<std::size_t>(table)]) {
    const Text place{0, number, person, static_cast<std::uint16_t>(table), column};
    const Cell& cell = row[column];
    if (cell.tag == Cell::Tag::kText) add(cell.view(), place);
    if (cell.tag != Cell::Tag::kList) continue;
    for (const Cell& item : cell.children()) add(item.view(), place);
  }
}

TextTies::Found TextTies::find() {
  Found found;
  found.rows = rows_;
  std::unordered_set<std::uint64_t> tied;
  std::set<std::string_view> columns;
  std::sort(texts_.begin(), texts_.end(),
            [](const Text& a, const Text& b) { return std::pair(a.hash, a.row) < std::pair(b.hash, b.row); });
  for (auto from = texts_.begin(); from != texts_.end();) {
    const auto to = std::find_if(from, texts_.end(), [&](const Text& one) { return one.hash != from->hash; });
    const bool of_one = std::all_of(from, to, [&](const Text& one) { return one.person == from->person; });
    if (of_one && from->row != std::prev(to)->row)
      for (auto one = from; one != to; ++one) {
        tied.insert(one->row);
        columns.insert(table_schema(static_cast<TableId>(one->table)).fields[one->column].name);
      }
    from = to;
  }
  found.tied = tied.size();
  found.columns.assign(columns.begin(), columns.end());
  return found;
}

}  // namespace qf
