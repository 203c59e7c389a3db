// What people are called in systems, which class they are in, and what opens their accounts.
#include <algorithm>
#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

// What follows a stated word: over a colon, an equals sign, "är" or "is"; the token, or the number of tokens.
std::size_t stated(const Document& document, std::size_t token, bool needs_sign) {
  const auto& all = document.tokens.all;
  std::size_t at = token + 1;
  bool sign = false;
  while (at < all.size() && at < token + 4) {
    const std::string_view word = document.tokens.view(all[at]);
    if (word == ":" || word == "=" || word == "är" || word == "is" || word == "heter" || word == "var" || word == "was")
      sign = true;
    else if (word != "\"" && word != "'" && word != "\xE2\x80\x9D" && word != "\xE2\x80\x9C" && word != "-")
      break;
    ++at;
  }
  return sign || !needs_sign ? at : all.size();
}

// To the next space, without what ends the sentence.
Candidate to_space(std::string_view text, std::size_t begin, std::string_view closing = ".,;:!?)'") {
  std::size_t end = begin;
  while (end < text.size() && static_cast<unsigned char>(text[end]) > ' ' && text[end] != '"' && text[end] != '<')
    ++end;
  while (end > begin && closing.find(text[end - 1]) != std::string_view::npos) --end;
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

}  // namespace

void find_account_name(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const Token& here = document.tokens.all[token];
  if (!here.word() || !here.has(kHasDigit)) return;
  const std::string_view word = document.tokens.view(here);
  const auto digits = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_ascii_digit));
  // abcd1234, u1abcdef, 24annsve: at least two of each kind.
  if (digits >= 1 && here.letters >= 1 && word.size() >= 5 && word.size() <= 20 &&
      std::all_of(word.begin(), word.end(), [](char c) { return is_ascii_digit(c) || is_ascii_letter(c); }))
    found.push_back({here.begin, here.end});
}

void find_stated_name(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const std::size_t at = stated(document, token, true);
  if (at >= all.size() || all[at].kind == TokenKind::kSign || all[at].kind == TokenKind::kPlaceholder) return;
  const Candidate name = to_space(document.text(), all[at].begin);
  const std::string_view written = document.text().substr(name.begin, name.end - name.begin);
  // "användarnamn är viktigt" says nothing; a name of an account has a digit, a sign, or follows a colon.
  const bool shaped = written.find_first_of("0123456789._-@") != std::string_view::npos;
  const std::string_view before = document.tokens.view(all[at - 1]);
  // "User: Anna Berg" is a name, which is masked as one.
  if (shaped || ((before == ":" || before == "=") && !all[at].has(kCapital))) found.push_back(name);
}

void find_mention(const Document& document, std::size_t mark, std::vector<Candidate>& found) {
  constexpr std::string_view kCode =
      "@override|@param|@return|@returns|@media|@import|@app|@property|@staticmethod|@classmethod|@test|@deprecated|@"
      "author|@see|@throws|@since|@font-face|@keyframes|@interface|@autowired|@data|@pytest|@dataclass";
  const std::string_view text = document.text();
  const std::size_t sign = document.tokens.marks[mark];
  if (text[sign] != '@' ||
      (sign > 0 && (is_wordlike(text[sign - 1]) || text[sign - 1] == '.' || text[sign - 1] == '@')))
    return;
  std::size_t end = sign + 1;
  while (end < text.size() &&
         (is_wordlike(text[end]) || text[end] == '_' || (text[end] == '.' && is_wordlike(char_at(text, end + 1)))))
    ++end;
  if (end < sign + 4 || is_ascii_digit(text[sign + 1]) || is_one_of(text.substr(sign, end - sign), kCode)) return;
  found.push_back({static_cast<std::uint32_t>(sign), static_cast<std::uint32_t>(end)});
}

void find_id_number(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const DigitRun digits = document.tokens.digits[run];
  const std::size_t length = digits.end - digits.begin;
  if (length >= 4 && length <= 10 && stands_alone(document.text(), digits.begin, digits.end))
    found.push_back({digits.begin, digits.end});
}

