// Days of birth and ages: a number becomes one by the words around it.
#include <array>

#include "qf/privacy/recognize.h"
#include "qf/privacy/sensitive_words.h"

namespace qf {

namespace {

constexpr int kLastYear = 2099;

constexpr std::string_view kMonths =
    "januari|jan|februari|feb|mars|mar|april|apr|maj|may|juni|jun|juli|jul|augusti|aug|september|sep|sept|oktober|okt|"
    "november|nov|"
    "december|dec|january|february|march|june|july|august|october|oct";

// The word beside a place, in the direction of `step`, with at most a space or a full stop between.
std::string_view word_behind(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '.' || text[at] == ',')) ++at;
  const std::size_t begin = at;
  while (at < text.size() && is_wordlike(text[at])) ++at;
  return text.substr(begin, at - begin);
}

std::string_view word_before(std::string_view text, std::size_t& at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '-')) --at;
  const std::size_t end = at;
  while (at > 0 && is_wordlike(text[at - 1])) --at;
  return text.substr(at, end - at);
}

}  // namespace

void find_birth_date(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  join_digits(document, run, 8, [&](const DigitGroups& groups, std::uint32_t begin, std::uint32_t end) {
    if (!digits_alone(text, begin, end)) return;
    std::string shape = groups.shape;
    for (char& c : shape)
      if (c == '/' || c == '.') c = '-';
    const std::string_view digits = groups.digits;
    const auto part = [&](std::size_t from, std::size_t count) { return number_of(digits.substr(from, count)); };
    bool date = false;
    if (shape == "4-2-2" || shape == "8") date = is_date(part(0, 4), part(4, 2), part(6, 2));
    if (shape == "2-2-2" || shape == "6")
      date = is_date(2000, part(2, 2), part(4, 2)) || is_date(2000, part(2, 2), part(0, 2)) ||
             is_date(2000, part(0, 2), part(2, 2));
    if (shape == "2-2-4")
      date = is_date(part(4, 4), part(2, 2), part(0, 2)) || is_date(part(4, 4), part(0, 2), part(2, 2));
    if (shape == "1-1-4" || shape == "1-2-4" || shape == "2-1-4" || shape == "1-1-2" || shape == "1-2-2" ||
        shape == "2-1-2")
      date = true;
    if (groups.shape == "1/1 4" || groups.shape == "1/2 4" || groups.shape == "2/1 4" || groups.shape == "2/2 4" ||
        groups.shape == "1/1 2" || groups.shape == "1/2 2" || groups.shape == "2/1 2" || groups.shape == "2/2 2")
      date = true;
    if ((shape == "1-1" || shape == "1-2" || shape == "2-1" || shape == "2-2") &&
        groups.shape.find('/') != std::string::npos)
      date = true;
    if (date) found.push_back({begin, end});
  });
  // 12 mars 1985, 12 mars, March 12, 1985, 1985
  const DigitRun digits = document.tokens.digits[run];
  const std::size_t length = digits.end - digits.begin;
  if (!digits_alone(text, digits.begin, digits.end)) return;
  if (length <= 2) {
    std::size_t at = digits.end;
    if (text.substr(at, 2) == ":e" || text.substr(at, 2) == "th" || text.substr(at, 2) == "st" ||
        text.substr(at, 2) == "nd")
      at += 2;
    const std::string_view ordinal_of = text.substr(at, 4);
    if (ordinal_of == " of ") at += 3;
    std::size_t from = digits.begin;
    if (is_one_of(word_behind(text, at), kMonths)) {
      from = digits.begin;
    } else {
      at = digits.end;
      if (!is_one_of(word_before(text, from), kMonths)) return;
    }
    std::size_t year = at;
    const std::string_view next = word_behind(text, year);
    if (next.size() == 4 && next.find_first_not_of("0123456789") == std::string_view::npos) at = year;
    found.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(at)});
  } else if (length == 4) {
    const int year = number_of(text.substr(digits.begin, 4));
    if (year >= 1900 && year <= kLastYear) found.push_back({digits.begin, digits.end});
  }
}

void find_age(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun digits = document.tokens.digits[run];
  if (digits.end - digits.begin > 3 || number_of(text.substr(digits.begin, digits.end - digits.begin)) > 120) return;
  if (digits.begin > 0 &&
      (is_wordlike(text[digits.begin - 1]) || text[digits.begin - 1] == '.' || text[digits.begin - 1] == ','))
    return;
  const auto keep = [&](std::size_t begin, std::size_t end) {
    found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  };
  const std::string_view after = text.substr(digits.end, 16);
  for (const std::string_view form : {"-åringen", "-åringar", "-åring", "-årig", "-year-old", "-year old", " years old",
                                      " year old", " år gammal", " år gamla", " y/o", " yrs old", " years of age"})
    if (after.starts_with(form)) {
      // Only the number is somebody's; the words around it keep the sentence readable.
      return keep(digits.begin, digits.end);
    }
  std::size_t before = digits.begin;
  const std::string_view word = word_before(text, before);
  if (is_one_of(word, "aged|ålder|åldern|fyller|fyllde|fyllt") && !is_wordlike(char_at(text, digits.end)))
    keep(digits.begin, digits.end);
}

