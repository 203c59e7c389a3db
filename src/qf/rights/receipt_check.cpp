#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/core/merkle.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/row_trees.h"
#include "qf/ledger/signing.h"
#include "qf/rights/receipt.h"
#include "qf/rights/receipt_form.h"

namespace qf {
namespace {

using Json = nlohmann::json;

class VersionChecker {
 public:
  VersionChecker(const Json& version, ReceiptCheck& check)
      : version_(version), check_(check), name_(version.at("version").get<std::string>()) {}

  void run() {
    ++check_.versions;
    if (version_.at("root").is_null()) {
      const Json& removed = version_.at("removed");
      const bool none = removed.is_string() && removed.get_ref<const std::string&>().empty();
      if (!none || !version_.at("successor").is_null()) problem("says what became of rows that nothing commits to");
      return;
    }
    ++check_.proven;
    root_ = digest_in(version_, "root");
    rows_ = version_.at("rows").get<std::uint64_t>();
    if (version_.at("successor").is_null())
      removed_alone();
    else
      follow(version_.at("successor"));
  }

 private:
  void problem(std::string_view what) { check_.problems.push_back(fmt::format("{}: {}", name_, what)); }

  // Nothing follows: that the removed leaves were in the tree is all there is to show.
  void removed_alone() {
    const std::vector<Sha256Bytes> leaves = digests_in(version_, "removed_leaves");
    const auto places = places_in(version_, "removed", leaves.size());
    check_.removed += places.size();
    if (places.empty() && leaves.empty()) return;
    if (!inclusion_holds(leaves, places, rows_, digests_in(version_, "inclusion"), root_))
      problem("a removed leaf was not in the tree of its root");
  }

  void follow(const Json& successor) {
    const std::vector<Sha256Bytes> leaves = digests_in(version_, "leaves");
    if (leaves.size() != rows_ || merkle_root(leaves) != root_) problem("its leaves do not give its root");
    std::vector<bool> gone(leaves.size());
    const auto take = [&](const std::vector<std::uint64_t>& places) {
      for (const std::uint64_t at : places) {
        if (at >= leaves.size())
          problem(fmt::format("there is no leaf {}", at));
        else if (gone[at])
          problem(fmt::format("leaf {} is named twice", at));
        else
          gone[at] = true;
      }
    };
    const auto removed = places_in(version_, "removed", leaves.size());
    check_.removed += removed.size();
    take(removed);
    // In place of a changed leaf stands another one, or none.
    std::map<std::uint64_t, Sha256Bytes> instead;
    for (const auto& [reason, list] : successor.at("changed").items()) {
      const bool drops = reason == "suppressed";
      if (!drops && reason != "moved" && reason != "generalised_anew")
        problem("a leaf changed for a reason that is none");
      const auto places = places_in(list, "places", leaves.size());
      const auto now = digests_in(list, "new_leaves");
      check_.changed += places.size();
      take(places);
      if (now.size() != (drops ? 0 : places.size())) {
        problem("a changed leaf does not say what stands in its place");
        continue;
      }
      for (std::size_t i = 0; i < now.size(); ++i) instead.emplace(places[i], now[i]);
    }
    // The new leaves: the old ones without the removed, with the changed in their places, and what came new.
    const auto added = digests_in(successor.at("added"), "new_leaves");
    const auto added_places = places_in(successor.at("added"), "places", added.size());
    std::vector<Sha256Bytes> now;
    std::size_t next_added = 0;
    const auto add_new = [&] {
      while (next_added < added_places.size() && added_places[next_added] == now.size())
        now.push_back(added[next_added++]);
    };
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      add_new();
      if (!gone[i])
        now.push_back(leaves[i]);
      else if (const auto changed = instead.find(i); changed != instead.end())
        now.push_back(changed->second);
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
};

// A retention certificate proves who said it and when, not what is gone: there is nothing more in it to compute.
void check_retention(Json& certificate, ReceiptCheck& check) {
  check.kind = ReceiptKind::kRetention;
  certificate.at("applied_at").get_to(check.completed_at);
  for (const Json& item : certificate.at("items"))
    if (item.at("done").get<bool>()) ++check.removed;
}

// The signature of a receipt of either kind, and that no byte of it is outside.
void check_signature(Json receipt, std::string_view text, std::string_view purpose, std::string_view public_key,
                     ReceiptCheck& check) {
  if (receipt.dump(1) + "\n" != text)
    check.problems.emplace_back("it is not in the form in which receipts are written");
  if (!receipt.contains("signature")) {
    check.problems.emplace_back("it bears no signature: the key was not there when it was written");
    return;
  }
  receipt.at("public_key").get_to(check.public_key);
  const auto signature = receipt.at("signature").get<std::string>();
  receipt.erase("signature");
  if (!signature_holds(check.public_key, purpose, receipt.dump(), signature))
    check.problems.emplace_back("the signature does not hold: it was changed after it was signed");
  if (!public_key.empty() && check.public_key != public_key)
    check.problems.emplace_back("it was signed with another key than the one given");
}

// Whether the audit log has kept the digest of a receipt.
Result<bool> is_on_record(const Database& ledger, std::string_view text, const ReceiptCheck& check) {
  const bool retention = check.kind == ReceiptKind::kRetention;
  QF_ASSIGN(const auto entries, load_chain(ledger));
  const std::string digest = to_hex(sha256(text));
  for (const ChainEntry& entry : entries) {
    if (entry.kind != (retention ? "retention_applied" : "erasure_completed")) continue;
    if (!entry.body) {
      // Bodies go after three years; what is left is that one was written then.
      if (format_instant(entry.at_us) == check.completed_at) return true;
      continue;
    }
    const Json body = Json::parse(entry.body->json, nullptr, false);
    const char* member = retention ? "certificate_sha256" : "receipt_sha256";
    if (body.is_object() && body.contains(member) && body[member] == digest) return true;
  }
  return false;
}

}  // namespace

ReceiptCheck check_receipt(std::string_view text, std::string_view public_key) {
  ReceiptCheck check;
  try {
    Json receipt = Json::parse(text);
    const auto format = receipt.at("format").get<std::string>();
    if (format == kRetentionCertificateFormat) {
      check_signature(receipt, text, kRetentionCertificatePurpose, public_key, check);
      check_retention(receipt, check);
      return check;
    }
    if (format != kErasureReceiptFormat) {
      check.problems.emplace_back(
          format == "qf-erasure-receipt-1"
              ? "it is a receipt of the first form (qf-erasure-receipt-1), which this program no "
                "longer reads: check it with the program that wrote it"
              : "it is a receipt of a form that this program does not know");
      return check;
    }
    receipt.at("erasure").get_to(check.erasure);
    receipt.at("completed_at").get_to(check.completed_at);
    check_signature(receipt, text, kErasureReceiptPurpose, public_key, check);
    for (const Json& version : receipt.at("versions")) VersionChecker(version, check).run();
  } catch (const Json::exception&) {
    check.problems.emplace_back("it is no whole receipt: a part of it is missing or is something else");
  }
  return check;
}

Status compare_with_ledger(const Database& ledger, std::string_view text, ReceiptCheck& check) {
  const Json receipt = Json::parse(text, nullptr, false);
  if (receipt.is_discarded() || !check.holds()) return {};  // what it is was said before
  QF_ASSIGN(const bool known, is_on_record(ledger, text, check));
  const bool retention = check.kind == ReceiptKind::kRetention;
  if (!known)
    check.problems.push_back(
        fmt::format("the audit log of this store has no record of this {}", retention ? "certificate" : "receipt"));
  if (retention) return {};
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
