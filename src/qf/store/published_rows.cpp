#include "qf/store/published_rows.h"

namespace qf {

Result<RowIndexReader> open_published_rows(const Store& store, Audience audience, const VersionFacts& version) {
  const auto file = row_index_file(store, audience, version.version);
  QF_ASSIGN(const RowIndexFacts facts, read_facts(file));
  if (facts.logical_digest != version.logical_digest)
    return failure(ErrorCode::kCorrupt,
                   file.string() +
                       ": is damaged, its logical digest is not the one in the ledger: put it back "
                       "from a backup, or take the version back with `revoke`");
  return RowIndexReader::open(file);
}

Result<BuildRecord> read_published_record(const Store& store, const VersionFacts& version) {
  const auto file = build_record_file(store, version.audience, version.version);
  QF_ASSIGN(BuildRecord record, read_record(file));
  if (record.identity != version.identity)
    return failure(ErrorCode::kCorrupt, file.string() + ": is of another build: put it back from a backup");
  return record;
}

}  // namespace qf
