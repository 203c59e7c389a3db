#include "qf/privacy/normalised_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "qf/core/text.h"

namespace qf {
namespace {

using Byte = unsigned char;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The value of `count` hexadecimal digits at `at`, or -1.
int hex_number(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

constexpr auto kDigitsOfANumber = 7;

// A letter with more marks than any language writes is taken as it is (as in the Stream-Safe Text Format of UAX #15):
// composing would look at all of them again for each.
constexpr std::size_t kMostComposedBytes = 64;

constexpr std::array<std::pair<std::string_view, char32_t>, 31> kEntities = {{
    {"amp", U'&'},     {"apos", U'\''},  {"aring", U'å'},  {"Aring", U'Å'},  {"auml", U'ä'},    {"Auml", U'Ä'},
    {"colon", U':'},   {"commat", U'@'}, {"eacute", U'é'}, {"Eacute", U'É'}, {"gt", U'>'},      {"hyphen", U'-'},
    {"lt", U'<'},      {"lowbar", U'_'}, {"nbsp", U' '},   {"ndash", U'-'},  {"num", U'#'},     {"ouml", U'ö'},
    {"Ouml", U'Ö'},    {"oslash", U'ø'}, {"aelig", U'æ'},  {"period", U'.'}, {"plus", U'+'},    {"quot", U'"'},
    {"shy", 0x00AD},   {"sol", U'/'},    {"uuml", U'ü'},   {"zwnj", 0x200C}, {"acute", 0x00B4}, {"lsquo", 0x2018},
    {"rsquo", 0x2019},
}};

// Passed over: they are not seen, and split a word or a number for whoever compares bytes.
bool is_invisible(char32_t c) {
  return c == 0x00AD || c == 0x034F || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE0FFF);
}

// The zero of each block of ten decimal digits (Unicode category Nd) outside ASCII that has ten in a row.
constexpr std::array<char32_t, 22> kZeros = {0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66,
                                             0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040,
                                             0x17E0, 0x1810, 0x1946, 0xFF10, 0x1090, 0xA620};

// Letters of other scripts that look like Latin ones (Unicode's confusables, those of Cyrillic and Greek).
constexpr std::u32string_view kLookAlikes = U"аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅοανικρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
constexpr std::string_view kLatin = "aeopcyxijshdqwABEKMHOPCTYXIJSoaviKpABEZHIKMNOPTYX";
static_assert(kLookAlikes.size() == kLatin.size());

// The plain form of one code point, where it has one: digits, spaces, dashes, full-width and mathematical letters.
char32_t plain(char32_t c) {
  if (c < 0xA0) return c;
  if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000) return U' ';
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63 || c == 0x2043) return U'-';
  if (c == 0xB7 || c == 0x2219) return U'.';
  if (c == 0x2044 || c == 0x2215) return U'/';
  for (const char32_t zero : kZeros)
    if (c >= zero && c < zero + 10) return U'0' + (c - zero);
  if (c >= 0x1D7CE && c <= 0x1D7FF) return U'0' + (c - 0x1D7CE) % 10;
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  if ((c >= 0x1D400 && c <= 0x1D7CD) || c == 0x2024 || c == 0xFE52 || (c >= 0x2460 && c <= 0x24FF)) {
    std::array<utf8proc_int32_t, 8> out{};
    const auto count =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), out.data(), out.size(), UTF8PROC_COMPAT, nullptr);
    if (count == 1) return static_cast<char32_t>(out[0]);
  }
  return c;
}

// Whether %xx begins at `at`. Behind a digit (20 %, 5%20) only where it stands for a sign inside numbers and addresses.
bool escape_at(std::string_view text, std::size_t at) {
  const int value = hex_number(text, at + 1, 2);
  if (value < 0x20) return false;
  return at == 0 || !is_digit(text[at - 1]) ||
         std::string_view("-.@+:/_").find(static_cast<char>(value)) != std::string_view::npos;
}

// "skolan[.]se", "192(.)0": as people write so that no program makes a link of it.
bool bracketed_stop(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && text[at + 1] == '.' &&
         ((text[at] == '[' && text[at + 2] == ']') || (text[at] == '(' && text[at + 2] == ')'));
}

// The apostrophes of print, and the accent that is typed for one: ’, ‘, ʼ, ´.
bool is_apostrophe(char32_t c) { return c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0xB4; }

// Letters, and the marks on them.
bool is_letter(char32_t c) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
}

// Whether the three bytes at `at` may stand between two letters; what is no ASCII may be one.
bool may_be_in_word(std::string_view text, std::size_t at) {
  const auto of_word = [&](std::size_t i) {
    return (is_alnum(text[i]) && !is_digit(text[i])) || (static_cast<Byte>(text[i]) & 0x80) != 0;
  };
  return at > 0 && at + 3 < text.size() && of_word(at - 1) && of_word(at + 3);
}

