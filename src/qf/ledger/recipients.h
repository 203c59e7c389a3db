// Who received which version, and what they trained on it: whom an erasure has to be told to (Article 19 of the GDPR),
// and what a new version may be compared with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

struct Recipient {
  std::int64_t id = 0;
  std::string name, contact;
  std::string audience, version;      // of the version, MAJOR.MINOR.PATCH
  std::string export_name{};          // the format it was handed over in; "" for the version as it is
  std::vector<std::string> models{};  // names of models that were trained on it
  std::int64_t given_at_us = 0;
  std::string recorded_by{};
  std::int64_t recorded_at_us = 0;
};

// Records that somebody received a version, and gives the entry its number. kInvalidInput without a name or a contact
// and, naming the option of `recipients add`, for what is too long, not UTF-8 or holds control characters, and for a
// day that is yet to come or before the version was made; kNotFound for a version that was never published.
Result<std::int64_t> add_recipient(const Database& database, const Recipient& recipient);
// All of them in the order of recording.
Result<std::vector<Recipient>> list_recipients(const Database& database);

}  // namespace qf
