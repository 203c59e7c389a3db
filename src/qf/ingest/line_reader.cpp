#include "qf/ingest/line_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

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
std::vector<char>& spare_buffer() {
  thread_local std::vector<char> spare;
  return spare;
}

}  // namespace

struct LineReader::State {
  State() : buffer(std::move(spare_buffer())) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (buffer.size() <= kSpareBytes) spare_buffer() = std::move(buffer);
  }

  std::unique_ptr<ByteSource> source;
  std::vector<char> buffer;  // kept longer than what is filled by kLinePadding
  bool resumable = false;    // see place()
  std::size_t chunk_bytes = 0;
  std::uint64_t left = 0;  // bytes that may still be read
  std::size_t begin = 0;   // first byte not yet handed out
  std::size_t end = 0;     // one past the last byte read
  LinePlace place;         // first byte not yet handed out
  bool at_end = false;
  std::optional<Error> fault;
  bool skipping = false;  // inside a line that is too long
  bool first = true;

  void hand_out(std::size_t count) {
    place.digest.update({buffer.data() + begin, count});
    place.bytes += count;
    begin += count;
  }

  // Moves what is left to the front and reads more behind it.
  Status fill() {
    if (begin > 0) std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    end -= begin;
    begin = 0;
    const std::size_t want = end + chunk_bytes + kLinePadding;
    if (buffer.size() < want) buffer.resize(want);
    const auto ask = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_bytes, left));
    auto got = ask == 0 ? Result<std::size_t>(std::size_t{0}) : source->read({buffer.data() + end, ask});
    if (!got && end > 0) {
      // Whole lines before the damage are handed out first; the fault is told when they are used up.
      fault = std::move(got.error());
      got = std::size_t{0};
    }
    if (!got) return tl::unexpected<Error>(std::move(got).error());
    if (*got == 0) at_end = true;
    left -= *got;
    end += *got;
    if (first && end >= kByteOrderMark.size()) {
      first = false;
      if (std::string_view(buffer.data(), kByteOrderMark.size()) == kByteOrderMark) hand_out(kByteOrderMark.size());
    }
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
                                    std::uint64_t most_bytes, const LinePlace& from) {
  auto state = std::make_unique<State>();
  const Compression compression = compression_of(path);
  QF_ASSIGN(state->source, open_bytes(path, compression, from.bytes));
  state->place = from;
  state->first = from.bytes == 0;
  state->resumable = compression == Compression::kNone;
  state->chunk_bytes = chunk_bytes;
  state->left = most_bytes - std::min(most_bytes, from.bytes);
  return LineReader(std::move(state));
}

Result<LineChunk> LineReader::next() {
  State& s = *state_;
  while (true) {
    const char* first = s.buffer.data() + s.begin;
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
        const std::string_view tail(s.buffer.data() + s.begin, s.end - s.begin);
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
std::uint64_t LineReader::consumed() const { return state_->source->consumed(); }

}  // namespace qf
