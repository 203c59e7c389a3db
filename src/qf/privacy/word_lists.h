// What is known of a word without its sentence: given name, surname, place, ordinary word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "qf/privacy/tokens.h"

namespace qf {

// The lists that a word may be in; several at once ("Björn" is a name and a bear).
enum WordBit : std::uint8_t {
  kGivenName = 1,
  kSurname = 2,
  kPlace = 4,
  kSwedishWord = 8,
  kEnglishWord = 16,
  kCommonName = 64,     // a given name that is seen as one in lower case too
  kFrequentName = 128,  // a given name that with a capital is seldom the word it also is
  kProperNoun = 32,     // days, months, languages, peoples: upper case, and nobody's name
};

// The lists that hold the word with this word_hash. They keep 32 bits of each: one word in 25,000 that is in no
// list seems to be in one.
std::uint8_t word_bits(std::uint64_t hash);

// Whether the list kCommonName holds the word; fast, since it is asked of every word.
bool is_common_name(std::uint64_t hash);

// Whether the word is a given name or a surname by the lists, and nothing else; fast too.
bool is_only_a_name(std::uint64_t hash);

// The same for a word as it stands in a text: also without a genitive s, and for the last part of a compound with a
// hyphen. Swedish compounds count as Swedish words where their ending is a known word of five letters or more.
std::uint8_t word_bits(std::string_view word, std::uint64_t hash);

// Decodes base64 without line ends; what is no base64 is passed over.
std::vector<std::uint8_t> from_base64(std::string_view text);

}  // namespace qf
