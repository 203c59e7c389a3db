// Trains the tagger of person names on a corpus and writes its weights as src/qf/privacy/tagger_weights.inc.
//
//   train_tagger CORPUS [--hold-out PERCENT] [--split FOLDER] [--out FILE]
//
// CORPUS has the form of klintan/swedish-ner-corpus: a word, a tab or spaces, and its label (PER, LOC, ORG, MISC, 0) on
// each line, an empty line after each sentence. The weights that ship come from its train_corpus.txt alone, without
// --hold-out; the same corpus gives the same file. With --hold-out, that share of the sentences is kept out and
// measured on, word by word. --split writes the two parts as FOLDER/learned.txt and FOLDER/held_out.txt, in CORPUS's
// form.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "qf/privacy/tagger.h"

namespace {

using qf::Tag;

struct Sentence {
  std::string text;
  std::vector<Tag> at_byte;  // the label of the word that each byte belongs to
  std::string lines;         // as it stands in the corpus
};

Tag label(std::string_view name) {
  if (name == "PER") return Tag::kPerson;
  return name == "LOC" || name == "ORG" || name == "MISC" ? Tag::kOtherName : Tag::kOrdinary;
}

// Words put together as they are printed: no space before a full stop.
std::vector<Sentence> read(const std::string& path) {
  std::vector<Sentence> sentences(1);
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t end = line.find_first_of("\t "), begin = line.find_last_of("\t ") + 1;
    if (end == std::string::npos || begin == line.size()) {
      if (!sentences.back().text.empty()) sentences.emplace_back();
      continue;
    }
    sentences.back().lines += line + '\n';
    std::string word = line.substr(0, end);
    for (std::size_t soft; (soft = word.find("\u00ad")) != std::string::npos;) word.erase(soft, 2);
    Sentence& sentence = sentences.back();
    const bool glued = word.size() == 1 && std::string_view(".,;:!?)").find(word[0]) != std::string_view::npos;
    const bool opened = !sentence.text.empty() && sentence.text.back() == '(';
    if (!sentence.text.empty() && !glued && !opened) sentence.text += ' ';
    sentence.at_byte.resize(sentence.text.size(), Tag::kOrdinary);
    sentence.text += word;
    sentence.at_byte.resize(sentence.text.size(), label(line.substr(begin)));
  }
  return sentences;
}

std::uint64_t next_random(std::uint64_t& state) {  // SplitMix64: the same on every machine
  std::uint64_t z = (state += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

constexpr std::size_t kWeights = qf::Tagger::kBuckets * qf::kTagCount;
constexpr int kEpochs = 12;

// Stochastic gradient descent with AdaGrad's step for each weight, over sentences in an order that is drawn anew for
// each epoch; the tags before a word are the model's own, so that it learns to live with its faults.
std::vector<std::int8_t> train(const std::vector<const Sentence*>& sentences) {
  std::vector<double> weights(kWeights), squares(kWeights), sums(kWeights);
  std::vector<std::size_t> order(sentences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::uint64_t random = 20250101;
  qf::Features features;
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[next_random(random) % i]);
    for (const std::size_t index : order) {
      const Sentence& sentence = *sentences[index];
      const qf::Tokens tokens = qf::tokenise(sentence.text);
      const std::vector<std::uint8_t> bits = qf::candidate_bits(tokens);
      Tag before = Tag::kOrdinary, before_that = Tag::kOrdinary;
      for (std::size_t i = 0; i < tokens.all.size(); ++i) {
        Tag found = Tag::kOrdinary;
        if (qf::is_name_candidate(tokens.all[i])) {
          const auto active = qf::name_features(tokens, bits, i, before, before_that, features);
          std::array<double, qf::kTagCount> value{};
          for (const std::uint32_t feature : active)
            for (std::size_t t = 0; t < qf::kTagCount; ++t) value[t] += weights[feature * qf::kTagCount + t];
          const double most = *std::max_element(value.begin(), value.end());
          found = static_cast<Tag>(std::max_element(value.begin(), value.end()) - value.begin());
          double total = 0;
          for (double& one : value) total += one = std::exp(one - most);
          const auto gold = static_cast<std::size_t>(sentence.at_byte[tokens.all[i].begin]);
          for (std::size_t t = 0; t < qf::kTagCount; ++t) {
            const double slope = value[t] / total - (t == gold ? 1.0 : 0.0);
            for (const std::uint32_t feature : active) {
              const std::size_t w = feature * qf::kTagCount + t;
              const double gradient = slope + 2e-5 * weights[w];
              squares[w] += gradient * gradient;
              weights[w] -= 0.05 * gradient / (std::sqrt(squares[w]) + 1e-6);
            }
          }
        }
        before_that = before;
        before = found;
      }
    }
    if (epoch >= kEpochs / 2)
      for (std::size_t w = 0; w < kWeights; ++w) sums[w] += weights[w];
  }
  std::vector<std::int8_t> rounded(kWeights);
  for (std::size_t w = 0; w < kWeights; ++w)
    rounded[w] = static_cast<std::int8_t>(
        std::clamp(std::lround(sums[w] / (kEpochs - kEpochs / 2) / qf::Tagger::kWeightStep), -127L, 127L));
  return rounded;
}

void measure(const qf::Tagger& tagger, const std::vector<const Sentence*>& sentences) {
  for (const float threshold : {0.05F, 0.1F, 0.3F, 0.4F, 0.5F, 0.6F}) {
    int right = 0, wrong = 0, missed = 0;
    for (const Sentence* sentence : sentences) {
      const qf::Tokens tokens = qf::tokenise(sentence->text);
      const auto scores = tagger.tag(tokens);
      for (std::size_t i = 0; i < scores.size(); ++i) {
        if (!tokens.all[i].word()) continue;
        const bool person = sentence->at_byte[tokens.all[i].begin] == Tag::kPerson;
        const bool said = scores[i].of(Tag::kPerson) >= threshold;
        right += person && said ? 1 : 0;
        wrong += !person && said ? 1 : 0;
        missed += person && !said ? 1 : 0;
      }
    }
    fmt::print("words of persons, at {}: precision {:.3f}, recall {:.3f}, F1 {:.3f}\n", threshold,
               right / double(right + wrong), right / double(right + missed),
               2.0 * right / (2 * right + wrong + missed));
  }
}

// Runs of empty buckets as their length, full ones as their weights, in base64.
std::string packed(const std::vector<std::int8_t>& weights) {
  std::string bytes;
  int empty = 0;
  for (std::size_t bucket = 0; bucket < qf::Tagger::kBuckets; ++bucket) {
    const auto* one = &weights[bucket * qf::kTagCount];
    if (std::all_of(one, one + qf::kTagCount, [](std::int8_t w) { return w == 0; })) {
      ++empty;
      continue;
    }
    for (; empty >= 255; empty -= 255) bytes.push_back(static_cast<char>(255));
    bytes.push_back(static_cast<char>(empty));
    empty = 0;
    for (std::size_t t = 0; t < qf::kTagCount; ++t) bytes.push_back(static_cast<char>(one[t]));
  }
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t held = 0;
    for (std::size_t k = 0; k < 3; ++k)
      held = (held << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t k = 0; k < digits; ++k) text.push_back(kDigits[(held >> (18 - 6 * k)) & 63]);
  }
  return text;
}

