// The store's lock: one run at a time may change a store.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include "qf/core/result.h"

namespace qf {

// How long to wait for another run, and what to do before the waiting begins (a word to the person, for instance).
struct LockWait {
  std::chrono::seconds at_most{10};
  std::function<void()> on_wait;
};

// Held from acquire() until it is dropped, also by a crash: the system gives up the locks of a process that ended.
// It is an flock(2) on the file `.lock` in the store, which stays there for good.
class StoreLock {
 public:
  // The folder must exist. kIo, with the word "locked", where another run holds it for longer than `wait` allows.
  static Result<StoreLock> acquire(const std::filesystem::path& store, const LockWait& wait = {});
  // The lock that an erasure holds from its beginning to its receipt, `.erasing`: it takes and gives up the store's own
  // lock several times on its way, and a second erasure must not take the first for one that was interrupted. Taken
  // before the store's own, never after it.
  static Result<StoreLock> acquire_for_erasure(const std::filesystem::path& store, const LockWait& wait = {});
  // Whether a run holds it now; takes nothing and writes nothing.
  static bool is_held(const std::filesystem::path& store);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&& other) noexcept;
  ~StoreLock();

 private:
  static Result<StoreLock> acquire_file(const std::filesystem::path& store, const char* name, const LockWait& wait);
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace qf
