// The names that a project knows of its people, and the words that are nobody's.
#include <algorithm>
#include <array>
#include <utility>

#include "qf/core/text.h"
#include "qf/privacy/names.h"
#include "qf/privacy/normalised_text.h"
#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

constexpr std::string_view kParticles =
    "von|van|de|der|den|af|av|la|le|di|da|du|dos|bin|ibn|al|el|ten|ter|zu|y|e|del|della|st|ben|abu|op";

// Where one of these stands before it, or behind it, a word in lower case that is a known name too is the person.
// Chosen by what they cost in Swedish and English prose (docs/redaction.md).
constexpr std::string_view kPointsBehind =
    "till|with|from|fråga|frågade|frågar|hälsa|hälsade|hälsar|hälsning|hälsningar|mvh|vh|hej|hejsan|tack|av|med|från|"
    "hos|åt|elev|"
    "eleven|"
    "elever|eleverna|frk|fröken|fru|herr|magister|magistern|läraren|lärare|kollegan|kollega|mentor|mentorn|rektor|"
    "rektorn|"
    "vikarien|vikarie|heter|hette|kallas|kontakta|kontakt|ring|ringde|maila|mailade|mejla|mejlade|skriv|sms|säg|namn|"
    "namnet|"
    "signerat|sign|enligt|"
    "ask|asked|tell|told|contact|call|called|email|mail|dear|hi|hello|hey|thanks|thank|regards|cheers|best|by|mr|mrs|"
    "ms|"
    "miss|dr|pupil|student|teacher|colleague|named|name|signed|says|said";
constexpr std::string_view kPointsBefore =
    "sa|sade|säger|skrev|skriver|ringde|ringer|frågade|undrar|undrade|tyckte|tycker|svarade|mejlade|mailade|påpekade|"
    "föreslog|"
    "heter|said|says|asked|wrote|thinks|thought|told|suggested|called";

constexpr std::size_t kLongName = 5;         // bytes; shorter ones stand by chance inside other words
constexpr std::size_t kShortestSpelled = 4;  // letters
constexpr std::size_t kLongestSpelled = 40;

// The word with each of these letters written otherwise.
std::string replaced(std::string_view word, std::span<const std::pair<std::string_view, std::string_view>> letters) {
  std::string plain;
  for (std::size_t at = 0; at < word.size();) {
    const auto known = std::find_if(letters.begin(), letters.end(),
                                    [&](const auto& one) { return word.substr(at, one.first.size()) == one.first; });
    if (known == letters.end()) {
      plain.push_back(word[at++]);
    } else {
      plain += known->second;
      at += known->first.size();
    }
  }
  return plain;
}

// a, a, o for å, ä, ö and the like: how names are written in addresses.
std::string without_marks(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kPlain = {
      {{"å", "a"}, {"ä", "a"}, {"ö", "o"}, {"Å", "A"}, {"Ä", "A"}, {"Ö", "O"}, {"é", "e"},  {"è", "e"},
       {"É", "E"}, {"ü", "u"}, {"á", "a"}, {"ó", "o"}, {"í", "i"}, {"ø", "o"}, {"æ", "ae"}, {"ñ", "n"},
       {"ç", "c"}, {"ë", "e"}, {"à", "a"}, {"ô", "o"}, {"ï", "i"}, {"ß", "ss"}}};
  return replaced(word, kPlain);
}

// Oerjan, Aasa: how they are written where there are no such letters either.
std::string with_e_for_marks(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPlain = {
      {{"å", "aa"}, {"ä", "ae"}, {"ö", "oe"}, {"ø", "oe"}, {"Å", "Aa"}, {"Ä", "Ae"}, {"Ö", "Oe"}, {"ü", "ue"}}};
  return replaced(word, kPlain);
}

}  // namespace

bool holds_word(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
  });
}

bool is_particle(std::string_view word) { return is_one_of(word, kParticles); }

void KnownNames::add(std::string_view part) {
  const auto is_word = [](const std::string& form) {
    return (word_bits(word_hash(form)) & (kSwedishWord | kEnglishWord)) != 0;
  };
  const bool ordinary = is_word(std::string(part));
  for (const std::string& form : {std::string(part), without_marks(part), with_e_for_marks(part)}) {
    (ordinary ? ordinary_ : anywhere_).insert(word_hash(form));
    // "klaras" may be nobody's word where "klara" is one.
    for (const std::string_view ending : {"s", "ska"})  // det svenssonska huset
      (ordinary && is_word(form + std::string(ending)) ? ordinary_ : anywhere_)
          .insert(word_hash(form + std::string(ending)));
    if (!ordinary && form.size() >= kLongName) long_.push_back(casefold_nfc(form));
  }
}

