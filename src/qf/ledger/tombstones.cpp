#include "qf/ledger/tombstones.h"

namespace qf {

Status add_tombstone(const Database& database, const Tombstone& tombstone) {
  QF_ASSIGN(Statement add, database.prepare("INSERT INTO tombstones (audience, version, record_id, reason, removed_at) "
                                            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"));
  QF_CHECK(
      add.run(tombstone.audience, tombstone.version, tombstone.record_id, tombstone.reason, tombstone.removed_at_us));
  return {};
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
