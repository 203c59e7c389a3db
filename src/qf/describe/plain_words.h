// The program's own names (states, scopes, gates, periods) in the words of people, Swedish or English.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qf {

// `language` is sv or en. The name itself where no words are known for it, such as what a person wrote.
std::string in_words(std::string_view name, std::string_view language);
// Of a gate and of a period of retention, some of which have a name that means something else elsewhere.
std::string gate_in_words(std::string_view name, std::string_view language);
std::string term_in_words(std::string_view name, std::string_view language);
// What a gate measured or asks for: a number, or a number with words around it.
std::string measure_in_words(std::string_view measure, std::string_view language);
// What of texts a version holds: by group of texts, its level.
std::string text_levels_in_words(const std::vector<std::pair<std::string, std::string>>& levels,
                                 std::string_view language);

}  // namespace qf
