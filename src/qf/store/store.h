// The folder that holds versions and the ledger: where things lie in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "qf/core/result.h"
#include "qf/ledger/database.h"
#include "qf/ledger/versions.h"
#include "qf/privacy/policy.h"
#include "qf/store/lock.h"

namespace qf {

class Store {
 public:
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path ledger_file() const { return folder_ / "ledger.db"; }
  std::filesystem::path audience_folder(Audience audience) const { return folder_ / std::string(to_string(audience)); }
  std::filesystem::path version_folder(Audience audience, const VersionNumber& version) const;
  std::filesystem::path private_state() const { return folder_ / "private-state"; }
  // Whether there is a ledger, or the system does not say: then whoever opens it is told why.
  bool exists() const;

  // Whether a path lies in the store's folder, or is it; either may not be there yet.
  bool holds(const std::filesystem::path& path) const;

  // kCorrupt where versions lie here, or what belongs to them, and no ledger: it was lost, and a new one in its place
  // would have forgotten who withdrew.
  Status check_ledger_is_there() const;
  // Makes the store's folder, for the owner alone where it is new, and its private-state; closes what is there of
  // private-state and of private versions to everybody else.
  Status make_folders() const;
  // Makes the folder of an audience's versions; that of private ones for the owner alone.
  Status make_audience_folder(Audience audience) const;
  // Opens the ledger to change it, which takes the store's lock: see open_for_change() in recover.h.
  Result<Database> open_locked(const StoreLock& lock) const;
  Result<Database> open_read_only() const;

 private:
  std::filesystem::path folder_;
};

// What the store keeps about a version and never hands out, in private-state: its rows for comparison, and what it was
// built from.
std::filesystem::path row_index_file(const Store& store, Audience audience, const VersionNumber& version);
std::filesystem::path build_record_file(const Store& store, Audience audience, const VersionNumber& version);
// The rows of each project as the build before staged them.
std::filesystem::path staged_folder(const Store& store);
// Names the one publication that is under way; there from before its folder appears until it is recorded.
std::filesystem::path publishing_file(const Store& store);

// The word in <audience>/CURRENT; nothing where it is not there, "" where it is no file.
Result<std::optional<std::string>> read_current(const Store& store, Audience audience);

}  // namespace qf
