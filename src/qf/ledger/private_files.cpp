#include "qf/ledger/private_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "qf/core/text.h"

namespace qf {
void SecretFree::operator()(void* memory) const noexcept { sodium_free(memory); }

SecretBytes secret_bytes(std::size_t size) {
  static const int started = sodium_init();
  if (started < 0) throw std::bad_alloc();
  auto* memory = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (memory == nullptr) throw std::bad_alloc();
  return SecretBytes(memory);
}

tl::unexpected<Error> system_failure(std::string_view what, const std::filesystem::path& path, int number) {
  return failure(number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                 fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(number)));
}

PrivateFile::~PrivateFile() {
  if (descriptor >= 0) ::close(descriptor);
}

Status make_private_folders(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return {};
  QF_CHECK(make_private_folders(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("create folder", folder, errno);
  return {};
}

Status sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const PrivateFile file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.descriptor < 0) return system_failure("open folder", folder, errno);
  // Some network file systems cannot flush a folder and say so.
  if (::fsync(file.descriptor) != 0 && errno != EINVAL && errno != ENOTSUP)
    return system_failure("flush folder", folder, errno);
  return {};
}

Result<std::filesystem::path> write_beside(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path temporary = path;
  temporary += fmt::format(".part-{}-{:08x}", ::getpid(), randombytes_random());
  const PrivateFile file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
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

void remove_left_beside(const std::filesystem::path& key) {
  const std::filesystem::path folder = key.has_parent_path() ? key.parent_path() : ".";
  const std::string name = key.filename().string();
  std::error_code ignored;
  for (std::filesystem::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
    const std::string found = at->path().filename().string();
    if (found.starts_with(name + ".part-") || found.starts_with(name + ".salts.part-")) ::unlink(at->path().c_str());
  }
}

Result<std::size_t> read_into(const PrivateFile& file, const std::filesystem::path& path, std::uint8_t* out,
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

Result<PrivateFile> open_private(const std::filesystem::path& path, std::string_view what) {
  PrivateFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.descriptor < 0) {
    if (errno == ENOENT) return failure(ErrorCode::kNotFound, fmt::format("there is no {} at {}", what, path.string()));
    return system_failure("open", path, errno);
  }
  struct stat facts {};
  if (::fstat(file.descriptor, &facts) != 0) return system_failure("look at", path, errno);
  if (!S_ISREG(facts.st_mode))
    return failure(ErrorCode::kInvalidInput, fmt::format("{} is not a file: name a {}", path.string(), what));
  if ((facts.st_mode & 077) != 0)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("the {} {} can be read or changed by other users: run  chmod 600 {}", what,
                               path.string(), shell_quoted(path.string())));
  return file;
}

Result<bool> write_once(const std::filesystem::path& path, std::string_view bytes) {
  QF_ASSIGN(const std::filesystem::path temporary, write_beside(path, bytes));
  // A link fails where the name exists.
  const int linked = ::link(temporary.c_str(), path.c_str());
  const int number = errno;
  ::unlink(temporary.c_str());
  // Two runs may make one file; whoever was first also removes what the other has written.
  struct stat facts {};
  if (linked != 0 && number != EEXIST && ::stat(path.c_str(), &facts) != 0)
    return system_failure("create", path, number);
  QF_CHECK(sync_folder_of(path));
  return linked == 0;
}

Status put_in_place(const std::filesystem::path& written, const std::filesystem::path& path) {
  if (::rename(written.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(written.c_str());
    return system_failure("replace", path, number);
  }
  return sync_folder_of(path);
}

}  // namespace qf
