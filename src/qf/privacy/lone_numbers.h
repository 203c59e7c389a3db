// Numbers that are all that somebody wrote: no word beside them says what they are, so their shape has to.
#pragma once

#include <string_view>
#include <vector>

#include "qf/privacy/recognizers.h"

namespace qf {

// The rule's name in the trace, and what it means.
inline constexpr std::string_view kLoneNumber = "number_alone";

// Adds each number of five digits or more that is a whole value: the text, a line of it, an item of a list, an answer
// behind its letter, or a value in JSON. Round numbers (15 000), spans of years (1914-1918) and fractions (3.14159)
// point at nobody and stay; so do the numbers of a sentence, which the recognisers judge by their context.
void find_lone_numbers(std::string_view text, std::vector<Finding>& found);

}  // namespace qf
