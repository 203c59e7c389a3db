#include "qf/rights/erase.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "qf/core/instant.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/forgetting.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/people.h"
#include "qf/ledger/suppressions.h"
#include "qf/output/durable.h"
#include "qf/rights/erasure_journal.h"
#include "qf/rights/receipt.h"
#include "qf/rights/row_proof.h"
#include "qf/rights/tombstone_feed.h"
#include "qf/run/build.h"
#include "qf/run/permit.h"
#include "qf/store/lock.h"
#include "qf/store/named_rows.h"
#include "qf/store/recover.h"
#include "qf/store/revoke.h"
#include "qf/store/row_tree.h"
#include "qf/store/store_key.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// All of each version that was revoked and removed before: it can no longer be told whether this person was in it, and
// the tombstones of whoever it was revoked for name nobody else's rows.
Result<std::vector<Tombstone>> whole_versions_gone(const Database& ledger, std::int64_t now_us) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  std::vector<Tombstone> stones;
  for (const VersionFacts& facts : versions)
    if (facts.state == VersionState::kRevoked && facts.removed_at_us)
      stones.push_back({std::string(to_string(facts.audience)), to_string(facts.version), "*", "erasure", now_us});
  return stones;
}

// The one moment at which the person is erased: everything after it only carries out what it says.
Status decide(const Store& store, const Database& ledger, const KeyFile& key, const KeyedTag& tags,
              const ErasePlan& plan, std::int64_t now_us) {
  QF_ASSIGN(std::vector<Tombstone> stones, whole_versions_gone(ledger, now_us));
  for (const HoldingVersion& one : plan.versions) {
    QF_CHECK(prepare_removal(store, ledger, plan, one));
    const auto more =
        tombstones_of(store, &key, one.audience, one.facts, plan.subject_tag, plan.projects, "erasure", now_us);
    stones.insert(stones.end(), more.begin(), more.end());
  }
  QF_ASSIGN(Transaction transaction, ledger.begin());
  QF_CHECK(suppress(ledger, plan.subject_tag, SuppressionKind::kSubject, now_us));
  for (const std::string& project : plan.projects)
    QF_CHECK(suppress(ledger, tags.subject_tag(project), SuppressionKind::kProject, now_us));
  for (const HoldingVersion& one : plan.versions)
    QF_CHECK(note_revocation(ledger, one.facts, false, "erasure", now_us));
  ErasureJournal journal = journal_of(plan);
  QF_ASSIGN(journal.listed_before, tombstones_there(ledger, stones));
  for (const Tombstone& stone : stones) QF_CHECK(add_tombstone(ledger, stone));
  QF_CHECK(forget_person(ledger, plan.subject_key, plan.subject_tag, plan.projects));
  QF_CHECK(mask_mentions(ledger, PersonNames(plan.spellings), plan.subject_key));
  QF_ASSIGN(const std::int64_t id, begin_erasure(ledger, plan.subject_tag, journal_json(journal), now_us));
  QF_CHECK(append_account(ledger, "erasure_requested", nlohmann::json{{"erasure", id}}.dump(), "", now_us));
  return transaction.commit();
}

// Takes the erased projects out of the records of versions that hold none of their rows but had met their logs. Their
// places stay, since the rows of others are told apart by them.
Status scrub_records(const Store& store, const Database& ledger, const KeyedTag& tags) {
  ErasedPeople erased;
  QF_ASSIGN(erased.tags, load_suppressions(ledger));
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& facts : versions) {
    const auto file = build_record_file(store, facts.audience, facts.version);
    auto record = read_record(file);
    if (!record) continue;
    bool any = false;
    for (RecordedProject& project : record->projects)
      if (!project.name.empty() && erased.of(tags, project.name, "")) {
        project = RecordedProject{};
        any = true;
      }
    if (any) QF_CHECK(write_file_durably(file, record_json(*record), Readers::kOwner));
  }
  return {};
}

// What must be true of the store when the removal is done; the first thing that is not.
Status check_removed(const Store& store, const Database& ledger, const ErasureJournal& journal,
                     std::string_view subject_tag, std::string_view subject_key) {
  const auto still = [](std::string what) {
    return failure(ErrorCode::kInternal, "erased, but still there: " + std::move(what));
  };
  QF_ASSIGN(const PersonRows rows, rows_of_person(ledger, subject_key, subject_tag));
  if (rows.any()) return still("rows of the ledger, table " + rows.tables.begin()->first);
  std::error_code error;
  for (const JournalVersion& one : journal.versions) {
    const Audience audience = one.audience;
    const auto number = parse_version_number(one.version);
    if (!number) continue;
    for (const fs::path& path :
         {store.version_folder(audience, *number), row_index_file(store, audience, *number),
          build_record_file(store, audience, *number), row_tree_files(store, audience, *number).leaves})
      if (fs::exists(path, error)) return still(path.string());
    QF_ASSIGN(const auto current, read_current(store, audience));
    if (current == one.version) return still(one.name() + " is what CURRENT names");
  }
  return {};
}

