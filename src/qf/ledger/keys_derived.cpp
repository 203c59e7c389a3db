#include <sodium.h>

#include <algorithm>
#include <new>

#include "qf/core/digest.h"
#include "qf/ledger/keys.h"

namespace qf {
namespace {

// Locked memory for a `T` that consists of key material. Guarded memory ends at a page, so its start is
// aligned where the size is a multiple of the alignment.
template <class T>
std::unique_ptr<T, SecretFree> secret_memory() {
  static_assert(sizeof(T) % 16 == 0);
  void* memory = sodium_init() < 0 ? nullptr : sodium_malloc(sizeof(T));
  if (memory == nullptr) throw std::bad_alloc();
  return std::unique_ptr<T, SecretFree>(static_cast<T*>(memory));
}

// Fields of a hashed message carry their lengths, so that no part of one can pass for a part of the next.
std::array<std::uint8_t, 8> length_prefix(std::uint64_t size) {
  std::array<std::uint8_t, 8> prefix{};
  for (std::size_t i = 0; i < 8; ++i) prefix[i] = static_cast<std::uint8_t>(size >> (56 - 8 * i));
  return prefix;
}

void append_field(std::string& out, std::string_view field) {
  const auto prefix = length_prefix(field.size());
  out.append(reinterpret_cast<const char*>(prefix.data()), prefix.size()).append(field);
}

std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// An empty view may hold a null pointer, which libsodium must not be given.
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data() == nullptr ? "" : text.data());
}

std::string hmac_hex(const std::array<std::uint8_t, 32>& key, std::string_view text, std::size_t digits) {
  return to_hex(HmacSha256(as_text(key)).of(text)).substr(0, digits);
}

}  // namespace

// The HMAC of each domain with its key already taken in: what remains is one block of the id and one of
// the outer hash.
struct Pseudonymiser::States {
  std::array<HmacSha256, kDomainCount> domains;
};

Result<Pseudonymiser> Pseudonymiser::make(const KeyFile& key, const Salt& salt, std::string_view dataset_name,
                                          std::string_view identity) {
  static constexpr std::array<std::string_view, kDomainCount> kNames = {"session", "subject", "question", "record"};
  Pseudonymiser result;
  result.states_ = secret_memory<States>();
  for (std::size_t i = 0; i < kDomainCount; ++i) {
    std::string info = "qf/pseudonym/1";
    append_field(info, dataset_name);
    append_field(info, identity);
    append_field(info, kNames[i]);
    QF_ASSIGN(KeyBytes domain_key, key.derive_of_build(info, salt));
    result.states_->domains[i] = HmacSha256(as_text(domain_key));
    sodium_memzero(domain_key.data(), domain_key.size());
  }
  sodium_mprotect_readonly(result.states_.get());
  return result;
}

void Pseudonymiser::pseudonym(Domain domain, std::string_view id, std::span<char, kLength> out) const {
  static constexpr char kDigits[] = "abcdefghijklmnopqrstuvwxyz234567";
  const auto prefix = length_prefix(id.size());
  const Sha256Bytes mac = states_->domains[static_cast<std::size_t>(domain)].of(as_text(prefix), id);
  std::uint32_t bits = 0;
  unsigned held = 0;
  std::size_t next = 0;
  for (char& digit : out) {
    if (held < 5) {
      bits = (bits << 8) | mac[next++];
      held += 8;
    }
    held -= 5;
    digit = kDigits[(bits >> held) & 31];
  }
}

struct KeyedTag::Keys {
  std::array<std::uint8_t, 32> tag, subject;
  std::array<std::uint8_t, crypto_shorthash_siphashx24_KEYBYTES> fingerprint, row;
};

Result<KeyedTag> KeyedTag::make(const KeyFile& key) {
  KeyedTag result;
  result.keys_ = secret_memory<Keys>();
  const auto fill = [&](std::string_view info, std::span<std::uint8_t> out) -> Status {
    QF_ASSIGN(KeyBytes derived, key.derive_of_tags(info));
    std::copy_n(derived.begin(), out.size(), out.begin());
    sodium_memzero(derived.data(), derived.size());
    return {};
  };
  QF_CHECK(fill("qf/tag/1", result.keys_->tag));
  QF_CHECK(fill("qf/subject-tag/1", result.keys_->subject));
  QF_CHECK(fill("qf/fingerprint/1", result.keys_->fingerprint));
  QF_CHECK(fill("qf/row-key/1", result.keys_->row));
  sodium_mprotect_readonly(result.keys_.get());
  return result;
}

KeyedTag KeyedTag::ephemeral() {
  KeyedTag result;
  result.keys_ = secret_memory<Keys>();
  randombytes_buf(result.keys_.get(), sizeof(Keys));
  sodium_mprotect_readonly(result.keys_.get());
  return result;
}

std::string KeyedTag::tag(std::string_view name) const { return hmac_hex(keys_->tag, name, kTagLength); }

std::string KeyedTag::subject_tag(std::string_view subject_key) const {
  return hmac_hex(keys_->subject, subject_key, 32);
}

Fingerprint KeyedTag::fingerprint(std::string_view text) const {
  static_assert(crypto_shorthash_siphashx24_BYTES == sizeof(Fingerprint));
  Fingerprint result;
  crypto_shorthash_siphashx24(result.bytes.data(), bytes_of(text), text.size(), keys_->fingerprint.data());
  return result;
}

RowKey KeyedTag::row_key(std::string_view project, const Fingerprint& line, std::uint64_t occurrence) const {
  // The two parts of fixed size come first; the project is what remains.
  const auto number = length_prefix(occurrence);
  std::string message;
  message.reserve(sizeof line.bytes + number.size() + project.size());
  message.append(as_text(line.bytes)).append(as_text(number)).append(project);
  RowKey result;
  crypto_shorthash_siphashx24(result.bytes.data(), bytes_of(message), message.size(), keys_->row.data());
  return result;
}

}  // namespace qf
