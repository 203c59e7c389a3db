#include "qf/ledger/kept_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "qf/core/digest.h"

namespace qf {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kTables = "tables", kTablesMember = R"("tables":)", kGone = "bodies_gone",
                           kBeforeLog = "rows_before_log";
// What accounts for bodies that are gone. The latest of them keeps its own.
constexpr std::array<std::string_view, 4> kAccounts = {"erasure_requested", "retention_decided", kCheckpointSigned,
                                                       kLogImported};

bool is_account(const ChainEntry& entry) {
  return std::find(kAccounts.begin(), kAccounts.end(), entry.kind) != kAccounts.end();
}

tl::unexpected<Error> damaged(const std::string& what) {
  return failure(ErrorCode::kCorrupt, what + ": put the ledger back from a backup");
}

// A row as one line: its columns in hexadecimal digits, so that nothing in them can pass for another column.
std::string hex_row_of(const KeptTable& table) {
  std::string row;
  std::string_view rest = table.columns;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(", "), rest.size());
    const std::string_view column = rest.substr(0, end);
    row += fmt::format("{0}CASE WHEN {1} IS NULL THEN '-' ELSE lower(hex({1})) END", row.empty() ? "" : " || ',' || ",
                       column);
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return row;
}

Result<TableState> state_of(const Database& database, const KeptTable& table, std::string salt) {
  QF_ASSIGN(Statement rows,
            database.prepare(fmt::format("SELECT {} FROM {}{}{} ORDER BY 1", hex_row_of(table), table.name,
                                         table.where.empty() ? "" : " WHERE ", table.where)));
  TableState state{std::move(salt), "", 0, false};
  Sha256 digest;
  digest.update(state.salt).update("\n");
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    digest.update(rows.text(0)).update("\n");
    ++state.rows;
  }
  state.digest = digest.hex();
  return state;
}

// The tables' digests as they are now, each under a new salt.
Result<Json> state(const Database& database, const std::vector<const KeptTable*>& tables) {
  QF_ASSIGN(Statement keep, database.prepare("INSERT INTO table_salts (name, salt) VALUES (?1, ?2) "
                                             "ON CONFLICT (name) DO UPDATE SET salt = excluded.salt"));
  Json stated = Json::object();
  for (const KeptTable* table : tables) {
    QF_ASSIGN(std::string salt, draw_salt());
    QF_CHECK(keep.run(table->name, salt));
    QF_ASSIGN(const TableState now, state_of(database, *table, std::move(salt)));
    stated[std::string(table->name)] = now.digest;
  }
  return stated;
}

Json gone_bodies(std::size_t count, const std::string& numbers) {
  return {{"count", count}, {"sha256", to_hex(sha256(numbers))}};
}

Status append_with(const Database& database, const std::vector<const KeptTable*>& tables, bool account,
                   std::string_view kind, std::string_view json, std::string_view subject_key, std::int64_t at_us) {
  Json body = Json::parse(json, nullptr, false);
  if (!body.is_object()) return failure(ErrorCode::kInternal, "an entry of the audit log is no object");
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(body[std::string(kTables)], state(database, tables));
  if (account) {
    QF_ASSIGN(Statement gone, database.prepare("SELECT seq FROM chain WHERE seq NOT IN (SELECT seq FROM chain_bodies) "
                                               "ORDER BY seq"));
    std::string numbers;
    std::size_t count = 0;
    for (;; ++count) {
      QF_ASSIGN(const bool more, gone.next());
      if (!more) break;
      numbers += fmt::format("{}\n", gone.integer(0));
    }
    body[std::string(kGone)] = gone_bodies(count, numbers);
  }
  QF_CHECK(append_entry(database, kind, body.dump(-1, ' ', false, Json::error_handler_t::replace), subject_key, at_us));
  return transaction.commit();
}

struct LastStatement {
  std::int64_t seq = 0;
  std::string digest;
};
// The last statement of each table.
std::map<std::string, LastStatement, std::less<>> last_statements(const std::vector<ChainEntry>& entries,
                                                                  const ChainCheck& check) {
  std::map<std::string, LastStatement, std::less<>> last;
  for (const ChainEntry& entry : entries) {
    if (check.second_form_from == 0 || entry.seq < check.second_form_from || !entry.body) continue;
    if (entry.body->json.find(kTablesMember) == std::string::npos) continue;
    const Json body = Json::parse(entry.body->json, nullptr, false);
    const auto tables = body.find(kTables);
    if (tables == body.end() || !tables->is_object()) continue;
    for (const auto& [name, digest] : tables->items())
      if (digest.is_string()) last[name] = {entry.seq, digest.get<std::string>()};
  }
  return last;
}

}  // namespace

std::string digest_of_rows(std::string_view salt, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::vector<std::string> columns;
    for (const std::string& column : row) columns.push_back(to_hex(column));
    lines.push_back(fmt::format("{}", fmt::join(columns, ",")));
  }
  std::sort(lines.begin(), lines.end());
  Sha256 digest;
  digest.update(salt).update("\n");
  for (const std::string& line : lines) digest.update(line).update("\n");
  return digest.hex();
}

