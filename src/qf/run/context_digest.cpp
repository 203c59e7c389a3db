#include "qf/run/context_digest.h"

#include "qf/core/row_codec.h"
#include "qf/run/previous_decisions.h"

namespace qf {

RowDigest ContextDigest::of(const StagedIds& ids, const KeyedTag& tags) const {
  if (earlier_.empty()) return {};
  std::string list;
  list.reserve(earlier_.size() * (sizeof(Fingerprint) + 1));
  for (auto one = earlier_.rbegin(); one != earlier_.rend(); ++one) {
    list.append(reinterpret_cast<const char*>(one->said.bytes.data()), one->said.bytes.size());
    list += ids.has_question && one->has_question != 0 && one->question == ids.question ? '=' : '.';
  }
  return tags.fingerprint(list).bytes;
}

void ContextDigest::add(ConstRow row, const StagedIds& ids, const KeyedTag& tags) {
  const auto shown = shown_later(row);
  if (!shown) return;
  const std::array<Cell, 2> said = {shown->type, shown->choice};
  std::string bytes;
  encode_row(said, bytes);
  if (earlier_.size() == kMaxPreviousDecisions) earlier_.erase(earlier_.begin());
  earlier_.push_back({tags.fingerprint(bytes), ids.question, static_cast<std::uint8_t>(ids.has_question ? 1 : 0)});
}

namespace {

// The decisions of one session, block by block.
struct SessionBlocks {
  std::vector<const StagedBlock*> blocks;
  bool any_dropped = false;
};

}  // namespace

Result<std::map<std::uint32_t, RowDigest>> context_changes(const StagedRun& run, const StagedRun::Project& project,
                                                           const KeyedTag& tags) {
  std::map<std::uint32_t, RowDigest> changes;
  if (run.dropped_of(project) == 0) return changes;  // as it nearly always is: then nothing has to be read
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
  std::map<std::uint32_t, SessionBlocks> sessions;
  for (const StagedBlock& block : project.staged.blocks) {
    if (block.table != TableId::kDecisions) continue;
    SessionBlocks& session = sessions[block.session];
    session.blocks.push_back(&block);
    QF_CHECK(reader.facts(block, entries, texts));
    for (const StagedEntry& entry : entries)
      session.any_dropped = session.any_dropped || run.dropped.test(project.first_row + entry.number);
  }
  std::string bytes;
  Arena arena;
  for (const auto& [number, session] : sessions) {
    if (!session.any_dropped) continue;
    ContextDigest staged, published;
    for (const StagedBlock* block : session.blocks) {
      QF_CHECK(reader.facts(*block, entries, texts));
      QF_CHECK(reader.rows(*block, bytes));
      const auto compare = [&](ConstRow row, const StagedEntry& entry, const StagedIds& ids) -> Status {
        if (!run.dropped.test(project.first_row + entry.number)) {
          RowDigest change = staged.of(ids, tags);
          mix(change, published.of(ids, tags));
          if (change != RowDigest{}) changes.emplace(entry.number, change);
          published.add(row, ids, tags);
        }
        staged.add(row, ids, tags);
        return {};
      };
      QF_CHECK(for_each_row_of(*block, entries, bytes, arena, compare));
    }
  }
  return changes;
}

}  // namespace qf
