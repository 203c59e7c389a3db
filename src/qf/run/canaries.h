// Canaries: invented people whose logs are put through the whole build, to see that nothing of them comes through.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/run/build.h"

namespace qf {

struct CanaryResult {
  std::uint64_t planted = 0;           // different marks
  std::vector<std::string> survivors;  // "user_name in data/decisions/train-….parquet"
};

// Builds a dataset of invented people in a folder of its own, under the request's configuration, and looks for their
// marks: names and ids in every byte and every value of the version; what the redaction must mask there and in
// everything else that the build left, the ledger and the staged rows too. The folder is removed.
// `without`: rules of the redaction that are left out, to see that what they find would be found here.
Result<CanaryResult> release_canaries(const BuildRequest& request, std::span<const std::string_view> without = {});

}  // namespace qf
