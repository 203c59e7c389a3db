#include "qf/store/store_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "qf/ledger/chain.h"
#include "qf/ledger/holds.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/versions.h"
#include "qf/store/build_record.h"
#include "qf/store/config.h"
#include "qf/store/identity.h"
#include "qf/store/named_rows.h"
#include "qf/store/published_rows.h"

namespace qf {

std::string_view to_string(KeyState state) {
  constexpr std::array<std::string_view, 5> kNames = {"none yet", "ready", "the store's key", "another key", "lost"};
  return kNames[static_cast<std::size_t>(state)];
}

bool KeyStatus::serves(std::string_view key_id) const {
  return !file_id.empty() && (key_id == file_id || std::find(before.begin(), before.end(), key_id) != before.end());
}

Result<KeyStatus> key_status(const Database* ledger, const std::filesystem::path& key_file) {
  KeyStatus status;
  status.file = key_file;
  std::error_code ignored;
  if (std::filesystem::exists(key_file, ignored)) {
    QF_ASSIGN(const KeyFile key, KeyFile::open(key_file));
    status.file_id = key.id();
    status.before = key.before();
    status.sealed = key.sealed();
  }
  status.salts = std::filesystem::exists(key_file.string() + ".salts", ignored);
  if (ledger != nullptr) {
    QF_ASSIGN(status.store_id, store_key_id(*ledger));
    QF_ASSIGN(const auto versions, load_versions(*ledger));
    status.versions = versions.size();
    status.versions_of_file = static_cast<std::size_t>(std::count_if(
        versions.begin(), versions.end(), [&](const VersionFacts& v) { return status.serves(v.key_id); }));
  }
  if (status.store_id.empty())
    status.state = status.file_id.empty() ? KeyState::kNew : KeyState::kReady;
  else if (status.file_id.empty())
    status.state = KeyState::kLost;
  else
    status.state = status.serves(status.store_id) ? KeyState::kOurs : KeyState::kOther;
  return status;
}

Result<std::map<std::string, std::int64_t>> destroyed_salts(const Database& ledger) {
  std::map<std::string, std::int64_t> destroyed;
  QF_ASSIGN(const auto entries, load_chain(ledger));
  for (const ChainEntry& entry : entries) {
    if (entry.kind != "key_destroyed" || !entry.body) continue;
    const auto body = nlohmann::json::parse(entry.body->json, nullptr, false);
    if (body.is_object() && body.contains("version") && body["version"].is_string())
      destroyed.emplace(body["version"].get<std::string>(), entry.at_us);
  }
  return destroyed;
}

Result<std::vector<std::string>> versions_without_salt(const Store& store, const Database& ledger, const KeyFile& key) {
  QF_ASSIGN(const auto destroyed, destroyed_salts(ledger));
  std::vector<std::string> without;
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& version : versions) {
    const std::string name = name_of(version);
    if (version.removed_at_us || version.state == VersionState::kRevoked || !key.serves(version.key_id) ||
        destroyed.contains(name))
      continue;
    // A record that cannot be read is for `verify` to say.
    const auto record = read_published_record(store, version);
    if (!record) continue;
    QF_ASSIGN(const auto names, pseudonymiser_of(key, *record));
    if (!names) without.push_back(name);
  }
  return without;
}

std::optional<std::string> salt_identity_of(const Store& store, const VersionFacts& version) {
  if (!version.salt_identity.empty()) return version.salt_identity;
  const auto record = read_published_record(store, version);
  if (!record) return std::nullopt;
  const auto config = parse_config(record->configuration, "the record of the build");
  if (!config) return std::nullopt;
  return pseudonym_identity(*config, version.identity);
}

std::string advice(const KeyStatus& status) {
  if (status.state != KeyState::kLost && status.state != KeyState::kOther) return {};
  const std::string found = status.state == KeyState::kLost
                                ? status.file.empty() ? "no place for the key file is known (HOME is not set)"
                                                      : fmt::format("there is no key at {}", status.file.string())
                                : fmt::format("{} holds the key {}", status.file.string(), status.file_id);
  return fmt::format(
      "this store was published under the key {}, and {}. Put the key file and its .salts back from their backup, or "
      "name them with --key-file or QF_DATASET_KEY_FILE. If the key is lost, then so is this: no version made with it "
      "can be rebuilt, nobody can be looked up in one, and rows and splits of old and new versions cannot be matched. "
      "Old versions can still be read, verified and removed. To go on with a new key all the same: build --new-key; "
      "the "
      "next version is MAJOR and places everybody into splits anew",
      status.store_id, found);
}

