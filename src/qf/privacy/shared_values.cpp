#include "qf/privacy/shared_values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "qf/privacy/anonymity.h"

namespace qf {
namespace {

constexpr RareByNature kRareByNature[] = {
    {"record_id", "a keyed pseudonym, drawn anew for each version"},
    {"session_id", "a keyed pseudonym; not in external versions"},
    {"subject_id", "a keyed pseudonym; not in external versions"},
    {"question_id", "a keyed pseudonym; not in external versions"},
    {"decision_record_id", "a keyed pseudonym; not in external versions"},
    {"sitting", "the order of one session's rows, which session_id ties already; not in external versions"},
    {"session_order", "the order of one session's rows, which session_id ties already; not in external versions"},
    {"sitting_order", "the order of one session's rows, which session_id ties already; not in external versions"},
    {"fold", "drawn with the key; every fold holds a few people"},
    {"ai_confidence", "a measure: hardly two are equal"},
    {"edit_distance", "a measure: hardly two are equal"},
    {"context", "module and stage are quasi-identifiers; decision types that too few people have are not named"},
    {"question_text", "a text: masked, or not there"},
    {"title", "a text: masked, or not there"},
    {"options", "a text: masked, or not there"},
    {"options_presented", "a text or closed values: masked, or not there"},
    {"ai_suggestion", "a text or a closed value: masked, or not there"},
    {"user_choice", "a text or a closed value: masked, or not there"},
    {"rationale", "a text: masked, or not there"},
    {"before", "a text or a closed value: masked, or not there"},
    {"after", "a text or a closed value: masked, or not there"},
};

// The bytes of a value; those of a number lie in `number`.
std::string_view bytes_of(const Cell& cell, std::array<char, sizeof(std::int64_t)>& number) {
  if (cell.tag == Cell::Tag::kText) return cell.view();
  const auto bits = cell.tag == Cell::Tag::kDouble ? std::bit_cast<std::int64_t>(cell.real) : cell.integer;
  std::memcpy(number.data(), &bits, number.size());
  return {number.data(), number.size()};
}

std::uint64_t joined(std::uint64_t hash, std::uint64_t more) {
  return (hash ^ (more + 0x9e3779b97f4a7c15U + (hash << 6U) + (hash >> 2U))) | 1U;  // never 0
}

void add(std::set<std::uint32_t>& people, std::uint32_t person, std::uint64_t k) {
  if (people.size() < k) people.insert(person);
}

}  // namespace

std::span<const RareByNature> rare_by_nature() { return kRareByNature; }

bool needs_shared_values(const TableSchema& table, const FieldSpec& field) {
  const auto quasi = quasi_identifiers(table.id);
  return std::none_of(std::begin(kRareByNature), std::end(kRareByNature),
                      [&](const RareByNature& one) { return one.column == field.name; }) &&
         std::none_of(quasi.begin(), quasi.end(), [&](const QuasiIdentifier& one) { return one.name == field.name; });
}

SharedValues::SharedValues(TableId table) : table_(table) {
  const TableSchema& schema = table_schema(table);
  for (std::size_t place = 0; place < schema.fields.size(); ++place)
    if (needs_shared_values(schema, schema.fields[place]))
      columns_.push_back({place, schema.fields[place].name, {}, {}, false});
  if (table == TableId::kDecisions) decision_type_ = column_of<TableId::kDecisions, "decision_type">();
}

void SharedValues::count(ConstRow row, std::uint32_t person, std::uint64_t k) {
  std::array<char, sizeof(std::int64_t)> number{};
  const auto count_value = [&](Values& values, const Cell& cell) {
    const std::string_view bytes = bytes_of(cell, number);
    auto value = values.find(bytes);
    if (value == values.end()) value = values.emplace(bytes, Value{}).first;
    add(value->second.people, person, k);
    ++value->second.rows;
  };
  for (Column& column : columns_) {
    const Cell& cell = row[column.place];
    if (cell.is_null())
      add(column.silent, person, k);
    else if (cell.tag == Cell::Tag::kList)
      for (const Cell& item : cell.children()) count_value(column.values, item);
    else
      count_value(column.values, cell);
  }
  if (decision_type_ && !row[*decision_type_].is_null()) count_value(decision_types_, row[*decision_type_]);
}

void SharedValues::decide(std::uint64_t k) {
  for (Column& column : columns_) decide(column, k);
  for (auto& [bytes, value] : decision_types_) value.is_shared = value.people.size() >= k;
}

void SharedValues::decide(Column& column, std::uint64_t k) const {
  std::set<std::uint32_t> silent = column.silent;
  const auto empty = [&](Value& value) {
    value.is_shared = false;
    column.any_rare = true;
    silent.insert(value.people.begin(), value.people.end());
  };
  std::vector<Value*> common;
  for (auto& [bytes, value] : column.values)
    if (value.people.size() < k)
      empty(value);
    else
      common.push_back(&value);
  // Items of a list leave no hole: a list without one looks like those that never had it.
  const bool is_list = table_schema(table_).fields[column.place].type.kind == TypeKind::kList;
  if (!column.any_rare || is_list) return;
  std::stable_sort(common.begin(), common.end(), [](const Value* a, const Value* b) { return a->rows < b->rows; });
  for (Value* value : common) {
    if (silent.size() >= k) break;
    empty(*value);
  }
}

bool SharedValues::all_shared() const {
  return std::none_of(columns_.begin(), columns_.end(), [](const Column& column) { return column.any_rare; });
}

bool SharedValues::is_rare(const Column& column, const Cell& value) const {
  std::array<char, sizeof(std::int64_t)> number{};
  const auto found = column.values.find(bytes_of(value, number));
  return found == column.values.end() || !found->second.is_shared;
}

std::uint64_t SharedValues::rare_in(ConstRow row) const {
  std::uint64_t gone = 0;
  for (const Column& column : columns_) {
    const Cell& cell = row[column.place];
    if (!column.any_rare || cell.is_null()) continue;
    const std::span<const Cell> values = cell.tag == Cell::Tag::kList ? cell.children() : std::span(&cell, 1);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (is_rare(column, values[i])) gone = joined(joined(gone, column.place), i);
  }
  return gone;
}

void SharedValues::empty_rare(Row row, Arena& arena) const {
  for (const Column& column : columns_) {
    Cell& cell = row[column.place];
    if (!column.any_rare || cell.is_null()) continue;
    if (cell.tag != Cell::Tag::kList) {
      if (is_rare(column, cell)) cell = Cell::null();
      continue;
    }
    const auto items = arena.make<Cell>(cell.size);
    std::size_t kept = 0;
    for (const Cell& item : cell.children())
      if (!is_rare(column, item)) items[kept++] = item;
    cell = Cell::list(items.first(kept));
  }
}

bool SharedValues::is_shared(const Cell& decision_type) const {
  std::array<char, sizeof(std::int64_t)> number{};
  const auto found = decision_types_.find(bytes_of(decision_type, number));
  return found != decision_types_.end() && found->second.is_shared;
}

std::vector<std::string_view> SharedValues::emptied_columns() const {
  std::vector<std::string_view> names;
  for (const Column& column : columns_)
    if (column.any_rare) names.push_back(column.name);
  return names;
}

}  // namespace qf
