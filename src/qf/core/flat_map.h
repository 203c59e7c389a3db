// A hash table from 64-bit hashes to 64-bit values, in two flat arrays' worth of memory: 16 bytes a slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace qf {

// The caller brings hashes that are spread evenly. Two keys of one hash are one key: among two million keys that
// happens once in ten million projects, so it serves where a mix-up does no harm, or where the caller looks at the key
// itself.
class FlatMap {
 public:
  // The value of `hash`, made as 0 where there was none, and whether it is new. Valid until the next call.
  std::pair<std::uint64_t*, bool> find_or_add(std::uint64_t hash) {
    if (slots_.empty() || used_ * 4 >= slots_.size() * 3) grow();
    Slot& slot = slots_[place(slots_, hash | 1)];
    const bool is_new = slot.hash == 0;
    if (is_new) {
      slot.hash = hash | 1;
      ++used_;
    }
    return {&slot.value, is_new};
  }
  // The value of `hash`, or nullptr.
  const std::uint64_t* find(std::uint64_t hash) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place(slots_, hash | 1)];
    return slot.hash == 0 ? nullptr : &slot.value;
  }
  std::size_t size() const { return used_; }

  // For a run that goes on where this one ends (core/state_io.h).
  template <class Io>
  void state(Io& io) {
    io.array(slots_);
    io.value(used_);
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;  // 0: free; the lowest bit of a taken one is set
    std::uint64_t value = 0;
  };

  // Few, since every session of a project has two of these maps.
  static constexpr std::size_t kFirstSlots = 4;

  // Where `hash` is, or where it would go.
  static std::size_t place(const std::vector<Slot>& slots, std::uint64_t hash) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = (hash >> 1) & mask;
    while (slots[at].hash != 0 && slots[at].hash != hash) at = (at + 1) & mask;
    return at;
  }
  void grow() {
    std::vector<Slot> larger(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    for (const Slot& slot : slots_)
      if (slot.hash != 0) larger[place(larger, slot.hash)] = slot;
    slots_ = std::move(larger);
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace qf
