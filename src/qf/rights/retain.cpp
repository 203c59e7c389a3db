#include "qf/rights/retain.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "qf/core/digest.h"
#include "qf/core/instant.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/expired_bodies.h"
#include "qf/ledger/expired_evidence.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/signing.h"
#include "qf/ledger/tombstones.h"
#include "qf/output/durable.h"
#include "qf/rights/receipt.h"
#include "qf/rights/receipt_form.h"
#include "qf/rights/retain_plan.h"
#include "qf/rights/retention_terms.h"
#include "qf/store/recover.h"
#include "qf/store/revoke.h"
#include "qf/store/store_key.h"

namespace qf {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string_view to_string(ArchiveClass archive_class) {
  return archive_class == ArchiveClass::kRecord ? "record" : "working";
}

Result<std::optional<KeyFile>> key_if_there(const Database& ledger, const fs::path& file) {
  std::optional<KeyFile> key;
  QF_ASSIGN(const KeyStatus status, key_status(&ledger, file));
  if (!status.file_id.empty()) {
    QF_ASSIGN(key, KeyFile::open(file));
  }
  return key;
}

// What the ledger has to say before anything goes. What follows, recover() would do too.
Status note(const Database& ledger, PlannedItem& planned, const RetainRequest& request, Json& decision) {
  RetainItem& item = planned.item;
  if (item.kind == "version") {
    const VersionFacts& facts = *planned.version;
    const bool sealed = item.action == "seal";
    if (facts.state != VersionState::kRevoked) {
      QF_CHECK(note_revocation(ledger, facts, sealed, "retention", request.now_us));
    } else if (!sealed) {
      QF_CHECK(mark_removed(ledger, qf::to_string(facts.audience), facts.version, request.now_us));
    }
    const Tombstone stone{std::string(qf::to_string(facts.audience)), qf::to_string(facts.version), "*", "retention",
                          request.now_us};
    QF_CHECK(add_tombstone(ledger, stone));
  } else if (item.kind == "quarantine") {
    QF_CHECK(decide_quarantine(ledger, planned.quarantine_id, "destroy",
                               request.by.empty() ? "retention" : "retention, " + request.by, request.now_us));
  } else if (item.kind == "audit" && item.because.empty()) {
    QF_CHECK(remove_bodies_before(ledger, request.clock_us - 3 * kReviewUs));
  } else if (item.kind == "consent" && item.because.empty()) {
    QF_ASSIGN(const EvidenceCounters counters, reduce_evidence(ledger));
    decision["evidence_reduced_to"] = {
        {"statements", counters.statements}, {"people", counters.people}, {"authorisations", counters.authorisations}};
  }
  item.done = item.kind != "salt" && item.kind != "staging" && (item.because.empty() || item.action == "seal");
  return {};
}

Json item_json(const RetainItem& item) {
  return {{"kind", item.kind},     {"name", item.name},       {"due", format_day(item.due_us)},
          {"action", item.action}, {"because", item.because}, {"done", item.done}};
}

// A decision on what is due, as the audit log keeps it: what a killed run had decided is carried out and certified by
// the next one.
struct Decision {
  std::int64_t seq = 0;
  Json body;
};

// One transaction: the ledger's part of everything that is due, and the decision itself.
Result<Decision> decide(const Database& ledger, std::vector<PlannedItem>& due, const RetainRequest& request) {
  QF_ASSIGN(Transaction transaction, ledger.begin());
  Decision decision;
  decision.body = {{"clock", format_instant(request.clock_us)},
                   {"archive_class", to_string(request.archive_class)},
                   {"authority", request.authority},
                   {"by", request.by.empty() ? Json() : Json(request.by)}};
  for (PlannedItem& planned : due)
    if (planned.item.action == "destroy" || planned.item.action == "seal" || planned.item.action == "reduce")
      QF_CHECK(note(ledger, planned, request, decision.body));
  Json items = Json::array();
  for (const PlannedItem& planned : due)
    if (planned.item.kind != "source_log") items.push_back(item_json(planned.item));  // its path may name a person
  decision.body["items"] = std::move(items);
  // Last, so that it is not among the bodies whose period is over.
  QF_CHECK(append_account(ledger, "retention_decided",
                          decision.body.dump(-1, ' ', false, Json::error_handler_t::replace), "", request.now_us));
  QF_ASSIGN(const ChainHead head, chain_head(ledger));
  decision.seq = head.seq;
  QF_CHECK(transaction.commit());
  return decision;
}

// Decisions that no certificate has been written for.
Result<std::vector<Decision>> unfinished_decisions(const Database& ledger) {
  QF_ASSIGN(const auto entries, load_chain(ledger));
  std::map<std::int64_t, Json> open;
  for (const ChainEntry& entry : entries) {
    if (!entry.body || (entry.kind != "retention_decided" && entry.kind != "retention_applied")) continue;
    Json body = Json::parse(entry.body->json, nullptr, false);
    if (!body.is_object()) continue;
    if (entry.kind == "retention_decided")
      open[entry.seq] = std::move(body);
    else
      open.erase(body.value("decided", std::int64_t{0}));
  }
  std::vector<Decision> decisions;
  for (auto& [seq, body] : open) decisions.push_back({seq, std::move(body)});
  return decisions;
}

// What lies outside the ledger; each may be done twice. Returns the versions whose salts are gone.
Result<std::vector<std::string>> carry_out(const Store& store, const WritableStore& writable, const KeyFile* key,
                                           Json& items) {
  QF_ASSIGN([[maybe_unused]] const auto done, recover(store, writable.ledger, writable.lock));
  QF_ASSIGN(const auto versions, load_versions(writable.ledger));
  std::vector<std::string> destroyed;
  for (Json& item : items) {
    if (item.at("kind") == "staging") {
      QF_CHECK(remove_staged_rows(store));
      item["done"] = true;
    } else if (item.at("kind") == "salt" && item.at("because").get_ref<const std::string&>().empty()) {
      for (const VersionFacts& facts : versions) {
        const std::string name = name_of(facts);
        if (item.at("name") != name) continue;
        if (key == nullptr || !(facts.key_id.empty() || key->serves(facts.key_id))) {
          item["because"] = "the key that its salt is sealed with is not there";
          continue;
        }
        // A decision that a killed run left may be older than a version of the same linkage group.
        const std::string salt = salt_of(store, facts);
        if (!salt_unused_since(store, versions, salt)) {
          item["because"] = "a version that is there has the same salt";
          continue;
        }
        QF_ASSIGN([[maybe_unused]] const bool was_there, key->destroy_salt(salt));
        destroyed.push_back(name);
        item["done"] = true;
      }
    }
  }
  return destroyed;
}

Result<fs::path> certify(const Store& store, const Database& ledger, const KeyFile* key, const Decision& decision,
                         const std::vector<std::string>& salts, std::int64_t now_us) {
  QF_ASSIGN(const ChainHead head, chain_head(ledger));
  Json certificate = decision.body;
  certificate["format"] = kRetentionCertificateFormat;
  certificate["applied_at"] = format_instant(now_us);
  certificate["decided"] = decision.seq;
  certificate["ledger_head"] = {{"seq", head.seq}, {"hash", head.hash}};
  if (key != nullptr) {
    QF_ASSIGN(const SigningKey signing, SigningKey::derive(*key));
    certificate["public_key"] = signing.public_key();
    certificate["signature"] = signing.sign(kRetentionCertificatePurpose, certificate.dump());
  } else {
    certificate["unsigned_because"] = "the key is not there";
  }
  const std::string text = certificate.dump(1) + "\n";
  QF_ASSIGN(const fs::path folder, make_receipts_folder(store));
  // Named by the decision: a run that was killed behind this line writes the same file anew.
  const fs::path file = folder / fmt::format("retention-{}.json", decision.seq);
  QF_CHECK(write_file_durably(file, text));
  QF_ASSIGN(Transaction transaction, ledger.begin());
  for (const std::string& version : salts)
    QF_CHECK(
        append_entry(ledger, "key_destroyed", Json{{"version", version}, {"because", "retention"}}.dump(), "", now_us));
  QF_CHECK(append_entry(ledger, "retention_applied",
                        Json{{"decided", decision.seq},
                             {"certificate_sha256", to_hex(sha256(text))},
                             {"authority", certificate["authority"]},
                             {"by", certificate.value("by", Json())},
                             {"archive_class", certificate["archive_class"]}}
                            .dump(-1, ' ', false, Json::error_handler_t::replace),
                        "", now_us));
  QF_CHECK(transaction.commit());
  return file;
}

Result<fs::path> finish(const Store& store, const WritableStore& writable, const KeyFile* key, Decision& decision,
                        std::int64_t now_us) {
  try {
    QF_ASSIGN(const auto salts, carry_out(store, writable, key, decision.body.at("items")));
    return certify(store, writable.ledger, key, decision, salts, now_us);
  } catch (const Json::exception&) {
    return failure(
        ErrorCode::kCorrupt,
        fmt::format("audit log: what entry {} says is no decision: put ledger.db back from a backup", decision.seq));
  }
}

}  // namespace

