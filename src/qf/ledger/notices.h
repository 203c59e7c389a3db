// The notices that people were asked with: which words, in which language, from when.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

struct Notice {
  std::string id, language, sha256;
  std::int64_t published_at_us = 0;
};

// Records that a notice was handed out to a person (`subject_key`, "" for somebody whom the register does not know);
// that it exists, the first time. kRefused where another text has its id.
Status record_notice(const Database& database, const Notice& notice, std::string_view subject_key);

// All of them by id.
Result<std::vector<Notice>> list_notices(const Database& database);

}  // namespace qf
