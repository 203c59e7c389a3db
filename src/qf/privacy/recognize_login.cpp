// What a text says of accounts in words: user names, numbers of people behind a label, passwords and keys.
#include <algorithm>
#include <array>

#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

// To the next space, without what ends the sentence.
Candidate to_space(std::string_view text, std::size_t begin, std::string_view closing = ".,;:!?)'") {
  std::size_t end = begin;
  while (end < text.size() && static_cast<unsigned char>(text[end]) > ' ' && text[end] != '"' && text[end] != '<')
    ++end;
  while (end > begin && closing.find(text[end - 1]) != std::string_view::npos) --end;
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::string_view written(const Document& document, Candidate one) {
  return document.text().substr(one.begin, one.end - one.begin);
}

std::string_view view(const Document& document, std::size_t i) {
  return i < document.tokens.all.size() ? document.tokens.view(document.tokens.all[i]) : std::string_view();
}

// A sign or a verb that says that what follows is the value.
bool states(std::string_view word) { return is_one_of(word, ":|=|är|is|heter|var|was|blir"); }
// Signs that may stand around a value.
bool is_quote_or_dash(std::string_view word) {
  return word == "\"" || word == "'" || word == "\xE2\x80\x9D" || word == "\xE2\x80\x9C" || word == "-" || word == "`";
}

// What follows a stated word: over a colon, an equals sign, "är" or "is"; the token, or the number of tokens.
std::size_t stated(const Document& document, std::size_t token, bool needs_sign) {
  const auto& all = document.tokens.all;
  std::size_t at = token + 1;
  bool sign = false;
  while (at < all.size() && at < token + 4) {
    const std::string_view word = view(document, at);
    if (states(word))
      sign = true;
    else if (!is_quote_or_dash(word))
      break;
    ++at;
  }
  return sign || !needs_sign ? at : all.size();
}

// Words of either language say nothing of an account: "användarnamn saknas".
bool is_plain_word(const Document& document, const Token& token) {
  return token.word() && !token.has(kHasDigit) &&
         (word_bits(document.tokens.view(token), token.hash) & (kSwedishWord | kEnglishWord)) != 0;
}

// diyar21, zilan_baran, mei.wang.26: letters with a digit, a low line or a full stop among them. Not NA2B, 9B, Ma1b,
// SVESVE02, which are classes and courses; not names of files and hosts.
bool is_shaped_as_account(std::string_view name) {
  if (name.size() < 5 || name.size() > 40) return false;
  std::size_t lower = 0, upper = 0, digits = 0, joints = 0;
  for (const char c : name) {
    if (c == '_' || c == '.' || c == '-')
      ++joints;
    else if (is_ascii_digit(c))
      ++digits;
    else if (is_ascii_upper(c))
      ++upper;
    else if (is_wordlike(c))
      ++lower;
    else
      return false;
  }
  if (!is_wordlike(name.front()) || (lower + upper) < 3) return false;
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos &&
      is_one_of(name.substr(dot + 1), "se|com|org|net|nu|edu|io|pdf|doc|docx|md|txt|py|js|json|html|csv|xlsx|png|jpg"))
    return false;
  const bool course = joints == 0 && is_ascii_upper(name.front()) && digits <= 3 && upper >= lower;
  const bool chapter = joints == 0 && is_ascii_upper(name.front()) && digits <= 2;
  return !course && !chapter && (digits > 0 || joints > (name.find('-') != std::string_view::npos ? 1U : 0U));
}

}  // namespace

void find_stated_name(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const std::size_t at = stated(document, token, true);
  if (at >= all.size() || all[at].kind == TokenKind::kSign || all[at].kind == TokenKind::kPlaceholder) return;
  const Candidate name = to_space(document.text(), all[at].begin);
  // "användarnamn är viktigt" says nothing; a name of an account has a digit, a sign, or follows a colon.
  const bool shaped = written(document, name).find_first_of("0123456789._-@") != std::string_view::npos;
  const std::string_view before = view(document, at - 1);
  // "User: Anna Berg" is a name, which is masked as one.
  if (shaped || ((before == ":" || before == "=") && !all[at].has(kCapital))) found.push_back(name);
}

