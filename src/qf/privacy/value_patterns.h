// Which cells of columns that are emptied together may stay, decided over the combinations of their values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

enum class ValueKind : std::uint8_t { kNothing, kText, kQuestionType, kOther };

struct PatternColumn {
  std::string_view name;
  std::uint32_t with = 0;  // bits of the columns that are emptied with it, itself among them
  // By number; the first is nothing.
  std::vector<std::string> values{std::string()};
  std::vector<ValueKind> kinds{ValueKind::kNothing};
};

// Rows that say the same in all columns.
struct Pattern {
  std::set<std::uint32_t> people;  // not more than k
  std::uint64_t rows = 0;
  std::uint64_t cells = 0;    // of the rows, in all columns of their table, that say something
  std::uint32_t emptied = 0;  // bits of columns
  bool left_out = false;
};

struct PatternKey {
  std::vector<std::uint32_t> values;  // numbers, by column
  // Where a group hides the types of decisions: its number + 1. Options, choice and suggestion must not tell them.
  std::uint32_t group = 0;
  bool hides_question_type = false;  // then no value may be a question type
  auto operator<=>(const PatternKey&) const = default;
};

struct ValuePatterns {
  std::vector<PatternColumn> columns;
  std::map<PatternKey, Pattern> patterns;
  // Where a group hides the types of decisions: the column that tells them, and those that do where it says nothing.
  std::optional<std::size_t> telling;
  std::vector<std::size_t> told_by;

  // In each column, k people or none at all share each value, nothing among them. Gives how many rows are left out for
  // that, which are at most `may_leave_out`.
  std::uint64_t decide(std::uint64_t k, std::uint64_t may_leave_out);
  bool any_emptied(std::size_t column) const;
};

}  // namespace qf
