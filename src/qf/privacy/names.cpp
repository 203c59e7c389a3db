#include "qf/privacy/names.h"

#include <algorithm>
#include <array>

#include "qf/privacy/lines.h"
#include "qf/privacy/name_context.h"
#include "qf/privacy/name_places.h"
#include "qf/privacy/name_words.h"
#include "qf/privacy/recognize.h"
#include "qf/privacy/sensitive_words.h"
#include "qf/privacy/subject_words.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

std::string_view without_genitive(std::string_view word) {
  return word.size() > 2 && (word.back() == 's' || word.back() == 'S') ? word.substr(0, word.size() - 1) : word;
}

constexpr float kContentThreshold = 0.4F, kStrictThreshold = 0.05F;

// How sure each token is part of a person's name, from all that is known of it.
class NameFinder {
 public:
  NameFinder(const Tokens& tokens, RedactionProfile profile, const KnownNames& known, const AllowedWords& allowed)
      : tokens_(tokens),
        strict_(profile == RedactionProfile::kStrict),
        known_(known),
        allowed_(allowed),
        scores_(Tagger::shipped().tag(tokens)),
        person_(tokens.all.size()),
        lines_(read_lines(tokens)),
        english_(lines_.english),
        heading_(lines_.heading) {}

  void find(std::vector<Finding>& found) {
    for (const std::size_t i : known_.find(tokens_)) say(i, 1.0F, "known_identity");
    if (strict_)
      for (const std::size_t i : find_name_places(tokens_))
        if (!allowed_.holds(tokens_, token(i))) say(i, 0.6F, "placed");
    for (std::size_t i = 0; i < person_.size(); ++i)
      if (person_[i].score == 0) judge(i);
    repeat();
    if (strict_)
      go_with_names();
    else
      find_pairs();
    join(found);
  }

 private:
  struct Judgement {
    float score = 0;
    std::string_view rule;
  };

  const Token& token(std::size_t i) const { return tokens_.all[i]; }
  bool in(std::size_t i) const { return i < person_.size(); }
  std::string_view view(std::size_t i) const { return in(i) ? tokens_.view(token(i)) : std::string_view(); }
  bool has(std::size_t i, WordBit bit) const { return (scores_[i].bits & bit) != 0; }
  // A word of the line's language, and not one that with a capital is nearly always a name.
  bool ordinary(std::size_t i) const {
    return (has(i, kSwedishWord) || (has(i, kEnglishWord) && english_[i])) && !has(i, kFrequentName);
  }
  bool somebodys(std::size_t i) const { return has(i, kGivenName) || has(i, kSurname); }

  void say(std::size_t i, float score, std::string_view rule) {
    if (score > person_[i].score) person_[i] = {score, rule};
  }

  // A given name, though it may be a word too: Grace, Will.
  bool may_be_given(std::size_t i) const {
    static const WordSet nobody(kNobody);
    return scores_[i].candidate && token(i).has(kCapital) && !nobody.holds(token(i).hash) &&
           (has(i, kGivenName) || is_small_name(token(i).hash));
  }
  bool next_in_line(std::size_t i) const {
    return in(i + 1) && token(i + 1).word() && !token(i + 1).has(kAfterNewline);
  }

  // Grace King, Will Young: two words of which one may be a given name and the other a surname, whatever else they are.
  void pair(std::size_t i) {
    if (!token(i).has(kCapital) || !english_[i] || !next_in_line(i) || !token(i + 1).has(kCapital) ||
        token(i + 1).has(kAllCapitals))
      return;
    if (!may_be_given(i) || !(has(i + 1, kSurname) || is_small_surname(token(i + 1).hash)) ||
        allowed_.holds(tokens_, token(i)) || allowed_.holds(tokens_, token(i + 1)))
      return;
    // Summer Reading List: a third word with a capital, and it is a heading.
    const bool ends = !next_in_line(i + 1) || !token(i + 2).has(kCapital),
               begins = i == 0 || token(i).has(kAfterNewline) || !token(i - 1).word() || !token(i - 1).has(kCapital);
    if (!ends || !begins) return;
    say(i, 0.6F, "name_lists");
    say(i + 1, 0.6F, "name_lists");
  }

