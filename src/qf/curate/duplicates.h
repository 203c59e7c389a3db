// Texts that stand in more than one split: a model must not be tested on what it was trained on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>

#include "qf/core/external_sort.h"
#include "qf/core/result.h"
#include "qf/curate/splitter.h"

namespace qf {

// A keyed fingerprint of a normalised text, and the row that it stands in.
struct TextPlace {
  std::array<std::uint64_t, 2> text{};  // the fingerprint as two numbers: only equality matters
  std::uint64_t in_train = 1;  // 0 sorts first: the head of a group tells whether the text stands elsewhere too
  std::uint64_t row = 0;
  friend bool operator==(const TextPlace&, const TextPlace&) = default;
  friend bool operator<(const TextPlace& a, const TextPlace& b) {
    if (a.text[0] != b.text[0]) return a.text[0] < b.text[0];
    if (a.text[1] != b.text[1]) return a.text[1] < b.text[1];
    return a.in_train != b.in_train ? a.in_train < b.in_train : a.row < b.row;
  }
};

// Finds the rows of train that share a text with a row of another split. Memory is bounded; the rest waits on disk.
class SharedTexts {
 public:
  SharedTexts(std::filesystem::path spill_folder, std::size_t memory_bytes)
      : places_(std::move(spill_folder), memory_bytes) {}
  // Where the number of texts is known, memory is taken once.
  void reserve(std::uint64_t texts) { places_.reserve(texts); }

  Status add(const std::array<std::uint8_t, 16>& text, std::uint64_t row, Split split) {
    TextPlace place{{}, split == Split::kTrain ? 1U : 0U, row};
    std::memcpy(place.text.data(), text.data(), text.size());
    return places_.add(place);
  }
  // Ends the adding and calls `drop` for each such row, perhaps more than once; sorts on up to `threads` threads.
  Status for_each_shared_row_of_train(const std::function<void(std::uint64_t row)>& drop, unsigned threads = 1);

 private:
  ExternalSort<TextPlace> places_;
};

}  // namespace qf
