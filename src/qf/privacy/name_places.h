// Places of a text where people write names: what stands there is one, whatever the word is.
#pragma once

#include <cstddef>
#include <vector>

#include "qf/privacy/tokens.h"

namespace qf {

// The words that stand alone in a line as people sign ("Mo", "dp", "-M"), alone before a comma as they address
// ("Visit,"), before a colon as in a dialogue ("Bo: Ja."), or in quotation marks before a mail address in angle
// brackets. For the strict profile: each is likely enough there, and nowhere else.
std::vector<std::size_t> find_name_places(const Tokens& tokens);

// Given names that stand in no list, being small words (hans, per, will): names before a surname and as a signature.
bool is_small_name(std::uint64_t hash);
// Surnames likewise (long, young): names behind a given name.
bool is_small_surname(std::uint64_t hash);

}  // namespace qf
