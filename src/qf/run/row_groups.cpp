#include "qf/run/row_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "qf/run/settled_row.h"

namespace qf {
namespace {

// Where a group's number is not known: rows that are dropped before.
constexpr std::uint32_t kNoGroup = ~std::uint32_t{0};

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

// What was chosen, for the number of different choices in a group; "" where the row has none.
std::string choice_of(TableId table, ConstRow row) {
  if (table != TableId::kDecisions) return {};
  const Cell& label = row[column_of<TableId::kDecisions, "user_choice_label">()];
  if (!label.is_null()) return std::string(label.view());
  const Cell& index = row[column_of<TableId::kDecisions, "user_choice_index">()];
  if (!index.is_null()) return std::to_string(index.integer);
  return std::string(row[column_of<TableId::kDecisions, "outcome">()].view());
}

std::size_t column_named(const TableSchema& table, std::string_view name) {
  const auto found = std::find_if(table.fields.begin(), table.fields.end(),
                                  [&](const FieldSpec& field) { return field.name == name; });
  return static_cast<std::size_t>(found - table.fields.begin());
}

}  // namespace

QuasiColumns::QuasiColumns(TableId table) {
  const TableSchema& schema = table_schema(table);
  for (const QuasiIdentifier& quasi : quasi_identifiers(table)) {
    Place place;
    place.column = column_named(schema, quasi.name);
    // Of a decision, module and stage stand in the context.
    if (place.column == schema.fields.size()) {
      place.column = column_named(schema, "context");
      place.member = quasi.name == "module" ? 0 : 1;
    }
    places_.push_back(place);
  }
}

std::vector<QuasiValue> QuasiColumns::read(ConstRow row) const {
  std::vector<QuasiValue> values;
  for (const Place& place : places_) {
    Cell cell = row[place.column];
    if (place.member >= 0)
      cell = cell.tag == Cell::Tag::kStruct ? cell.children()[static_cast<std::size_t>(place.member)] : Cell::null();
    switch (cell.tag) {
      case Cell::Tag::kText: values.emplace_back(std::string(cell.view())); break;
      case Cell::Tag::kInt: values.emplace_back(std::to_string(cell.integer)); break;
      case Cell::Tag::kDouble: values.emplace_back(fmt::format("{}", cell.real)); break;
      default: values.emplace_back(); break;
    }
  }
  return values;
}

void QuasiColumns::write(const std::vector<QuasiValue>& values, Row row, Arena& arena) const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    // A number has no level between itself and nothing: it stays, or goes.
    const auto said = [&](const Cell& before) {
      if (!values[i]) return Cell::null();
      return before.tag == Cell::Tag::kText ? Cell::of(arena.copy(*values[i])) : before;
    };
    Cell& cell = row[place.column];
    if (place.member < 0) {
      cell = said(cell);
    } else if (cell.tag == Cell::Tag::kStruct) {
      const auto members = arena.make<Cell>(cell.size);
      std::copy(cell.children().begin(), cell.children().end(), members.begin());
      Cell& member = members[static_cast<std::size_t>(place.member)];
      member = said(member);
      cell = Cell::structure(members);
    }
  }
}

namespace {

const QuasiColumns& columns_of(TableId table) {
  static const std::array<QuasiColumns, kTableCount> columns = {
      QuasiColumns(TableId::kDecisions), QuasiColumns(TableId::kCorrections), QuasiColumns(TableId::kQuestions)};
  return columns[static_cast<std::size_t>(table)];
}

// Calls `each` with every row that is not dropped, as it was staged: its project, block, ids and number within the run.
template <class Each>
Status for_each_staged_row(const StagedRun& staged, Each each) {
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  std::string bytes;
  Arena arena;
  for (const StagedRun::Project& project : staged.projects) {
    if (project.staged.blocks.empty()) continue;
    QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
    for (const StagedBlock& block : project.staged.blocks) {
      QF_CHECK(reader.facts(block, entries, texts));
      QF_CHECK(reader.rows(block, bytes));
      const LateColumns late = late_columns_of(block.table);
      const auto hand_on = [&](Row row, const StagedEntry& entry, const StagedIds& ids) -> Status {
        const std::uint64_t number = project.first_row + entry.number;
        if (staged.dropped.test(number)) return {};
        if (staged.replaced.test(number)) row[late.is_final] = Cell::of(false);
        each(project, block, ids, number, row);
        return {};
      };
      QF_CHECK(for_each_row_of(block, entries, bytes, arena, hand_on));
    }
  }
  return {};
}

// Of earlier decisions a row names the types: those that too few people have, it does not.
template <class Say>
void name_earlier_types(Row row, Arena& arena, Say may_say) {
  Cell& context = row[column_of<TableId::kDecisions, "context">()];
  if (context.tag != Cell::Tag::kStruct || context.size != 3 || context.children()[2].is_null()) return;
  const auto members = arena.make<Cell>(context.size);
  std::copy(context.children().begin(), context.children().end(), members.begin());
  const auto earlier = arena.make<Cell>(members[2].size);
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const auto said = members[2].children()[i].children();
    const auto shown = arena.make<Cell>(said.size());
    std::copy(said.begin(), said.end(), shown.begin());
    if (!shown[0].is_null() && !may_say(shown[0])) shown[0] = Cell::null();
    earlier[i] = Cell::structure(shown);
  }
  members[2] = Cell::list(earlier);
  context = Cell::structure(members);
}

