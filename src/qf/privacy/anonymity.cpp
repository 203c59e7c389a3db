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
      constant_.push_back(whole == 0);
      retained_.push_back(std::move(kept));
    }
  }

  std::uint64_t part(double share) const {
    return static_cast<std::uint64_t>(std::floor(static_cast<double>(rows_) * share));
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

  // Goes through the lattice from what keeps most: the first that leaves at most this share of the rows in too small
  // classes is the best. Whatever lies below one that
  // is not enough has smaller classes, and need not be looked at.
  Levels best(double share) const {
    struct Node {
      std::int64_t kept;  // in billionths: sums of the same information are the same in any order
      Levels levels;
    };
    std::vector<Node> lattice;
    Levels levels(quasi_.size(), 0);
    do {
      double kept = 0;
      for (std::size_t q = 0; q < quasi_.size(); ++q) kept += quasi_[q].weight * retained(q, levels[q]);
      lattice.push_back({std::llround(kept * 1e9), levels});
    } while (next(levels));
    std::stable_sort(lattice.begin(), lattice.end(), [](const Node& a, const Node& b) { return a.kept > b.kept; });
    std::vector<const Levels*> too_fine;
    for (const Node& node : lattice) {
      const bool below = std::any_of(too_fine.begin(), too_fine.end(), [&](const Levels* coarser) {
        return std::equal(node.levels.begin(), node.levels.end(), coarser->begin(),
                          [](int a, int b) { return a <= b; });
      });
      if (below) continue;
      if (rows_small(node.levels) <= part(share)) return node.levels;
      too_fine.push_back(&node.levels);
    }
    for (std::size_t q = 0; q < quasi_.size(); ++q) levels[q] = quasi_[q].levels;
    return levels;
  }

 private:
  bool next(Levels& levels) const {
    for (std::size_t q = levels.size(); q-- > 0;) {
      // Where a column holds one value, no class grows without it.
      if (!constant_[q] && levels[q] < quasi_[q].levels) {
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
  std::vector<bool> constant_;  // by quasi-identifier: one value in all rows
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

bool is_large(const AnonymityTerms& terms, const Class& one) {
  return is_large(terms, one.people.size(), one.sittings.size(), one.choices.size());
}

// What each group says; nothing where it is left out.
using Decided = std::vector<std::optional<std::vector<QuasiValue>>>;

// Groups that differ only in columns that are never generalised are one to the lattice.
struct MergedGroups {
  std::vector<RowGroup> groups;
  std::vector<std::size_t> of;  // by group: which of them it is in
};

MergedGroups merged(std::span<const RowGroup> groups, std::size_t columns) {
  MergedGroups result;
  std::map<std::vector<QuasiValue>, std::size_t> numbers;
  for (const RowGroup& group : groups) {
    std::vector<QuasiValue> values(group.values.begin(), group.values.begin() + static_cast<std::ptrdiff_t>(columns));
    const auto [place, is_new] = numbers.try_emplace(std::move(values), result.groups.size());
    if (is_new) result.groups.push_back({place->first, 0, {}, {}, {}});
    RowGroup& into = result.groups[place->second];
    into.rows += group.rows;
    into.people.insert(group.people.begin(), group.people.end());
    into.sittings.insert(group.sittings.begin(), group.sittings.end());
    into.choices.insert(group.choices.begin(), group.choices.end());
    result.of.push_back(place->second);
  }
  return result;
}

// What is in too small a class after generalising: one value after the other is suppressed until the rows that are left
// over are enough by themselves.
Decided suppress_left_over(std::span<const QuasiIdentifier> quasi, std::span<const RowGroup> groups,
                           const AnonymityTerms& terms, const Levels& levels, std::vector<bool> open,
                           std::uint64_t& suppressed) {
  Decided said(groups.size());
  std::vector<std::vector<QuasiValue>> values(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (std::size_t q = 0; q < quasi.size(); ++q)
      values[g].push_back(generalised(quasi[q], groups[g].values[q], levels[q]));
    if (!open[g]) said[g] = values[g];
  }
  for (std::size_t step = 0; step < quasi.size(); ++step) {
    Classes left;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (!open[g]) continue;
      values[g][step] = std::nullopt;
      left[values[g]].add(groups[g], g);
    }
    for (const auto& [key, one] : left) {
      if (!is_large(terms, one)) continue;
      suppressed += one.rows;
      for (const std::size_t g : one.groups) {
        open[g] = false;
        said[g] = key;
      }
    }
  }
  return said;
}

// Splits each class by one more column. Rows with a value that too few share say nothing there; where those are too few
// themselves, the least shared of the other values goes with them, so that what is emptied does not stand alone.
void split_by(std::size_t column, Decided& said, std::span<const RowGroup> groups, const AnonymityTerms& terms) {
  std::map<std::vector<QuasiValue>, std::map<QuasiValue, Class>> classes;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (said[g]) classes[*said[g]][groups[g].values[column]].add(groups[g], g);
  for (auto& [key, values] : classes) {
    Class emptied;
    const auto empty = [&](const Class& one) {
      for (const std::size_t g : one.groups) emptied.add(groups[g], g);
    };
    std::vector<std::pair<const QuasiValue*, const Class*>> kept;
    for (const auto& [value, one] : values) {
      if (!value || !is_large(terms, one))
        empty(one);
      else
        kept.emplace_back(&value, &one);
    }
    std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second->people.size(), a.second->rows) < std::pair(b.second->people.size(), b.second->rows);
    });
    std::size_t gone = 0;
    while (!emptied.groups.empty() && !is_large(terms, emptied) && gone < kept.size()) empty(*kept[gone++].second);
    for (const std::size_t g : emptied.groups) said[g]->push_back(std::nullopt);
    for (; gone < kept.size(); ++gone)
      for (const std::size_t g : kept[gone].second->groups) said[g]->push_back(*kept[gone].first);
  }
}

