// Copies of logs, found by what they hold. Inside ingest only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "qf/core/result.h"

namespace qf {

// What two files have in common from their beginnings, in whole lines.
struct CommonBeginning {
  std::uint64_t lines = 0;
  bool a_whole = false;  // every whole line of `a` is in it
  bool b_whole = false;
  bool same = false;               // and nothing else is in either
  std::string a_damage, b_damage;  // why no more of it can be read; "" where all can
};
Result<CommonBeginning> common_beginning(const std::filesystem::path& a, const std::filesystem::path& b);

// What tells a log from unrelated ones: its first line, at most 4 KiB of it, and the first session id in that line.
// Of a packed log that is damaged further on, what stands before the damage.
struct LogHead {
  std::string key;                       // "" where the file has no whole line
  std::string session_id;                // as the first lines name it; "" where none does
  std::set<std::string> users;           // user segments of paths in the first lines
  std::optional<std::int64_t> first_us;  // instant of the first event
};
Result<LogHead> read_head(const std::filesystem::path& path);

}  // namespace qf
