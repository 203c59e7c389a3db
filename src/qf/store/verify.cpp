#include "qf/store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "qf/core/content_digest.h"
#include "qf/core/digest.h"
#include "qf/core/row_codec.h"
#include "qf/core/spill_file.h"
#include "qf/core/whole_file.h"
#include "qf/output/manifest.h"
#include "qf/output/parquet_reader.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// A file that cannot be read is named where its content is looked at.
std::string content_of(const fs::path& file) { return read_whole_file(file).value_or(""); }

// The places of the columns that the certificate speaks of.
struct Columns {
  std::size_t record, subject, fold, privacy_level, version;
};
template <TableId Table>
constexpr Columns columns() {
  return {column_of<Table, "record_id">(), column_of<Table, "subject_id">(), column_of<Table, "fold">(),
          column_of<Table, "privacy_level">(), column_of<Table, "dataset_version">()};
}
Columns columns_of(TableId table) {
  switch (table) {
    case TableId::kDecisions: return columns<TableId::kDecisions>();
    case TableId::kCorrections: return columns<TableId::kCorrections>();
    case TableId::kQuestions: return columns<TableId::kQuestions>();
  }
  return columns<TableId::kDecisions>();
}

// What the rows of all files show.
struct RowFacts {
  ContentDigest digest{temporary_folder()};
  std::map<std::string, std::uint64_t> rows;  // by table/split
  std::uint64_t total = 0;
  std::unordered_map<std::string, std::string> places;  // person → split and fold
  bool split_by_person = true, one_version = true, one_level = true;
};

// data/<table>/<split>-00000-of-00001.parquet; nothing for any other file.
struct DataFile {
  TableId table;
  std::string place;  // table/split
  std::string split;
};
std::optional<DataFile> data_file(std::string_view path) {
  for (const TableSchema& table : tables()) {
    const std::string folder = fmt::format("data/{}/", table.name);
    if (!path.starts_with(folder) || !path.ends_with(".parquet")) continue;
    const std::string split(path.substr(folder.size(), path.find('-', folder.size()) - folder.size()));
    return DataFile{table.id, std::string(table.name) + "/" + split, split};
  }
  return std::nullopt;
}

Status read_rows(const fs::path& file, const DataFile& of, const CertificateFacts& claimed, RowFacts& facts,
                 std::uint64_t& rows) {
  QF_ASSIGN(TableReader reader, TableReader::open(file));
  const Columns columns = columns_of(of.table);
  std::string canonical, place;
  return reader.for_each_row(of.table, [&](ConstRow row) -> Status {
    ++rows;
    canonical.clear();
    canonical_row(row, canonical);
    QF_CHECK(facts.digest.add(of.table, row[columns.record].view(), canonical));
    if (const Cell& subject = row[columns.subject]; !subject.is_null()) {
      place = fmt::format("{}/{}", of.split, row[columns.fold].integer);
      const auto [found, is_new] = facts.places.try_emplace(std::string(subject.view()), place);
      if (!is_new && found->second != place) facts.split_by_person = false;
    }
    facts.one_version = facts.one_version && row[columns.version].view() == claimed.version;
    facts.one_level = facts.one_level && row[columns.privacy_level].view() == claimed.privacy_level;
    return {};
  });
}

