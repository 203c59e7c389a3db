#include "qf/ingest/text_features.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "qf/core/text.h"

namespace qf {
namespace {

// Imperative and infinitive, as tasks are worded; and the openers of questions that ask for the same.
constexpr CueVerbs kCueVerbs[] = {
    {"Remember", "sv",
     "ange|angiv|nämn|nämna|räkna upp|räknas upp|definiera|lista|namnge|identifiera|återge|memorera|minns|vad är|vad "
     "heter|"
     "vad kallas|vad menas|vem är|vem var|vilket år|när var|vilka är|hur många|citera|känn igen|sätt ut|peka ut"},
    {"Remember", "en",
     "define|list|name|state|recall|identify|label|recite|memorize|memorise|quote|recognize|recognise|what is|what "
     "are|what was|"
     "who is|who was|who were|when did|when was|where is|how many"},
    {"Understand", "sv",
     "beskriv|beskriva|förklara|sammanfatta|redogör|redogöra|tolka|exemplifiera|klassificera|återberätta|diskutera|"
     "illustrera|"
     "ge exempel|varför|vad innebär|vad betyder|hur fungerar|redovisa|parafrasera|översätt"},
    {"Understand", "en",
     "describe|explain|summarize|summarise|interpret|paraphrase|classify|discuss|illustrate|exemplify|translate|why|"
     "give examples|"
     "give an|what does|how does|how do|restate|outline"},
    {"Apply", "sv",
     "använd|använda|beräkna|lös|lösa|tillämpa|räkna|bestäm|bestämma|visa|utför|utföra|rita|genomför|genomföra|"
     "demonstrera|omvandla"},
    {"Apply", "en",
     "apply|calculate|compute|solve|use|demonstrate|determine|execute|implement|carry "
     "out|show|convert|complete|operate"},
    {"Analyze", "sv",
     "analysera|jämför|jämföra|undersök|undersöka|särskilj|särskilja|kategorisera|kontrastera|skilj|dela upp|bryt "
     "ner|utred|utreda|"
     "relatera|härled|härleda"},
    {"Analyze", "en",
     "analyze|analyse|compare|contrast|distinguish|differentiate|examine|categorize|categorise|investigate|deconstruct|"
     "infer|relate|break down"},
    {"Evaluate", "sv",
     "bedöm|bedöma|värdera|utvärdera|argumentera|motivera|granska|kritisera|rekommendera|ta "
     "ställning|försvara|rangordna|prioritera|"
     "avgör|pröva"},
    {"Evaluate", "en",
     "evaluate|assess|judge|justify|critique|criticize|criticise|argue|defend|recommend|rank|prioritize|prioritise|"
     "appraise|validate"},
    {"Create", "sv",
     "skapa|konstruera|designa|utforma|formulera|planera|utveckla|föreslå|komponera|uppfinn|uppfinna|författa|sätt "
     "samman|ta fram"},
    {"Create", "en",
     "create|construct|design|compose|formulate|develop|propose|invent|devise|generate|produce|hypothesize|"
     "hypothesise"},
};

// Frequent words of one language that the other does not have, or hardly ever.
constexpr std::string_view kSwedishWords =
    "och|att|det|som|en|ett|på|är|av|för|med|den|till|inte|om|har|de|eller|vid|kan|hur|vad|vilken|vilket|vilka|när|"
    "från|ska|skall|blir|"
    "där|utan|denna|detta|dessa|man|sig|sin|sitt|sina|också|mellan|genom|efter|under|över|mot|då|så|vi|du|ni|han|hon|"
    "deras|dig|din|ditt|"
    "varför|vem|bara|både|samt|följande|alternativ|svara|ge|två|tre|rätt|enligt";
constexpr std::string_view kEnglishWords =
    "the|of|and|to|is|that|it|as|with|was|are|by|this|which|from|or|what|how|does|not|an|be|at|these|those|their|there|"
    "has|have|had|were|"
    "will|would|should|could|why|when|where|who|its|between|through|because|than|then|they|you|your|two|three|"
    "following|each|about|into|"
    "according|correct|answer|if|can";

struct Word {
  std::string_view text;   // folded; empty for a free slot
  std::uint8_t level = 0;  // 1 to 6, 0 for no cue verb
  std::uint8_t swedish = 0, english = 0;
  bool opens = false;  // the first of a two-word cue
};

constexpr std::array<std::string_view, 7> kLevels = {"",        "Remember", "Understand", "Apply",
                                                     "Analyze", "Evaluate", "Create"};
constexpr std::size_t kMaxWordBytes = 32;  // with the word before it; nothing in the table is longer

std::uint64_t hash(const char* from, std::size_t size) {
  std::uint64_t value = size;
  for (; size >= 8; size -= 8, from += 8) {
    std::uint64_t part = 0;
    std::memcpy(&part, from, 8);
    value = (std::rotl(value, 25) ^ part) * 0x9FB21C651E98DF25ULL;
  }
  std::uint64_t part = 0;
  std::memcpy(&part, from, size);
  value = (std::rotl(value, 25) ^ part) * 0x9FB21C651E98DF25ULL;
  return value ^ (value >> 29);
}

template <class Take>
void for_each(std::string_view list, Take take) {
  while (!list.empty()) {
    const std::size_t bar = list.find('|');
    take(list.substr(0, bar));
    list = bar == std::string_view::npos ? std::string_view() : list.substr(bar + 1);
  }
}

class WordTable {
 public:
  WordTable() : slots_(kSlots) {
    for_each(kSwedishWords, [&](std::string_view word) { slot(word).swedish = 2; });
    for_each(kEnglishWords, [&](std::string_view word) { slot(word).english = 2; });
    for (const CueVerbs& row : kCueVerbs)
      for_each(row.words, [&](std::string_view words) {
        Word& word = slot(words);
        word.level = static_cast<std::uint8_t>(std::find(kLevels.begin(), kLevels.end(), row.level) - kLevels.begin());
        (row.language == "sv" ? word.swedish : word.english) = 2;
        if (const std::size_t space = words.find(' '); space != std::string_view::npos)
          slot(words.substr(0, space)).opens = true;
      });
  }

