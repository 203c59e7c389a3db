// What the audit log says of the ledger's tables: every entry that tells of a change states digests of the tables it
// changed, as they are after it. A row that is changed, added or deleted by other means is noticed by that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/database.h"

namespace qf {

// The kind of entry that a checkpoint signs, and of the one behind a log that was taken over from elsewhere. Both state
// every table.
inline constexpr std::string_view kCheckpointSigned = "checkpoint_signed", kLogImported = "log_imported";

struct KeptTable {
  std::string_view name;
  std::string_view columns;     // with a comma and a blank between
  std::string_view where = {};  // which rows, if not all
};

inline constexpr auto kKeptTables = std::to_array<KeptTable>({
    {"authorisations",
     "id, controller, basis, dpia, audience, until, recorded_by, recorded_at, revoked_by, revoked_at"},
    {"consent_events",
     "id, subject, subject_key, scope, status, given_at, covers_from, expires_at, method, evidence, recorded_by, "
     "notice, recorded_at"},
    {"erasures", "id, subject_tag, started_at, finished_at, journal, receipt"},
    {"notices", "id, language, sha256, published_at"},
    {"project_owner_history", "id, project, subject, subject_key, confirmed_at, replaced_at"},
    {"project_owners", "project, subject, subject_key, confirmed_at, first_line, first_day"},
    // What nobody has decided about is found again by the next build.
    {"quarantine_items", "id, subject_key, project, place, field, reason, found_at, decision, decided_by, decided_at",
     "decision IS NOT NULL"},
    {"recipients", "id, name, contact, audience, version, export, models, given_at, recorded_by, recorded_at"},
    // Which tables had rows before entries stated any: their rows count without a statement.
    {"rows_before_log", "name"},
    {"row_trees", "audience, version, root, rows"},
    {"split_assignments", "subject_tag, split, fold, assigned_in_version"},
    {"split_draws", "id, drawn_at"},
    {"store_keys", "id, key_id, first_used_at"},
    {"subject_controllers", "subject_key, controller, recorded_at"},
    {"suppressions", "tag, kind, since"},
    {"tombstones", "audience, version, record_id, reason, removed_at"},
    {"version_holds", "id, audience, version, reason, placed_by, placed_at, lifted_by, lifted_at"},
    {"versions",
     "audience, version, state, identity, content_digest, logical_digest, created_at, as_of, program_version, key_id, "
     "sums_digest, removed_at, salt_identity"},
});

// A table's digest is taken under a salt that is drawn for each statement and kept beside the tables. The next
// statement replaces it, so that a digest of rows that are gone tells nothing to somebody who guesses what they said.
struct TableState {
  std::string salt;  // "" where no entry ever stated the table
  std::string digest;
  std::size_t rows = 0;
  bool before_log = false;  // it had rows before entries stated any
};
using TableStates = std::map<std::string, TableState, std::less<>>;

// Every kept table as it is, under the salt of its last statement.
Result<TableStates> load_table_states(const Database& database);
// The digest of rows whose columns are given as text, none of them NULL.
std::string digest_of_rows(std::string_view salt, const std::vector<std::vector<std::string>>& rows);

// append_entry(), whose body then also states these tables. In the transaction of the change, and after it.
Status append_stating(const Database& database, std::initializer_list<std::string_view> tables, std::string_view kind,
                      std::string_view json, std::string_view subject_key, std::int64_t at_us);
// States every table and which bodies of the log are gone. Whatever takes bodies ends with such an entry; so bodies
// that stated a table may go, and one that goes by other means is noticed.
Status append_account(const Database& database, std::string_view kind, std::string_view json,
                      std::string_view subject_key, std::int64_t at_us);

// What an entry says, without the tables that it states.
std::string without_tables(std::string_view json);

// The entries of one change; the last of them states its tables.
class EntrySeries {
 public:
  explicit EntrySeries(const Database& database) : database_(database) {}
  Status add(std::string_view kind, std::string_view json, std::string_view subject_key, std::int64_t at_us);
  // Nothing where no entry was added.
  Status finish(std::initializer_list<std::string_view> tables);

 private:
  struct Entry {
    std::string kind, json, subject_key;
    std::int64_t at_us = 0;
  };
  const Database& database_;
  std::optional<Entry> last_;
};

// kCorrupt, naming the table, where one is not as the last entry that states it left it, or has rows that no entry
// states and that were not there before entries did. `check` is what verify_chain() found.
Status check_tables(const TableStates& states, const std::vector<ChainEntry>& entries, const ChainCheck& check);
// kCorrupt, naming the entry, where a body is gone that no erasure, retention, checkpoint or import accounts for.
Status check_bodies(const std::vector<ChainEntry>& entries, const ChainCheck& check);
// Tables with rows that no entry states, by name.
std::vector<std::string> unstated_tables(const TableStates& states, const std::vector<ChainEntry>& entries,
                                         const ChainCheck& check);
// The number of the last entry that states the table; 0 for none.
std::int64_t stated_in(std::string_view table, const std::vector<ChainEntry>& entries, const ChainCheck& check);

}  // namespace qf