// Every file of the version against both lists, and every name in the folder against them.
void check_files(const fs::path& folder, const std::vector<ManifestFile>& sums, const Manifest& manifest,
                 VersionCheck& check, std::set<std::string>& sound) {
  const auto problem = [&](const std::string& file, std::string what) {
    check.problems.push_back({file, std::move(what)});
  };
  std::map<std::string, ManifestFile> expected;
  for (const ManifestFile& file : manifest.files) expected[file.path] = file;
  std::map<std::string, std::string> listed;
  for (const ManifestFile& file : sums) listed[file.path] = file.sha256;
  for (const auto& [path, digest] : listed)
    if (path != "manifest.json" && !expected.contains(path))
      problem("SHA256SUMS", fmt::format("names {}, which manifest.json does not", path));
  for (const auto& [path, file] : expected)
    if (const auto found = listed.find(path); found == listed.end())
      problem("SHA256SUMS", fmt::format("does not name {}", path));
    else if (found->second != file.sha256)
      problem("SHA256SUMS", fmt::format("gives {} another digest than manifest.json does", path));

  std::set<std::string> there;
  std::map<std::string, std::string> digest_of;  // wrong digest → file
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string path = at->path().lexically_relative(folder).generic_string();
    std::error_code unseen;
    const auto type = at->symlink_status(unseen).type();
    if (type == fs::file_type::none) {
      problem(path, "cannot be looked at: " + unseen.message());
      there.insert(path);
      continue;
    }
    if (type == fs::file_type::directory) {
      const bool known = std::any_of(expected.begin(), expected.end(),
                                     [&](const auto& one) { return one.first.starts_with(path + "/"); });
      if (!known) problem(path, "an extra folder: the version has none of this name");
      continue;
    }
    there.insert(path);
    const bool list = path == "SHA256SUMS" || path == "manifest.json";
    const auto found = expected.find(path);
    if (!list && found == expected.end()) {
      problem(path, "an extra file: the version has none of this name");
    } else if (type != fs::file_type::regular) {
      problem(path, "not a regular file: the version holds no links");
    }
  }
  if (error) problem("", "cannot be read: " + error.message());
  for (const auto& [path, file] : expected) {
    if (!there.contains(path)) {
      problem(path, "is missing");
      continue;
    }
    if (!fs::is_regular_file(fs::symlink_status(folder / path, error))) continue;
    const auto bytes = fs::file_size(folder / path, error);
    const auto digest = sha256_of_file(folder / path);
    if (!digest) {
      problem(path, "cannot be read");
    } else if (*digest == file.sha256) {
      sound.insert(path);
      check.bytes += bytes;
    } else {
      const auto other =
          std::find_if(expected.begin(), expected.end(), [&](const auto& one) { return one.second.sha256 == *digest; });
      problem(path, other != expected.end() ? fmt::format("holds what belongs into {}", other->first)
                    : bytes != file.bytes
                        ? fmt::format("is damaged: {} bytes where {} were published", bytes, file.bytes)
                        : "is damaged: its digest is not the published one");
    }
  }
  check.files = there.size();
}

void check_certificate(const std::vector<CertificateLine>& published, const CertificateFacts& claimed,
                       const RowFacts& found, std::uint64_t repeated, VersionCheck& check) {
  CertificateFacts facts = claimed;
  facts.content_digest = check.content_digest;
  facts.rows = found.rows;
  facts.subjects = found.places.size();
  const auto expected = certificate_lines(facts);
  const std::map<std::string_view, bool> further = {{"record_ids", repeated == 0},
                                                    {"split_by_person", found.split_by_person},
                                                    {"version_column", found.one_version},
                                                    {"privacy_column", found.one_level}};
  for (const CertificateLine& line : published) {
    CheckedLine checked{line, std::nullopt};
    if (line.basis == Basis::kFiles) {
      const auto same = std::find(expected.begin(), expected.end(), line);
      const auto more = further.find(line.name);
      checked.holds = same != expected.end() && (more == further.end() || more->second);
      if (!*checked.holds)
        check.problems.push_back(
            {"certificate.json", fmt::format("the line {} does not hold for the files", line.name)});
    }
    check.certificate.push_back(std::move(checked));
  }
  for (const CertificateLine& line : expected)
    if (std::none_of(published.begin(), published.end(), [&](const auto& one) { return one.name == line.name; }))
      check.problems.push_back({"certificate.json", fmt::format("has no line {}", line.name)});
}

// What the two lists of files say, and how each stands to the other.
struct Lists {
  std::string sums_text, manifest_text;
  Result<std::vector<ManifestFile>> sums;
  Result<Manifest> manifest;
};

// Reads both lists. kInvalidInput where there is neither.
Result<Lists> read_lists(const fs::path& folder, VersionCheck& check) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return failure(ErrorCode::kNotFound, folder.string() + ": no such folder");
  const bool has_sums = fs::exists(folder / "SHA256SUMS", error);
  const bool has_manifest = fs::exists(folder / "manifest.json", error);
  if (!has_sums && !has_manifest)
    return failure(ErrorCode::kInvalidInput,
                   folder.string() + ": not a version: it has neither manifest.json nor SHA256SUMS");
  Lists lists{content_of(folder / "SHA256SUMS"), content_of(folder / "manifest.json"), {}, {}};
  check.sums_digest = to_hex(sha256(lists.sums_text));
  if (!has_sums) check.problems.push_back({"SHA256SUMS", "is missing"});
  if (!has_manifest) check.problems.push_back({"manifest.json", "is missing"});
  lists.sums = parse_sha256_sums(lists.sums_text);
  lists.manifest = parse_manifest(lists.manifest_text);
  if (has_sums && !lists.sums) check.problems.push_back({"SHA256SUMS", "is damaged: " + lists.sums.error().message});
  if (has_manifest && !lists.manifest)
    check.problems.push_back({"manifest.json", "is damaged: " + lists.manifest.error().message});
  if (!has_sums) lists.sums = failure(ErrorCode::kNotFound, "");
  if (has_sums && lists.sums && has_manifest) {
    const auto line = std::find_if(lists.sums->begin(), lists.sums->end(),
                                   [](const ManifestFile& file) { return file.path == "manifest.json"; });
    if (line == lists.sums->end())
      check.problems.push_back({"SHA256SUMS", "does not name manifest.json"});
    else if (line->sha256 != to_hex(sha256(lists.manifest_text)))
      check.problems.push_back(
          {"manifest.json", "is damaged, or SHA256SUMS is: its digest is not the one that SHA256SUMS gives"});
  }
  return lists;
}

