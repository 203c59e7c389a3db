// Papers for whoever answers for the data, filled from ledger, manifests and the program's own tables.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "qf/core/result.h"

namespace qf {

enum class PaperKind : std::uint8_t { kRopa, kDpia, kTransparency };

struct ReportRequest {
  std::filesystem::path store, out;
  PaperKind kind = PaperKind::kRopa;
  std::string language = "sv";
  std::int64_t now_us = 0;
};

// Writes <kind>.md and <kind>.html into the folder, which is made for its owner alone where it is not there. Only reads
// the store. Names no person: people are counted.
Result<std::vector<std::filesystem::path>> write_report(const ReportRequest& request);

}  // namespace qf