KnownNames::KnownNames(std::span<const std::string> identities) {
  for (const std::string& identity : identities) {
    // Of a mail address the name counts, not the host.
    const std::string name = with_ascii_apostrophes(std::string_view(identity).substr(0, identity.find('@')));
    const Tokens tokens = tokenise(name);
    std::vector<std::string> parts;
    for (const Token& token : tokens.all) {
      if (!token.word()) continue;
      std::string_view word = tokens.view(token);
      while (!word.empty() && is_ascii_digit(word.back())) word.remove_suffix(1);  // anna85
      std::size_t from = 0;
      for (std::size_t hyphen = 0; hyphen != std::string_view::npos; from = hyphen + 1) {
        hyphen = word.find('-', from);
        const std::string_view part = word.substr(from, hyphen == std::string_view::npos ? hyphen : hyphen - from);
        if (part.size() > 1 && !is_particle(part)) parts.emplace_back(part);
      }
      if (token.has(kHyphenated)) add(word);
      if (token.has(kHasDigit)) add(tokens.view(token));
    }
    for (const std::string& part : parts) add(part);
    if (parts.size() < 2) continue;
    // annasvensson, asvensson, annas, svenssonanna: how addresses are made of two names
    const std::string &first = parts.front(), &last = parts.back();
    std::size_t one = 1;
    while (one < first.size() && (static_cast<unsigned char>(first[one]) & 0xC0) == 0x80) ++one;
    add(first + last);
    add(last + first);
    add(first.substr(0, one) + last);
  }
}

bool KnownNames::has(std::uint64_t hash, bool any_word) const {
  return anywhere_.contains(hash) || (any_word && ordinary_.contains(hash));
}

// A part of a longer word: between hyphens and digits, and from one capital letter to the next.
bool KnownNames::holds_part(const Tokens& tokens, const Token& token) const {
  const std::string_view word = tokens.view(token);
  const auto is_upper = [&](std::size_t at) {
    return is_ascii_upper(word[at]) ||
           (word[at] == '\xC3' && at + 1 < word.size() && static_cast<unsigned char>(word[at + 1]) < 0x9F);
  };
  bool spelled = token.has(kHyphenated);
  std::string letters;
  for (std::size_t from = 0; from < word.size();) {
    if (word[from] == '-' || is_ascii_digit(word[from])) {
      ++from;
      continue;
    }
    std::size_t to = from + 1;
    while (to < word.size() && word[to] != '-' && !is_ascii_digit(word[to])) {
      // kontakt|Alva, QF|Alva
      const bool next_lower = to + 1 < word.size() && is_ascii_letter(word[to + 1]) && !is_upper(to + 1);
      if (is_upper(to) && (!is_upper(to - 1) || next_lower) && word[to - 1] != '\xC3') break;
      ++to;
    }
    const std::string_view part = word.substr(from, to - from);
    const bool by_hyphens = (from == 0 || word[from - 1] == '-') && (to == word.size() || word[to] == '-');
    if (part.size() > 1 && has(word_hash(part), !by_hyphens || is_upper(from))) return true;
    spelled = spelled && by_hyphens && (part.size() == 1 || (part.size() == 2 && part[0] == '\xC3'));
    letters += part;
    from = to;
  }
  // A-l-v-a, and Al-va at the end of a line.
  return token.has(kHyphenated) && token.letters >= kShortestSpelled && has(word_hash(letters), spelled);
}

bool KnownNames::holds(const Tokens& tokens, std::size_t at) const {
  const Token& token = tokens.all[at];
  if (has(token.hash, token.has(kCapital))) return true;
  if ((token.has(kHyphenated) || token.has(kHasDigit) || token.has(kInnerCapital)) && holds_part(tokens, token))
    return true;
  if (is_ordinary(tokens, at) && points_at_somebody(tokens, at)) return true;
  // kontaktzetterqvist, zetterqvistarna: at an end of a word that no list knows.
  if (long_.empty() || token.end - token.begin <= kLongName || word_bits(token.hash) != 0) return false;
  const std::string word = casefold_nfc(tokens.view(token));
  return std::any_of(long_.begin(), long_.end(),
                     [&](const std::string& name) { return word.starts_with(name) || word.ends_with(name); });
}

bool KnownNames::is_ordinary(const Tokens& tokens, std::size_t at) const {
  return at < tokens.all.size() && tokens.all[at].word() && ordinary_.contains(tokens.all[at].hash);
}

