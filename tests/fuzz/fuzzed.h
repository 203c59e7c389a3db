// What the fuzz targets share: an input that is a file, and a check that stops the run.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace qf {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What must hold for any input.
inline void must(bool holds) {
  if (!holds) std::abort();
}

// A file in memory with this content, for what reads from a path; gone with its owner.
class FileInMemory {
 public:
  explicit FileInMemory(std::string_view content) : descriptor_(::memfd_create("fuzzed", MFD_CLOEXEC)) {
    must(descriptor_ >= 0);
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_, content.data(), content.size());
      must(written > 0);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  FileInMemory(const FileInMemory&) = delete;
  FileInMemory& operator=(const FileInMemory&) = delete;
  ~FileInMemory() { ::close(descriptor_); }

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace qf