// Without the manifest, what SHA256SUMS says of the other files still tells which of them are sound.
void check_by_sums_alone(const fs::path& folder, const std::vector<ManifestFile>& sums, VersionCheck& check) {
  for (const ManifestFile& file : sums) {
    if (file.path == "manifest.json") continue;
    const auto digest = sha256_of_file(folder / file.path);
    if (!digest || *digest != file.sha256) check.problems.push_back({file.path, "is missing or damaged"});
  }
}

// The rows of all files that are sound; whether that was all of them.
Result<bool> check_rows(const fs::path& folder, const Manifest& manifest, const CertificateFacts& claimed,
                        const std::set<std::string>& sound, RowFacts& facts, VersionCheck& check) {
  bool all_read = true;
  for (const ManifestFile& file : manifest.files) {
    const auto data = data_file(file.path);
    if (!data) continue;
    if (!sound.contains(file.path)) {
      all_read = false;
      continue;
    }
    std::uint64_t rows = 0;
    if (auto read = read_rows(folder / file.path, *data, claimed, facts, rows); !read) {
      if (read.error().code != ErrorCode::kCorrupt) return tl::unexpected<Error>(std::move(read).error());
      check.problems.push_back({file.path, "its rows cannot be read: " + read.error().message});
      all_read = false;
      continue;
    }
    if (rows != file.rows)
      check.problems.push_back({file.path, fmt::format("{} rows where manifest.json says {}", rows, file.rows)});
    check.rows += rows;
    if (rows != 0) facts.rows[data->place] += rows;
  }
  return all_read;
}

CertificateFacts claimed_by(const Manifest& manifest) {
  CertificateFacts claimed;
  claimed.version = manifest.version;
  claimed.audience = manifest.audience;
  if (const auto level = manifest.documents.find("privacy_level"); level != manifest.documents.end())
    claimed.privacy_level = level->second.size() < 2 ? "" : level->second.substr(1, level->second.size() - 2);
  return claimed;
}

}  // namespace

Result<VersionCheck> verify_version(const fs::path& folder) {
  VersionCheck check;
  check.folder = folder;
  QF_ASSIGN(const Lists lists, read_lists(folder, check));
  if (!lists.manifest) {
    check_by_sums_alone(folder, lists.sums.value_or(std::vector<ManifestFile>()), check);
    return check;
  }
  const Manifest& manifest = *lists.manifest;
  check.version = manifest.version;
  check.audience = manifest.audience;
  // The list has one form: a name, a line or an end of another form is damage as well.
  if (lists.sums) {
    std::vector<ManifestFile> all = manifest.files;
    all.push_back({"manifest.json", lists.manifest_text.size(), 0, to_hex(sha256(lists.manifest_text))});
    if (check.problems.empty() && sha256_sums(all) != lists.sums_text)
      check.problems.push_back({"SHA256SUMS", "is damaged: it is not the list of this version's files"});
  }
  std::set<std::string> sound;
  check_files(folder, lists.sums ? *lists.sums : manifest.files, manifest, check, sound);

  const CertificateFacts claimed = claimed_by(manifest);
  RowFacts facts;
  QF_ASSIGN(const bool all_read, check_rows(folder, manifest, claimed, sound, facts, check));
  QF_ASSIGN(const auto digests, facts.digest.finish());
  check.content_digest = digests.combined;
  if (all_read && digests.combined != manifest.content_digest)
    check.problems.push_back({"manifest.json", "its content_digest is not that of the rows"});
  if (all_read && digests.tables != manifest.table_digests)
    check.problems.push_back({"manifest.json", "its table_digests are not those of the rows"});
  if (!sound.contains("certificate.json")) return check;
  const auto published = parse_certificate(content_of(folder / "certificate.json"));
  if (!published)
    check.problems.push_back({"certificate.json", published.error().message});
  else if (all_read)
    check_certificate(*published, claimed, facts, digests.repeated, check);
  else
    for (const CertificateLine& line : *published) check.certificate.push_back({line, std::nullopt});
  return check;
}

}  // namespace qf
