#include "qf/privacy/shared_values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

#include "qf/core/vocabulary.h"
#include "qf/privacy/anonymity.h"
#include "qf/privacy/emptied_together.h"
#include "qf/privacy/policy.h"

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
    {"ai_confidence", "a measure: hardly two are equal", true},
    {"edit_distance", "a measure: hardly two are equal", true},
    {"link_confidence", "says what link_rule says, and is emptied with it"},
    {"context", "module and stage are quasi-identifiers; decision types that too few people have are not named"},
    {"question_text", "a text: masked, or not there"},
    {"title", "a text: masked, or not there"},
    {"rationale", "a text: masked, or not there"},
};

// The bytes of a value; those of a number lie in `number`.
std::string_view bytes_of(const Cell& cell, std::array<char, sizeof(std::int64_t)>& number) {
  if (cell.tag == Cell::Tag::kText) return cell.view();
  const auto bits = cell.tag == Cell::Tag::kDouble ? std::bit_cast<std::int64_t>(cell.real) : cell.integer;
  std::memcpy(number.data(), &bits, number.size());
  return {number.data(), number.size()};
}

constexpr std::string_view kText = "text", kMeasure = "measure";

// A closed value after a mark, so that none passes for a text; a list item by item.
void put_closed_or_text(const Cell& cell, std::string& out) {
  if (cell.tag == Cell::Tag::kList) {
    out += '[';
    for (const Cell& item : cell.children()) {
      put_closed_or_text(item, out);
      out += '\n';  // closed values are of one line
    }
  } else if (cell.tag != Cell::Tag::kNull) {
    const bool closed = is_closed_value(cell.view());
    if (closed) out += '=';
    out += closed ? cell.view() : kText;
  }
}

void add(std::set<std::uint32_t>& people, std::uint32_t person, std::uint64_t k) {
  if (people.size() < k) people.insert(person);
}

bool is_in(std::string_view name, std::string_view names) {
  for (; !names.empty(); names.remove_prefix(std::min(names.size(), names.find('|') + 1))) {
    const std::size_t end = names.find('|');
    if (names.substr(0, end) == name) return true;
    if (end == std::string_view::npos) return false;
  }
  return false;
}

// The columns that are emptied where `name` is; "" where it goes alone.
std::string_view emptied_with(TableId table, std::string_view name) {
  for (const EmptiedTogether& one : emptied_together())
    if (one.table == table && one.column == name) return one.with;
  return "";
}

const RareByNature* exception_of(std::string_view name) {
  for (const RareByNature& one : kRareByNature)
    if (one.column == name) return &one;
  return nullptr;
}

// A text that is one of the types of questions would give back a type that was emptied.
ValueKind kind_of(bool closed_or_text, const Cell& cell) {
  if (!closed_or_text || cell.tag != Cell::Tag::kText) return ValueKind::kOther;
  if (canonical(Vocabulary::kQuestionType, cell.view())) return ValueKind::kQuestionType;
  return is_closed_value(cell.view()) ? ValueKind::kOther : ValueKind::kText;
}

}  // namespace

std::span<const RareByNature> rare_by_nature() { return kRareByNature; }

bool needs_shared_values(const TableSchema& table, const FieldSpec& field) {
  const auto quasi = quasi_identifiers(table.id);
  return exception_of(field.name) == nullptr &&
         std::none_of(quasi.begin(), quasi.end(), [&](const QuasiIdentifier& one) { return one.name == field.name; });
}

bool holds_closed_or_text(const TableSchema& table, const FieldSpec& field) {
  return std::any_of(field_rules().begin(), field_rules().end(), [&](const FieldRule& rule) {
    return rule.table == table.id && rule.field == field.name && rule.action == RuleAction::kClosedOrText;
  });
}