Result<TableStates> load_table_states(const Database& database) {
  TableStates states;
  QF_ASSIGN(Statement salt, database.prepare("SELECT salt FROM table_salts WHERE name = ?1"));
  QF_ASSIGN(Statement before, database.prepare("SELECT 1 FROM rows_before_log WHERE name = ?1"));
  for (const KeptTable& table : kKeptTables) {
    QF_CHECK(salt.bind(table.name));
    QF_ASSIGN(const bool stated, salt.next());
    QF_ASSIGN(TableState state, state_of(database, table, stated ? std::string(salt.text(0)) : ""));
    QF_CHECK(before.bind(table.name));
    QF_ASSIGN(state.before_log, before.next());
    states.emplace(table.name, std::move(state));
  }
  return states;
}

Status append_stating(const Database& database, std::initializer_list<std::string_view> tables, std::string_view kind,
                      std::string_view json, std::string_view subject_key, std::int64_t at_us) {
  std::vector<const KeptTable*> kept;
  for (const KeptTable& table : kKeptTables)
    // Whether a table may have rows without a statement is stated by all.
    if (table.name == kBeforeLog || std::find(tables.begin(), tables.end(), table.name) != tables.end())
      kept.push_back(&table);
  if (kept.size() != tables.size() + 1)
    return failure(ErrorCode::kInternal, "a table that the audit log does not state");
  return append_with(database, kept, false, kind, json, subject_key, at_us);
}

Status append_account(const Database& database, std::string_view kind, std::string_view json,
                      std::string_view subject_key, std::int64_t at_us) {
  std::vector<const KeptTable*> all;
  for (const KeptTable& table : kKeptTables) all.push_back(&table);
  return append_with(database, all, true, kind, json, subject_key, at_us);
}

std::string without_tables(std::string_view json) {
  if (json.find(kTablesMember) == std::string_view::npos) return std::string(json);
  Json body = Json::parse(json, nullptr, false);
  if (!body.is_object()) return std::string(json);
  body.erase(std::string(kTables));
  body.erase(std::string(kGone));
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status EntrySeries::add(std::string_view kind, std::string_view json, std::string_view subject_key,
                        std::int64_t at_us) {
  if (last_) QF_CHECK(append_entry(database_, last_->kind, last_->json, last_->subject_key, last_->at_us));
  last_ = {std::string(kind), std::string(json), std::string(subject_key), at_us};
  return {};
}

Status EntrySeries::finish(std::initializer_list<std::string_view> tables) {
  if (!last_) return {};
  const Entry last = *std::exchange(last_, std::nullopt);
  return append_stating(database_, tables, last.kind, last.json, last.subject_key, last.at_us);
}

Status check_tables(const TableStates& states, const std::vector<ChainEntry>& entries, const ChainCheck& check) {
  const auto last = last_statements(entries, check);
  for (const auto& [name, state] : states) {
    const auto stated = last.find(name);
    if (stated != last.end()) {
      if (stated->second.digest != state.digest)
        return damaged(
            fmt::format("the table {} is not as entry {} of the audit log left it", name, stated->second.seq));
    } else if (!state.salt.empty() || (state.rows != 0 && !state.before_log && name != kBeforeLog)) {
      return damaged(fmt::format("the table {} holds what the audit log does not tell of", name));
    }
  }
  return {};
}

Status check_bodies(const std::vector<ChainEntry>& entries, const ChainCheck& check) {
  const std::int64_t second = check.second_form_from;
  const ChainEntry* account = nullptr;
  bool accounted_before = false;  // by an entry of the first form, which does not say for how many
  for (const ChainEntry& entry : entries) {
    if (!is_account(entry)) continue;
    if (second != 0 && entry.seq >= second)
      account = &entry;
    else
      accounted_before = true;
  }
  Json gone;
  if (account != nullptr && account->body) {
    const Json body = Json::parse(account->body->json, nullptr, false);
    if (body.contains(kGone)) gone = body[std::string(kGone)];
  }
  std::size_t count = 0;
  std::string numbers;
  for (const ChainEntry& entry : entries) {
    if (entry.body) continue;
    const bool may_be =
        account != nullptr ? entry.seq < account->seq : accounted_before && (second == 0 || entry.seq < second);
    if (!may_be)
      return damaged(
          fmt::format("what entry {} of the audit log says is gone, and nothing accounts for that", entry.seq));
    ++count;
    numbers += fmt::format("{}\n", entry.seq);
  }
  if (account != nullptr && gone != gone_bodies(count, numbers))
    return damaged(fmt::format("what {} entries of the audit log say is gone, which is not what entry {} accounts for",
                               count, account->seq));
  return {};
}

std::vector<std::string> unstated_tables(const TableStates& states, const std::vector<ChainEntry>& entries,
                                         const ChainCheck& check) {
  const auto last = last_statements(entries, check);
  std::vector<std::string> names;
  for (const auto& [name, state] : states)
    if (state.rows != 0 && name != kBeforeLog && !last.contains(name)) names.push_back(name);
  return names;
}

std::int64_t stated_in(std::string_view table, const std::vector<ChainEntry>& entries, const ChainCheck& check) {
  const auto last = last_statements(entries, check);
  const auto found = last.find(table);
  return found == last.end() ? 0 : found->second.seq;
}

}  // namespace qf
