#include "qf/run/said_digest.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "qf/core/digest.h"
#include "qf/core/row_codec.h"

namespace qf {

Status for_each_said(const SaidRows& rows, const StagedRun::Project& project, const SaidSink& each) {
  const std::vector<StagedBlock>& blocks = project.staged.blocks;
  if (blocks.empty()) return {};
  const auto place = [&](std::size_t block) { return std::pair(blocks[block].session, blocks[block].table); };
  // Session by session, as they are written: a row shows the decisions before it.
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
  QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  std::string bytes, said;
  Arena arena;
  std::optional<SettledContext> context;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const StagedBlock& block = blocks[order[i]];
    const LateColumns late = late_columns_of(block.table);
    if (i == 0 || place(order[i - 1]) != place(order[i])) context.emplace(late, rows.external);
    QF_CHECK(reader.facts(block, entries, texts));
    QF_CHECK(reader.rows(block, bytes));
    QF_CHECK(for_each_row_of(block, entries, bytes, arena,
                             [&](Row row, const StagedEntry& entry, const StagedIds& ids) -> Status {
                               const std::uint64_t number = project.first_row + entry.number;
                               if (rows.run.dropped.test(number)) return {};
                               return context->pass(row, ids, arena, true, [&]() {
                                 settle_row(late, block.table, rows.run, &rows.groups, number, {}, "", row, arena);
                                 said.clear();
                                 encode_row(row, said);
                                 said += rows.salt;
                                 const Sha256Bytes full = sha256(said);
                                 RowDigest digest{};
                                 std::copy_n(full.begin(), digest.size(), digest.begin());
                                 return each(block, entry, digest);
                               });
                             }));
  }
  return {};
}

}  // namespace qf
