// Is a version whole: every file, every row, every digest, and the lines of the certificate that files can show.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/privacy/policy.h"
#include "qf/store/certificate.h"
#include "qf/store/store.h"

namespace qf {

struct Fault {
  std::string file;  // relative to what was verified; "" for the whole
  std::string what;
};

struct CheckedLine {
  CertificateLine line;
  std::optional<bool> holds;  // absent: attested by build, or not reached because of a problem
};

struct VersionCheck {
  std::filesystem::path folder;
  std::string version, audience;  // "" where the manifest cannot be read
  std::size_t files = 0;
  std::uint64_t rows = 0, bytes = 0;
  std::string content_digest;  // recomputed
  std::string sums_digest;     // SHA-256 of SHA256SUMS as it lies there
  std::vector<Fault> problems;
  std::vector<CheckedLine> certificate;
  bool whole() const { return problems.empty(); }
};

// Checks a version by its own lists; needs no key and no store. Reads every file once for its digest, and the whole
// ones of the tables once more for their rows. Errors are for what is no version at all or cannot be read.
Result<VersionCheck> verify_version(const std::filesystem::path& folder);

// The same, and what the store knows beside it: the ledger's digests, CURRENT, the record of its rows.
Result<VersionCheck> verify_version(const Store& store, Audience audience, const VersionNumber& version);

struct StoreCheck {
  std::vector<VersionCheck> versions;  // that are to be there
  std::vector<Fault> problems;         // of the store itself
  // What a run that ended early left; the next command that changes the store puts it right. Not judged while a run
  // holds the store.
  std::vector<std::string> unfinished;
  bool whole() const;
};

// The ledger, and every version that it says is there.
Result<StoreCheck> verify_store(const Store& store);

}  // namespace qf
