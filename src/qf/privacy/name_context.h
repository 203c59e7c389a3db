// What the words around a word say of it: whether a name is announced there, or somebody spoken of.
#pragma once

#include <cstddef>

#include "qf/privacy/tokens.h"

namespace qf {

// Whether a word before token `i` announces a name there: 2 strongly, 1 weakly, 0 not.
int announced(const Tokens& tokens, std::size_t i);

// In Houston, from Lincoln, Jackson, Texas: a place that is a surname too stands for the place.
bool located(const Tokens& tokens, std::size_t i);

// Mark says, Hope has: a word that is a name too begins the sentence, and a verb of the third person follows.
bool acts(const Tokens& tokens, std::size_t i);

// Whether the words around [first, last] speak of somebody: By Wei Wang; Yuxin Chen sa; Yuxin Chen i 9B.
bool somebody_around(const Tokens& tokens, std::size_t first, std::size_t last);

// Hovrättsrådet, Nioårige, Sunderlands: unknown, before a name, and in form a Swedish noun, adjective or genitive.
bool looks_like_title(const Tokens& tokens, std::size_t i, bool likely);

// "Ek fäller sina löv": a name that is a word too begins the sentence, and nothing else says that it is somebody.
bool stands_as_word(const Tokens& tokens, std::size_t i);

// Whether the name [first, last] is of somebody the course is about: by the whole chain of capitals, of which only a
// part may have been found, or by what stands behind a genitive.
bool is_taught(const Tokens& tokens, std::size_t first, std::size_t last);

// Strict only: whether a word in lower case is typed where a name stands: "frågade jasmina", "zorans elever".
bool is_lower_case_name(const Tokens& tokens, std::size_t i, bool english);
// And whether the word behind such a name goes on with it: "pekka virtanen".
bool goes_on_in_lower_case(const Tokens& tokens, std::size_t i, bool english);

}  // namespace qf
