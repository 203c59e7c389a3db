// A small statistical tagger of our own: how likely a capitalised word is part of a person's name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "qf/privacy/tokens.h"

namespace qf {

// What a capitalised word is: part of a person's name, of another name (place, organisation, work), or neither.
enum class Tag : std::uint8_t { kOrdinary, kPerson, kOtherName };
inline constexpr std::size_t kTagCount = 3;

struct TagScores {
  std::array<float, kTagCount> probability{1, 0, 0};  // they sum to 1; {1, 0, 0} for words that are no candidates
  std::uint8_t bits = 0;                              // word_bits of a candidate
  bool candidate = false;

  float of(Tag tag) const { return probability[static_cast<std::size_t>(tag)]; }
};

// A multinomial logistic regression over hashed features of a word and its neighbours, from left to right with the
// tags found so far (a maximum entropy Markov model: McCallum, Freitag and Pereira 2000). Weights are 8-bit.
class Tagger {
 public:
  static constexpr int kFeatureBits = 18;
  static constexpr std::size_t kBuckets = std::size_t{1} << kFeatureBits;
  static constexpr float kWeightStep = 1.0F / 32;  // of one unit of a weight

  // The tagger that ships: trained on the klintan corpus alone (CC BY 4.0) by tools/train_tagger.
  static const Tagger& shipped();
  // Weights as [bucket][tag]; kBuckets * kTagCount of them.
  explicit Tagger(std::vector<std::int8_t> weights) : weights_(std::move(weights)) {}

  // One score for each token, in order.
  std::vector<TagScores> tag(const Tokens& tokens) const;

 private:
  std::vector<std::int8_t> weights_;
};

// The candidates are words that begin with a capital letter and hold no digit, but not a single letter alone.
bool is_name_candidate(const Token& token);

// The places in the weights of the features of token `at`; for the tagger and for its training.
using Features = std::array<std::uint32_t, 40>;
std::span<const std::uint32_t> name_features(const Tokens& tokens, std::span<const std::uint8_t> bits, std::size_t at,
                                             Tag before, Tag before_that, Features& features);

// word_bits of each token that is a candidate, 0 for the others.
std::vector<std::uint8_t> candidate_bits(const Tokens& tokens);

}  // namespace qf
