#include "qf/ledger/expired_bodies.h"

namespace qf {

Status remove_bodies_before(const Database& database, std::int64_t at_us) {
  // The table is append-only but for those who stand in `erasing`.
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement open, database.prepare("INSERT INTO erasing (subject_key) SELECT DISTINCT subject_key FROM "
                                             "chain_bodies JOIN chain USING (seq) WHERE chain.at < ?1"));
  QF_CHECK(open.run(at_us));
  QF_ASSIGN(Statement remove,
            database.prepare("DELETE FROM chain_bodies WHERE seq IN (SELECT seq FROM chain WHERE at < ?1)"));
  QF_CHECK(remove.run(at_us));
  QF_CHECK(database.execute("DELETE FROM erasing"));
  return transaction.commit();
}

}  // namespace qf
