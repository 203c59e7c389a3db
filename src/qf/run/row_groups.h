// The staged rows by their quasi-identifiers, and what becomes of those before they are written.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/privacy/anonymity.h"
#include "qf/privacy/shared_values.h"
#include "qf/run/staging.h"
#include "qf/run/text_ties.h"

namespace qf {

// The columns that hold a table's quasi_identifiers(), in their order.
class QuasiColumns {
 public:
  explicit QuasiColumns(TableId table);

  // The values of a row.
  std::vector<QuasiValue> read(ConstRow row) const;
  // Puts values in their place; the row's memory is the arena's.
  void write(const std::vector<QuasiValue>& values, Row row, Arena& arena) const;

 private:
  struct Place {
    std::size_t column = 0;
    int member = -1;  // of the struct in the column; -1: the column itself
  };
  std::vector<Place> places_;
};

// What anonymise() and the other columns' values decided, by row.
class RowGroups {
 public:
  // Reads the staged rows that are not dropped and generalises; rows in too small groups are dropped, and those that
  // say nothing where too few do and emptying more would lose more. `dropped` receives how many. `ties`, where it is
  // wanted, is shown the rows as they are published.
  static Result<RowGroups> make(StagedRun& staged, const AnonymityTerms& terms, std::uint64_t& dropped,
                                TextTies* ties = nullptr);

  // Puts into a row what it may say. `number` is the row's within the run.
  void generalise(TableId table, std::uint64_t number, Row row, Arena& arena) const;
  // The number of a row's class: rows of a table that agree in all quasi-identifiers as they are published.
  std::uint32_t class_of(TableId table, std::uint64_t number) const;

  const Anonymised& of(TableId table) const { return tables_[static_cast<std::size_t>(table)].anonymised; }

 private:
  struct Table {
    explicit Table(TableId table) : shared(table) {}
    Anonymised anonymised;
    std::vector<std::uint32_t> classes;  // by group
    std::vector<LessSaid> less;          // by class
    SharedValues shared;
  };
  RowGroups() = default;
  // Groups, drops and counts, and anew where rows were left out; not more often than that.
  Status decide(StagedRun& staged, const AnonymityTerms& terms, int rounds_that_leave_out);
  Status group(const StagedRun& staged, const AnonymityTerms& terms);
  // Drops the rows in too small groups, and counts the values of the others.
  Status count_values(StagedRun& staged, const AnonymityTerms& terms);
  // Drops the rows that say nothing where too few do, and gives whether there were any.
  Result<bool> leave_out_rare(StagedRun& staged, const AnonymityTerms& terms, bool may_leave_out);
  Status show(const StagedRun& staged, TextTies& ties) const;
  void drop(StagedRun& staged, TableId table, std::uint64_t number);
  const LessSaid& less_of(const Table& table, std::uint32_t group) const { return table.less[table.classes[group]]; }

  std::array<std::uint64_t, kTableCount> left_out_{};  // rows
  std::vector<std::uint32_t> group_of_;                // by row
  std::array<Table, kTableCount> tables_{Table(TableId::kDecisions), Table(TableId::kCorrections),
                                         Table(TableId::kQuestions)};
};

}  // namespace qf
