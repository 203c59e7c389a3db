// A file for what has no room in memory; without a name, it goes with the process whatever happens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "qf/core/result.h"

namespace qf {

// The system's temporary folder as $TMPDIR names it, whether it is there or not: a file that cannot be made in it is an
// error with a name, and only what has to be put aside needs one.
std::filesystem::path temporary_folder();

class SpillFile {
 public:
  // An empty file in `folder` (which must exist), for its owner alone and unlinked at once.
  static Result<SpillFile> create(const std::filesystem::path& folder);
  // The same under a name: a file that later steps open again and that somebody removes.
  static Result<SpillFile> create_named(const std::filesystem::path& path);
  static Result<SpillFile> open(const std::filesystem::path& path);
  // The same to go on behind its first `bytes`: what follows them is cut off. kIo where it is shorter.
  static Result<SpillFile> go_on(const std::filesystem::path& path, std::uint64_t bytes);
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&& other) noexcept;
  ~SpillFile();

  // Adds bytes at the end. kIo where the system refuses, for instance for a full disk.
  Status append(std::string_view bytes);
  // Fills `to` from `offset` on. kIo where the file is shorter.
  Status read(std::uint64_t offset, std::span<char> to) const;
  std::uint64_t size() const { return size_; }

 private:
  SpillFile() = default;
  std::string place_;  // the file, or the folder that it is in, for messages
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace qf
