// What a build passes from one step to the next. Inside run only.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "qf/ledger/database.h"
#include "qf/output/manifest.h"
#include "qf/privacy/policy.h"
#include "qf/run/build.h"
#include "qf/run/identity.h"
#include "qf/run/permit.h"
#include "qf/run/publish.h"
#include "qf/run/staging.h"
#include "qf/run/store.h"

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

struct BuildState {
  const BuildRequest& request;
  Store store;
  Policy policy;
  std::optional<KeyFile> key;  // absent in a dry run where there is none
  KeyedTag tags;
  LedgerView view;
  std::filesystem::path work_folder;  // for what does not fit into memory
  RunFolder staging_folder;
  StagedRun staged;
  SubjectList subjects;
  std::mutex mutex;
  IdentityParts identity;
  std::vector<ManifestInput> inputs;
  std::set<std::uint32_t> subjects_with_rows;
  std::vector<std::string> passed_over;  // warnings about registrations that do not hold, in no order
  std::vector<BoundLine> lines_to_bind;
  std::uint64_t sessions = 0, sittings = 0, sittings_with_decisions = 0;
  BuildResult result;
};

// Pass one for one project: its rows are staged, and what the build has to know of it is added to the state.
Result<ProjectOutcome> stage_project(BuildState& state, std::size_t index, const Project& project,
                                     const ReadOptions& options);

// The rows that would be published, sorted by key, for comparison with other versions.
Result<std::vector<PublishedRow>> published_rows(const BuildState& state, const std::vector<WrittenSubject>& subjects);

// Pass two and what follows it: number the version, write it beside the published ones, make it appear in one rename,
// and record it. Equal rows under an equal configuration publish nothing.
Status publish(BuildState& state, const Database& ledger, const std::vector<WrittenSubject>& subjects,
               const Assignments& assignments);

}  // namespace qf
