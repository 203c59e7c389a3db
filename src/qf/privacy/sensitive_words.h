// What single words say of somebody: special categories of data, pupils, people. Words, beginnings and endings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "qf/privacy/tokens.h"

namespace qf {

// How much a word of a special category says by itself.
enum class Weight : std::uint8_t {
  kAlone,       // said of a person and of nothing else in a school
  kWithPerson,  // taught too: counts where a person stands in the sentence
};

struct SensitiveWord {
  std::string_view category;  // health, religion, union, origin, orientation, politics, protected
  Weight weight = Weight::kWithPerson;
};

// What the word at this token, alone or with the words behind it, is a hint at.
std::optional<SensitiveWord> sensitive_word(const Tokens& tokens, std::size_t at);

// "eleven", "pupil": a pupil may be spoken of.
bool is_pupil_word(std::uint64_t hash);

// Words that speak of somebody: pronouns, kin, what people are to each other in a school.
bool is_person_word(std::uint64_t hash);
// The same without pronouns: "flickan", "my brother".
bool is_person_noun(std::uint64_t hash);

}  // namespace qf
