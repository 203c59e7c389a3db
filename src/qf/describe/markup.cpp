// Escapes for the dataset card: yaml_text() and markdown_text().
#include <fmt/format.h>

#include "qf/describe/card.h"

namespace qf {
namespace {

// The next code point, or U+FFFD for a byte that begins none; takes at least one byte.
char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  char32_t code = size == 1 ? lead : static_cast<char32_t>(lead & (0xFF >> (size + 1)));
  bool whole = size > 0 && size <= text.size();
  for (std::size_t i = 1; whole && i < size; ++i) {
    whole = (byte(i) & 0xC0) == 0x80;
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (!whole || code < kSmallest[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
    text.remove_prefix(1);
    return 0xFFFD;
  }
  text.remove_prefix(size);
  return code;
}

void put_code_point(char32_t code, std::string& out) {
  const auto tail = [&](unsigned shift) { out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3F))); };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Control characters, line and paragraph separators, marks that turn the direction of text, and
// code points that are no characters: invisible at best, and YAML refuses some of them.
bool is_invisible(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
         (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

}  // namespace

std::string yaml_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    if (code == '"' || code == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(code));
    } else if (is_invisible(code)) {
      out += code > 0xFFFF ? fmt::format("\\U{:08X}", static_cast<std::uint32_t>(code))
                           : fmt::format("\\u{:04X}", static_cast<std::uint32_t>(code));
    } else {
      put_code_point(code, out);
    }
  }
  return out + "\"";
}

std::string markdown_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    if (code == '<') {
      out += "&lt;";
    } else if (code == '>') {
      out += "&gt;";
    } else if (code == '&') {
      out += "&amp;";
    } else if (is_invisible(code)) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      // A backslash before ASCII punctuation makes it stand for itself. Values come in the middle of
      // a line, so what has a meaning only at its beginning may stay. The colon of "https://"
      // and the at sign of addresses make links in some readers.
      const std::string_view special = code == ':' && !text.starts_with('/') ? "" : "\\`*_{}[]#!|~$:@";
      if (code < 0x80 && special.find(static_cast<char>(code)) != std::string_view::npos) out.push_back('\\');
      put_code_point(code, out);
    }
  }
  return out;
}

}  // namespace qf
