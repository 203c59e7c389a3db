#include "qf/privacy/name_context.h"

#include "qf/privacy/name_words.h"
#include "qf/privacy/names.h"
#include "qf/privacy/recognize.h"
#include "qf/privacy/subject_words.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

std::string_view view(const Tokens& tokens, std::size_t i) {
  return i < tokens.all.size() ? tokens.view(tokens.all[i]) : std::string_view();
}

}  // namespace

int announced(const Tokens& tokens, std::size_t i) {
  static const WordSet strong(kStrongTriggers), weak(kWeakTriggers);
  std::size_t before = i;
  // Over a full stop, comma, colon or line end: "Mr. Smith", "Mvh,\nAnna", "Hej Anna".
  for (int signs = 0; before > 0 && signs < 2 && !tokens.all[before - 1].word(); ++signs) {
    const std::string_view sign = view(tokens, before - 1);
    if (sign != "." && sign != "," && sign != ":" && sign != "/") return 0;
    --before;
  }
  if (before == 0) return 0;
  const Token& word = tokens.all[before - 1];
  const std::string_view written = tokens.view(word);
  const bool full_stop = before < i && view(tokens, before) == ".";
  if (full_stop &&
      !is_one_of(
          written,
          "mr|mrs|ms|dr|prof|capt|sgt|sen|gov|rev|mvh|st|hr|fr|vh|hälsningar|regards|best|cheers|thanks|sincerely"))
    return 0;
  if (strong.holds(word.hash)) return 2;
  // "my name is Anna", "mitt namn är Anna"
  if (is_one_of(written, "is|är|are") && before > 1 &&
      is_one_of(view(tokens, before - 2), "name|namn|names|namnet|surname|förnamn|efternamn|lastname"))
    return 2;
  if (is_one_of(
          written,
          "name|namn|förnamn|efternamn|elev|lärare|namnet|signature|signatur|student|teacher|handledare|vikarie|mentor|"
          "rektor|examinator|supervisor|examiner|rättare|kursansvarig") &&
      before < i && view(tokens, before) == ":")
    return 2;
  return weak.holds(word.hash) ? 1 : 0;
}

bool located(const Tokens& tokens, std::size_t i) {
  static const WordSet before(
      "in|at|from|near|the|around|outside|through|via|i|på|från|till|vid|mot|utanför|genom|kring|norr|söder|öster|"
      "väster|north|south|east|west|downtown|new|san|los|las|el|saint|st|fort|port|mount|lake|university");
  if (i > 0 && tokens.all[i - 1].word() && before.holds(tokens.all[i - 1].hash)) return true;
  return view(tokens, i + 1) == "," && i + 2 < tokens.all.size() && (word_bits(tokens.all[i + 2].hash) & kPlace) != 0;
}

bool acts(const Tokens& tokens, std::size_t i) {
  static const WordSet verbs(
      "is|has|was|said|says|and|made|does|did|would|had|went|came|got|told|asked|also|wrote|called|who|thinks|wants|"
      "needs|will|can|'");
  if (i + 1 >= tokens.all.size()) return false;
  const std::string_view next = view(tokens, i + 1);
  if (next == "'" || next == "\xE2\x80\x99") return view(tokens, i + 2) == "s";
  return tokens.all[i + 1].word() && !tokens.all[i + 1].has(kCapital) &&
         (verbs.holds(tokens.all[i + 1].hash) || (next.size() > 4 && (next.ends_with("ed") || next.ends_with("s"))));
}

namespace {

// Behind a word as "av", "by", "med", "läraren", "copyright", where somebody is named.
bool behind_a_role(const Tokens& tokens, std::size_t i) {
  static const WordSet weak(kWeakTriggers);
  static const WordSet roles(
      "av|by|till|med|hos|from|to|with|för|copyright|bild|foto|photo|grannen|provvakt|provvakten|vaktmästaren|kocken|"
      "sköterskan|cook|nurse|headmaster|headteacher|janitor|tutor|supervisor|eleverna|ersätter|rättare|författaren|"
      "intervjuade|intervjua|läs|hälsa|kontakta|contact|obs|of|and|och|granskare|handläggare|chefen|boss|neighbour");
  std::size_t before = i;
  while (before > 0 && !tokens.all[before - 1].word() && i - before < 2) {
    if (!is_one_of(view(tokens, before - 1), ":|(|/|!|,|\"")) return false;
    --before;
  }
  if (before == 0 || !tokens.all[before - 1].word()) return false;
  const Token& word = tokens.all[before - 1];
  return roles.holds(word.hash) || weak.holds(word.hash);
}

}  // namespace

