// What people are called in systems, and which class they are in; what is said of it in words: recognize_login.cpp.
#include <algorithm>

#include "qf/privacy/recognize.h"

namespace qf {
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
  while (end < text.size() && (is_wordlike(text[end]) || text[end] == '_' ||
                               ((text[end] == '.' || text[end] == '-') && is_wordlike(char_at(text, end + 1)))))
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

}  // namespace qf
