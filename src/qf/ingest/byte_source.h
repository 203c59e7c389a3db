// Bytes of a file as they were before compression. Inside ingest only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "qf/core/result.h"
#include "qf/ingest/line_reader.h"

namespace qf {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of `to`; 0 at the end of the file.
  virtual Result<std::size_t> read(std::span<char> to) = 0;
  // How many bytes read() will give, as it looked when the file was opened; nothing where only reading tells.
  virtual std::optional<std::uint64_t> expected() const { return std::nullopt; }
  // Closes the file until the next read: many are read side by side, and a process may not have them all open. If
  // another file has taken its place by then, that read fails.
  virtual void rest() = 0;
  // Bytes taken from the disk so far.
  virtual std::uint64_t consumed() const = 0;
};

// `from`: bytes to pass over, of a file that is not compressed. Throws OutOfFiles.
Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path, Compression compression,
                                               std::uint64_t from = 0);

}  // namespace qf
