#include "qf/ledger/sealed_file.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace qf {
namespace {

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr std::size_t kExtraBytes = crypto_secretstream_xchacha20poly1305_ABYTES;
static_assert(sizeof(SealedId) == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(sizeof(KeyBytes) == crypto_secretstream_xchacha20poly1305_KEYBYTES);

unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Result<KeyBytes> key_of(const KeyFile& key, std::string_view purpose) {
  return key.derive("qf-dataset/sealed/" + std::string(purpose), {});
}

// A file on its way in or out, with one block of it in the clear.
struct Stream {
  SpillFile file;
  crypto_secretstream_xchacha20poly1305_state stream{};
  std::string plain, sealed;

  explicit Stream(SpillFile made) : file(std::move(made)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    sodium_memzero(&stream, sizeof stream);
    plain.resize(plain.capacity());  // a block that was sealed is still there, behind the end
    sodium_memzero(plain.data(), plain.size());
  }
};

}  // namespace

struct SealedWriter::State : Stream {
  using Stream::Stream;
  SealedId id{};
};

SealedWriter::SealedWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedWriter::~SealedWriter() = default;

Result<std::unique_ptr<SealedWriter>> SealedWriter::create(const std::filesystem::path& file, const KeyFile& key,
                                                           std::string_view purpose) {
  QF_ASSIGN(SpillFile made, SpillFile::create_named(file));
  auto state = std::make_unique<State>(std::move(made));
  QF_ASSIGN(KeyBytes derived, key_of(key, purpose));
  crypto_secretstream_xchacha20poly1305_init_push(&state->stream, state->id.data(), derived.data());
  sodium_memzero(derived.data(), derived.size());
  QF_CHECK(state->file.append({reinterpret_cast<const char*>(state->id.data()), state->id.size()}));
  state->plain.reserve(kBlockBytes);
  return std::unique_ptr<SealedWriter>(new SealedWriter(std::move(state)));
}

Status SealedWriter::seal(bool last) {
  State& s = *state_;
  s.sealed.resize(s.plain.size() + kExtraBytes);
  crypto_secretstream_xchacha20poly1305_push(
      &s.stream, raw(s.sealed), nullptr, raw(s.plain), s.plain.size(), nullptr, 0,
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  s.plain.clear();
  return s.file.append(s.sealed);
}

Status SealedWriter::write(std::string_view bytes) {
  State& s = *state_;
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kBlockBytes - s.plain.size());
    s.plain.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (s.plain.size() == kBlockBytes) QF_CHECK(seal(false));
  }
  return {};
}

Result<SealedId> SealedWriter::finish() {
  QF_CHECK(seal(true));
  return state_->id;
}

struct SealedReader::State : Stream {
  using Stream::Stream;
  std::uint64_t offset = sizeof(SealedId);
  std::size_t at = 0;  // in `plain`
};

SealedReader::SealedReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedReader::~SealedReader() = default;

Result<std::unique_ptr<SealedReader>> SealedReader::open(const std::filesystem::path& file, const KeyFile& key,
                                                         std::string_view purpose, const SealedId& id) {
  QF_ASSIGN(SpillFile opened, SpillFile::open(file));
  auto state = std::make_unique<State>(std::move(opened));
  SealedId found{};
  QF_CHECK(state->file.read(0, std::span(reinterpret_cast<char*>(found.data()), found.size())));
  if (found != id) return failure(ErrorCode::kCorrupt, file.string() + ": is another file than was written");
  QF_ASSIGN(KeyBytes derived, key_of(key, purpose));
  const int begun = crypto_secretstream_xchacha20poly1305_init_pull(&state->stream, found.data(), derived.data());
  sodium_memzero(derived.data(), derived.size());
  if (begun != 0) return failure(ErrorCode::kCorrupt, file.string() + ": cannot be opened with this key");
  return std::unique_ptr<SealedReader>(new SealedReader(std::move(state)));
}

Status SealedReader::open_block() {
  State& s = *state_;
  const std::uint64_t left = s.file.size() - s.offset;
  s.sealed.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlockBytes + kExtraBytes)));
  const auto damaged = [] { return failure(ErrorCode::kCorrupt, "a sealed file is damaged or cut off"); };
  if (s.sealed.size() < kExtraBytes) return damaged();
  QF_CHECK(s.file.read(s.offset, s.sealed));
  s.offset += s.sealed.size();
  s.plain.resize(s.sealed.size() - kExtraBytes);
  s.at = 0;
  unsigned char tag = 0;
  const bool last = s.offset == s.file.size();
  if (crypto_secretstream_xchacha20poly1305_pull(&s.stream, raw(s.plain), nullptr, &tag, raw(s.sealed), s.sealed.size(),
                                                 nullptr, 0) != 0 ||
      (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) != last)
    return damaged();
  return {};
}

std::uint64_t SealedReader::at_most() const {
  const State& s = *state_;
  return s.plain.size() - s.at + (s.file.size() - s.offset);
}

Status SealedReader::read(std::span<char> to) {
  State& s = *state_;
  while (!to.empty()) {
    if (s.at == s.plain.size()) QF_CHECK(open_block());
    const std::size_t count = std::min(to.size(), s.plain.size() - s.at);
    std::memcpy(to.data(), s.plain.data() + s.at, count);
    s.at += count;
    to = to.subspan(count);
  }
  return {};
}

}  // namespace qf
