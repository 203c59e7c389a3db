// Words that are what a course is about, or plain words of the language, though no list of words holds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "qf/privacy/tokens.h"

namespace qf {

// Units, formulas, months beside a number, levels of Bloom and SOLO, feasts, names of classes in code: nobody's name.
bool is_subject_word(const Tokens& tokens, std::size_t at);

// Whether the word is an inflection or a compound of Swedish words that are known: "arean", "lösningsfrekvens".
bool is_swedish_form(std::string_view word);

// Verbs that people do: "tyckte", "sa", "asked". A capital before one is somebody more often than not.
bool is_human_verb(std::uint64_t hash);

// Names that in a sentence of a course are as often the word: "Ek", "Björn", "Ester", "Frank".
bool is_name_and_word(std::uint64_t hash);

// "lag", "sjukdom", "theorem": what stands behind the genitive of whom a course is about.
bool is_named_after_somebody(std::uint64_t hash);

}  // namespace qf
