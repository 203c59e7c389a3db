#include "qf/store/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

namespace qf {
namespace {

constexpr auto kPause = std::chrono::milliseconds(20);

constexpr const char* kName = ".lock";

// " (process 1234)", as the holder wrote it; "" where it had no time to.
std::string holder_of(int descriptor) {
  std::array<char, 16> digits{};
  const ssize_t got = ::pread(descriptor, digits.data(), digits.size(), 0);
  std::string number(digits.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (const auto end = number.find_first_not_of("0123456789"); end != std::string::npos) number.resize(end);
  return number.empty() ? "" : " (process " + number + ")";
}

}  // namespace

Result<StoreLock> StoreLock::acquire(const std::filesystem::path& store, const LockWait& wait) {
  return acquire_file(store, kName, wait);
}

Result<StoreLock> StoreLock::acquire_for_erasure(const std::filesystem::path& store, const LockWait& wait) {
  return acquire_file(store, ".erasing", wait);
}

Result<StoreLock> StoreLock::acquire_file(const std::filesystem::path& store, const char* name, const LockWait& wait) {
  const auto path = store / name;
  // No link: in a store that came from elsewhere it would lead to any file of this user.
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (const int error = errno; descriptor < 0)
    return failure(ErrorCode::kIo, error == ELOOP
                                       ? fmt::format("{} is a link: remove it", path.string())
                                       : fmt::format("cannot open {}: {}", path.string(), std::strerror(error)));
  StoreLock lock(descriptor);
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode))
    return failure(ErrorCode::kIo, path.string() + ": is not a file: remove it");
  const auto until = std::chrono::steady_clock::now() + wait.at_most;
  for (bool waiting = false; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0;) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK)
      return failure(ErrorCode::kIo, fmt::format("cannot lock {}: {}; put the store on a file system that knows locks",
                                                 path.string(), std::strerror(errno)));
    if (std::chrono::steady_clock::now() >= until)
      return failure(ErrorCode::kIo,
                     fmt::format("{} is locked: another run{} is changing it, and was not done within {} s. Try again "
                                 "when it is, or wait longer with --wait SECONDS",
                                 store.string(), holder_of(descriptor), wait.at_most.count()));
    if (!std::exchange(waiting, true) && wait.on_wait) wait.on_wait();
    std::this_thread::sleep_for(kPause);
  }
  // For whoever has to wait; a lock without a name is a lock all the same.
  const std::string number = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) == 0) [[maybe_unused]]
    const ssize_t written = ::pwrite(descriptor, number.data(), number.size(), 0);
  return lock;
}

bool StoreLock::is_held(const std::filesystem::path& store) {
  const int descriptor = ::open((store / kName).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace qf
