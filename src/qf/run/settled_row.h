// What a row says once everything between the passes is decided, but for its pseudonyms: pass two writes it, and a
// trial shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "qf/core/arena.h"
#include "qf/core/record.h"
#include "qf/curate/splitter.h"
#include "qf/run/previous_decisions.h"
#include "qf/run/row_groups.h"
#include "qf/run/staging.h"

namespace qf {

// The columns that are filled only now, when split, version and salt are known.
struct LateColumns {
  std::size_t record, session, subject, question, fold, privacy_level, dataset_version, is_final;
  std::optional<std::size_t> decision_record, context, language, term;
};
LateColumns late_columns_of(TableId table);

// The earlier decisions of a session's rows, block by block.
class SettledContext {
 public:
  // `external`: what one person decided before would tie that person's rows to each other.
  SettledContext(const LateColumns& late, bool external) : late_(late), external_(external) {}
  void begin_session() { previous_.begin_session(); }
  // Fills the row's list, calls `use`, and lets later rows of the session show the row where it is published: what is
  // left out must not stand in another row.
  template <class Use>
  Status pass(Row row, const StagedIds& ids, Arena& arena, bool published, Use use) {
    if (late_.context) {
      const Cell context = row[*late_.context];
      if (context.tag == Cell::Tag::kStruct && context.size == 3)
        const_cast<Cell*>(context.items)[2] = external_ ? Cell::null() : previous_.list(ids, arena);
    }
    QF_CHECK(use());
    if (late_.context && published) previous_.add(row, ids);
    return {};
  }

 private:
  LateColumns late_;
  bool external_;
  PreviousDecisions previous_;
};

// Whether it was superseded, where it stands, and what its group lets it say. `number` is the row's within the run;
// `groups` may be null: nothing is generalised.
void settle_row(const LateColumns& late, TableId table, const StagedRun& staged, const RowGroups* groups,
                std::uint64_t number, const Assignment& assignment, std::string_view privacy_level, Row row,
                Arena& arena);

}  // namespace qf
