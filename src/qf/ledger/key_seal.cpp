#include "qf/ledger/key_seal.h"

#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace qf {
namespace {

constexpr std::size_t kLeastBytes = 8, kMostBytes = 1024;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;
// A file that was tampered with must not make the program take all memory or run for hours.
constexpr unsigned long long kMostPasses = 16;
constexpr std::size_t kMostMemory = std::size_t{1} << 30;

static_assert(kSealBytes == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES);

std::optional<Passphrase>& given() {
  static std::optional<Passphrase> passphrase;
  return passphrase;
}

struct SealTerms {
  unsigned long long passes = crypto_pwhash_OPSLIMIT_MODERATE;
  std::size_t memory = crypto_pwhash_MEMLIMIT_MODERATE;
  std::array<std::uint8_t, crypto_pwhash_SALTBYTES> salt{};
};

Result<SecretBytes> box_key(const Passphrase& passphrase, const SealTerms& terms) {
  SecretBytes key = secret_bytes(crypto_secretbox_KEYBYTES);
  const std::string_view text = passphrase.text();
  if (crypto_pwhash(key.get(), crypto_secretbox_KEYBYTES, text.data(), text.size(), terms.salt.data(), terms.passes,
                    terms.memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return failure(ErrorCode::kIo,
                   fmt::format("opening a sealed key needs {} MB of memory, which are not there", terms.memory >> 20));
  return key;
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

bool read_terms(std::string_view line, SealTerms& terms) {
  line.remove_prefix(kSealPrefix.size());
  std::size_t got = 0;
  return take_number(line, terms.passes) && take_number(line, terms.memory) &&
         sodium_base642bin(terms.salt.data(), terms.salt.size(), line.data(), line.size(), "", &got, nullptr,
                           kBase64) == 0 &&
         got == terms.salt.size() && terms.passes >= 1 && terms.passes <= kMostPasses &&
         terms.memory >= crypto_pwhash_MEMLIMIT_MIN && terms.memory <= kMostMemory;
}

}  // namespace

Result<Passphrase> Passphrase::of(const PrivateFile& file, const std::filesystem::path& name) {
  Passphrase passphrase;
  passphrase.bytes_ = secret_bytes(kMostBytes + 3);
  QF_ASSIGN(const std::size_t got, read_into(file, name, passphrase.bytes_.get(), kMostBytes + 3));
  std::size_t size = 0;
  while (size < got && passphrase.bytes_[size] != '\n' && passphrase.bytes_[size] != '\r') ++size;
  if (size < kLeastBytes || size > kMostBytes)
    return failure(ErrorCode::kInvalidInput, fmt::format("{}: a passphrase has {} to {} bytes, in one line",
                                                         name.string(), kLeastBytes, kMostBytes));
  passphrase.size_ = size;
  return passphrase;
}

Result<Passphrase> Passphrase::of_file(const std::filesystem::path& path) {
  QF_ASSIGN(const PrivateFile file, open_private(path, "passphrase file"));
  return of(file, path);
}

Result<Passphrase> Passphrase::of_descriptor(int descriptor) {
  // The caller's descriptor stays the caller's to close.
  const PrivateFile file(::dup(descriptor));
  const std::string name = fmt::format("descriptor {}", descriptor);
  if (file.descriptor < 0) return failure(ErrorCode::kInvalidInput, name + ": it is not open");
  return of(file, name);
}

void open_keys_with(Passphrase passphrase) { given() = std::move(passphrase); }

Result<const Passphrase*> known_passphrase(const std::filesystem::path& key) {
  if (!given()) {
    const char* file = std::getenv("QF_DATASET_KEY_PASSPHRASE_FILE");
    if (file == nullptr || *file == '\0')
      return failure(
          ErrorCode::kInvalidInput,
          fmt::format("the key file {} is sealed with a passphrase: give it with --key-passphrase-fd N, or name "
                      "a file that holds it in QF_DATASET_KEY_PASSPHRASE_FILE",
                      key.string()));
    QF_ASSIGN(given(), Passphrase::of_file(file));
  }
  return &*given();
}

Result<std::string> make_seal(const Passphrase& passphrase, std::uint8_t* bytes, std::size_t& size) {
  SealTerms terms;
  randombytes_buf(terms.salt.data(), terms.salt.size());
  QF_ASSIGN(const SecretBytes key, box_key(passphrase, terms));
  std::array<std::uint8_t, crypto_secretbox_NONCEBYTES> nonce{};
  randombytes_buf(nonce.data(), nonce.size());
  crypto_secretbox_easy(bytes + nonce.size(), bytes, size, nonce.data(), key.get());
  std::memcpy(bytes, nonce.data(), nonce.size());
  size += kSealBytes;
  std::array<char, 64> salt{};
  sodium_bin2base64(salt.data(), salt.size(), terms.salt.data(), terms.salt.size(), kBase64);
  return fmt::format("{}{} {} {}", kSealPrefix, terms.passes, terms.memory, salt.data());
}

Result<std::size_t> open_seal(std::string_view line, std::span<std::uint8_t> bytes, const std::filesystem::path& path) {
  SealTerms terms;
  if (!read_terms(line, terms) || bytes.size() <= kSealBytes)
    return failure(ErrorCode::kCorrupt, fmt::format("{}: how the key is sealed cannot be read; put the file back from "
                                                    "its backup",
                                                    path.string()));
  QF_ASSIGN(const Passphrase* const passphrase, known_passphrase(path));
  QF_ASSIGN(const SecretBytes key, box_key(*passphrase, terms));
  const std::size_t size = bytes.size() - kSealBytes;
  SecretBytes plain = secret_bytes(size);
  if (crypto_secretbox_open_easy(plain.get(), bytes.data() + crypto_secretbox_NONCEBYTES,
                                 bytes.size() - crypto_secretbox_NONCEBYTES, bytes.data(), key.get()) != 0)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("the passphrase does not open the key file {}, or the file is damaged", path.string()));
  std::memcpy(bytes.data(), plain.get(), size);
  return size;
}

}  // namespace qf
