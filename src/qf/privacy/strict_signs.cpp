#include "qf/privacy/strict_signs.h"

#include <algorithm>

#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

constexpr float kScore = 0.55F;
constexpr std::string_view kClassRule = "class_alone", kHandleRule = "handle";

// The programmes of the Swedish upper secondary school, the introductory ones, and what older classes are called after.
constexpr std::string_view kProgrammes =
    "na|te|sa|ek|es|bf|vo|im|it|hu|ee|ba|ft|ha|hv|in|nb|rl|vf|fs|ib|ims|imv|imy|ima|imr|nat|tek|sam|eko|est|nv|sp";
constexpr std::string_view kThings =
    "fråga|frågan|frågorna|frågor|uppgift|uppgiften|uppgifter|uppgifterna|deluppgift|deluppgiften|sal|salen|rum|"
    "figur|tabell|sida|sidan|kapitel|version|formel|alternativ|alternativet|bild|del|delprov|block|steg|ruta|typ|"
    "nivå|uppg|question|questions|item|items|task|tasks|exercise|figure|table|page|room|part|option|section|step|"
    "problem";

class Signs {
 public:
  Signs(const Tokens& tokens, std::vector<Finding>& found) : tokens_(tokens), found_(found) {}

  void find() {
    for (std::size_t i = 0; i < tokens_.all.size(); ++i) {
      const Token& token = tokens_.all[i];
      if (token.word() && token.has(kHasDigit) && token.end - token.begin <= 6) class_name(i);
      if (token.kind == TokenKind::kSign && (token.hash == '_' || token.hash == '.')) handle(i);
    }
  }

  // "Päivi i 8B"
  void find_classes_behind_names() {
    const std::size_t people = found_.size();
    for (std::size_t p = 0; p < people; ++p) {
      if (found_[p].type != EntityType::kPerson) continue;
      const std::size_t i = tokens_.at_byte(found_[p].end) + 1;
      if (i < tokens_.all.size() && tokens_.all[i].has(kHasDigit) && tokens_.all[i].end - tokens_.all[i].begin <= 6 &&
          is_one_of(view(i - 1), "i|in"))
        class_name(i);
    }
  }

 private:
  std::string_view view(std::size_t i) const {
    return i < tokens_.all.size() ? tokens_.view(tokens_.all[i]) : std::string_view();
  }
  bool is_thing(std::size_t i) const {
    static const WordSet things(kThings);
    return tokens_.all[i].word() && things.holds(tokens_.all[i].hash);
  }
  // Whether the code goes on a list that a word for questions or rooms began: "uppgift 2a och 3b".
  bool of_a_thing(std::size_t i) const {
    for (std::size_t before = i; before > 0 && i - before < 6;) {
      --before;
      if (is_thing(before)) return true;
      const std::string_view word = view(before);
      if (tokens_.all[before].has(kHasDigit) || is_one_of(word, "och|and|,|-|till|to|eller|or|&|(")) continue;
      return false;
    }
    return false;
  }

  void class_name(std::size_t i) {
    const std::string_view word = view(i);
    std::size_t letters = 0;
    while (letters < word.size() && is_ascii_upper(word[letters])) ++letters;
    std::size_t digits = letters;
    while (digits < word.size() && is_ascii_digit(word[digits])) ++digits;
    const std::size_t rest = word.size() - digits;
    const bool letter = rest == 0 || (rest == 1 && is_ascii_letter(word[digits]));
    if (!letter || digits == letters || of_a_thing(i)) return;
    // NA2B, TE23, SA22b
    if (letters >= 2 && letters <= 3 && digits - letters <= 2 && is_one_of(word.substr(0, letters), kProgrammes))
      return add(i, i, EntityType::kClass, kClassRule);
    if (letters != 0 || digits != 1 || rest != 1 || word[0] == '0') return;
    // 7D: of the lower years only with a capital; 3D is no class, and 8h, 9g, 7d are measures.
    const char section = word[1];
    const bool capital = is_ascii_upper(section);
    if (capital ? section > 'H' || is_one_of(word, "2D|3D") : section > 'c' || word[0] < '6') return;
    const bool placed = i > 0 && is_one_of(view(i - 1), "i|på|för|med|in|from|från|till|hos|av|both|båda|mina|min");
    const bool acts =
        is_one_of(view(i + 1),
                  "fick|har|hade|klarade|skrev|gjorde|gör|är|var|ska|skulle|behöver|tyckte|missade|fastnade|"
                  "läser|got|had|has|did|wrote|struggled|failed|passed");
    const bool starts = i == 0 || tokens_.all[i].has(kSentenceStart);
    if (placed || (acts && starts)) add(i, i, EntityType::kClass, kClassRule);
  }

  // A part of a handle: letters, digits perhaps behind them, and no word of a language.
  bool is_part(std::size_t i, bool unknown) const {
    const Token& part = tokens_.all[i];
    if (!part.word() || part.letters < 2 || part.has(kAllCapitals) || part.has(kInnerCapital)) return false;
    const std::uint8_t bits = word_bits(part.hash);
    return !unknown || (bits & (kSwedishWord | kEnglishWord)) == 0;
  }
  bool joined(std::size_t i) const { return i < tokens_.all.size() && !tokens_.all[i].has(kAfterSpace); }

  // zilan_baran; mei.wang.26. In code (user_id, list.sort) one part at least is a word.
  void handle(std::size_t sign) {
    if (sign == 0 || !joined(sign) || !joined(sign + 1) || !is_part(sign - 1, true) || !is_part(sign + 1, true)) return;
    const auto& all = tokens_.all;
    if (sign >= 2 && joined(sign - 1) && !is_one_of(view(sign - 2), "(|\"|'|@|:|,")) return;  // the first joint only
    std::size_t last = sign + 1;
    bool digits = all[last].has(kHasDigit);
    while (last + 2 < all.size() && joined(last + 1) && joined(last + 2) && is_one_of(view(last + 1), "_|.|-") &&
           (all[last + 2].word() || all[last + 2].kind == TokenKind::kNumber)) {
      digits = digits || all[last + 2].kind == TokenKind::kNumber;
      last += 2;
    }
    const bool call = joined(last + 1) && is_one_of(view(last + 1), "(|[|{|=|/|\\");
    const auto is_name = [&](std::size_t i) { return (word_bits(all[i].hash) & (kGivenName | kSurname)) != 0; };
    if (call || (view(sign) == "." && !digits && !(is_name(sign - 1) && is_name(sign + 1)))) return;
    add(sign - 1, last, EntityType::kUserName, kHandleRule);
  }

  void add(std::size_t first, std::size_t last, EntityType type, std::string_view rule) {
    found_.push_back({tokens_.all[first].begin, tokens_.all[last].end, type, kScore, rule});
  }

  const Tokens& tokens_;
  std::vector<Finding>& found_;
};

}  // namespace

void find_signs(const Tokens& tokens, bool strict, std::vector<Finding>& found) {
  Signs signs(tokens, found);
  if (strict)
    signs.find();
  else
    signs.find_classes_behind_names();
}

}  // namespace qf
