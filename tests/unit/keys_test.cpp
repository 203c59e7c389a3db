#include "qf/ledger/keys.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <rapidcheck.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bitset>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace qf {
namespace {

namespace fs = std::filesystem;
using Domain = Pseudonymiser::Domain;

class Keys : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "qf-keys-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  KeyFile make(const std::string& name = "key") {
    bool created = false;
    auto key = KeyFile::open_or_create(folder_ / name, created);
    EXPECT_TRUE(key) << key.error().message;
    return std::move(*key);
  }
  static std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write(const fs::path& path, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path, std::ios::binary) << text;
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat facts {};
    EXPECT_EQ(stat(path.c_str(), &facts), 0);
    return facts.st_mode & 0777;
  }

  fs::path folder_;
};

std::vector<std::uint8_t> from_hex(std::string_view hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

std::vector<std::uint8_t> counting(int first, int last) {
  std::vector<std::uint8_t> bytes;
  for (int i = first; i <= last; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string pseudonym(const Pseudonymiser& from, Domain domain, std::string_view id) {
  char out[Pseudonymiser::kLength];
  from.pseudonym(domain, id, out);
  return {out, sizeof out};
}

// RFC 5869, appendix A.1 to A.3.
TEST(Hkdf, GivesTheVectorsOfTheRfc) {
  struct Case {
    std::vector<std::uint8_t> ikm, salt, info;
    std::string_view okm;
  };
  const std::vector<Case> cases = {
      {std::vector<std::uint8_t>(22, 0x0b), counting(0, 0x0c), counting(0xf0, 0xf9),
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
      {counting(0, 0x4f), counting(0x60, 0xaf), counting(0xb0, 0xff),
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b"
       "8"
       "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
      {std::vector<std::uint8_t>(22, 0x0b),
       {},
       {},
       "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"}};
  for (const Case& c : cases) {
    std::vector<std::uint8_t> out(c.okm.size() / 2);
    ASSERT_TRUE(hkdf_sha256(c.ikm, c.salt, text_of(c.info), out));
    EXPECT_EQ(out, from_hex(c.okm));
  }
  std::vector<std::uint8_t> too_long(8161);
  EXPECT_FALSE(hkdf_sha256(cases[0].ikm, {}, "", too_long));
}

TEST_F(Keys, CreatesAKeyThatOnlyTheOwnerCanRead) {
  bool created = false;
  const fs::path path = folder_ / "a" / "b" / "key";
  auto first = KeyFile::open_or_create(path, created);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(created);
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(folder_ / "a" / "b"), 0700U);
  EXPECT_EQ(mode_of(folder_ / "a"), 0700U);
  EXPECT_EQ(first->id().size(), 16U);

  auto second = KeyFile::open_or_create(path, created);
  ASSERT_TRUE(second);
  EXPECT_FALSE(created);
  EXPECT_EQ(second->id(), first->id());
  EXPECT_EQ(*second->derive("x", {}), *first->derive("x", {}));
  EXPECT_NE(*second->derive("x", {}), *first->derive("y", {}));
  // Nothing temporary stays behind.
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);
  EXPECT_NE(make("other").id(), first->id());
}

TEST_F(Keys, ManyAtOnceGetOneKey) {
  std::vector<std::string> ids(8);
  std::atomic<int> creators = 0;
  std::vector<std::thread> threads;
  for (std::string& id : ids)
    threads.emplace_back([&] {
      bool created = false;
      auto key = KeyFile::open_or_create(folder_ / "key", created);
      if (key) id = key->id();
      if (created) ++creators;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(creators, 1);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
  EXPECT_FALSE(ids[0].empty());
}

TEST_F(Keys, RefusesAFileThatOthersMayRead) {
  make();
  for (const mode_t mode : {0640U, 0604U, 0620U, 0660U}) {
    ASSERT_EQ(chmod((folder_ / "key").c_str(), mode), 0);
    const auto opened = KeyFile::open(folder_ / "key");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(opened.error().message.find("chmod 600 '" + (folder_ / "key").string() + "'"), std::string::npos);
  }
}

TEST_F(Keys, RefusesWhatIsNoKey) {
  EXPECT_EQ(KeyFile::open(folder_ / "none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(KeyFile::open(folder_).error().code, ErrorCode::kInvalidInput);
  make();
  const std::string good = read(folder_ / "key");
  std::string other_key = good;
  other_key[good.find('\n') + 1] = good[good.find('\n') + 1] == 'A' ? 'B' : 'A';
  for (const std::string& bad : {std::string(), std::string("rubbish\n"), good.substr(0, good.find('\n')),
                                 good.substr(0, good.size() - 5), good + "x", other_key}) {
    write(folder_ / "key", bad);
    const auto opened = KeyFile::open(folder_ / "key");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    // A message never repeats a part of the key.
    EXPECT_EQ(opened.error().message.find(good.substr(good.find('\n') + 1, 8)), std::string::npos);
  }
  write(folder_ / "key", "qf-dataset-key 3 00\nAAAA\n");
  EXPECT_EQ(KeyFile::open(folder_ / "key").error().code, ErrorCode::kInvalidInput);
}

TEST_F(Keys, FindsTheDefaultPlace) {
  const auto keep = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  };
  const std::string file = keep("QF_DATASET_KEY_FILE"), config = keep("XDG_CONFIG_HOME"), home = keep("HOME");
  setenv("QF_DATASET_KEY_FILE", "/k/file", 1);
  setenv("XDG_CONFIG_HOME", "/k/config", 1);
  setenv("HOME", "/k/home", 1);
  EXPECT_EQ(KeyFile::default_path(), "/k/file");
  unsetenv("QF_DATASET_KEY_FILE");
  EXPECT_EQ(KeyFile::default_path(), "/k/config/qf-dataset/key");
  setenv("XDG_CONFIG_HOME", "", 1);
  EXPECT_EQ(KeyFile::default_path(), "/k/home/.config/qf-dataset/key");
  const auto restore = [](const char* name, const std::string& value) {
    value.empty() ? unsetenv(name) : setenv(name, value.c_str(), 1);
  };
  restore("QF_DATASET_KEY_FILE", file);
  restore("XDG_CONFIG_HOME", config);
  restore("HOME", home);
}

TEST_F(Keys, DrawsASaltOnce) {
  const KeyFile key = make();
  EXPECT_FALSE(key.peek_salt("aa")->has_value());
  EXPECT_FALSE(fs::exists(folder_ / "key.salts"));
  const Salt first = *key.salt_for("aa");
  const Salt other = *key.salt_for("bb");
  EXPECT_NE(first, other);
  EXPECT_EQ(*key.salt_for("aa"), first);
  EXPECT_EQ(**make().peek_salt("bb"), other);
  EXPECT_EQ(mode_of(folder_ / "key.salts"), 0600U);
  // Sealed: neither identities nor salts stand there.
  const std::string sealed = read(folder_ / "key.salts");
  EXPECT_EQ(sealed.find(std::string(first.begin(), first.end())), std::string::npos);
  EXPECT_EQ(sealed.find("aa "), std::string::npos);

  EXPECT_TRUE(*key.destroy_salt("aa"));
  EXPECT_FALSE(*key.destroy_salt("aa"));
  EXPECT_FALSE(key.peek_salt("aa")->has_value());
  EXPECT_EQ(*key.salt_for("bb"), other);
  EXPECT_FALSE(key.salt_for("not hex"));
  EXPECT_FALSE(key.salt_for(""));
}

TEST_F(Keys, DestroysNoSaltWhileAFileOfSaltsOfBeforeStays) {
  const KeyFile key = make();
  const Salt salt = *key.salt_for("aa");
  // What cannot be removed: a folder that is not empty.
  const fs::path left = folder_ / "key.of-0123.salts";
  fs::create_directory(left);
  write(left / "in the way", "");
  const auto refused = key.destroy_salt("aa");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_NE(refused.error().message.find(left.string()), std::string::npos);
  EXPECT_EQ(**key.peek_salt("aa"), salt);
  fs::remove_all(left);
  write(left, "salts of before");
  EXPECT_TRUE(*key.destroy_salt("aa"));
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(Keys, NoticesADamagedOrForeignFileOfSalts) {
  const KeyFile key = make(), other = make("other");
  ASSERT_TRUE(key.salt_for("aa"));
  const std::string good = read(folder_ / "key.salts");
  for (const std::size_t at : {std::size_t{0}, good.find('\n') + 3, good.size() - 1}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    write(folder_ / "key.salts", bad);
    EXPECT_EQ(key.salt_for("aa").error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(key.salt_for("cc").error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(read(folder_ / "key.salts"), bad);
  }
  write(folder_ / "key.salts", "");
  EXPECT_EQ(key.peek_salt("aa").error().code, ErrorCode::kCorrupt);
  write(folder_ / "other.salts", good);
  EXPECT_EQ(other.peek_salt("aa").error().code, ErrorCode::kCorrupt);
  write(folder_ / "key.salts", good, 0644);
  EXPECT_EQ(key.peek_salt("aa").error().code, ErrorCode::kInvalidInput);
}

TEST_F(Keys, LosesNoSaltWhenManyAreDrawnAtOnce) {
  make();
  std::vector<Salt> drawn(16);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < drawn.size(); ++i)
    threads.emplace_back([&, i] {
      auto key = KeyFile::open(folder_ / "key");
      drawn[i] = *key->salt_for(i < 8 ? "0" + std::to_string(i) : "aa");
    });
  for (auto& thread : threads) thread.join();
  const KeyFile key = make();
  for (std::size_t i = 0; i < drawn.size(); ++i)
    EXPECT_EQ(*key.salt_for(i < 8 ? "0" + std::to_string(i) : "aa"), drawn[i]);
  EXPECT_EQ(std::set<Salt>(drawn.begin(), drawn.end()).size(), 9U);
}

// The construction once more, with another library and another base32.
TEST_F(Keys, PseudonymsAreThoseOfTheStatedConstruction) {
  const KeyFile key = make();
  const Salt salt = *key.salt_for("aa");
  const auto from = Pseudonymiser::make(key, salt, "set", "aa");
  ASSERT_TRUE(from);
  const auto prefixed = [](const std::string& text) {
    return std::string(7, '\0') + static_cast<char>(text.size()) + text;
  };
  const KeyBytes domain_key =
      *key.derive("qf/pseudonym/1" + prefixed("set") + prefixed("aa") + prefixed("subject"), salt);
  for (const std::string id :
       {"", "anna", "a longer id that does not fit into the first block of the hash, by some way"}) {
    const std::string message = prefixed(id);
    std::array<unsigned char, 32> mac{};
    unsigned int size = 0;
    ASSERT_NE(HMAC(EVP_sha256(), domain_key.data(), static_cast<int>(domain_key.size()),
                   reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size),
              nullptr);
    std::string bits;
    for (const unsigned char byte : mac) bits += std::bitset<8>(byte).to_string();
    std::string expected;
    for (std::size_t i = 0; i < 26; ++i)
      expected += "abcdefghijklmnopqrstuvwxyz234567"[std::stoul(bits.substr(5 * i, 5), nullptr, 2)];
    EXPECT_EQ(pseudonym(*from, Domain::kSubject, id), expected);
  }
}

TEST_F(Keys, PseudonymsDifferBetweenDomainsSaltsNamesAndIdentities) {
  const KeyFile key = make(), other_key = make("other");
  const Salt salt = *key.salt_for("aa"), other_salt = *key.salt_for("bb");
  std::set<std::string> all;
  std::size_t made = 0;
  const auto add = [&](const KeyFile& k, const Salt& s, std::string_view name, std::string_view identity) {
    const auto from = Pseudonymiser::make(k, s, name, identity);
    for (const Domain domain : {Domain::kSession, Domain::kSubject, Domain::kQuestion, Domain::kRecord}) {
      all.insert(pseudonym(*from, domain, "anna"));
      ++made;
    }
  };
  add(key, salt, "set", "aa");
  add(key, salt, "seta", "a");  // the border between the fields counts
  add(key, salt, "set2", "aa");
  add(key, other_salt, "set", "aa");
  add(other_key, salt, "set", "aa");
  EXPECT_EQ(all.size(), made);
}

TEST_F(Keys, PseudonymsAreBase32AndInjectiveInPractice) {
  const KeyFile key = make();
  const auto from = Pseudonymiser::make(key, *key.salt_for("aa"), "set", "aa");
  EXPECT_TRUE(
      rc::check("equal ids and only they have equal pseudonyms", [&](const std::string& a, const std::string& b) {
        const std::string one = pseudonym(*from, Domain::kRecord, a), two = pseudonym(*from, Domain::kRecord, b);
        RC_ASSERT((one == two) == (a == b));
        RC_ASSERT(one.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
      }));
  EXPECT_NE(pseudonym(*from, Domain::kRecord, ""), pseudonym(*from, Domain::kRecord, std::string(1, '\0')));
  // One generator serves all threads.
  const std::string expected = pseudonym(*from, Domain::kSession, "s");
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i)
        if (pseudonym(*from, Domain::kSession, "s") != expected) ++wrong;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(Keys, TagsAndRowKeysStayTheSameForAKey) {
  const KeyFile key = make(), other = make("other");
  const auto tags = KeyedTag::make(key), same = KeyedTag::make(*KeyFile::open(folder_ / "key")),
             foreign = KeyedTag::make(other);
  EXPECT_EQ(tags->tag("Saved the file /home/anna").size(), 8U);
  EXPECT_EQ(tags->tag("x"), same->tag("x"));
  EXPECT_NE(tags->tag("x"), foreign->tag("x"));
  EXPECT_EQ(tags->subject_tag("anna").size(), 32U);
  EXPECT_NE(tags->subject_tag("anna").substr(0, 8), tags->tag("anna"));
  EXPECT_EQ(tags->fingerprint("text"), same->fingerprint("text"));
  EXPECT_NE(tags->fingerprint("text"), foreign->fingerprint("text"));
  EXPECT_EQ(tags->fingerprint(std::string_view()), tags->fingerprint(""));
  EXPECT_NE(tags->fingerprint(""), tags->fingerprint(std::string_view("\0", 1)));

  const Fingerprint line = tags->fingerprint("{}"), line2 = tags->fingerprint("{ }");
  const std::set<RowKey> keys = {tags->row_key("p", line, 0), tags->row_key("p", line, 1), tags->row_key("q", line, 0),
                                 tags->row_key("p", line2, 0), foreign->row_key("p", line, 0)};
  EXPECT_EQ(keys.size(), 5U);
  EXPECT_EQ(tags->row_key("p", line, 0), same->row_key("p", line, 0));
}

}  // namespace
}  // namespace qf