  // What is part of a name because of the names around it, in the order of the text and back.
  void go_with_names() {
    for (std::size_t i = 0; i < person_.size(); ++i) pair(i);
    if (std::none_of(person_.begin(), person_.end(), [](const Judgement& one) { return one.score > 0; })) return;
    for (std::size_t i = 0; i < person_.size(); ++i) go_with_name(i);
    for (std::size_t i = person_.size(); i-- > 0;) go_with_name(i);
  }

  void go_with_name(std::size_t i) {
    static const WordSet nobody(kNobody);
    if (person_[i].score > 0 || !token(i).word() || allowed_.holds(tokens_, token(i)) || nobody.holds(token(i).hash))
      return;
    // Hans Nilsson, Grace Lindqvist, Quang Berg: directly before a surname.
    const bool before_name = next_in_line(i) && person_[i + 1].score > 0 && token(i + 1).has(kCapital) &&
                             (has(i + 1, kSurname) || word_bits(token(i + 1).hash) == 0);
    const bool place = scores_[i].candidate && english_[i] && has(i, kPlace) && !ordinary(i) && !located(tokens_, i);
    if (before_name && token(i).has(kCapital) &&
        (is_small_name(token(i).hash) || place || (english_[i] && may_be_given(i))))
      return say(i, 0.6F, "beside_a_name");
    // Max and Jen; Long, Chase and Hope: one in a list of names.
    const std::uint8_t bits = word_bits(token(i).hash);
    const bool listed = token(i).has(kCapital) ? english_[i] && (bits & (kGivenName | kSurname)) != 0
                                               : token(i).letters >= 3 && (bits & kGivenName) != 0;
    if (!listed) return;
    const auto beside = [&](std::size_t joint, std::size_t name) {
      return in(joint) && in(name) && person_[name].score > 0 &&
             is_one_of(view(joint), token(i).has(kCapital) ? "and|or|&|," : "and|och|&");
    };
    if (beside(i + 1, i + 2) || (i > 1 && beside(i - 1, i - 2))) say(i, 0.5F, "beside_a_name");
  }

  // Rune Klasson, Tom Martin: directly before a word that may be a surname and nothing else.
  bool before_surname(std::size_t i) const {
    if (!in(i + 1) || !scores_[i + 1].candidate || token(i + 1).has(kAfterNewline) || token(i + 1).has(kSentenceStart))
      return false;
    return !ordinary(i + 1) && !has(i + 1, kProperNoun) &&
           (has(i + 1, kSurname) || (scores_[i + 1].bits == 0 && !token(i + 1).has(kAllCapitals)));
  }

  void judge(std::size_t i) {
    const Token& word = token(i);
    if (!word.word()) return;
    static const WordSet nobody(kNobody), states_name("heter|hette|is|är|named");
    if (allowed_.holds(tokens_, word)) return;
    const TagScores& tag = scores_[i];
    if (!tag.candidate) {
      // "jag heter anna": typed in lower case, behind a word that leaves no doubt.
      if (word.has(kCapital) || word.has(kHasDigit) || word.letters < 2) return;
      if (i > 0 && states_name.holds(token(i - 1).hash) && announced(tokens_, i) == 2 &&
          (word_bits(word.hash) & (kGivenName | kEnglishWord | kSwedishWord)) == kGivenName)
        return say(i, 0.7F, "announced");
      if (!strict_) return;
      const bool goes_on =
          i > 0 && person_[i - 1].rule == "lower_case" && goes_on_in_lower_case(tokens_, i, english_[i]);
      if (goes_on || is_lower_case_name(tokens_, i, english_[i])) say(i, 0.5F, "lower_case");
      return;
    }
    if (nobody.holds(word.hash) || is_subject_word(tokens_, i)) return;
    if (word.letters > 3 && is_person_noun(word.hash)) return;
    // Diabetes, Autism: of health only, since peoples and faiths are names too (Samer, Eid).
    if ((scores_[i].bits & (kGivenName | kSurname)) == 0 &&
        sensitive_word(tokens_, i).value_or(SensitiveWord{}).category == "health")
      return;
    const int announcement = announced(tokens_, i);
    const bool elsewhere = (has(i, kPlace) || has(i, kProperNoun)) && !has(i, kGivenName) &&
                           !(strict_ && has(i, kSurname) && !has(i, kProperNoun) && !located(tokens_, i));
    if (announcement == 2 && (!elsewhere || has(i, kSurname))) say(i, 0.95F, "announced");
    if (announcement == 1 && !elsewhere && !ordinary(i)) say(i, 0.8F, "announced");
    // Will's mother, Dear May Rivers
    if (strict_ && is_small_name(word.hash) && (announcement > 0 || (view(i + 1) == "'" && view(i + 2) == "s")))
      say(i, 0.6F, "announced");
    const float likely = tag.of(Tag::kPerson);
    if (strict_)
      strict(i, likely, elsewhere);
    else if (announcement > 0 || !stands_as_word(tokens_, i))
      content(i, likely, elsewhere);
  }

