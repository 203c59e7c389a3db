#include "qf/curate/duplicates.h"

#include <algorithm>

namespace qf {

std::vector<std::uint32_t> shared_rows_of_train(std::vector<TextPlace>& places) {
  std::sort(places.begin(), places.end(), [](const TextPlace& a, const TextPlace& b) { return a.text < b.text; });
  std::vector<std::uint32_t> rows;
  for (auto first = places.begin(); first != places.end();) {
    const auto last = std::find_if(first, places.end(), [&](const TextPlace& p) { return p.text != first->text; });
    const bool elsewhere = std::any_of(first, last, [](const TextPlace& p) { return p.split != Split::kTrain; });
    if (elsewhere)
      for (auto at = first; at != last; ++at)
        if (at->split == Split::kTrain) rows.push_back(at->row);
    first = last;
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace qf