SharedValues::SharedValues(TableId table) {
  const TableSchema& schema = table_schema(table);
  // Columns that are emptied together, by way of others too, are one family.
  std::vector<std::size_t> root(schema.fields.size());
  std::iota(root.begin(), root.end(), std::size_t{0});
  for (std::size_t place = 0; place < root.size(); ++place) {
    const std::string_view with = emptied_with(table, schema.fields[place].name);
    for (std::size_t other = 0; other < root.size(); ++other)
      if (const std::size_t from = root[other], to = root[place]; is_in(schema.fields[other].name, with))
        std::replace(root.begin(), root.end(), from, to);
  }
  std::map<std::size_t, std::size_t> family_of_root;
  for (std::size_t place = 0; place < schema.fields.size(); ++place) {
    const FieldSpec& field = schema.fields[place];
    const RareByNature* exception = exception_of(field.name);
    const bool is_measure = exception != nullptr && exception->is_measure;
    if (!is_measure && !needs_shared_values(schema, field)) continue;
    const bool closed_or_text = holds_closed_or_text(schema, field);
    if (field.type.kind == TypeKind::kList && !closed_or_text) {
      flags_.push_back({place, field.name, {}});
      continue;
    }
    const auto [family, is_new] = family_of_root.try_emplace(root[place], families_.size());
    if (is_new) families_.emplace_back();
    Family& into = families_[family->second];
    const Look look = is_measure ? Look::kMeasure : closed_or_text ? Look::kClosedOrText : Look::kValue;
    into.columns.push_back({place, look, {}});
    into.values.columns.emplace_back().name = field.name;
  }
  for (Family& family : families_) {
    auto& columns = family.values.columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string_view with = emptied_with(table, columns[i].name);
      for (std::size_t other = 0; other < columns.size(); ++other)
        if (other == i || is_in(columns[other].name, with)) columns[i].with |= std::uint32_t{1} << other;
      if (columns[i].name == "options_presented") family.values.telling = i;
      if (columns[i].name == "user_choice" || columns[i].name == "ai_suggestion") family.values.told_by.push_back(i);
    }
  }
  if (table == TableId::kDecisions) decision_type_ = column_of<TableId::kDecisions, "decision_type">();
}

std::string_view SharedValues::looked_at(Look look, const Cell& cell, std::string& bytes) {
  bytes.clear();
  switch (look) {
    case Look::kMeasure: return kMeasure;
    case Look::kClosedOrText: put_closed_or_text(cell, bytes); return bytes;
    case Look::kValue: break;
  }
  if (cell.tag == Cell::Tag::kText) return cell.view();
  std::array<char, sizeof(std::int64_t)> number{};
  return bytes = bytes_of(cell, number);
}

void SharedValues::begin_key(const Family& family, const LessSaid& less, PatternKey& key) {
  key.values.clear();
  key.group = family.values.telling && less.decision_type ? less.group + 1 : 0;
  key.hides_question_type = family.columns.size() > 1 && less.question_type;
}

const Pattern* SharedValues::pattern_of(const Family& family, ConstRow row, const LessSaid& less, Lookup& lookup) {
  begin_key(family, less, lookup.key);
  for (const Column& column : family.columns) {
    const Cell& cell = row[column.place];
    if (cell.is_null()) {
      lookup.key.values.push_back(0);
      continue;
    }
    const auto number = column.numbers.find(looked_at(column.look, cell, lookup.bytes));
    if (number == column.numbers.end()) return nullptr;
    lookup.key.values.push_back(number->second);
  }
  const auto found = family.values.patterns.find(lookup.key);
  return found == family.values.patterns.end() ? nullptr : &found->second;
}

void SharedValues::count(ConstRow row, std::uint32_t person, const LessSaid& less, std::uint64_t k) {
  const auto cells = static_cast<std::uint64_t>(
      std::count_if(row.begin(), row.end(), [](const Cell& cell) { return !cell.is_null(); }));
  Lookup lookup;
  PatternKey& key = lookup.key;
  for (Family& family : families_) {
    begin_key(family, less, key);
    for (std::size_t i = 0; i < family.columns.size(); ++i) {
      Column& column = family.columns[i];
      const Cell& cell = row[column.place];
      if (cell.is_null()) {
        key.values.push_back(0);
        continue;
      }
      const std::string_view value = looked_at(column.look, cell, lookup.bytes);
      auto number = column.numbers.find(value);
      if (number == column.numbers.end()) {
        PatternColumn& known = family.values.columns[i];
        number = column.numbers.emplace(value, static_cast<std::uint32_t>(known.values.size())).first;
        known.values.emplace_back(value);
        known.kinds.push_back(kind_of(column.look == Look::kClosedOrText, cell));
      }
      key.values.push_back(number->second);
    }
    Pattern& pattern = family.values.patterns[key];
    add(pattern.people, person, k);
    ++pattern.rows;
    pattern.cells += cells;
  }
  std::array<char, sizeof(std::int64_t)> number{};
  for (Flags& flags : flags_)
    for (const Cell& item : row[flags.place].children())
      add(flags.items[std::string(bytes_of(item, number))].people, person, k);
  if (decision_type_ && !row[*decision_type_].is_null())
    add(decision_types_[std::string(row[*decision_type_].view())].people, person, k);
}

