#include "qf/ledger/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "qf/ledger/damage.h"
#include "qf/ledger/kept_tables.h"

namespace qf {
namespace {

constexpr std::array<std::string_view, 3> kStates = {"live", "superseded", "revoked"};
constexpr std::size_t kMaxDigits = 9;

}  // namespace

std::string_view to_string(VersionState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<VersionNumber> parse_version_number(std::string_view text) {
  VersionNumber number;
  const std::array<std::int64_t*, 3> parts = {&number.major, &number.minor, &number.patch};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    const std::size_t end = last ? text.size() : text.find('.');
    if (end == std::string_view::npos || end == 0 || end > kMaxDigits || (end > 1 && text[0] == '0'))
      return std::nullopt;
    // from_chars would take a minus sign.
    if (text.substr(0, end).find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    std::from_chars(text.data(), text.data() + end, *parts[i]);
    text.remove_prefix(last ? end : end + 1);
  }
  return number;
}

std::string to_string(const VersionNumber& number) {
  return fmt::format("{}.{}.{}", number.major, number.minor, number.patch);
}

std::string name_of(const VersionFacts& version) {
  return fmt::format("{}/{}", to_string(version.audience), to_string(version.version));
}

Result<std::vector<VersionFacts>> load_versions(const Database& database) {
  QF_ASSIGN(Statement rows,
            database.prepare(
                "SELECT audience, version, state, identity, content_digest, logical_digest, "
                "created_at, as_of, program_version, key_id, sums_digest, removed_at, salt_identity FROM versions"));
  std::vector<VersionFacts> versions;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    const auto audience = audience_named(rows.text(0));
    const auto number = parse_version_number(rows.text(1));
    const auto state = std::find(kStates.begin(), kStates.end(), rows.text(2));
    if (!audience || !number || state == kStates.end())
      return damaged_ledger(database, "the table versions holds a row that is not a version");
    versions.push_back({*audience, *number, static_cast<VersionState>(state - kStates.begin()),
                        std::string(rows.text(3)), std::string(rows.text(4)), std::string(rows.text(5)),
                        rows.integer(6), rows.integer(7), std::string(rows.text(8)), std::string(rows.text(9)),
                        std::string(rows.text(10)), rows.optional_integer(11), std::string(rows.text(12))});
  }
  // By number: as text, 1.10.0 would come before 1.9.0.
  std::sort(versions.begin(), versions.end(), [](const VersionFacts& a, const VersionFacts& b) {
    return a.audience == b.audience ? a.version < b.version : to_string(a.audience) < to_string(b.audience);
  });
  return versions;
}

const VersionFacts* facts_of(const std::vector<VersionFacts>& versions, Audience audience,
                             const VersionNumber& number) {
  for (const VersionFacts& facts : versions)
    if (facts.audience == audience && facts.version == number) return &facts;
  return nullptr;
}

Result<std::optional<VersionFacts>> live_version(const Database& database, std::string_view audience) {
  QF_ASSIGN(std::vector<VersionFacts> versions, load_versions(database));
  for (VersionFacts& facts : versions)
    if (to_string(facts.audience) == audience && facts.state == VersionState::kLive)
      return std::optional<VersionFacts>(std::move(facts));
  return std::optional<VersionFacts>();
}

Status record_publication(const Database& database, const VersionFacts& facts) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement supersede,
            database.prepare("UPDATE versions SET state = 'superseded' WHERE audience = ?1 AND state = 'live'"));
  QF_CHECK(supersede.run(to_string(facts.audience)));
  QF_ASSIGN(
      Statement write,
      database.prepare("INSERT INTO versions (audience, version, state, identity, content_digest, logical_digest, "
                       "created_at, as_of, program_version, key_id, sums_digest, salt_identity) "
                       "VALUES (?1, ?2, 'live', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
  QF_CHECK(write.run(to_string(facts.audience), to_string(facts.version), facts.identity, facts.content_digest,
                     facts.logical_digest, facts.created_at_us, facts.as_of_us, facts.program_version, facts.key_id,
                     facts.sums_digest, facts.salt_identity));
  QF_ASSIGN(const std::string key, store_key_id(database));
  if (key != facts.key_id) {
    QF_ASSIGN(Statement use, database.prepare("INSERT INTO store_keys (key_id, first_used_at) VALUES (?1, ?2)"));
    QF_CHECK(use.run(facts.key_id, facts.created_at_us));
  }
  const nlohmann::json body = {{"version", name_of(facts)},
                               {"content_digest", facts.content_digest},
                               {"logical_digest", facts.logical_digest},
                               {"as_of_us", facts.as_of_us},
                               {"key", facts.key_id},
                               {"program", facts.program_version}};
  QF_CHECK(append_stating(database, {"row_trees", "split_assignments", "store_keys", "versions"}, "version_published",
                          body.dump(), "", facts.created_at_us));
  return transaction.commit();
}

Status revoke_version(const Database& database, std::string_view audience, const VersionNumber& version) {
  QF_ASSIGN(Statement revoke,
            database.prepare("UPDATE versions SET state = 'revoked' WHERE audience = ?1 AND version = ?2"));
  QF_ASSIGN(const std::int64_t changed, revoke.run(audience, to_string(version)));
  if (changed == 0)
    return failure(ErrorCode::kNotFound, fmt::format("{}: there is no version {} for that audience",
                                                     database.path().string(), to_string(version)));
  return {};
}

Status mark_removed(const Database& database, std::string_view audience, const VersionNumber& version,
                    std::int64_t removed_at_us) {
  QF_ASSIGN(Statement mark, database.prepare("UPDATE versions SET removed_at = ?3 WHERE audience = ?1 AND version = ?2 "
                                             "AND state != 'live' AND removed_at IS NULL"));
  QF_ASSIGN(const std::int64_t changed, mark.run(audience, to_string(version), removed_at_us));
  if (changed == 0)
    return failure(ErrorCode::kRefused,
                   fmt::format("{} {} is live or not there: it cannot be removed", audience, to_string(version)));
  return {};
}

Result<std::string> store_key_id(const Database& database) {
  QF_ASSIGN(Statement last, database.prepare("SELECT key_id FROM store_keys ORDER BY id DESC LIMIT 1"));
  QF_ASSIGN(const bool found, last.next());
  return found ? std::string(last.text(0)) : std::string();
}

}  // namespace qf
