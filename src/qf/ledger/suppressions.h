// Who must not come back: keyed tags of erased people and of their projects. They are all that outlives an erasure,
// name nobody, and mean nothing without the root key.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

enum class SuppressionKind : std::uint8_t { kSubject, kProject };

// All tags: KeyedTag::subject_tag() of a subject_key, or of a project's name.
Result<std::set<std::string>> load_suppressions(const Database& database);

// Adds a tag, in the caller's transaction where there is one. Once there it stays, with the time it was first added.
Status suppress(const Database& database, std::string_view tag, SuppressionKind kind, std::int64_t since_us);

}  // namespace qf
