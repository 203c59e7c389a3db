// Taking a version back: nobody finds it any more, and its files go.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/tombstones.h"
#include "qf/ledger/versions.h"
#include "qf/store/recover.h"

namespace qf {

// Notes in the ledger that a version is revoked and, but for a held one, that its files are to go; recover() then
// removes CURRENT, folder, rows and record. In the caller's transaction where there is one. `reason` is a word such as
// erasure or withdrawal, or what the person in charge wrote.
Status note_revocation(const Database& ledger, const VersionFacts& version, bool held, std::string_view reason,
                       std::int64_t at_us);

struct Revocation {
  std::string version;  // AUDIENCE/MAJOR.MINOR.PATCH
  bool was_live = false;
  bool files_stay = false;  // it is under legal hold: no longer offered to anyone, but not destroyed
  Status cleaned{};         // why its files could not be removed, if so: it is revoked, and the next run goes on
};

// Revokes a version for good, with its files; `stones` say what of it nobody may keep. kRefused where it was revoked
// before. Once that is in the ledger there is no error any more, but what `cleaned` says.
Result<Revocation> revoke(const Store& store, const WritableStore& writable, const VersionFacts& version,
                          std::string_view reason, std::span<const Tombstone> stones, std::int64_t at_us);

}  // namespace qf
