#include "qf/ledger/tombstones.h"

namespace qf {

Status add_tombstone(const Database& database, const Tombstone& tombstone) {
  QF_ASSIGN(Statement add, database.prepare("INSERT INTO tombstones (audience, version, record_id, reason, removed_at) "
                                            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"));
  QF_CHECK(
      add.run(tombstone.audience, tombstone.version, tombstone.record_id, tombstone.reason, tombstone.removed_at_us));
  return {};
}

Result<std::vector<Tombstone>> tombstones_there(const Database& database, std::span<const Tombstone> wanted) {
  QF_ASSIGN(Statement find, database.prepare("SELECT reason, removed_at FROM tombstones WHERE audience = ?1 AND "
                                             "version = ?2 AND record_id = ?3"));
  std::vector<Tombstone> there;
  for (const Tombstone& one : wanted) {
    QF_CHECK(find.bind(one.audience, one.version, one.record_id));
    QF_ASSIGN(const bool found, find.next());
    if (found) there.push_back({one.audience, one.version, one.record_id, std::string(find.text(0)), find.integer(1)});
  }
  return there;
}

Result<std::vector<Tombstone>> list_tombstones(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT audience, version, record_id, reason, removed_at FROM tombstones "
                                             "ORDER BY audience, version, record_id"));
  std::vector<Tombstone> all;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return all;
    all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)),
                   std::string(rows.text(3)), rows.integer(4)});
  }
}

}  // namespace qf
