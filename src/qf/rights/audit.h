// The audit log as people use it: checked as a whole, anchored elsewhere, carried out and in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/database.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/quarantine.h"

namespace qf {

// The head of the chain at one time under the store's signature: whoever keeps it elsewhere can show later that nothing
// before it was changed, and that nothing was cut off.
struct Checkpoint {
  ChainHead head;
  std::int64_t at_us = 0;
  std::string public_key, signature;  // Ed25519, hexadecimal digits
};

// Signs the head as it is, and records that. kRefused where there is no entry yet.
Result<Checkpoint> take_checkpoint(const Database& ledger, const KeyFile& key, std::int64_t at_us);
std::string checkpoint_json(const Checkpoint& checkpoint);
// kCorrupt where it is none, or its signature does not hold.
Result<Checkpoint> parse_checkpoint(std::string_view json, const std::string& place);

// A log with the checkpoints that were recorded in it, and what is on record of consent beside it; a log in a file has
// nothing beside it.
struct AuditLog {
  std::vector<ChainEntry> entries;
  std::vector<Checkpoint> checkpoints;
  std::optional<std::vector<ConsentEvent>> consent;
};
Result<AuditLog> load_audit_log(const Database& ledger);

struct AuditCheck {
  ChainCheck chain;
  std::size_t checkpoints = 0;  // recorded ones whose signature holds and whose head is in the chain
};
// Checks every hash, commitment and recorded checkpoint; that consent is on record as the entries tell; and that the
// anchor's head still stands where it stood. kCorrupt, naming what does not hold.
Result<AuditCheck> check_audit_log(const AuditLog& log, const std::optional<Checkpoint>& anchor);

// JSON Lines: the entries in their order, then the checkpoints. They hold the bodies that are left, and so are as
// private as the ledger.
std::string audit_lines(const AuditLog& log);
Result<AuditLog> parse_audit_lines(std::string_view lines, const std::string& place);
// Takes over a log, hashes, signatures and all, and puts on record again what people said in it. kRefused where the
// ledger has one of its own; kCorrupt where it does not hold, or does not hold the anchor's head.
Result<AuditCheck> import_audit_log(const Database& ledger, const AuditLog& log,
                                    const std::optional<Checkpoint>& anchor);

// Writes a file that must not be there yet, for its owner alone.
Status write_new_file(const std::filesystem::path& path, std::string_view text);

}  // namespace qf
