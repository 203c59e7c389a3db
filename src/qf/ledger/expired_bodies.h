// Bodies of old entries of the audit log: their period ends before that of the chain, which stays whole without them.
#pragma once

#include <cstdint>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// Removes those of entries made before that instant; what is left of an entry is its hash, kind and time.
Status remove_bodies_before(const Database& database, std::int64_t at_us);

}  // namespace qf
