// Where people live, learn and work: addresses, post codes, schools, companies.
#include <algorithm>

#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

constexpr std::string_view kStreetEndings =
    "gatan|vägen|gränd|gränden|stigen|torget|backen|allén|gata|väg|stig|torg|leden|platsen|esplanaden|kajen|stråket|"
    "svängen|slingan|"
    "promenaden|gaten|veien|vej|vejen|gade|straße|strasse|weg|katu|tie|sgatan|ringen|backe|parken|gården|liden";
constexpr std::string_view kSafeEndings =  // a street even without a number
    "gatan|vägen|gränd|gränden|stigen|torget|backen|allén|esplanaden|promenaden|sgata|straße|strasse|stråket|svängen|"
    "slingan";
// Words with these endings that name no street.
constexpr std::string_view kNoStreets =
    "utvägen|omvägen|genvägen|vintergatan|avvägen|motorvägen|gågatan|järnvägen|landsvägen|huvudvägen|bakvägen|"
    "framvägen|medelvägen|"
    "inkörsvägen|studievägen|karriärvägen|luftvägen|urinvägen|rättsvägen|marknadstorget|riksvägen|byvägen|bygatan";
constexpr std::string_view kSeparateStreets =
    "gata|väg|gränd|stig|torg|backe|allé|plats|plan|led|gård|kyrkogata|promenaden|promenad|platz|allee";
constexpr std::string_view kEnglishStreets =
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|way|square|sq|place|pl|terrace|close|"
    "crescent|gardens|grove|"
    "highway|hwy|parkway|pkwy|trail|circle|cir|row|mews|walk|hill|green|park|view|ridge|run|path|alley|plaza|loop|pike|"
    "turnpike|heights|"
    "mall|station|stravenue|branch|bridge|brook|burg|bypass|camp|canyon|cape|causeway|center|centers|cliff|cliffs|club|"
    "common|corner|"
    "corners|course|cove|coves|creek|crest|crossing|crossroad|curve|dale|dam|divide|estate|estates|expressway|"
    "extension|fall|falls|ferry|"
    "field|fields|flat|flats|ford|fords|forest|forge|forges|fork|forks|fort|freeway|garden|gateway|glen|glens|greens|"
    "groves|harbor|harbors|"
    "haven|hills|hollow|inlet|island|islands|isle|junction|junctions|key|keys|knoll|knolls|lake|lakes|land|landing|"
    "light|lights|loaf|lock|"
    "locks|lodge|manor|manors|meadow|meadows|mill|mills|mission|motorway|mount|mountain|mountains|neck|orchard|oval|"
    "overpass|parks|parkways|"
    "pass|passage|pine|pines|plain|plains|point|points|port|ports|prairie|radial|ramp|ranch|rapid|rapids|rest|ridges|"
    "river|roads|route|rue|"
    "shoal|shoals|shore|shores|skyway|spring|springs|spur|spurs|squares|stream|streets|summit|throughway|trace|track|"
    "trafficway|tunnel|union|"
    "unions|valley|valleys|via|viaduct|views|village|villages|ville|vista|walks|wall|ways|well|wells";

bool space_or_comma(char c) { return c == ' ' || c == ',' || c == '\n' || c == '\t'; }

// Behind `at`, over spaces, one comma and one line end.
std::size_t skip_gap(std::string_view text, std::size_t at) {
  std::size_t next = at;
  while (next < text.size() && space_or_comma(text[next]) && next - at < 6) ++next;
  return next;
}

// "123", "12 B", "12-14", behind one space; `at` where there is none.
std::size_t house_number_end(std::string_view text, std::size_t at) {
  std::size_t next = at;
  while (char_at(text, next) == ' ') ++next;
  if (next == at || !is_ascii_digit(char_at(text, next))) return at;
  std::size_t end = next;
  while (is_ascii_digit(char_at(text, end))) ++end;
  if (end - next > 5) return at;
  if (char_at(text, end) == '-' && is_ascii_digit(char_at(text, end + 1)))
    for (++end; is_ascii_digit(char_at(text, end));) ++end;
  if (is_ascii_letter(char_at(text, end)) && !is_wordlike(char_at(text, end + 1)))
    ++end;
  else if (char_at(text, end) == ' ' && is_ascii_upper(char_at(text, end + 1)) &&
           !is_wordlike(char_at(text, end + 2)) && char_at(text, end + 1) != 'I')
    end += 2;
  return is_wordlike(char_at(text, end)) ? at : end;
}

