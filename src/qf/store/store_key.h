// The key that a store publishes under: whether it is there, is another, or is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"
#include "qf/ledger/key_care.h"
#include "qf/store/recover.h"
#include "qf/store/version_name.h"

namespace qf {

enum class KeyState : std::uint8_t {
  kNew,    // the store has published nothing; a key is made at the first build
  kReady,  // there is a key, the store has published nothing
  kOurs,   // the key file holds the store's key, or the one that came after it
  kOther,  // the key file holds another key
  kLost,   // there is no key file, and the store has published under a key
};
std::string_view to_string(KeyState state);

struct KeyStatus {
  KeyState state = KeyState::kNew;
  std::filesystem::path file;
  std::string file_id;                             // "" where there is no file
  std::string store_id;                            // "" where the store has published nothing
  std::vector<std::string> before;                 // keys that it came after
  bool sealed = false;                             // with a passphrase
  bool salts = false;                              // whether the file of salts lies beside the key
  std::size_t versions = 0, versions_of_file = 0;  // published by the store; that it serves

  // Whether the key in the file can look up what was published under that key.
  bool serves(std::string_view key_id) const;
};

// kInvalidInput and kCorrupt where there is a key file that cannot be used. `ledger` may be null: no store.
Result<KeyStatus> key_status(const Database* ledger, const std::filesystem::path& key_file);

// When the salts of versions were destroyed for good, by AUDIENCE/MAJOR.MINOR.PATCH; microseconds since 1970.
Result<std::map<std::string, std::int64_t>> destroyed_salts(const Database& ledger);

// Versions that lie there and that this key serves, but of which it has no salt though nobody destroyed it, as
// AUDIENCE/MAJOR.MINOR.PATCH. kCorrupt where the salts cannot be read.
Result<std::vector<std::string>> versions_without_salt(const Store& store, const Database& ledger, const KeyFile& key);

// Whose salt (pseudonym_identity()) a version's pseudonyms are drawn from: as the ledger has it or, of a version older
// than that column, its record. Nothing where neither says.
std::optional<std::string> salt_identity_of(const Store& store, const VersionFacts& version);

// What leads on, in words, from a key that is lost or another: "" where none is needed.
std::string advice(const KeyStatus& status);

// kInvalidInput, saying what is lost and how to go on, where a build would put a new key in place of the store's own
// without having been told to.
Status check_store_key(const KeyStatus& status, bool new_key);

// kInvalidInput where the file of salts is not there though versions need it: a build would begin a new one, which
// later takes the place of its backup.
Status check_salts(const Store& store, const Database& ledger, const KeyStatus& status, const KeyFile& key);

// Renames the salts of a lost key, which a new key of the same name could not read: to `<key file>.salts.of-<id>`, for
// the day the key is found.
Status set_salts_aside(const KeyStatus& status);

// Destroys the salt of a version's pseudonyms for good, and says so in the audit log. False where it was destroyed
// before. kRefused for a version under legal hold, and for one that shares its salt with a linkage group unless
// `whole_group` says that all of them are to lose it; kInvalidInput under another key.
Result<bool> destroy_key_of(const Store& folder, const WritableStore& store, const NamedVersion& named,
                            const std::filesystem::path& key_file, bool whole_group, std::string_view by,
                            std::int64_t at_us);

// What is recorded of a rotation where a store is named.
Status note_rotation(const WritableStore& store, const KeyCare::Rotation& rotation, std::string_view by,
                     std::int64_t at_us);

}  // namespace qf