double entropy(const std::map<QuasiValue, double>& rows) {
  double total = 0, bits = 0;
  for (const auto& [value, count] : rows) total += count;
  for (const auto& [value, count] : rows) bits -= count / total * std::log2(count / total);
  return bits;
}

// What the rows say in a column after over what they said before, those that are left out among them.
RetainedInformation retained_of(const QuasiIdentifier& quasi, std::size_t column, int level,
                                std::span<const RowGroup> groups, const Decided& said) {
  std::map<QuasiValue, double> before, after;
  double stated = 0, kept = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto rows = static_cast<double>(groups[g].rows);
    const QuasiValue now = said[g] ? (*said[g])[column] : std::nullopt;
    before[groups[g].values[column]] += rows;
    after[now] += rows;
    if (groups[g].values[column]) stated += rows;
    if (now) kept += rows;
  }
  const double whole = entropy(before);
  // Emptied cells are a value of their own, which is no information: never more than the share of cells that stay.
  const double share = stated == 0 ? 1 : kept / stated;
  const bool gone = kept == 0 && stated != 0;
  return {quasi.name, gone ? quasi.levels : level, quasi.levels,
          whole == 0 ? share : std::min(share, entropy(after) / whole)};
}

// How many rows may be in too small a class after generalising, tried one after the other: values of these are
// suppressed one by one, which costs less than to generalise a column for everybody, as long as few rows have to be
// left out.
constexpr double kSharesToSuppress[] = {0.2, 0.1};

}  // namespace

Anonymised anonymise(std::span<const QuasiIdentifier> quasi, std::span<const RowGroup> groups,
                     const AnonymityTerms& terms) {
  Anonymised result;
  const auto in_lattice = static_cast<std::size_t>(
      std::find_if(quasi.begin(), quasi.end(), [](const auto& one) { return one.only_emptied; }) - quasi.begin());
  const MergedGroups coarse = merged(groups, in_lattice);
  const Search search(quasi.first(in_lattice), coarse.groups, terms);
  result.most_left_out = search.part(terms.most_left_out);
  const auto lattice = quasi.first(in_lattice);
  Levels levels;
  Decided said;
  for (const double share : {kSharesToSuppress[0], kSharesToSuppress[1], terms.most_left_out}) {
    levels = search.best(share);
    result.locally_suppressed = 0;
    said = suppress_left_over(lattice, coarse.groups, terms, levels, search.small(levels), result.locally_suppressed);
    std::uint64_t left_out = 0;
    for (std::size_t g = 0; g < said.size(); ++g)
      if (!said[g]) left_out += coarse.groups[g].rows;
    if (left_out <= result.most_left_out) break;
  }
  for (const std::size_t one : coarse.of) result.groups.push_back(said[one]);
  for (std::size_t column = in_lattice; column < quasi.size(); ++column) split_by(column, result.groups, groups, terms);
  for (std::size_t column = 0; column < quasi.size(); ++column)
    result.columns.push_back(
        retained_of(quasi[column], column, column < in_lattice ? levels[column] : 0, groups, result.groups));

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