// Whether the bytes at `at` need nothing done to them; moves behind them.
bool plain_sequence(std::string_view text, std::size_t& at) {
  const Byte first = static_cast<Byte>(text[at]);
  if (first < 0x80) {
    if (first == '%' && escape_at(text, at)) return false;
    if ((first == '[' || first == '(') && bracketed_stop(text, at)) return false;
    if (first == '&' && at + 2 < text.size() && (text[at + 1] == '#' || is_alnum(text[at + 1])) &&
        text.substr(at, 10).find(';') != std::string_view::npos)
      return false;
    if (first == '\\' && at + 1 < text.size() &&
        std::string_view("untr\"/").find(text[at + 1]) != std::string_view::npos)
      return false;
    ++at;
    return true;
  }
  if (at + 1 >= text.size()) return false;
  const Byte second = static_cast<Byte>(text[at + 1]);
  if (first == 0xC3 && second >= 0x80 && second <= 0xBF) return at += 2, true;
  // Quotation marks, ellipsis, bullet: frequent in print, and nobody's disguise.
  if (first == 0xE2 && second == 0x80 && at + 2 < text.size()) {
    const Byte third = static_cast<Byte>(text[at + 2]);
    if ((third == 0x98 || third == 0x99) && may_be_in_word(text, at)) return false;
    if ((third >= 0x98 && third <= 0x9F) || third == 0xA6 || third == 0xA2) return at += 3, true;
  }
  return false;
}

// The end of a Windows path or network name at `at`, whose backslashes are no escapes; `at` where there is none.
std::size_t windows_path_end(std::string_view text, std::size_t at) {
  const bool drive = at + 2 < text.size() && is_alnum(text[at]) && !is_digit(text[at]) && text[at + 1] == ':' &&
                     text[at + 2] == '\\' && (at == 0 || !is_alnum(text[at - 1]));
  const bool host = at + 2 < text.size() && text[at] == '\\' && text[at + 1] == '\\' && is_alnum(text[at + 2]);
  if (!drive && !host) return at;
  std::size_t end = at;
  while (end < text.size() && std::string_view(" \t\r\n\"'<>|*?;,").find(text[end]) == std::string_view::npos) ++end;
  return end;
}

}  // namespace

std::string with_ascii_apostrophes(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (is_apostrophe(decode_utf8(text, at)))
      plain.push_back('\'');
    else
      plain += text.substr(begin, at - begin);
  }
  return plain;
}

NormalisedText::NormalisedText(std::string_view original) : original_(original) {
  std::size_t at = 0;
  while (at < original.size())
    if (!plain_sequence(original, at)) {
      decode();
      break;
    }
  repair_digits();
}

