// The build: from logs to a published version, in one path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/tally.h"
#include "qf/curate/gates.h"
#include "qf/ledger/assignments.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/versions.h"
#include "qf/run/anonymity_facts.h"
#include "qf/run/reading.h"
#include "qf/run/stage_times.h"
#include "qf/run/trial.h"
#include "qf/store/config.h"
#include "qf/store/identity.h"
#include "qf/store/lock.h"

namespace qf {

// A version that was published before and is to be built again, beside the store. Set by rebuild() alone.
struct Reproduction {
  VersionNumber version;
  std::string previous, identity;
  std::vector<SplitAssignment> assignments;  // as they were
  std::vector<RecordedProject> projects;     // what was read; nothing else is, and no log further than then
  std::uint64_t twin_files = 0, twin_lines = 0;
  std::filesystem::path folder;  // receives the version
  std::filesystem::path rows;    // receives its row index; staged rows lie beside it
  std::int64_t now_us = 0;       // what a person allows by now may be less than then: the less counts
};

struct BuildRequest {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path store;
  std::filesystem::path key_file;
  Config config;
  std::optional<std::int64_t> as_of_us;  // absent: now
  std::int64_t now_us = 0;               // the one reading of the clock
  // Read in its place once the store's lock is held, where it is given: what somebody took back while this build waited
  // for another run has to count.
  std::function<std::int64_t()> clock;
  std::optional<std::int64_t> created_at_us;  // what the ledger says of the time; absent: now
  bool dry_run = false;
  bool new_key = false;                     // go on under another key than the store's
  bool verify_inputs = false;               // digest every log whole before its staged rows are used again
  bool reuse = true;                        // use what the build before has staged
  bool canaries = true;                     // put invented people through the build first; off in their own
  std::vector<std::string> redact_without;  // rules of the redaction left out; set for invented people alone
  LockWait wait;
  const Reproduction* reproduction = nullptr;
  const Trial* trial = nullptr;  // of a dry run: who asks what it would write
  // Of a dry run: what it supposes people to say last of all. Nothing of it is recorded.
  std::vector<ConsentStatement> supposed;
  ProgressCallback progress;

  bool publishes() const { return !dry_run && reproduction == nullptr; }
};

// What a build changes before it reads a line: it holds, and is to be told, whatever becomes of the rows.
struct DoneBefore {
  bool key_created = false;
  std::vector<std::string> put_right;  // what an earlier run had left half done
  std::vector<std::string> revoked;    // versions taken back first, since somebody in them has withdrawn
};

struct BuildResult : DoneBefore {
  std::string version;  // empty: nothing was published
  std::string audience;
  std::filesystem::path path;
  bool unchanged = false;
  bool other_inputs = false;  // unchanged rows, of inputs, people or agreements that are not those of then
  bool dry_run = false;
  Tally tally;
  std::vector<GateResult> gates;
  std::vector<TableAnonymity> anonymity;  // of what leaves the private circle
  std::string content_digest, logical_digest;
  double seconds = 0;
  StageTimes stages;        // discover, pass one, between, pass two, publish: as far as the build went
  std::uint64_t bytes = 0;  // of the logs, decompressed
  std::vector<SkippedInput> skipped;
  std::vector<std::string> next;  // commands that lead on from a refusal
  std::vector<std::string> warnings;
  std::uint64_t subjects = 0, confirmed_subjects = 0;
  // Projects whose staged rows were used again; that were read; and of the latter those whose logs had only grown and
  // were read on from where they had ended, and those whose files were no longer what had been read.
  std::uint64_t projects_reused = 0, projects_read = 0, projects_continued = 0, projects_changed = 0;
  // Of a reproduction only.
  std::string identity;
  std::vector<RecordedProject> projects;
  std::map<std::string, std::string> permissions;  // as in the record of the build
};

// Builds. A refusal by a gate is a result without a version; an error means that the run could not go on. `done` is
// told also where it could not.
Result<BuildResult> build(const BuildRequest& request, DoneBefore& done);
Result<BuildResult> build(const BuildRequest& request);

}  // namespace qf
