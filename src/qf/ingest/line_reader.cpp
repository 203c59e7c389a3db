#include "qf/ingest/line_reader.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "qf/ingest/byte_source.h"

namespace qf {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// std::count counts in 64 bits and is a quarter as fast.
std::uint64_t count_line_ends(std::string_view bytes) {
  constexpr std::size_t kBlock = 240;  // as many as an octet counts
  std::uint64_t count = 0;
  std::size_t at = 0;
  for (; at + kBlock <= bytes.size(); at += kBlock) {
    std::uint8_t of_block = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
      of_block = static_cast<std::uint8_t>(of_block + (bytes[at + i] == '\n' ? 1 : 0));
    count += of_block;
  }
  for (; at < bytes.size(); ++at) count += bytes[at] == '\n' ? 1U : 0U;
  return count;
}

// The buffer of the last reader of this thread, for the next one: most logs are short, and memory that is new has to be
// cleared first.
constexpr std::size_t kSpareBytes = 4 << 20;
struct Buffer {
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;

  // Keeps the first `held` bytes. What is new is not cleared: of a chunk that a small file does not fill, the system
  // then gives no memory for the rest.
  void grow(std::size_t want, std::size_t held) {
    if (size >= want) return;
    Buffer larger{std::unique_ptr<char[]>(new char[std::max(want, held * 2)]), std::max(want, held * 2)};
    if (held > 0) std::memcpy(larger.bytes.get(), bytes.get(), held);
    *this = std::move(larger);
  }
};
Buffer& spare_buffer() {
  thread_local Buffer spare;
  return spare;
}

// The least that is asked for at a time.
constexpr std::size_t kLeastPiece = 4096;

}  // namespace

struct LineReader::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (buffer.size <= kSpareBytes && buffer.size > spare_buffer().size) spare_buffer() = std::move(buffer);
  }

  std::unique_ptr<ByteSource> source;  // until the end of the file
  Buffer buffer;                       // kept longer than what is filled by kLinePadding
  bool plain = false;                  // not compressed
  bool resumable = false;              // see place()
  bool rests = false;                  // closes its file between pieces
  std::size_t chunk_bytes = 0, piece_bytes = 0;
  std::uint64_t left = 0;      // bytes that may still be read
  std::uint64_t taken = 0;     // bytes that were
  std::uint64_t consumed = 0;  // from the disk
  std::size_t begin = 0;       // first byte not yet handed out
  std::size_t end = 0;         // one past the last byte read
  LinePlace place;             // first byte not yet handed out
  bool at_end = false;
  std::optional<Error> fault;
  bool skipping = false;  // inside a line that is too long
  bool first = true;

  void hand_out(std::size_t count) {
    place.digest.update({buffer.bytes.get() + begin, count});
    place.bytes += count;
    begin += count;
  }

  // Moves what is left to the front and reads more behind it.
  Status fill() {
    if (begin > 0) std::memmove(buffer.bytes.get(), buffer.bytes.get() + begin, end - begin);
    end -= begin;
    begin = 0;
    const std::size_t room = room_for_next();
    if (buffer.bytes == nullptr) buffer = std::exchange(spare_buffer(), {});
    buffer.grow(end + room + kLinePadding, end);
    const auto ask = static_cast<std::size_t>(std::min<std::uint64_t>(room, left));
    QF_CHECK(read(ask));
    if (at_end) {
      // A project may have more logs than a process may have files: those that are small are closed at once.
      consumed = source->consumed();
      source.reset();
    } else if (rests) {
      source->rest();
    }
    if (first && end >= kByteOrderMark.size()) {
      first = false;
      if (std::string_view(buffer.bytes.get(), kByteOrderMark.size()) == kByteOrderMark)
        hand_out(kByteOrderMark.size());
    }
    return {};
  }

  // Of a line that is longer than a piece, the rest of a chunk: which line is too long is asked where chunks end, so
  // the size of pieces must not show there.
  std::size_t room_for_next() const {
    if (piece_bytes == chunk_bytes) return chunk_bytes;
    const auto of_chunk = chunk_bytes - static_cast<std::size_t>(taken % chunk_bytes);
    return end < piece_bytes ? std::min(piece_bytes, of_chunk) : of_chunk;
  }

  // Up to `ask` bytes; of a plain file less only at its end.
  Status read(std::size_t ask) {
    std::size_t sum = 0;
    do {
      auto got = sum == ask ? Result<std::size_t>(std::size_t{0}) : source->read({buffer.bytes.get() + end, ask - sum});
      if (!got && end > 0) {
        // Whole lines before the damage are handed out first; the fault is told when they are used up.
        fault = std::move(got.error());
        got = std::size_t{0};
      }
      if (!got) return tl::unexpected<Error>(std::move(got).error());
      if (*got == 0) at_end = true;
      sum += *got;
      left -= *got;
      taken += *got;
      end += *got;
    } while (plain && !at_end && sum < ask);
    return {};
  }
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Compression compression_of(const std::filesystem::path& path) {
  const auto ending = path.extension();
  if (ending == ".gz") return Compression::kGzip;
  if (ending == ".zst") return Compression::kZstd;
  return Compression::kNone;
}

