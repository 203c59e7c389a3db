// Opening a store to change it: under its lock, after whatever an earlier run left half done has been put right.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/store/store.h"

namespace qf {

// A store that this run, and no other, may change.
struct WritableStore {
  StoreLock lock;
  Database ledger;
  std::vector<std::string> put_right;  // what recover() did, for people
};

enum class IfMissing : std::uint8_t { kRefuse, kMake };
// What an earlier run left half done and cannot be put right now, such as files that nobody may remove: a command that
// takes somebody out goes on all the same, the others refuse.
enum class Unfinished : std::uint8_t { kRefuse, kPassOver };

// Waits for the lock, opens the ledger (bringing an older schema up to date) and recovers. kNotFound where there is no
// store and `missing` forbids to make one; kIo "locked"; kCorrupt where a version lies there that the ledger does not
// know. Working folders outside the store that killed runs left go, too.
Result<WritableStore> open_for_change(const Store& store, IfMissing missing, const LockWait& wait = {},
                                      Unfinished unfinished = Unfinished::kRefuse);

// Makes folder, CURRENT and private-state agree with the ledger, which alone says what was published:
//   - what lies there from a run that ended early (.staging-…, .removed-…, staged rows, *.part) goes;
//   - a publication that the ledger knows is finished, one that it does not know is undone;
//   - CURRENT names the live version, or is not there;
//   - of a version that gc removed, the rest goes.
// A version folder that no unfinished publication explains is left alone: see unrecorded_versions().
Result<std::vector<std::string>> recover(const Store& store, const Database& ledger, const StoreLock& lock);

// What recover() would do; changes nothing.
Result<std::vector<std::string>> unfinished(const Store& store, const Database& ledger);

// What is wrong with an audience's CURRENT beyond what a run that ended early leaves, which is the name of a version
// that was live before or, while its note is there, no name: "" where nothing is.
Result<std::string> damage_of_current(const Store& store, const Database& ledger, Audience audience);

// Version folders of which the ledger knows nothing: it was replaced by an older copy, or they were put there by hand.
Result<std::vector<std::filesystem::path>> unrecorded_versions(const Store& store, const Database& ledger);

// Removes a file, if it is there.
Status remove_file(const std::filesystem::path& path);

// Removes a folder of a version, or the like: first out of its name, then for good, so that no part of it ever stands
// under a version's name.
Status remove_folder(const std::filesystem::path& folder);

// Removes the staged rows of every project: they cost no more than time, and hold whoever was read.
Status remove_staged_rows(const Store& store);

}  // namespace qf
