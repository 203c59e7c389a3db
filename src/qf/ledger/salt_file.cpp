#include "qf/ledger/salt_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace qf {
namespace {

constexpr std::string_view kSaltsHeader = "qf-dataset-salts 1 ";

std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

SaltFile::SaltFile(const KeyFile& root)
    : key(root), path(root.path()), box_key(secret_bytes(crypto_secretbox_KEYBYTES)) {
  path += ".salts";
  (void)hkdf_sha256({key.key_.get(), 32}, {}, "qf/salt-file/1", {box_key.get(), crypto_secretbox_KEYBYTES});
}

SaltFile::~SaltFile() {
  for (auto& [identity, salt] : salts) sodium_memzero(salt.data(), salt.size());
}

Salt SaltFile::extracted(const KeyFile& key, const Salt& salt) {
  if (salt.extracted) return salt;
  Salt made;
  made.extracted = true;
  const KeyBytes bytes = hkdf_extract({key.key_.get(), 32}, salt);
  std::copy(bytes.begin(), bytes.end(), made.begin());
  return made;
}

Result<PrivateFile> SaltFile::lock() const {
  PrivateFile file(::open(key.path().c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor < 0) return system_failure("open", key.path(), errno);
  while (::flock(file.descriptor, LOCK_EX) != 0)
    if (errno != EINTR) return system_failure("lock", key.path(), errno);
  remove_left_beside(key.path());
  return file;
}

Status SaltFile::load() {
  std::error_code error;
  // Only where it is known to be missing: else the opening says what is wrong.
  if (std::filesystem::symlink_status(path, error).type() == std::filesystem::file_type::not_found) return {};
  QF_ASSIGN(const PrivateFile file, open_private(path, "file of salts"));
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
    std::size_t space = rest.find(' ');
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos || space > end) return corrupt;
    const std::string_view identity = rest.substr(0, space);
    Salt salt;
    salt.extracted = rest[space + 1] == '=';
    if (salt.extracted) ++space;
    std::size_t got = 0;
    if (sodium_hex2bin(salt.data(), salt.size(), rest.data() + space + 1, end - space - 1, nullptr, &got, nullptr) !=
            0 ||
        got != salt.size())
      return corrupt;
    salts.emplace(identity, salt);
    rest.remove_prefix(end + 1);
  }
  return {};
}

Status SaltFile::save() const {
  constexpr std::size_t kSaltDigits = 64;
  std::size_t plain_size = 0;
  for (const auto& [identity, salt] : salts) plain_size += identity.size() + kSaltDigits + 2 + (salt.extracted ? 1 : 0);
  SecretBytes plain = secret_bytes(plain_size + 1);
  char* at = reinterpret_cast<char*>(plain.get());
  for (const auto& [identity, salt] : salts) {
    at = std::copy(identity.begin(), identity.end(), at);
    *at++ = ' ';
    if (salt.extracted) *at++ = '=';
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
  return put_in_place(temporary, path);
}

Status remove_salts_of_before(const std::filesystem::path& key) {
  std::error_code error;
  const std::filesystem::path folder = key.has_parent_path() ? key.parent_path() : std::filesystem::path(".");
  const std::string begin = key.filename().string() + ".of-";
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(begin) && name.ends_with(".salts")) found.push_back(at->path());
  }
  if (error)
    return failure(ErrorCode::kIo,
                   fmt::format("cannot look for salts of an earlier key in {}: {}", folder.string(), error.message()));
  // Each that can go goes, whatever stays.
  Status removed;
  for (const auto& path : found)
    if (!std::filesystem::remove(path, error) && error)
      removed = failure(ErrorCode::kIo, fmt::format("cannot remove {}, whose salts would outlive their destruction: {}",
                                                    path.string(), error.message()));
  if (!found.empty()) QF_CHECK(sync_folder_of(key));
  return removed;
}

}  // namespace qf
