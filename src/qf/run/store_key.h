// The key that a store publishes under: whether it is there, is another, or is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

enum class KeyState : std::uint8_t {
  kNew,    // the store has published nothing; a key is made at the first build
  kReady,  // there is a key, the store has published nothing
  kOurs,   // the key file holds the store's key
  kOther,  // the key file holds another key
  kLost,   // there is no key file, and the store has published under a key
};
std::string_view to_string(KeyState state);

struct KeyStatus {
  KeyState state = KeyState::kNew;
  std::filesystem::path file;
  std::string file_id;                             // "" where there is no file
  std::string store_id;                            // "" where the store has published nothing
  bool salts = false;                              // whether the file of salts lies beside the key
  std::size_t versions = 0, versions_of_file = 0;  // published by the store; under the key of the file
};

// kRefused and kCorrupt where there is a key file that cannot be used. `ledger` may be null: no store.
Result<KeyStatus> key_status(const Database* ledger, const std::filesystem::path& key_file);

// What leads on, in words, from a key that is lost or another: "" where none is needed.
std::string advice(const KeyStatus& status);

// kInvalidInput, saying what is lost and how to go on, where a build would put a new key in place of the store's own
// without having been told to.
Status check_store_key(const KeyStatus& status, bool new_key);

// Renames the salts of a lost key, which a new key of the same name could not read: to `<key file>.salts.of-<id>`, for
// the day the key is found.
Status set_salts_aside(const KeyStatus& status);

}  // namespace qf