  // Questions: a name where it is likely. The tagger learned from Swedish; in English the lists have to agree with it.
  void content(std::size_t i, float likely, bool elsewhere) {
    const bool known_other = ordinary(i) || elsewhere;
    if (english_[i]) {
      if (likely >= 0.5F && !known_other && (somebodys(i) || likely >= 0.8F) && !token(i).has(kAllCapitals))
        return say(i, likely, "tagger");
      if (has(i, kGivenName) && !known_other && !has(i, kPlace) && !token(i).has(kAllCapitals))
        return say(i, 0.6F, "name_lists");
    } else if (likely >= kContentThreshold) {
      return say(i, std::max(0.5F, likely), "tagger");
    }
    if (goes_with_name(i) && !known_other && !token(i).has(kAllCapitals) && (somebodys(i) || tag_other(i) < 0.8F))
      return say(i, 0.6F, "beside_a_name");
    // A given name that is no ordinary word, before a word that may be a surname.
    const bool pair = has(i, kGivenName) && !ordinary(i) && !has(i, kPlace) && in(i + 1) && scores_[i + 1].candidate &&
                      !token(i + 1).has(kAfterNewline) && (has(i + 1, kSurname) || scores_[i + 1].bits == 0) &&
                      !has(i + 1, kPlace) && !ordinary(i + 1);
    if (pair && likely > 0.1F) {
      say(i, 0.6F, "name_lists");
      say(i + 1, 0.6F, "name_lists");
    }
  }

  // Whatever may be a name, short of what the lists explain otherwise.
  void strict(std::size_t i, float likely, bool elsewhere) {
    const Token& word = token(i);
    const bool start = word.has(kSentenceStart), heading = heading_[i];
    static const WordSet small(kSmallWords);
    if (english_[i] && small.holds(word.hash)) return;
    // The capital is the sentence's; the tagger, which knows the news, has to be surer of it.
    const bool swedish = !english_[i] && (scores_[i].bits & ~kEnglishWord) == 0;
    if (swedish && start && likely < 0.3F && is_swedish_form(view(i))) return;
    if (english_[i] ? likely >= 0.5F && !ordinary(i) && !elsewhere : likely >= kStrictThreshold)
      return say(i, std::max(0.5F, likely), "tagger");
    if (word.has(kAllCapitals)) {
      if (has(i, kGivenName) && !ordinary(i) && !elsewhere && !has(i, kPlace))
        say(i, 0.5F, "name_lists");
      else if (goes_with_name(i) && token(i - 1).has(kAllCapitals) && !ordinary(i))
        say(i, 0.5F, "beside_a_name");
      return;
    }
    if (goes_with_name(i) &&
        (somebodys(i) || scores_[i].bits == 0 || (english_[i] && (!ordinary(i) || is_small_surname(word.hash)))))
      return say(i, 0.6F, "beside_a_name");
    if (elsewhere) return;
    // A whole line or quotation of one or two words with a capital, as people sign.
    const bool alone = start && english_[i] && (!in(i + 1) || token(i + 1).has(kAfterNewline) || view(i + 1) == ",") &&
                       (i == 0 || token(i).has(kAfterNewline));
    if (alone && somebodys(i)) return say(i, 0.5F, "name_lists");
    if (has(i, kGivenName) && !ordinary(i)) return say(i, 0.6F, "name_lists");
    if (has(i, kGivenName) && before_surname(i)) {
      say(i, 0.6F, "name_lists");
      return say(i + 1, 0.6F, "name_lists");
    }
    if (has(i, kGivenName) && !heading && (!start || (english_[i] && acts(tokens_, i))))
      return say(i, 0.5F, "name_lists");
    if (ordinary(i)) {
      // Visit, Bush: no sentence or heading accounts for the capital.
      if (english_[i] && !heading && (!start || (has(i, kSurname) && acts(tokens_, i)))) say(i, 0.5F, "name_lists");
      return;
    }
    if (likely < 0.02F && swedish && is_plain(i)) return;
    // A surname, or one that does something, is nobody's place or work, whatever the tagger says.
    const bool somebody = (has(i, kSurname) && !has(i, kPlace)) || (in(i + 1) && is_human_verb(token(i + 1).hash));
    if (tag_other(i) < 0.99F || somebody) say(i, 0.5F, "capital_letter");
  }

