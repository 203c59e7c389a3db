// The configuration: inert values, each with a meaning, a unit and a default.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/curate/splitter.h"
#include "qf/privacy/policy.h"

namespace qf {

struct Config {
  std::string dataset_name = "questionforge-decisions";
  Audience audience = Audience::kPrivate;
  TextLevels text = {TextLevel::kFeatures, TextLevel::kFeatures, TextLevel::kFeatures, TextLevel::kFeatures};
  std::optional<std::int64_t> min_sessions;  // absent: the audience's own
  std::optional<std::int64_t> min_subjects;
  std::vector<std::string> allow;  // words that are never a person here
  // Both set: pseudonyms and the order of rows stay the same in all versions of the group. Else neither does.
  std::string linkage_group, linkage_dpia;
  std::array<double, kSplitCount> ratios = {0.8, 0.1, 0.1};
  bool drop_shared_text = true;
  std::vector<std::string> formats = {"parquet"};
  std::int64_t max_shard_bytes = 500'000'000;
  std::string summary, license, license_name, controller, contact, authors, citation;
  std::int64_t threads = 0;  // 0: one for each core
  std::int64_t memory_bytes = 512LL * 1024 * 1024;
  std::int64_t resume_bytes = 4LL * 1024 * 1024;

  // What the audience asks for where the configuration does not say: sittings that hold a decision, and people.
  std::int64_t required_sessions() const;
  std::int64_t required_subjects() const;
};

// A key of the configuration file, as `schema config` prints it.
struct ConfigKey {
  std::string_view name;  // table.key
  std::string_view type;
  std::string_view unit;
  std::string_view fallback;  // the default, as it would be written
  std::string_view meaning;
};
std::vector<ConfigKey> config_keys();

// Reads a TOML file over the defaults. kInvalidInput names file, line and key; for an unknown key the nearest known
// one.
Result<Config> load_config(const std::filesystem::path& path);
// The same of a text; `place` stands for the file in messages. It reads what canonical_config() writes.
Result<Config> parse_config(std::string_view text, const std::string& place);

// The configuration as TOML: every key, in order, without [run]. Part of the build's identity.
std::string canonical_config(const Config& config);

Result<Audience> parse_audience(std::string_view text);
Result<TextLevel> parse_text_level(std::string_view text);

}  // namespace qf