// Everything but the successors. Each step may be done twice.
Status carry_out(const Store& store, const WritableStore& writable, const KeyFile& key, const KeyedTag& tags,
                 const ErasureEntry& entry, const ErasureJournal& journal, std::string_view subject_key) {
  QF_ASSIGN([[maybe_unused]] const auto done, recover(store, writable.ledger, writable.lock));
  QF_CHECK(remove_staged_rows(store));
  QF_CHECK(scrub_records(store, writable.ledger, tags));
  QF_ASSIGN([[maybe_unused]] const int copies, remove_migration_copies(store.ledger_file()));
  for (const JournalVersion& one : journal.versions)
    if (key.serves(one.key_id) && !one.identity.empty()) {
      QF_ASSIGN([[maybe_unused]] const bool destroyed, key.destroy_salt(one.identity));
    }
  QF_CHECK(compact(writable.ledger));
  return check_removed(store, writable.ledger, journal, entry.subject_tag, subject_key);
}

std::string refused_by(const std::vector<GateResult>& gates) {
  std::string text;
  for (const GateResult& gate : gates)
    if (!gate.passed && gate.severity == Severity::kRefuse)
      text += fmt::format("{}{} is {}, needs {}", text.empty() ? "" : "; ", gate.name, gate.measured, gate.required);
  return text.empty() ? "a gate refused" : text;
}

Successor build_successor(const EraseRequest& request, const SuccessorPlan& plan) {
  Successor successor;
  successor.audience = to_string(plan.audience);
  successor.because = plan.none_because;
  if (!successor.because.empty()) return successor;
  BuildRequest build_request;
  auto config = parse_config(plan.configuration, "the record of the version before");
  if (!config) {
    successor.because = config.error().message;
    return successor;
  }
  build_request.config = std::move(*config);
  build_request.config.threads = request.threads;
  build_request.paths = plan.roots;
  build_request.store = request.store;
  build_request.key_file = request.key_file;
  build_request.now_us = request.now_us;
  build_request.clock = request.clock;
  build_request.wait = request.wait;
  build_request.progress = request.progress;
  const auto built = build(build_request);
  if (!built) {
    successor.because = built.error().message;
  } else if (built->version.empty()) {
    successor.because = refused_by(built->gates);
    successor.next = built->next;
  } else {
    successor.version = successor.audience + "/" + built->version;
  }
  return successor;
}

struct Keys {
  KeyFile file;
  KeyedTag tags;
};

Result<Keys> open_keys(const Database& ledger, const EraseRequest& request) {
  QF_ASSIGN(const KeyStatus status, key_status(&ledger, request.key_file));
  if (!request.lost_key && (status.state == KeyState::kLost || status.state == KeyState::kOther))
    return failure(ErrorCode::kInvalidInput,
                   advice(status) +
                       ". To erase without it: --lost-key; then every version counts as holding the "
                       "person, and nothing can keep the person from coming back under a new key");
  bool created = false;
  QF_ASSIGN(KeyFile file, KeyFile::open_or_create(request.key_file, created));
  QF_ASSIGN(KeyedTag tags, KeyedTag::make(file));
  return Keys{std::move(file), std::move(tags)};
}

// What an earlier run could not put right keeps nobody from being erased.
Result<WritableStore> open_to_remove(const EraseRequest& request) {
  return open_for_change(Store(request.store), IfMissing::kRefuse, request.wait, Unfinished::kPassOver);
}

