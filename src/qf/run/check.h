// The check: reads logs and says what is in them, how well they keep to their definitions, and what they can feed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/tally.h"
#include "qf/curate/readiness.h"
#include "qf/run/reading.h"

namespace qf {

struct ConformanceLine {
  std::string event, field, problem;
  std::uint64_t count = 0;
  std::string file;
  std::uint64_t line = 0;
};

// How many lines of an event type keep to its definition.
struct EventConformance {
  std::string event;
  std::uint64_t lines = 0;      // understood
  std::uint64_t conform = 0;    // of these, with every field that a good line has
  std::uint64_t malformed = 0;  // of this type, but rejected
};

struct LocatedLine {
  std::string what;  // reject reason or orphan kind
  std::string field;
  std::string file;
  std::uint64_t line = 0;
  std::uint64_t byte_offset = 0;
};

struct CheckResult {
  Tally tally;
  std::vector<EventConformance> events;
  std::vector<ConformanceLine> conformance;
  std::vector<Readiness> readiness;
  std::string verdict;
  std::vector<LocatedLine> rejected, orphans;
  std::vector<SkippedInput> skipped;
  std::uint64_t bytes = 0;
};

// `key_file` names unknown events by keyed tags that are the same from run to run; without one they differ.
Result<CheckResult> check(const std::vector<std::filesystem::path>& paths, unsigned threads,
                          const std::filesystem::path& key_file, const ProgressCallback& progress);

}  // namespace qf
