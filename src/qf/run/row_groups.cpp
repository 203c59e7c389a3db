#include "qf/run/row_groups.h"

#include <algorithm>
#include <functional>
#include <map>

#include "qf/core/digest.h"

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
    place.integer = quasi.name == "stage";
    places_.push_back(place);
  }
}

std::vector<QuasiValue> QuasiColumns::read(ConstRow row) const {
  std::vector<QuasiValue> values;
  for (const Place& place : places_) {
    Cell cell = row[place.column];
    if (place.member >= 0)
      cell = cell.tag == Cell::Tag::kStruct ? cell.children()[static_cast<std::size_t>(place.member)] : Cell::null();
    if (cell.is_null())
      values.emplace_back();
    else
      values.emplace_back(place.integer ? std::to_string(cell.integer) : std::string(cell.view()));
  }
  return values;
}

void QuasiColumns::write(const std::vector<QuasiValue>& values, Row row, Arena& arena) const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    // An integer has no level between itself and nothing: it stays, or goes.
    const auto said = [&](const Cell& before) {
      if (!values[i]) return Cell::null();
      return place.integer ? before : Cell::of(arena.copy(*values[i]));
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

}  // namespace

Result<RowGroups> RowGroups::make(StagedRun& staged, const AnonymityTerms& terms, std::uint64_t& dropped) {
  RowGroups made;
  made.group_of_.assign(staged.rows, kNoGroup);
  std::array<std::map<std::vector<QuasiValue>, std::uint32_t>, kTableCount> numbers;
  std::array<std::vector<RowGroup>, kTableCount> groups;
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  std::string bytes;
  Arena arena;
  for (const StagedRun::Project& project : staged.projects) {
    if (project.staged.blocks.empty()) continue;
    QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
    for (const StagedBlock& block : project.staged.blocks) {
      const auto table = static_cast<std::size_t>(block.table);
      QF_CHECK(reader.facts(block, entries, texts));
      QF_CHECK(reader.rows(block, bytes));
      std::string_view rest = bytes;
      const std::string session = project.name + '\0' + project.staged.sessions[block.session].id + '\0';
      for (const StagedEntry& entry : entries) {
        arena.clear();
        const Row row = arena.make<Cell>(table_schema(block.table).fields.size());
        StagedIds ids;
        QF_ASSIGN(const std::size_t taken, decode_staged_row(rest, arena, ids, row));
        rest.remove_prefix(taken);
        const std::uint64_t number = project.first_row + entry.number;
        if (staged.dropped.test(number)) continue;
        std::vector<QuasiValue> values = columns_of(block.table).read(row);
        const auto [place, is_new] =
            numbers[table].try_emplace(std::move(values), static_cast<std::uint32_t>(groups[table].size()));
        if (is_new) groups[table].push_back({place->first, 0, {}, {}, {}});
        RowGroup& group = groups[table][place->second];
        ++group.rows;
        group.people.insert(project.subject);
        group.sittings.insert(hash_of(session + std::to_string(ids.sitting)));
        if (const std::string choice = choice_of(block.table, row); !choice.empty())
          group.choices.insert(hash_of(choice));
        made.group_of_[number] = place->second;
      }
    }
  }
  for (const TableSchema& schema : tables()) {
    const auto table = static_cast<std::size_t>(schema.id);
    AnonymityTerms of_table = terms;
    if (schema.id != TableId::kDecisions) of_table.l = 0;
    Table& result = made.tables_[table];
    result.anonymised = anonymise(quasi_identifiers(schema.id), groups[table], of_table);
    for (const auto& values : result.anonymised.groups) {
      std::string said;
      if (values)
        for (const QuasiValue& value : *values)
          said += value ? std::to_string(value->size()) + ':' + *value : std::string("-");
      const Sha256Bytes digest = sha256(said);
      auto& kept = result.digests.emplace_back();
      std::copy_n(digest.begin(), kept.size(), kept.begin());
    }
  }
  for (const StagedRun::Project& project : staged.projects)
    for (const StagedBlock& block : project.staged.blocks) {
      const Table& table = made.tables_[static_cast<std::size_t>(block.table)];
      if (table.anonymised.left_out == 0) continue;
      QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
      QF_CHECK(reader.facts(block, entries, texts));
      for (const StagedEntry& entry : entries) {
        const std::uint64_t number = project.first_row + entry.number;
        const std::uint32_t group = made.group_of_[number];
        if (group == kNoGroup || table.anonymised.groups[group]) continue;
        staged.dropped.set(number);
        ++dropped;
      }
    }
  return made;
}

void RowGroups::generalise(TableId table, std::uint64_t number, Row row, Arena& arena) const {
  const Table& of_table = tables_[static_cast<std::size_t>(table)];
  const std::uint32_t group = group_of_[number];
  if (group != kNoGroup && of_table.anonymised.groups[group])
    columns_of(table).write(*of_table.anonymised.groups[group], row, arena);
}

const std::array<std::uint8_t, 16>& RowGroups::digest(TableId table, std::uint64_t number) const {
  static constexpr std::array<std::uint8_t, 16> kNothing{};
  const std::uint32_t group = group_of_[number];
  return group == kNoGroup ? kNothing : tables_[static_cast<std::size_t>(table)].digests[group];
}

}  // namespace qf
