#include "qf/run/store_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "qf/ledger/keys.h"
#include "qf/ledger/versions.h"

namespace qf {

std::string_view to_string(KeyState state) {
  constexpr std::array<std::string_view, 5> kNames = {"none yet", "ready", "the store's key", "another key", "lost"};
  return kNames[static_cast<std::size_t>(state)];
}

Result<KeyStatus> key_status(const Database* ledger, const std::filesystem::path& key_file) {
  KeyStatus status;
  status.file = key_file;
  std::error_code ignored;
  if (std::filesystem::exists(key_file, ignored)) {
    QF_ASSIGN(const KeyFile key, KeyFile::open(key_file));
    status.file_id = key.id();
  }
  status.salts = std::filesystem::exists(key_file.string() + ".salts", ignored);
  if (ledger != nullptr) {
    QF_ASSIGN(status.store_id, store_key_id(*ledger));
    QF_ASSIGN(const auto versions, load_versions(*ledger));
    status.versions = versions.size();
    status.versions_of_file = static_cast<std::size_t>(std::count_if(
        versions.begin(), versions.end(), [&](const VersionFacts& v) { return v.key_id == status.file_id; }));
  }
  if (status.store_id.empty())
    status.state = status.file_id.empty() ? KeyState::kNew : KeyState::kReady;
  else if (status.file_id.empty())
    status.state = KeyState::kLost;
  else
    status.state = status.file_id == status.store_id ? KeyState::kOurs : KeyState::kOther;
  return status;
}

std::string advice(const KeyStatus& status) {
  if (status.state != KeyState::kLost && status.state != KeyState::kOther) return {};
  const std::string found = status.state == KeyState::kLost
                                ? fmt::format("there is no key at {}", status.file.string())
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

Status set_salts_aside(const KeyStatus& status) {
  if (!status.salts) return {};
  const std::string salts = status.file.string() + ".salts";
  std::error_code error;
  std::filesystem::rename(salts, fmt::format("{}.of-{}", salts, status.store_id), error);
  if (error) return failure(ErrorCode::kIo, fmt::format("{}: {}", salts, error.message()));
  return {};
}

}  // namespace qf
