#include "qf/core/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

namespace qf {
namespace {

// Eight bytes are looked at as one number, the first of them lowest.
static_assert(std::endian::native == std::endian::little, "text is read eight bytes at a time, lowest first");

constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
constexpr std::uint64_t kOnes = 0x0101010101010101ULL;

std::uint64_t load8(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, 8);
  return word;
}

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

// The length of the valid sequence at `at`, 0 where there is none. Table 3-7 of the Unicode Standard.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  unsigned low = 0x80, high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() - at < length) return 0;
  if (byte_at(text, at + 1) < low || byte_at(text, at + 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte_at(text, at + i) & 0xC0) != 0x80) return 0;
  return length;
}

bool is_white_space(char32_t c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Writes a code point as UTF-8 and returns the number of bytes, at most 4.
std::size_t encode(char32_t c, char* to) {
  return static_cast<std::size_t>(
      utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), reinterpret_cast<utf8proc_uint8_t*>(to)));
}

// Decomposes, folds, orders and composes text of any script. Not utf8proc_map(): its ordering of combining
// marks takes quadratic time on a long run of them, and a log line can hold one.
class Normaliser {
 public:
  explicit Normaliser(int options) : options_(static_cast<utf8proc_option_t>(options)) {}

  std::span<const utf8proc_int32_t> operator()(std::string_view text) {
    points_.clear();
    int boundary = 0;
    for (std::size_t at = 0; at < text.size();) {
      const auto c = static_cast<utf8proc_int32_t>(decode_utf8(text, at));
      std::array<utf8proc_int32_t, 32> parts;  // the longest decomposition has 18
      const auto count = utf8proc_decompose_char(c, parts.data(), parts.size(), options_, &boundary);
      if (count > 0 && static_cast<std::size_t>(count) <= parts.size()) {
        points_.insert(points_.end(), parts.begin(), parts.begin() + count);
      } else if (count != 0) {
        points_.push_back(c);
      }
    }
    order();
    const auto length = utf8proc_normalize_utf32(points_.data(), static_cast<utf8proc_ssize_t>(points_.size()),
                                                 static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    return {points_.data(), static_cast<std::size_t>(std::max<utf8proc_ssize_t>(length, 0))};
  }

 private:
  static int combining_class(utf8proc_int32_t c) { return utf8proc_get_property(c)->combining_class; }

  // The canonical ordering: marks between two starters by their class, equal classes as they came.
  void order() {
    for (auto from = points_.begin(); from != points_.end();) {
      if (combining_class(*from) == 0) {
        ++from;
        continue;
      }
      const auto to = std::find_if(from, points_.end(), [](auto c) { return combining_class(c) == 0; });
      if (to - from > 1)
        std::stable_sort(from, to, [](auto a, auto b) { return combining_class(a) < combining_class(b); });
      from = to;
    }
  }

  utf8proc_option_t options_;
  std::vector<utf8proc_int32_t> points_;
};

// Letters U+00C0 to U+00FF that fold to themselves or to the letter 0x20 above, given their second byte.
bool is_simple_latin(unsigned second) { return second >= 0x80 && second <= 0xBF && second != 0x9F; }

// How many bytes of plain text (ASCII, or a simple Latin-1 letter) stand at `at`; 0 where it is another.
std::size_t plain_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  if (lead < 0x80) return 1;
  return lead == 0xC3 && at + 1 < text.size() && is_simple_latin(byte_at(text, at + 1)) ? 2 : 0;
}

// Eight bytes with A to Z made lower case; all of them below 0x80.
std::uint64_t lower8(std::uint64_t word) {
  const std::uint64_t from_a = word + (0x80 - 'A') * kOnes, beyond_z = word + (0x80 - 'Z' - 1) * kOnes;
  return word | (((from_a & ~beyond_z) & kHighBits) >> 2);
}

// A high bit for each of eight ASCII bytes that is at most a space.
std::uint64_t spaces_and_controls(std::uint64_t word) { return ~(word + (0x80 - 0x21) * kOnes) & kHighBits; }

constexpr int kCompareOptions =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

// Takes characters one after another and leaves out white space that is not between two others.
class Collapser {
 public:
  explicit Collapser(std::string& out) : out_(out) {}

  void take(char32_t c) {
    if (is_white_space(c)) {
      space_ = true;
      return;
    }
    // A letter can become many (U+FDFA becomes 18), so here the room grows as it is used.
    if (out_.size() < size_ + 8) out_.resize(2 * size_ + 64);
    if (space_ && size_ != 0) out_[size_++] = ' ';
    space_ = false;
    size_ += encode(c, out_.data() + size_);
  }

