// Names of people in a text: those the project knows, those that a word announces, and those that look like one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "qf/privacy/recognizers.h"
#include "qf/privacy/tagger.h"

namespace qf {

// Strict: for what people say of people (rationales, notes, corrections); whatever may be a name is masked.
// Content: for questions; names are masked where they are likely, and scientists stay, being what is taught.
enum class RedactionProfile : std::uint8_t { kStrict, kContent };
std::string_view to_string(RedactionProfile profile);

// Whether the text holds a letter or a digit: without one it can be nobody's name.
bool holds_word(std::string_view text);

// The names, user names and addresses that are known of a project's people, in every inflection; immutable.
class KnownNames {
 public:
  KnownNames() = default;
  explicit KnownNames(std::span<const std::string> identities);

  bool empty() const { return anywhere_.empty() && ordinary_.empty(); }
  // The tokens that are part of one of them, in order: "Anna", "annas", "ANNA", "anna85", "anna-gruppen",
  // "annasvensson", "kontaktAnna", "anna_s", "A n n a". A name that is an ordinary word too (klara, bo) counts in lower
  // case only where something else points at the person: see points_at_somebody().
  std::vector<std::size_t> find(const Tokens& tokens) const;

 private:
  void add(std::string_view part);
  bool has(std::uint64_t hash, bool any_word) const;
  bool holds(const Tokens& tokens, std::size_t at) const;
  bool holds_part(const Tokens& tokens, const Token& token) const;
  bool is_ordinary(const Tokens& tokens, std::size_t at) const;
  bool points_at_somebody(const Tokens& tokens, std::size_t at) const;
  void find_spelled(const Tokens& tokens, std::vector<std::size_t>& found) const;

  std::unordered_set<std::uint64_t> anywhere_;  // in any letter case
  std::unordered_set<std::uint64_t> ordinary_;  // ordinary words too (björn, hope): with a capital, or pointed at
  std::vector<std::string> long_;               // folded; found at the beginning and the end of longer words too
};

// Words that are never a person here: a course's own vocabulary.
class AllowedWords {
 public:
  AllowedWords() = default;
  explicit AllowedWords(std::span<const std::string> phrases);
  bool holds(const Tokens& tokens, const Token& token) const;
  bool holds_all(const Tokens& tokens, std::uint32_t begin, std::uint32_t end) const;
  bool empty() const { return words_.empty(); }

 private:
  std::unordered_set<std::uint64_t> words_;
};

// What makes a word part of a name, for the trace and the listing.
struct NameRule {
  std::string_view name;
  std::string_view meaning;
};
std::span<const NameRule> name_rules();

// Adds the names in the text as findings of type PERSON.
void find_names(const Tokens& tokens, RedactionProfile profile, const KnownNames& known, const AllowedWords& allowed,
                std::vector<Finding>& found);

// Whether the tokens [first, last] name somebody whom a course is about: "Newton", "Isaac Newton", "Mendels".
bool is_eponym(const Tokens& tokens, std::size_t first, std::size_t last);

}  // namespace qf
