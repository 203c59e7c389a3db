// Whole lines of one log file, plain or compressed, in chunks; the file may still be growing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "qf/core/digest.h"
#include "qf/core/result.h"

namespace qf {

// Longest line that is parsed. A longer one is rejected without being held in memory.
inline constexpr std::size_t kMaxLineBytes = 20 * 1024 * 1024;
// Bytes read at a time.
inline constexpr std::size_t kChunkBytes = 1 << 20;
// Readable bytes that follow every chunk, for the JSON parser.
inline constexpr std::size_t kLinePadding = 64;
// A compressed log that grows past this many bytes at more than this ratio is taken for a bomb.
inline constexpr std::uint64_t kBombBytes = 1ULL << 30;
inline constexpr std::uint64_t kBombRatio = 200;

enum class Compression : std::uint8_t { kNone, kGzip, kZstd };
// By the ending of the name: .gz, .zst.
Compression compression_of(const std::filesystem::path& path);

struct LineChunk {
  enum class Kind : std::uint8_t {
    kLines,    // whole lines, each ended by LF
    kTooLong,  // one line longer than kMaxLineBytes; no bytes
    kPending,  // what follows the last LF, to be left alone
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string_view bytes;        // valid until the next call; followed by kLinePadding readable bytes
  std::uint64_t first_line = 1;  // line number of the first line, from 1
};

// How far a log was read: just behind an LF, or at its beginning. A plain value.
struct LinePlace {
  std::uint64_t bytes = 0;  // before it
  std::uint64_t line = 1;   // number of the line that begins there
  ResumableSha256 digest;   // of those bytes
};

class LineReader {
 public:
  // Opens a regular file for reading. `chunk_bytes` bounds what is read at a time, `most_bytes` all that is read; of a
  // file that is not compressed, what lies before `from` is not read again, and `piece_bytes` are read at a time as
  // long as lines are short: no other lines come of it, but less memory is held. Where pieces are smaller than chunks,
  // the file is closed between them.
  static Result<LineReader> open(const std::filesystem::path& path, std::size_t chunk_bytes = kChunkBytes,
                                 std::uint64_t most_bytes = std::numeric_limits<std::uint64_t>::max(),
                                 const LinePlace& from = {},
                                 std::size_t piece_bytes = std::numeric_limits<std::size_t>::max());

  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;
  ~LineReader();

  // The next chunk. An error (a damaged archive, a failing disk) ends the file; what came before it stands.
  Result<LineChunk> next();

  // Whether all of the file was read. The lines of it have then been handed out; what next() still tells are a pending
  // rest, a fault and the end.
  bool read_all() const;

  // SHA-256 of the decompressed bytes up to the last LF, as lower-case hex. After kEnd only.
  std::string digest_hex() const;
  // Where to go on once the file has grown. After kEnd only; nothing where that cannot be: in a compressed file, or
  // where the last line is already longer than any that is read.
  std::optional<LinePlace> place() const;
  // Decompressed bytes up to the last LF.
  std::uint64_t bytes() const;
  // How many lines these are.
  std::uint64_t lines() const;
  // Bytes taken from the disk so far, for progress.
  std::uint64_t consumed() const;

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace qf