  // Plain text from `at`; stops before the first character that is not, and returns where that is.
  // `last` is where the last plain character began: what comes may combine with it.
  std::size_t take_plain(std::string_view text, std::size_t at, std::size_t& last) {
    // Plain text never grows but for a space put before it, so the pointer needs no checks.
    if (out_.size() < size_ + (text.size() - at) + 1) out_.resize(size_ + (text.size() - at) + 1);
    char* const begin = out_.data();
    char* to = begin + size_;
    while (at < text.size()) {
      // A space at the start of eight bytes is one of its own where a character went out just before it.
      while (!space_ && to != begin && at + 8 <= text.size()) {
        const std::uint64_t word = load8(text.data() + at);
        if ((word & kHighBits) != 0) break;
        const std::uint64_t low = spaces_and_controls(word);
        const bool all_are_spaces = (word & (low >> 2)) == low >> 2;
        if (!all_are_spaces || (low & (low << 8)) != 0) break;
        const std::uint64_t lowered = lower8(word);
        std::memcpy(to, &lowered, 8);
        // Whether a space at the end may stay is not known yet: it begins the next eight.
        const std::size_t taken = 8 - (low >> 63);
        to += taken;
        at += taken;
        last = at - 1;
      }
      // A few characters one by one, then wide again.
      for (int i = 0; i < 8 && at < text.size(); ++i) {
        const std::size_t length = plain_length(text, at);
        if (length == 0) {
          size_ = static_cast<std::size_t>(to - begin);
          return at;
        }
        const unsigned c = byte_at(text, at);
        last = at;
        at += length;
        if (c == ' ' || (c >= 0x09 && c <= 0x0D)) {
          space_ = true;
          continue;
        }
        if (space_ && to != begin) *to++ = ' ';
        space_ = false;
        if (length == 1) {
          *to++ = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
        } else {
          const unsigned second = byte_at(text, at - 1);
          *to++ = static_cast<char>(c);
          *to++ = static_cast<char>(second < 0xA0 && second != 0x97 ? second + 0x20 : second);
        }
      }
    }
    size_ = static_cast<std::size_t>(to - begin);
    return at;
  }

  // Forgets the last `bytes` that went out.
  void take_back(std::size_t bytes) { size_ -= bytes; }
  void finish() { out_.resize(size_); }

 private:
  std::string& out_;
  std::size_t size_ = 0;
  bool space_ = false;
};

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    while (at + 8 <= text.size() && (load8(text.data() + at) & kHighBits) == 0) at += 8;
    // Behind a letter beyond ASCII there are often more: a few steps before trying eight bytes again.
    for (int i = 0; i < 8 && at < text.size(); ++i) {
      const std::size_t length = sequence_length(text, at);
      if (length == 0) return at;
      at += length;
    }
  }
  return std::nullopt;
}

char32_t decode_utf8(std::string_view text, std::size_t& at) {
  const std::size_t length = sequence_length(text, at);
  const unsigned lead = byte_at(text, at);
  if (length <= 1) {
    ++at;
    return length == 1 ? static_cast<char32_t>(lead) : kReplacement;
  }
  char32_t code_point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code_point = (code_point << 6) | (byte_at(text, at + i) & 0x3FU);
  at += length;
  return code_point;
}

void append_utf8(char32_t code_point, std::string& out) {
  std::array<char, 4> bytes;
  out.append(bytes.data(), encode(code_point, bytes.data()));
}

void normalise_for_comparison(std::string_view text, std::string& out) {
  Collapser collapser(out);
  std::optional<Normaliser> normaliser;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t last = at;
    const std::size_t stop = collapser.take_plain(text, at, last);
    if (stop == text.size()) break;
    // From here to the next plain character the text is normalised as one piece. That the piece may be cut
    // there: no plain character ever combines with what stands before it. What stands before the piece may
    // combine with it, so the last plain character is taken along, and taken back from the output.
    std::size_t end = stop;
    while (end < text.size() && plain_length(text, end) == 0)
      end += std::max<std::size_t>(sequence_length(text, end), 1);
    std::size_t begin = stop;
    if (last < stop && !is_white_space(byte_at(text, last))) {
      begin = last;
      collapser.take_back(stop - last);
    }
    if (!normaliser) normaliser.emplace(kCompareOptions);
    for (const auto c : (*normaliser)(text.substr(begin, end - begin))) collapser.take(static_cast<char32_t>(c));
    at = end;
  }
  collapser.finish();
}

std::string casefold_nfc(std::string_view text) {
  if (first_invalid_utf8(text)) return std::string(text);
  Normaliser normaliser(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  std::string out;
  for (const auto c : normaliser(text)) append_utf8(static_cast<char32_t>(c), out);
  return out;
}

bool is_word_character(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool is_word = is_word_character(decode_utf8(text, at));
    words += is_word && !inside ? 1 : 0;
    inside = is_word;
  }
  return words;
}

