// Rows that tell by a text that they are of one person: nothing else ties the rows of an external version.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "qf/core/external_sort.h"
#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/core/schema.h"

namespace qf {

class TextTies {
 public:
  // At most `memory_bytes` are held, the rest goes to files without a name in `folder`.
  TextTies(std::filesystem::path folder, std::size_t memory_bytes) : texts_(std::move(folder), memory_bytes) {}

  // A row as it is published; `number` is the row's within the run.
  void add(TableId table, ConstRow row, std::uint32_t person, std::uint64_t number);

  struct Found {
    std::uint64_t rows = 0, tied = 0;       // all rows; those with a text that only their person has, in other rows too
    std::vector<std::string_view> columns;  // in which such texts stand
  };
  // Ends the adding; sorts on up to `threads` threads. kIo where the disk refused.
  Result<Found> find(unsigned threads = 1);

 private:
  struct Text {
    std::uint64_t hash = 0, row = 0;
    std::uint32_t person = 0;
    std::uint16_t table = 0, column = 0;
    friend auto operator<=>(const Text&, const Text&) = default;
  };
  void add(std::string_view text, const Text& place);

  ExternalSort<Text> texts_;
  Status status_;
  std::uint64_t rows_ = 0, last_row_ = 0;
};

}  // namespace qf