// The confidence is the rule's: it says the rule where that is emptied.
void empty_what_the_rule_says(TableId table, Row row) {
  const bool decides = table == TableId::kDecisions;
  const std::size_t rule =
      decides ? column_of<TableId::kDecisions, "link_rule">() : column_of<TableId::kCorrections, "link_rule">();
  const std::size_t confidence = decides ? column_of<TableId::kDecisions, "link_confidence">()
                                         : column_of<TableId::kCorrections, "link_confidence">();
  if (row[rule].is_null()) row[confidence] = Cell::null();
}

// By class: which types its groups have and its rows do not say, or less exactly.
std::vector<LessSaid> less_said(TableId table, const std::vector<RowGroup>& groups, const Anonymised& anonymised,
                                const std::vector<std::uint32_t>& classes, std::size_t count) {
  std::vector<LessSaid> less(count);
  const auto quasi = quasi_identifiers(table);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!anonymised.groups[g]) continue;
    LessSaid& one = less[classes[g]];
    one.group = classes[g];
    for (std::size_t column = 0; column < quasi.size(); ++column) {
      if ((*anonymised.groups[g])[column] == groups[g].values[column]) continue;
      one.decision_type = one.decision_type || quasi[column].name == "decision_type";
      one.question_type = one.question_type || quasi[column].name == "question_type";
    }
  }
  return less;
}

}  // namespace

Status RowGroups::group(const StagedRun& staged, const AnonymityTerms& terms) {
  group_of_.assign(staged.rows, kNoGroup);
  std::array<std::map<std::vector<QuasiValue>, std::uint32_t>, kTableCount> numbers;
  std::array<std::vector<RowGroup>, kTableCount> groups;
  QF_CHECK(for_each_staged_row(staged, [&](const StagedRun::Project& project, const StagedBlock& block,
                                           const StagedIds& ids, std::uint64_t number, ConstRow row) {
    const auto table = static_cast<std::size_t>(block.table);
    const auto [place, is_new] =
        numbers[table].try_emplace(columns_of(block.table).read(row), static_cast<std::uint32_t>(groups[table].size()));
    if (is_new) groups[table].push_back({place->first, 0, {}, {}, {}});
    RowGroup& group = groups[table][place->second];
    ++group.rows;
    group.people.insert(project.subject);
    group.sittings.insert(
        hash_of(project.name + '\0' + project.staged.sessions[block.session].id + '\0' + std::to_string(ids.sitting)));
    if (const std::string choice = choice_of(block.table, row); !choice.empty()) group.choices.insert(hash_of(choice));
    group_of_[number] = place->second;
  }));
  for (const TableSchema& schema : tables()) {
    Table& table = tables_[static_cast<std::size_t>(schema.id)];
    table = Table(schema.id);
    AnonymityTerms of_table = terms;
    if (schema.id != TableId::kDecisions) of_table.l = 0;
    table.anonymised = anonymise(quasi_identifiers(schema.id), groups[static_cast<std::size_t>(schema.id)], of_table);
    std::map<std::vector<QuasiValue>, std::uint32_t> classes;
    for (const auto& values : table.anonymised.groups)
      table.classes.push_back(
          values ? classes.try_emplace(*values, static_cast<std::uint32_t>(classes.size())).first->second : kNoGroup);
    table.less = less_said(schema.id, groups[static_cast<std::size_t>(schema.id)], table.anonymised, table.classes,
                           classes.size());
  }
  return {};
}

void RowGroups::drop(StagedRun& staged, TableId table, std::uint64_t number) {
  staged.dropped.set(number);
  group_of_[number] = kNoGroup;
  ++left_out_[static_cast<std::size_t>(table)];
}

