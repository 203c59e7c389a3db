// A text without its disguise, and the way back from each of its bytes to the original.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qf {

// What recognisers look at: composed letters (NFC), without zero-width and direction marks and soft hyphens, with
// plain digits, spaces and dashes for their look-alikes, ASCII apostrophes within words, and with %xx, HTML entities
// and JSON escapes decoded. Letter case, line ends and punctuation stay. Most texts need none of this: those are
// viewed, not copied, so the original has to outlive this object.
class NormalisedText {
 public:
  explicit NormalisedText(std::string_view original);

  std::string_view text() const { return origins_.empty() ? original_ : std::string_view(text_); }
  // The byte of the original at which byte `at` of text() begins; text().size() gives the end of the original.
  std::size_t origin(std::size_t at) const { return origins_.empty() ? at : origins_[at]; }
  bool changed() const { return !origins_.empty(); }

 private:
  void decode();
  void repair_digits();

  std::string_view original_;
  std::string text_;
  std::vector<std::uint32_t> origins_;  // one for each byte of text_, and the end; empty where nothing changed
};

// With ASCII apostrophes for those of print, and nothing else changed: names that are looked for in a NormalisedText.
std::string with_ascii_apostrophes(std::string_view text);

}  // namespace qf
