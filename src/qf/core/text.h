// Text as code points: whether it is valid UTF-8, when two texts say the same, how far apart they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace qf {

// What stands for a byte that is no part of valid UTF-8.
inline constexpr char32_t kReplacement = 0xFFFD;

// A text inside single quotes, as a shell takes it: for commands that are meant to be pasted.
std::string shell_quoted(std::string_view text);

// The byte offset of the first byte that is not valid UTF-8 (RFC 3629: no overlong forms, no surrogates,
// nothing above U+10FFFF), or nothing where all of it is valid. A sequence is named by its first byte.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

// The code point at byte `at`, which must lie inside the text; moves `at` behind it. A byte that begins no
// valid sequence gives kReplacement and is passed alone.
char32_t decode_utf8(std::string_view text, std::size_t& at);

// Appends a code point as UTF-8.
void append_utf8(char32_t code_point, std::string& out);

// Replaces `out` with a form of `text` that is equal for texts that differ only in letter case, white space
// or compatibility forms: NFKC with full case folding (Unicode TR31's NFKC_Casefold, one pass), each run of
// Unicode white space as one space, none at either end. Punctuation stays. Bytes that are not UTF-8 become
// U+FFFD. ASCII and Latin-1 letters take a path of their own, with the same result.
void normalise_for_comparison(std::string_view text, std::string& out);

// NFC with full case folding: makes two spellings of one name equal. White space stays as it is. Bytes that
// are not UTF-8 make the text come back unchanged, so that two broken names never become one.
std::string casefold_nfc(std::string_view text);

// Letters, marks and digits of any script: what words are made of.
bool is_word_character(char32_t code_point);

// The number of runs of word characters.
std::size_t count_words(std::string_view text);

// The Levenshtein distance in code points: insertions, deletions and substitutions. Nothing where either
// text is longer than `max_code_points` or not valid UTF-8. Takes time in proportion to the product of the
// lengths over 64, and memory in proportion to their sum.
std::optional<int> edit_distance(std::string_view a, std::string_view b, std::size_t max_code_points);

// The known name that `typed` was probably meant to be: the first of those at the least edit distance, which
// may be at most 2 or a third of the typed length, and less than the whole of either. Empty where there is
// none. Names longer than `max_code_points` are not compared.
std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known,
                              std::size_t max_code_points = 256);

}  // namespace qf
