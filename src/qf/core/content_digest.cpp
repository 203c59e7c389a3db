#include "qf/core/content_digest.h"

#include <utility>

namespace qf {

ContentDigest::ContentDigest(std::filesystem::path spill_folder, std::size_t memory_bytes) {
  for (std::size_t i = 0; i < kTableCount; ++i) tables_.emplace_back(spill_folder, memory_bytes / kTableCount);
}

Status ContentDigest::add(TableId table, std::string_view record_id, std::string_view canonical) {
  Row row;
  if (record_id.size() > row.id.size())
    return failure(ErrorCode::kCorrupt,
                   "a record_id of " + std::to_string(record_id.size()) + " bytes, longer than any that is given");
  record_id.copy(row.id.data(), record_id.size());
  row.id_bytes = static_cast<std::uint8_t>(record_id.size());
  row.digest = sha256(canonical);
  return tables_[static_cast<std::size_t>(table)].add(row);
}

Status ContentDigest::put_aside() {
  for (ExternalSort<Row>& rows : tables_) QF_CHECK(rows.put_aside());
  return {};
}

Status ContentDigest::merge(ContentDigest&& other) {
  for (std::size_t i = 0; i < tables_.size(); ++i) QF_CHECK(tables_[i].merge(std::move(other.tables_[i])));
  return {};
}

Result<std::string> ContentDigest::digest_of(ExternalSort<Row>& rows, unsigned threads, std::uint64_t& repeated) {
  QF_CHECK(rows.sort(threads));
  Sha256 running;
  Row before;
  for (bool first = true;; first = false) {
    QF_ASSIGN(const Row* const row, rows.next());
    if (row == nullptr) return running.hex();
    running.update({reinterpret_cast<const char*>(row->digest.data()), row->digest.size()});
    if (!first && before.same_id(*row)) ++repeated;
    before = *row;
  }
}

Result<ContentDigest::Digests> ContentDigest::finish(unsigned threads) {
  Digests digests;
  for (const TableSchema& table : tables()) {
    ExternalSort<Row>& rows = tables_[static_cast<std::size_t>(table.id)];
    if (rows.empty()) continue;
    QF_ASSIGN(digests.tables[std::string(table.name)], digest_of(rows, threads, digests.repeated));
    rows = ExternalSort<Row>({}, 0);  // its memory is wanted
  }
  Sha256 running;
  for (const auto& [name, digest] : digests.tables) running.update(name).update(" ").update(digest).update("\n");
  digests.combined = running.hex();
  return digests;
}

}  // namespace qf
