// The root key that lives outside the store, and everything that is derived from it: salts,
// pseudonyms, tags, fingerprints and row keys.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"

namespace qf {

using KeyBytes = std::array<std::uint8_t, 32>;

// What the pseudonyms of a build are drawn from.
struct Salt : std::array<std::uint8_t, 32> {
  // Drawn under a root key of before: not the salt itself but what HKDF extracted from it and that key, so that the old
  // key is not needed to compute those pseudonyms again.
  bool extracted = false;
};

class Passphrase;

// HKDF with SHA-256 (RFC 5869): fills `out`, at most 8160 bytes, from the key material `ikm`.
// An empty salt stands for 32 zero bytes. kInternal where `out` is too long.
Status hkdf_sha256(std::span<const std::uint8_t> ikm, std::span<const std::uint8_t> salt, std::string_view info,
                   std::span<std::uint8_t> out);

// Its two steps.
KeyBytes hkdf_extract(std::span<const std::uint8_t> ikm, std::span<const std::uint8_t> salt);
Status hkdf_expand(std::span<const std::uint8_t> extracted, std::string_view info, std::span<std::uint8_t> out);

// Frees memory that was allocated locked and guarded, and wipes it first.
struct SecretFree {
  void operator()(void* memory) const noexcept;
};

// The root key: 32 random bytes in a file that only its owner may read. It never leaves locked memory.
class KeyFile {
 public:
  // Reads the key. kNotFound where there is no such file; kInvalidInput where others may read it, with the
  // command that closes it; kCorrupt where it is not a whole key file of a known format; kInvalidInput where it is
  // sealed and its passphrase is not known (key_seal.h).
  static Result<KeyFile> open(const std::filesystem::path& path);
  // As open(), but draws a new key where there is none: `created` says so, and that it wants a backup.
  // Missing folders are made for the owner alone. Two processes that create it at once get one key.
  static Result<KeyFile> open_or_create(const std::filesystem::path& path, bool& created);
  // $QF_DATASET_KEY_FILE, else $XDG_CONFIG_HOME/qf-dataset/key, else ~/.config/qf-dataset/key;
  // empty where none of the three variables (the last is HOME) is set.
  static std::filesystem::path default_path();

  // 16 hexadecimal digits that tell keys apart and say nothing about the key.
  const std::string& id() const { return id_; }
  const std::filesystem::path& path() const { return path_; }

  // Whether this is the key of that id or one that came after it by KeyCare::rotate(), which can still look up what was
  // published under it.
  bool serves(std::string_view key_id) const;
  bool sealed() const { return sealed_; }
  // Keys that this one came after, the first of all first.
  const std::vector<std::string>& before() const { return before_; }

  // A key of its own for each purpose: HKDF of the root key. The caller wipes the result.
  Result<KeyBytes> derive(std::string_view info, std::span<const std::uint8_t> salt) const;

  // The same for a build's pseudonyms, and for what is compared from build to build, which outlives a rotation.
  Result<KeyBytes> derive_of_build(std::string_view info, const Salt& salt) const;
  Result<KeyBytes> derive_of_tags(std::string_view info) const;

  // The salt of a build identity (hexadecimal digits): drawn at the first call, the same ever after. It is
  // kept sealed in the file `<key file>.salts`; kCorrupt where that file was not sealed with this key.
  Result<Salt> salt_for(std::string_view identity_hex) const;
  // The same without drawing: nothing where no salt was drawn yet.
  Result<std::optional<Salt>> peek_salt(std::string_view identity_hex) const;
  // Forgets a salt: the pseudonyms of that build can never be computed again. False where there was none;
  // kIo where a file of salts that a rotation left beside the key cannot be removed, which may hold it too.
  Result<bool> destroy_salt(std::string_view identity_hex) const;

 private:
  KeyFile() = default;
  friend struct SaltFile;
  friend class KeyCare;

