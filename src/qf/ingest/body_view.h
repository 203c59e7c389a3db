// The named fields of one event's body, found in one pass over the JSON object. Inside ingest only.
#pragma once

#include <simdjson.h>

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

#include "qf/core/arena.h"
#include "qf/ingest/body_fields.h"
#include "qf/ingest/event.h"

namespace qf {

class BodyView {
 public:
  void clear() {
    present_.reset();
    duplicates_.reset();
    duplicates_elsewhere_ = 0;
  }

  // Reads the members of `object`; a later member of the same name replaces an earlier one.
  void add(const simdjson::dom::object& object);
  void set(Key key, simdjson::dom::element element);

  // Present and not null: QuestionForge's writers leave a field out rather than write null.
  bool has(Key key) const { return present_[index(key)] && !slots_[index(key)].is_null(); }
  // Present, even as null: some events say by null that there is nothing any more.
  bool present(Key key) const { return present_[index(key)]; }
  const simdjson::dom::element& at(Key key) const { return slots_[index(key)]; }
  bool duplicated(Key key) const { return duplicates_[index(key)]; }
  // Names that stand twice where no event type reads them; the last one counts.
  std::size_t duplicates_elsewhere() const { return duplicates_elsewhere_ + duplicates_.count(); }

  std::string_view string(Key key) const;
  // The bytes of a string, a number as text, else "".
  std::string_view scalar(Key key, Arena& arena) const;
  UserText text(Key key, Arena& arena) const;
  LoggedValue value(Key key, Arena& arena) const;
  std::optional<bool> boolean(Key key) const;
  std::optional<double> number(Key key) const;
  std::optional<std::int64_t> integer(Key key) const;

 private:
  static std::size_t index(Key key) { return static_cast<std::size_t>(key); }

  std::array<simdjson::dom::element, kKeyCount> slots_;
  std::bitset<kKeyCount> present_;
  std::bitset<kKeyCount> duplicates_;
  mutable std::size_t duplicates_elsewhere_ = 0;
};

Types type_of(const simdjson::dom::element& element);
// Copies a value into the arena. Of members that share a name the last one is kept; `duplicates` counts the others.
LoggedValue logged_value(const simdjson::dom::element& element, Arena& arena, std::size_t& duplicates);

}  // namespace qf
