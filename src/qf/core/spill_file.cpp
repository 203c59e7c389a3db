#include "qf/core/spill_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace qf {

std::filesystem::path temporary_folder() {
  std::error_code error;
  const char* const named = std::getenv("TMPDIR");
  if (named != nullptr && *named == '\0') return "/tmp";  // as if it were not set
  std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  return !error ? folder : named != nullptr ? std::filesystem::path(named) : "/tmp";
}

namespace {

// A pipe or a device in the place of a file of ours would be waited for without end.
Status check_is_regular(const struct stat& facts, const std::filesystem::path& path) {
  if (S_ISREG(facts.st_mode)) return {};
  return failure(ErrorCode::kStaleStaging, path.string() + ": is no file");
}

}  // namespace

Result<SpillFile> SpillFile::create(const std::filesystem::path& folder) {
  SpillFile file;
  file.place_ = "a temporary file in " + folder.string();
  file.descriptor_ = ::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
  if (file.descriptor_ >= 0) return file;
  // Not every file system knows files without a name.
  static std::atomic<unsigned> next{0};
  const auto path = folder / (".spill-" + std::to_string(::getpid()) + "-" + std::to_string(next++));
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file.descriptor_ < 0)
    return failure(ErrorCode::kIo, "cannot make a temporary file in " + folder.string() + ": " + std::strerror(errno));
  ::unlink(path.c_str());
  return file;
}

Result<SpillFile> SpillFile::create_named(const std::filesystem::path& path) {
  SpillFile file;
  file.place_ = path.string();
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file.descriptor_ < 0)
    return failure(ErrorCode::kIo, "cannot make " + path.string() + ": " + std::strerror(errno));
  return file;
}

Result<SpillFile> SpillFile::open(const std::filesystem::path& path) {
  SpillFile file;
  file.place_ = path.string();
  file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat facts {};
  if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &facts) != 0)
    return failure(ErrorCode::kIo, "cannot open " + path.string() + ": " + std::strerror(errno));
  QF_CHECK(check_is_regular(facts, path));
  file.size_ = static_cast<std::uint64_t>(facts.st_size);
  return file;
}

Result<SpillFile> SpillFile::go_on(const std::filesystem::path& path, std::uint64_t bytes) {
  SpillFile file;
  file.place_ = path.string();
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct stat facts {};
  if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &facts) != 0)
    return failure(ErrorCode::kIo, "cannot open " + path.string() + ": " + std::strerror(errno));
  QF_CHECK(check_is_regular(facts, path));
  if (static_cast<std::uint64_t>(facts.st_size) < bytes)
    return failure(ErrorCode::kIo, "cannot go on with " + path.string() + ": it was cut off");
  if (::ftruncate(file.descriptor_, static_cast<off_t>(bytes)) != 0)
    return failure(ErrorCode::kIo, "cannot write " + path.string() + ": " + std::strerror(errno));
  file.size_ = bytes;
  return file;
}

SpillFile::SpillFile(SpillFile&& other) noexcept
    : place_(std::move(other.place_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(std::exchange(other.size_, 0)) {}

SpillFile& SpillFile::operator=(SpillFile&& other) noexcept {
  std::swap(place_, other.place_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status SpillFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(ErrorCode::kIo, "cannot write " + place_ + ": " + std::strerror(errno));
    size_ += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status SpillFile::read(std::uint64_t offset, std::span<char> to) const {
  while (!to.empty()) {
    const ssize_t count = ::pread(descriptor_, to.data(), to.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      return failure(ErrorCode::kIo,
                     "cannot read " + place_ + ": " + (count < 0 ? std::strerror(errno) : "it was cut off"));
    offset += static_cast<std::uint64_t>(count);
    to = to.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace qf
