#include "qf/privacy/tagger.h"

#include <algorithm>
#include <cmath>

#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

#include "qf/privacy/tagger_weights.inc"

constexpr std::uint64_t kBoundary = 0x51;

// What is seen of the neighbour at `at`: its word, or that there is none.
std::uint64_t seen(const Tokens& tokens, std::ptrdiff_t at) {
  if (at < 0 || at >= static_cast<std::ptrdiff_t>(tokens.all.size())) return kBoundary;
  const Token& token = tokens.all[static_cast<std::size_t>(at)];
  if (token.kind == TokenKind::kNumber) return 0x30 + std::min<std::uint64_t>(token.end - token.begin, 5);
  if (token.kind == TokenKind::kPlaceholder) return 0x52;
  return token.hash;
}

bool capital(const Tokens& tokens, std::ptrdiff_t at) {
  return at >= 0 && at < static_cast<std::ptrdiff_t>(tokens.all.size()) &&
         tokens.all[static_cast<std::size_t>(at)].has(kCapital);
}

std::uint64_t shape(const Token& token) {
  const std::uint64_t length = std::min<std::uint64_t>(token.letters, 12);
  return length | (token.has(kAllCapitals) ? 16 : 0) | (token.has(kInnerCapital) ? 32 : 0) |
         (token.has(kHyphenated) ? 64 : 0);
}

// Moves back over `count` code points from the end, at most to `least` bytes.
std::string_view ending(std::string_view word, int count) {
  std::size_t at = word.size();
  while (count > 0 && at > 0) {
    --at;
    if ((static_cast<unsigned char>(word[at]) & 0xC0) != 0x80) --count;
  }
  return word.substr(at);
}

std::string_view beginning(std::string_view word, int count) {
  std::size_t at = 0;
  while (at < word.size() && count > 0) {
    ++at;
    while (at < word.size() && (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80) ++at;
    --count;
  }
  return word.substr(0, at);
}

}  // namespace

bool is_name_candidate(const Token& token) {
  return token.word() && token.has(kCapital) && !token.has(kHasDigit) && token.letters > 1;
}

std::vector<std::uint8_t> candidate_bits(const Tokens& tokens) {
  std::vector<std::uint8_t> bits(tokens.all.size());
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (is_name_candidate(tokens.all[i])) bits[i] = word_bits(tokens.view(tokens.all[i]), tokens.all[i].hash);
  return bits;
}

