#include "qf/ledger/forgetting.h"

#include <fmt/format.h>

#include <array>

namespace qf {
namespace {

struct PersonTable {
  std::string_view table, column;
  bool by_tag = false;    // the column holds the keyed tag
  bool projects = false;  // a column `project` names a project of the person
};

// Every table that holds anything about one person. `suppressions` and `erasures` are what an erasure leaves behind.
constexpr std::array<PersonTable, 8> kPersonTables = {{
    {"project_owners", "subject_key", false, true},
    {"project_owner_history", "subject_key", false, true},
    {"consent_events", "subject_key"},
    {"chain_bodies", "subject_key"},
    {"subject_controllers", "subject_key"},
    {"quarantine_places", "subject_key", false, true},
    {"quarantine_items", "subject_key", false, true},
    {"split_assignments", "subject_tag", true},
}};

}  // namespace

Result<PersonRows> rows_of_person(const Database& database, std::string_view subject_key,
                                  std::string_view subject_tag) {
  PersonRows found;
  for (const PersonTable& one : kPersonTables) {
    const std::string_view name = one.by_tag ? subject_tag : subject_key;
    if (name.empty()) continue;  // entries about nobody
    QF_ASSIGN(Statement count,
              database.prepare(fmt::format("SELECT count(*) FROM {} WHERE {} = ?1", one.table, one.column)));
    QF_CHECK(count.bind(name));
    QF_ASSIGN([[maybe_unused]] const bool counted, count.next());
    if (count.integer(0) == 0) continue;
    found.tables[std::string(one.table)] = count.integer(0);
    if (!one.projects) continue;
    QF_ASSIGN(Statement projects,
              database.prepare(fmt::format("SELECT DISTINCT project FROM {} WHERE {} = ?1 AND project NOT IN "
                                           "(SELECT project FROM project_owners WHERE subject_key != ?1)",
                                           one.table, one.column)));
    QF_CHECK(projects.bind(name));
    for (;;) {
      QF_ASSIGN(const bool more, projects.next());
      if (!more) break;
      found.projects.emplace(projects.text(0));
    }
  }
  return found;
}

Status forget_person(const Database& database, std::string_view subject_key, std::string_view subject_tag,
                     const std::set<std::string>& projects) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement open, database.prepare("INSERT INTO erasing (subject_key) VALUES (?1)"));
  QF_CHECK(open.run(subject_key));
  for (const PersonTable& one : kPersonTables) {
    QF_ASSIGN(Statement remove, database.prepare(fmt::format("DELETE FROM {} WHERE {} = ?1", one.table, one.column)));
    QF_CHECK(remove.run(one.by_tag ? subject_tag : subject_key));
  }
  for (const std::string& project : projects)
    for (const std::string_view where :
         {"project_owner_history WHERE project = ?1",
          "quarantine_places WHERE project = ?1 OR id IN (SELECT id FROM quarantine_items WHERE project = ?1)",
          "quarantine_items WHERE project = ?1"}) {
      QF_ASSIGN(Statement remove, database.prepare(fmt::format("DELETE FROM {}", where)));
      QF_CHECK(remove.run(project));
    }
  // Texts of others who once counted as the owner, where none of their rows is left.
  QF_CHECK(database.execute("DELETE FROM quarantine_items WHERE id NOT IN (SELECT id FROM quarantine_places)"));
  // What the audit log says of another who once counted as the owner names the project, too.
  QF_ASSIGN(
      Statement others,
      database.prepare("INSERT OR IGNORE INTO erasing (subject_key) SELECT DISTINCT subject_key FROM chain_bodies "
                       "WHERE json_extract(body, '$.project') = ?1"));
  QF_ASSIGN(Statement remove, database.prepare("DELETE FROM chain_bodies WHERE json_extract(body, '$.project') = ?1"));
  for (const std::string& project : projects) {
    QF_CHECK(others.run(project));
    QF_CHECK(remove.run(project));
  }
  QF_CHECK(database.execute("DELETE FROM erasing"));
  return transaction.commit();
}

Status compact(const Database& database) { return database.execute("VACUUM"); }

Result<std::vector<ErasureEntry>> load_erasures(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT id, subject_tag, started_at, finished_at, journal, receipt "
                                             "FROM erasures ORDER BY id"));
  std::vector<ErasureEntry> all;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return all;
    all.push_back({rows.integer(0), std::string(rows.text(1)), rows.integer(2), rows.optional_integer(3),
                   std::string(rows.text(4)), std::string(rows.text(5))});
  }
}

Result<std::int64_t> begin_erasure(const Database& database, std::string_view subject_tag, std::string_view journal,
                                   std::int64_t started_at_us) {
  QF_ASSIGN(Statement add,
            database.prepare("INSERT INTO erasures (subject_tag, started_at, journal) VALUES (?1, ?2, ?3)"));
  QF_CHECK(add.run(subject_tag, started_at_us, journal));
  QF_ASSIGN(Statement last, database.prepare("SELECT max(id) FROM erasures"));
  QF_ASSIGN([[maybe_unused]] const bool any, last.next());
  return last.integer(0);
}

Status finish_erasure(const Database& database, std::int64_t id, std::string_view receipt,
                      std::int64_t finished_at_us) {
  QF_ASSIGN(Statement end, database.prepare("UPDATE erasures SET finished_at = ?2, receipt = ?3, journal = '' "
                                            "WHERE id = ?1 AND finished_at IS NULL"));
  QF_CHECK(end.run(id, finished_at_us, receipt));
  return {};
}

}  // namespace qf
