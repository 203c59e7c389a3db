// What a row shows of the decisions before it in its session.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "qf/core/arena.h"
#include "qf/core/record.h"
#include "qf/ingest/transform.h"
#include "qf/ledger/keys.h"
#include "qf/run/staging.h"

namespace qf {

struct ShownDecision {
  Cell type, choice;  // of the choice its canonical form, where it has one
};
// What later rows show of a row of `decisions`; nothing where no teacher decided.
inline std::optional<ShownDecision> shown_later(ConstRow row) {
  if (row[column_of<TableId::kDecisions, "actor">()].view() != "teacher") return std::nullopt;
  const Cell& label = row[column_of<TableId::kDecisions, "user_choice_label">()];
  return ShownDecision{row[column_of<TableId::kDecisions, "decision_type">()],
                       label.is_null() ? row[column_of<TableId::kDecisions, "user_choice">()] : label};
}

// The teacher's decisions of a session so far, as the rows that are published say them: what a later row shows as
// context.previous_decisions. What nobody may use is in no row, and so in no context either.
class PreviousDecisions {
 public:
  void begin_session() { count_ = 0; }

  // The list for a row about `question`, newest first; its texts live until the next add().
  Cell list(const StagedIds& ids, Arena& arena) const {
    const std::size_t size = std::min(count_, kMaxPreviousDecisions);
    const auto items = arena.make<Cell>(size);
    for (std::size_t i = 0; i < size; ++i) {
      const Earlier& earlier = ring_[(count_ - 1 - i) % kMaxPreviousDecisions];
      const auto members = arena.make<Cell>(3);
      members[0] = earlier.has_type ? Cell::of(std::string_view(earlier.type)) : Cell::null();
      members[1] = earlier.has_choice ? Cell::of(std::string_view(earlier.choice)) : Cell::null();
      members[2] = Cell::of(ids.has_question && earlier.has_question && earlier.question == ids.question);
      items[i] = Cell::structure(members);
    }
    return Cell::list(items);
  }

  void add(ConstRow row, const StagedIds& ids) {
    const auto shown = shown_later(row);
    if (!shown) return;
    Earlier& earlier = ring_[count_++ % kMaxPreviousDecisions];
    earlier.has_type = !shown->type.is_null();
    earlier.type.assign(shown->type.view());
    earlier.has_choice = !shown->choice.is_null();
    earlier.choice.assign(shown->choice.view());
    earlier.has_question = ids.has_question;
    earlier.question = ids.question;
  }

 private:
  struct Earlier {
    std::string type, choice;
    bool has_type = false, has_choice = false, has_question = false;
    Fingerprint question;
  };
  std::array<Earlier, kMaxPreviousDecisions> ring_;
  std::size_t count_ = 0;
};

}  // namespace qf
