#include "qf/ledger/signing.h"

#include <sodium.h>

#include <array>
#include <new>

#include "qf/core/digest.h"

namespace qf {
namespace {

static_assert(kPublicKeyDigits == 2 * crypto_sign_PUBLICKEYBYTES);
static_assert(kSignatureDigits == 2 * crypto_sign_BYTES);

// The length of the purpose stands first: no purpose and message together can be read as two others.
std::string signed_bytes(std::string_view purpose, std::string_view message) {
  std::string bytes = std::to_string(purpose.size());
  return bytes.append(1, ':').append(purpose).append(message);
}

const unsigned char* bytes_of(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

template <std::size_t N>
std::string hex_of(const std::array<unsigned char, N>& bytes) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), N));
}

// Exactly as many lower-case digits as the array takes: another spelling would be another file with the same meaning.
template <std::size_t N>
bool read_hex(std::string_view digits, std::array<unsigned char, N>& out) {
  if (digits.size() != 2 * N || digits.find_first_of("ABCDEF") != std::string_view::npos) return false;
  std::size_t read = 0;
  return sodium_hex2bin(out.data(), N, digits.data(), digits.size(), nullptr, &read, nullptr) == 0 && read == N;
}

}  // namespace

Result<SigningKey> SigningKey::derive(const KeyFile& key) {
  QF_ASSIGN(KeyBytes seed, key.derive("qf-dataset/signing/1", {}));
  static_assert(sizeof seed == crypto_sign_SEEDBYTES);
  SigningKey made;
  made.secret_.reset(static_cast<std::uint8_t*>(sodium_malloc(crypto_sign_SECRETKEYBYTES)));
  if (!made.secret_) throw std::bad_alloc();
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_key{};
  crypto_sign_seed_keypair(public_key.data(), made.secret_.get(), seed.data());
  sodium_memzero(seed.data(), seed.size());
  made.public_key_ = hex_of(public_key);
  return made;
}

std::string SigningKey::sign(std::string_view purpose, std::string_view message) const {
  const std::string bytes = signed_bytes(purpose, message);
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes_of(bytes), bytes.size(), secret_.get());
  return hex_of(signature);
}

bool signature_holds(std::string_view public_key, std::string_view purpose, std::string_view message,
                     std::string_view signature) {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> key{};
  std::array<unsigned char, crypto_sign_BYTES> made{};
  if (sodium_init() < 0 || !read_hex(public_key, key) || !read_hex(signature, made)) return false;
  const std::string bytes = signed_bytes(purpose, message);
  return crypto_sign_verify_detached(made.data(), bytes_of(bytes), bytes.size(), key.data()) == 0;
}

}  // namespace qf