bool somebody_around(const Tokens& tokens, std::size_t first, std::size_t last) {
  const auto& all = tokens.all;
  if (behind_a_role(tokens, first) || (last + 1 < all.size() && is_human_verb(all[last + 1].hash))) return true;
  return last + 2 < all.size() && is_one_of(view(tokens, last + 1), "i|in") &&
         (all[last + 2].has(kHasDigit) || is_one_of(view(tokens, last + 2), "klass|class|årskurs|åk"));
}

bool looks_like_title(const Tokens& tokens, std::size_t i, bool likely) {
  const Token& word = tokens.all[i];
  static const WordSet titles("kung|drottning|prins|prinsessan|prinsessa|lady|lord|sir|påven|påve|king|queen|prince");
  if (titles.holds(word.hash)) return true;
  return word.has(kHyphenated) || (word.has(kSentenceStart) && (word.letters >= 11 || !likely)) ||
         ends_with_one_of(tokens.view(word), "s|en|et|are|ige|iga|råd|ör|ent|ant|ist|man|bon|ska|ade");
}

bool stands_as_word(const Tokens& tokens, std::size_t i) {
  const auto& all = tokens.all;
  if (!all[i].has(kSentenceStart) || !is_name_and_word(all[i].hash) || i + 1 >= all.size()) return false;
  const Token& next = all[i + 1];
  return next.word() && !next.has(kAfterNewline) && !next.has(kCapital) && !is_human_verb(next.hash);
}

namespace {

constexpr std::uint8_t kWords = kSwedishWord | kEnglishWord;

// No word of the line's language, as far as anything here knows.
bool is_no_word(const Tokens& tokens, std::size_t i, bool english) {
  const Token& word = tokens.all[i];
  const std::uint8_t bits = word_bits(word.hash);
  if (english) return (bits & kEnglishWord) == 0 && !ends_with_one_of(tokens.view(word), "ing|ed|ly|tion|ness|es|ies");
  if ((bits & kSwedishWord) != 0) return false;
  if ((bits & (kGivenName | kSurname)) != 0 && (bits & kEnglishWord) == 0) return true;
  // Words in the definite form are what an incomplete dictionary lacks most.
  return !is_swedish_form(tokens.view(word)) &&
         !(word.letters >= 5 &&
           ends_with_one_of(tokens.view(word), "en|et|arna|erna|orna|ningar|ande|lig|ligt|iska|isk"));
}

// Behind "frågade", "pratade med", "according to": where only somebody can stand.
bool is_cue(const Tokens& tokens, std::size_t i) {
  static const WordSet cues(
      "frågade|frågat|hälsade|ringde|mejlade|mailade|tack|tackade|enligt|told|asked|thanks|"
      "thank|emailed");
  static const WordSet joints("med|to|with|till|av|hos|by|from|for");
  static const WordSet verbs(
      "pratade|pratat|prata|talade|talat|snackade|snackat|diskuterade|diskuterat|jobbar|träffade|jämförde|stämde|"
      "rättade|according|talked|spoke|listened|discussed|checked|worked|skickade|mejlade|gjord|skriven|skrivet|"
      "föreslagen|suggested|written|approved|hjälp|help|lånat|lånad");
  if (i == 0) return false;
  const Token& before = tokens.all[i - 1];
  if (cues.holds(before.hash)) return true;
  return i > 1 && joints.holds(before.hash) && verbs.holds(tokens.all[i - 2].hash);
}

}  // namespace

