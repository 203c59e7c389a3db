#include "qf/core/vocabulary.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "qf/core/vocabulary_table.h"

namespace qf {
namespace {

using enum Vocabulary;
using vocabulary_table::kEntries;

// Where the rows of each vocabulary begin, and behind the last one where they end.
constexpr auto kFirstRow = [] {
  std::array<std::size_t, kVocabularyCount + 1> first{};
  for (const VocabularyEntry& entry : kEntries)
    for (std::size_t later = static_cast<std::size_t>(entry.vocabulary) + 1; later < first.size(); ++later)
      ++first[later];
  return first;
}();
static_assert(std::is_sorted(std::begin(kEntries), std::end(kEntries),
                             [](const auto& a, const auto& b) { return a.vocabulary < b.vocabulary; }));

// What may stand before a word of its vocabulary, as fold() leaves it.
struct Prefix {
  Vocabulary vocabulary;
  std::string_view folded;
};
constexpr Prefix kPrefixes[] = {
    {kBloom, "bloom_level_"},
    {kBloom, "bloom_"},
    {kBloom, "blooms_"},
    {kBloom, "bloomnivå_"},
    {kDifficulty, "difficulty_level_"},
    {kDifficulty, "difficulty_"},
    {kDifficulty, "svårighetsgrad_"},
    {kDifficulty, "svårighetsnivå_"},
    {kQuestionType, "question_type_"},
    {kQuestionType, "type_"},
    {kQuestionType, "frågetyp_"},
};

constexpr std::size_t kMaxWordBytes = 64;  // no word is longer, with any prefix

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// A word as the tables compare it: lower case, one '_' for each run of separators. Lives on the stack.
class Folded {
 public:
  explicit Folded(std::string_view written) {
    std::string_view text = trimmed(written);
    if (!text.empty() && text.front() == '#') text = trimmed(text.substr(1));
    if (text.empty() || text.size() > kMaxWordBytes) return;
    std::size_t size = 0;  // not the member, which every written byte might change
    for (const char c : text) {
      const char plain = kPlain[static_cast<unsigned char>(c)];
      if (plain != '\0')
        bytes_[size++] = plain;
      else
        size = put(c, size);
    }
    while (size > 0 && bytes_[size - 1] == '_') --size;
    size_ = size;
  }

  // Empty for what no table can hold.
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  // What ASCII letters, digits and marks become; 0 for what put() has to look at.
  static constexpr auto kPlain = [] {
    std::array<char, 256> plain{};
    for (std::size_t c = 0x21; c < 0x7F; ++c) plain[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    plain['-'] = plain[':'] = plain['_'] = '\0';
    return plain;
  }();

  // Adds one byte behind the first `size` and returns how many there are now.
  std::size_t put(char c, std::size_t size) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      const bool separates = is_space(c) || c == '-' || c == ':' || c == '_';
      if (separates && (size == 0 || bytes_[size - 1] == '_')) return size;
      bytes_[size] = separates ? '_' : c;
      return size + 1;
    }
    const auto lead = static_cast<unsigned char>(size > 0 ? bytes_[size - 1] : 0);
    if (lead == 0xCC && size > 1 && compose(byte, size)) return size;
    const bool is_capital_letter = lead == 0xC3 && byte <= 0x9E && byte != 0x97;
    bytes_[size] = static_cast<char>(is_capital_letter ? byte + 0x20 : byte);
    return size + 1;
  }

  // File names and copied text may hold å, ä, ö, é as a letter and a mark behind it.
  bool compose(unsigned char mark, std::size_t size) {
    const char base = bytes_[size - 2];
    const char trail = mark == 0x8A && base == 'a'   ? '\xA5'
                       : mark == 0x88 && base == 'a' ? '\xA4'
                       : mark == 0x88 && base == 'o' ? '\xB6'
                       : mark == 0x81 && base == 'e' ? '\xA9'
                                                     : '\0';
    if (trail == '\0') return false;
    bytes_[size - 2] = '\xC3';
    bytes_[size - 1] = trail;
    return true;
  }

