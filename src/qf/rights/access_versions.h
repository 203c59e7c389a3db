// Where a person is in the versions of a store: found by the store's own tables and by pseudonyms computed anew.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "qf/ledger/keys.h"
#include "qf/rights/others_mask.h"
#include "qf/store/build_record.h"
#include "qf/store/row_index.h"
#include "qf/store/store.h"

namespace qf {

struct PersonsVersion {
  Audience audience = Audience::kPrivate;
  VersionFacts facts;
  std::optional<BuildRecord> record;
  std::set<std::pair<TableId, RowKey>> rows;
  std::map<std::string, std::pair<TableId, RowKey>, std::less<>> record_ids;  // these rows as the version names them
  std::string pseudonym;                                                      // "" where it cannot be computed
  std::string unknown_en, unknown_sv;  // why rows cannot be told, or pointed out; "" where they can
  std::string name() const { return name_of(facts); }
};

// The versions, whose files are there, that hold the person or may. `key` may be null: it is lost. `projects` are those
// that the register gives the person.
Result<std::vector<PersonsVersion>> versions_of_person(const Store& store, const Database& ledger, const KeyFile* key,
                                                       std::string_view subject_key,
                                                       const std::set<std::string, std::less<>>& projects);

// What a version says of where a row comes from, by the columns that may have been made coarser in it.
using PublishedValues = std::map<std::pair<TableId, RowKey>, std::vector<nlohmann::ordered_json>>;
// These columns, in that order.
std::vector<std::size_t> coarser_columns(TableId table);

// Writes the person's rows of a version as JSON Lines, a file for each table that has any; other people's names masked.
// Returns how many. `published`, unless it is null, receives what they say of where they come from.
Result<std::uint64_t> write_rows_of(const Store& store, const PersonsVersion& version, const OthersMask& mask,
                                    const std::filesystem::path& folder, PublishedValues* published);

}  // namespace qf
