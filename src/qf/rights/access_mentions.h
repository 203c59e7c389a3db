// What a store says of a person outside their rows: in what others wrote beside their work, and in the audit log.
#pragma once

#include <string_view>

#include "qf/core/result.h"
#include "qf/describe/access_paper.h"
#include "qf/ledger/database.h"
#include "qf/rights/others_mask.h"

namespace qf {

// Adds AccessFacts::named and ::entries: all that an erasure would find and mask. Other people's names are masked.
Status add_mentions(const Database& ledger, std::string_view subject_key, const OthersMask& mask, AccessFacts& facts);

}  // namespace qf
