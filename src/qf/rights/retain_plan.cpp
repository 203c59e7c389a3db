#include "qf/rights/retain_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "qf/ledger/authorisations.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/expired_bodies.h"
#include "qf/ledger/holds.h"
#include "qf/rights/retention_terms.h"
#include "qf/store/build_record.h"
#include "qf/store/published_rows.h"
#include "qf/store/store_key.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoAuthority = "no authority for destroying a public record: name it with --authority";

class Plan {
 public:
  Plan(const Store& store, const Database& ledger, const KeyFile* key, const RetainRequest& request)
      : store_(store), ledger_(ledger), key_(key), request_(request) {}

  Status add_all() {
    QF_ASSIGN(versions_, load_versions(ledger_));
    QF_CHECK(add_versions());
    QF_CHECK(add_salts());
    add_staging();
    QF_CHECK(add_quarantine());
    QF_CHECK(add_ledger());
    add_source_logs();
    return {};
  }

  std::vector<PlannedItem> take() { return std::move(items_); }

 private:
  PlannedItem& add(std::string kind, std::string name, std::int64_t due_us, std::string action) {
    PlannedItem planned;
    planned.item = {std::move(kind), std::move(name), due_us, std::move(action), {}, false};
    items_.push_back(std::move(planned));
    return items_.back();
  }
  bool no_authority() const { return request_.archive_class == ArchiveClass::kRecord && request_.authority.empty(); }

  Status add_versions() {
    QF_ASSIGN(const auto holds, load_holds(ledger_));
    for (const VersionFacts& facts : versions_) {
      if (facts.removed_at_us) continue;
      const std::string name = name_of(facts);
      const std::int64_t retire_us = facts.created_at_us + kRetireUs;
      if (facts.state != VersionState::kRevoked && request_.clock_us < retire_us)
        add("version", name, facts.created_at_us + kReviewUs, "review");
      PlannedItem& planned = add("version", name, retire_us, "destroy");
      planned.version = facts;
      if (is_held(holds, facts))
        planned.item.because = "it is under legal hold";
      else if (no_authority())
        planned.item.because = kNoAuthority;
      if (!planned.item.because.empty()) planned.item.action = "seal";
    }
    return {};
  }

  // The salt of a version outlives it a little, for erasures that come late; that of a linkage group, its last version.
  Status add_salts() {
    for (const VersionFacts& facts : versions_) {
      if (!facts.removed_at_us) continue;
      const std::string salt_name = salt_of(store_, facts);
      const auto unused_since_us = salt_unused_since(store_, versions_, salt_name);
      if (!unused_since_us) continue;
      const bool ours = key_ != nullptr && (facts.key_id.empty() || key_->serves(facts.key_id));
      if (ours) {
        QF_ASSIGN(const auto salt, key_->peek_salt(salt_name));
        if (!salt) continue;
      }
      PlannedItem& planned = add("salt", name_of(facts), *unused_since_us + kSaltUs, "destroy");
      planned.version = facts;
      if (!ours) planned.item.because = "the key that its salt is sealed with is not there";
    }
    return {};
  }

  // Staged rows are a working copy whatever the logs are: they are made again when they are needed.
  void add_staging() {
    std::error_code error;
    std::optional<std::int64_t> oldest;
    for (fs::directory_iterator at(staged_folder(store_), error), end; !error && at != end; at.increment(error))
      if (const auto changed = changed_us(at->path())) oldest = std::min(oldest.value_or(*changed), *changed);
    if (oldest) add("staging", "rows that builds staged", *oldest + kStagingUs, "destroy");
  }

  Status add_quarantine() {
    QF_ASSIGN(const auto quarantined, list_quarantine(ledger_));
    for (const QuarantineItem& one : quarantined) {
      if (!one.decision.empty()) continue;
      // The text itself lies in the log alone; what is destroyed is its way into any dataset.
      add("quarantine", one.id, one.found_at_us + kQuarantineUs, "destroy").quarantine_id = one.id;
    }
    return {};
  }

  Status add_ledger() {
    QF_ASSIGN(const auto entries, load_chain(ledger_));
    for (const ChainEntry& entry : entries) {
      if (!entry.body) continue;
      PlannedItem& planned = add("audit", "bodies of old entries", entry.at_us + 3 * kReviewUs, "destroy");
      if (no_authority()) planned.item.because = kNoAuthority;
      break;  // the oldest says when the first are due
    }
    for (const ChainEntry& entry : entries)
      if (entry.kind == "dsar_delivered")
        add("access_package", fmt::format("answer of audit entry {}", entry.seq), entry.at_us + kAccessPackageUs,
            "holder");
    return add_evidence();
  }

  // Statements and authorisations count for as long as anything rests on them, or may: three years after the last
  // version went and the last of them was made or ran out.
  Status add_evidence() {
    QF_ASSIGN(const auto events, list_consent(ledger_));
    QF_ASSIGN(const auto authorisations, list_authorisations(ledger_));
    if (events.empty() && authorisations.empty()) return {};
    std::int64_t ended_us = 0;
    bool published = false;
    for (const VersionFacts& facts : versions_) {
      if (!facts.removed_at_us) return {};
      published = true;
      ended_us = std::max(ended_us, *facts.removed_at_us);
    }
    if (!published) return {};
    for (const ConsentEvent& event : events) ended_us = std::max(ended_us, event.recorded_at_us);
    for (const Authorisation& one : authorisations)
      ended_us = std::max(ended_us, one.revoked_at_us.value_or(one.until_us));
    PlannedItem& planned =
        add("consent", fmt::format("{} statements of people, {} authorisations", events.size(), authorisations.size()),
            ended_us + 3 * kReviewUs, "reduce");
    if (no_authority()) planned.item.because = kNoAuthority;
    return {};
  }

  void add_source_logs() {
    std::map<std::string, std::int64_t> logs;
    for (const VersionFacts& facts : versions_) {
      if (facts.removed_at_us) continue;
      const auto record = read_published_record(store_, facts);
      if (!record) continue;
      for (const RecordedProject& project : record->projects)
        for (const RecordedFile& log : project.logs)
          if (!logs.contains(log.path))
            if (const auto due_us = log_due_us(log.path)) logs[log.path] = *due_us;
    }
    for (const auto& [path, due_us] : logs) add("source_log", path, due_us, "holder");
  }

  const Store& store_;
  const Database& ledger_;
  const KeyFile* key_;
  const RetainRequest& request_;
  std::vector<VersionFacts> versions_;
  std::vector<PlannedItem> items_;
};

}  // namespace

std::string salt_of(const Store& store, const VersionFacts& version) {
  return salt_identity_of(store, version).value_or(version.identity);
}

std::optional<std::int64_t> salt_unused_since(const Store& store, const std::vector<VersionFacts>& versions,
                                              std::string_view salt) {
  std::int64_t since_us = 0;
  for (const VersionFacts& version : versions) {
    if (salt_of(store, version) != salt) continue;
    if (!version.removed_at_us) return std::nullopt;
    since_us = std::max(since_us, *version.removed_at_us);
  }
  return since_us;
}

Result<std::vector<PlannedItem>> plan_retention(const Store& store, const Database& ledger, const KeyFile* key,
                                                const RetainRequest& request) {
  Plan plan(store, ledger, key, request);
  QF_CHECK(plan.add_all());
  return plan.take();
}

}  // namespace qf
