// Rows that tell by a text that they are of one person: nothing else ties the rows of an external version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/schema.h"

namespace qf {

class TextTies {
 public:
  // A row as it is published; `number` is the row's within the run.
  void add(TableId table, ConstRow row, std::uint32_t person, std::uint64_t number);

  struct Found {
    std::uint64_t rows = 0, tied = 0;       // all rows; those with a text that only their person has, in other rows too
    std::vector<std::string_view> columns;  // in which such texts stand
  };
  Found find();

 private:
  struct Text {
    std::uint64_t hash = 0, row = 0;
    std::uint32_t person = 0;
    std::uint16_t table = 0, column = 0;
  };
  void add(std::string_view text, const Text& place);

  std::vector<Text> texts_;
  std::uint64_t rows_ = 0;
};

}  // namespace qf
