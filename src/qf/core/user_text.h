// Text that a person wrote. It can be read, hashed and put into a row, but not formatted:
// neither a log line nor an error message can hold it by accident.
#pragma once

#include <fmt/core.h>

#include <iosfwd>
#include <string_view>

namespace qf {

class UserText {
 public:
  constexpr UserText() = default;
  constexpr explicit UserText(std::string_view bytes) : bytes_(bytes), present_(true) {}

  // Absent is not the same as empty: an absent text becomes a null, an empty one stays "".
  constexpr bool present() const { return present_; }
  constexpr std::string_view bytes() const { return bytes_; }
  constexpr bool empty() const { return bytes_.empty(); }

  friend bool operator==(UserText a, UserText b) = default;

 private:
  std::string_view bytes_{};
  bool present_ = false;
};

std::ostream& operator<<(std::ostream&, UserText) = delete;

}  // namespace qf

template <>
struct fmt::formatter<qf::UserText> {
  formatter() = delete;
  formatter(const formatter&) = delete;
};
