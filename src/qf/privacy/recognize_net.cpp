// Addresses of machines, mail, files: mail addresses, URLs, paths, IP, MAC, UUID.
#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

// Top-level domains that end a bare domain or a spoken address; behind a scheme or @ any will do.
constexpr std::string_view kCommonTopLevels =
    "com|se|org|net|edu|gov|nu|io|eu|uk|no|dk|fi|de|fr|nl|es|it|pl|ch|at|be|ie|is|pt|cz|us|ca|au|nz|in|jp|cn|ru|br|il|"
    "int|info|biz|app|dev|ai|me|tv|site|online|name|cloud|xyz|co";
// Pages that everybody may know of: no person and no class is found by them (b3). With a user or a query they are
// masked.
constexpr std::string_view kPublicHosts =
    "skolverket.se|www.skolverket.se|wikipedia.org|sv.wikipedia.org|en.wikipedia.org|www.wikipedia.org|riksdagen.se|"
    "www.riksdagen.se|"
    "1177.se|www.1177.se|scb.se|www.scb.se|ne.se|www.ne.se|w3.org|www.w3.org|python.org|docs.python.org|developer."
    "mozilla.org";

bool is_local_part(char c) {
  return is_wordlike(c) || std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}
bool is_host(char c) { return is_wordlike(c) || c == '-' || c == '.'; }
bool ends_url(char c) {
  return static_cast<unsigned char>(c) <= ' ' || std::string_view("\"'<>`|\\^{}").find(c) != std::string_view::npos;
}

// Takes away what ends the sentence, not the address.
std::size_t trimmed(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin) {
    const char last = text[end - 1];
    const bool closing = (last == ')' || last == ']') &&
                         text.substr(begin, end - begin).find(last == ')' ? '(' : '[') == std::string_view::npos;
    if (std::string_view(".,;:!?").find(last) == std::string_view::npos && !closing) break;
    --end;
  }
  return end;
}

// The end of the host at `at` if it has a full stop and a top-level domain of two letters or more, else `at`.
std::size_t host_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_host(text[end])) ++end;
  // Typographic quotes and dashes are no letters of a host.
  if (const std::size_t sign = text.substr(at, end - at).find("\xE2\x80"); sign != std::string_view::npos)
    end = at + sign;
  while (end > at && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  const std::string_view host = text.substr(at, end - at);
  const std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.find("..") != std::string_view::npos) return at;
  const std::string_view top = host.substr(dot + 1);
  const bool letters = top.size() >= 2 && std::none_of(top.begin(), top.end(), is_ascii_digit);
  return letters || top.starts_with("xn--") ? end : at;
}

// "Name. Next": where a space was forgotten after a full stop, what follows is no domain.
bool is_common_top(std::string_view top) { return is_one_of(top, kCommonTopLevels); }

}  // namespace