namespace {

// The code points of valid UTF-8, or nothing where there are more than `most` or it is not valid.
std::optional<std::vector<char32_t>> code_points(std::string_view text, std::size_t most) {
  if (text.size() / 4 > most) return std::nullopt;
  std::vector<char32_t> points;
  points.reserve(std::min(text.size(), most));
  for (std::size_t at = 0; at < text.size();) {
    if (points.size() == most || sequence_length(text, at) == 0) return std::nullopt;
    points.push_back(decode_utf8(text, at));
  }
  return points;
}

// Myers' bit-parallel algorithm as Hyyrö states it for distances: a block of 64 rows at a time goes along the
// whole of `text`, with the differences between its last row's neighbours handed on to the next block.
std::size_t bit_parallel_distance(std::span<const char32_t> pattern, std::span<const char32_t> text) {
  // Every letter gets its number in the pattern's alphabet, so that a block's masks are one array.
  std::vector<char32_t> alphabet(pattern.begin(), pattern.end());
  std::sort(alphabet.begin(), alphabet.end());
  alphabet.erase(std::unique(alphabet.begin(), alphabet.end()), alphabet.end());
  const auto number = [&](char32_t c) {
    const auto found = std::lower_bound(alphabet.begin(), alphabet.end(), c);
    return static_cast<std::uint32_t>(found != alphabet.end() && *found == c
                                          ? found - alphabet.begin()
                                          : static_cast<std::ptrdiff_t>(alphabet.size()));
  };
  std::vector<std::uint32_t> rows, columns;
  for (const char32_t c : pattern) rows.push_back(number(c));
  for (const char32_t c : text) columns.push_back(number(c));

  std::vector<std::uint64_t> masks(alphabet.size() + 1, 0);
  std::vector<std::int8_t> carried(columns.size(), 1);  // above the first row, each column costs one more
  std::size_t distance = pattern.size();
  for (std::size_t first = 0; first < rows.size(); first += 64) {
    const std::size_t height = std::min<std::size_t>(64, rows.size() - first);
    for (std::size_t i = 0; i < height; ++i) masks[rows[first + i]] |= std::uint64_t{1} << i;
    const std::uint64_t last_row = std::uint64_t{1} << (height - 1);
    std::uint64_t positive = ~std::uint64_t{0}, negative = 0;
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const std::int8_t above = carried[column];
      std::uint64_t equal = masks[columns[column]];
      const std::uint64_t x = equal | negative;
      equal |= above < 0 ? 1 : 0;
      const std::uint64_t diagonal = (((equal & positive) + positive) ^ positive) | equal;
      std::uint64_t up = negative | ~(diagonal | positive), down = positive & diagonal;
      carried[column] = static_cast<std::int8_t>(((up & last_row) != 0 ? 1 : 0) - ((down & last_row) != 0 ? 1 : 0));
      up = (up << 1) | (above > 0 ? 1 : 0);
      down = (down << 1) | (above < 0 ? 1 : 0);
      positive = down | ~(x | up);
      negative = up & x;
    }
    for (std::size_t i = 0; i < height; ++i) masks[rows[first + i]] = 0;
  }
  for (const std::int8_t step : carried) distance = step < 0 ? distance - 1 : distance + static_cast<std::size_t>(step);
  return distance;
}

}  // namespace

std::optional<int> edit_distance(std::string_view a, std::string_view b, std::size_t max_code_points) {
  const auto from = code_points(a, max_code_points), to = code_points(b, max_code_points);
  if (!from || !to) return std::nullopt;
  std::span<const char32_t> shorter = *from, longer = *to;
  if (shorter.size() > longer.size()) std::swap(shorter, longer);
  // Most corrections leave the beginning and the end as they were; neither adds to the distance.
  while (!shorter.empty() && shorter.front() == longer.front()) {
    shorter = shorter.subspan(1);
    longer = longer.subspan(1);
  }
  while (!shorter.empty() && shorter.back() == longer.back()) {
    shorter = shorter.first(shorter.size() - 1);
    longer = longer.first(longer.size() - 1);
  }
  return static_cast<int>(shorter.empty() ? longer.size() : bit_parallel_distance(shorter, longer));
}

std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known,
                              std::size_t max_code_points) {
  const auto points = code_points(typed, max_code_points);
  if (!points) return {};
  const std::size_t most = std::max<std::size_t>(2, points->size() / 3);
  std::string_view nearest;
  std::size_t least = most + 1;
  for (const std::string_view name : known) {
    const auto distance = edit_distance(typed, name, max_code_points);
    if (!distance) continue;
    const auto steps = static_cast<std::size_t>(*distance);
    // As many steps as letters would mean that the two have nothing in common.
    if (steps < least && steps < points->size() && steps < name.size()) {
      nearest = name;
      least = steps;
    }
  }
  return nearest;
}

}  // namespace qf
