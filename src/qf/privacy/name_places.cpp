#include "qf/privacy/name_places.h"

#include <string_view>

#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

// Alone in a line, or alone before a comma, and nobody.
constexpr std::string_view kNoName =
    "however|also|first|firstly|second|secondly|third|finally|lastly|next|then|therefore|thus|hence|moreover|"
    "furthermore|"
    "meanwhile|besides|anyway|well|yes|no|ok|okay|please|sorry|congratulations|sincerely|respectfully|cordially|warmly|"
    "yours|"
    "love|thanks|thank|regards|best|cheers|hi|hello|hey|hej|hejsan|mvh|vh|tack|hälsningar|all|everyone|everybody|"
    "colleagues|"
    "friends|folks|guys|team|sir|madam|ladies|gentlemen|ja|nej|jo|nja|okej|dock|därför|sedan|först|slutligen|alltså|"
    "dessutom|"
    "alla|kollegor|vänner|fyi|asap|ps|nb|re|fw|fwd|cc|bcc|to|from|subject|date|sent|pdf|doc|faq|tba|tbd|lol|omg|wtf|ie|"
    "eg|etc|"
    "mm|osv|dvs|tex|kl|nr|st|sid|jpg|png|html|xml|csv|sql|url|usa|eu|uk|fn|tv|it|vd|ceo|am|pm|im|dm|tl|dr|btw|imo|idk|"
    "brb|thx|"
    "plz|pls|hmm|hm|mmm|ah|oh|eh|uh|um|haha|mc|mr|mrs|ms|tf|fib|gm|ta|hs|vg|mvg|ig";

class Places {
 public:
  explicit Places(const Tokens& tokens) : tokens_(tokens) {}

  std::vector<std::size_t> find() {
    const auto& all = tokens_.all;
    for (std::size_t from = 0; from < all.size();) {
      std::size_t to = from + 1;
      while (to < all.size() && !all[to].has(kAfterNewline)) ++to;
      line(from, to);
      from = to;
    }
    return std::move(found_);
  }

 private:
  std::string_view view(std::size_t i) const {
    return i < tokens_.all.size() ? tokens_.view(tokens_.all[i]) : std::string_view();
  }
  bool nobody(const Token& word) const {
    static const WordSet no_name(kNoName);
    return no_name.holds(word.hash);
  }
  // By the lists a given name, and no place.
  bool given(std::size_t i) const {
    const std::uint8_t bits = word_bits(view(i), tokens_.all[i].hash);
    return is_small_name(tokens_.all[i].hash) || ((bits & kGivenName) != 0 && (bits & kPlace) == 0);
  }

  void line(std::size_t from, std::size_t to) {
    const auto& all = tokens_.all;
    std::size_t word = from;
    while (word < to && all[word].kind == TokenKind::kSign && word < from + 2) ++word;
    if (word < to && all[word].word() && !all[word].has(kHasDigit) && !nobody(all[word])) {
      if (word + 1 == to || (word + 2 == to && (view(word + 1) == "." || view(word + 1) == "!"))) signed_by(from, word);
      const bool title = all[word].has(kCapital) && !all[word].has(kAllCapitals) && all[word].letters > 1;
      if (title && word == from && word + 2 == to && view(word + 1) == ",") found_.push_back(word);
      if (title && word == from && word + 2 < to && view(word + 1) == ":" && given(word)) found_.push_back(word);
    }
    initials_behind_a_day(from, to);
    whole_line(from, to);
    for (std::size_t i = from; i + 1 < to; ++i)
      if (all[i].kind == TokenKind::kSign && all[i].hash == '<' && !all[i + 1].has(kAfterSpace)) shown_before(from, i);
  }

  // Rättat 3/5 YH
  void initials_behind_a_day(std::size_t from, std::size_t to) {
    const auto& all = tokens_.all;
    if (view(to - 1) == ".") --to;
    if (to < from + 5 || !all[to - 1].word() || !all[to - 1].has(kAllCapitals) || all[to - 1].letters > 3) return;
    const bool day = all[to - 2].kind == TokenKind::kNumber && all[to - 4].kind == TokenKind::kNumber &&
                     is_one_of(view(to - 3), "/|-");
    if (day && is_one_of(view(from),
                         "rättat|rättad|rättade|granskat|granskad|kollat|kollad|ändrat|ändrad|godkänt|godkänd|"
                         "klart|ok|uppdaterat|uppdaterad|sett|marked|checked|reviewed|updated|approved|graded"))
      found_.push_back(to - 1);
  }

  // Two or three words with a capital and nothing else, none of which a list explains.
  void whole_line(std::size_t from, std::size_t to) {
    const auto& all = tokens_.all;
    if (to < from + 2 || to > from + 3) return;
    for (std::size_t i = from; i < to; ++i) {
      const std::uint8_t bits = all[i].word() ? word_bits(view(i), all[i].hash) : std::uint8_t{kEnglishWord};
      if ((bits & (kSwedishWord | kEnglishWord | kPlace | kProperNoun)) != 0 || !all[i].has(kCapital) ||
          all[i].has(kAllCapitals) || all[i].has(kHasDigit) || nobody(all[i]))
        return;
    }
    for (std::size_t i = from; i < to; ++i) found_.push_back(i);
  }

  // The only word of its line.
  void signed_by(std::size_t from, std::size_t word) {
    const Token& one = tokens_.all[word];
    const std::uint8_t bits = word_bits(view(word), one.hash);
    const bool known_word = (bits & (kSwedishWord | kEnglishWord | kPlace | kProperNoun)) != 0;
    const bool dash = word == from + 1 && (view(from) == "-" || view(from) == "/" || view(from) == "–");
    if (one.letters == 1 ? dash && one.has(kCapital) : one.letters <= 3 && !known_word) return found_.push_back(word);
    if (one.has(kCapital) && !one.has(kAllCapitals) && given(word)) found_.push_back(word);
  }

  // "Name, Given" <name@host>
  void shown_before(std::size_t from, std::size_t bracket) {
    std::size_t at = bracket + 1;
    while (at < tokens_.all.size() && at < bracket + 12 && view(at) != ">" && view(at) != "@") ++at;
    if (view(at) != "@" || bracket < from + 3 || view(bracket - 1) != "\"") return;
    std::size_t open = bracket - 1;
    while (open > from && open + 8 > bracket && view(open - 1) != "\"") --open;
    if (open == from || view(open - 1) != "\"") return;
    for (std::size_t i = open; i + 1 < bracket; ++i) found_.push_back(i);
  }

  const Tokens& tokens_;
  std::vector<std::size_t> found_;
};

}  // namespace

bool is_small_name(std::uint64_t hash) {
  static const WordSet names(
      "hans|per|inga|bo|liv|stig|sten|tor|dag|sol|will|may|art|guy|mark|rose|hope|bill|mo|di|al|ed|jo|ty|bea|may|ray");
  return names.holds(hash);
}

bool is_small_surname(std::uint64_t hash) {
  static const WordSet names(
      "long|short|young|small|little|early|good|great|fine|free|day|high|low|hot|true|real|sharp|new|man|love|best|"
      "will|may");
  return names.holds(hash);
}

std::vector<std::size_t> find_name_places(const Tokens& tokens) { return Places(tokens).find(); }

}  // namespace qf
