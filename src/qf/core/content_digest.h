// A digest of what a dataset says, whatever files say it: equal for Parquet, JSON Lines and CSV.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/digest.h"
#include "qf/core/external_sort.h"
#include "qf/core/result.h"
#include "qf/core/schema.h"

namespace qf {

// For each table: the rows' SHA-256 digests (32 bytes each, of canonical_row()), in the order of
// record_id by bytes, hashed together. The combined digest hashes a line "name digest\n" for each table that
// has rows, by name. Rows come in any order; parts counted apart can be merged.
class ContentDigest {
 public:
  // Beyond `memory_bytes` the rows' digests are sorted and put aside as files without a name in `spill_folder`;
  // without a folder they all stay in memory (64 bytes a row).
  explicit ContentDigest(std::filesystem::path spill_folder = {}, std::size_t memory_bytes = 64 << 20);

  // Where the number of rows is known, memory is taken once.
  void reserve(TableId table, std::uint64_t rows) { tables_[static_cast<std::size_t>(table)].reserve(rows); }
  // `canonical` is what canonical_row() appended for this row. kCorrupt where the record_id is longer than any that
  // this program gives.
  Status add(TableId table, std::string_view record_id, std::string_view canonical);
  // Holds little from here on, until it is merged or finished. kIo where the disk refuses.
  Status put_aside();
  // Takes over the rows of another part; the order of merging makes no difference.
  Status merge(ContentDigest&& other);

  struct Digests {
    std::map<std::string, std::string> tables;  // name → 64 hexadecimal digits; tables with rows only
    std::string combined;
    std::uint64_t repeated = 0;  // rows whose record_id stands in an earlier row of their table
  };
  // Ends the counting; sorts on up to `threads` threads. kIo where what was put aside cannot be read.
  Result<Digests> finish(unsigned threads = 1);

 private:
  static constexpr std::size_t kMostIdBytes = 31;
  struct Row {
    // Zeros behind it: then the order of these bytes, and of sizes where they are equal, is the order of ids.
    std::array<char, kMostIdBytes> id{};
    std::uint8_t id_bytes = 0;
    Sha256Bytes digest{};  // rows of one id do not happen; if they did, their order must not depend on their coming

    bool same_id(const Row& other) const { return id == other.id && id_bytes == other.id_bytes; }
    friend bool operator==(const Row&, const Row&) = default;
    friend std::strong_ordering operator<=>(const Row& a, const Row& b) {
      static_assert(sizeof(Row) == sizeof a.id + 1 + sizeof(Sha256Bytes), "compared as bytes");
      // The first eight as a number: nearly always they decide.
      std::uint64_t x = 0, y = 0;
      std::memcpy(&x, a.id.data(), sizeof x);
      std::memcpy(&y, b.id.data(), sizeof y);
      if constexpr (std::endian::native == std::endian::little) {
        x = __builtin_bswap64(x);
        y = __builtin_bswap64(y);
      }
      if (x != y) return x <=> y;
      return std::memcmp(&a, &b, sizeof(Row)) <=> 0;
    }
  };
  static Result<std::string> digest_of(ExternalSort<Row>& rows, unsigned threads, std::uint64_t& repeated);

  std::vector<ExternalSort<Row>> tables_;
};

}  // namespace qf
