#include "qf/privacy/word_lists.h"

#include <array>
#include <bit>
#include <utility>

namespace qf {
namespace {

#include "qf/privacy/word_lists.inc"

// Open addressing over the keys of all lists, made once from the packed lists.
class WordTable {
 public:
  WordTable() {
    struct List {
      std::string_view packed;
      WordBit bit;
    };
    constexpr std::array<List, 8> kLists = {{{kGivenNames, kGivenName},
                                             {kSurnames, kSurname},
                                             {kPlaces, kPlace},
                                             {kSwedishWords, kSwedishWord},
                                             {kEnglishWords, kEnglishWord},
                                             {kProperNouns, kProperNoun},
                                             {kCommonNames, kCommonName},
                                             {kFrequentNames, kFrequentName}}};
    slots_.resize(std::size_t{1} << kBits);
    for (const List& list : kLists) {
      std::uint32_t key = 0, step = 0;
      int shift = 0;
      for (const std::uint8_t byte : from_base64(list.packed)) {
        step |= static_cast<std::uint32_t>(byte & 127) << shift;
        shift += 7;
        if ((byte & 128) != 0) continue;
        key += step;
        step = 0;
        shift = 0;
        Slot& slot = slots_[place(key)];
        slot.key = key;
        slot.bits |= list.bit;
        if (list.bit == kCommonName) common_[key >> 22 & 1023] |= std::uint64_t{1} << (key >> 16 & 63);
      }
    }
    only_names_.resize(std::size_t{1} << (kFilterBits - 6));
    for (const Slot& slot : slots_)
      if (is_only_name(slot.bits))
        only_names_[filter_place(slot.key) >> 6] |= std::uint64_t{1} << (filter_place(slot.key) & 63);
  }

  std::uint8_t bits(std::uint32_t key) const { return slots_[place(key)].bits; }
  static bool is_only_name(std::uint8_t bits) {
    return (bits & (kGivenName | kSurname)) != 0 && (bits & (kPlace | kSwedishWord | kEnglishWord | kProperNoun)) == 0;
  }
  bool may_be_only_name(std::uint32_t key) const {
    return (only_names_[filter_place(key) >> 6] >> (filter_place(key) & 63) & 1) != 0;
  }
  bool may_be_common(std::uint32_t key) const { return (common_[key >> 22 & 1023] >> (key >> 16 & 63) & 1) != 0; }

 private:
  struct Slot {
    std::uint32_t key = 0;
    std::uint8_t bits = 0;
  };
  static constexpr int kFilterBits = 20;
  static std::size_t filter_place(std::uint32_t key) { return key >> (32 - kFilterBits); }
  static constexpr int kBits = 18;  // 262,144 places for about 130,000 words

  std::size_t place(std::uint32_t key) const {
    std::size_t at = key >> (32 - kBits);
    while (slots_[at].bits != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  std::vector<Slot> slots_;
  std::vector<std::uint64_t> only_names_;     // a bit for each place of a name that is no word: one in 25 is set
  std::array<std::uint64_t, 1024> common_{};  // asked first for each word in lower case, so it is small
};

}  // namespace

std::vector<std::uint8_t> from_base64(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int count = 0;
  for (const char c : text) {
    int value = 0;
    if (c >= 'A' && c <= 'Z')
      value = c - 'A';
    else if (c >= 'a' && c <= 'z')
      value = c - 'a' + 26;
    else if (c >= '0' && c <= '9')
      value = c - '0' + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      continue;
    held = (held << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(held >> count));
    }
  }
  return bytes;
}

namespace {

const WordTable& table() {
  static const WordTable made;
  return made;
}

std::uint32_t key_of(std::uint64_t hash) { return static_cast<std::uint32_t>((hash * 0x9E3779B97F4A7C15ULL) >> 32); }

}  // namespace

std::uint8_t word_bits(std::uint64_t hash) { return table().bits(key_of(hash)); }

bool is_common_name(std::uint64_t hash) {
  const std::uint32_t key = key_of(hash);
  return table().may_be_common(key) && (table().bits(key) & kCommonName) != 0;
}

bool is_only_a_name(std::uint64_t hash) {
  const std::uint32_t key = key_of(hash);
  return table().may_be_only_name(key) && WordTable::is_only_name(table().bits(key));
}

std::uint8_t word_bits(std::string_view word, std::uint64_t hash) {
  std::uint8_t bits = word_bits(hash);
  if (const std::size_t hyphen = word.rfind('-'); hyphen != std::string_view::npos) {
    const std::uint8_t last = word_bits(word_hash(word.substr(hyphen + 1)));
    const std::uint8_t first = word_bits(word_hash(word.substr(0, word.find('-'))));
    bits |= static_cast<std::uint8_t>(last | (first & (kGivenName | kSurname | kPlace | kFrequentName)));
  }
  if (word.size() > 3 && (word.back() == 's' || word.back() == 'S'))
    bits |= static_cast<std::uint8_t>(
        word_bits(word.back() == 's' ? word_hash_without(hash, 's') : word_hash(word.substr(0, word.size() - 1))) &
        (kGivenName | kSurname | kPlace | kProperNoun | kFrequentName));
  if (bits == 0)  // the ending of a compound
    for (std::size_t from = 3; from + 5 <= word.size() && from < 16; ++from)
      if ((static_cast<unsigned char>(word[from]) & 0xC0) != 0x80 &&
          (word_bits(word_hash(word.substr(from))) & kSwedishWord) != 0)
        return kSwedishWord;
  return bits;
}

}  // namespace qf
