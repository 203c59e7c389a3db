// Looking after the root key: making one, keeping a copy elsewhere, putting a new one in its place.
#pragma once

#include <filesystem>
#include <string>

#include "qf/core/result.h"
#include "qf/ledger/key_seal.h"
#include "qf/ledger/keys.h"

namespace qf {

class KeyCare {
 public:
  // Draws a key and writes it, sealed where there is a passphrase. kRefused where there is a file already.
  static Result<KeyFile> make(const std::filesystem::path& path, const Passphrase* passphrase);

  // Copies the key to `out` and its salts to `out`.salts, and reads both back. Sealed under `passphrase` where there is
  // one, else as the key file is. kRefused where either is there already.
  static Status back_up(const std::filesystem::path& path, const std::filesystem::path& out,
                        const Passphrase* passphrase);

  // Draws a new key in the place of the old, which stays beside it as `<key file>.of-<id>`, with its salts. The new one
  // serves what was published under the old: what a look-up needs of the old key goes over into the new file of salts,
  // and what tells rows and people of builds apart stays the same, so that suppressions and splits hold.
  struct Rotation {
    std::string old_id, new_id;
    std::filesystem::path old_file;
    std::size_t salts = 0;  // of builds, that went over
    Status cleaned{};       // why salts of an earlier key could not be removed, if so: the new key is in its place
  };
  static Result<Rotation> rotate(const std::filesystem::path& path, const Passphrase* passphrase);
};

}  // namespace qf