// "lgh 1203", "Apt. 5", "Suite 12", "2 tr" behind an address; `at` where there is none.
std::size_t flat_end(std::string_view text, std::size_t at) {
  const std::size_t next = skip_gap(text, at);
  std::size_t end = next;
  while (end < text.size() && is_wordlike(text[end])) ++end;
  if (!is_one_of(text.substr(next, end - next), "lgh|lägenhet|apt|apartment|suite|unit|flat|ste|room|box")) return at;
  while (char_at(text, end) == '.' || char_at(text, end) == ' ' || char_at(text, end) == '#') ++end;
  const std::size_t number = end;
  while (is_wordlike(char_at(text, end))) ++end;
  return end > number ? end : at;
}

bool is_capital_at(std::string_view text, std::size_t at) {
  const char c = char_at(text, at);
  return is_ascii_upper(c) ||
         (static_cast<unsigned char>(c) == 0xC3 && static_cast<unsigned char>(char_at(text, at + 1)) < 0x9F);
}

// One to three capitalised words from `at` on; `at` where there is none.
std::size_t town_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  for (int words = 0; words < 3; ++words) {
    const std::size_t from = words == 0 ? at : end + 1;
    if ((words > 0 && char_at(text, end) != ' ') || !is_capital_at(text, from)) break;
    std::size_t stop = from;
    while (stop < text.size() &&
           (is_wordlike(text[stop]) || (text[stop] == '-' && is_wordlike(char_at(text, stop + 1)))))
      ++stop;
    if (const std::size_t quote = text.substr(from, stop - from).find("\xE2\x80"); quote != std::string_view::npos)
      stop = from + quote;
    if (stop == from) break;
    end = stop;
  }
  return end;
}

// Five digits, "NNN NN" too; `at` where there is none.
std::size_t five_digits_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  int digits = 0;
  while (digits < 5 &&
         (is_ascii_digit(char_at(text, end)) || (digits == 3 && char_at(text, end) == ' ' && end == at + 3))) {
    digits += is_ascii_digit(text[end]) ? 1 : 0;
    ++end;
  }
  return digits == 5 && !is_wordlike(char_at(text, end)) ? end : at;
}

// Post code and town, town and code, state and code behind a street; `at` where there is nothing.
std::size_t post_end(std::string_view text, std::size_t at) {
  std::size_t next = skip_gap(text, at);
  if (next == at) return at;
  // "Storgatan 5 i SE-203 16 Umeå"
  if (text.substr(next, 2) == "i " &&
      (text.substr(next + 2, 3) == "SE-" || five_digits_end(text, next + 2) != next + 2))
    next += 2;
  if (text.substr(next, 3) == "SE-" || text.substr(next, 2) == "S-") next = text.find('-', next) + 1;
  if (const std::size_t code = five_digits_end(text, next); code != next) {
    const std::size_t town = skip_gap(text, code);
    const std::size_t end = town_end(text, town);
    return end != town && text.substr(code, town - code).find('\n') == std::string_view::npos ? end : code;
  }
  // "Springfield, IL 62704", "London SW1A 1AA"
  const std::size_t town = town_end(text, next);
  if (town == next) return at;
  std::size_t state = skip_gap(text, town);
  std::size_t state_end = state;
  while (is_ascii_upper(char_at(text, state_end))) ++state_end;
  if (state_end - state == 2 && char_at(text, state_end) == ' ') {
    std::size_t code = five_digits_end(text, state_end + 1);
    if (code != state_end + 1)
      return char_at(text, code) == '-' && is_ascii_digit(char_at(text, code + 4)) ? code + 5 : code;
  }
  // "Springfield IL 62704": the state was taken for a part of the town.
  if (town > next + 3 && is_ascii_upper(text[town - 1]) && is_ascii_upper(text[town - 2]) && text[town - 3] == ' ') {
    const std::size_t code = five_digits_end(text, skip_gap(text, town));
    if (code > town + 1) return code;
  }
  if (const std::size_t code = five_digits_end(text, state); code != state) return code;
  std::size_t british = state;  // SW1A 1AA
  if (is_ascii_upper(char_at(text, british))) {
    while (is_ascii_upper(char_at(text, british)) || is_ascii_digit(char_at(text, british))) ++british;
    if (british - state <= 4 && char_at(text, british) == ' ' && is_ascii_digit(char_at(text, british + 1)) &&
        is_ascii_upper(char_at(text, british + 2)) && is_ascii_upper(char_at(text, british + 3)))
      return british + 4;
  }
  return at;
}

