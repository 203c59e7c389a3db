#include "qf/run/trial.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "qf/run/build_state.h"
#include "qf/run/settled_row.h"

namespace qf {
namespace {

// Session by session as they are written, the earlier of a session's blocks first.
std::vector<const StagedBlock*> blocks_in_order(const StagedProject& staged) {
  std::vector<const StagedBlock*> blocks;
  for (const StagedBlock& block : staged.blocks) blocks.push_back(&block);
  std::stable_sort(blocks.begin(), blocks.end(), [](const StagedBlock* a, const StagedBlock* b) {
    return std::tie(a->table, a->session) < std::tie(b->table, b->session);
  });
  return blocks;
}

Status hand_over_project(const BuildState& state, const StagedRun::Project& project, const Assignment& assignment) {
  QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
  const bool external = state.request.config.audience == Audience::kExternal;
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  std::string bytes;
  Arena arena;
  std::optional<SettledContext> context;
  const StagedBlock* before = nullptr;
  for (const StagedBlock* block : blocks_in_order(project.staged)) {
    const LateColumns late = late_columns_of(block->table);
    if (before == nullptr || before->table != block->table) context.emplace(late, external);
    if (before == nullptr || before->table != block->table || before->session != block->session)
      context->begin_session();
    before = block;
    QF_CHECK(reader.facts(*block, entries, texts));
    QF_CHECK(reader.rows(*block, bytes));
    const auto hand_over = [&](Row row, const StagedEntry& entry, const StagedIds& ids) -> Status {
      const std::uint64_t number = project.first_row + entry.number;
      const bool dropped = state.staged.dropped.test(number);
      return context->pass(row, ids, arena, !dropped, [&]() -> Status {
        TrialRow trial{project.name, entry.number, block->table, DropReason::kNone, row};
        if (dropped)
          trial.dropped = state.staged.shared_text.test(number) ? DropReason::kSharedText : DropReason::kSmallGroup;
        else
          settle_row(late, block->table, state.staged, state.groups ? &*state.groups : nullptr, number, assignment,
                     state.policy.privacy_level(), row, arena);
        return state.request.trial->each(trial);
      });
    };
    QF_CHECK(for_each_row_of(*block, entries, bytes, arena, hand_over));
  }
  return {};
}

}  // namespace

Status hand_over_trial(const BuildState& state, const std::vector<WrittenSubject>& subjects) {
  for (const StagedRun::Project& project : state.staged.projects)
    if (!project.staged.blocks.empty() && state.request.trial->projects.contains(project.name))
      QF_CHECK(hand_over_project(state, project, subjects[project.subject].assignment));
  return {};
}

}  // namespace qf
