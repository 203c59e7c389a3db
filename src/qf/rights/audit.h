// The audit log as people use it: anchored elsewhere, carried out and in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/audit_log.h"
#include "qf/ledger/database.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/quarantine.h"

namespace qf {

// Signs the head, and records that; the entry that is signed states every table of the ledger. kRefused where there is
// no entry yet.
Result<Checkpoint> take_checkpoint(const Database& ledger, const KeyFile& key, std::int64_t at_us);
std::string checkpoint_json(const Checkpoint& checkpoint);
// kCorrupt where it is none, has other members than it is written with, or its signature does not hold.
Result<Checkpoint> parse_checkpoint(std::string_view json, const std::string& place);

// JSON Lines: the form and the tags of the erased, the entries in their order, the checkpoints. They hold the bodies
// that are left, and so are as private as the ledger.
std::string audit_lines(const AuditLog& log);
// kCorrupt, naming the line, where a member is missing, unknown or there twice: an entry whose body was erased says so.
Result<AuditLog> parse_audit_lines(std::string_view lines, const std::string& place);

struct AuditImport {
  AuditCheck check;
  std::size_t suppressions = 0;  // tags of the erased that were taken over
};
// Takes over a log, hashes, signatures and all, puts on record again what people said in it and who must not come back,
// and notes that. kRefused where the ledger has one of its own, or where the log tells of erasures and does not commit
// to the tags of the erased; kCorrupt where it does not hold, or does not hold the anchor's head.
Result<AuditImport> import_audit_log(const Database& ledger, const AuditLog& log,
                                     const std::optional<Checkpoint>& anchor, std::int64_t at_us);

// Writes a file that must not be there yet, for its owner alone.
Status write_new_file(const std::filesystem::path& path, std::string_view text);

}  // namespace qf