namespace {

// anna.lind @ skolan.se
void find_spaced_email(std::string_view text, std::size_t sign, std::vector<Candidate>& found) {
  std::size_t begin = sign - 1, end = sign + 2;
  while (begin > 0 &&
         (is_wordlike(text[begin - 1]) || std::string_view("._-").find(text[begin - 1]) != std::string_view::npos))
    --begin;
  end = host_end(text, end);
  if (begin < sign - 1 && end > sign + 2)
    found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

}  // namespace

void find_email(const Document& document, std::size_t mark, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const std::size_t sign = document.tokens.marks[mark];
  if (text[sign] != '@') return;
  if (sign > 1 && text[sign - 1] == ' ' && char_at(text, sign + 1) == ' ') return find_spaced_email(text, sign, found);
  std::size_t begin = sign;
  while (begin > 0 && is_local_part(text[begin - 1]) && sign - begin < 128) --begin;
  // A name does not begin with these; in "(anna@…" or "=anna@…" they belong to the text around it.
  while (begin < sign && !is_wordlike(text[begin]) && text[begin] != '_') ++begin;
  if (const std::size_t quote = text.substr(begin, sign - begin).rfind("\xE2\x80"); quote != std::string_view::npos)
    begin += quote + 3;
  if (const std::size_t stop = text.substr(begin, sign - begin).find_last_of("/=?&'"); stop != std::string_view::npos)
    begin += stop + 1;
  std::size_t end = host_end(text, sign + 1);
  // anna.lind@skolan: without a domain of its own, where the name is shaped as in an address.
  if (end == sign + 1 && text.substr(begin, sign - begin).find_first_of("._0123456789") != std::string_view::npos)
    while (is_wordlike(char_at(text, end))) ++end;
  if (begin < sign && end > sign + 1)
    found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_spoken_email(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const auto word = [&](std::size_t i) { return i < all.size() ? document.tokens.view(all[i]) : std::string_view(); };
  // Brackets around the sign word are passed over: "anna (at) skola [dot] se".
  const auto bracket = [&](std::size_t i) { return i < all.size() && is_one_of(word(i), "(|)|[|]|<|>|{|}|_|#|*|~"); };
  static const WordSet at_words("at|snabel-a|snabela|snabel|ät|alfakrull|a");
  if (!at_words.holds(all[token].hash)) return;
  std::size_t before = token;
  while (before > 0 && bracket(before - 1)) --before;
  // A lone a is the sign only in brackets: "anna (a) skola.se".
  if (is_one_of(word(token), "a") && (before == token || !bracket(token + 1))) return;
  if (before == 0 || (!all[before - 1].word() && all[before - 1].kind != TokenKind::kNumber)) return;
  std::size_t first = before - 1;
  // "anna dot svensson", "anna.svensson", "anna_svensson"
  while (first >= 2 &&
         (is_one_of(word(first - 1), "dot|punkt|punkten") || word(first - 1) == "." || word(first - 1) == "_") &&
         (all[first - 2].word() || all[first - 2].kind == TokenKind::kNumber) &&
         (word(first - 1) != "." || !all[first].has(kAfterSpace)))
    first -= 2;
  std::size_t at = token + 1;
  if (is_one_of(word(token), "snabel") && is_one_of(word(at), "a")) ++at;
  while (bracket(at)) ++at;
  bool dotted = false, said = false;
  std::size_t last = 0;
  for (int labels = 0; labels < 4 && at < all.size() && (all[at].word() || all[at].kind == TokenKind::kNumber);
       ++labels) {
    if (dotted && is_common_top(word(at))) last = at;
    std::size_t next = at + 1;
    while (bracket(next)) ++next;
    if (next < all.size() && word(next) == "." && !all[next].has(kAfterSpace)) {
      dotted = true;
    } else if (is_one_of(word(next), "dot|punkt")) {
      dotted = said = true;
    } else {
      break;
    }
    at = next + 1;
    while (bracket(at)) ++at;
  }
  // "look at example.com" is not an address, but "anna (at) example.com" and "anna at example dot com" are.
  // Nor is "see page at example.com", but "anna.lind at example.com" is.
  const bool name = first + 1 < before && all[first].word() && all[first].letters > 1;
  if (last == 0 || (!said && !name && before == token && word(token) == "at")) return;
  found.push_back({all[first].begin, all[last].end});
}

void find_url(const Document& document, std::size_t mark, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const std::size_t sign = document.tokens.marks[mark];
  if (text.substr(sign, 3) != "://") return;
  std::size_t begin = sign, end = sign + 3;
  while (begin > 0 && (is_ascii_letter(text[begin - 1]) || is_ascii_digit(text[begin - 1])) && sign - begin < 12)
    --begin;
  while (end < text.size() && !ends_url(text[end])) ++end;
  if (const std::size_t quote = text.substr(sign, end - sign).find("\xE2\x80"); quote != std::string_view::npos)
    end = sign + quote;
  end = trimmed(text, begin, end);
  if (begin == sign || end <= sign + 3) return;
  // A host without a full stop names no machine on the net, unless a port or a user stands with it.
  const std::string_view rest = text.substr(sign + 3, end - sign - 3);
  const std::string_view host = rest.substr(0, rest.find('/'));
  if (host.find('.') == std::string_view::npos && host.find(':') == std::string_view::npos &&
      host.find('@') == std::string_view::npos && text.substr(begin, 4) != "file")
    return;
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_domain(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const auto& all = document.tokens.all;
  const std::string_view text = document.text();
  const Token& first = all[token];
  if (char_at(text, first.end) != '.' || !is_wordlike(char_at(text, first.end + 1))) return;
  const char before = first.begin > 0 ? text[first.begin - 1] : ' ';
  if (is_host(before) || before == '@' || before == '/' || before == '_' || before == '\\') return;
  const std::size_t end = host_end(text, first.begin);
  if (end <= first.end) return;
  const std::string_view host = text.substr(first.begin, end - first.begin);
  const std::string_view top = host.substr(host.rfind('.') + 1);
  // Lower case only: "klart.Se" and "ok.No" are sentences.
  const bool lower = std::none_of(top.begin(), top.end(), is_ascii_upper);
  const bool www = host.starts_with("www.") && host.find('.', 4) != std::string_view::npos;
  if (!www && (!lower || !is_common_top(top) || host.size() < 6 || text[end] == '(')) return;
  if (char_at(text, end) == '@') return;
  std::size_t last = end;
  if (char_at(text, last) == '/' || char_at(text, last) == '?' || char_at(text, last) == ':') {
    while (last < text.size() && !ends_url(text[last])) ++last;
    last = trimmed(text, first.begin, last);
  }
  found.push_back({first.begin, static_cast<std::uint32_t>(std::max(last, end))});
}

Verdict check_url(const Document& document, Candidate candidate) {
  std::string_view url = document.text().substr(candidate.begin, candidate.end - candidate.begin);
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const std::string_view host = url.substr(0, url.find_first_of("/?#:"));
  const bool plain = url.find_first_of("?@=") == std::string_view::npos;
  return plain && is_one_of(host, kPublicHosts) ? Verdict::kKilled : Verdict::kPossible;
}

void find_path(const Document& document, std::size_t mark, std::vector<Candidate>& found) {
  constexpr std::string_view kRoots =
      "home|Users|var|tmp|mnt|etc|usr|opt|root|srv|media|Volumes|private|Library|Applications|Documents|Downloads|"
      "Desktop|data|work|app|dev|run";
  const std::string_view text = document.text();
  const std::size_t sign = document.tokens.marks[mark];
  const char c = text[sign], before = sign > 0 ? text[sign - 1] : ' ', after = char_at(text, sign + 1);
  std::size_t begin = sign;
  bool windows = false;
  if (c == '\\') {
    if (before == ':' && sign > 1 && is_ascii_letter(text[sign - 2]) && (sign == 2 || !is_wordlike(text[sign - 3])))
      begin = sign - 2, windows = true;
    else if (after == '\\' && is_wordlike(char_at(text, sign + 2)) && !is_wordlike(before) && before != '\\' &&
             before != ':')
      windows = true;
    else
      return;
  } else if (c == '/') {
    if (before == '~' || before == '.')
      begin = sign - 1;
    else if (before == ':' && sign > 1 && is_ascii_letter(text[sign - 2]) &&
             (sign == 2 || !is_wordlike(text[sign - 3])) && after != '/')
      begin = sign - 2;
    else if (is_wordlike(before) || before == '/' || before == ':' || before == '<' || before == ')')
      return;
    if (begin < sign && before == '.' && begin > 0 && text[begin - 1] == '.') --begin;
    if (begin > 0 && is_wordlike(text[begin - 1])) return;
  } else {
    return;
  }
  std::size_t end = sign + 1, slashes = 1;
  const char slash = windows ? '\\' : '/';
  while (end < text.size()) {
    const char now = text[end];
    if (static_cast<unsigned char>(now) < ' ' || std::string_view("\"'<>|*?;`,").find(now) != std::string_view::npos)
      break;
    // A space goes on only where a slash and no sentence follows: "/Users/anna/My Course/x".
    if (now == ' ') {
      std::size_t next = end + 1;
      while (next < text.size() && (is_wordlike(text[next]) || text[next] == '_' || text[next] == '-')) ++next;
      if (next == end + 1 || char_at(text, next) != slash || slashes < 2) {
        // "OneDrive - Skolan/…"
        if (text.substr(end, 3) != " - " || slashes < 2 || text.substr(end, 40).find(slash) == std::string_view::npos)
          break;
        end += 3;
        continue;
      }
    }
    if (now == slash) ++slashes;
    ++end;
  }
  end = trimmed(text, begin, end);
  if (end <= sign + 1) return;
  if (!windows && begin == sign) {  // "och/eller", "km/h", "/" alone: a root that is known, or depth
    const std::string_view path = text.substr(sign + 1, end - sign - 1);
    const std::string_view root = path.substr(0, path.find('/'));
    if (root.size() == path.size() || (!is_one_of(root, kRoots) && slashes < 3)) return;
  }
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_ipv4(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const DigitRun first = document.tokens.digits[run];
  const char before = first.begin > 0 ? text[first.begin - 1] : ' ';
  if (is_wordlike(before) || (before == '.' && first.begin > 1 && is_wordlike(text[first.begin - 2])) || before == '-')
    return;
  std::size_t at = first.begin;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && char_at(text, at++) != '.') return;
    int value = 0, digits = 0;
    while (is_ascii_digit(char_at(text, at)) && digits < 4) value = value * 10 + (text[at++] - '0'), ++digits;
    if (digits == 0 || digits > 3 || value > 255) return;
  }
  if (is_wordlike(char_at(text, at)) || (char_at(text, at) == '.' && is_ascii_digit(char_at(text, at + 1)))) return;
  if (before == ':' && first.begin > 1 && (is_hex_digit(text[first.begin - 2]) || text[first.begin - 2] == ':'))
    return;                                                                 // the tail of an IPv6
  if (char_at(text, at) == '/' && is_ascii_digit(char_at(text, at + 1))) {  // a prefix length
    std::size_t end = at + 1;
    while (is_ascii_digit(char_at(text, end))) ++end;
    if (end - at <= 3) at = end;
  }
  found.push_back({first.begin, static_cast<std::uint32_t>(at)});
}

void find_ipv6(const Document& document, std::size_t mark, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const std::size_t sign = document.tokens.marks[mark];
  if (text[sign] != ':') return;
  std::size_t begin = sign;
  while (begin > 0 && is_hex_digit(text[begin - 1]) && sign - begin < 5) --begin;
  // Only the first colon of an address begins it.
  if (begin > 0 && (is_wordlike(text[begin - 1]) || text[begin - 1] == ':' || text[begin - 1] == '.')) return;
  std::size_t end = sign;
  while (end < text.size() && (is_hex_digit(text[end]) || text[end] == ':' || text[end] == '.') && end - begin < 46)
    ++end;
  while (end > sign && (text[end - 1] == '.' || (text[end - 1] == ':' && (end < 2 || text[end - 2] != ':')))) --end;
  if (is_wordlike(char_at(text, end)) || end - begin < 2) return;
  const std::string address(text.substr(begin, end - begin));
  if (std::count(address.begin(), address.end(), ':') < 2) return;
  in6_addr parsed{};
  if (inet_pton(AF_INET6, address.c_str(), &parsed) != 1) return;
  if (address == "::" && (is_wordlike(char_at(text, end)) || (begin > 0 && text[begin - 1] != ' '))) return;
  if (char_at(text, end) == '%') {  // a zone
    std::size_t zone = end + 1;
    while (is_wordlike(char_at(text, zone))) ++zone;
    if (zone > end + 1) end = zone;
  }
  if (char_at(text, end) == '/' && is_ascii_digit(char_at(text, end + 1))) {
    std::size_t prefix = end + 1;
    while (is_ascii_digit(char_at(text, prefix))) ++prefix;
    if (prefix - end <= 4) end = prefix;
  }
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

void find_mac(const Document& document, std::size_t token, std::vector<Candidate>& found) {
  const std::string_view text = document.text();
  const std::size_t begin = document.tokens.all[token].begin;
  if (!is_hex_digit(text[begin]) || !is_hex_digit(char_at(text, begin + 1))) return;
  const char separator = char_at(text, begin + 2);
  const bool quads = char_at(text, begin + 4) == '.';
  if (separator != ':' && separator != '-' && !quads) return;
  const std::size_t group = quads ? 4 : 2, groups = quads ? 3 : 6;
  std::size_t at = begin;
  for (std::size_t i = 0; i < groups; ++i) {
    if (i > 0 && char_at(text, at++) != (quads ? '.' : separator)) return;
    for (std::size_t k = 0; k < group; ++k)
      if (!is_hex_digit(char_at(text, at++))) return;
  }
  const char next = char_at(text, at), last = begin > 0 ? text[begin - 1] : ' ';
  if (is_wordlike(next) || next == (quads ? '.' : separator) || is_wordlike(last)) return;
  if (last == (quads ? '.' : separator) && begin > 1 && is_hex_digit(text[begin - 2])) return;
  found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)});
}

void find_uuid(const Document& document, std::size_t run, std::vector<Candidate>& found) {
  constexpr std::array<std::size_t, 5> kGroups = {8, 4, 4, 4, 12};
  const std::string_view text = document.text();
  std::size_t begin = document.tokens.digits[run].begin;
  while (begin > 0 && is_hex_digit(text[begin - 1])) --begin;
  if (char_at(text, begin + 8) != '-' || (begin > 0 && (is_wordlike(text[begin - 1]) || text[begin - 1] == '-')))
    return;
  std::size_t at = begin;
  for (std::size_t i = 0; i < kGroups.size(); ++i) {
    if (i > 0 && char_at(text, at++) != '-') return;
    for (std::size_t k = 0; k < kGroups[i]; ++k)
      if (!is_hex_digit(char_at(text, at++))) return;
  }
  if (!is_wordlike(char_at(text, at)))
    found.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at)});
}

}  // namespace qf