Status RowGroups::count_values(StagedRun& staged, const AnonymityTerms& terms) {
  return for_each_staged_row(staged, [&](const StagedRun::Project& project, const StagedBlock& block, const StagedIds&,
                                         std::uint64_t number, ConstRow row) {
    Table& table = tables_[static_cast<std::size_t>(block.table)];
    const std::uint32_t group = group_of_[number];
    if (table.anonymised.groups[group])
      table.shared.count(row, project.subject, less_of(table, group), terms.k);
    else
      drop(staged, block.table, number);
  });
}

Result<bool> RowGroups::leave_out_rare(StagedRun& staged, const AnonymityTerms& terms, bool may_leave_out) {
  bool any = false;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    Table& table = tables_[i];
    const std::uint64_t most = table.anonymised.most_left_out, rest = most - std::min(most, left_out_[i]);
    any = table.shared.decide(terms.k, may_leave_out ? rest : 0) || any;
    table.anonymised.rare_values_in = table.shared.emptied_columns();
  }
  if (!any) return false;
  QF_CHECK(for_each_staged_row(staged, [&](const StagedRun::Project&, const StagedBlock& block, const StagedIds&,
                                           std::uint64_t number, ConstRow row) {
    const Table& table = tables_[static_cast<std::size_t>(block.table)];
    if (table.shared.leaves_out(row, less_of(table, group_of_[number]))) drop(staged, block.table, number);
  }));
  return true;
}

Status RowGroups::show(const StagedRun& staged, TextTies& ties) const {
  Arena arena;
  return for_each_staged_row(staged, [&](const StagedRun::Project& project, const StagedBlock& block, const StagedIds&,
                                         std::uint64_t number, Row row) {
    arena.clear();
    generalise(block.table, number, row, arena);
    ties.add(block.table, row, project.subject, number);
  });
}

Status RowGroups::decide(StagedRun& staged, const AnonymityTerms& terms, int rounds_that_leave_out) {
  std::array<std::uint64_t, kTableCount> people{};
  for (int round = 0;; ++round) {
    QF_CHECK(group(staged, terms));
    for (std::size_t table = 0; table < kTableCount; ++table)
      people[table] = std::max(people[table], tables_[table].anonymised.people);
    QF_CHECK(count_values(staged, terms));
    QF_ASSIGN(const bool again, leave_out_rare(staged, terms, round < rounds_that_leave_out));
    if (!again) break;
  }
  for (std::size_t table = 0; table < kTableCount; ++table) {
    Anonymised& facts = tables_[table].anonymised;
    facts.people_before = people[table];
    facts.rows += left_out_[table] - facts.left_out;  // those of the last round are in both
    facts.left_out = left_out_[table];
    facts.most_left_out = static_cast<std::uint64_t>(std::floor(static_cast<double>(facts.rows) * terms.most_left_out));
  }
  return {};
}

Result<RowGroups> RowGroups::make(StagedRun& staged, const AnonymityTerms& terms, std::uint64_t& dropped,
                                  TextTies* ties) {
  // Who is left when rows are left out may be too few for a group, or for a value: then all is looked at again.
  constexpr int kRoundsThatLeaveOut = 3;
  const RowBits dropped_before = staged.dropped;
  RowGroups made;
  QF_CHECK(made.decide(staged, terms, kRoundsThatLeaveOut));
  const bool too_many = std::any_of(made.tables_.begin(), made.tables_.end(), [](const Table& table) {
    return table.anonymised.left_out > table.anonymised.most_left_out;
  });
  if (too_many) {  // then none for what they do not say
    staged.dropped = dropped_before;
    made = RowGroups();
    QF_CHECK(made.decide(staged, terms, 0));
  }
  for (const Table& table : made.tables_) dropped += table.anonymised.left_out;
  if (ties != nullptr) QF_CHECK(made.show(staged, *ties));
  return made;
}

void RowGroups::generalise(TableId table, std::uint64_t number, Row row, Arena& arena) const {
  const Table& of_table = tables_[static_cast<std::size_t>(table)];
  const std::uint32_t group = group_of_[number];
  if (group == kNoGroup) return;  // a trial also shows rows that do not leave
  columns_of(table).write(*of_table.anonymised.groups[group], row, arena);
  of_table.shared.empty_rare(row, less_of(of_table, group), arena);
  if (table != TableId::kQuestions) empty_what_the_rule_says(table, row);
  if (table == TableId::kDecisions)
    name_earlier_types(row, arena, [&](const Cell& type) { return of_table.shared.is_shared(type); });
}

std::uint32_t RowGroups::class_of(TableId table, std::uint64_t number) const {
  const Table& of_table = tables_[static_cast<std::size_t>(table)];
  return of_table.classes[group_of_[number]];
}

}  // namespace qf
