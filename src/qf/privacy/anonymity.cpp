#include "qf/privacy/anonymity.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace qf {
namespace {

using Levels = std::vector<int>;

// A set that is exact below its cap and only "enough" from there on. Two such sets unite to one: if either is full, so
// is the union, and if neither is, both are whole.
template <class T>
class CappedSet {
 public:
  void add(const std::set<T>& other, std::size_t cap) {
    for (const T& one : other) {
      if (kept_.size() >= cap) return;
      const auto place = std::lower_bound(kept_.begin(), kept_.end(), one);
      if (place == kept_.end() || *place != one) kept_.insert(place, one);
    }
  }
  std::size_t size() const { return kept_.size(); }

 private:
  std::vector<T> kept_;
};

// Groups by number: for each quasi-identifier and level, what number the value of a group has there.
class Codes {
 public:
  Codes(std::span<const QuasiIdentifier> quasi, std::span<const RowGroup> groups) : codes_(quasi.size()) {
    for (std::size_t q = 0; q < quasi.size(); ++q) {
      codes_[q].resize(static_cast<std::size_t>(quasi[q].levels) + 1);
      for (int level = 0; level <= quasi[q].levels; ++level) {
        std::map<QuasiValue, std::uint32_t> numbers;
        auto& of_level = codes_[q][static_cast<std::size_t>(level)];
        for (const RowGroup& group : groups) {
          const QuasiValue value = generalised(quasi[q], group.values[q], level);
          of_level.push_back(numbers.try_emplace(value, static_cast<std::uint32_t>(numbers.size())).first->second);
        }
      }
    }
  }
  std::uint32_t of(std::size_t quasi, int level, std::size_t group) const {
    return codes_[quasi][static_cast<std::size_t>(level)][group];
  }

 private:
  std::vector<std::vector<std::vector<std::uint32_t>>> codes_;  // quasi-identifier, level, group
};

// Entropy in bits of a quasi-identifier at a level, over rows.
double entropy(const Codes& codes, std::size_t quasi, int level, std::span<const RowGroup> groups) {
  std::map<std::uint32_t, double> rows;
  double total = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    rows[codes.of(quasi, level, g)] += static_cast<double>(groups[g].rows);
    total += static_cast<double>(groups[g].rows);
  }
  double bits = 0;
  for (const auto& [code, count] : rows) bits -= count / total * std::log2(count / total);
  return bits;
}

bool is_large(const AnonymityTerms& terms, std::size_t people, std::size_t sittings, std::size_t choices) {
  return people >= terms.k && sittings >= terms.sittings && choices >= terms.l;
}

class Search {
 public:
  Search(std::span<const QuasiIdentifier> quasi, std::span<const RowGroup> groups, const AnonymityTerms& terms)
      : quasi_(quasi), groups_(groups), terms_(terms), codes_(quasi, groups) {
    for (const RowGroup& group : groups) rows_ += group.rows;
    for (std::size_t q = 0; q < quasi.size(); ++q) {
      const double whole = entropy(codes_, q, 0, groups);
      std::vector<double> kept;
      for (int level = 0; level <= quasi[q].levels; ++level)
        kept.push_back(whole == 0 ? 1 : entropy(codes_, q, level, groups) / whole);
      retained_.push_back(std::move(kept));
    }
  }

  std::uint64_t allowed() const {
    return static_cast<std::uint64_t>(std::floor(static_cast<double>(rows_) * terms_.most_left_out));
  }
  double retained(std::size_t quasi, int level) const { return retained_[quasi][static_cast<std::size_t>(level)]; }

  // Which groups are in too small a class at these levels.
  std::vector<bool> small(const Levels& levels) const {
    struct Class {
      CappedSet<std::uint32_t> people;
      CappedSet<std::uint64_t> sittings, choices;
    };
    std::map<std::vector<std::uint32_t>, Class> classes;
    std::vector<const Class*> of_group;
    std::vector<std::uint32_t> key(quasi_.size());
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      for (std::size_t q = 0; q < quasi_.size(); ++q) key[q] = codes_.of(q, levels[q], g);
      Class& one = classes[key];
      one.people.add(groups_[g].people, terms_.k);
      one.sittings.add(groups_[g].sittings, terms_.sittings);
      one.choices.add(groups_[g].choices, terms_.l);
      of_group.push_back(&one);
    }
    std::vector<bool> small;
    for (const Class* one : of_group)
      small.push_back(!is_large(terms_, one->people.size(), one->sittings.size(), one->choices.size()));
    return small;
  }

  // Goes through the lattice in the order of its levels. A class only grows on the way up, so whatever lies above a
  // generalisation that is enough keeps less and need not be looked at.
  Levels best() const {
    Levels levels(quasi_.size(), 0), best;
    std::vector<Levels> enough;
    double best_kept = -1;
    do {
      const bool above = std::any_of(enough.begin(), enough.end(), [&](const Levels& lower) {
        return std::equal(lower.begin(), lower.end(), levels.begin(), [](int a, int b) { return a <= b; });
      });
      if (above) continue;
      double kept = 0;
      for (std::size_t q = 0; q < quasi_.size(); ++q) kept += quasi_[q].weight * retained(q, levels[q]);
      if (kept <= best_kept + 1e-12) continue;
      if (rows_small(levels) > allowed()) continue;
      enough.push_back(levels);
      best_kept = kept;
      best = levels;
    } while (next(levels));
    if (best.empty())
      for (const QuasiIdentifier& one : quasi_) best.push_back(one.levels);
    return best;
  }

 private:
  bool next(Levels& levels) const {
    for (std::size_t q = levels.size(); q-- > 0;) {
      if (levels[q] < quasi_[q].levels) {
        ++levels[q];
        return true;
      }
      levels[q] = 0;
    }
    return false;
  }
  std::uint64_t rows_small(const Levels& levels) const {
    const std::vector<bool> too_small = small(levels);
    std::uint64_t rows = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (too_small[g]) rows += groups_[g].rows;
    return rows;
  }

  std::span<const QuasiIdentifier> quasi_;
  std::span<const RowGroup> groups_;
  const AnonymityTerms& terms_;
  Codes codes_;
  std::vector<std::vector<double>> retained_;
  std::uint64_t rows_ = 0;
};

