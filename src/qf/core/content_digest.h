// A digest of what a dataset says, whatever files say it: equal for Parquet, JSON Lines and CSV.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/core/schema.h"

namespace qf {

// For each table: the rows' SHA-256 digests (32 bytes each, of canonical_row()), in the order of
// record_id by bytes, hashed together. The combined digest hashes a line "name digest\n" for each table that
// has rows, by name. Rows come in any order; parts counted apart can be merged.
class ContentDigest {
 public:
  // Beyond `memory_bytes` the rows' digests are sorted and put aside as files in `spill_folder`;
  // without a folder they all stay in memory (some 100 bytes a row).
  explicit ContentDigest(std::filesystem::path spill_folder = {}, std::size_t memory_bytes = 64 << 20);
  ~ContentDigest();
  ContentDigest(ContentDigest&&) noexcept;
  ContentDigest& operator=(ContentDigest&&) noexcept;

  // `canonical` is what canonical_row() appended for this row.
  Status add(TableId table, std::string_view record_id, std::string_view canonical);
  // Takes over the rows of another part; the order of merging makes no difference.
  Status merge(ContentDigest&& other);

  struct Digests {
    std::map<std::string, std::string> tables;  // name → 64 hexadecimal digits; tables with rows only
    std::string combined;
    std::uint64_t repeated = 0;  // rows whose record_id stands in an earlier row of their table
  };
  // Ends the counting; sorts on up to `threads` threads. kIo where a file put aside cannot be read.
  Result<Digests> finish(unsigned threads = 1);

 private:
  struct Part;
  std::filesystem::path spill_folder_;
  std::size_t memory_bytes_;
  std::vector<Part> parts_;  // one for each table
};

}  // namespace qf