Candidate address(std::size_t begin, std::size_t end, std::string_view text) {
  end = flat_end(text, end);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(post_end(text, end))};
}

bool is_place_name(const Tokens& tokens, const Token& token) {
  return token.has(kCapital) && (word_bits(tokens.view(token), token.hash) & kPlace) != 0;
}

}  // namespace

void find_swedish_address(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const std::string_view text = document.text();
  const Token& street = all[token];
  if (!street.word() || street.has(kHasDigit)) return;
  static const WordSet separate(kSeparateStreets);
  const std::string_view word = document.tokens.view(street);
  std::size_t begin = street.begin, number = street.end;
  if (street.has(kCapital) && word.size() > 5 && ends_with_one_of(word, kStreetEndings)) {
    number = house_number_end(text, street.end);
    const bool numbered = number != street.end;
    if (!numbered &&
        (!ends_with_one_of(word, kSafeEndings) || is_one_of(word, kNoStreets) || street.has(kSentenceStart))) {
      // "Storgatan" begins a sentence as a street does a line: then only with what else an address has.
      if (is_one_of(word, kNoStreets) || !ends_with_one_of(word, kSafeEndings)) return;
      if (word_bits(street.hash) & kSwedishWord) return;
    }
    // 12 Storgatan, as the English write it
    if (!numbered && token > 0 && all[token - 1].kind == TokenKind::kNumber && all[token - 1].end + 1 == street.begin &&
        all[token - 1].end - all[token - 1].begin <= 4)
      begin = all[token - 1].begin;
    // Norra Storgatan, Sankt Eriksgatan
    if (token > 0 && is_one_of(document.tokens.view(all[token - 1]),
                               "norra|södra|östra|västra|stora|lilla|övre|nedre|gamla|nya|sankt|s:t|st|yttre|inre"))
      begin = all[token - 1].has(kCapital) ? all[token - 1].begin : begin;
  } else if (token > 0 && all[token - 1].has(kCapital) && separate.holds(street.hash)) {
    // Anders Zorns väg 5
    number = house_number_end(text, street.end);
    const std::string_view name = document.tokens.view(all[token - 1]);
    if (number == street.end &&
        !(name.ends_with("s") && token > 1 && all[token - 2].has(kCapital) && !all[token - 2].has(kSentenceStart)))
      return;
    begin = all[token - 1].begin;
    if (token > 1 && all[token - 2].word() && all[token - 2].has(kCapital) && !all[token - 2].has(kSentenceStart))
      begin = all[token - 2].begin;
  } else {
    return;
  }
  found.push_back(address(begin, number, text));
}

void find_english_address(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const auto& tokens = document.tokens;
  const std::string_view text = document.text();
  const DigitRun number = tokens.digits[run];
  if (number.end - number.begin > 6 ||
      (number.begin > 0 &&
       (is_wordlike(text[number.begin - 1]) || text[number.begin - 1] == '.' || text[number.begin - 1] == '-')))
    return;
  std::size_t i = tokens.at_byte(number.begin);
  if (i + 1 >= tokens.all.size() || tokens.all[i].letters > 1) return;
  std::size_t last = 0;
  // "12 rue de la Paix", "5 Calle Mayor"
  const bool roman = is_one_of(tokens.view(tokens.all[i + 1]),
                               "rue|avenue|boulevard|calle|via|piazza|rua|quai|chemin|place|viale|corso");
  std::size_t words = 0;
  for (std::size_t k = i + 1; k < tokens.all.size() && words < 5; ++k) {
    const Token& token = tokens.all[k];
    const std::string_view word = tokens.view(token);
    if (token.has(kAfterNewline)) break;
    if (word == "." && last == k - 1) continue;
    const bool particle = roman && is_one_of(word, "de|la|du|des|le|les|del|della|di|da|do|rue|calle|via|chemin|quai");
    const bool ordinal = token.kind == TokenKind::kWord && token.has(kHasDigit) &&
                         (word.ends_with("th") || word.ends_with("st") || word.ends_with("nd") || word.ends_with("rd"));
    if (!token.word() || (!token.has(kCapital) && !particle && !ordinal)) break;
    ++words;
    if (words > 1 && is_one_of(word, kEnglishStreets)) last = k;
    if (roman && words > 1 && token.has(kCapital)) last = k;
  }
  if (last == 0) return;
  std::size_t end = tokens.all[last].end;
  if (char_at(text, end) == '.' && tokens.all[last].letters <= 4) ++end;
  found.push_back(address(number.begin, end, text));
}