  // A word of the table, or an empty one.
  const Word& find(std::string_view text) const {
    static constexpr Word kUnknown;
    for (std::size_t at = hash(text.data(), text.size()) & (kSlots - 1); !slots_[at].text.empty();
         at = (at + 1) & (kSlots - 1))
      if (slots_[at].text == text) return slots_[at];
    return kUnknown;
  }

 private:
  Word& slot(std::string_view text) {
    std::size_t at = hash(text.data(), text.size()) & (kSlots - 1);
    while (!slots_[at].text.empty() && slots_[at].text != text) at = (at + 1) & (kSlots - 1);
    slots_[at].text = text;
    return slots_[at];
  }

  static constexpr std::size_t kSlots = 2048;
  std::vector<Word> slots_;
};

const WordTable& word_table() {
  static const WordTable table;
  return table;
}

// What an ASCII byte is to the reader: 0 for nothing, else the lower-case letter or the digit.
constexpr auto kWordBytes = [] {
  std::array<char, 256> bytes{};
  for (std::size_t c = '0'; c <= '9'; ++c) bytes[c] = static_cast<char>(c);
  for (std::size_t c = 'a'; c <= 'z'; ++c) bytes[c] = bytes[c - 0x20] = static_cast<char>(c);
  return bytes;
}();

// Goes along a text word by word and keeps only counts.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  TextFeatures read() {
    while (at_ < text_.size()) {
      if (read_word()) {
        end_word();
      } else {
        pass_mark();
      }
    }
    if (level_ == 0) level_ = pending_level_;
    if (words_since_end_ > 0) ++sentences_;
    TextFeatures features;
    features.length_bucket = length_bucket(words_);
    features.cue_verb_class = kLevels[level_];
    features.readability = readability();
    features.language = language();
    return features;
  }

 private:
  unsigned byte(std::size_t at) const { return static_cast<unsigned char>(text_[at]); }

  // Reads the letters and digits at the current place into word_, folded; false where there are none.
  bool read_word() {
    std::size_t size = before_size_, letters = 0, at = at_;
    bool swedish_letter = false;
    const auto put = [&](unsigned c) {
      // What is too long for the table is still counted: the last byte makes it match nothing.
      word_[size < kMaxWordBytes ? size++ : kMaxWordBytes] = static_cast<char>(c);
    };
    while (at < text_.size()) {
      const unsigned c = byte(at);
      if (const char folded = kWordBytes[c]; folded != 0) {
        put(static_cast<unsigned char>(folded));
        letters += folded > '9' ? 1 : 0;
        ++at;
        continue;
      }
      if (c < 0x80) break;
      std::size_t next = at;
      const char32_t point = decode_utf8(text_, next);
      if (point >= 0xC0 && point <= 0xFF) {
        if (point == 0xD7 || point == 0xF7) break;
        const unsigned second = byte(at + 1);
        const unsigned folded = second < 0x9F ? second + 0x20 : second;
        put(0xC3);
        put(folded);
        swedish_letter |= folded == 0xA4 || folded == 0xA5 || folded == 0xB6;
        ++letters;
      } else {
        if (!is_word_character(point)) break;
        put(0xFF);  // a letter that no word of the table has
        letters += point >= 0x300 && point <= 0x36F ? 0 : 1;
      }
      at = next;
    }
    if (at == at_) return false;
    at_ = at;
    size_ = size;
    ++words_;
    ++words_since_end_;
    long_words_ += letters > 6 ? 1 : 0;
    swedish_ += swedish_letter ? 1 : 0;
    return true;
  }