struct Class {
  std::uint64_t rows = 0;
  std::set<std::uint32_t> people;
  std::set<std::uint64_t> sittings, choices;
  std::vector<std::size_t> groups;

  void add(const RowGroup& group, std::size_t number) {
    rows += group.rows;
    people.insert(group.people.begin(), group.people.end());
    sittings.insert(group.sittings.begin(), group.sittings.end());
    choices.insert(group.choices.begin(), group.choices.end());
    groups.push_back(number);
  }
};
using Classes = std::map<std::vector<QuasiValue>, Class>;

// People whose set of classes nobody else has.
std::uint64_t unique_profiles(const Classes& classes) {
  std::map<std::uint32_t, std::vector<std::size_t>> profiles;
  std::size_t number = 0;
  for (const auto& [values, one] : classes) {
    for (const std::uint32_t person : one.people) profiles[person].push_back(number);
    ++number;
  }
  std::map<std::vector<std::size_t>, std::uint64_t> people;
  for (const auto& [person, profile] : profiles) ++people[profile];
  return static_cast<std::uint64_t>(
      std::count_if(people.begin(), people.end(), [](const auto& one) { return one.second == 1; }));
}

std::uint64_t rows_of_one_person(const Classes& classes) {
  std::uint64_t rows = 0;
  for (const auto& [values, one] : classes)
    if (one.people.size() == 1) rows += one.rows;
  return rows;
}

}  // namespace

Anonymised anonymise(std::span<const QuasiIdentifier> quasi, std::span<const RowGroup> groups,
                     const AnonymityTerms& terms) {
  Anonymised result;
  result.groups.resize(groups.size());
  const Search search(quasi, groups, terms);
  const Levels levels = search.best();
  for (std::size_t q = 0; q < quasi.size(); ++q)
    result.columns.push_back({quasi[q].name, levels[q], quasi[q].levels, search.retained(q, levels[q])});
  result.most_left_out = search.allowed();

  Classes before;
  std::set<std::uint32_t> people;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    before[groups[g].values].add(groups[g], g);
    people.insert(groups[g].people.begin(), groups[g].people.end());
    result.rows += groups[g].rows;
  }
  result.people = people.size();
  result.unique_before = rows_of_one_person(before);
  result.profiles_before = unique_profiles(before);

  // Generalised alike for the whole table; then, of what is in too small a class, one value after the other is
  // suppressed until the rows that are left over are enough by themselves.
  std::vector<std::vector<QuasiValue>> values(groups.size());
  std::vector<bool> open = search.small(levels);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t q = 0; q < quasi.size(); ++q)
      values[g].push_back(generalised(quasi[q], groups[g].values[q], levels[q]));
    if (!open[g]) result.groups[g] = values[g];
  }
  for (std::size_t step = 0; step < quasi.size(); ++step) {
    Classes left;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (!open[g]) continue;
      values[g][step] = std::nullopt;
      left[values[g]].add(groups[g], g);
    }
    for (const auto& [key, one] : left) {
      if (!is_large(terms, one.people.size(), one.sittings.size(), one.choices.size())) continue;
      result.locally_suppressed += one.rows;
      for (const std::size_t g : one.groups) {
        open[g] = false;
        result.groups[g] = key;
      }
    }
  }

  Classes after;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (result.groups[g])
      after[*result.groups[g]].add(groups[g], g);
    else
      result.left_out += groups[g].rows;
  }
  result.classes = after.size();
  for (const auto& [key, one] : after) {
    const bool first = result.k == 0;
    result.k = first ? one.people.size() : std::min<std::uint64_t>(result.k, one.people.size());
    result.l = first ? one.choices.size() : std::min<std::uint64_t>(result.l, one.choices.size());
  }
  result.unique_after = rows_of_one_person(after);
  result.profiles_after = unique_profiles(after);
  return result;
}

}  // namespace qf