bool is_lower_case_name(const Tokens& tokens, std::size_t i, bool english) {
  const Token& word = tokens.all[i];
  if (is_common_name(word.hash)) return true;
  static const WordSet short_names(
      "jen|val|sam|jim|dan|ben|amy|ann|joe|liz|deb|meg|pam|ron|ken|jon|kim|ted|roy|jeff|greg|matt|phil|kate|lynn");
  if (english && short_names.holds(word.hash)) return true;
  const bool genitive = word.letters >= 5 && tokens.text[word.end - 1] == 's';
  const std::uint64_t stem = genitive ? word_hash_without(word.hash, 's') : word.hash;
  if (genitive && is_common_name(stem)) return (word_bits(word.hash) & kWords) == 0;
  // Any given name of the lists that is nothing else; the Swedish words among them are few.
  if (word.letters >= 4) {
    static const WordSet swedish(
        "sunni|shia|kristen|valda|brett|leta|rita|magen|blanka|matta|bruna|borg|lyda|trista|riva|borgar|"
        "vida|tina|rota|nora|para|lena|marin|salt|alger|linjer|sina|ända|tiden|sista|nämna");
    if (english && is_only_a_name(word.hash)) return true;
    if (!english && (is_only_a_name(word.hash) || (genitive && is_only_a_name(stem))) && !swedish.holds(word.hash) &&
        ((word_bits(word.hash) | word_bits(stem)) & kGivenName) != 0 && !is_swedish_form(tokens.view(word)))
      return true;
  }
  // Whatever is no word, where only somebody can stand.
  if (i > 0 && !word.has(kAfterNewline) && is_cue(tokens, i)) {
    const std::uint8_t bits = word_bits(word.hash);
    const bool named = (bits & (kGivenName | kSurname)) != 0 && (bits & (english ? kEnglishWord : kSwedishWord)) == 0;
    return named || (word.letters >= 3 && is_no_word(tokens, i, english));
  }
  if (!word.has(kSentenceStart) || i + 1 >= tokens.all.size() || !tokens.all[i + 1].word()) return false;
  // "selam hade samma fel", "mei says", "ifrahs elever"
  static const WordSet belongings("elev|elever|klass|grupp|prov|fråga|förslag|mamma|pappa|mentor|text|svar|idé|kurs");
  if (is_human_verb(tokens.all[i + 1].hash)) {
    const std::uint8_t bits = word_bits(word.hash);
    return word.letters >= 3 && (((bits & kGivenName) != 0 && (bits & (english ? kEnglishWord : kSwedishWord)) == 0) ||
                                 ((bits & kWords) == 0 && is_no_word(tokens, i, english) &&
                                  !ends_with_one_of(tokens.view(word), "na|or|ar|er|ing|het|an|s")));
  }
  return genitive && belongings.holds(tokens.all[i + 1].hash) && (word_bits(word.hash) & kWords) == 0 &&
         (word_bits(stem) & kWords) == 0 && is_no_word(tokens, i, english);
}

bool goes_on_in_lower_case(const Tokens& tokens, std::size_t i, bool english) {
  const Token& word = tokens.all[i];
  return word.word() && !word.has(kCapital) && !word.has(kHasDigit) && !word.has(kAfterNewline) && word.letters >= 2 &&
         (word_bits(word.hash) & kWords) == 0 && is_no_word(tokens, i, english);
}

bool is_taught(const Tokens& tokens, std::size_t first, std::size_t last) {
  const auto& all = tokens.all;
  const auto part = [&](std::size_t i) {
    return i < all.size() && all[i].word() && (all[i].has(kCapital) || is_particle(view(tokens, i)));
  };
  std::size_t from = first, to = last;
  while (from > 0 && from + 4 > first && part(from - 1) && !all[from].has(kAfterNewline)) --from;
  while (to < last + 4 && part(to + 1) && !all[to + 1].has(kAfterNewline)) ++to;
  for (std::size_t begin = from; begin <= first; ++begin)
    for (std::size_t end = last; end <= to; ++end)
      if (is_eponym(tokens, begin, end)) return true;
  const std::string_view name = view(tokens, last);
  // Hookes lag, Fermats lilla sats; a given name there is of somebody in the room.
  std::size_t next = last + 1;
  if (is_one_of(view(tokens, next), "första|andra|tredje|fjärde|lilla|stora|first|second|third|last")) ++next;
  return first == last && name.ends_with("s") && !name.ends_with("ssons") && next < all.size() && all[next].word() &&
         is_named_after_somebody(all[next].hash) &&
         ((word_bits(all[last].hash) | word_bits(word_hash_without(all[last].hash, 's'))) & kGivenName) == 0;
}

}  // namespace qf
