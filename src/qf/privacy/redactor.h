// Masks what points at people in a text: the one entry for builds, for the verb `redact` and for the self-test.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/privacy/names.h"
#include "qf/privacy/recognizers.h"
#include "qf/privacy/sensitive.h"

namespace qf {

// Changes whenever the same text may come out otherwise: part of what a build depends on.
inline constexpr std::string_view kRedactionVersion = "5";

struct RedactionOptions {
  RedactionProfile profile = RedactionProfile::kStrict;
  std::vector<std::string> identities;  // names, user names, mail addresses of the project's people
  std::vector<std::string> allow;       // words and phrases that are never a person here
  // The texts are fields that somebody filled in: a number that is all of one is masked by its shape.
  bool lone_numbers = false;
  std::vector<std::string> without =
      {};  // rules whose findings do not count: for tests that the gates see what they found
};

// What was masked, in bytes of the original text. Spans do not overlap and stand in order.
struct RedactionSpan {
  std::size_t begin = 0, end = 0;
  EntityType type = EntityType::kPerson;
  float score = 0;        // 0.5 to 1
  std::string_view rule;  // the recogniser, or what found the name
};

// Why a text must not leave at all, and where the word stands that says so.
struct RedactionHold {
  QuarantineReason reason = QuarantineReason::kSpecialCategory;
  std::string_view category;
  std::size_t begin = 0, end = 0;
};

struct Redaction {
  std::string text;  // with "[PERSON_1]" and the like for the spans; numbered from 1 by type, equal values equally
  std::vector<RedactionSpan> spans;
  std::optional<RedactionHold> quarantine;
};

// Immutable, and so free to use from several threads. Has no memory of earlier texts and draws nothing: the same text
// always comes out the same, and a redacted text comes out as it is.
class Redactor {
 public:
  // The longest text it takes, in bytes.
  static constexpr std::size_t kLongestText = std::size_t{1} << 31;

  // kInvalidInput for an empty identity or allowed phrase: it would mean every word, or none.
  static Result<Redactor> make(RedactionOptions options);

  // A text longer than kLongestText comes back empty, under one span without a rule.
  Redaction redact(std::string_view text) const;

  RedactionProfile profile() const { return profile_; }

 private:
  explicit Redactor(RedactionOptions options)
      : profile_(options.profile),
        known_(options.identities),
        allowed_(options.allow),
        lone_numbers_(options.lone_numbers),
        without_(std::move(options.without)) {}
  std::vector<RedactionSpan> find(std::string_view text, std::optional<RedactionHold>* hold) const;

  RedactionProfile profile_;
  KnownNames known_;
  AllowedWords allowed_;
  bool lone_numbers_;
  std::vector<std::string> without_;
};

}  // namespace qf
