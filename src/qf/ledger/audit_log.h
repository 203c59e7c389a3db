// The audit log whole: its entries, the checkpoints that were signed, and what the ledger holds beside them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/people.h"
#include "qf/ledger/suppressions.h"

namespace qf {

// The head of the chain at one time under the store's signature: whoever keeps it elsewhere can show later that nothing
// before it was changed, and that nothing was cut off. Its entry states every table of the ledger.
struct Checkpoint {
  ChainHead head;
  std::int64_t at_us = 0;
  std::string public_key, signature;  // Ed25519, hexadecimal digits
};

// What of a checkpoint is signed, and for which purpose (signing.h).
inline constexpr std::string_view kCheckpointPurpose = "checkpoint/1";
std::string signed_text(const Checkpoint& checkpoint);

struct AuditLog {
  std::vector<ChainEntry> entries;
  std::vector<Checkpoint> checkpoints;
  // Tags that keep the erased out; they go wherever the log goes.
  std::vector<Suppression> suppressions;
  // Of every table; of a log in a file, the suppressions alone.
  TableStates tables;
  // What is on record beside the log; a log in a file has nothing beside it.
  std::optional<std::vector<ConsentEvent>> consent;
  std::optional<std::vector<ProjectOwner>> owners;
};
// As it is at one instant, also while another run writes.
Result<AuditLog> load_audit_log(const Database& ledger);

struct AuditCheck {
  ChainCheck chain;
  std::size_t checkpoints = 0;        // recorded ones whose signature holds and whose head is in the chain
  std::vector<std::string> unstated;  // tables with rows that no entry states: what they hold is not protected
};
// Checks every hash, commitment and recorded checkpoint; that no body is gone which nothing accounts for; that the
// ledger's tables are as the entries tell; and that the anchor's head still stands where it stood. kCorrupt, naming
// what does not hold.
Result<AuditCheck> check_audit_log(const AuditLog& log, const std::optional<Checkpoint>& anchor);

}  // namespace qf
