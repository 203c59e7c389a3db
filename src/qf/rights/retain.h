// What has been kept long enough: a plan of what is due on a given day, and its carrying out, with a certificate.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/store/lock.h"

namespace qf {

// What Swedish archive law makes of the logs and what is made of them. A public record (allmän handling) may be
// destroyed only under an authority: a law, or the archive's decision. Working material may go freely.
enum class ArchiveClass : std::uint8_t { kRecord, kWorking };

struct RetainRequest {
  std::filesystem::path store, key_file;
  std::int64_t clock_us = 0;  // the day whose dues count
  std::int64_t now_us = 0;    // when it is done
  std::string authority;      // reference of the archive's decision; "" where there is none
  std::string by;             // who has it done; "" where nobody said
  ArchiveClass archive_class = ArchiveClass::kRecord;
  bool apply = false;
  LockWait wait;
};

struct RetainItem {
  std::string kind;  // version, salt, staging, quarantine, audit, consent, source_log, access_package
  std::string name;  // which; never a person's name
  std::int64_t due_us = 0;
  std::string action;   // destroy, reduce (to numbers), seal, review, holder
  std::string because;  // why not more is done: a hold, no authority, a key that is not there; "" otherwise
  bool done = false;    // the action was carried out: what was only sealed is still there
};

struct RetainResult {
  std::vector<RetainItem> due, later;
  bool blocked = false;                         // something that is due could not be destroyed
  std::filesystem::path receipt;                // the certificate; "" in a plan
  std::vector<std::filesystem::path> finished;  // certificates of what an earlier run had decided, finished now
  std::vector<std::string> put_right;
};

// Never touches a source log: what is due there is listed for its holder. What may not be destroyed is sealed: a
// version is revoked, and its files stay. Restartable: one transaction of the ledger decides, and whatever was not done
// after it, the next apply does.
Result<RetainResult> retain(const RetainRequest& request);

}  // namespace qf
