#include "qf/ledger/expired_evidence.h"

namespace qf {

Result<EvidenceCounters> reduce_evidence(const Database& database) {
  QF_ASSIGN(Transaction transaction, database.begin());
  EvidenceCounters counters;
  QF_ASSIGN(Statement rows, database.prepare("SELECT scope || ' ' || status, count(*) FROM consent_events GROUP BY 1 "
                                             "ORDER BY 1"));
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    counters.statements[std::string(rows.text(0))] = rows.integer(1);
  }
  QF_ASSIGN(Statement totals, database.prepare("SELECT (SELECT count(DISTINCT subject_key) FROM consent_events), "
                                               "(SELECT count(*) FROM authorisations)"));
  QF_ASSIGN([[maybe_unused]] const bool counted, totals.next());
  counters.people = totals.integer(0);
  counters.authorisations = totals.integer(1);
  QF_ASSIGN([[maybe_unused]] const bool ended, totals.next());
  // The table is append-only but for those who stand in `erasing`.
  QF_CHECK(database.execute("INSERT INTO erasing (subject_key) SELECT DISTINCT subject_key FROM consent_events"));
  QF_CHECK(database.execute("DELETE FROM consent_events"));
  QF_CHECK(database.execute("DELETE FROM erasing"));
  QF_CHECK(database.execute("DELETE FROM authorisations"));
  QF_CHECK(transaction.commit());
  return counters;
}

}  // namespace qf
