#include "qf/output/durable.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace qf {
namespace {

tl::unexpected<Error> system_failure(std::string_view what, const std::filesystem::path& path, int number) {
  return failure(ErrorCode::kIo, "cannot " + std::string(what) + " " + path.string() + ": " + std::strerror(number));
}

}  // namespace

Result<HashedFile> HashedFile::create(std::filesystem::path path, Readers readers) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readers == Readers::kOwner ? 0600 : 0666);
  if (file < 0) return system_failure("create", path, errno);
  return HashedFile(std::move(path), file);
}

HashedFile::~HashedFile() { abandon(); }

HashedFile::HashedFile(HashedFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      bytes_(other.bytes_),
      running_(std::move(other.running_)),
      sha256_(std::move(other.sha256_)) {}

HashedFile& HashedFile::operator=(HashedFile&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  path_ = std::move(other.path_);
  file_ = std::exchange(other.file_, -1);
  bytes_ = other.bytes_;
  running_ = std::move(other.running_);
  sha256_ = std::move(other.sha256_);
  return *this;
}

void HashedFile::abandon() noexcept {
  if (file_ < 0) return;
  ::close(std::exchange(file_, -1));
  ::unlink(path_.c_str());
}

Status HashedFile::write(std::string_view bytes) {
  if (file_ < 0) return failure(ErrorCode::kInternal, "write to a closed file: " + path_.string());
  running_.update(bytes);
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return system_failure("write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Status HashedFile::close() {
  if (file_ < 0) return failure(ErrorCode::kInternal, "closed twice: " + path_.string());
  if (::fsync(file_) != 0) return system_failure("flush", path_, errno);
  return close_unflushed();
}

Status HashedFile::close_unflushed() {
  if (file_ < 0) return failure(ErrorCode::kInternal, "closed twice: " + path_.string());
  // A failing close() still frees the descriptor; an fsync reports what matters.
  ::close(std::exchange(file_, -1));
  sha256_ = running_.hex();
  return {};
}

Status sync_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("open", path, errno);
  const int done = ::fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  return done == 0 ? Status{} : Status(system_failure("flush", path, number));
}

Status sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("open folder", folder, errno);
  const int done = ::fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  // Some network file systems cannot flush a folder and say so: nothing more can be done there.
  if (done != 0 && number != EINVAL && number != ENOTSUP) return system_failure("flush folder", folder, number);
  return {};
}

Status write_file_durably(const std::filesystem::path& path, std::string_view bytes, Readers readers) {
  std::filesystem::path temporary = path;
  temporary += ".part-" + std::to_string(::getpid());
  // Left over from an earlier process of the same number, which is gone: this one holds it now.
  ::unlink(temporary.c_str());
  QF_ASSIGN(HashedFile file, HashedFile::create(temporary, readers));
  QF_CHECK(file.write(bytes));
  QF_CHECK(file.close());
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    return system_failure("rename to", path, number);
  }
  const std::filesystem::path folder = path.parent_path();
  return sync_folder(folder.empty() ? std::filesystem::path(".") : folder);
}

}  // namespace qf