Result<RetainResult> retain(const RetainRequest& request) {
  const Store store(request.store);
  RetainResult result;
  std::optional<WritableStore> writable;
  std::optional<Database> reading;
  if (request.apply) {
    QF_ASSIGN(writable, open_for_change(store, IfMissing::kRefuse, request.wait));
    result.put_right = writable->put_right;
  } else {
    QF_ASSIGN(reading, store.open_read_only());
  }
  const Database& ledger = writable ? writable->ledger : *reading;
  QF_ASSIGN(const auto key, key_if_there(ledger, request.key_file));
  if (request.apply) {
    // What an earlier run decided and did not finish: the ledger's part is done, and is not due any more.
    QF_ASSIGN(auto begun, unfinished_decisions(ledger));
    for (Decision& decision : begun) {
      QF_ASSIGN(const fs::path certificate, finish(store, *writable, key ? &*key : nullptr, decision, request.now_us));
      result.finished.push_back(certificate);
    }
  }
  QF_ASSIGN(auto planned, plan_retention(store, ledger, key ? &*key : nullptr, request));
  std::vector<PlannedItem> due;
  for (PlannedItem& one : planned) {
    if (one.item.due_us <= request.clock_us)
      due.push_back(std::move(one));
    else
      result.later.push_back(std::move(one.item));
  }
  if (request.apply) {
    QF_ASSIGN(Decision decision, decide(ledger, due, request));
    QF_ASSIGN(result.receipt, finish(store, *writable, key ? &*key : nullptr, decision, request.now_us));
    std::size_t next = 0;
    for (PlannedItem& one : due) {
      if (one.item.kind == "source_log") continue;
      const Json& done = decision.body["items"][next++];
      one.item.done = done["done"];
      one.item.because = done["because"];
    }
  }
  for (PlannedItem& one : due) {
    result.blocked = result.blocked || !one.item.because.empty();
    result.due.push_back(std::move(one.item));
  }
  return result;
}

}  // namespace qf