  static Result<KeyFile> draw();
  KeyBytes extracted_tags() const;
  // Writes it as a new file, sealed where there is a passphrase. False where there is a file already.
  Result<bool> write(const std::filesystem::path& path, const Passphrase* passphrase) const;

  std::filesystem::path path_;
  std::string id_;
  std::vector<std::string> before_;
  bool sealed_ = false;
  std::unique_ptr<std::uint8_t[], SecretFree> key_, tags_;  // tags_: null where the tags are this key's own
};

// Keyed pseudonyms of one build: the same id gives the same pseudonym within it and another in every
// other build, and no domain shares a key with another. Safe to use from several threads at once.
class Pseudonymiser {
 public:
  enum class Domain : std::uint8_t { kSession, kSubject, kQuestion, kRecord };
  static constexpr std::size_t kDomainCount = 4;
  static constexpr std::size_t kLength = 26;  // base32 digits: 130 bits

  // `identity` is the build identity, which knows no version number.
  static Result<Pseudonymiser> make(const KeyFile& key, const Salt& salt, std::string_view dataset_name,
                                    std::string_view identity);

  // Writes 26 lower-case base32 digits of HMAC-SHA-256 over the length and the bytes of `id`.
  // A subject's id is given as its subject_key(): the pseudonymiser compares bytes.
  void pseudonym(Domain domain, std::string_view id, std::span<char, kLength> out) const;

 private:
  struct States;
  Pseudonymiser() = default;

  std::unique_ptr<States, SecretFree> states_;
};

// The order of 16 bytes as of one large number, without a call for it.
inline std::strong_ordering compare_bytes(const std::array<std::uint8_t, 16>& a,
                                          const std::array<std::uint8_t, 16>& b) {
  std::uint64_t x = 0, y = 0;
  std::memcpy(&x, a.data(), 8);
  std::memcpy(&y, b.data(), 8);
  if (x == y) {
    std::memcpy(&x, a.data() + 8, 8);
    std::memcpy(&y, b.data() + 8, 8);
  }
  if constexpr (std::endian::native == std::endian::little) {
    x = __builtin_bswap64(x);
    y = __builtin_bswap64(y);
  }
  return x <=> y;
}

// A keyed 128-bit hash of a text; equal texts have equal ones, and nobody without the key can test a guess.
struct Fingerprint {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  friend std::strong_ordering operator<=>(const Fingerprint& a, const Fingerprint& b) {
    return compare_bytes(a.bytes, b.bytes);
  }
};

// The private name of a source line: what differences between versions are computed on.
struct RowKey {
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const RowKey&, const RowKey&) = default;
  friend std::strong_ordering operator<=>(const RowKey& a, const RowKey& b) { return compare_bytes(a.bytes, b.bytes); }
};

// Keyed hashes that stay the same for as long as the key does. Safe to use from several threads at once.
class KeyedTag {
 public:
  static constexpr std::size_t kTagLength = 8;  // hexadecimal digits

  static Result<KeyedTag> make(const KeyFile& key);
  // With keys that nobody keeps: for a run that leaves nothing behind, where there is no key file.
  static KeyedTag ephemeral();

  // A short name for a name that must not be shown, such as an unknown event's: 8 hexadecimal digits.
  std::string tag(std::string_view name) const;
  // A name for a person in the store's own tables: 32 hexadecimal digits, given the subject_key().
  std::string subject_tag(std::string_view subject_key) const;
  // SipHash-2-4 with 128 bits; fast enough for every line and every text.
  Fingerprint fingerprint(std::string_view text) const;
  // The key of a row: its project, the fingerprint of the source line's bytes, and how many equal lines of
  // that project came before it (from 0).
  RowKey row_key(std::string_view project, const Fingerprint& line, std::uint64_t occurrence) const;

 private:
  struct Keys;
  KeyedTag() = default;

  std::unique_ptr<Keys, SecretFree> keys_;
};

}  // namespace qf
