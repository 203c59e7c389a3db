// Files for their owner alone: read, written whole, never seen half written. Keys and salts lie in such files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"

namespace qf {

using SecretBytes = std::unique_ptr<std::uint8_t[], SecretFree>;

// Locked memory; a machine that has none, or no random generator, leaves nothing sensible to do: std::bad_alloc.
SecretBytes secret_bytes(std::size_t size);

// A descriptor that closes itself. Closing also gives up a lock taken with flock.
struct PrivateFile {
  int descriptor = -1;

  explicit PrivateFile(int opened) : descriptor(opened) {}
  PrivateFile(PrivateFile&& other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
  PrivateFile& operator=(PrivateFile&&) = delete;
  ~PrivateFile();
};

tl::unexpected<Error> system_failure(std::string_view what, const std::filesystem::path& path, int number);
Status make_private_folders(const std::filesystem::path& folder);
Status sync_folder_of(const std::filesystem::path& path);

// Opens a file that nobody else may read. kNotFound where there is none; kInvalidInput, with the command that
// closes it, where others may read it.
Result<PrivateFile> open_private(const std::filesystem::path& path, std::string_view what);
// Reads at most `size` bytes; fewer only at the end of the file.
Result<std::size_t> read_into(const PrivateFile& file, const std::filesystem::path& path, std::uint8_t* out,
                              std::size_t size);

// Writes a new file beside `path`, for the owner alone and on the disk, and returns its name.
Result<std::filesystem::path> write_beside(const std::filesystem::path& path, std::string_view bytes);
// Writes a file that must not be there yet: it is never replaced and never seen half written. False where it is there.
Result<bool> write_once(const std::filesystem::path& path, std::string_view bytes);
// Puts a written file in the place of another.
Status put_in_place(const std::filesystem::path& written, const std::filesystem::path& path);
// Removes what runs that were killed in write_beside() left: copies of the key or of salts that nobody knows of.
void remove_left_beside(const std::filesystem::path& key);

}  // namespace qf