void find_account_beside(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  constexpr std::string_view kPlatforms =
      "discord|snap|snapchat|tiktok|instagram|insta|kahoot|twitch|telegram|skype|github|reddit|roblox|minecraft|steam";
  constexpr std::string_view kLabels = "username|användarnamn|användarnamnet|nick|nickname|gamertag|alias";
  constexpr std::string_view kLinks =
      "som|as|mig|me|på|on|i|in|kontot|konto|account|användaren|user|under|med|with|is|är|heter|named|called|,|:|-|(|@|"
      "\"";
  const auto& all = document.tokens.all;
  const std::string_view label = view(document, token);
  const bool platform = is_one_of(label, kPlatforms), named = is_one_of(label, kLabels);
  const bool logged = is_one_of(view(document, token + 1), "som|as") || is_one_of(view(document, token + 2), "as|som");
  for (std::size_t at = token + 1; at < all.size() && at <= token + 5; ++at) {
    if (all[at].has(kAfterNewline)) return;
    const std::string_view word = view(document, at);
    if (is_one_of(word, kLinks)) continue;
    if (!all[at].word() && all[at].kind != TokenKind::kNumber) return;
    const Candidate name = to_space(document.text(), all[at].begin);
    const std::string_view whole = written(document, name);
    const bool lower = all[at].word() && !all[at].has(kCapital) && !is_plain_word(document, all[at]);
    // "Heter xxx på Instagram": the platform follows the name.
    const bool on_platform =
        is_one_of(view(document, at + 1), "på|on") && is_one_of(view(document, at + 2), kPlatforms);
    const bool certain = (platform || named || (logged && is_one_of(label, "inloggad|inloggade|logged"))) && lower &&
                         at <= token + 3 && whole.size() >= 4;
    if (is_shaped_as_account(whole) || certain || (on_platform && lower)) return found.push_back(name);
    // Only right behind the label: what stands further off is about something else.
    if (at > token + 2 || !is_plain_word(document, all[at])) return;
  }
}

namespace {

// What is labelled: "staff id", "elev-id", "anst.nr"; which of the lists holds the word at the label or before it.
bool labelled(const Document& document, std::size_t token, std::string_view labels, std::string_view whose) {
  const std::string_view label = view(document, token);
  if (is_one_of(label, labels)) return true;
  if (!is_one_of(label, "id|nr|nummer|number|no|namn|name") || token == 0) return false;
  const std::string_view before = view(document, token - 1);
  return is_one_of(before, whose) || (token > 1 && before == "." && is_one_of(view(document, token - 2), whose));
}

// Behind a label that says what it is, the next word, whatever its shape, unless it is one of the language.
void find_labelled(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  std::size_t at = token + 1;
  while (at < all.size() && at < token + 4 &&
         (states(view(document, at)) || is_quote_or_dash(view(document, at)) || view(document, at) == "." ||
          view(document, at) == "#"))
    ++at;
  if (at >= all.size() || (!all[at].word() && all[at].kind != TokenKind::kNumber) || is_plain_word(document, all[at]))
    return;
  const Candidate value = to_space(document.text(), all[at].begin);
  // A name with a capital is masked as one.
  const bool name = all[at].has(kCapital) && !all[at].has(kHasDigit);
  if (!name && value.end - value.begin >= 3) found.push_back(value);
}

}  // namespace

void find_labelled_staff(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  if (labelled(document, token,
               "signatur|anstnr|anställningsnummer|personal-id|anställnings-id|staffid|lärar-id|lärarid",
               "staff|employee|personal|anst|anställnings|lärar|teacher|badge"))
    find_labelled(document, token, found);
}

void find_labelled_student(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  if (labelled(document, token, "studentid|student-id|elev-id|elevid|elevnummer|elevnr|studentnummer|studentnr",
               "student|pupil|elev|learner"))
    find_labelled(document, token, found);
}

void find_labelled_user(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  if (labelled(document, token, "userid|user-id|användar-id|användarid", "user|användar|account|login|konto"))
    find_labelled(document, token, found);
}

// "Inlämning från zorhad5161 (elev)": letters and digits as accounts of a school have them.
void find_student_account(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const Token& here = document.tokens.all[token];
  if (!here.word() || !here.has(kHasDigit)) return;
  const std::string_view word = document.tokens.view(here);
  const auto digits = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_ascii_digit));
  const bool number = here.letters == 1 && digits >= 5;
  const bool name = here.letters >= 3 && digits >= 2 && word.size() >= 6 && !here.has(kCapital) &&
                    std::none_of(word.begin(), word.end(), is_ascii_upper);
  if ((number || name) && word.size() <= 20) found.push_back({here.begin, here.end});
}

