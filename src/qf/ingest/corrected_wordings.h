// What corrections put into one question, to know it again wherever a later line repeats it.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "qf/core/byte_io.h"

namespace qf {

// A set of texts as they are compared (core/text.h); of some the log has only the beginning. A question may be corrected
// thousands of times: asking takes time in the logarithm of that.
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
  using Texts = std::set<std::string, std::less<>>;
  bool begins_as_one(std::string_view normal) const;
  void insert(std::string normal, bool cut_off);

  Texts whole_;
  Texts beginnings_;  // none of them begins with another
};

}  // namespace qf
