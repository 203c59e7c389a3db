#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/core/merkle.h"
#include "qf/ledger/row_trees.h"
#include "qf/ledger/signing.h"
#include "qf/rights/receipt.h"

namespace qf {
namespace {

using Json = nlohmann::json;

// A digest from hexadecimal digits; anything else is a JSON error like every other wrong member.
Sha256Bytes digest_of(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw Json::other_error::create(599, "no digest", nullptr);
  };
  if (text.size() != 2 * sizeof(Sha256Bytes)) throw Json::other_error::create(599, "no digest", nullptr);
  Sha256Bytes bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
  return bytes;
}

Sha256Bytes digest_in(const Json& json, const char* member) {
  return digest_of(json.at(member).get_ref<const std::string&>());
}

std::vector<Sha256Bytes> digests_in(const Json& json, const char* member) {
  const std::string_view text = json.at(member).get_ref<const std::string&>();
  std::vector<Sha256Bytes> digests;
  constexpr std::size_t kDigits = 2 * sizeof(Sha256Bytes);
  if (text.size() % kDigits != 0) throw Json::other_error::create(599, "no digests", nullptr);
  for (std::size_t at = 0; at < text.size(); at += kDigits) digests.push_back(digest_of(text.substr(at, kDigits)));
  return digests;
}

class VersionChecker {
 public:
  VersionChecker(const Json& version, ReceiptCheck& check)
      : version_(version), check_(check), name_(version.at("version").get<std::string>()) {}

  void run() {
    ++check_.versions;
    if (version_.at("root").is_null()) {
      if (!version_.at("removed").empty() || !version_.at("successor").is_null())
        problem("says what became of rows that nothing commits to");
      return;
    }
    ++check_.proven;
    root_ = digest_in(version_, "root");
    rows_ = version_.at("rows").get<std::uint64_t>();
    for (const Json& one : version_.at("removed")) {
      ++check_.removed;
      leaf(one, "removed");
    }
    if (!version_.at("successor").is_null()) follow(version_.at("successor"));
  }

 private:
  void problem(std::string_view what) { check_.problems.push_back(fmt::format("{}: {}", name_, what)); }

  // A leaf that no longer stands as it was.
  void leaf(const Json& one, std::string_view how) {
    const auto index = one.at("index").get<std::uint64_t>();
    const Sha256Bytes hash = digest_in(one, "leaf");
    if (!inclusion_holds(hash, index, rows_, digests_in(one, "proof"), root_))
      problem(fmt::format("the {} leaf {} was not in the tree of its root", how, index));
    if (!gone_.emplace(index, hash).second) problem(fmt::format("leaf {} is named twice", index));
  }

  void follow(const Json& successor) {
    const std::vector<Sha256Bytes> leaves = digests_in(version_, "leaves");
    if (leaves.size() != rows_ || merkle_root(leaves) != root_) problem("its leaves do not give its root");
    std::map<std::uint64_t, std::optional<Sha256Bytes>> instead;
    for (const Json& one : successor.at("changed")) {
      ++check_.changed;
      leaf(one, "changed");
      const auto& reason = one.at("reason").get_ref<const std::string&>();
      const bool drops = reason == "suppressed";
      if (!drops && reason != "moved" && reason != "generalised_anew")
        problem("a leaf changed for a reason that is none");
      if (drops != one.at("new_leaf").is_null()) problem("a changed leaf does not say what stands in its place");
      instead[one.at("index").get<std::uint64_t>()] =
          one.at("new_leaf").is_null() ? std::nullopt : std::optional(digest_in(one, "new_leaf"));
    }
    for (const auto& [index, hash] : gone_)
      if (index < leaves.size() && leaves[index] != hash) problem(fmt::format("leaf {} is another one", index));
    // The new leaves: the old ones without the removed, with the changed in their places, and what came new.
    std::vector<Sha256Bytes> now;
    const Json& added = successor.at("added");
    std::size_t next_added = 0;
    const auto add_new = [&] {
      while (next_added < added.size() && added[next_added].at("new_index").get<std::uint64_t>() == now.size())
        now.push_back(digest_in(added[next_added++], "new_leaf"));
    };
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      add_new();
      if (const auto changed = instead.find(i); changed != instead.end()) {
        if (changed->second) now.push_back(*changed->second);
      } else if (!gone_.contains(i)) {
        now.push_back(leaves[i]);
      }
    }
    add_new();
    if (next_added != added.size() || now.size() != successor.at("rows").get<std::uint64_t>() ||
        merkle_root(now) != digest_in(successor, "root"))
      problem(fmt::format("{} is not what is left of it: its leaves do not give its root",
                          successor.at("version").get<std::string>()));
  }

  const Json& version_;
  ReceiptCheck& check_;
  std::string name_;
  Sha256Bytes root_{};
  std::uint64_t rows_ = 0;
  std::map<std::uint64_t, Sha256Bytes> gone_;
};

}  // namespace

ReceiptCheck check_receipt(std::string_view text, std::string_view public_key) {
  ReceiptCheck check;
  try {
    Json receipt = Json::parse(text);
    if (receipt.at("format") != "qf-erasure-receipt-1") {
      check.problems.emplace_back("it is a receipt of a form that this program does not know");
      return check;
    }
    receipt.at("erasure").get_to(check.erasure);
    receipt.at("completed_at").get_to(check.completed_at);
    receipt.at("public_key").get_to(check.public_key);
    // One form only, so that no byte of it is outside the signature.
    if (receipt.dump(1) + "\n" != text)
      check.problems.emplace_back("it is not in the form in which receipts are written");
    const auto signature = receipt.at("signature").get<std::string>();
    receipt.erase("signature");
    if (!signature_holds(check.public_key, "erasure-receipt/1", receipt.dump(), signature))
      check.problems.emplace_back("the signature does not hold: it was changed after it was signed");
    if (!public_key.empty() && check.public_key != public_key)
      check.problems.emplace_back("it was signed with another key than the one given");
    for (const Json& version : receipt.at("versions")) VersionChecker(version, check).run();
  } catch (const Json::exception&) {
    check.problems.emplace_back("it is no whole receipt: a part of it is missing or is something else");
  }
  return check;
}

Status compare_with_ledger(const Database& ledger, std::string_view text, ReceiptCheck& check) {
  const Json receipt = Json::parse(text, nullptr, false);
  if (receipt.is_discarded() || !check.holds()) return {};  // what it is was said before
  const auto compare = [&](const Json& one) -> Status {
    if (one.is_null() || one.at("root").is_null()) return {};
    const auto version = one.at("version").get<std::string>();
    const auto slash = version.find('/');
    const auto number = slash == std::string::npos ? std::nullopt : parse_version_number(version.substr(slash + 1));
    std::optional<RowTreeRoot> kept;
    if (number) {
      QF_ASSIGN(kept, load_row_tree(ledger, version.substr(0, slash), *number));
    }
    if (!kept)
      check.problems.push_back(version + ": this store has published no such version with a row tree");
    else if (kept->root != one.at("root"))
      check.problems.push_back(version + ": its root is not the one that the ledger has kept");
    return {};
  };
  for (const Json& version : receipt.at("versions")) {
    QF_CHECK(compare(version));
    QF_CHECK(compare(version.at("successor")));
  }
  return {};
}

}  // namespace qf
