// The staged projects of the build before, kept in the store so that only what is new is read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ingest/project_reader.h"
#include "qf/ledger/quarantine.h"
#include "qf/ledger/sealed_file.h"
#include "qf/run/reading.h"
#include "qf/run/staging.h"
#include "qf/store/identity.h"

namespace qf {

// A file as it was when it was read.
struct KnownFile {
  std::string path;
  std::uint64_t size = 0, inode = 0, device = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;  // of content; of content, name or rights
  std::uint64_t read_bytes = 0;                  // up to the last LF
  std::string blocks;                            // digest of blocks at the beginning, at the end and between
};

// What is to be known of a staged project so that it need not be staged again.
struct CachedProject {
  std::string settings;  // digest of everything but files and people that staging depends on
  std::vector<KnownFile> logs, companions;
  ProjectSigns signs;
  std::string subject_key, permissions;  // whose it is, and what the person allowed
  ProjectOutcome outcome;
  ProjectIdentity identity;
  std::vector<InputFacts> inputs;
  // Where texts stand that were set apart. Kept here too: a run that ends before the ledger has them would leave them
  // out of its list for good, since nobody reads this project again.
  std::vector<QuarantineItem> held;
  StagedProject staged;
  std::optional<SealedId> resume;  // of the file that says how to go on once the logs have grown
};

// Whose a staged project is, from its `.state` file. Nothing where that is damaged.
struct StagedPerson {
  std::string name, subject_key;
};
std::optional<StagedPerson> read_staged_person(const std::filesystem::path& file);

class StageCache {
 public:
  // A folder for the owner alone; made where it is missing.
  static Result<StageCache> open(std::filesystem::path folder);
  StageCache(StageCache&&) = default;
  StageCache& operator=(StageCache&&) = default;

  std::filesystem::path rows_file(const std::string& tag) const { return folder_ / (tag + ".rows"); }
  // What reading and linking remembered at the end of its logs. It holds texts as they were logged, so it is sealed.
  std::filesystem::path resume_file(const std::string& tag) const { return folder_ / (tag + ".resume"); }
  // Where the next one is written: keep() puts it in the place of the other.
  std::filesystem::path next_resume_file(const std::string& tag) const { return folder_ / (tag + ".resume.part"); }
  // What is known of the project with this tag under these settings. A damaged entry is none.
  std::optional<CachedProject> find(const std::string& tag, const std::string& settings) const;
  // Before the rows of a project are written anew: what is known of it holds no longer.
  Status forget(const std::string& tag) const;
  // After they were written. Not flushed to the disk: what a crash leaves behind does not match its digests.
  Status keep(const std::string& tag, const CachedProject& project) const;
  // Removes what is known of a project, and its rows.
  Status remove(const std::string& tag) const;
  // Removes everything but these projects.
  Status keep_only(const std::set<std::string>& tags) const;

 private:
  explicit StageCache(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

// The files of a project as they are now, to be asked before they are read: what is written meanwhile is new to the
// next build. Nothing where one cannot be looked at.
std::optional<std::vector<KnownFile>> known_logs(const Project& project);
std::optional<std::vector<KnownFile>> known_companions(const Project& project);
// Adds how far each log was read, and what stands there. False where one cannot be read.
bool add_what_was_read(std::vector<KnownFile>& logs, const Project& project, const std::vector<InputFacts>& inputs);

// What has become of the files that were read.
enum class FilesNow : std::uint8_t {
  kUnchanged,
  kGrown,    // logs hold what was read of them, and more was written behind it
  kChanged,  // anything else
};
// By sizes, times, inodes and blocks; with `verify` what was read of the logs is digested whole.
FilesNow look_at_files(const CachedProject& known, const Project& project, bool verify);

}  // namespace qf
