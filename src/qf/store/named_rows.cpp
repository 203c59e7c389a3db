#include "qf/store/named_rows.h"

#include <cstring>

#include "qf/store/config.h"
#include "qf/store/identity.h"
#include "qf/store/published_rows.h"
#include "qf/store/row_index.h"

namespace qf {
namespace {

Result<std::vector<PublishedRow>> rows_of_projects(const std::filesystem::path& index,
                                                   const std::vector<bool>& wanted) {
  std::vector<PublishedRow> rows;
  QF_ASSIGN(RowIndexReader reader, RowIndexReader::open(index));
  for (;;) {
    QF_ASSIGN(const auto row, reader.next());
    if (!row) return rows;
    if (row->project < wanted.size() && wanted[row->project]) rows.push_back(*row);
  }
}

}  // namespace

void name_row(const Pseudonymiser& pseudonymiser, TableId table, const RowKey& key, RecordName& name) {
  char id[1 + sizeof key.bytes];
  id[0] = static_cast<char>(table);
  std::memcpy(id + 1, key.bytes.data(), sizeof key.bytes);
  pseudonymiser.pseudonym(Pseudonymiser::Domain::kRecord, {id, sizeof id}, name);
}

Result<std::optional<Pseudonymiser>> pseudonymiser_of(const KeyFile& key, const BuildRecord& record) {
  QF_ASSIGN(const Config config, parse_config(record.configuration, "the record of the build"));
  const std::string identity = pseudonym_identity(config, record.identity);
  QF_ASSIGN(const auto salt, key.peek_salt(identity));
  if (!salt) return std::nullopt;
  QF_ASSIGN(Pseudonymiser names, Pseudonymiser::make(key, *salt, config.dataset_name, identity));
  return std::optional<Pseudonymiser>(std::move(names));
}

bool holds_rows_of(const RecordedProject& project, std::string_view subject_tag,
                   const std::set<std::string>& projects) {
  return !project.subject_tag.empty() && (project.subject_tag == subject_tag || projects.contains(project.name));
}

std::vector<bool> projects_of_person(const BuildRecord& record, std::string_view subject_tag,
                                     const std::set<std::string>& projects) {
  std::vector<bool> theirs;
  for (const RecordedProject& project : record.projects)
    theirs.push_back(holds_rows_of(project, subject_tag, projects));
  return theirs;
}

std::vector<Tombstone> tombstones_of(const Store& store, const KeyFile* key, Audience audience,
                                     const VersionFacts& facts, std::string_view subject_tag,
                                     const std::set<std::string>& projects, std::string_view reason,
                                     std::int64_t removed_at_us) {
  Tombstone stone{std::string(to_string(facts.audience)), to_string(facts.version), "*", std::string(reason),
                  removed_at_us};
  const auto record = read_published_record(store, facts);
  if (key == nullptr || !record || !key->serves(record->key_id)) return {stone};
  const auto rows = rows_of_projects(row_index_file(store, audience, facts.version),
                                     projects_of_person(*record, subject_tag, projects));
  const auto names = pseudonymiser_of(*key, *record);
  if (!rows || !names || !*names) return {stone};
  std::vector<Tombstone> stones;
  for (const PublishedRow& row : *rows) {
    RecordName name;
    name_row(**names, row.table, row.key, name);
    stone.record_id.assign(name.data(), name.size());
    stones.push_back(stone);
  }
  return stones;
}

}  // namespace qf
