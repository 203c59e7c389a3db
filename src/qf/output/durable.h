// Files that are whole and on the disk when a function says so, or not there at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "qf/core/digest.h"
#include "qf/core/result.h"

namespace qf {

// Who may read a new file: whoever the process lets, or its owner alone, from the moment it is there.
enum class Readers { kAsUsual, kOwner };

// A new file that is hashed while it is written. Nothing counts until close() has succeeded;
// dropped before that, the file is removed.
class HashedFile {
 public:
  // kIo if the file exists already or cannot be made.
  static Result<HashedFile> create(std::filesystem::path path, Readers readers = Readers::kAsUsual);
  ~HashedFile();
  HashedFile(HashedFile&&) noexcept;
  HashedFile& operator=(HashedFile&&) noexcept;

  // Appends `bytes`; kIo where the system refuses, for instance for a full disk.
  Status write(std::string_view bytes);
  // Flushes to the disk (fsync) and closes. The name becomes durable with sync_folder().
  Status close();
  // Closes; the content becomes durable with sync_file().
  Status close_unflushed();

  std::uint64_t bytes() const { return bytes_; }
  // The SHA-256 of the content as 64 hexadecimal digits; known after close().
  const std::string& sha256() const { return sha256_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit HashedFile(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}
  void abandon() noexcept;

  std::filesystem::path path_;
  int file_ = -1;
  std::uint64_t bytes_ = 0;
  Sha256 running_;
  std::string sha256_;
};

// Flushes a file that was written without.
Status sync_file(const std::filesystem::path& path);

// Makes the names inside a folder durable: new files, renames, removals.
Status sync_folder(const std::filesystem::path& folder);

// Writes a whole file: temporary name, fsync, rename over `path`, fsync of the folder.
// A reader sees the old content or the new one, never a part. The folder must exist.
Status write_file_durably(const std::filesystem::path& path, std::string_view bytes,
                          Readers readers = Readers::kAsUsual);

}  // namespace qf
