// Everything that a store keeps of one person, put into a folder for that person (Articles 15 and 20 of the GDPR).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/store/lock.h"

namespace qf {

struct AccessRequest {
  std::filesystem::path store, key_file, out;
  std::string subject, language = "sv";
  std::vector<std::filesystem::path> paths;  // where the logs lie now; empty: where builds read them
  std::int64_t now_us = 0;
  LockWait wait;
};

struct AccessResult {
  struct Version {
    std::string name, state, unknown;
    std::uint64_t rows = 0;
  };
  std::filesystem::path out;
  bool found = false;
  std::vector<Version> versions;
  std::uint64_t raw_rows = 0, derived_rows = 0;
  std::vector<std::string> gone;  // places of logs that are not there any more
  std::int64_t answer_by_us = 0;
  std::vector<std::string> put_right;
};

// Writes the folder, for its owner alone, and enters in the audit log that it was asked for and delivered. Names of
// other people in the person's texts are masked. kInvalidInput where the folder is there and not empty.
Result<AccessResult> access(const AccessRequest& request);

}  // namespace qf
