#include "qf/ledger/keys.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <utility>

#include "qf/core/digest.h"
#include "qf/ledger/key_seal.h"
#include "qf/ledger/private_files.h"
#include "qf/ledger/salt_file.h"

namespace qf {

namespace {

using Hmac = crypto_auth_hmacsha256_state;

constexpr std::string_view kKeyHeader = "qf-dataset-key 1 ";
constexpr std::string_view kNewKeyHeader = "qf-dataset-key 2 ";  // with any of the two lines below
constexpr std::string_view kBeforePrefix = "before ";
constexpr std::size_t kMaxPayloadBytes = 64 + kSealBytes;
constexpr std::size_t kMaxKeyFileBytes = 4096;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;
constexpr std::array<std::uint8_t, 12> kTagSalt = {'q', 'f', '/', 'k', 'e', 'y', 'e', 'd', '-', 't', 'a', 'g'};

void update(Hmac& state, std::string_view bytes) {
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string id_of(const std::uint8_t* key) {
  std::array<std::uint8_t, 8> id{};
  // A derivation of 8 bytes cannot be too long.
  (void)hkdf_sha256({key, 32}, {}, "qf/key-id/1", id);
  return to_hex(as_text(id.data(), id.size()));
}

Status check_identity(std::string_view identity_hex) {
  const bool hex = std::all_of(identity_hex.begin(), identity_hex.end(),
                               [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (hex && !identity_hex.empty() && identity_hex.size() <= 128) return {};
  return failure(ErrorCode::kInternal, "a build identity must be 1 to 128 lower-case hexadecimal digits");
}

}  // namespace

KeyBytes hkdf_extract(std::span<const std::uint8_t> ikm, std::span<const std::uint8_t> salt) {
  // An empty span may hold a null pointer, which libsodium must not be given.
  static constexpr std::uint8_t kNothing = 0;
  Hmac state;
  KeyBytes extracted;
  crypto_auth_hmacsha256_init(&state, salt.empty() ? &kNothing : salt.data(), salt.size());
  crypto_auth_hmacsha256_update(&state, ikm.empty() ? &kNothing : ikm.data(), ikm.size());
  crypto_auth_hmacsha256_final(&state, extracted.data());
  sodium_memzero(&state, sizeof state);
  return extracted;
}

Status hkdf_expand(std::span<const std::uint8_t> extracted, std::string_view info, std::span<std::uint8_t> out) {
  if (out.size() > 255 * 32) return failure(ErrorCode::kInternal, "HKDF cannot give more than 8160 bytes");
  Hmac state;
  KeyBytes block;
  std::uint8_t counter = 0;
  for (std::size_t at = 0; at < out.size(); at += block.size()) {
    crypto_auth_hmacsha256_init(&state, extracted.data(), extracted.size());
    if (counter > 0) crypto_auth_hmacsha256_update(&state, block.data(), block.size());
    update(state, info);
    ++counter;
    crypto_auth_hmacsha256_update(&state, &counter, 1);
    crypto_auth_hmacsha256_final(&state, block.data());
    std::copy_n(block.data(), std::min(block.size(), out.size() - at), out.data() + at);
  }
  sodium_memzero(block.data(), block.size());
  sodium_memzero(&state, sizeof state);
  return {};
}

Status hkdf_sha256(std::span<const std::uint8_t> ikm, std::span<const std::uint8_t> salt, std::string_view info,
                   std::span<std::uint8_t> out) {
  KeyBytes extracted = hkdf_extract(ikm, salt);
  Status done = hkdf_expand(extracted, info, out);
  sodium_memzero(extracted.data(), extracted.size());
  return done;
}

Result<KeyFile> KeyFile::open(const std::filesystem::path& path) {
  QF_ASSIGN(const PrivateFile file, open_private(path, "key file"));
  SecretBytes content = secret_bytes(kMaxKeyFileBytes);
  QF_ASSIGN(const std::size_t size, read_into(file, path, content.get(), kMaxKeyFileBytes));
  const auto corrupt = [&](std::string_view why) {
    return failure(
        ErrorCode::kCorrupt,
        fmt::format("{} is not a key file of qf-dataset: {}; put it back from its backup", path.string(), why));
  };

  std::string_view text = as_text(content.get(), size);
  const auto next_line = [&text] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  };
  std::string_view line = next_line();
  if (!line.starts_with("qf-dataset-key ")) return corrupt("line 1 does not name the format");
  if (!line.starts_with(kKeyHeader) && !line.starts_with(kNewKeyHeader))
    return failure(
        ErrorCode::kInvalidInput,
        fmt::format("{}, line 1: a key format that this program does not know; use a newer qf-dataset", path.string()));
  if (text.empty()) return corrupt("line 2 is missing");
  const std::string_view id = line.substr(kKeyHeader.size());

  KeyFile result;
  result.path_ = path;
  line = next_line();
  if (line.starts_with(kBeforePrefix)) {
    for (std::string_view rest = line.substr(kBeforePrefix.size()); !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.before_.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    line = next_line();
  }
  const std::string_view seal = line.starts_with(kSealPrefix) ? line : std::string_view();
  if (!seal.empty()) line = next_line();
  SecretBytes payload = secret_bytes(kMaxPayloadBytes);
  std::size_t got = 0;
  const char* stop = nullptr;
  if (sodium_base642bin(payload.get(), kMaxPayloadBytes, line.data(), line.size(), "", &got, &stop, kBase64) != 0 ||
      stop != line.data() + line.size() || text.find_first_not_of("\r\n") != std::string_view::npos)
    return corrupt("line 2 does not hold 32 bytes in base64");
  if (!seal.empty()) {
    QF_ASSIGN(got, open_seal(seal, {payload.get(), got}, path));
    result.sealed_ = true;
  }
  if (got != 32 && got != 64) return corrupt("line 2 does not hold 32 bytes in base64");
  result.key_ = secret_bytes(32);
  std::memcpy(result.key_.get(), payload.get(), 32);
  if (got == 64) {
    result.tags_ = secret_bytes(32);
    std::memcpy(result.tags_.get(), payload.get() + 32, 32);
    sodium_mprotect_readonly(result.tags_.get());
  }
  result.id_ = id_of(result.key_.get());
  if (result.id_ != id) return corrupt("the key id of line 1 does not belong to the key of line 2");
  sodium_mprotect_readonly(result.key_.get());
  return result;
}

Result<KeyFile> KeyFile::draw() {
  KeyFile drawn;
  drawn.key_ = secret_bytes(32);
  randombytes_buf(drawn.key_.get(), 32);
  drawn.id_ = id_of(drawn.key_.get());
  return drawn;
}

Result<bool> KeyFile::write(const std::filesystem::path& path, const Passphrase* passphrase) const {
  const std::size_t plain_size = tags_ ? 64 : 32;
  SecretBytes payload = secret_bytes(kMaxPayloadBytes);
  std::memcpy(payload.get(), key_.get(), 32);
  if (tags_) std::memcpy(payload.get() + 32, tags_.get(), 32);
  const bool simple = passphrase == nullptr && before_.empty() && !tags_;
  std::string header = fmt::format("{}{}\n", simple ? kKeyHeader : kNewKeyHeader, id_);
  if (!before_.empty()) header += fmt::format("{}{}\n", kBeforePrefix, fmt::join(before_, " "));
  std::size_t size = plain_size;
  if (passphrase != nullptr) {
    QF_ASSIGN(const std::string seal, make_seal(*passphrase, payload.get(), size));
    header += seal + "\n";
  }
  const std::size_t encoded = sodium_base64_encoded_len(size, kBase64);  // counts a terminating NUL
  SecretBytes content = secret_bytes(header.size() + encoded);
  std::memcpy(content.get(), header.data(), header.size());
  sodium_bin2base64(reinterpret_cast<char*>(content.get()) + header.size(), encoded, payload.get(), size, kBase64);
  content[header.size() + encoded - 1] = '\n';
  return write_once(path, as_text(content.get(), header.size() + encoded));
}

Result<KeyFile> KeyFile::open_or_create(const std::filesystem::path& path, bool& created) {
  created = false;
  if (path.empty())
    return failure(ErrorCode::kInvalidInput,
                   "no place for the key file is known: name one with --key-file or QF_DATASET_KEY_FILE");
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0) return open(path);
  if (errno != ENOENT) return system_failure("look at", path, errno);

  QF_CHECK(make_private_folders(path.parent_path()));
  QF_ASSIGN(const KeyFile drawn, draw());
  QF_ASSIGN(created, drawn.write(path, nullptr));
  return open(path);
}

std::filesystem::path KeyFile::default_path() {
  const auto set = [](const char* name) -> const char* {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
  };
  if (const char* file = set("QF_DATASET_KEY_FILE")) return file;
  // A relative one is to be ignored (XDG Base Directory Specification).
  if (const char* folder = set("XDG_CONFIG_HOME"); folder != nullptr && *folder == '/')
    return std::filesystem::path(folder) / "qf-dataset" / "key";
  if (const char* home = set("HOME")) return std::filesystem::path(home) / ".config" / "qf-dataset" / "key";
  return {};
}

Result<KeyBytes> KeyFile::derive(std::string_view info, std::span<const std::uint8_t> salt) const {
  KeyBytes derived;
  QF_CHECK(hkdf_sha256({key_.get(), 32}, salt, info, derived));
  return derived;
}

Result<KeyBytes> KeyFile::derive_of_build(std::string_view info, const Salt& salt) const {
  if (!salt.extracted) return derive(info, std::span<const std::uint8_t>(salt));
  KeyBytes derived;
  QF_CHECK(hkdf_expand(salt, info, derived));
  return derived;
}

Result<KeyBytes> KeyFile::derive_of_tags(std::string_view info) const {
  KeyBytes derived;
  KeyBytes extracted = extracted_tags();
  QF_CHECK(hkdf_expand(extracted, info, derived));
  sodium_memzero(extracted.data(), extracted.size());
  return derived;
}

KeyBytes KeyFile::extracted_tags() const {
  // The salt is fixed: these hashes are compared from one build to the next.
  if (!tags_) return hkdf_extract({key_.get(), 32}, {kTagSalt.data(), kTagSalt.size()});
  KeyBytes extracted;
  std::copy_n(tags_.get(), extracted.size(), extracted.begin());
  return extracted;
}

bool KeyFile::serves(std::string_view key_id) const {
  return key_id == id_ || std::find(before_.begin(), before_.end(), key_id) != before_.end();
}

Result<Salt> KeyFile::salt_for(std::string_view identity_hex) const {
  QF_CHECK(check_identity(identity_hex));
  SaltFile file(*this);
  QF_ASSIGN(const PrivateFile lock, file.lock());
  QF_CHECK(file.load());
  if (const auto found = file.salts.find(identity_hex); found != file.salts.end()) return found->second;
  Salt salt;
  randombytes_buf(salt.data(), salt.size());
  file.salts.emplace(identity_hex, salt);
  QF_CHECK(file.save());
  return salt;
}

Result<std::optional<Salt>> KeyFile::peek_salt(std::string_view identity_hex) const {
  QF_CHECK(check_identity(identity_hex));
  SaltFile file(*this);
  QF_CHECK(file.load());
  const auto found = file.salts.find(identity_hex);
  return found == file.salts.end() ? std::nullopt : std::optional<Salt>(found->second);
}

Result<bool> KeyFile::destroy_salt(std::string_view identity_hex) const {
  QF_CHECK(check_identity(identity_hex));
  SaltFile file(*this);
  QF_ASSIGN(const PrivateFile lock, file.lock());
  QF_CHECK(file.load());
  QF_CHECK(remove_salts_of_before(path_));
  const auto found = file.salts.find(identity_hex);
  if (found == file.salts.end()) return false;
  file.salts.erase(found);
  QF_CHECK(file.save());
  return true;
}

}  // namespace qf
