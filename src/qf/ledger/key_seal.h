// Key files that a passphrase seals: Argon2id and a secret box. A passphrase comes from a file or a descriptor, never
// from the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/private_files.h"

namespace qf {

class Passphrase {
 public:
  // The first line of a file that nobody else may read, or of an open descriptor. kInvalidInput where it has fewer than
  // 8 bytes or more than 1024.
  static Result<Passphrase> of_file(const std::filesystem::path& path);
  static Result<Passphrase> of_descriptor(int descriptor);
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.get()), size_}; }

 private:
  static Result<Passphrase> of(const PrivateFile& file, const std::filesystem::path& name);

  SecretBytes bytes_;
  std::size_t size_ = 0;
};

// What sealed key files are opened with in this process, from now on. Without it, the file that
// $QF_DATASET_KEY_PASSPHRASE_FILE names.
void open_keys_with(Passphrase passphrase);
// kInvalidInput, saying how to give it, where neither is there; `key` is the file that needs it.
Result<const Passphrase*> known_passphrase(const std::filesystem::path& key);

inline constexpr std::string_view kSealPrefix = "argon2id ";
inline constexpr std::size_t kSealBytes = 24 + 16;  // nonce and authentication

// Seals `size` bytes in place (they grow by kSealBytes) and returns the line that says how.
Result<std::string> make_seal(const Passphrase& passphrase, std::uint8_t* bytes, std::size_t& size);
// Opens them in place and returns how many there are. kInvalidInput for another passphrase, kCorrupt for a line that
// says nothing sensible; `path` is said in the message.
Result<std::size_t> open_seal(std::string_view line, std::span<std::uint8_t> bytes, const std::filesystem::path& path);

}  // namespace qf
