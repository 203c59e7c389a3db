// Ed25519 signatures (RFC 8032) under a key that is derived from the root key: what proves to others that a receipt,
// a tombstone feed or a checkpoint came from the holder of this store's key.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"

namespace qf {

inline constexpr std::size_t kPublicKeyDigits = 64;   // hexadecimal
inline constexpr std::size_t kSignatureDigits = 128;  // likewise

class SigningKey {
 public:
  // The same root key always gives the same signing key; it tells nothing about the root key.
  static Result<SigningKey> derive(const KeyFile& key);

  // Lower-case hexadecimal digits. What is signed is `purpose` (such as "receipt/1"), its length and `message`, so
  // that a signature for one purpose never holds for another.
  std::string sign(std::string_view purpose, std::string_view message) const;
  const std::string& public_key() const { return public_key_; }

 private:
  SigningKey() = default;

  std::string public_key_;
  std::unique_ptr<std::uint8_t[], SecretFree> secret_;
};

// Whether the signature was made by the holder of that key over just that purpose and message. False, too, for
// digits that are no key or no signature.
bool signature_holds(std::string_view public_key, std::string_view purpose, std::string_view message,
                     std::string_view signature);

}  // namespace qf
