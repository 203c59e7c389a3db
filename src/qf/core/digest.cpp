#include "qf/core/digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
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
  thread_local Sha256 running;
  return running.update(bytes).bytes();
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return failure(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                   "cannot open " + path.string() + ": " + std::strerror(errno));
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
