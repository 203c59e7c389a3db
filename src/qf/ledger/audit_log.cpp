#include "qf/ledger/audit_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "qf/core/instant.h"
#include "qf/ledger/consent_entries.h"
#include "qf/ledger/signing.h"

namespace qf {
namespace {

tl::unexpected<Error> damaged(const std::string& what) { return failure(ErrorCode::kCorrupt, "audit log: " + what); }

bool stands(const Checkpoint& one, const AuditLog& log) {
  return one.head.seq >= 1 && static_cast<std::size_t>(one.head.seq) <= log.entries.size() &&
         log.entries[static_cast<std::size_t>(one.head.seq) - 1].hash == one.head.hash;
}

Status check_checkpoints(const AuditLog& log, const ChainCheck& check) {
  for (const Checkpoint& one : log.checkpoints) {
    if (!signature_holds(one.public_key, kCheckpointPurpose, signed_text(one), one.signature))
      return damaged(fmt::format("the checkpoint at entry {} was changed", one.head.seq));
    if (!stands(one, log))
      return damaged(
          fmt::format("entry {}, which a checkpoint names, is gone or another: entries were cut off or "
                      "replaced",
                      one.head.seq));
  }
  for (const ChainEntry& entry : log.entries) {
    if (entry.kind != kCheckpointSigned || check.second_form_from == 0 || entry.seq < check.second_form_from) continue;
    if (std::none_of(log.checkpoints.begin(), log.checkpoints.end(),
                     [&](const Checkpoint& one) { return one.head.seq == entry.seq; }))
      return damaged(fmt::format("the checkpoint that entry {} tells of is gone", entry.seq));
  }
  return {};
}

Status bodies(const AuditLog& log, const ChainCheck& check) { return check_bodies(log.entries, check); }

Status statements(const AuditLog& log, const ChainCheck&) {
  return log.consent ? check_consent(*log.consent, log.entries) : Status{};
}

Status owners(const AuditLog& log, const ChainCheck&) {
  return log.owners ? check_owners(*log.owners, log.entries) : Status{};
}

Status tables(const AuditLog& log, const ChainCheck& check) { return check_tables(log.tables, log.entries, check); }

// Everything that is compared with the chain, once that holds in itself. Those that name a row come before those that
// can only name a table.
constexpr std::array<Status (*)(const AuditLog&, const ChainCheck&), 5> kComparisons = {check_checkpoints, bodies,
                                                                                        statements, owners, tables};

}  // namespace

std::string signed_text(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.head.seq, checkpoint.head.hash, checkpoint.at_us);
}

Result<AuditLog> load_audit_log(const Database& ledger) {
  QF_ASSIGN(Transaction snapshot, ledger.begin_snapshot());
  AuditLog log;
  QF_ASSIGN(log.entries, load_chain(ledger));
  QF_ASSIGN(Statement rows,
            ledger.prepare("SELECT seq, head, at, public_key, signature FROM checkpoints ORDER BY seq"));
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    log.checkpoints.push_back({{rows.integer(0), std::string(rows.text(1))},
                               rows.integer(2),
                               std::string(rows.text(3)),
                               std::string(rows.text(4))});
  }
  QF_ASSIGN(log.suppressions, list_suppressions(ledger));
  QF_ASSIGN(log.tables, load_table_states(ledger));
  QF_ASSIGN(log.consent, list_consent(ledger));
  QF_ASSIGN(log.owners, list_owners(ledger));
  QF_CHECK(snapshot.commit());
  return log;
}

Result<AuditCheck> check_audit_log(const AuditLog& log, const std::optional<Checkpoint>& anchor) {
  AuditCheck check;
  QF_ASSIGN(check.chain, verify_chain(log.entries));
  if (anchor && !stands(*anchor, log))
    return damaged(
        fmt::format("it ends at entry {} and the anchor of {} names entry {}: entries were cut off or "
                    "replaced",
                    check.chain.head.seq, format_day(anchor->at_us), anchor->head.seq));
  for (const auto& compare : kComparisons) QF_CHECK(compare(log, check.chain));
  check.checkpoints = log.checkpoints.size();
  check.unstated = unstated_tables(log.tables, log.entries, check.chain);
  return check;
}

}  // namespace qf
