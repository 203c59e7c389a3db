// Who must not come back: keyed tags of erased people and of their projects. They are all that outlives an erasure,
// name nobody, and mean nothing without the root key.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

enum class SuppressionKind : std::uint8_t { kSubject, kProject };

struct Suppression {
  std::string tag;
  SuppressionKind kind = SuppressionKind::kSubject;
  std::int64_t since_us = 0;
};
std::string_view to_string(SuppressionKind kind);
std::optional<SuppressionKind> parse_suppression_kind(std::string_view name);

// All of them, by tag.
Result<std::vector<Suppression>> list_suppressions(const Database& database);
// All tags: KeyedTag::subject_tag() of a subject_key, or of a project's name.
Result<std::set<std::string>> load_suppressions(const Database& database);

// Adds a tag, in the caller's transaction where there is one. Once there it stays, with the time it was first added.
Status suppress(const Database& database, std::string_view tag, SuppressionKind kind, std::int64_t since_us);

}  // namespace qf
