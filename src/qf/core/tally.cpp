#include "qf/core/tally.h"

#include <fmt/format.h>

namespace qf {
namespace {

void add_counts(Tally::Counts& to, const Tally::Counts& from) {
  for (const auto& [name, count] : from) to[name] += count;
}

}  // namespace

std::uint64_t sum(const Tally::Counts& counts) {
  std::uint64_t total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

void Tally::add(const Tally& other) {
  files += other.files;
  twin_files += other.twin_files;
  twin_lines += other.twin_lines;
  lines += other.lines;
  blank += other.blank;
  pending += other.pending;
  salvaged += other.salvaged;
  add_counts(rejected, other.rejected);
  add_counts(filtered, other.filtered);
  add_counts(events, other.events);
  add_counts(event_names, other.event_names);
  add_counts(noted, other.noted);
  add_counts(linked, other.linked);
  add_counts(orphans, other.orphans);
  add_counts(records, other.records);
  add_counts(dropped, other.dropped);
  add_counts(masked, other.masked);
  add_counts(quarantined, other.quarantined);
  quarantined_rows += other.quarantined_rows;
  for (const auto& [table, splits] : other.written) add_counts(written[table], splits);
}

Status Tally::check_lines() const {
  const std::uint64_t accounted = blank + pending + sum(rejected) + sum(filtered) + sum(events);
  if (lines == accounted && sum(event_names) == sum(filtered) + sum(events)) return {};
  return failure(ErrorCode::kInternal,
                 fmt::format("the lines do not balance: {} read, {} accounted for. This is a fault of the program: "
                             "please report it with the output of `qf-dataset check`",
                             lines, accounted));
}

Status Tally::check_records() const {
  std::uint64_t out = 0;
  for (const auto& [table, splits] : written) out += sum(splits);
  if (sum(records) == sum(dropped) + out) return {};
  return failure(ErrorCode::kInternal,
                 fmt::format("the rows do not balance: {} made, {} dropped, {} written. This is a fault of the "
                             "program: please report it",
                             sum(records), sum(dropped), out));
}

}  // namespace qf
