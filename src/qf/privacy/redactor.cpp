#include "qf/privacy/redactor.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "qf/core/text.h"
#include "qf/privacy/lone_numbers.h"
#include "qf/privacy/normalised_text.h"
#include "qf/privacy/strict_signs.h"
#include "qf/privacy/technical_constants.h"

namespace qf {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// One finding for each place: the higher score wins, then the longer, then the earlier row. What a loser covers beside
// the winner stays masked, as a finding of its own.
std::vector<Finding> without_overlaps(std::vector<Finding> found, std::string_view text) {
  std::stable_sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
    // A mail address ends where it ends, though a name that it begins with is sure to be one.
    const bool mail = a.type == EntityType::kEmail, other = b.type == EntityType::kEmail;
    if (mail != other) return mail;
    if (a.score != b.score) return a.score > b.score;
    return a.end - a.begin > b.end - b.begin;
  });
  std::map<std::uint32_t, Finding> kept;  // by begin; never overlapping
  for (Finding one : found) {
    while (one.begin < one.end) {
      // The first kept finding that ends behind the beginning of this one.
      auto next = kept.upper_bound(one.begin);
      if (next != kept.begin() && std::prev(next)->second.end > one.begin) {
        one.begin = std::prev(next)->second.end;
        continue;
      }
      Finding part = one;
      if (next != kept.end() && next->first < one.end) part.end = next->first;
      one.begin = part.end;
      // The space between the two is nobody's.
      while (part.begin < part.end && is_space(text[part.begin])) ++part.begin;
      while (part.begin < part.end && is_space(text[part.end - 1])) --part.end;
      if (holds_word(text.substr(part.begin, part.end - part.begin))) kept.emplace(part.begin, part);
    }
  }
  std::vector<Finding> result;
  result.reserve(kept.size());
  for (const auto& [begin, one] : kept) result.push_back(one);
  return result;
}

// Numbers the values of one text: equal values, equal numbers; what is there already is not used again.
class Numbering {
 public:
  explicit Numbering(std::string_view text) {
    for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
      const std::size_t end = placeholder_end(text, at);
      if (end == at) continue;
      const std::string_view inside = text.substr(at + 1, end - at - 2);
      const std::size_t line = inside.rfind('_');
      std::uint64_t number = 0;
      std::from_chars(inside.data() + line + 1, inside.data() + inside.size(), number);
      for (std::size_t type = 0; type < kEntityTypeCount; ++type)
        if (to_string(static_cast<EntityType>(type)) == inside.substr(0, line))
          last_[type] = std::max(last_[type], number);
    }
  }

  std::string placeholder(EntityType type, std::string_view value) {
    std::string key;
    normalise_for_comparison(value, key);
    // "Annas" is Anna's.
    if (type == EntityType::kPerson && key.size() > 3 && key.back() == 's' &&
        numbers_.contains({type, key.substr(0, key.size() - 1)}))
      key.pop_back();
    const auto [known, added] = numbers_.try_emplace({type, std::move(key)}, 0);
    if (added) known->second = ++last_[static_cast<std::size_t>(type)];
    return fmt::format("[{}_{}]", to_string(type), known->second);
  }

 private:
  std::array<std::uint64_t, kEntityTypeCount> last_{};
  std::map<std::pair<EntityType, std::string>, std::uint64_t> numbers_;
};

// Two words of one name may be found one after the other, the second because the first was: they are one person.
void join_people(std::vector<RedactionSpan>& spans, std::string_view text) {
  std::vector<RedactionSpan> joined;
  for (const RedactionSpan& span : spans) {
    const bool goes_on = !joined.empty() && joined.back().type == EntityType::kPerson &&
                         span.type == EntityType::kPerson && span.begin == joined.back().end + 1 &&
                         text[joined.back().end] == ' ';
    if (goes_on)
      joined.back().end = span.end;
    else
      joined.push_back(span);
  }
  spans = std::move(joined);
}

// A redacted text, and for each of its pieces where it came from.
struct Piece {
  std::size_t begin = 0;   // in the redacted text
  std::size_t origin = 0;  // of its first byte in the original
  bool literal = true;
};

}  // namespace