// Finishes an erasure whose transaction is through: removal, successors, receipt.
Status finish(EraseRequest request, const ErasureEntry& entry, std::string_view subject_key, EraseResult& result) {
  const Store store(request.store);
  QF_ASSIGN(const ErasureJournal journal, parse_journal(entry.journal));
  {
    QF_ASSIGN(const WritableStore writable, open_to_remove(request));
    QF_ASSIGN(const Keys keys, open_keys(writable.ledger, request));
    QF_CHECK(carry_out(store, writable, keys.file, keys.tags, entry, journal, subject_key));
  }
  // Nobody waits for these: the person is gone whatever becomes of them.
  result.successors.clear();
  for (const SuccessorPlan& plan : journal.successors) result.successors.push_back(build_successor(request, plan));

  QF_ASSIGN(const WritableStore writable, open_to_remove(request));
  if (request.clock) request.now_us = request.clock();
  QF_CHECK(check_removed(store, writable.ledger, journal, entry.subject_tag, subject_key));
  QF_ASSIGN(const Keys keys, open_keys(writable.ledger, request));
  ReceiptFacts facts{entry.id, entry.started_at_us, request.now_us, {}, journal.ledger_rows, journal.names_masked, 0,
                     {}};
  for (const JournalVersion& one : journal.versions) {
    ReceiptVersion version{one};
    if (keys.file.serves(one.key_id) && !one.identity.empty()) {
      QF_ASSIGN(const auto salt, keys.file.peek_salt(one.identity));
      version.salt_destroyed = !salt;
    }
    if (one.state_before == to_string(VersionState::kLive)) {
      QF_ASSIGN(const auto live, live_version(writable.ledger, to_string(one.audience)));
      if (live) version.successor = live->version;
    }
    facts.versions.push_back(std::move(version));
  }
  QF_ASSIGN(const ChainHead head, chain_head(writable.ledger));
  facts.chain_seq = head.seq;
  facts.chain_head = head.hash;
  QF_ASSIGN(const std::string receipt, make_receipt(store, keys.file, facts));
  QF_ASSIGN([[maybe_unused]] const fs::path folder, make_receipts_folder(store));
  result.receipt = receipt_file(store, entry.id);
  QF_CHECK(write_file_durably(result.receipt, receipt));
  std::vector<std::string> taken_back;
  for (const JournalVersion& one : journal.versions) taken_back.push_back(one.name());
  QF_ASSIGN(auto stones, tombstones_of_erasure(writable.ledger, journal, entry.started_at_us));
  QF_ASSIGN(const auto gone, whole_versions_gone(writable.ledger, entry.started_at_us));
  // Those that the ledger has, with the reason and time of whoever came first.
  QF_ASSIGN(const auto whole, tombstones_there(writable.ledger, gone));
  for (const Tombstone& stone : whole)
    if (std::find(taken_back.begin(), taken_back.end(), stone.audience + "/" + stone.version) == taken_back.end())
      stones.push_back(stone);
  QF_ASSIGN(const std::string feed, tombstone_feed(stones, keys.file, request.now_us));
  result.tombstones = fs::path(result.receipt).replace_extension(".tombstones.json");
  QF_CHECK(write_file_durably(result.tombstones, feed));
  QF_ASSIGN(result.owed, notices_owed(writable.ledger, taken_back));
  result.notices = fs::path(result.receipt).replace_extension(".notices.md");
  QF_CHECK(write_file_durably(result.notices, notices_text(result.owed, format_day(entry.started_at_us),
                                                           result.tombstones.filename().string())));
  QF_ASSIGN(Transaction transaction, writable.ledger.begin());
  QF_CHECK(finish_erasure(writable.ledger, entry.id, result.receipt.filename().string(), request.now_us));
  for (const ReceiptVersion& version : facts.versions) {
    if (!version.salt_destroyed) continue;
    const nlohmann::json key = {
        {"version", version.journal.name()}, {"key", "salt of the pseudonyms"}, {"erasure", entry.id}};
    QF_CHECK(append_entry(writable.ledger, "key_destroyed", key.dump(), "", request.now_us));
  }
  const nlohmann::json body = {{"erasure", entry.id}, {"receipt_sha256", to_hex(sha256(receipt))}};
  QF_CHECK(append_stating(writable.ledger, {"erasures"}, "erasure_completed", body.dump(), "", request.now_us));
  QF_CHECK(transaction.commit());
  QF_CHECK(compact(writable.ledger));
  return remove_proofs(store);
}

// Whom to tell, with the addresses as they stand before the person's name is taken out of them.
Result<RemovalNotices> owed_before(const Database& ledger, const ErasePlan& plan) {
  std::vector<std::string> versions;
  for (const HoldingVersion& one : plan.versions) versions.push_back(one.name());
  QF_ASSIGN(RemovalNotices owed, notices_owed(ledger, versions));
  const PersonNames names(plan.spellings);
  for (RemovalNotice& one : owed.notices) one.names_person = names.in(one.name) || names.in(one.contact);
  return owed;
}