bool SharedValues::decide(std::uint64_t k, std::uint64_t may_leave_out) {
  std::uint64_t left_out = 0;
  for (Family& family : families_) {
    left_out += family.values.decide(k, may_leave_out - std::min(left_out, may_leave_out));
    family.all_stays = std::none_of(family.values.patterns.begin(), family.values.patterns.end(),
                                    [](const auto& one) { return one.second.emptied != 0 || one.second.left_out; });
  }
  for (Flags& flags : flags_)
    for (auto& [bytes, item] : flags.items) item.is_shared = item.people.size() >= k;
  for (auto& [bytes, type] : decision_types_) type.is_shared = type.people.size() >= k;
  return left_out != 0;
}

bool SharedValues::leaves_out(ConstRow row, const LessSaid& less) const {
  Lookup lookup;
  return std::any_of(families_.begin(), families_.end(), [&](const Family& family) {
    if (family.all_stays) return false;
    const Pattern* pattern = pattern_of(family, row, less, lookup);
    return pattern != nullptr && pattern->left_out;
  });
}

std::uint32_t SharedValues::emptied_in(const Family& family, ConstRow row, const LessSaid& less, Lookup& lookup) {
  if (family.all_stays) return 0;
  const Pattern* pattern = pattern_of(family, row, less, lookup);
  std::uint32_t emptied = 0;
  for (std::size_t i = 0; i < family.columns.size(); ++i)
    if (!row[family.columns[i].place].is_null() && (pattern == nullptr || (pattern->emptied >> i & 1U) != 0))
      emptied |= std::uint32_t{1} << i;
  return emptied;
}

void SharedValues::empty_rare(Row row, const LessSaid& less, Arena& arena) const {
  Lookup lookup;
  for (const Family& family : families_) {
    const std::uint32_t emptied = emptied_in(family, row, less, lookup);
    for (std::size_t i = 0; i < family.columns.size(); ++i)
      if ((emptied >> i & 1U) != 0) row[family.columns[i].place] = Cell::null();
  }
  for (const Flags& flags : flags_) {
    Cell& cell = row[flags.place];
    if (cell.is_null()) continue;
    const auto items = arena.make<Cell>(cell.size);
    std::size_t kept = 0;
    for (const Cell& item : cell.children())
      if (is_shared(flags.items, item)) items[kept++] = item;
    cell = Cell::list(items.first(kept));
  }
}

bool SharedValues::is_shared(const Items& items, const Cell& item) {
  std::array<char, sizeof(std::int64_t)> number{};
  const auto found = items.find(bytes_of(item, number));
  return found != items.end() && found->second.is_shared;
}

std::vector<std::string_view> SharedValues::emptied_columns() const {
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const Family& family : families_)
    for (std::size_t i = 0; i < family.columns.size(); ++i)
      if (family.values.any_emptied(i)) found.emplace_back(family.columns[i].place, family.values.columns[i].name);
  for (const Flags& flags : flags_)
    if (std::any_of(flags.items.begin(), flags.items.end(), [](const auto& one) { return !one.second.is_shared; }))
      found.emplace_back(flags.place, flags.name);
  std::sort(found.begin(), found.end());
  std::vector<std::string_view> names;
  for (const auto& [place, name] : found) names.push_back(name);
  return names;
}

}  // namespace qf
