// What a version was built from, kept in private-state: enough to build it again, or to say why it would differ.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "qf/core/audience.h"
#include "qf/core/result.h"
#include "qf/ledger/assignments.h"
#include "qf/output/manifest.h"

namespace qf {

// A log (up to its last LF) or a question file as it was read.
struct RecordedFile {
  std::string path;      // where it lay
  std::string relative;  // to the root it was found under
  std::string sha256;
  std::uint64_t bytes = 0, lines = 0;  // of logs only
  bool pending = false;                // of a log: more followed its last LF
  std::uint64_t skip_lines = 0;        // of a log: as many at its beginning were an earlier log's
};

struct RecordedProject {
  std::string name;
  std::string subject_tag;  // "" where no row of it was used
  std::vector<RecordedFile> logs, question_files;
  std::map<std::string, std::uint64_t, std::less<>> dropped;  // reason → rows
};

struct BuildRecord {
  std::string program_version;
  std::map<std::string, std::string> libraries;
  std::string schema_version, rules_version;
  std::string row_digests;   // what the row index means by what a row says: row_digests_of() of then
  std::string row_projects;  // RowIndexFacts::projects_digest; "" in the records of an older program
  std::string identity, key_id, previous_version;
  std::int64_t as_of_us = 0;
  std::string configuration;                       // canonical_config()
  std::vector<std::string> roots;                  // the paths given to build, absolute
  std::uint64_t twin_files = 0, twin_lines = 0;    // copies that were set apart
  std::vector<RecordedProject> projects;           // PublishedRow::project counts these
  std::map<std::string, std::string> permissions;  // subject tag → digest of what the person allowed
  std::vector<SplitAssignment> assignments;        // of everybody, as this version used them
  std::vector<ManifestFile> files;                 // of the version, SHA256SUMS among them
};

// The form of the digests in the row indexes of an audience: "" of rows as they are staged, as all were at first.
inline std::string_view row_digests_of(Audience audience) {
  return audience == Audience::kPrivate ? "" : "as-published-1";
}

// JSON; bytes of names and paths that are not plain ASCII are written as %XX, so that any name survives.
std::string record_json(const BuildRecord& record);
Result<BuildRecord> parse_record(std::string_view json, const std::string& place);
// kNotFound where the store has none, for instance since gc removed the version.
Result<BuildRecord> read_record(const std::filesystem::path& file);

}  // namespace qf
