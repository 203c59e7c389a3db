// Taking the register's and the agreements' CSV into a store, but for people who were erased from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "qf/core/result.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/people.h"

namespace qf {

template <class Counts>
struct ImportWithoutErased {
  Counts counts;
  std::size_t erased = 0;  // lines or statements that were passed over
};

// Reads the file and confirms, or records, what it says. Who was erased is known by the key; where there is none,
// nobody is.
Result<ImportWithoutErased<PeopleImport>> import_register(const Database& ledger, const std::filesystem::path& key_file,
                                                          const std::filesystem::path& csv, std::int64_t now_us);
Result<ImportWithoutErased<ConsentImport>> import_agreements(const Database& ledger,
                                                             const std::filesystem::path& key_file,
                                                             const std::filesystem::path& csv, std::int64_t now_us);

// kRefused for someone who was erased.
Status refuse_erased(const Database& ledger, const std::filesystem::path& key_file, std::string_view subject);

}  // namespace qf
