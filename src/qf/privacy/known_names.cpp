// The names that a project knows of its people, and the words that are nobody's.
#include <algorithm>
#include <array>
#include <utility>

#include "qf/privacy/names.h"
#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

constexpr std::string_view kParticles =
    "von|van|de|der|den|af|av|la|le|di|da|du|dos|bin|ibn|al|el|ten|ter|zu|y|e|del|della|st|ben|abu|op";

// a, a, o for å, ä, ö and the like: how names are written in addresses.
std::string without_marks(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kPlain = {
      {{"å", "a"}, {"ä", "a"}, {"ö", "o"}, {"Å", "A"}, {"Ä", "A"}, {"Ö", "O"}, {"é", "e"},  {"è", "e"},
       {"É", "E"}, {"ü", "u"}, {"á", "a"}, {"ó", "o"}, {"í", "i"}, {"ø", "o"}, {"æ", "ae"}, {"ñ", "n"},
       {"ç", "c"}, {"ë", "e"}, {"à", "a"}, {"ô", "o"}, {"ï", "i"}, {"ß", "ss"}}};
  std::string plain;
  for (std::size_t at = 0; at < word.size();) {
    const auto known = std::find_if(kPlain.begin(), kPlain.end(),
                                    [&](const auto& one) { return word.substr(at, one.first.size()) == one.first; });
    if (known == kPlain.end()) {
      plain.push_back(word[at++]);
    } else {
      plain += known->second;
      at += known->first.size();
    }
  }
  return plain;
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
  const std::uint8_t bits = word_bits(word_hash(part));
  const bool ordinary = (bits & (kSwedishWord | kEnglishWord)) != 0;
  auto& set = ordinary ? capital_ : anywhere_;
  for (const std::string& form : {std::string(part), without_marks(part)}) {
    set.insert(word_hash(form));
    set.insert(word_hash(form + "s"));
    set.insert(word_hash(form + "ska"));  // det svenssonska huset
  }
}

KnownNames::KnownNames(std::span<const std::string> identities) {
  for (const std::string& identity : identities) {
    // Of a mail address the name counts, not the host.
    const std::string_view name = std::string_view(identity).substr(0, identity.find('@'));
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

bool KnownNames::has(std::uint64_t hash, bool capital) const {
  return anywhere_.contains(hash) || (capital && capital_.contains(hash));
}

bool KnownNames::holds(const Tokens& tokens, const Token& token) const {
  const bool capital = token.has(kCapital);
  if (has(token.hash, capital)) return true;
  std::string_view word = tokens.view(token);
  if (token.has(kHyphenated))
    for (std::size_t from = 0, hyphen = 0; hyphen != std::string_view::npos; from = hyphen + 1) {
      hyphen = word.find('-', from);
      if (has(word_hash(word.substr(from, hyphen == std::string_view::npos ? hyphen : hyphen - from)), capital))
        return true;
    }
  if (!token.has(kHasDigit)) return false;
  while (!word.empty() && is_ascii_digit(word.back())) word.remove_suffix(1);
  return word.size() > 2 && has(word_hash(word), capital);
}

AllowedWords::AllowedWords(std::span<const std::string> phrases) {
  for (const std::string& phrase : phrases) {
    const Tokens tokens = tokenise(phrase);
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
