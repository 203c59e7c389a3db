// Signs of people without a word for them: class names and user names, most of them only in the strict profile.
#pragma once

#include <vector>

#include "qf/privacy/recognizers.h"

namespace qf {

// Adds them to what names and recognisers found. In questions only the class behind somebody's name: "Päivi i 8B".
void find_signs(const Tokens& tokens, bool strict, std::vector<Finding>& found);

}  // namespace qf