bool write(const std::string& path, const std::vector<const Sentence*>& sentences) {
  std::ofstream file(path);
  for (const Sentence* sentence : sentences) file << sentence->lines << '\n';
  return static_cast<bool>(file.flush());
}

}  // namespace

int main(int argc, char** argv) {
  std::string corpus, out, split;
  unsigned hold_out = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--hold-out" && i + 1 < argc) {
      const std::string_view value = argv[++i];
      std::from_chars(value.data(), value.data() + value.size(), hold_out);
    } else if (argument == "--split" && i + 1 < argc) {
      split = argv[++i];
    } else if (argument == "--out" && i + 1 < argc) {
      out = argv[++i];
    } else {
      corpus = argument;
    }
  }
  const std::vector<Sentence> sentences = corpus.empty() ? std::vector<Sentence>{} : read(corpus);
  if (sentences.size() < 100) {
    fmt::print(stderr,
               "usage: train_tagger CORPUS [--hold-out PERCENT] [--split FOLDER] [--out FILE]\nCORPUS: a word, a tab "
               "or spaces, and its label on each line, an empty line after each sentence; at least 100 sentences\n");
    return 2;
  }
  std::vector<const Sentence*> learned, kept;
  for (const Sentence& sentence : sentences)
    (qf::word_hash(sentence.text) % 100 < hold_out ? kept : learned).push_back(&sentence);
  if (!split.empty() && !(write(split + "/learned.txt", learned) && write(split + "/held_out.txt", kept))) {
    fmt::print(stderr, "train_tagger: cannot write into {}\n", split);
    return 2;
  }
  const std::vector<std::int8_t> weights = train(learned);
  fmt::print("trained on {} sentences\n", learned.size());
  if (!kept.empty()) measure(qf::Tagger(weights), kept);
  if (out.empty()) return 0;
  const std::string text = packed(weights);
  std::ofstream file(out);
  file << "// Generated by tools/train_tagger from klintan/swedish-ner-corpus (CC BY 4.0): 8-bit weights, base64.\n"
       << "constexpr char kTaggerWeights[] =\n";
  for (std::size_t i = 0; i < text.size(); i += 16000)
    file << "    \"" << text.substr(i, 16000) << (i + 16000 < text.size() ? "\"\n" : "\";\n");
  fmt::print("{} bytes written\n", text.size());
  return file.flush() ? 0 : 2;
}
