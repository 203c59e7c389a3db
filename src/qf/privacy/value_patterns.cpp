#include "qf/privacy/value_patterns.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace qf {
namespace {

using Entry = std::pair<const PatternKey, Pattern>;

// One value of a column, or nothing: who has it where.
struct Sharing {
  std::set<std::uint32_t> people;  // not more than k
  std::uint64_t rows = 0;
  std::vector<Entry*> entries;

  void add(Entry& entry, std::uint64_t k) {
    for (const std::uint32_t person : entry.second.people)
      if (people.size() < k) people.insert(person);
    rows += entry.second.rows;
    entries.push_back(&entry);
  }
  void add(const Sharing& other, std::uint64_t k) {
    for (Entry* entry : other.entries) add(*entry, k);
  }
};

class Decision {
 public:
  Decision(ValuePatterns& of, std::uint64_t k, std::uint64_t may_leave_out)
      : of_(of), k_(k), may_leave_out_(may_leave_out) {}

  std::uint64_t run() {
    std::vector<Entry*> all;
    std::map<std::uint32_t, std::vector<Entry*>> groups;
    for (Entry& entry : of_.patterns) {
      all.push_back(&entry);
      if (entry.first.group != 0) groups[entry.first.group].push_back(&entry);
      if (entry.first.hides_question_type)
        for (std::size_t column = 0; column < of_.columns.size(); ++column)
          if (kind_of(entry, column) == ValueKind::kQuestionType) empty(entry, column);
    }
    do {
      changed_ = false;
      if (of_.telling)
        for (auto& [number, entries] : groups) hide_types(entries);
      for (std::size_t column = 0; column < of_.columns.size(); ++column) share(column, all, true);
    } while (changed_);
    return left_out_;
  }

 private:
  std::uint32_t said(const Entry& entry, std::size_t column) const {
    return (entry.second.emptied >> column & 1U) != 0 ? 0 : entry.first.values[column];
  }
  ValueKind kind_of(const Entry& entry, std::size_t column) const {
    return of_.columns[column].kinds[said(entry, column)];
  }
  void empty(Entry& entry, std::size_t column) {
    changed_ = changed_ || said(entry, column) != 0;
    entry.second.emptied |= of_.columns[column].with;
  }
  void empty(const Sharing& sharing, std::size_t column) {
    for (Entry* entry : sharing.entries) empty(*entry, column);
  }
  // How many cells go where a column is emptied.
  std::uint64_t cells_lost(const Sharing& sharing, std::size_t column) const {
    std::uint64_t cells = 0;
    for (const Entry* entry : sharing.entries) {
      std::uint64_t in_row = 0;
      for (std::size_t other = 0; other < of_.columns.size(); ++other)
        if ((of_.columns[column].with >> other & 1U) != 0 && said(*entry, other) != 0) ++in_row;
      cells += in_row * entry->second.rows;
    }
    return cells;
  }

  void share(std::size_t column, const std::vector<Entry*>& entries, bool in_whole_table) {
    std::map<std::uint32_t, Sharing> values;
    Sharing silent;
    for (Entry* entry : entries) {
      if (entry->second.left_out) continue;
      const std::uint32_t value = said(*entry, column);
      (value == 0 ? silent : values[value]).add(*entry, k_);
    }
    std::vector<std::pair<const std::string*, const Sharing*>> common;
    for (const auto& [value, sharing] : values)
      if (sharing.people.size() < k_) {
        empty(sharing, column);
        silent.add(sharing, k_);
      } else {
        common.emplace_back(&of_.columns[column].values[value], &sharing);
      }
    if (silent.entries.empty() || silent.people.size() >= k_) return;
    std::sort(common.begin(), common.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second->rows, *a.first) < std::pair(b.second->rows, *b.first);
    });
    std::uint64_t emptied = 0, left_out = 0;
    std::size_t gone = 0;
    for (Sharing joined = silent; gone < common.size() && joined.people.size() < k_; ++gone) {
      emptied += cells_lost(*common[gone].second, column);
      joined.add(*common[gone].second, k_);
    }
    for (const Entry* entry : silent.entries) left_out += entry->second.cells;
    if (in_whole_table && left_out < emptied && left_out_ + silent.rows <= may_leave_out_) {
      for (Entry* entry : silent.entries) entry->second.left_out = true;
      left_out_ += silent.rows;
      changed_ = true;
      return;
    }
    for (std::size_t i = 0; i < gone; ++i) empty(*common[i].second, column);
  }

  // Within a group that hides the types of decisions: what tells them is shared by k people, or goes.
  void hide_types(const std::vector<Entry*>& entries) {
    share(*of_.telling, entries, false);
    for (Entry* entry : entries)
      if (said(*entry, *of_.telling) == 0)
        for (const std::size_t column : of_.told_by)
          if (const ValueKind kind = kind_of(*entry, column); kind != ValueKind::kNothing && kind != ValueKind::kText)
            empty(*entry, column);
  }

  ValuePatterns& of_;
  std::uint64_t k_, may_leave_out_, left_out_ = 0;  // the latter of rows
  bool changed_ = false;
};

}  // namespace

std::uint64_t ValuePatterns::decide(std::uint64_t k, std::uint64_t may_leave_out) {
  return Decision(*this, k, may_leave_out).run();
}

bool ValuePatterns::any_emptied(std::size_t column) const {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& entry) {
    return (entry.second.emptied >> column & 1U) != 0 && entry.first.values[column] != 0;
  });
}

}  // namespace qf