std::span<const std::uint32_t> name_features(const Tokens& tokens, std::span<const std::uint8_t> bits, std::size_t at,
                                             Tag before, Tag before_that, Features& features) {
  const Token& token = tokens.all[at];
  const std::string_view word = tokens.view(token);
  const auto here = static_cast<std::ptrdiff_t>(at);
  std::size_t count = 0;
  std::uint64_t name = 0;
  const auto add = [&](std::uint64_t value) {
    std::uint64_t mixed = (value ^ (++name << 56)) * 0x9E3779B97F4A7C15ULL;
    mixed = (mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9ULL;
    features[count++] = static_cast<std::uint32_t>(mixed >> (64 - Tagger::kFeatureBits));
  };
  const auto bits_at = [&](std::ptrdiff_t i) -> std::uint64_t {
    return i < 0 || i >= static_cast<std::ptrdiff_t>(bits.size()) ? 255 : bits[static_cast<std::size_t>(i)];
  };
  const std::uint64_t known = bits[at], start = token.has(kSentenceStart) ? 1 : 0;
  const std::uint64_t tag = static_cast<std::uint64_t>(before), tag_before = static_cast<std::uint64_t>(before_that);
  const std::uint64_t next_capital = capital(tokens, here + 1) ? 1 : 0,
                      last_capital = capital(tokens, here - 1) ? 1 : 0;
  const std::uint64_t genitive = word.back() == 's' ? 1 : 0;
  add(1);
  add(token.hash);
  add(word_hash(genitive != 0 ? word.substr(0, word.size() - 1) : word));
  add(word_hash(ending(word, 2)));
  add(word_hash(ending(word, 3)));
  add(word_hash(ending(word, 4)));
  add(word_hash(ending(word, 5)));
  add(word_hash(beginning(word, 3)));
  add(word_hash(beginning(word, 4)));
  add(shape(token));
  add(shape(token) * 2 + start);
  add(known * 2 + start);
  add(known * 256 + bits_at(here + 1) * 2 + next_capital);
  add(known * 256 + bits_at(here - 1) * 4 + tag);
  add(known * 8 + next_capital * 4 + last_capital * 2 + start);
  add(seen(tokens, here - 1));
  add(seen(tokens, here - 2));
  add(seen(tokens, here + 1));
  add(seen(tokens, here + 2));
  add(seen(tokens, here - 1) * 3 + seen(tokens, here - 2) * 5);
  add(seen(tokens, here + 1) * 3 + seen(tokens, here + 2) * 5);
  add(seen(tokens, here - 1) * 64 + known);
  add(seen(tokens, here + 1) * 64 + known);
  add(tag * 3 + tag_before);
  add(tag * 8 + next_capital * 4 + start * 2 + genitive);
  add((tag * 3 + tag_before) * 64 + known);
  add(next_capital * 4 + last_capital * 2 + start);
  const std::string_view last_word = at > 0 && tokens.all[at - 1].word() ? tokens.view(tokens.all[at - 1]) : "";
  const std::string_view next_word =
      at + 1 < tokens.all.size() && tokens.all[at + 1].word() ? tokens.view(tokens.all[at + 1]) : "";
  add(word_hash(ending(last_word, 3)) + last_capital);
  add(word_hash(ending(next_word, 3)) + next_capital);
  // The word after the whole name: verbs of speech, "sade", "said".
  std::ptrdiff_t after = here + 1;
  while (capital(tokens, after)) ++after;
  add(seen(tokens, after) * 2 + (after - here > 1 ? 1 : 0));
  std::ptrdiff_t first = here - 1;
  while (capital(tokens, first)) --first;
  add(seen(tokens, first) * 2 + (here - first > 1 ? 1 : 0));
  return {features.data(), count};
}

std::vector<TagScores> Tagger::tag(const Tokens& tokens) const {
  std::vector<TagScores> scores(tokens.all.size());
  const std::vector<std::uint8_t> bits = candidate_bits(tokens);
  Features features;
  Tag before = Tag::kOrdinary, before_that = Tag::kOrdinary;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    Tag found = Tag::kOrdinary;
    if (is_name_candidate(tokens.all[i])) {
      std::array<int, kTagCount> sum{};
      for (const std::uint32_t feature : name_features(tokens, bits, i, before, before_that, features))
        for (std::size_t t = 0; t < kTagCount; ++t) sum[t] += weights_[feature * kTagCount + t];
      std::array<float, kTagCount> value{};
      float total = 0;
      const int most = *std::max_element(sum.begin(), sum.end());
      for (std::size_t t = 0; t < kTagCount; ++t)
        total += value[t] = std::exp(static_cast<float>(sum[t] - most) * kWeightStep);
      for (std::size_t t = 0; t < kTagCount; ++t) scores[i].probability[t] = value[t] / total;
      scores[i].bits = bits[i];
      scores[i].candidate = true;
      found = static_cast<Tag>(std::max_element(sum.begin(), sum.end()) - sum.begin());
    }
    before_that = before;
    before = found;
  }
  return scores;
}

const Tagger& Tagger::shipped() {
  static const Tagger tagger([] {
    const std::vector<std::uint8_t> bytes = from_base64(kTaggerWeights);
    std::vector<std::int8_t> weights(kBuckets * kTagCount);
    // Buckets without a weight are left out: a count of them, then the weights of one bucket, and so on.
    std::size_t at = 0, bucket = 0;
    while (at < bytes.size()) {
      bucket += bytes[at++];
      if (bytes[at - 1] == 255) continue;
      if (bucket >= kBuckets || at + kTagCount > bytes.size()) break;
      for (std::size_t t = 0; t < kTagCount; ++t)
        weights[bucket * kTagCount + t] = static_cast<std::int8_t>(bytes[at++]);
      ++bucket;
    }
    return weights;
  }());
  return tagger;
}

}  // namespace qf