Result<LineReader> LineReader::open(const std::filesystem::path& path, std::size_t chunk_bytes,
                                    std::uint64_t most_bytes, const LinePlace& from, std::size_t piece_bytes) {
  auto state = std::make_unique<State>();
  const Compression compression = compression_of(path);
  QF_ASSIGN(state->source, open_bytes(path, compression, from.bytes));
  state->place = from;
  state->first = from.bytes == 0;
  state->plain = state->resumable = compression == Compression::kNone;
  state->chunk_bytes = state->piece_bytes = chunk_bytes;
  state->rests = piece_bytes < chunk_bytes;
  // One octet more than a small file has, so that its end shows with the first piece.
  if (const auto expected = state->source->expected())
    state->piece_bytes = static_cast<std::size_t>(
        std::min<std::uint64_t>({chunk_bytes, piece_bytes, std::max<std::uint64_t>(*expected + 1, kLeastPiece)}));
  state->left = most_bytes - std::min(most_bytes, from.bytes);
  return LineReader(std::move(state));
}

Result<LineChunk> LineReader::next() {
  State& s = *state_;
  while (true) {
    const char* first = s.buffer.bytes.get() + s.begin;
    const std::size_t held = s.end - s.begin;
    if (s.skipping) {
      const void* feed = held == 0 ? nullptr : std::memchr(first, '\n', held);
      if (feed != nullptr) {
        s.hand_out(static_cast<std::size_t>(static_cast<const char*>(feed) - first) + 1);
        s.skipping = false;
        return LineChunk{LineChunk::Kind::kTooLong, {}, s.place.line++};
      }
      s.hand_out(held);
    } else if (held != 0) {
      // Backwards from the end: the last LF bounds the whole lines.
      const void* last = ::memrchr(first, '\n', held);
      if (last != nullptr) {
        const std::size_t count = static_cast<std::size_t>(static_cast<const char*>(last) - first) + 1;
        const std::string_view lines(first, count);
        const LineChunk chunk{LineChunk::Kind::kLines, lines, s.place.line};
        s.place.line += count_line_ends(lines);
        s.hand_out(count);
        return chunk;
      }
      if (held > kMaxLineBytes) {
        s.skipping = true;
        continue;
      }
    }
    if (s.at_end) {
      if (s.fault) return tl::unexpected<Error>(*s.fault);
      if (s.skipping || s.begin != s.end) {
        s.resumable = s.resumable && !s.skipping;  // of a line that is skipped, its beginning was handed out
        s.skipping = false;
        const std::string_view tail(s.buffer.bytes.get() + s.begin, s.end - s.begin);
        s.begin = s.end;
        return LineChunk{LineChunk::Kind::kPending, tail, s.place.line};
      }
      return LineChunk{LineChunk::Kind::kEnd, {}, s.place.line};
    }
    QF_CHECK(s.fill());
  }
}

std::string LineReader::digest_hex() const { return to_hex(state_->place.digest.bytes()); }
std::optional<LinePlace> LineReader::place() const {
  return state_->resumable && !state_->fault ? std::optional(state_->place) : std::nullopt;
}
std::uint64_t LineReader::bytes() const { return state_->place.bytes; }
std::uint64_t LineReader::lines() const { return state_->place.line - 1; }
std::uint64_t LineReader::consumed() const { return state_->source ? state_->source->consumed() : state_->consumed; }
bool LineReader::read_all() const { return state_->at_end && !state_->skipping; }

}  // namespace qf