  void end_word() {
    // word_ holds the opener before this word, a space, and the word.
    const std::size_t begin = before_size_;
    const bool fits = size_ < kMaxWordBytes;
    static constexpr Word kNone;
    const Word& word = fits ? table_.find({word_.data() + begin, size_ - begin}) : kNone;
    swedish_ += word.swedish;
    english_ += word.english;
    if (level_ == 0) {
      const Word& both = begin > 0 && fits ? table_.find({word_.data(), size_}) : kNone;
      swedish_ += both.swedish;
      english_ += both.english;
      // A word that may open a cue of two waits for the next one: "räkna upp" is not "räkna".
      level_ = both.level != 0 ? both.level : pending_level_;
      pending_level_ = 0;
      if (level_ == 0 && word.opens) pending_level_ = word.level;
      if (level_ == 0 && !word.opens) level_ = word.level;
    }
    if (level_ == 0 && word.opens) {
      std::memmove(word_.data(), word_.data() + begin, size_ - begin);
      before_size_ = size_ - begin;
      word_[before_size_++] = ' ';
    } else {
      before_size_ = 0;
    }
  }

  // Passes what is no part of a word, and counts the sentence if it ends one.
  void pass_mark() {
    const unsigned c = byte(at_);
    if (c >= 0x80) {
      const char32_t point = decode_utf8(text_, at_);
      if (point == 0x2026) end_sentence();
      return;
    }
    ++at_;
    if (c == '!' || c == '?' || (c == '.' && ends_here()) ||
        (c == ':' && (at_ == text_.size() || kWordBytes[byte(at_)] == 0)))
      end_sentence();
    if (c == '\n' && at_ < text_.size() && text_[at_] == '\n') end_sentence();
  }

  // A point inside a number or an abbreviation ends no sentence, nor does one before a small letter.
  bool ends_here() const {
    if (at_ < text_.size() && kWordBytes[byte(at_)] != 0) return false;
    std::size_t next = at_;
    while (next < text_.size() && text_[next] == ' ') ++next;
    return next == text_.size() || text_[next] < 'a' || text_[next] > 'z';
  }

  void end_sentence() {
    if (words_since_end_ == 0) return;
    ++sentences_;
    words_since_end_ = 0;
    // The words of two sentences make no cue of two words.
    before_size_ = 0;
    if (level_ == 0) level_ = pending_level_;
    pending_level_ = 0;
  }

  std::string_view readability() const {
    if (words_ < 3) return {};
    // words/sentences + 100·long/words against a limit, without division.
    const auto below = [&](std::size_t limit) {
      return words_ * words_ + 100 * long_words_ * sentences_ < limit * sentences_ * words_;
    };
    if (below(25)) return "very_easy";
    if (below(35)) return "easy";
    if (below(45)) return "medium";
    return below(55) ? "hard" : "very_hard";
  }

  // One side needs a whole function word, and twice what the other has.
  std::string_view language() const {
    if (swedish_ >= 2 && swedish_ >= 2 * english_) return "sv";
    if (english_ >= 2 && english_ >= 2 * swedish_) return "en";
    return {};
  }

  std::string_view text_;
  const WordTable& table_ = word_table();
  std::size_t at_ = 0;
  std::array<char, kMaxWordBytes + 1> word_{};
  std::size_t size_ = 0, before_size_ = 0;
  std::size_t words_ = 0, long_words_ = 0, sentences_ = 0, words_since_end_ = 0;
  std::size_t swedish_ = 0, english_ = 0;
  std::uint8_t level_ = 0, pending_level_ = 0;
};

}  // namespace

TextFeatures text_features(std::string_view text) { return Reader(text).read(); }

std::string_view length_bucket(std::size_t words) {
  if (words == 0) return "0";
  if (words <= 5) return "1-5";
  if (words <= 15) return "6-15";
  if (words <= 40) return "16-40";
  return words <= 100 ? "41-100" : "101+";
}

std::string_view rationale_length_bucket(std::size_t words) {
  if (words == 0) return "none";
  return words <= 40 ? length_bucket(words) : "41+";
}

std::span<const CueVerbs> cue_verbs() { return kCueVerbs; }

}  // namespace qf
