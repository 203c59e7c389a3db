// Texts that must not leave even without their names: special categories of data, and pupils.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "qf/privacy/names.h"

namespace qf {

// Why a text is set apart as a whole, for a person to release or destroy.
enum class QuarantineReason : std::uint8_t {
  kSpecialCategory,  // a hint at health, religion, union, origin, orientation or politics (Article 9 of the GDPR)
  kSuspectedPupil,   // a pupil seems to be spoken of
};
std::string_view to_string(QuarantineReason reason);

struct Quarantine {
  QuarantineReason reason = QuarantineReason::kSpecialCategory;
  std::string_view category;         // health, religion, …; pupil
  std::uint32_t begin = 0, end = 0;  // of the word that gave the hint, in bytes of the normalised text
};

// The first reason to set the text apart, given the findings in it. In content, a word of a special category says
// nothing by itself: religion and disease are taught. It counts beside a person in the same sentence.
std::optional<Quarantine> find_quarantine(const Tokens& tokens, RedactionProfile profile,
                                          std::span<const Finding> found);

}  // namespace qf
