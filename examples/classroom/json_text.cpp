// Strings and fractions in JSON; characters beyond ASCII stay as they are, as both writers leave them.
#include "json_text.h"

#include <cstdint>
#include <cstring>

namespace classroom {
namespace {

// Whether every byte may stand in a JSON string as it is; eight at a time, since nearly all strings are so.
bool is_plain(std::string_view value) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL, kHighs = 0x8080808080808080ULL;
  const auto below = [](std::uint64_t word, std::uint64_t limit) { return (word - kOnes * limit) & ~word & kHighs; };
  std::size_t i = 0;
  for (; i + 8 <= value.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, value.data() + i, 8);
    if ((below(word, 0x20) | below(word ^ (kOnes * '"'), 1) | below(word ^ (kOnes * '\\'), 1)) != 0) return false;
  }
  for (; i < value.size(); ++i)
    if (static_cast<unsigned char>(value[i]) < 0x20 || value[i] == '"' || value[i] == '\\') return false;
  return true;
}

}  // namespace

void JsonText::quote(std::string_view value) {
  out_ += '"';
  if (is_plain(value)) {
    out_ += value;
    out_ += '"';
    return;
  }
  std::size_t plain = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out_.append(value, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out_ += "\\\""; break;
      case '\\': out_ += "\\\\"; break;
      case '\n': out_ += "\\n"; break;
      case '\t': out_ += "\\t"; break;
      case '\r': out_ += "\\r"; break;
      default: {
        constexpr char kHex[] = "0123456789abcdef";
        out_ += "\\u00";
        out_ += kHex[c >> 4];
        out_ += kHex[c & 15];
      }
    }
  }
  out_.append(value, plain, value.size() - plain);
  out_ += '"';
}

void JsonText::hundredths(std::string_view name, int value) {
  key(name);
  number(value / 100);
  out_ += '.';
  out_ += static_cast<char>('0' + value / 10 % 10);
  if (value % 10 != 0) out_ += static_cast<char>('0' + value % 10);
}

}  // namespace classroom
