#include "qf/run/text_ties.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>

#include "qf/core/vocabulary.h"
#include "qf/privacy/policy.h"
#include "qf/run/staging.h"

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
  if (!status_ || text.empty() || is_closed_value(text)) return;
  Text one = place;
  one.hash = std::hash<std::string_view>()(text);
  status_ = texts_.add(one);
}

void TextTies::add(TableId table, ConstRow row, std::uint32_t person, std::uint64_t number) {
  static const auto columns = text_columns();
  ++rows_;
  last_row_ = std::max(last_row_, number);
  for (const std::uint16_t column : columns[static_cast<std::size_t>(table)]) {
    const Text place{0, number, person, static_cast<std::uint16_t>(table), column};
    const Cell& cell = row[column];
    if (cell.tag == Cell::Tag::kText) add(cell.view(), place);
    if (cell.tag != Cell::Tag::kList) continue;
    for (const Cell& item : cell.children()) add(item.view(), place);
  }
}

Result<TextTies::Found> TextTies::find(unsigned threads) {
  QF_CHECK(status_);
  QF_CHECK(texts_.sort(threads));
  Found found;
  found.rows = rows_;
  RowBits tied;
  tied.resize(last_row_ + 1);
  std::set<std::string_view> columns;
  // The places of one text, as long as all are one person's: of a text that many have written, none is kept.
  std::vector<Text> places;
  bool of_one = true;
  const auto end_group = [&] {
    if (of_one && !places.empty() && places.front().row != places.back().row)
      for (const Text& one : places) {
        tied.set(one.row);
        columns.insert(table_schema(static_cast<TableId>(one.table)).fields[one.column].name);
      }
    places.clear();
    of_one = true;
  };
  std::uint64_t hash = 0;
  for (;;) {
    QF_ASSIGN(const Text* const text, texts_.next());
    if (text == nullptr || text->hash != hash) end_group();
    if (text == nullptr) break;
    hash = text->hash;
    of_one = of_one && (places.empty() || places.front().person == text->person);
    if (of_one)
      places.push_back(*text);
    else
      places.resize(1);  // whose the others are makes no difference any more
  }
  found.tied = tied.count(0, last_row_ + 1);
  found.columns.assign(columns.begin(), columns.end());
  return found;
}

}  // namespace qf