Result<Redactor> Redactor::make(RedactionOptions options) {
  for (const auto& [list, name] :
       {std::pair{&options.identities, "an identity"}, std::pair{&options.allow, "a phrase of privacy.allow"}})
    for (const std::string& one : *list)
      if (!holds_word(one))
        return failure(ErrorCode::kInvalidInput, fmt::format("{} holds no letter or digit; leave it out", name));
  return Redactor(std::move(options));
}

std::vector<RedactionSpan> Redactor::find(std::string_view text, std::optional<RedactionHold>* hold) const {
  const NormalisedText normalised(text);
  const Tokens tokens = tokenise(normalised.text());
  const Document document{tokens, find_context(tokens)};
  std::vector<Finding> found;
  recognise(document, found);
  if (lone_numbers_) find_lone_numbers(normalised.text(), found);
  find_names(tokens, profile_, known_, allowed_, found);
  find_signs(tokens, profile_ == RedactionProfile::kStrict, found);
  // A placeholder is nobody, and what was allowed stays.
  std::erase_if(found, [&](const Finding& one) {
    for (std::size_t i = tokens.at_byte(one.begin); i < tokens.all.size() && tokens.all[i].begin < one.end; ++i)
      if (tokens.all[i].kind == TokenKind::kPlaceholder) return true;
    // In a question 127.0.0.1 is what is taught; in a note it may be somebody's machine.
    if (profile_ == RedactionProfile::kContent &&
        is_technical_constant(normalised.text().substr(one.begin, one.end - one.begin), one.type))
      return true;
    if (std::find(without_.begin(), without_.end(), one.rule) != without_.end()) return true;
    return one.rule != "known_identity" && allowed_.holds_all(tokens, one.begin, one.end);
  });
  found = without_overlaps(std::move(found), normalised.text());
  if (hold != nullptr)
    if (const auto quarantine = find_quarantine(tokens, profile_, found))
      *hold = RedactionHold{quarantine->reason, quarantine->category, normalised.origin(quarantine->begin),
                            normalised.origin(quarantine->end)};
  std::vector<RedactionSpan> spans;
  spans.reserve(found.size());
  for (const Finding& one : found)
    spans.push_back({normalised.origin(one.begin), normalised.origin(one.end), one.type, one.score, one.rule});
  return spans;
}

Redaction Redactor::redact(std::string_view text) const {
  Redaction result;
  if (text.size() > kLongestText) {
    result.spans.push_back({0, text.size(), EntityType::kPerson, 1, {}});
    return result;
  }
  result.spans = find(text, &result.quarantine);
  if (result.spans.empty()) {
    result.text = text;
    return result;
  }
  // A mask changes what stands around the next word, so what was masked is read again until nothing is found: only then
  // does redacting it once more change nothing. Each round masks at least one word, so there is an end.
  while (true) {
    Numbering numbering(text);
    result.text.clear();
    std::vector<Piece> pieces;
    std::size_t at = 0;
    for (const RedactionSpan& span : result.spans) {
      pieces.push_back({result.text.size(), at, true});
      result.text += text.substr(at, span.begin - at);
      pieces.push_back({result.text.size(), span.begin, false});
      result.text += numbering.placeholder(span.type, text.substr(span.begin, span.end - span.begin));
      at = span.end;
    }
    pieces.push_back({result.text.size(), at, true});
    result.text += text.substr(at);
    const std::vector<RedactionSpan> more = find(result.text, nullptr);
    if (more.empty()) return result;
    for (RedactionSpan span : more) {
      const auto piece =
          std::prev(std::upper_bound(pieces.begin(), pieces.end(), span.begin,
                                     [](std::size_t byte, const Piece& one) { return byte < one.begin; }));
      span.begin = piece->origin + (span.begin - piece->begin);
      span.end = piece->origin + (span.end - piece->begin);
      result.spans.push_back(span);
    }
    std::sort(result.spans.begin(), result.spans.end(),
              [](const RedactionSpan& a, const RedactionSpan& b) { return a.begin < b.begin; });
    join_people(result.spans, text);
  }
}

}  // namespace qf