  // "Rättningsanvisningen", "Avrunda 3,14": a plain Swedish word that no list holds, where the tagger sees nobody.
  bool is_plain(std::size_t i) const {
    if (is_swedish_form(view(i))) return true;
    if (!token(i).has(kSentenceStart) || !in(i + 1)) return false;
    if (token(i + 1).kind == TokenKind::kNumber) return true;
    if (token(i + 1).word() && is_human_verb(token(i + 1).hash)) return false;
    return token(i).letters >= 8 &&
           ends_with_one_of(view(i),
                            "ningen|ning|heten|het|igen|era|erar|ade|ande|ligt|igt|skap|tion|tionen|ring|"
                            "ringen|vis|iskt|ligen|iva|iga|ingar|elser|ier");
  }

  // Questions: what stands beside a name, and two capitals where somebody is spoken of.
  void find_pairs() {
    for (std::size_t i = person_.size(); i-- > 0;)
      if (may_join(i) && ((somebodys(i) && !has(i, kPlace)) || !looks_like_title(tokens_, i, likely_beside(i))) &&
          next_in_line(i) && person_[i + 1].score > 0 && token(i + 1).has(kCapital) &&
          !token(i + 1).has(kSentenceStart))
        say(i, 0.6F, "beside_a_name");
    for (std::size_t i = 0; i < person_.size(); ++i) {
      if (goes_with_name(i) && may_join(i)) say(i, 0.6F, "beside_a_name");
      // J. Korhonen; not the letter of an answer.
      if (initial(i) && !token(i).has(kSentenceStart) && view(i + 1) == "." && may_join(i + 2) &&
          !token(i + 2).has(kAfterNewline))
        say(i + 2, 0.6F, "beside_a_name");
      // Handledare: Whitaker, Philippa
      const bool listed = view(i + 1) == ",";
      const std::size_t other = listed ? i + 2 : i + 1;
      if (!may_join(other) || token(other).has(kAfterNewline)) continue;
      if (listed) {
        if (person_[i].rule == "announced" && announced(tokens_, i) == 2) say(other, 0.6F, "beside_a_name");
      } else if (may_join(i) && likely_beside(i) && likely_beside(other) && somebody_around(tokens_, i, other)) {
        say(i, 0.6F, "beside_a_name");
        say(other, 0.6F, "beside_a_name");
      }
    }
  }

  bool likely_beside(std::size_t i) const {
    return somebodys(i) || tag_other(i) < 0.8F || scores_[i].of(Tag::kPerson) > 0.03F;
  }

  // A capital that nothing but a name explains; inside a sentence also a name of the lists that is a word too.
  bool may_join(std::size_t i) const {
    static const WordSet nobody(kNobody), strong(kStrongTriggers), weak(kWeakTriggers);
    if (!in(i) || !scores_[i].candidate || person_[i].score > 0) return false;
    const Token& word = token(i);
    if (word.has(kAllCapitals) || has(i, kProperNoun) || nobody.holds(word.hash) || strong.holds(word.hash) ||
        weak.holds(word.hash) || allowed_.holds(tokens_, word) || is_person_noun(word.hash) ||
        is_subject_word(tokens_, i) || (has(i, kPlace) && (!somebodys(i) || located(tokens_, i))))
      return false;
    const bool named = somebodys(i) || is_small_name(word.hash) || is_small_surname(word.hash);
    if (ordinary(i)) return named && !word.has(kSentenceStart) && !heading_[i];
    return named || !is_swedish_form(view(i));
  }

