#include "qf/ledger/signing.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace qf {
namespace {

class Signing : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "qf-signing-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  SigningKey key(const std::string& name = "key") {
    bool created = false;
    auto root = KeyFile::open_or_create(folder_ / name, created);
    EXPECT_TRUE(root) << root.error().message;
    auto made = SigningKey::derive(*root);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }

  std::filesystem::path folder_;
};

std::vector<unsigned char> bytes_of_hex(const std::string& digits) {
  std::vector<unsigned char> bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<unsigned char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

TEST_F(Signing, HoldsForWhatWasSignedAndNothingElse) {
  const SigningKey ours = key(), other = key("other");
  const std::string signature = ours.sign("receipt/1", "what was removed");
  EXPECT_TRUE(signature_holds(ours.public_key(), "receipt/1", "what was removed", signature));
  EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/1", "what was remove", signature));
  EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/2", "what was removed", signature));
  EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/1w", "hat was removed", signature));
  EXPECT_FALSE(signature_holds(other.public_key(), "receipt/1", "what was removed", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/1", "what was removed", changed)) << i;
  }
}

TEST_F(Signing, IsTheSameForTheSameRootKey) {
  const SigningKey first = key(), again = key();
  EXPECT_EQ(first.public_key(), again.public_key());
  EXPECT_EQ(first.sign("feed/1", "a"), again.sign("feed/1", "a"));
}

TEST_F(Signing, RefusesDigitsThatAreNoKeyOrSignature) {
  const SigningKey ours = key();
  const std::string signature = ours.sign("receipt/1", "");
  EXPECT_TRUE(signature_holds(ours.public_key(), "receipt/1", "", signature));
  EXPECT_FALSE(signature_holds("", "receipt/1", "", signature));
  EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/1", "", ""));
  EXPECT_FALSE(signature_holds(ours.public_key() + "00", "receipt/1", "", signature));
  EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/1", "", signature + "00"));
  std::string upper = signature;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper != signature) {
    EXPECT_FALSE(signature_holds(ours.public_key(), "receipt/1", "", upper));
  }
}

TEST_F(Signing, IsEd25519ToAnotherLibrary) {
  const SigningKey ours = key();
  const auto public_key = bytes_of_hex(ours.public_key());
  const auto signature = bytes_of_hex(ours.sign("receipt/1", "what was removed"));
  const std::string message = "9:receipt/1what was removed";
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> theirs(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ASSERT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, theirs.get()), 1);
  EXPECT_EQ(EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                             reinterpret_cast<const unsigned char*>(message.data()), message.size()),
            1);
}

}  // namespace
}  // namespace qf
