#include "qf/privacy/sensitive.h"

#include <algorithm>

#include "qf/privacy/sensitive_words.h"

namespace qf {
namespace {

// What is known of one sentence while it is read.
struct Sentence {
  std::size_t category = SIZE_MAX, pupil = SIZE_MAX;  // tokens
  SensitiveWord meaning;
  bool person_word = false;

  bool alone() const { return meaning.weight == Weight::kAlone; }
};

bool speaks_of(const Finding& one) {
  switch (one.type) {
    case EntityType::kPerson:
    case EntityType::kPersonalNumber:
    case EntityType::kCoordinationNumber:
    case EntityType::kInterimNumber:
    case EntityType::kStudentId: return true;
    default: return false;
  }
}

}  // namespace

std::string_view to_string(QuarantineReason reason) {
  return reason == QuarantineReason::kSpecialCategory ? "special_category" : "suspected_pupil";
}

std::optional<Quarantine> find_quarantine(const Tokens& tokens, RedactionProfile profile,
                                          std::span<const Finding> found) {
  const bool strict = profile == RedactionProfile::kStrict;
  const auto within = [&](std::size_t begin, std::size_t end, auto wanted) {
    // The findings stand in order and do not overlap.
    auto one = std::upper_bound(found.begin(), found.end(), begin,
                                [](std::size_t byte, const Finding& other) { return byte < other.end; });
    for (; one != found.end() && one->begin < end; ++one)
      if (wanted(*one)) return true;
    return false;
  };
  std::size_t from = 0;
  while (from < tokens.all.size()) {
    // A sentence; a masked person in an earlier redaction speaks of somebody too.
    Sentence sentence;
    std::size_t to = from;
    bool placeholder = false;
    do {
      const Token& token = tokens.all[to];
      if (token.kind == TokenKind::kPlaceholder) {
        const std::string_view written = tokens.view(token);
        placeholder = placeholder || written.starts_with("[PERSON_") || written.starts_with("[SE_") ||
                      written.starts_with("[STUDENT_");
      }
      if (!token.word()) continue;
      // The one that says most of them.
      if (const auto word = sensitive_word(tokens, to);
          word && (sentence.category == SIZE_MAX || (word->weight == Weight::kAlone && !sentence.alone()))) {
        sentence.category = to;
        sentence.meaning = *word;
      }
      if (is_pupil_word(token.hash)) sentence.pupil = to;
      if (is_person_word(token.hash)) sentence.person_word = true;
    } while (++to < tokens.all.size() &&
             !(tokens.all[to].has(kSentenceStart) &&
               (tokens.all[to].has(kAfterNewline) || tokens.view(tokens.all[to - 1]) != ":")));
    const std::size_t begin = tokens.all[from].begin, end = tokens.all[to - 1].end;
    // "Leila i SA3a": whose class is named beside a name is a pupil, whatever else is said.
    if (strict && sentence.pupil == SIZE_MAX && !found.empty() &&
        within(begin, end, [](const Finding& one) { return one.type == EntityType::kClass; }) &&
        within(begin, end, [](const Finding& one) { return one.type == EntityType::kPerson; }))
      sentence.pupil = from;
    if (sentence.category != SIZE_MAX || sentence.pupil != SIZE_MAX) {
      const bool person = placeholder || within(begin, end, speaks_of);
      const auto reason = [&](QuarantineReason why, std::string_view category, std::size_t at) {
        return Quarantine{why, category, tokens.all[at].begin, tokens.all[at].end};
      };
      if (sentence.category != SIZE_MAX) {
        const bool counts = strict ? sentence.alone() || person || sentence.person_word : person;
        if (counts) return reason(QuarantineReason::kSpecialCategory, sentence.meaning.category, sentence.category);
      }
      // In a question "eleven Kalle" is an example, unless a class or a number makes him real.
      const bool real = within(begin, end, [](const Finding& one) {
        return one.type == EntityType::kClass || one.type == EntityType::kStudentId ||
               one.type == EntityType::kPersonalNumber || one.rule == "known_identity";
      });
      if (sentence.pupil != SIZE_MAX && person && (strict || real))
        return reason(QuarantineReason::kSuspectedPupil, "pupil", sentence.pupil);
    }
    from = to;
  }
  return std::nullopt;
}

}  // namespace qf
