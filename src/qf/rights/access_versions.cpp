#include "qf/rights/access_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/ledger/people.h"
#include "qf/output/durable.h"
#include "qf/output/parquet_reader.h"
#include "qf/privacy/anonymity.h"
#include "qf/rights/erase_plan.h"
#include "qf/rights/row_json.h"
#include "qf/store/named_rows.h"
#include "qf/store/published_rows.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

void cannot_tell(PersonsVersion& version, std::string english, std::string swedish) {
  version.unknown_en = std::move(english);
  version.unknown_sv = std::move(swedish);
}

// The row index names the rows; the salt of then names them as the version does.
Status find_rows(const Store& store, const KeyFile& key, std::string_view subject_key, std::string_view tag,
                 const std::vector<bool>& theirs, PersonsVersion& version) {
  auto index = RowIndexReader::open(row_index_file(store, version.audience, version.facts.version));
  if (!index) {
    cannot_tell(version, "its index of rows cannot be read, so your rows in it cannot be pointed out",
                "dess radregister kan inte läsas, så dina rader i den kan inte pekas ut");
    return {};
  }
  for (;;) {
    QF_ASSIGN(const auto row, index->next());
    if (!row) break;
    if (row->project < theirs.size() && theirs[row->project]) version.rows.emplace(row->table, row->key);
  }
  QF_ASSIGN(const auto namer, pseudonymiser_of(key, *version.record));
  if (!namer) {
    cannot_tell(
        version,
        fmt::format("{} rows are yours, but its salt was destroyed: they can no longer be pointed out (Article 11)",
                    version.rows.size()),
        fmt::format("{} rader är dina, men dess salt är förstört: de kan inte längre pekas ut (artikel 11)",
                    version.rows.size()));
    return {};
  }
  RecordName name;
  const auto& projects = version.record->projects;
  if (std::any_of(projects.begin(), projects.end(), [&](const auto& one) { return one.subject_tag == tag; })) {
    namer->pseudonym(Pseudonymiser::Domain::kSubject, subject_key, name);
    version.pseudonym.assign(name.data(), name.size());
  }
  for (const auto& [table, row] : version.rows) {
    name_row(*namer, table, row, name);
    version.record_ids.emplace(std::string(name.data(), name.size()), std::pair(table, row));
  }
  return {};
}

}  // namespace

Result<std::vector<PersonsVersion>> versions_of_person(const Store& store, const Database& ledger, const KeyFile* key,
                                                       std::string_view subject_key,
                                                       const std::set<std::string, std::less<>>& projects) {
  std::optional<KeyedTag> tags;
  if (key != nullptr) {
    QF_ASSIGN(tags, KeyedTag::make(*key));
  }
  const std::string tag = tags ? tag_of(*tags, subject_key) : std::string();
  QF_ASSIGN(const auto owners, list_owners(ledger));
  std::set<std::string, std::less<>> of_others;
  for (const ProjectOwner& owner : owners)
    if (owner.subject_key != subject_key) of_others.insert(owner.project);
  // Rows that counted as somebody else's when they were published are shown to whom the register gives them now, and
  // to nobody else.
  const auto is_theirs = [&](const RecordedProject& project, bool ours) {
    if (ours && project.subject_tag == tag) return !of_others.contains(project.name);
    return (!ours || !project.subject_tag.empty()) && projects.contains(project.name);
  };
  QF_ASSIGN(const auto all, load_versions(ledger));
  std::vector<PersonsVersion> found;
  for (const VersionFacts& facts : all) {
    if (facts.removed_at_us) continue;
    PersonsVersion version;
    version.facts = facts;
    version.audience = facts.audience;
    auto record = read_published_record(store, facts);
    if (!record) {
      cannot_tell(version, "the record of its build cannot be read, so nobody can be found in it",
                  "byggets protokoll kan inte läsas, så ingen kan hittas i den");
      found.push_back(std::move(version));
      continue;
    }
    version.record = std::move(*record);
    const bool ours = key != nullptr && key->serves(version.record->key_id);
    std::vector<bool> theirs;
    for (const RecordedProject& project : version.record->projects) theirs.push_back(is_theirs(project, ours));
    const bool any = std::find(theirs.begin(), theirs.end(), true) != theirs.end();
    if (!ours) {
      const std::string_view what_en = key == nullptr ? "its key is lost" : "it was made under another key";
      const std::string_view what_sv = key == nullptr ? "dess nyckel är borta" : "den gjordes under en annan nyckel";
      cannot_tell(version,
                  fmt::format("{}: your rows in it cannot be pointed out{}", what_en,
                              any ? ", but projects of yours were among its inputs" : ""),
                  fmt::format("{}: dina rader i den kan inte pekas ut{}", what_sv,
                              any ? ", men projekt av dina ingick i underlaget" : ""));
      found.push_back(std::move(version));
      continue;
    }
    if (!any) continue;
    QF_CHECK(find_rows(store, *key, subject_key, tag, theirs, version));
    if (!version.rows.empty() || !version.unknown_en.empty()) found.push_back(std::move(version));
  }
  return found;
}

std::vector<std::size_t> coarser_columns(TableId table) {
  const auto fields = table_schema(table).fields;
  const auto place = [&](std::string_view name) {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& one) { return one.name == name; });
    return static_cast<std::size_t>(found - fields.begin());
  };
  std::set<std::size_t> columns;
  for (const QuasiIdentifier& quasi : quasi_identifiers(table)) {
    // Of a decision, module and stage stand in the context.
    const std::size_t own = place(quasi.name);
    columns.insert(own < fields.size() ? own : place("context"));
  }
  return {columns.begin(), columns.end()};
}

Result<std::uint64_t> write_rows_of(const Store& store, const PersonsVersion& version, const OthersMask& mask,
                                    const fs::path& folder, PublishedValues* published) {
  std::uint64_t written = 0;
  if (version.record_ids.empty()) return written;
  const fs::path root = store.version_folder(version.audience, version.facts.version);
  std::error_code error;
  for (const TableSchema& table : tables()) {
    std::vector<fs::path> files;
    for (fs::directory_iterator at(root / "data" / std::string(table.name), error), end; !error && at != end;
         at.increment(error))
      if (at->path().extension() == ".parquet") files.push_back(at->path());
    error.clear();  // what is missing shows in the number of rows
    std::sort(files.begin(), files.end());
    std::optional<HashedFile> out;
    const auto columns = coarser_columns(table.id);
    for (const fs::path& file : files) {
      QF_ASSIGN(TableReader reader, TableReader::open(file));
      QF_CHECK(reader.for_each_row(table.id, [&](ConstRow row) -> Status {
        const auto own = version.record_ids.find(row[0].view());
        if (own == version.record_ids.end()) return {};
        if (published != nullptr) {
          std::vector<nlohmann::ordered_json>& values = (*published)[own->second];
          for (const std::size_t column : columns) values.push_back(cell_json(table.fields[column].type, row[column]));
        }
        if (!out) {
          QF_ASSIGN(out, HashedFile::create(folder / (std::string(table.name) + ".jsonl"), Readers::kOwner));
        }
        auto json = row_json(table.id, row);
        mask.mask_row(table.id, json);
        ++written;
        return out->write(json_line(json));
      }));
    }
    if (out) QF_CHECK(out->close());
  }
  return written;
}

}  // namespace qf
