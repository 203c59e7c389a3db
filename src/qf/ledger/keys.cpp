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

namespace qf {

void SecretFree::operator()(void* memory) const noexcept { sodium_free(memory); }

namespace {

using Hmac = crypto_auth_hmacsha256_state;
using SecretBytes = std::unique_ptr<std::uint8_t[], SecretFree>;

constexpr std::string_view kKeyHeader = "qf-dataset-key 1 ";
constexpr std::string_view kSaltsHeader = "qf-dataset-salts 1 ";
constexpr std::size_t kMaxKeyFileBytes = 4096;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;

// A random generator that cannot start leaves nothing sensible to do.
void start_sodium() {
  static const int started = sodium_init();
  if (started < 0) throw std::bad_alloc();
}

SecretBytes secret_bytes(std::size_t size) {
  start_sodium();
  auto* memory = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (memory == nullptr) throw std::bad_alloc();
  return SecretBytes(memory);
}

void update(Hmac& state, std::string_view bytes) {
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

tl::unexpected<Error> system_failure(std::string_view what, const std::filesystem::path& path, int number) {
  return failure(number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                 fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(number)));
}

// A descriptor that closes itself. Closing also gives up a lock taken with flock.
struct File {
  int descriptor = -1;

  explicit File(int opened) : descriptor(opened) {}
  File(File&& other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

Status make_private_folders(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return {};
  QF_CHECK(make_private_folders(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("create folder", folder, errno);
  return {};
}

Status sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.descriptor < 0) return system_failure("open folder", folder, errno);
  // Some network file systems cannot flush a folder and say so.
  if (::fsync(file.descriptor) != 0 && errno != EINVAL && errno != ENOTSUP)
    return system_failure("flush folder", folder, errno);
  return {};
}

// Writes a new file beside `path`, for the owner alone and on the disk, and returns its name.
Result<std::filesystem::path> write_beside(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path temporary = path;
  temporary += fmt::format(".part-{}-{:08x}", ::getpid(), randombytes_random());
  const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.descriptor < 0) return system_failure("create", temporary, errno);
  while (!bytes.empty()) {
    const ssize_t done = ::write(file.descriptor, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      const int number = errno;
      ::unlink(temporary.c_str());
      return system_failure("write", temporary, number);
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  if (::fsync(file.descriptor) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    return system_failure("flush", temporary, number);
  }
  return temporary;
}

// Removes what runs that were killed in write_beside() left: copies of the key or of salts that nobody knows of.
void remove_left_beside(const std::filesystem::path& key) {
  const std::filesystem::path folder = key.has_parent_path() ? key.parent_path() : ".";
  const std::string name = key.filename().string();
  std::error_code ignored;
  for (std::filesystem::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
    const std::string found = at->path().filename().string();
    if (found.starts_with(name + ".part-") || found.starts_with(name + ".salts.part-")) ::unlink(at->path().c_str());
  }
}

// Reads at most `size` bytes; fewer only at the end of the file.
Result<std::size_t> read_into(const File& file, const std::filesystem::path& path, std::uint8_t* out,
                              std::size_t size) {
  std::size_t total = 0;
  while (total < size) {
    const ssize_t got = ::read(file.descriptor, out + total, size - total);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read", path, errno);
    if (got == 0) break;
    total += static_cast<std::size_t>(got);
  }
  return total;
}

// A name inside single quotes, as a shell takes it.
std::string shell_quoted(const std::filesystem::path& path) {
  std::string quoted = "'";
  for (const char c : path.string()) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

Result<File> open_private(const std::filesystem::path& path, std::string_view what) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.descriptor < 0) {
    if (errno == ENOENT) return failure(ErrorCode::kNotFound, fmt::format("there is no {} at {}", what, path.string()));
    return system_failure("open", path, errno);
  }
  struct stat facts {};
  if (::fstat(file.descriptor, &facts) != 0) return system_failure("look at", path, errno);
  if (!S_ISREG(facts.st_mode))
    return failure(ErrorCode::kInvalidInput, fmt::format("{} is not a file: name a {}", path.string(), what));
  if ((facts.st_mode & 077) != 0)
    return failure(ErrorCode::kRefused,
                   fmt::format("the {} {} can be read or changed by other users: run  chmod 600 {}", what,
                               path.string(), shell_quoted(path)));
  return file;
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

Status hkdf_sha256(std::span<const std::uint8_t> ikm, std::span<const std::uint8_t> salt, std::string_view info,
                   std::span<std::uint8_t> out) {
  if (out.size() > 255 * 32) return failure(ErrorCode::kInternal, "HKDF cannot give more than 8160 bytes");
  start_sodium();
  Hmac state;
  KeyBytes extracted, block;
  // An empty span may hold a null pointer, which libsodium must not be given.
  static constexpr std::uint8_t kNothing = 0;
  crypto_auth_hmacsha256_init(&state, salt.empty() ? &kNothing : salt.data(), salt.size());
  crypto_auth_hmacsha256_update(&state, ikm.empty() ? &kNothing : ikm.data(), ikm.size());
  crypto_auth_hmacsha256_final(&state, extracted.data());
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
  sodium_memzero(extracted.data(), extracted.size());
  sodium_memzero(block.data(), block.size());
  sodium_memzero(&state, sizeof state);
  return {};
}

Result<KeyFile> KeyFile::open(const std::filesystem::path& path) {
  QF_ASSIGN(const File file, open_private(path, "key file"));
  SecretBytes content = secret_bytes(kMaxKeyFileBytes);
  QF_ASSIGN(const std::size_t size, read_into(file, path, content.get(), kMaxKeyFileBytes));
  const auto corrupt = [&](std::string_view why) {
    return failure(
        ErrorCode::kCorrupt,
        fmt::format("{} is not a key file of qf-dataset: {}; put it back from its backup", path.string(), why));
  };

  std::string_view text = as_text(content.get(), size);
  const std::size_t end = text.find('\n');
  if (!text.starts_with("qf-dataset-key ")) return corrupt("line 1 does not name the format");
  if (!text.starts_with(kKeyHeader))
    return failure(
        ErrorCode::kRefused,
        fmt::format("{}, line 1: a key format that this program does not know; use a newer qf-dataset", path.string()));
  if (end == std::string_view::npos) return corrupt("line 2 is missing");
  const std::string_view id = text.substr(kKeyHeader.size(), end - kKeyHeader.size());
  text.remove_prefix(end + 1);

  KeyFile result;
  result.key_ = secret_bytes(32);
  std::size_t got = 0;
  const char* stop = nullptr;
  if (sodium_base642bin(result.key_.get(), 32, text.data(), text.size(), "\r\n", &got, &stop, kBase64) != 0 ||
      got != 32 || stop != text.data() + text.size())
    return corrupt("line 2 does not hold 32 bytes in base64");
  result.id_ = id_of(result.key_.get());
  if (result.id_ != id) return corrupt("the key id of line 1 does not belong to the key of line 2");
  result.path_ = path;
  sodium_mprotect_readonly(result.key_.get());
  return result;
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
  SecretBytes key = secret_bytes(32);
  randombytes_buf(key.get(), 32);
  const std::string header = fmt::format("{}{}\n", kKeyHeader, id_of(key.get()));
  const std::size_t encoded = sodium_base64_encoded_len(32, kBase64);  // counts a terminating NUL
  SecretBytes content = secret_bytes(header.size() + encoded);
  std::memcpy(content.get(), header.data(), header.size());
  sodium_bin2base64(reinterpret_cast<char*>(content.get()) + header.size(), encoded, key.get(), 32, kBase64);
  content[header.size() + encoded - 1] = '\n';

  // A link fails where the name exists, so a key is never replaced and never seen half written.
  QF_ASSIGN(const std::filesystem::path temporary, write_beside(path, as_text(content.get(), header.size() + encoded)));
  const int linked = ::link(temporary.c_str(), path.c_str());
  const int number = errno;
  ::unlink(temporary.c_str());
  // Two runs may make one key; whoever was first also removes what the other has written.
  if (linked != 0 && number != EEXIST && ::stat(path.c_str(), &facts) != 0)
    return system_failure("create", path, number);
  QF_CHECK(sync_folder_of(path));
  created = linked == 0;
  return open(path);
}

std::filesystem::path KeyFile::default_path() {
  const auto set = [](const char* name) -> const char* {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
  };
  if (const char* file = set("QF_DATASET_KEY_FILE")) return file;
  if (const char* folder = set("XDG_CONFIG_HOME")) return std::filesystem::path(folder) / "qf-dataset" / "key";
  if (const char* home = set("HOME")) return std::filesystem::path(home) / ".config" / "qf-dataset" / "key";
  return {};
}

Result<KeyBytes> KeyFile::derive(std::string_view info, std::span<const std::uint8_t> salt) const {
  KeyBytes derived;
  QF_CHECK(hkdf_sha256({key_.get(), 32}, salt, info, derived));
  return derived;
}

// The sealed file of salts: lines `identity salt`, both in hexadecimal digits, in one secret box.
struct SaltFile {
  const KeyFile& key;
  std::filesystem::path path;
  SecretBytes box_key = secret_bytes(crypto_secretbox_KEYBYTES);
  std::map<std::string, Salt, std::less<>> salts;

  explicit SaltFile(const KeyFile& root) : key(root), path(root.path()) {
    path += ".salts";
    (void)hkdf_sha256({key.key_.get(), 32}, {}, "qf/salt-file/1", {box_key.get(), crypto_secretbox_KEYBYTES});
  }

  // Held while the file is read, changed and replaced: two runs may share a key.
  Result<File> lock() const {
    File file(::open(key.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (file.descriptor < 0) return system_failure("open", key.path(), errno);
    while (::flock(file.descriptor, LOCK_EX) != 0)
      if (errno != EINTR) return system_failure("lock", key.path(), errno);
    remove_left_beside(key.path());
    return file;
  }

  Status load() {
    if (!std::filesystem::exists(std::filesystem::symlink_status(path))) return {};
    QF_ASSIGN(const File file, open_private(path, "file of salts"));
    struct stat facts {};
    if (::fstat(file.descriptor, &facts) != 0) return system_failure("look at", path, errno);
    std::string content(static_cast<std::size_t>(facts.st_size), '\0');
    QF_ASSIGN(const std::size_t size,
              read_into(file, path, reinterpret_cast<std::uint8_t*>(content.data()), content.size()));
    content.resize(size);
    const auto corrupt = failure(ErrorCode::kCorrupt,
                                 fmt::format("{} was not sealed with the key {} or is damaged: put the file back that "
                                             "belongs to this key, from its backup",
                                             path.string(), key.id()));
    const std::size_t start = kSaltsHeader.size() + key.id().size() + 1;
    constexpr std::size_t kLeast = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (!content.starts_with(std::string(kSaltsHeader) + key.id() + "\n") || content.size() < start + kLeast)
      return corrupt;
    const auto* nonce = reinterpret_cast<const unsigned char*>(content.data()) + start;
    const std::size_t sealed = content.size() - start - crypto_secretbox_NONCEBYTES;
    const std::size_t plain_size = sealed - crypto_secretbox_MACBYTES;
    SecretBytes plain = secret_bytes(plain_size + 1);
    if (crypto_secretbox_open_easy(plain.get(), nonce + crypto_secretbox_NONCEBYTES, sealed, nonce, box_key.get()) != 0)
      return corrupt;
    for (std::string_view rest = as_text(plain.get(), plain_size); !rest.empty();) {
      const std::size_t space = rest.find(' '), end = rest.find('\n');
      Salt salt;
      std::size_t got = 0;
      if (end == std::string_view::npos || space > end ||
          sodium_hex2bin(salt.data(), salt.size(), rest.data() + space + 1, end - space - 1, nullptr, &got, nullptr) !=
              0 ||
          got != salt.size())
        return corrupt;
      salts.emplace(rest.substr(0, space), salt);
      rest.remove_prefix(end + 1);
    }
    return {};
  }

  Status save() const {
    constexpr std::size_t kSaltDigits = 64;
    std::size_t plain_size = 0;
    for (const auto& [identity, salt] : salts) plain_size += identity.size() + kSaltDigits + 2;
    SecretBytes plain = secret_bytes(plain_size + 1);
    char* at = reinterpret_cast<char*>(plain.get());
    for (const auto& [identity, salt] : salts) {
      at = std::copy(identity.begin(), identity.end(), at);
      *at++ = ' ';
      sodium_bin2hex(at, kSaltDigits + 1, salt.data(), salt.size());
      at += kSaltDigits;
      *at++ = '\n';
    }
    std::string content = fmt::format("{}{}\n", kSaltsHeader, key.id());
    const std::size_t start = content.size();
    content.resize(start + crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain_size);
    auto* nonce = reinterpret_cast<unsigned char*>(content.data()) + start;
    randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, plain.get(), plain_size, nonce, box_key.get());
    QF_ASSIGN(const std::filesystem::path temporary, write_beside(path, content));
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      const int number = errno;
      ::unlink(temporary.c_str());
      return system_failure("replace", path, number);
    }
    return sync_folder_of(path);
  }

  ~SaltFile() {
    for (auto& [identity, salt] : salts) sodium_memzero(salt.data(), salt.size());
  }
};

Result<Salt> KeyFile::salt_for(std::string_view identity_hex) const {
  QF_CHECK(check_identity(identity_hex));
  SaltFile file(*this);
  QF_ASSIGN(const File lock, file.lock());
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
  QF_ASSIGN(const File lock, file.lock());
  QF_CHECK(file.load());
  const auto found = file.salts.find(identity_hex);
  if (found == file.salts.end()) return false;
  file.salts.erase(found);
  QF_CHECK(file.save());
  return true;
}

}  // namespace qf
