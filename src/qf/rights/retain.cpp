#include "qf/rights/retain.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "qf/core/digest.h"
#include "qf/core/instant.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/expired_bodies.h"
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
Status note(const Database& ledger, PlannedItem& planned, const RetainRequest& request) {
  RetainItem& item = planned.item;
  if (item.kind == "version") {
    const VersionFacts& facts = *planned.version;
    const bool sealed = item.action == "seal";
    if (facts.state != VersionState::kRevoked) {
      QF_CHECK(note_revocation(ledger, facts, sealed, "retention", request.now_us));
    } else if (!sealed) {
      QF_CHECK(mark_removed(ledger, facts.audience, facts.version, request.now_us));
    }
    const Tombstone stone{facts.audience, qf::to_string(facts.version), "*", "retention", request.now_us};
    QF_CHECK(add_tombstone(ledger, stone));
  } else if (item.kind == "quarantine") {
    QF_CHECK(decide_quarantine(ledger, planned.quarantine_id, "destroy", "retention", request.now_us));
    QF_CHECK(append_entry(ledger, "quarantine_destroyed",
                          Json{{"item", planned.quarantine_id}, {"by", "retention"}}.dump(), "", request.now_us));
  } else if (item.kind == "audit" && item.because.empty()) {
    QF_CHECK(remove_bodies_before(ledger, request.clock_us - 3 * kReviewUs));
  }
  item.done = item.kind != "salt" && item.kind != "staging" && (item.because.empty() || item.action == "seal");
  return {};
}

Status carry_out(const Store& store, const WritableStore& writable, const KeyFile* key, std::vector<PlannedItem>& due,
                 const RetainRequest& request) {
  {
    QF_ASSIGN(Transaction transaction, writable.ledger.begin());
    for (PlannedItem& planned : due)
      if (planned.item.action == "destroy" || planned.item.action == "seal")
        QF_CHECK(note(writable.ledger, planned, request));
    QF_CHECK(transaction.commit());
  }
  QF_ASSIGN([[maybe_unused]] const auto done, recover(store, writable.ledger, writable.lock));
  for (PlannedItem& planned : due) {
    RetainItem& item = planned.item;
    if (item.kind == "staging") {
      QF_CHECK(remove_staged_rows(store));
      item.done = true;
    } else if (item.kind == "salt" && item.because.empty()) {
      QF_ASSIGN(const bool destroyed, key->destroy_salt(planned.version->identity));
      if (destroyed)
        QF_CHECK(append_entry(writable.ledger, "key_destroyed",
                              Json{{"version", item.name}, {"because", "retention"}}.dump(), "", request.now_us));
      item.done = true;
    }
  }
  return {};
}

Json item_json(const RetainItem& item) {
  return {{"kind", item.kind},     {"name", item.name},       {"due", format_day(item.due_us)},
          {"action", item.action}, {"because", item.because}, {"done", item.done}};
}

Result<fs::path> certify(const Store& store, const Database& ledger, const KeyFile* key, const RetainResult& result,
                         const RetainRequest& request) {
  Json items = Json::array();
  for (const RetainItem& item : result.due)
    if (item.kind != "source_log") items.push_back(item_json(item));  // its path may name a person
  QF_ASSIGN(const ChainHead head, chain_head(ledger));
  Json certificate = {{"format", kRetentionCertificateFormat},
                      {"clock", format_instant(request.clock_us)},
                      {"applied_at", format_instant(request.now_us)},
                      {"archive_class", to_string(request.archive_class)},
                      {"authority", request.authority},
                      {"items", std::move(items)},
                      {"ledger_head", {{"seq", head.seq}, {"hash", head.hash}}}};
  if (key != nullptr) {
    QF_ASSIGN(const SigningKey signing, SigningKey::derive(*key));
    certificate["public_key"] = signing.public_key();
    certificate["signature"] = signing.sign(kRetentionCertificatePurpose, certificate.dump());
  } else {
    certificate["unsigned_because"] = "the key is not there";
  }
  const std::string text = certificate.dump(1) + "\n";
  QF_ASSIGN(const fs::path folder, make_receipts_folder(store));
  fs::path file;
  std::error_code error;
  for (int number = 1; file.empty() || fs::exists(file, error); ++number)
    file = folder / fmt::format("retention-{}.json", number);
  QF_CHECK(write_file_durably(file, text));
  QF_CHECK(append_entry(ledger, "retention_applied",
                        Json{{"certificate_sha256", to_hex(sha256(text))},
                             {"authority", request.authority},
                             {"archive_class", to_string(request.archive_class)}}
                            .dump(),
                        "", request.now_us));
  return file;
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
  QF_ASSIGN(auto planned, plan_retention(store, ledger, key ? &*key : nullptr, request));
  std::vector<PlannedItem> due;
  for (PlannedItem& one : planned) {
    if (one.item.due_us <= request.clock_us)
      due.push_back(std::move(one));
    else
      result.later.push_back(std::move(one.item));
  }
  if (request.apply) QF_CHECK(carry_out(store, *writable, key ? &*key : nullptr, due, request));
  for (PlannedItem& one : due) {
    result.blocked = result.blocked || !one.item.because.empty();
    result.due.push_back(std::move(one.item));
  }
  if (request.apply) {
    QF_ASSIGN(result.receipt, certify(store, ledger, key ? &*key : nullptr, result, request));
  }
  return result;
}

}  // namespace qf