void find_post_town(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  std::size_t begin = document.tokens.digits[run].begin;
  // SE-598 81 Malmö
  const bool country =
      begin >= 2 && text[begin - 1] == '-' &&
      ((text.substr(begin >= 3 ? begin - 3 : 0, 3) == "SE-" && (begin == 3 || !is_wordlike(text[begin - 4]))) ||
       (text.substr(begin - 2, 2) == "S-" && (begin == 2 || !is_wordlike(text[begin - 3]))));
  if (begin > 0 && !country && (is_wordlike(text[begin - 1]) || text[begin - 1] == '-' || text[begin - 1] == '.'))
    return;
  const std::size_t code = five_digits_end(text, begin);
  if (code == begin || text[begin] == '0' || char_at(text, code) != ' ') return;
  if (country) begin -= text[begin - 2] == 'E' ? 3 : 2;
  std::size_t town = code;
  while (char_at(text, town) == ' ') ++town;
  const std::size_t end = town_end(text, town);
  if (end == town) return;
  const std::size_t token = document.tokens.at_byte(town);
  if (token < document.tokens.all.size() && is_place_name(document.tokens, document.tokens.all[token]))
    found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_post_code(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const auto& tokens = document.tokens;
  const std::size_t begin = tokens.digits[run].begin;
  if (begin > 0 &&
      (is_wordlike(text[begin - 1]) || std::string_view("-.,/:").find(text[begin - 1]) != std::string_view::npos))
    return;
  std::size_t end = five_digits_end(text, begin);
  if (end == begin) return;
  if (char_at(text, end) == '-' && is_ascii_digit(char_at(text, end + 1))) {  // 12345-6789
    std::size_t four = end + 1;
    while (is_ascii_digit(char_at(text, four))) ++four;
    if (four != end + 5) return;
    end = four;
  }
  if ((char_at(text, end) == '.' || char_at(text, end) == ',') && is_ascii_digit(char_at(text, end + 1))) return;
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_post_code_behind_place(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const auto& tokens = document.tokens;
  const std::size_t token = tokens.at_byte(tokens.digits[run].begin);
  if (token == 0 || !is_place_name(tokens, tokens.all[token - 1]) ||
      tokens.all[token].begin != tokens.all[token - 1].end + 1)
    return;
  find_post_code(document, run, found);
}

void find_school(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  constexpr std::string_view kEndings =
      "skolan|gymnasiet|gymnasium|universitetet|universitet|högskolan|högskola|förskola|förskolan|friskola|friskolan";
  constexpr std::string_view kGeneric =
      "grundskolan|gymnasieskolan|gymnasiet|gymnasium|högskolan|förskolan|folkhögskolan|musikskolan|kulturskolan|"
      "universitetet|universitet|högskola|skolan|grundsärskolan|"
      "särskolan|realskolan|folkskolan|lärarhögskolan|sommarskolan|friskolan|friskola|förskola|specialskolan|"
      "yrkesskolan|yrkeshögskolan|"
      "internatskolan|mellanstadieskolan|högstadieskolan|lågstadieskolan|hemskolan|flickskolan|pojkskolan|"
      "sjukhusskolan|naturskolan|språkskolan|körskolan|trafikskolan|ridskolan|simskolan|dansskolan|konstskolan|"
      "polishögskolan|söndagsskolan|läroverket";
  const auto& all = document.tokens.all;
  const Token& here = all[token];
  if (!here.word() || here.letters < 3) return;
  const std::string_view word = document.tokens.view(here);
  const auto view = [&](std::size_t i) { return i < all.size() ? document.tokens.view(all[i]) : std::string_view(); };
  const auto keep = [&](std::size_t first, std::size_t last) { found.push_back({all[first].begin, all[last].end}); };
  static const WordSet kinds(
      "universitet|gymnasium|högskola|skola|gymnasieskola|friskola|folkhögskola|grundskola|läroverk|university|college|"
      "school|academy|"
      "högskolan|universitetet|kth|chalmers");
  if (here.has(kCapital) && ends_with_one_of(word, kEndings) && !is_one_of(word, kGeneric)) return keep(token, token);
  // Mariebergs montessoriskola: a school of any kind behind a genitive.
  if (word.size() > 7 && word.ends_with("skola") && !here.has(kCapital) && token > 0 && all[token - 1].word() &&
      all[token - 1].has(kCapital) && all[token - 1].letters > 3 && view(token - 1).ends_with("s") &&
      !(all[token - 1].has(kSentenceStart) && (word_bits(all[token - 1].hash) & kSwedishWord) != 0))
    return keep(token - 1, token);
  if (!kinds.holds(here.hash)) return;
  const bool capital_before = token > 0 && all[token - 1].word() && all[token - 1].has(kCapital);
  // Uppsala universitet, Kungliga Tekniska högskolan, Fridhems skola, Lincoln High School
  if (is_one_of(word,
                "universitet|gymnasium|högskola|skola|gymnasieskola|friskola|folkhögskola|grundskola|läroverk|"
                "university|college|school|academy")) {
    std::size_t first = token;
    while (first > 0 && token - first < 4 && all[first - 1].word() && all[first - 1].has(kCapital) &&
           !all[first].has(kAfterNewline) &&
           !is_one_of(view(first - 1), "the|my|our|his|her|their|a|i|på|vid|at|in|en|ett|den|vår|min|this|that|high"))
      --first;
    if (first < token && is_one_of(view(first), "high|middle|primary|secondary|elementary|old|new|public|private"))
      return;
    const bool english = is_one_of(word, "university|college|school|academy");
    if (english && !here.has(kCapital)) return;
    if (first < token && capital_before) {
      std::size_t last = token;
      if (english && is_one_of(view(token + 1), "of") && token + 2 < all.size() && all[token + 2].has(kCapital))
        last = token + 2;
      return keep(first, last);
    }
    if (first < token) return keep(first, token);
  }
  // University of Oslo, Högskolan i Gävle
  if (is_one_of(word, "university|högskolan|universitetet|college|academy") &&
      (here.has(kCapital) || is_one_of(word, "högskolan|universitetet")) && is_one_of(view(token + 1), "of|i") &&
      token + 2 < all.size() && all[token + 2].word() && all[token + 2].has(kCapital)) {
    std::size_t last = token + 2;
    while (last + 1 < all.size() && last < token + 5 && all[last + 1].word() && all[last + 1].has(kCapital)) ++last;
    return keep(token, last);
  }
  if (here.has(kCapital) && is_one_of(word, "KTH|Chalmers")) keep(token, token);
}

void find_company(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const Token& here = all[token];
  if (!here.word() || here.letters > 4 || !here.has(kCapital)) return;
  if (!is_one_of(document.tokens.view(here), "AB|HB|KB|Inc|Ltd|LLC|GmbH|Plc|PLC|Corp|ApS|Oyj") ||
      document.tokens.view(here) == "inc")
    return;
  std::size_t first = token;
  // Not over the end of a line: there stands who signs for it.
  while (first > 0 && token - first < 6 && !all[first].has(kAfterNewline)) {
    const Token& before = all[first - 1];
    const std::string_view word = document.tokens.view(before);
    const bool joint = (word == "&" || word == "och" || word == "and" || word == ",") && first > 1 &&
                       all[first - 2].word() && all[first - 2].has(kCapital);
    if ((!before.word() || !before.has(kCapital)) && !joint) break;
    if (is_one_of(word, "the|at|in|i|på|hos|from|och|and") && !joint) break;
    --first;
  }
  while (first < token && !all[first].word()) ++first;
  if (first < token) found.push_back({all[first].begin, here.end});
}

void find_employer(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const bool employer = is_one_of(document.tokens.view(all[token]), "employer|arbetsgivare|arbetsgivaren");
  const std::string_view before = employer ? "is|är|was|var|:|heter" : "på|hos|vid|at|for|by|with|åt";
  std::size_t i = token + 1;
  while (i < all.size() && i < token + 4 && !is_one_of(document.tokens.view(all[i]), before)) ++i;
  if (i >= all.size() || i >= token + 4 || ++i >= all.size()) return;
  if (is_one_of(document.tokens.view(all[i]), "the|företaget|firman")) ++i;
  std::size_t last = i;
  while (last < all.size() && last < i + 4 && all[last].word() && all[last].has(kCapital)) ++last;
  if (last == i) return;
  // Sundvalls kommun, Karolinska sjukhuset
  static const WordSet kinds(
      "kommun|sjukhuset|sjukhus|stad|bank|bibliotek|vårdcentral|församling|regionen|polisen|kommuns|hospital|council");
  if (last < all.size() && all[last].word() && kinds.holds(all[last].hash)) ++last;
  found.push_back({all[i].begin, all[last - 1].end});
}

}  // namespace qf
