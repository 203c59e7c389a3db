// Which fields leave, in which form: the compiled privacy policy. A field that no rule names does not leave.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "qf/core/audience.h"
#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/privacy/row_redaction.h"

namespace qf {

inline constexpr std::string_view kRulesVersion = "6";

// How much of a text leaves: nothing, features of it, the text with people masked, the text.
enum class TextLevel : std::uint8_t { kNone, kFeatures, kRedacted, kRaw };
std::string_view to_string(TextLevel level);

// The groups of text that have a level of their own.
enum class TextGroup : std::uint8_t { kQuestion, kOptions, kCorrection, kRationale };
inline constexpr std::size_t kTextGroupCount = 4;
std::string_view to_string(TextGroup group);
using TextLevels = std::array<TextLevel, kTextGroupCount>;

// What is done to one field.
enum class RuleAction : std::uint8_t {
  kKeep,          // leaves as it is
  kPseudonymise,  // leaves as a keyed pseudonym
  kPrivateOnly,   // leaves only where the audience is private
  kText,          // words of a person: leave at level raw, and masked at level redacted
  kClosedOrText,  // values of a closed vocabulary always leave, other strings as text
  kTextFeature,   // taken from a text: leaves unless its level is none
  kContext,       // the context struct: its choices are closed or text
};
std::string_view to_string(RuleAction action);

// What of the rules holds for one field beside its action.
enum class RuleNote : std::uint8_t {
  kNothing,
  kNotExternal,  // would tie rows of one person to each other: leaves no external dataset
  kStrict,       // a person's own words, though its group is of questions
  kNoSentence,   // a name of a program's making, in which no redactor finds a person: closed values leave, or raw text
};

struct FieldRule {
  TableId table;
  std::string_view field;
  RuleAction action;
  TextGroup group = TextGroup::kQuestion;  // for the text actions
  RuleNote note = RuleNote::kNothing;
};

// The open table of rules: one row for each field of each table.
std::span<const FieldRule> field_rules();

// Which texts the person agreed to. A missing scope empties the text and keeps the row.
struct TextScopes {
  bool question = false;  // question text, titles and options
  bool correction = false;
  bool rationale = false;
};

class Policy {
 public:
  // kRefused where a rule is missing for a direct identifier, a quasi-identifier or a person's words, or where raw
  // text would leave the private audience.
  static Result<Policy> compile(Audience audience, const TextLevels& levels);

  // Makes the row safe for the audience, in place: the same row always comes out the same. Texts at level redacted go
  // through `redaction`; without one they do not leave.
  void apply(TableId table, Row row, const TextScopes& scopes, RowRedaction* redaction, Arena& arena) const;
  // Whether what a correction put in may stand where its question is shown: agreed to, and no less of it leaves than of
  // other texts of questions.
  bool shows_corrections(const TextScopes& scopes) const {
    const auto level = [this](TextGroup group) { return levels_[static_cast<std::size_t>(group)]; };
    return scopes.correction && level(TextGroup::kCorrection) >= level(TextGroup::kQuestion) &&
           level(TextGroup::kCorrection) >= level(TextGroup::kOptions);
  }
  RuleAction action(TableId table, std::size_t column) const {
    return rules_[static_cast<std::size_t>(table)][column].action;
  }

  Audience audience() const { return audience_; }
  const TextLevels& levels() const { return levels_; }
  bool redacts() const;
  // Whether a column that ties rows of one person to each other stays in the rows.
  bool leaves(TableId table, std::size_t column) const {
    return audience_ != Audience::kExternal || !rules_[static_cast<std::size_t>(table)][column].ties;
  }
  // Whether the column is empty in every row, whatever anybody agreed to.
  bool withholds(TableId table, std::size_t column) const;
  // raw where any raw text leaves, redacted where masked text does, else pseudonymised.
  std::string_view privacy_level() const;

 private:
  struct Compiled {
    RuleAction action = RuleAction::kKeep;
    TextGroup group = TextGroup::kQuestion;
    RedactionProfile profile = RedactionProfile::kContent;
    bool redactable = true;
    bool ties = false;
    bool denied = true;  // no rule names it
  };
  TextLevel level_for(TextGroup group, const TextScopes& scopes) const;

  Audience audience_ = Audience::kPrivate;
  TextLevels levels_{};
  std::array<std::vector<Compiled>, kTableCount> rules_;
};

}  // namespace qf