void find_class(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const Token& here = all[token];
  const std::string_view text = document.text();
  if (here.word() && here.has(kHasDigit) && here.end - here.begin <= 8) {
    const std::string_view word = document.tokens.view(here);
    std::size_t digits = 0, at = 0;
    while (at < word.size() && is_ascii_digit(word[at])) ++at;
    digits = at;
    // 9B, 9b, 12NA, or NA22A, EK1b, TE23
    const bool year_first = digits >= 1 && digits <= 2 && here.letters <= 2;
    std::size_t letters = 0;
    while (letters < word.size() && !is_ascii_digit(word[letters])) ++letters;
    std::size_t middle = letters;
    while (middle < word.size() && is_ascii_digit(word[middle])) ++middle;
    const bool programme = letters >= 2 && letters <= 5 && is_ascii_upper(word[0]) && middle - letters <= 2 &&
                           word.size() - middle <= 2 && middle > letters;
    if (year_first || programme) found.push_back({here.begin, here.end});
  } else if (here.kind == TokenKind::kNumber && here.end - here.begin == 1 && char_at(text, here.end) == ':' &&
             is_ascii_digit(char_at(text, here.end + 1)) && !is_wordlike(char_at(text, here.end + 2))) {
    found.push_back({here.begin, here.end + 2});  // 4:2, as some schools number their groups
  } else if (here.letters == 3 && here.has(kAllCapitals) && document.tokens.view(here) == "SFI" &&
             token + 1 < all.size() && all[token + 1].letters == 1 && all[token + 1].has(kCapital)) {
    found.push_back({here.begin, all[token + 1].end});
  }
}

void find_key(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  constexpr std::array<std::string_view, 22> kBeginnings = {
      "sk-",  "sk_live_", "sk_test_", "pk_live_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-",  "xoxb-",  "xoxp-",
      "AKIA", "ASIA",     "AIza",     "hf_",      "npm_", "eyJ",  "SG.",  "ya29.",       "dop_v1_", "shpat_", "pypi-"};
  const std::string_view text = document.text();
  const Token& here = document.tokens.all[token];
  if (!here.word() || here.end - here.begin < 2) return;
  const std::size_t begin = here.begin;
  if (begin > 0 &&
      (is_wordlike(text[begin - 1]) || text[begin - 1] == '_' || text[begin - 1] == '-' || text[begin - 1] == '/'))
    return;
  if (text.substr(begin, 5) == "BEGIN" && begin >= 5 && text.substr(begin - 5, 5) == "-----") {
    const std::size_t end = text.find("-----END", begin);
    const std::size_t close = end == std::string_view::npos ? text.size() : text.find("-----", end + 8);
    found.push_back(
        {static_cast<std::uint32_t>(begin - 5),
         static_cast<std::uint32_t>(close == std::string_view::npos ? text.size() : std::min(close + 5, text.size()))});
    return;
  }
  // Sixteen signs without a space are rare: looked at first.
  for (std::size_t i = begin; i < begin + 16; ++i)
    if (i >= text.size() || text[i] == ' ' || text[i] == '\n') return;
  const bool known = std::any_of(kBeginnings.begin(), kBeginnings.end(),
                                 [&](std::string_view one) { return text.substr(begin, one.size()) == one; });
  if (!known && !here.has(kHasDigit)) return;
  std::size_t end = begin;
  bool upper = false, lower = false, digit = false, hex = true;
  while (end < text.size() && (is_ascii_digit(text[end]) || is_ascii_letter(text[end]) ||
                               std::string_view("_-+/=.~").find(text[end]) != std::string_view::npos)) {
    const char c = text[end++];
    upper = upper || is_ascii_upper(c);
    lower = lower || (c >= 'a' && c <= 'z');
    digit = digit || is_ascii_digit(c);
    hex = hex && is_hex_digit(c);
  }
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  const std::size_t length = end - begin;
  if (known ? length < 16 || !digit : length < 20 || !(hex ? length >= 32 : upper && lower && digit)) return;
  // Long words joined by signs, as in file names, are no key.
  if (!known && text.substr(begin, length).find_first_of("/.") != std::string_view::npos) return;
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_stated_secret(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const std::size_t at = stated(document, token, true);
  if (at >= all.size() || all[at].kind == TokenKind::kPlaceholder) return;
  const std::string_view text = document.text();
  const Candidate secret = to_space(text, all[at].begin, ".,;:)'");  // a password may end in !
  const std::string_view written = text.substr(secret.begin, secret.end - secret.begin);
  if (written.size() < 4 || written.find('[') != std::string_view::npos) return;
  const bool mixed = std::any_of(written.begin(), written.end(), is_ascii_digit) ||
                     written.find_first_of("!@#$%&*_+=") != std::string_view::npos;
  // Behind a colon or an equals sign a password word is enough; a plain word behind "key" or "kod" is prose.
  const std::string_view sign = document.tokens.view(all[at - 1]), word = document.tokens.view(all[token]);
  const bool certain = is_one_of(word, "lösenord|lösenordet|password|passwd|pwd|passphrase|passcode|pinkod|pin") &&
                       (sign == ":" || sign == "=");
  if (mixed || certain) found.push_back(secret);
}

}  // namespace qf
