// Why a row or a text was left out, in the words of people, Swedish or English.
#pragma once

#include <string>
#include <string_view>

#include "qf/core/reason.h"

namespace qf {

// `language` is sv or en.
std::string reason_in_words(DropReason reason, std::string_view language);
// The same by the name that tallies use; the name itself where there is none such.
std::string reason_in_words(std::string_view name, std::string_view language);

}  // namespace qf
