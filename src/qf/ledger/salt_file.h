// The sealed file of salts beside a root key: one secret box under a key that is derived from the root key.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/private_files.h"

namespace qf {

// Lines `identity salt`, both in hexadecimal digits; `=` stands before a salt of which only what a root key of before
// made of it is left (Salt::extracted).
struct SaltFile {
  const KeyFile& key;
  std::filesystem::path path;
  SecretBytes box_key;
  std::map<std::string, Salt, std::less<>> salts;

  explicit SaltFile(const KeyFile& root);
  ~SaltFile();

  // Held while the file is read, changed and replaced: two runs may share a key.
  Result<PrivateFile> lock() const;
  Status load();
  Status save() const;
  // What a new root key is to know of these salts: as if the key had not changed.
  static Salt extracted(const KeyFile& key, const Salt& salt);
};

// Removes what a rotation that was cut short left of a key's salts of before (KEY.of-ID.salts): they stand in its file
// of salts, too. Called with that file loaded, which shows that the rotation is through. kIo where one stays: its
// salts would outlive their destruction.
Status remove_salts_of_before(const std::filesystem::path& key);

}  // namespace qf
