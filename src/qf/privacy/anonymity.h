// k-anonymity over the quasi-identifiers of a table's rows: full-domain generalisation on a lattice, then local
// suppression of what is left over (Sweeney 2002; Samarati 2001 for the lattice; l-diversity: Machanavajjhala 2007).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/schema.h"

namespace qf {

using QuasiValue = std::optional<std::string>;

// A quasi-identifier and what its values become, level by level: 0 as it is, the last one nothing ("*").
struct QuasiIdentifier {
  std::string_view name;
  int levels = 1;  // above 0; at the last the value is gone
  // The value at a level between; null where every level between is the value itself.
  std::string (*generalise)(std::string_view value, int level);
  double weight = 1;  // what its information is worth to the training tasks, beside the others'
  // Never generalised for the whole table: emptied in the rows of a group where too few people share its value.
  bool only_emptied = false;
};

// The quasi-identifiers of a table: those that are generalised, the most important for what the rows are used for last;
// then those that are only emptied, the most important first.
std::span<const QuasiIdentifier> quasi_identifiers(TableId table);
QuasiValue generalised(const QuasiIdentifier& quasi, const QuasiValue& value, int level);

// Rows that share all their quasi-identifiers as they stand in the logs.
struct RowGroup {
  std::vector<QuasiValue> values;  // one for each quasi-identifier
  std::uint64_t rows = 0;
  std::set<std::uint32_t> people;
  std::set<std::uint64_t> sittings, choices;  // hashes
};

struct AnonymityTerms {
  std::uint64_t k = 5;          // people in every group
  std::uint64_t sittings = 3;   // and their sittings
  std::uint64_t l = 2;          // different choices, of tables that have one
  double most_left_out = 0.05;  // share of rows that may be left out
};

// How much a quasi-identifier still says: its entropy after over that before, both over rows. A column of one value is
// kept whole until that value is gone.
struct RetainedInformation {
  std::string_view name;
  int level = 0, levels = 0;
  double retained = 1;
};

struct Anonymised {
  // What becomes of a group's rows: nothing where they are left out.
  std::vector<std::optional<std::vector<QuasiValue>>> groups;
  std::vector<RetainedInformation> columns;
  std::uint64_t rows = 0, left_out = 0, locally_suppressed = 0;
  std::uint64_t most_left_out = 0;  // rows
  // Of the rows that stay: how many groups, and the least of people and of choices in one.
  std::uint64_t classes = 0, k = 0, l = 0;
  std::uint64_t unique_before = 0, unique_after = 0;      // rows whose group holds one person only
  std::uint64_t people = 0, people_before = 0;            // with rows; the latter before any were left out
  std::uint64_t profiles_before = 0, profiles_after = 0;  // people whose set of groups nobody else has
  // Other columns in which values that too few people of the table have were emptied; see shared_values.h.
  std::vector<std::string_view> rare_values_in;
};

// Deterministic: among the generalisations that leave at most a fifth of the rows in too small groups, the one that
// keeps most information, then the lowest levels; in those rows value after value is suppressed. Where more than the
// allowed share of rows is left out then, the same with fewer rows in too small groups. Where nothing does, everything
// is generalised away and what is in too small a group is left out all the same. k, sittings and l hold over all
// quasi-identifiers together.
Anonymised anonymise(std::span<const QuasiIdentifier> quasi, std::span<const RowGroup> groups,
                     const AnonymityTerms& terms);

}  // namespace qf