  // Directly behind a part of a name, with nothing but a space or an initial between.
  bool goes_with_name(std::size_t i) const {
    return i > 0 && person_[i - 1].score > 0 && !token(i).has(kAfterNewline) && !token(i).has(kSentenceStart);
  }

  float tag_other(std::size_t i) const { return scores_[i].of(Tag::kOtherName); }

  // Who was certainly a person once is one wherever the word stands again with a capital.
  void repeat() {
    std::vector<std::uint64_t> certain;
    for (std::size_t i = 0; i < person_.size(); ++i)
      if (person_[i].score >= 0.9F && scores_[i].candidate && !ordinary(i)) {
        certain.push_back(token(i).hash);
        certain.push_back(word_hash(without_genitive(view(i))));
      }
    if (certain.empty()) return;
    std::sort(certain.begin(), certain.end());
    for (std::size_t i = 0; i < person_.size(); ++i)
      if (scores_[i].candidate && person_[i].score == 0 && !allowed_.holds(tokens_, token(i)) &&
          (std::binary_search(certain.begin(), certain.end(), token(i).hash) ||
           std::binary_search(certain.begin(), certain.end(), word_hash(without_genitive(view(i))))))
        say(i, 0.8F, "named_before");
  }

  bool initial(std::size_t i) const {
    return in(i) && token(i).word() && token(i).letters == 1 && token(i).has(kCapital) && !token(i).has(kHasDigit);
  }

  // The index behind the name that goes on after token `last`: over initials, full stops and particles.
  std::size_t goes_on(std::size_t last) const {
    std::size_t next = last + 1;
    for (int passed = 0; in(next) && passed < 4; ++passed) {
      if (token(next).has(kAfterNewline)) return last;
      if (person_[next].score > 0) return next;
      const bool full_stop = (view(next) == "." || (view(next) == ":" && view(next + 1) == "son")) && initial(next - 1);
      if (!full_stop && !initial(next) && view(next) != "son" && !(token(next).word() && is_particle(view(next))))
        return last;
      ++next;
    }
    return last;
  }

