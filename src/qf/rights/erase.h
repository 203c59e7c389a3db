// Erasing a person: every version that holds them is taken back, everything kept of them goes, and what may follow is
// built without them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/rights/erase_plan.h"
#include "qf/rights/removal_notices.h"
#include "qf/run/reading.h"
#include "qf/store/lock.h"

namespace qf {

struct EraseRequest {
  std::filesystem::path store, key_file;
  std::string subject;  // "": only finish what an earlier run began
  bool dry_run = false;
  bool lost_key = false;  // the store's key is gone: every version counts as holding the person
  std::int64_t threads = 0;
  std::int64_t now_us = 0;
  std::function<std::int64_t()> clock;  // read in its place whenever the store's lock is taken, as BuildRequest::clock
  LockWait wait;
  ProgressCallback progress;
};

// What became of an audience whose live version was taken back.
struct Successor {
  std::string audience;
  std::string version;            // AUDIENCE/MAJOR.MINOR.PATCH; "" where none could follow
  std::string because;            // why none could
  std::vector<std::string> next;  // commands that lead on
};

struct ErasedVersion {
  std::string version, state_before, unknown;  // unknown: see HoldingVersion
};

struct EraseResult {
  bool dry_run = false;
  bool found = false;          // anything was there to be erased
  bool resumed_only = false;   // nobody was named: only what was begun earlier was to be finished
  bool erased_before = false;  // nothing was, since that was done earlier
  std::vector<ErasedVersion> versions;
  std::map<std::string, std::int64_t> ledger_rows;
  std::vector<std::string> places;                   // see ErasePlan::places
  std::map<std::string, std::int64_t> names_masked;  // see Mentions::counted()
  std::vector<Successor> successors;                 // in a dry run: for which one would be tried
  std::filesystem::path receipt;                     // "" where nothing was erased
  std::filesystem::path tombstones;                  // the feed beside it
  std::filesystem::path notices;                     // letters to those who received what was taken back
  RemovalNotices owed;                               // in a dry run, too; addresses as they stood before
  std::vector<std::string> finished;                 // receipts of erasures that an earlier run had begun, finished now
  std::vector<std::string> put_right;
};

// Takes a person out of the store. Restartable: one transaction of the ledger decides, and whatever was not done after
// it, the next call does (with the same subject, another or none). Source logs are not touched. kRefused, before
// anything is done, where a version that holds the person is under legal hold (Article 17(3)).
Result<EraseResult> erase(const EraseRequest& request);

}  // namespace qf
