// Subjects, and sentences filled with their words.
#include "vocabulary.h"

namespace classroom {
namespace {

void capitalise(std::string& out, std::size_t at) {
  const auto first = static_cast<unsigned char>(out[at]);
  if (first >= 'a' && first <= 'z') {
    out[at] = static_cast<char>(first - 32);
  } else if (first == 0xc3 && static_cast<unsigned char>(out[at + 1]) >= 0xa0) {  // å, ä, ö and their like
    out[at + 1] = static_cast<char>(static_cast<unsigned char>(out[at + 1]) - 32);
  }
}

std::string_view another(Words words, std::size_t than, Random& random) {
  return words[(than + 1 + random.below(words.size() - 1)) % words.size()];
}

// A phrase of the lexicon, whose only gap is a number.
void append_phrase(std::string& out, std::string_view phrase, Random& random) {
  const std::size_t gap = phrase.find("%n");
  out += phrase.substr(0, gap);
  if (gap == std::string_view::npos) return;
  out += std::to_string(random.between(2, 60));
  out += phrase.substr(gap + 2);
}

}  // namespace

const std::array<Subject, kSubjectCount>& subjects() {
  static const auto sv = swedish_lexicons();
  static const auto en = english_lexicons();
  static const std::array<Subject, kSubjectCount> all = {{
      {"biology", "Biologi", "Biology", "BIOBIO01", sv[0], en[0]},
      {"physics", "Fysik", "Physics", "FYSFYS02", sv[1], en[1]},
      {"history", "Historia", "History", "HISHIS01b", sv[2], en[2]},
      {"mathematics", "Matematik", "Mathematics", "MATMAT03c", sv[3], en[3]},
      {"swedish", "Svenska", "Swedish", "SVESVE02", sv[4], en[4]},
  }};
  return all;
}

const Phrases& phrases(Language language) {
  return language == Language::kSwedish ? swedish_phrases() : english_phrases();
}

void compose(std::string& out, std::string_view sentence, const Lexicon& lexicon, Random& random) {
  const std::size_t begin = out.size();
  const std::size_t topic = random.below(lexicon.topics.size());
  const std::size_t factor = random.below(lexicon.factors.size());
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    if (sentence[i] != '%' || i + 1 == sentence.size()) {
      out += sentence[i];
      continue;
    }
    switch (sentence[++i]) {
      case 't': out += lexicon.topics[topic]; break;
      case 'u': out += another(lexicon.topics, topic, random); break;
      case 'f': out += lexicon.factors[factor]; break;
      case 'g': out += another(lexicon.factors, factor, random); break;
      case 's': append_phrase(out, random.pick(lexicon.settings), random); break;
      case 'c': append_phrase(out, random.pick(lexicon.conditions), random); break;
      case 'k': append_phrase(out, random.pick(lexicon.claims), random); break;
      case 'n': out += std::to_string(random.between(2, 60)); break;
      default: out += sentence[i];
    }
  }
  capitalise(out, begin);
}

}  // namespace classroom
