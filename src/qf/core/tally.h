// Counts by stage and reason. Every line and every row is in exactly one of them, or the run fails.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "qf/core/result.h"

namespace qf {

struct Tally {
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;

  std::uint64_t files = 0;       // log files read, twins not counted
  std::uint64_t twin_files = 0;  // files recognised as copies of one that was read
  std::uint64_t twin_lines = 0;  // their lines, not in `lines`
  std::uint64_t lines = 0;
  std::uint64_t blank = 0;
  std::uint64_t pending = 0;   // a last line without LF: still being written
  std::uint64_t salvaged = 0;  // whole lines freed from a half one glued before them; also in `events`
  Counts rejected;             // by reason
  Counts filtered;             // events that no row of the event table knows, by name or keyed tag
  Counts events;               // by canonical kind
  Counts event_names;          // every parsed event by its own name
  Counts noted;                // oddities that cost nothing: clock steps, duplicate keys elsewhere, …
  Counts linked;               // by rule
  Counts orphans;              // by kind
  Counts records;              // by table, before any drop
  Counts dropped;              // by reason
  Counts masked;               // what was redacted in the staged texts, by type
  Counts quarantined;          // of a project: staged texts that await a person's decision, by reason, one for each
                               // place; of a build: texts, each once
  std::uint64_t quarantined_rows = 0;                  // of a build: rows that these texts stand in
  std::map<std::string, Counts, std::less<>> written;  // by table and split

  void add(const Tally& other);

  // lines = blank + pending + rejected + filtered + events
  Status check_lines() const;
  // records = dropped + written
  Status check_records() const;
};

std::uint64_t sum(const Tally::Counts& counts);

}  // namespace qf