Status check_store_key(const KeyStatus& status, bool new_key) {
  if (new_key || (status.state != KeyState::kLost && status.state != KeyState::kOther)) return {};
  return failure(ErrorCode::kInvalidInput, advice(status));
}

Status check_salts(const Store& store, const Database& ledger, const KeyStatus& status, const KeyFile& key) {
  if (status.salts || status.versions_of_file == 0) return {};
  QF_ASSIGN(const auto without, versions_without_salt(store, ledger, key));
  if (without.empty()) return {};
  const std::string salts = status.file.string() + ".salts";
  return failure(
      ErrorCode::kInvalidInput,
      fmt::format("{} is missing, and {} needs it: put it back from its backup. If there is none, build "
                  "--new-key goes on: then nobody can be looked up in the versions that are there, and they "
                  "cannot be built again",
                  salts, without.size() == 1 ? without.front() : fmt::format("{} versions", without.size())));
}

Status set_salts_aside(const KeyStatus& status) {
  if (!status.salts) return {};
  const std::string salts = status.file.string() + ".salts";
  std::error_code error;
  std::filesystem::rename(salts, fmt::format("{}.of-{}", salts, status.store_id), error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", salts, error.message()));
  return {};
}

namespace {

// One version of the group under hold keeps the salt for all.
Status refuse_held_group(const Store& folder, const Database& ledger, const std::vector<VersionHold>& holds,
                         const std::string& salt_of) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& other : versions) {
    // A held version that cannot say whose salt it has may have this one.
    if (!is_held(holds, other) || salt_identity_of(folder, other).value_or(salt_of) != salt_of) continue;
    return failure(ErrorCode::kRefused, fmt::format("{} of the group is under legal hold: its key stays as long as "
                                                    "it does",
                                                    name_of(other)));
  }
  return {};
}

// Nobody said is not the same as somebody without a name.
nlohmann::json who(std::string_view by) { return by.empty() ? nlohmann::json() : nlohmann::json(by); }

}  // namespace

Result<bool> destroy_key_of(const Store& folder, const WritableStore& store, const NamedVersion& named,
                            const std::filesystem::path& key_file, bool whole_group, std::string_view by,
                            std::int64_t at_us) {
  const VersionFacts& version = named.facts;
  const std::string name = name_of(version);
  QF_ASSIGN(const auto holds, load_holds(store.ledger));
  if (is_held(holds, version))
    return failure(ErrorCode::kRefused, name + " is under legal hold: its key stays as long as it does");
  const std::string salt_of = salt_identity_of(folder, version).value_or(version.identity);
  if (salt_of != version.identity) {
    if (!whole_group)
      return failure(ErrorCode::kRefused,
                     name +
                         " shares its salt with the other versions of its linkage group, which would lose it too: "
                         "build on without privacy.linkage_group, and say --linkage-group once none of them needs "
                         "it");
    QF_CHECK(refuse_held_group(folder, store.ledger, holds, salt_of));
  }
  if (whole_group && salt_of == version.identity)
    return failure(
        ErrorCode::kInvalidInput,
        name + ": not of a linkage group, or its record cannot be read; without --linkage-group its own salt goes");
  QF_ASSIGN(const KeyFile key, KeyFile::open(key_file));
  if (!version.key_id.empty() && !key.serves(version.key_id))
    return failure(ErrorCode::kInvalidInput, fmt::format("{} was published under the key {}, and {} holds the key {}",
                                                         name, version.key_id, key_file.string(), key.id()));
  QF_ASSIGN(const bool destroyed, key.destroy_salt(salt_of));
  if (!destroyed) return false;
  nlohmann::json body = {{"version", name}, {"because", "asked for"}, {"by", who(by)}};
  if (whole_group) body["linkage_group"] = true;
  QF_CHECK(append_entry(store.ledger, "key_destroyed",
                        body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "", at_us));
  return true;
}

Status note_rotation(const WritableStore& store, const KeyCare::Rotation& rotation, std::string_view by,
                     std::int64_t at_us) {
  nlohmann::json body = {{"old_key", rotation.old_id}, {"new_key", rotation.new_id}, {"by", who(by)}};
  return append_entry(store.ledger, "key_rotated", body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                      "", at_us);
}

}  // namespace qf