// Whether a word in lower case that is a known name too stands for the person here.
bool KnownNames::points_at_somebody(const Tokens& tokens, std::size_t at) const {
  static const WordSet before(kPointsBehind), behind(kPointsBefore);
  const auto& all = tokens.all;
  const auto sign = [&](std::size_t i, std::string_view signs) {
    return i < all.size() && all[i].kind == TokenKind::kSign && all[i].end - all[i].begin == 1 &&
           signs.find(tokens.view(all[i])) != std::string_view::npos;
  };
  const auto joined = [&](std::size_t i) { return i < all.size() && !all[i].has(kAfterSpace); };
  // klara_lo, @klara, klara.berg, klara-2b: a name of a file, an account or a variable.
  if (at > 0 && joined(at) && sign(at - 1, "_@#")) return true;
  if (joined(at + 1) && sign(at + 1, "_@")) return true;
  if (at > 1 && joined(at) && joined(at - 1) && sign(at - 1, ".-") && all[at - 2].kind != TokenKind::kSign) return true;
  if (joined(at + 1) && joined(at + 2) && sign(at + 1, ".-") && all[at + 2].kind != TokenKind::kSign) return true;
  // bo lund
  const auto other = [&](std::size_t i) {
    return i < all.size() && all[i].word() && all[i].hash != all[at].hash && has(all[i].hash, true);
  };
  if ((at > 0 && other(at - 1)) || other(at + 1)) return true;
  // hope's
  if (at + 2 < all.size() && (tokens.view(all[at + 1]) == "'" || tokens.view(all[at + 1]) == "\xE2\x80\x99") &&
      joined(at + 1) && joined(at + 2) && tokens.view(all[at + 2]) == "s")
    return true;
  // fråga bo, hej klara, elev: bo
  const std::size_t word = at > 1 && sign(at - 1, ",:") ? at - 2 : at - 1;
  if (at > 0 && all[word].word() && before.holds(all[word].hash)) return true;
  if (at + 1 < all.size() && all[at + 1].word() && behind.holds(all[at + 1].hash)) return true;
  // Nothing else is said.
  return std::all_of(all.begin(), all.end(),
                     [&](const Token& one) { return one.kind == TokenKind::kSign || one.hash == all[at].hash; });
}

// A l v a, A.l.v.a, a_l_v_a: single letters with a space or one sign between.
void KnownNames::find_spelled(const Tokens& tokens, std::vector<std::size_t>& found) const {
  const auto& all = tokens.all;
  std::vector<std::size_t> run;  // of single letters
  const auto search = [&] {
    for (std::size_t from = 0; from + kShortestSpelled <= run.size(); ++from) {
      std::string letters;
      std::size_t known = 0;  // the letters of the longest name from here
      for (std::size_t i = from; i < run.size() && i < from + kLongestSpelled; ++i) {
        letters += tokens.view(all[run[i]]);
        if (i + 1 >= from + kShortestSpelled && has(word_hash(letters), true)) known = i + 1 - from;
      }
      if (known == 0) continue;
      // With what stands between: one mask, which shows no letter that comes twice.
      for (std::size_t i = run[from]; i <= run[from + known - 1]; ++i) found.push_back(i);
      from += known - 1;
    }
    run.clear();
  };
  bool sign_before = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool letter = all[i].word() && all[i].letters == 1 && !all[i].has(kHasDigit);
    const bool sign = all[i].kind == TokenKind::kSign && !sign_before;
    if (letter && !all[i].has(kAfterNewline))
      run.push_back(i);
    else if (!sign || run.empty()) {
      search();
      if (letter) run.push_back(i);
    }
    sign_before = all[i].kind == TokenKind::kSign;
  }
  search();
}

std::vector<std::size_t> KnownNames::find(const Tokens& tokens) const {
  std::vector<std::size_t> found;
  if (empty()) return found;
  for (std::size_t i = 0; i < tokens.all.size(); ++i)
    if (tokens.all[i].word() && holds(tokens, i)) found.push_back(i);
  find_spelled(tokens, found);
  return found;
}

AllowedWords::AllowedWords(std::span<const std::string> phrases) {
  for (const std::string& phrase : phrases) {
    const std::string words = with_ascii_apostrophes(phrase);
    const Tokens tokens = tokenise(words);
    for (const Token& token : tokens.all)
      if (token.kind != TokenKind::kSign) {
        words_.insert(token.hash);
        words_.insert(word_hash(std::string(tokens.view(token)) + "s"));
      }
  }
}

bool AllowedWords::holds(const Tokens&, const Token& token) const {
  return !words_.empty() && token.kind != TokenKind::kSign && words_.contains(token.hash);
}

bool AllowedWords::holds_all(const Tokens& tokens, std::uint32_t begin, std::uint32_t end) const {
  if (words_.empty()) return false;
  for (std::size_t i = tokens.at_byte(begin); i < tokens.all.size() && tokens.all[i].begin < end; ++i)
    if (tokens.all[i].kind != TokenKind::kSign && !holds(tokens, tokens.all[i])) return false;
  return true;
}

}  // namespace qf