// One code point at a time: what it was written as, what it means, what it looks like.
void NormalisedText::decode() {
  text_.reserve(original_.size());
  origins_.reserve(original_.size() + 1);
  std::size_t last_begin = 0;  // of the last code point in text_, for what composes with it
  char32_t last = 0, last_but_one = 0;
  const auto emit = [&](char32_t c, std::size_t begin) {
    last_but_one = std::exchange(last, c);
    last_begin = text_.size();
    append_utf8(c, text_);
    origins_.resize(text_.size(), static_cast<std::uint32_t>(begin));
  };
  const auto take = [&](char32_t c, std::size_t begin, std::size_t end) {
    if (is_invisible(c)) return;
    c = plain(c);
    if (c >= 0x370 && c < 0x530) {
      const bool beside_latin =
          (!text_.empty() && is_alnum(text_.back())) || (end < original_.size() && is_alnum(original_[end]));
      const auto found = beside_latin ? kLookAlikes.find(c) : std::u32string_view::npos;
      if (found != std::u32string_view::npos) c = static_cast<Byte>(kLatin[found]);
    }
    // A mark that composes with the letter before it (NFC): the letter keeps its place.
    if (c >= 0x300 && c < 0x370 && !text_.empty()) {
      if (text_.size() - last_begin > kMostComposedBytes) {
        append_utf8(c, text_);
        origins_.resize(text_.size(), static_cast<std::uint32_t>(begin));
        return;
      }
      std::string pair = text_.substr(last_begin);
      append_utf8(c, pair);
      utf8proc_uint8_t* composed = nullptr;
      const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(pair.data()),
                                     static_cast<utf8proc_ssize_t>(pair.size()), &composed,
                                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
      if (size > 0) {
        const std::uint32_t from = origins_[last_begin];
        text_.resize(last_begin);
        text_.append(reinterpret_cast<const char*>(composed), static_cast<std::size_t>(size));
        origins_.resize(last_begin);
        origins_.resize(text_.size(), from);
      }
      std::free(composed);  // NOLINT: utf8proc allocates with malloc
      return;
    }
    // O’Brien has the ASCII apostrophe. Seen from behind, since all three may be written as escapes.
    if (is_apostrophe(last) && is_letter(c) && is_letter(last_but_one)) {
      last = U'\'';
      text_.resize(last_begin);
      text_.push_back('\'');
      origins_.resize(text_.size());
    }
    emit(c, begin);
  };

  for (std::size_t at = 0; at < original_.size();) {
    const std::size_t begin = at;
    if (const std::size_t end = windows_path_end(original_, at); end != at) {
      while (at < end) {
        const std::size_t from = at;
        const char32_t c = decode_utf8(original_, at);
        emit(c, from);
      }
      continue;
    }
    const char c = original_[at];
    if ((c == '[' || c == '(') && bracketed_stop(original_, at)) {
      at += 3;
      take(U'.', begin, at);
      continue;
    }
    if (c == '%' && escape_at(original_, at)) {
      // A run of %xx is a run of bytes, which may be UTF-8.
      std::string bytes;
      std::size_t next = at;
      for (int value = 0;
           next < original_.size() && original_[next] == '%' && (value = hex_number(original_, next + 1, 2)) >= 0x20;
           next += 3)
        bytes.push_back(static_cast<char>(value));
      if (!bytes.empty()) {
        for (std::size_t i = 0; i < bytes.size();) {
          const std::size_t from = i;
          const char32_t decoded = decode_utf8(bytes, i);
          take(decoded, begin + from * 3, begin + i * 3);
        }
        at = next;
        continue;
      }
    } else if (c == '&') {
      const std::size_t end = original_.substr(at, 10).find(';');
      if (end != std::string_view::npos && end > 1) {
        const std::string_view name = original_.substr(at + 1, end - 1);
        char32_t decoded = 0;
        if (name[0] == '#' && name.size() > 1) {
          const bool hex = name[1] == 'x' || name[1] == 'X';
          for (std::size_t i = hex ? 2 : 1; i < name.size(); ++i) {
            const int digit = hex_value(name[i]);
            if (digit < 0 || (!hex && digit > 9)) decoded = 0x110000;
            decoded =
                std::min<char32_t>(decoded * (hex ? 16 : 10) + static_cast<char32_t>(std::max(digit, 0)), 0x110000);
          }
        } else {
          for (const auto& [known, value] : kEntities)
            if (known == name) decoded = value;
        }
        if (decoded >= 0x20 && decoded < 0x110000 && (decoded < 0xD800 || decoded > 0xDFFF)) {
          at += end + 1;
          take(decoded, begin, at);
          continue;
        }
      }
    } else if (c == '\\' && at + 1 < original_.size()) {
      const char escaped = original_[at + 1];
      char32_t decoded = 0;
      std::size_t length = 2;
      if (escaped == 'n' || escaped == 'r') decoded = U'\n';
      if (escaped == 't') decoded = U'\t';
      if (escaped == '"' || escaped == '/') decoded = static_cast<char32_t>(escaped);
      if (escaped == 'u') {
        const int value = hex_number(original_, at + 2, 4);
        if (value >= 0x20 && (value < 0xD800 || value > 0xDFFF)) decoded = static_cast<char32_t>(value), length = 6;
      }
      if (decoded != 0) {
        at += length;
        take(decoded, begin, at);
        continue;
      }
    }
    const char32_t decoded = decode_utf8(original_, at);
    take(decoded, begin, at);
  }
  origins_.push_back(static_cast<std::uint32_t>(original_.size()));
}

// O and l typed for 0 and 1 in a long number: beside a digit, and no letter of a word. Same length, so the way back
// stays as it is.
void NormalisedText::repair_digits() {
  const std::string_view seen = text();
  const auto like_digit = [&](std::size_t at) {
    return at < seen.size() && std::string_view("OolI").find(seen[at]) != std::string_view::npos;
  };
  const auto ends = [&](std::size_t at) {
    return at >= seen.size() || is_digit(seen[at]) || like_digit(at) ||
           (!is_alnum(seen[at]) && (static_cast<Byte>(seen[at]) & 0x80) == 0);
  };
  std::vector<std::size_t> wrong;
  for (std::size_t at = 0; at < seen.size(); ++at) {
    if (!is_digit(seen[at])) continue;
    for (const std::size_t letter : {at - 1, at + 1}) {
      if (!like_digit(letter) || !ends(letter + 1) || (letter > 0 && !ends(letter - 1))) continue;
      const std::string_view around = seen.substr(letter > 12 ? letter - 12 : 0, 25);
      if (std::count_if(around.begin(), around.end(), is_digit) >= kDigitsOfANumber) wrong.push_back(letter);
    }
  }
  if (wrong.empty()) return;
  if (origins_.empty()) {
    text_ = seen;
    origins_.resize(text_.size() + 1);
    for (std::size_t i = 0; i < origins_.size(); ++i) origins_[i] = static_cast<std::uint32_t>(i);
  }
  for (const std::size_t at : wrong) text_[at] = text_[at] == 'O' || text_[at] == 'o' ? '0' : '1';
}

}  // namespace qf
