// What was published to whom, and whether it still stands.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/audience.h"
#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

enum class VersionState : std::uint8_t { kLive, kSuperseded, kRevoked };
std::string_view to_string(VersionState state);

// MAJOR.MINOR.PATCH.
struct VersionNumber {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::int64_t patch = 0;
  friend auto operator<=>(const VersionNumber&, const VersionNumber&) = default;
};
// Three numbers without leading zeros, each below 1,000,000,000; nothing otherwise.
std::optional<VersionNumber> parse_version_number(std::string_view text);
std::string to_string(const VersionNumber& number);

// Facts of a published version. It names no path: a store may be moved. Times are microseconds since 1970.
struct VersionFacts {
  Audience audience = Audience::kPrivate;
  VersionNumber version;
  VersionState state = VersionState::kLive;
  std::string identity;
  std::string content_digest;
  std::string logical_digest;
  std::int64_t created_at_us = 0;
  std::int64_t as_of_us = 0;
  std::string program_version;
  std::string key_id{};       // of the root key it was published under; "" for versions older than this column
  std::string sums_digest{};  // SHA-256 of its SHA256SUMS, which names every other file; "" likewise
  std::optional<std::int64_t> removed_at_us = std::nullopt;  // since when its files may be gone
  std::string salt_identity{};  // pseudonym_identity(): which salt its pseudonyms are drawn from; "" likewise
  friend bool operator==(const VersionFacts&, const VersionFacts&) = default;
};

// As people name it: "private/1.0.0".
std::string name_of(const VersionFacts& version);

// All versions, by the name of their audience and by number. kCorrupt where a row is no version, or of no audience that
// this program knows.
Result<std::vector<VersionFacts>> load_versions(const Database& database);
// The facts of one of them; null where it is not among them.
const VersionFacts* facts_of(const std::vector<VersionFacts>& versions, Audience audience, const VersionNumber& number);
// The one live version of an audience, or nothing.
Result<std::optional<VersionFacts>> live_version(const Database& database, std::string_view audience);

// Records a version as the live one of its audience, whatever `facts.state` says; the one before is
// superseded. kRefused where that version was published before.
Status record_publication(const Database& database, const VersionFacts& facts);
// Marks a version as revoked, for good; kNotFound where there is none. To revoke twice changes nothing.
Status revoke_version(const Database& database, std::string_view audience, const VersionNumber& version);
// Notes that a version's files are to be gone from now on; its number stays taken. kRefused for a live one.
Status mark_removed(const Database& database, std::string_view audience, const VersionNumber& version,
                    std::int64_t removed_at_us);

// The key under which the store publishes: that of its last publication; "" before the first.
Result<std::string> store_key_id(const Database& database);

}  // namespace qf
