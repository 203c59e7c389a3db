#include "qf/store/splits.h"

#include "qf/ledger/assignments.h"

namespace qf {

Result<SplitCounts> count_splits(const Database& ledger) {
  SplitCounts counts;
  QF_ASSIGN(const auto assignments, load_assignments(ledger));
  for (const SplitAssignment& one : assignments) {
    ++counts.people[one.split];
    ++counts.folds[std::to_string(one.fold)];
  }
  return counts;
}

Status reassign_splits(const WritableStore& store, std::int64_t now_us) { return draw_anew(store.ledger, now_us); }

}  // namespace qf
