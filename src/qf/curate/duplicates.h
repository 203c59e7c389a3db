// Texts that stand in more than one split: a model must not be tested on what it was trained on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "qf/curate/splitter.h"

namespace qf {

// A keyed fingerprint of a normalised text, and the row that it stands in.
struct TextPlace {
  std::array<std::uint8_t, 16> text{};
  std::uint32_t row = 0;
  Split split = Split::kTrain;
};

// The rows of train that share a text with a row of another split, ascending, each once. Reorders `places`.
std::vector<std::uint32_t> shared_rows_of_train(std::vector<TextPlace>& places);

}  // namespace qf
