// SHA256_CTX is a plain value that can be copied in the middle of a hash; OpenSSL 3 has nothing else that is, and its
// newer interface takes longer to begin than a short text takes to hash.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT(readability-identifier-naming): the name is OpenSSL's

#include "qf/core/digest.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <vector>

namespace qf {
namespace {

// Looking an algorithm up by name takes longer than hashing a row: it is done once.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (fetched == nullptr) throw std::bad_alloc();
  return fetched;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* openssl = EVP_MD_CTX_new();

  Context() {
    if (openssl == nullptr || EVP_DigestInit_ex2(openssl, algorithm(), nullptr) != 1) throw std::bad_alloc();
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(openssl); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

// OpenSSL's updates of a digest fail only for want of memory.
Sha256& Sha256::update(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->openssl, bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
  return *this;
}

Sha256Bytes Sha256::bytes() {
  Sha256Bytes digest{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(context_->openssl, digest.data(), &size) != 1 ||
      EVP_DigestInit_ex2(context_->openssl, nullptr, nullptr) != 1)
    throw std::bad_alloc();
  return digest;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    hex.push_back(kDigits[value >> 4]);
    hex.push_back(kDigits[value & 15]);
  }
  return hex;
}

std::string to_hex(const Sha256Bytes& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Sha256Bytes sha256(std::string_view bytes) {
  SHA256_CTX state;
  Sha256Bytes digest;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &state);
  return digest;
}

ResumableSha256::ResumableSha256() {
  static_assert(sizeof(SHA256_CTX) == kStateBytes);
  SHA256_CTX state;
  SHA256_Init(&state);
  std::memcpy(state_.data(), &state, sizeof state);
}

void ResumableSha256::update(std::string_view bytes) {
  SHA256_CTX state;
  std::memcpy(&state, state_.data(), sizeof state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  std::memcpy(state_.data(), &state, sizeof state);
}

Sha256Bytes ResumableSha256::bytes() const {
  SHA256_CTX state;
  Sha256Bytes digest;
  std::memcpy(&state, state_.data(), sizeof state);
  SHA256_Final(digest.data(), &state);
  return digest;
}

HmacSha256::HmacSha256(std::string_view key) {
  std::array<unsigned char, SHA256_CBLOCK> block{};
  if (key.size() > block.size()) {
    const Sha256Bytes shorter = sha256(key);
    std::memcpy(block.data(), shorter.data(), shorter.size());
  } else {
    std::memcpy(block.data(), key.data(), key.size());
  }
  const auto begin = [&](unsigned char mask, void* to) {
    std::array<unsigned char, SHA256_CBLOCK> masked{};
    for (std::size_t i = 0; i < block.size(); ++i) masked[i] = block[i] ^ mask;
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, masked.data(), masked.size());
    std::memcpy(to, &state, sizeof state);
    OPENSSL_cleanse(&state, sizeof state);
    OPENSSL_cleanse(masked.data(), masked.size());
  };
  begin(0x36, inner_.data());
  begin(0x5c, outer_.data());
  OPENSSL_cleanse(block.data(), block.size());
}

Sha256Bytes HmacSha256::of(std::string_view first, std::string_view second) const {
  SHA256_CTX state;
  Sha256Bytes digest;
  std::memcpy(&state, inner_.data(), sizeof state);
  SHA256_Update(&state, first.data(), first.size());
  SHA256_Update(&state, second.data(), second.size());
  SHA256_Final(digest.data(), &state);
  std::memcpy(&state, outer_.data(), sizeof state);
  SHA256_Update(&state, digest.data(), digest.size());
  SHA256_Final(digest.data(), &state);
  return digest;
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (const int error = errno; file < 0)
    return failure(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                   "cannot open " + path.string() + ": " + std::strerror(error));
  Sha256 running;
  std::vector<char> block(1 << 20);
  for (;;) {
    const ssize_t got = ::read(file, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const std::string why = std::strerror(errno);
      ::close(file);
      return failure(ErrorCode::kIo, "cannot read " + path.string() + ": " + why);
    }
    if (got == 0) break;
    running.update({block.data(), static_cast<std::size_t>(got)});
  }
  ::close(file);
  return running.hex();
}

}  // namespace qf