  void join(std::vector<Finding>& found) {
    for (std::size_t i = 0; i < person_.size(); ++i) {
      if (person_[i].score == 0) continue;
      std::size_t first = i, last = i;
      Judgement best = person_[i];
      // J. K. before Rowling
      while (first >= 2 && view(first - 1) == "." && initial(first - 2) &&
             token(first - 1).begin == token(first - 2).end && !token(first).has(kAfterNewline))
        first -= 2;
      while (first > 0 && initial(first - 1) && token(first).has(kAfterSpace) && !token(first).has(kAfterNewline) &&
             view(first - 1) != "I" && (view(first - 1) != "A" || !token(first - 1).has(kSentenceStart)))
        --first;
      // von Essen, bin Laden
      while (first > 0 && token(first - 1).word() && !token(first).has(kAfterNewline) &&
             is_one_of(view(first - 1), "von|van|bin|ibn|al|el|ben|abu|der|ten|ter|af|de|della"))
        --first;
      for (std::size_t next = goes_on(last); next != last; next = goes_on(last)) {
        last = next;
        if (person_[last].score > best.score) best = person_[last];
      }
      // AQ Khan
      if (strict_ && first > 0 && token(first - 1).has(kAllCapitals) && token(first - 1).letters == 2 &&
          !token(first).has(kAfterNewline))
        --first;
      // Capt. before Spastic
      if (strict_ && first >= 2 && view(first - 1) == "." && !token(first).has(kAfterNewline) &&
          is_one_of(view(first - 2), "capt|sgt|lt|col|gen|rev"))
        first -= 2;
      // "Townsend, George" in quotation marks or before an address
      if (strict_ && in(last + 2) && view(last + 1) == "," && person_[last + 2].score > 0 &&
          ((has(last + 2, kGivenName) && has(last, kSurname)) || (first > 0 && view(first - 1) == "\""))) {
        std::size_t end = last + 2;
        while (in(end + 1) && (person_[end + 1].score > 0 || initial(end + 1)) && !token(end + 1).has(kAfterNewline))
          ++end;
        if (!in(end + 1) || view(end + 1) == "\"" || view(end + 1) == "<" || view(end + 1) == "(") last = end;
      }
      // "John Griffith@ENRON", as some mail programs write it
      if (strict_ && in(last + 2) && view(last + 1) == "@" && !token(last + 1).has(kAfterSpace) &&
          token(last + 2).word() && !token(last + 2).has(kAfterSpace))
        last += 2;
      // Ingmar H:son Berg, Bales'
      if (strict_ && in(last + 1) && view(last + 1) == "'" && !token(last + 1).has(kAfterSpace) &&
          (!in(last + 2) || token(last + 2).has(kAfterSpace) || !token(last + 2).word()) &&
          is_one_of(view(last).substr(view(last).size() - 1), "s|x|z"))
        ++last;
      // Margrethe II
      if (in(last + 1) && !token(last + 1).has(kAfterNewline) && token(last + 1).has(kCapital) &&
          is_one_of(view(last + 1), "II|III|IV|VI|VII|VIII|IX|XI|XII|XIII|XIV|XV|XVI|Jr|Sr"))
        ++last;
      const bool by_lists = best.rule != "known_identity";
      // Andersson HB is a company: its own recogniser masks it.
      if (by_lists && in(last + 1) && token(last + 1).word() && !token(last + 1).has(kAfterNewline) &&
          is_one_of(view(last + 1), "AB|HB|KB|Inc|Ltd|LLC|GmbH|Corp")) {
        i = last;
        continue;
      }
      // A name of nobody here: what the course is about, and what an illness is called.
      if (by_lists && first == last && is_one_of(view(last + 1), "sjukdom|syndrom|disease|syndrome") &&
          view(last).ends_with("s")) {
        i = last;
        continue;
      }
      if (!(by_lists && !strict_ && is_taught(tokens_, first, last)))
        found.push_back({token(first).begin, token(last).end, EntityType::kPerson, best.score, best.rule});
      i = last;
    }
  }

  const Tokens& tokens_;
  const bool strict_;
  const KnownNames& known_;
  const AllowedWords& allowed_;
  std::vector<TagScores> scores_;
  std::vector<Judgement> person_;
  const LineSigns lines_;
  const std::vector<bool>&english_, &heading_;  // by token
};

}  // namespace

std::string_view to_string(RedactionProfile profile) {
  return profile == RedactionProfile::kStrict ? "strict" : "content";
}

std::span<const NameRule> name_rules() {
  static constexpr std::array<NameRule, 11> kRules = {{
      {"known_identity", "a name, user name or address that is known of the project's people, in any inflection"},
      {"announced", "a word before it says that a name follows: heter, Mr, mvh, eleven, hej"},
      {"tagger", "the tagger holds it for part of a person's name"},
      {"name_lists", "a given name by the lists, and no ordinary word"},
      {"beside_a_name", "a possible name directly behind a name"},
      {"named_before", "the text certainly names somebody so elsewhere"},
      {"lower_case", "strict only: a frequent given name in lower case that is no word"},
      {"placed", "strict only: a line of its own, a salutation, a speaker, or the name shown before a mail address"},
      {"class_alone", "strict only: the name of a class without a word for it, as NA22b, or 7D behind i, på, för"},
      {"handle", "strict only: a user name without a word for it, as zilan_baran"},
      {"capital_letter", "strict only: a capital letter on a word that no list explains"},
  }};
  return kRules;
}

void find_names(const Tokens& tokens, RedactionProfile profile, const KnownNames& known, const AllowedWords& allowed,
                std::vector<Finding>& found) {
  NameFinder(tokens, profile, known, allowed).find(found);
}

}  // namespace qf