void find_key(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  constexpr std::array<std::string_view, 22> kBeginnings = {
      "sk-",  "sk_live_", "sk_test_", "pk_live_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-",  "xoxb-",  "xoxp-",
      "AKIA", "ASIA",     "AIza",     "hf_",      "npm_", "eyJ",  "SG.",  "ya29.",       "dop_v1_", "shpat_", "pypi-"};
  // Behind these a word may go on; behind the others nothing but a key does.
  constexpr std::string_view kShortBeginnings = "sk-|hf_|npm_|eyJ|SG.|pypi-";
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
  const auto known = std::find_if(kBeginnings.begin(), kBeginnings.end(),
                                  [&](std::string_view one) { return text.substr(begin, one.size()) == one; });
  if (known == kBeginnings.end() && !here.has(kHasDigit)) return;
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
  if (known != kBeginnings.end()) {
    if (length < 16 || (!digit && (length < 24 || is_one_of(*known, kShortBeginnings)))) return;
  } else if (length < 20 || !(hex ? length >= 32 : upper && lower && digit)) {
    return;
  } else if (text.substr(begin, length).find_first_of("/.") != std::string_view::npos) {
    return;  // long words joined by signs, as in file names, are no key
  }
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

namespace {

// Words for what opens an account and nothing else.
constexpr std::string_view kPasswordWords =
    "lösenord|lösenordet|lösen|lösenorden|password|passwd|pwd|passphrase|passcode|passord|pinkod|pin";
constexpr std::string_view kLoginWords =
    "login|inloggning|inloggningen|inloggningsuppgifter|inlogg|logga|logon|credentials";

struct Shape {
  bool mixed = false;   // a digit or a sign among its letters, or words joined by hyphens
  bool strong = false;  // letters of both cases and digits, or letters, digits and signs
};
Shape shape_of(std::string_view word) {
  bool upper = false, lower = false, digit = false, sign = false;
  std::size_t hyphens = 0;
  for (const char c : word) {
    upper = upper || is_ascii_upper(c);
    lower = lower || (is_wordlike(c) && !is_ascii_upper(c) && !is_ascii_digit(c));
    digit = digit || is_ascii_digit(c);
    sign = sign || std::string_view("!@#$%&*_+=?").find(c) != std::string_view::npos;
    hyphens += c == '-' ? 1U : 0U;
  }
  const bool letters = upper || lower;
  const bool code = word.find_first_of("()[]{}<>;\"\\") != std::string_view::npos;
  return {!code && letters && (digit || sign || hyphens >= 2),
          !code && word.size() >= 6 && ((lower && digit && (upper || sign)) || (sign && letters && digit))};
}

// "lararrum / letmein99" behind a login: both.
bool find_login_pair(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  bool sign = false;
  for (std::size_t at = token + 1; at + 1 < all.size() && at < token + 8 && !all[at].has(kAfterNewline); ++at) {
    if (view(document, at) == ":" || view(document, at) == "=") {
      sign = true;
    } else if (sign && (view(document, at) == "/" || view(document, at) == "|") && at > token + 1) {
      std::size_t first = at - 1;
      while (first > token + 1 && !all[first].has(kAfterSpace)) --first;
      const Candidate password = to_space(document.text(), all[at + 1].begin, ".,;:)'");
      if (!all[first].word() || password.end < password.begin + 3) return false;
      found.push_back({all[first].begin, all[at - 1].end});
      found.push_back(password);
      return true;
    }
  }
  return false;
}

}  // namespace

void find_stated_secret(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const std::string_view label = view(document, token);
  const bool login = is_one_of(label, kLoginWords), password = is_one_of(label, kPasswordWords);
  if (login) {
    find_login_pair(document, token, found);
    return;
  }
  // Up to four plain words between: "lösenord till provet: …", "the password for the quiz is …".
  bool sign = false, colon = false;
  std::size_t words = 0;
  for (std::size_t at = token + 1; at < all.size() && at < token + 9; ++at) {
    const Token& here = all[at];
    const std::string_view word = document.tokens.view(here);
    if (here.kind == TokenKind::kPlaceholder) return;
    if (states(word)) {
      sign = true;
      colon = word == ":" || word == "=";
      continue;
    }
    if (is_quote_or_dash(word)) continue;
    if (!sign && (word == "." || word == "," || word == "?" || word == "!" || here.has(kAfterNewline))) return;
    const Candidate secret = to_space(document.text(), here.begin, ".,;:)'");  // a password may end in !
    const std::string_view value = written(document, secret);
    const Shape shape = shape_of(value);
    const bool fits = value.size() >= 4 && value.find('[') == std::string_view::npos;
    // Behind a colon or an equals sign a password word is enough; a plain word behind "key" or "kod" is prose.
    if (fits && sign && (shape.mixed || (password && colon && words == 0))) return found.push_back(secret);
    // Without a sign: what nobody writes but as a password.
    if (fits && !sign && password && here.has(kAfterSpace) && (words == 0 ? shape.mixed : shape.strong))
      return found.push_back(secret);
    if (sign || !here.word() || here.has(kHasDigit) || ++words > 4) return;
  }
}

}  // namespace qf
