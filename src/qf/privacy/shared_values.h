// Columns that are no quasi-identifiers: a value of theirs that too few people of a table have does not leave.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/arena.h"
#include "qf/core/record.h"
#include "qf/core/schema.h"

namespace qf {

// A column whose values may be one person's all the same.
struct RareByNature {
  std::string_view column;  // in whichever table has it
  std::string_view reason;
};
std::span<const RareByNature> rare_by_nature();

// Every column of a table is a quasi-identifier, rare by nature, or one of these.
bool needs_shared_values(const TableSchema& table, const FieldSpec& field);

// The values of a table's columns by how many people have them.
class SharedValues {
 public:
  explicit SharedValues(TableId table);

  void count(ConstRow row, std::uint32_t person, std::uint64_t k);
  // Which of the values are shared by k people. Where some are not, those who say nothing in the column after it, and
  // those who never did, have to be k people too: else the least shared of the other values goes as well.
  void decide(std::uint64_t k);
  bool all_shared() const;
  // Which cells of the row, and which items of its lists, are not shared, as a hash; 0 where all are. Their values are
  // in the row's own digest already. It is kept with the row: equal for every standard library.
  std::uint64_t rare_in(ConstRow row) const;
  // Empties that; of a list, takes out its items.
  void empty_rare(Row row, Arena& arena) const;
  // Whether enough people have a decision type: rows name those of earlier decisions too.
  bool is_shared(const Cell& decision_type) const;
  // Columns in which something is emptied.
  std::vector<std::string_view> emptied_columns() const;

 private:
  struct Value {
    std::set<std::uint32_t> people;  // not more than k
    std::uint64_t rows = 0;
    bool is_shared = true;
  };
  // By the value's bytes: of two values under one hash, each would pass for shared where only both are.
  using Values = std::map<std::string, Value, std::less<>>;
  struct Column {
    std::size_t place = 0;
    std::string_view name;
    Values values;
    std::set<std::uint32_t> silent;  // people with rows that say nothing there; not more than k
    bool any_rare = false;
  };
  void decide(Column& column, std::uint64_t k) const;
  bool is_rare(const Column& column, const Cell& value) const;

  TableId table_;
  std::vector<Column> columns_;
  Values decision_types_;  // of decisions
  std::optional<std::size_t> decision_type_;
};

}  // namespace qf
