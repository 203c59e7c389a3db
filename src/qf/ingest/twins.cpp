#include "qf/ingest/twins.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "qf/core/digest.h"
#include "qf/ingest/byte_source.h"
#include "qf/ingest/decoder.h"

namespace qf {
namespace {

constexpr std::size_t kHeadBytes = 64 * 1024;
constexpr std::size_t kKeyBytes = 4 * 1024;

// A log that is compared with others. A packed one that is damaged or cut off ends where it cannot be unpacked any
// more, as it does for whoever reads its lines.
class Compared {
 public:
  static Result<Compared> open(const std::filesystem::path& path) {
    QF_ASSIGN(auto source, open_bytes(path, compression_of(path)));
    return Compared(std::move(source));
  }

  // Fills the whole of `to` unless the file ends before.
  Result<std::size_t> read(std::span<char> to) {
    std::size_t got = 0;
    while (got < to.size() && !damage_) {
      auto more = source_->read(to.subspan(got));
      if (!more && more.error().code != ErrorCode::kCorrupt) return more;
      if (!more) damage_ = more.error();
      if (!more || *more == 0) break;
      got += *more;
    }
    return got;
  }

  // Whether a line still ends in what is left: in `rest`, or further on in the file.
  Result<bool> has_line_end(std::string_view rest, std::span<char> buffer) {
    if (rest.find('\n') != std::string_view::npos) return true;
    while (true) {
      QF_ASSIGN(const std::size_t got, read(buffer));
      if (got == 0) return false;
      if (std::memchr(buffer.data(), '\n', got) != nullptr) return true;
    }
  }

  const std::optional<Error>& damage() const { return damage_; }

 private:
  explicit Compared(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  std::unique_ptr<ByteSource> source_;
  std::optional<Error> damage_;
};

}  // namespace

Result<CommonBeginning> common_beginning(const std::filesystem::path& a, const std::filesystem::path& b) {
  QF_ASSIGN(Compared source_a, Compared::open(a));
  QF_ASSIGN(Compared source_b, Compared::open(b));
  std::vector<char> block_a(256 * 1024), block_b(256 * 1024);
  CommonBeginning common;
  while (true) {
    QF_ASSIGN(const std::size_t got_a, source_a.read(block_a));
    QF_ASSIGN(const std::size_t got_b, source_b.read(block_b));
    const std::string_view bytes_a(block_a.data(), got_a), bytes_b(block_b.data(), got_b);
    const std::size_t shorter = std::min(got_a, got_b);
    const auto differ = static_cast<std::size_t>(
        std::mismatch(bytes_a.begin(), bytes_a.begin() + static_cast<std::ptrdiff_t>(shorter), bytes_b.begin()).first -
        bytes_a.begin());
    common.lines += static_cast<std::uint64_t>(
        std::count(bytes_a.begin(), bytes_a.begin() + static_cast<std::ptrdiff_t>(differ), '\n'));
    if (differ == block_a.size()) continue;
    const std::string rest_a(bytes_a.substr(differ)), rest_b(bytes_b.substr(differ));
    // Of a file of which no line can be read nobody knows whose copy it is.
    for (const Compared* source : {&source_a, &source_b})
      if (common.lines == 0 && source->damage()) return tl::unexpected<Error>(*source->damage());
    QF_ASSIGN(const bool more_a, source_a.has_line_end(rest_a, block_a));
    QF_ASSIGN(const bool more_b, source_b.has_line_end(rest_b, block_b));
    common.a_whole = !more_a;
    common.b_whole = !more_b;
    common.same = rest_a.empty() && rest_b.empty() && !source_a.damage() && !source_b.damage();
    if (source_a.damage()) common.a_damage = source_a.damage()->message;
    if (source_b.damage()) common.b_damage = source_b.damage()->message;
    return common;
  }
}

Result<LogHead> read_head(const std::filesystem::path& path) {
  QF_ASSIGN(Compared source, Compared::open(path));
  std::vector<char> block(kHeadBytes + kLinePadding);
  QF_ASSIGN(const std::size_t got, source.read({block.data(), kHeadBytes}));
  const std::string_view bytes(block.data(), got);
  LogHead head;
  const std::size_t last = bytes.rfind('\n');
  if (last == std::string_view::npos) {
    if (got == kHeadBytes) head.key = to_hex(sha256(bytes.substr(0, kKeyBytes)));
    return head;
  }
  head.key = to_hex(sha256(bytes.substr(0, std::min(bytes.find('\n'), kKeyBytes))));
  EventBatch batch;
  DecodeFacts facts;
  LineDecoder decoder([](std::string_view) { return std::string(); });
  decoder.decode(bytes.substr(0, last + 1), {}, batch, facts);
  head.session_id = facts.own_session_id;
  for (const auto& [user, count] : facts.users) head.users.insert(user);
  if (!batch.events.empty()) head.first_us = batch.events.front().time_us;
  return head;
}

}  // namespace qf
