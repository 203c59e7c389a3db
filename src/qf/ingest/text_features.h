// Features that are drawn from a text but do not give the text away: buckets, bands and closed classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace qf {

// All views are constants that live for ever; a feature that cannot be told is empty.
struct TextFeatures {
  std::string_view length_bucket;   // length_bucket() of the words
  std::string_view cue_verb_class;  // Bloom level of the first cue verb or question opener
  std::string_view readability;     // very_easy, easy, medium, hard, very_hard; empty under 3 words
  std::string_view language;        // sv, en
};

// The features of a question's text, in one pass over its bytes.
//
// Readability is LIX (Björnsson 1968): words per sentence plus the share of words of more than six letters in
// percent, in bands below 25, 35, 45, 55 and above. Language is told by function words, by cue verbs and by
// words with å, ä or ö; it stays empty where the two languages are near each other.
TextFeatures text_features(std::string_view text);

// 0, 1-5, 6-15, 16-40, 41-100, 101+
std::string_view length_bucket(std::size_t words);
// none, 1-5, 6-15, 16-40, 41+
std::string_view rationale_length_bucket(std::size_t words);

// Rows of the table of cue verbs, for listings: `words` holds them with '|' between, two-word ones with a space.
struct CueVerbs {
  std::string_view level;     // canonical Bloom level
  std::string_view language;  // sv, en
  std::string_view words;
};
std::span<const CueVerbs> cue_verbs();

}  // namespace qf