  std::array<char, kMaxWordBytes> bytes_;
  std::size_t size_ = 0;
};

std::uint64_t hash(std::string_view text) {
  std::uint64_t value = text.size() * 0x9E3779B97F4A7C15ULL;
  const char* from = text.data();
  std::size_t left = text.size();
  for (; left >= 8; left -= 8, from += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    value = (std::rotl(value, 27) ^ word) * 0xD6E8FEB86659FD93ULL;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, from, left);
  value = (std::rotl(value, 27) ^ word) * 0xD6E8FEB86659FD93ULL;
  return value ^ (value >> 32);
}

// Words to rows of kEntries, by open addressing; at most half full.
class WordTable {
 public:
  void add(std::string_view word, std::uint16_t row) {
    slots_.resize(std::max<std::size_t>(slots_.size(), 2048));
    std::size_t at = hash(word) & (slots_.size() - 1);
    while (!slots_[at].word.empty()) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {word, row};
  }

  // The row that `fits` among those of this word, or nullptr.
  template <class Fits>
  const VocabularyEntry* find(std::string_view word, Fits fits) const {
    for (std::size_t at = hash(word) & (slots_.size() - 1); !slots_[at].word.empty();
         at = (at + 1) & (slots_.size() - 1))
      if (slots_[at].word == word && fits(kEntries[slots_[at].row].vocabulary)) return &kEntries[slots_[at].row];
    return nullptr;
  }

 private:
  struct Slot {
    std::string_view word;
    std::uint16_t row = 0;
  };
  std::vector<Slot> slots_;
};

template <class Take>
void for_each_spelling(const VocabularyEntry& entry, Take take) {
  take(entry.name);
  for (std::string_view rest = entry.aliases; !rest.empty();) {
    const std::size_t bar = rest.find('|');
    take(rest.substr(0, bar));
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  }
}

struct Tables {
  WordTable written, folded;
  std::vector<std::string> kept;  // bytes of the folded words

  Tables() {
    kept.reserve(1024);  // views point into short strings, which must not move
    std::uint16_t row = 0;
    for (const VocabularyEntry& entry : kEntries) {
      written.add(entry.name, row);
      for_each_spelling(entry, [&](std::string_view spelling) {
        kept.emplace_back(Folded(spelling).view());
        folded.add(kept.back(), row);
      });
      ++row;
    }
  }
};

const Tables& word_tables() {
  static const Tables built;
  return built;
}

template <class Fits>
const VocabularyEntry* find(std::string_view written, Fits fits) {
  if (written.empty() || written.size() > 4 * kMaxWordBytes) return nullptr;
  const Tables& all = word_tables();
  if (const auto* exact = all.written.find(written, fits)) return exact;
  const Folded folded(written);
  const std::string_view word = folded.view();
  if (word.empty()) return nullptr;
  if (const auto* entry = all.folded.find(word, fits)) return entry;
  for (const Prefix& prefix : kPrefixes) {
    if (word.front() != prefix.folded.front() || !word.starts_with(prefix.folded) || !fits(prefix.vocabulary)) continue;
    const auto same = [&](Vocabulary vocabulary) { return vocabulary == prefix.vocabulary; };
    if (const auto* entry = all.folded.find(word.substr(prefix.folded.size()), same)) return entry;
  }
  return nullptr;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); }

bool is_plain_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  std::size_t digits = 0, points = 0;
  for (const char c : text) {
    digits += is_digit(c) ? 1 : 0;
    points += c == '.' || c == ',' ? 1 : 0;
    if (!is_digit(c) && c != '.' && c != ',') return false;
  }
  return digits >= 1 && digits <= 4 && points <= 1 && is_digit(text.front()) && is_digit(text.back());
}

}  // namespace

