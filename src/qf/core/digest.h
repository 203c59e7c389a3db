// SHA-256 of bytes and files, by OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "qf/core/result.h"

namespace qf {

using Sha256Bytes = std::array<unsigned char, 32>;

// Bytes as lower-case hexadecimal digits, two for each byte.
std::string to_hex(std::string_view bytes);
std::string to_hex(const Sha256Bytes& digest);

// A running SHA-256. Reading the result starts it anew, so that one object serves many texts.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(std::string_view bytes);
  // The digest of everything given since the start or since the last result.
  Sha256Bytes bytes();
  std::string hex() { return to_hex(bytes()); }

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// A running SHA-256 that is a plain value: it can be kept, and gone on with by another run of this program.
class ResumableSha256 {
 public:
  ResumableSha256();
  void update(std::string_view bytes);
  // The digest of everything given so far; more may follow.
  Sha256Bytes bytes() const;

 private:
  friend class HmacSha256;
  static constexpr std::size_t kStateBytes = 112;  // of OpenSSL's SHA256_CTX
  alignas(8) std::array<std::byte, kStateBytes> state_{};
};

// The digest of one text.
Sha256Bytes sha256(std::string_view bytes);

// The digest of a file's content as 64 hexadecimal digits; kNotFound or kIo where it cannot be read.
Result<std::string> sha256_of_file(const std::filesystem::path& path);

// HMAC with SHA-256 (RFC 2104) under one key, which is taken in once: what remains for a short text is one block of it
// and one of the outer hash. A plain value, to be kept in memory that is fit for keys.
class HmacSha256 {
 public:
  HmacSha256() = default;
  explicit HmacSha256(std::string_view key);
  // The MAC of the two texts, one behind the other.
  Sha256Bytes of(std::string_view first, std::string_view second = {}) const;

 private:
  static constexpr std::size_t kStateBytes = ResumableSha256::kStateBytes;
  alignas(8) std::array<std::byte, kStateBytes> inner_{}, outer_{};
};

}  // namespace qf
