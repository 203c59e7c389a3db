#include "qf/curate/duplicates.h"

namespace qf {

Status SharedTexts::for_each_shared_row_of_train(const std::function<void(std::uint64_t row)>& drop, unsigned threads) {
  QF_CHECK(places_.sort(threads));
  std::array<std::uint64_t, 2> text{};
  bool any = false, stands_elsewhere = false;
  while (true) {
    QF_ASSIGN(const TextPlace* place, places_.next());
    if (place == nullptr) return {};
    if (!any || place->text != text) {
      any = true;
      text = place->text;
      stands_elsewhere = place->in_train == 0;
    }
    if (stands_elsewhere && place->in_train != 0) drop(place->row);
  }
}

}  // namespace qf