std::span<const VocabularyEntry> entries(Vocabulary vocabulary) {
  const auto first = static_cast<std::size_t>(vocabulary);
  return std::span(kEntries).subspan(kFirstRow[first], kFirstRow[first + 1] - kFirstRow[first]);
}

std::optional<std::string_view> canonical(Vocabulary vocabulary, std::string_view written) {
  const auto* entry = find(written, [&](Vocabulary of) { return of == vocabulary; });
  if (entry == nullptr) return std::nullopt;
  return entry->name;
}

bool is_closed_value(std::string_view written) {
  if (find(written, [](Vocabulary) { return true; }) != nullptr) return true;
  const std::string_view text = trimmed(written);
  return text == "true" || text == "false" || text == "null" || text == "True" || text == "False" ||
         is_plain_number(text);
}

Action action_of(std::string_view choice) {
  const auto* entry = find(choice, [](Vocabulary of) { return of == kAction; });
  if (entry == nullptr) return Action::kNone;
  return static_cast<Action>(1 + (entry - entries(kAction).data()));
}

std::optional<std::string_view> type_of_identifier(std::string_view identifier) {
  struct Infix {
    std::string_view letters, type;
  };
  static constexpr Infix kInfixes[] = {{"MC", "multiple_choice_single"},
                                       {"MR", "multiple_response"},
                                       {"TF", "true_false"},
                                       {"IC", "inline_choice"},
                                       {"TE", "text_entry"},
                                       {"MA", "match"},
                                       {"ES", "essay"},
                                       {"HS", "hotspot"},
                                       {"TA", "text_area"},
                                       {"FIB", "text_entry"},
                                       {"GM", "graphicgapmatch_v2"}};
  // The first segment is the course and the last one the number, so neither can be the type.
  std::optional<std::string_view> type;
  for (std::size_t at = identifier.find('_'); at != std::string_view::npos;) {
    const std::size_t end = identifier.find('_', at + 1);
    if (end == std::string_view::npos) break;
    const std::string_view segment = identifier.substr(at + 1, end - at - 1);
    for (const Infix& infix : kInfixes)
      if (segment == infix.letters) type = infix.type;
    at = end;
  }
  return type;
}

std::string_view subject_area_of(std::string_view text) {
  // Segments of the same shape that are no course: school terms, formats, standards, steps of the work.
  static constexpr std::string_view kNoCourse[] = {"HT", "VT",   "UTF",  "ISO",   "RFC", "QTI", "SHA",
                                                   "MP", "STEP", "TIER", "STAGE", "LO",  "MC",  "CO"};
  static constexpr auto kSeparators = [] {
    std::array<bool, 256> separators{};
    for (const char c : std::string_view("/\\_- .;:,()[]\"'\t\r\n")) separators[static_cast<unsigned char>(c)] = true;
    return separators;
  }();
  bool after_users = false;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !kSeparators[static_cast<unsigned char>(text[end])]) ++end;
    const std::string_view segment = text.substr(at, end - at);
    std::size_t letters = 0, digits = 0, tail = 0;
    while (letters < segment.size() && is_capital(segment[letters])) ++letters;
    while (letters + digits < segment.size() && is_digit(segment[letters + digits])) ++digits;
    while (letters + digits + tail < segment.size() && is_letter(segment[letters + digits + tail])) ++tail;
    const bool is_shaped = letters >= 2 && letters <= 6 && digits >= 1 && digits <= 4 && tail <= 3 &&
                           letters + digits + tail == segment.size();
    if (is_shaped && !after_users) {
      const std::string_view area = segment.substr(0, letters);
      if (std::find(std::begin(kNoCourse), std::end(kNoCourse), area) == std::end(kNoCourse)) return area;
    }
    // The folder below Users or home names a person, whatever it looks like.
    after_users =
        end < text.size() && (text[end] == '/' || text[end] == '\\') && (segment == "Users" || segment == "home");
    at = end + 1;
  }
  return {};
}

}  // namespace qf