void describe(const ErasePlan& plan, EraseResult& result) {
  result.found = plan.found;
  result.ledger_rows = plan.ledger_rows;
  result.places.assign(plan.places.begin(), plan.places.end());
  result.names_masked = plan.mentions.counted();
  for (const HoldingVersion& one : plan.versions)
    result.versions.push_back({one.name(), std::string(to_string(one.facts.state)), one.unknown});
  for (const SuccessorPlan& one : plan.successors)
    result.successors.push_back({std::string(to_string(one.audience)), "", one.none_because, {}});
}

Status refuse_held(const ErasePlan& plan) {
  if (plan.held.empty()) return {};
  return failure(ErrorCode::kRefused,
                 fmt::format("{} {} under legal hold and holds this person: nothing was erased. Article 17(3) GDPR "
                             "allows that for as long as the reason lasts; `hold list` says which, `hold remove` lifts "
                             "it",
                             fmt::join(plan.held, ", "), plan.held.size() == 1 ? "is" : "are"));
}

}  // namespace

Result<EraseResult> erase(const EraseRequest& asked) {
  EraseRequest request = asked;
  const Store store(request.store);
  if (!store.exists()) {
    QF_CHECK(store.check_ledger_is_there());
    return failure(ErrorCode::kNotFound, request.store.string() + ": no store here");
  }
  if (!request.subject.empty()) QF_CHECK(check_subject(request.subject, "--subject"));
  const std::string person = subject_key(request.subject);
  EraseResult result;
  result.dry_run = request.dry_run;
  if (request.dry_run) {
    QF_ASSIGN(const Database ledger, store.open_read_only());
    QF_ASSIGN(const KeyStatus status, key_status(&ledger, request.key_file));
    if (status.state == KeyState::kLost && !request.lost_key) return failure(ErrorCode::kInvalidInput, advice(status));
    std::optional<KeyFile> key;
    KeyedTag tags = KeyedTag::ephemeral();
    if (!status.file_id.empty()) {
      QF_ASSIGN(key, KeyFile::open(request.key_file));
      QF_ASSIGN(tags, KeyedTag::make(*key));
    }
    QF_ASSIGN(const ErasePlan plan, plan_erasure(store, ledger, tags, key ? &*key : nullptr, person));
    describe(plan, result);
    QF_CHECK(refuse_held(plan));
    if (plan.found) {
      QF_ASSIGN(result.owed, owed_before(ledger, plan));
    }
    return result;
  }

  QF_ASSIGN([[maybe_unused]] const StoreLock erasing, StoreLock::acquire_for_erasure(request.store, request.wait));
  // What an earlier run began is finished first.
  std::vector<ErasureEntry> begun;
  {
    QF_ASSIGN(const WritableStore writable, open_to_remove(request));
    result.put_right = writable.put_right;
    QF_ASSIGN(begun, load_erasures(writable.ledger));
  }
  for (const ErasureEntry& entry : begun) {
    if (entry.finished_at_us) continue;
    EraseResult earlier;
    QF_CHECK(finish(request, entry, "", earlier));
    result.finished.push_back(earlier.receipt.string());
    result.successors = std::move(earlier.successors);
    result.receipt = earlier.receipt;
  }
  result.resumed_only = request.subject.empty();
  if (result.resumed_only) return result;

  std::optional<ErasureEntry> entry;
  RemovalNotices owed;
  {
    QF_ASSIGN(const WritableStore writable, open_to_remove(request));
    if (request.clock) request.now_us = request.clock();
    QF_ASSIGN(const Keys keys, open_keys(writable.ledger, request));
    QF_ASSIGN(const ErasePlan plan, plan_erasure(store, writable.ledger, keys.tags, &keys.file, person));
    QF_CHECK(refuse_held(plan));
    if (!plan.found) {
      QF_ASSIGN(const auto suppressed, load_suppressions(writable.ledger));
      result.erased_before = suppressed.contains(plan.subject_tag);
      for (const ErasureEntry& earlier : begun)
        if (earlier.subject_tag == plan.subject_tag) result.receipt = receipt_file(store, earlier.id);
      return result;
    }
    describe(plan, result);
    QF_ASSIGN(owed, owed_before(writable.ledger, plan));
    QF_CHECK(decide(store, writable.ledger, keys.file, keys.tags, plan, request.now_us));
    QF_ASSIGN(auto all, load_erasures(writable.ledger));
    entry = std::move(all.back());
  }
  QF_CHECK(finish(request, *entry, person, result));
  result.owed = std::move(owed);
  return result;
}

}  // namespace qf