// "f. 14 juli 1995", "f. 19710721"
void find_abbreviated_birth_date(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const auto& digits = document.tokens.digits;
  std::size_t at = digits[run].begin;
  while (at > 0 && text[at - 1] == ' ') --at;
  // "tab. f. 2": a word or a line begins with it.
  if (at < 2 || text[at - 1] != '.' || text[at - 2] != 'f' ||
      (at > 2 && std::string_view(" (,\n").find(text[at - 3]) == std::string_view::npos))
    return;
  std::vector<Candidate> dates;
  find_birth_date(document, run, dates);
  for (const Candidate date : dates)
    if (date.end - date.begin > 4) found.push_back(date);  // four digits alone are a year of anything
}

namespace {

constexpr std::string_view kPlainPronouns = "hon|han|hen|jag|he|she|i|som|who";

// Whether the token speaks of one person or several: a noun, or a name with a capital before which nothing stands.
bool is_person(const Document& document, std::size_t token) {
  const Token& word = document.tokens.all[token];
  return word.word() && (is_person_noun(word.hash) || is_one_of(document.tokens.view(word), kPlainPronouns));
}

// "är", "fyller", "is": between a person and an age.
bool is_verb_of_age(std::string_view word) {
  return is_one_of(word,
                   "är|var|blir|blev|fyller|fyllde|fyllt|is|was|are|were|turns|turned|turning|'m|'s|am|bara|only|just");
}

// Whether a person stands directly before `token`, over a verb of age and, in a list, other ages.
bool is_aged_person_before(const Document& document, std::size_t token, bool or_name) {
  const auto& all = document.tokens.all;
  bool verb = false;
  for (std::size_t at = token; at > 0 && token - at < 7;) {
    --at;
    const std::string_view word = document.tokens.view(all[at]);
    if (is_verb_of_age(word)) {
      verb = true;
      continue;
    }
    if (verb) return is_person(document, at) || (or_name && all[at].has(kCapital) && all[at].letters > 2);
    if (all[at].kind != TokenKind::kNumber && !is_one_of(word, "och|and|,|år|years")) return false;
  }
  return false;
}

}  // namespace

void find_age_of_somebody(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const auto& all = document.tokens.all;
  const DigitRun digits = document.tokens.digits[run];
  if (digits.end - digits.begin > 2 || !stands_alone(text, digits.begin, digits.end) || digits.begin == 0) return;
  const int age = number_of(text.substr(digits.begin, digits.end - digits.begin));
  if (age < 1 || char_at(text, digits.end) == '%') return;
  const std::size_t token = document.tokens.at_byte(digits.begin);
  if (token == 0) return;
  const auto view = [&](std::size_t i) { return i < all.size() ? document.tokens.view(all[i]) : std::string_view(); };
  const std::string_view next = view(token + 1), before = view(token - 1);
  if ((next == "." || next == ",") && is_ascii_digit(char_at(text, digits.end + 1))) return;
  const bool years = is_one_of(next, "år|years|yrs|åring|y");
  // "(12 år)", ", 17," and "(17)" behind a person.
  const bool closed = next == "," || next == ")" || (years && is_one_of(view(token + 2), ",|)|.|gammal|old"));
  const bool apposed =
      (before == "(" || before == ",") && token > 1 && closed &&
      (is_person(document, token - 2) || (all[token - 2].has(kCapital) && all[token - 2].letters > 2 && years));
  // "Hon är 13 år", "Syskonen är 7 och 10 år"; without the years only of he and she: "she is 13 and …".
  const bool listed = is_one_of(next, "och|and|,") && is_one_of(view(token + 3), "år|years");
  const bool ends = next.empty() || is_one_of(next, ".|,|!|och|and|;|)|men|but|så|so");
  const bool said = years || listed ? is_aged_person_before(document, token, true)
                                    : ends && age > 3 && is_aged_person_before(document, token, false);
  if (apposed || said) found.push_back({digits.begin, digits.end});
}

void find_age_in_words(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  constexpr std::string_view kNumbers =
      "fem|sex|sju|åtta|nio|tio|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|nitton|tjugo|trettio|fyrtio|"
      "femtio|sextio|tre|fyra|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
      "seventeen|eighteen|nineteen|twenty";
  static const WordSet numbers(kNumbers);
  const auto& all = document.tokens.all;
  const Token& here = all[token];
  if (!here.word() || here.letters < 3) return;
  const auto view = [&](std::size_t i) { return i < all.size() ? document.tokens.view(all[i]) : std::string_view(); };
  // nio år, fifteen years old
  if (numbers.holds(here.hash)) {
    if (!is_one_of(view(token + 1), "år|years|year")) return;
    const bool old = is_one_of(view(token + 2), "gammal|gamla|gammalt|old");
    const bool bracket = token > 1 && is_one_of(view(token - 1), "(|,") && is_person(document, token - 2);
    if (old || bracket || is_aged_person_before(document, token, true))
      found.push_back({here.begin, all[token + 1].end});
    return;
  }
  // elvaåriga, elvaåringen
  const std::string_view word = document.tokens.view(here);
  const std::size_t years = word.size() > 7 ? word.find("åri", word.size() > 12 ? word.size() - 12 : 0) : word.npos;
  if (years == std::string_view::npos || years < 3 || !is_one_of(word.substr(0, years), kNumbers)) return;
  const bool somebody = word.substr(years).starts_with("åring");
  const bool beside =
      (token + 1 < all.size() && is_person(document, token + 1)) || (token > 0 && is_person(document, token - 1));
  if (somebody || beside) found.push_back({here.begin, here.end});
}

}  // namespace qf
