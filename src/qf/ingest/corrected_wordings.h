// What corrections put into one question, to know it again wherever a later line repeats it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "qf/core/byte_io.h"

namespace qf {

// A set of texts as they are compared (core/text.h); of some the log has only the beginning. A question may be
// corrected thousands of times, and every text that a line says of it is asked for.
class CorrectedWordings {
 public:
  // Ignores a text of which nothing is left to compare.
  void add(std::string_view text, bool cut_off);
  // Whether a text is one of them, or begins as one that was cut off.
  bool contains(std::string_view said) const;
  bool empty() const { return whole_.empty() && beginnings_.empty(); }

  void save(ByteWriter& to) const;
  void load(ByteReader& from);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  bool begins_as_one(std::string_view normal) const;
  void insert(std::string normal, bool cut_off);

  std::unordered_set<std::string, Hash, std::equal_to<>> whole_;
  std::set<std::string, std::less<>> beginnings_;  // none of them begins with another
};

}  // namespace qf
