// Columns that are no quasi-identifiers: a value of theirs that too few people of a table have does not leave, and
// neither does what would give it back.
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
#include "qf/privacy/value_patterns.h"

namespace qf {

// A column whose values may be one person's all the same.
struct RareByNature {
  std::string_view column;  // in whichever table has it
  std::string_view reason;
  bool is_measure = false;  // hardly two values are equal; but that there is none may be one person's
};
std::span<const RareByNature> rare_by_nature();

// Every column of a table is a quasi-identifier, rare by nature, or one of these.
bool needs_shared_values(const TableSchema& table, const FieldSpec& field);
// Whether a column holds closed values, which are looked at one by one, or texts, which count as one value.
bool holds_closed_or_text(const TableSchema& table, const FieldSpec& field);

// What the published rows of a group say less than the log does of them: other columns must not give it back.
struct LessSaid {
  std::uint32_t group = 0;
  bool decision_type = false;
  bool question_type = false;
};

// The values of a table's columns by how many people have them. Nothing is a value like another.
class SharedValues {
 public:
  explicit SharedValues(TableId table);

  void count(ConstRow row, std::uint32_t person, const LessSaid& less, std::uint64_t k);
  // Which of the values are shared by k people: the others are emptied, and with them what says the same (see
  // emptied_together.h). Where fewer than k people then say nothing in a column, or never did, the least common of its
  // other values go too; or, where that loses more cells, their rows are left out, `may_leave_out` at most. Where there
  // are any, this gives true, leaves_out() tells which, and the rows that stay have to be counted anew.
  bool decide(std::uint64_t k, std::uint64_t may_leave_out = 0);
  bool leaves_out(ConstRow row, const LessSaid& less) const;
  bool all_shared() const { return emptied_columns().empty(); }
  // Empties the cells of the row that are not shared; of a list of flags, takes out such items.
  void empty_rare(Row row, const LessSaid& less, Arena& arena) const;
  // Whether enough people have a decision type: rows name those of earlier decisions too.
  bool is_shared(const Cell& decision_type) const { return is_shared(decision_types_, decision_type); }
  // Columns in which something is emptied.
  std::vector<std::string_view> emptied_columns() const;

 private:
  enum class Look : std::uint8_t { kValue, kClosedOrText, kMeasure };
  struct Column {
    std::size_t place = 0;
    Look look = Look::kValue;
    // By the value's bytes: of two values under one hash, each would pass for shared where only both are.
    std::map<std::string, std::uint32_t, std::less<>> numbers;
  };
  // Columns that are emptied together; most are alone.
  struct Family {
    std::vector<Column> columns;
    ValuePatterns values;
    bool all_stays = true;
  };
  struct Item {
    std::set<std::uint32_t> people;  // not more than k
    bool is_shared = true;
  };
  using Items = std::map<std::string, Item, std::less<>>;
  // Of a list of flags the items are looked at: one that goes leaves no hole.
  struct Flags {
    std::size_t place = 0;
    std::string_view name;
    Items items;
  };
  // The value of a cell that says something, as it is looked at; it may lie in `bytes`.
  static std::string_view looked_at(Look look, const Cell& cell, std::string& bytes);
  // What is used again from family to family.
  struct Lookup {
    PatternKey key;
    std::string bytes;
  };
  static void begin_key(const Family& family, const LessSaid& less, PatternKey& key);
  static const Pattern* pattern_of(const Family& family, ConstRow row, const LessSaid& less, Lookup& lookup);
  // Bits of its columns.
  static std::uint32_t emptied_in(const Family& family, ConstRow row, const LessSaid& less, Lookup& lookup);
  static bool is_shared(const Items& items, const Cell& item);

  std::vector<Family> families_;
  std::vector<Flags> flags_;
  Items decision_types_;  // of decisions
  std::optional<std::size_t> decision_type_;
};

}  // namespace qf
