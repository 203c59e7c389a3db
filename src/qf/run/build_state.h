// What a build passes from one step to the next. Inside run only.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "qf/core/in_threads.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/database.h"
#include "qf/output/manifest.h"
#include "qf/privacy/policy.h"
#include "qf/run/build.h"
#include "qf/run/opened_build.h"
#include "qf/run/permit.h"
#include "qf/run/quarantined.h"
#include "qf/run/row_groups.h"
#include "qf/run/stage_cache.h"
#include "qf/run/staging.h"
#include "qf/run/write_tables.h"
#include "qf/store/identity.h"
#include "qf/store/row_index.h"
#include "qf/store/store.h"

namespace qf {

// A folder for the files of one run, removed with the object.
class RunFolder {
 public:
  // Made anew, for its owner alone.
  static Result<RunFolder> create(std::filesystem::path path);
  RunFolder(RunFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Counted from several threads.
struct ReuseCounts {
  std::atomic<std::uint64_t> unchanged{0}, read{0}, continued{0}, changed{0};
};

struct BuildState {
  const BuildRequest& request;
  Store store;
  Policy policy;
  std::optional<KeyFile> key;  // absent in a dry run where there is none
  KeyedTag tags;
  WhoMayBeIn who;
  std::filesystem::path work_folder;  // for what does not fit into memory
  RunFolder staging_folder;
  std::optional<StageCache> cache;  // only where the build publishes and the program is known
  StagedRun staged{};
  ReuseCounts reused{};
  SubjectList subjects{};
  std::mutex mutex{};
  IdentityParts identity{};
  std::vector<ManifestInput> inputs{};
  std::set<std::uint32_t> subjects_with_rows{};
  std::vector<QuarantineItem> held{};      // texts set apart in this build, in no order
  std::optional<RowGroups> groups{};       // of what leaves the private circle
  std::vector<std::string> passed_over{};  // warnings about registrations that do not hold, in no order
  std::vector<BoundLine> lines_to_bind{};
  std::uint64_t sessions = 0, sittings = 0, sittings_with_decisions = 0;
  BuildResult result{};
  unsigned threads() const { return wanted_threads(request.config.threads); }
  std::string program{};    // what tells this program from another build of it; "": the system does not say
  bool key_is_new = false;  // another key than the store's so far: nothing of old can be matched
};

// Pass one for one project: its rows are staged, and what the build has to know of it is added to the state.
Result<ProjectOutcome> stage_project(BuildState& state, std::size_t index, const Project& project,
                                     const ReadOptions& options);

// Writes the rows that would be published to an index, for comparison with other versions.
Result<RowIndexFacts> write_row_index(const BuildState& state, const std::vector<WrittenSubject>& subjects,
                                      const std::filesystem::path& file);

// The rows of a version that is not written, because it is there already or only tried, as its tally names them.
Status count_rows(BuildState& state, const RowIndexFacts& index);

// Where a version is to be written, and under what names.
struct VersionPlan {
  std::filesystem::path folder;        // made anew
  std::filesystem::path spill_folder;  // for what does not fit into memory
  VersionNumber number;
  std::string previous;  // "" for the first
  std::string identity;
  Salt salt;
};
struct WrittenVersion {
  std::vector<ManifestFile> files;  // SHA256SUMS among them
  std::string sums_digest;          // of SHA256SUMS
};
// Pass two: every file of the version, read-only and on the disk, but under no name that a reader would look for.
Result<WrittenVersion> write_version(BuildState& state, const std::vector<WrittenSubject>& subjects,
                                     const VersionPlan& plan);
// Hands over what was asked for in a trial.
Status hand_over_trial(const BuildState& state, const std::vector<WrittenSubject>& subjects);
// The files of a version by its own lists.
Result<WrittenVersion> files_of_version(const std::filesystem::path& folder);

// Pass two and what follows it: number the version, write it beside the published ones, make it appear in one rename,
// and record it. Equal rows under an equal configuration publish nothing.
Status publish(BuildState& state, const Database& ledger, const std::vector<WrittenSubject>& subjects,
               const Assignments& assignments);

// Puts into state.result what a reproduction is compared by: projects, and what their people allow.
void describe_inputs(BuildState& state);

// Pass two for a version that was published before: the same number, the salt of then, in a folder of the caller. Where
// the build's identity is another one, nothing is written and state.result.version stays empty.
Status reproduce(BuildState& state, const std::vector<WrittenSubject>& subjects);

}  // namespace qf
