// A working folder outside the store, for runs that publish nothing: dry runs, rebuilds, canaries. It goes with its
// object; after a kill, with the next run that changes any store of the same user.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qf/core/result.h"

namespace qf {

// A folder that only its owner may enter, in the system's temporary folder. Whoever holds its flock(2) is alive: the
// system gives the lock up with the process, also with a killed one, and a process number would be given to others.
class ScratchFolder {
 public:
  // `what` is part of its name: "dry-run".
  static Result<ScratchFolder> create(std::string_view what);
  // The same with its contents beside `wanted`, so that they can be renamed to it. The temporary folder then holds a
  // note of the place.
  static Result<ScratchFolder> create_beside(const std::filesystem::path& wanted, std::string_view what);

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return contents_; }

  // Renames `made`, which is path() or lies in it, to `wanted`, where it stays. An empty folder there gives way; kIo
  // where anything else is there.
  Status keep(const std::filesystem::path& made, const std::filesystem::path& wanted);

 private:
  ScratchFolder(std::filesystem::path folder, int lock) : folder_(std::move(folder)), contents_(folder_), lock_(lock) {}
  std::filesystem::path folder_, contents_;
  int lock_ = -1;
};

// Removes this user's working folders that no process holds any more. Returns what was removed, for people. What cannot
// be removed stays for the next run.
std::vector<std::string> clear_abandoned_scratch();

}  // namespace qf
