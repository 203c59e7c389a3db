#include "qf/privacy/policy.h"

#include <algorithm>
#include <array>
#include <string>

#include "qf/core/vocabulary.h"

namespace qf {
namespace {

// A text that is no closed value, as its level lets it leave.
class OpenText {
 public:
  OpenText(TextLevel level, RowRedaction* redaction, TableId table, std::size_t column, RedactionProfile profile,
           Arena& arena)
      : level_(level), redaction_(redaction), table_(table), column_(column), profile_(profile), arena_(arena) {}

  Cell of(const Cell& text) const {
    if (level_ == TextLevel::kRaw) return text;
    if (level_ != TextLevel::kRedacted || redaction_ == nullptr || text.tag != Cell::Tag::kText) return Cell::null();
    return redaction_->redact(table_, column_, profile_, text.view(), arena_);
  }

  // A closed value stays; another string goes as open text, since nobody knows what is in it.
  Cell closed_or_open(const Cell& cell) const {
    if (level_ == TextLevel::kRaw) return cell;
    if (cell.tag == Cell::Tag::kText) return is_closed_value(cell.view()) ? cell : of(cell);
    if (cell.tag != Cell::Tag::kList) return Cell::null();
    const auto items = arena_.make<Cell>(cell.size);
    for (std::size_t i = 0; i < items.size(); ++i) items[i] = closed_or_open(cell.children()[i]);
    return Cell::list(items);
  }

  // module and stage stay; of each earlier decision its type and choice are closed values or text.
  Cell context(const Cell& context) const {
    if (context.tag != Cell::Tag::kStruct || context.size != 3) return Cell::null();
    const auto members = arena_.make<Cell>(3);
    members[0] = closed_or_open(context.children()[0]);
    members[1] = context.children()[1];
    const auto earlier = context.children()[2].children();
    const auto safe = arena_.make<Cell>(earlier.size());
    for (std::size_t i = 0; i < earlier.size(); ++i) {
      const auto parts = arena_.make<Cell>(3);
      parts[0] = closed_or_open(earlier[i].children()[0]);
      parts[1] = closed_or_open(earlier[i].children()[1]);
      parts[2] = earlier[i].children()[2];
      safe[i] = Cell::structure(parts);
    }
    members[2] = Cell::list(safe);
    return Cell::structure(members);
  }

 private:
  TextLevel level_;
  RowRedaction* redaction_;
  TableId table_;
  std::size_t column_;
  RedactionProfile profile_;
  Arena& arena_;
};

// What people say of people is masked strictly; questions keep the scientists whom they are about.
RedactionProfile profile_of(const FieldRule& rule) {
  const bool words_of_a_person =
      rule.group == TextGroup::kCorrection || rule.group == TextGroup::kRationale || rule.note == RuleNote::kStrict;
  return words_of_a_person ? RedactionProfile::kStrict : RedactionProfile::kContent;
}

}  // namespace

std::string_view to_string(TextLevel level) {
  constexpr std::array<std::string_view, 4> kNames = {"none", "features", "redacted", "raw"};
  return kNames[static_cast<std::size_t>(level)];
}

std::string_view to_string(TextGroup group) {
  constexpr std::array<std::string_view, kTextGroupCount> kNames = {"question", "options", "correction", "rationale"};
  return kNames[static_cast<std::size_t>(group)];
}

std::string_view to_string(RuleAction action) {
  constexpr std::array<std::string_view, 7> kNames = {"keep",           "pseudonymise", "private_only", "text",
                                                      "closed_or_text", "text_feature", "context"};
  return kNames[static_cast<std::size_t>(action)];
}

Result<Policy> Policy::compile(Audience audience, const TextLevels& levels) {
  for (std::size_t group = 0; group < levels.size(); ++group)
    if (levels[group] == TextLevel::kRaw && audience != Audience::kPrivate)
      return failure(ErrorCode::kRefused,
                     "raw text never leaves the private audience: set privacy.text." +
                         std::string(to_string(static_cast<TextGroup>(group))) +
                         " (or --text) to none, features or redacted, or build with --audience private");
  Policy policy;
  policy.audience_ = audience;
  policy.levels_ = levels;
  for (const TableSchema& table : tables()) {
    auto& compiled = policy.rules_[static_cast<std::size_t>(table.id)];
    compiled.resize(table.fields.size());
    for (std::size_t column = 0; column < table.fields.size(); ++column) {
      const FieldSpec& field = table.fields[column];
      const auto rules = field_rules();
      const auto rule = std::find_if(rules.begin(), rules.end(),
                                     [&](const FieldRule& r) { return r.table == table.id && r.field == field.name; });
      if (rule != rules.end()) {
        compiled[column] = {rule->action,
                            rule->group,
                            profile_of(*rule),
                            rule->note != RuleNote::kNoSentence,
                            rule->note == RuleNote::kNotExternal,
                            false};
        continue;
      }
      if (field.privacy != PrivacyClass::kNotSensitive)
        return failure(ErrorCode::kRefused, "no privacy rule names " + std::string(table.name) + "." +
                                                std::string(field.name) + ", which is " +
                                                std::string(to_string(field.privacy)) + ": nothing is built");
    }
  }
  return policy;
}

TextLevel Policy::level_for(TextGroup group, const TextScopes& scopes) const {
  const TextLevel level = levels_[static_cast<std::size_t>(group)];
  switch (group) {
    case TextGroup::kQuestion:
    case TextGroup::kOptions: return scopes.question ? level : TextLevel::kNone;
    case TextGroup::kCorrection: return scopes.correction ? level : TextLevel::kNone;
    case TextGroup::kRationale: return scopes.rationale ? level : TextLevel::kNone;
  }
  return TextLevel::kNone;
}

bool Policy::redacts() const {
  return std::find(levels_.begin(), levels_.end(), TextLevel::kRedacted) != levels_.end();
}

bool Policy::withholds(TableId table, std::size_t column) const {
  const Compiled& rule = rules_[static_cast<std::size_t>(table)][column];
  const TextLevel level = levels_[static_cast<std::size_t>(rule.group)];
  if (rule.denied || !leaves(table, column)) return true;
  switch (rule.action) {
    case RuleAction::kPrivateOnly: return audience_ != Audience::kPrivate;
    case RuleAction::kText: return level < TextLevel::kRedacted || (level == TextLevel::kRedacted && !rule.redactable);
    case RuleAction::kTextFeature: return level == TextLevel::kNone;
    case RuleAction::kKeep:
    case RuleAction::kPseudonymise:
    case RuleAction::kClosedOrText:
    case RuleAction::kContext: return false;
  }
  return false;
}

void Policy::apply(TableId table, Row row, const TextScopes& scopes, RowRedaction* redaction, Arena& arena) const {
  const auto& rules = rules_[static_cast<std::size_t>(table)];
  if (redaction != nullptr) redaction->begin_row();
  for (std::size_t column = 0; column < row.size(); ++column) {
    Cell& cell = row[column];
    if (cell.is_null()) continue;  // nothing leaves as nothing, by every rule
    const Compiled& rule = rules[column];
    if (rule.denied || !leaves(table, column)) {
      cell = Cell::null();
      continue;
    }
    if (rule.action == RuleAction::kKeep || rule.action == RuleAction::kPseudonymise) continue;
    const OpenText open(level_for(rule.group, scopes), rule.redactable ? redaction : nullptr, table, column,
                        rule.profile, arena);
    switch (rule.action) {
      case RuleAction::kKeep:
      case RuleAction::kPseudonymise: break;
      case RuleAction::kPrivateOnly:
        if (audience_ != Audience::kPrivate) cell = Cell::null();
        break;
      case RuleAction::kText: cell = open.of(cell); break;
      case RuleAction::kClosedOrText: cell = open.closed_or_open(cell); break;
      case RuleAction::kTextFeature:
        if (levels_[static_cast<std::size_t>(rule.group)] == TextLevel::kNone) cell = Cell::null();
        break;
      case RuleAction::kContext: cell = open.context(cell); break;
    }
  }
}

std::string_view Policy::privacy_level() const {
  const bool raw = std::find(levels_.begin(), levels_.end(), TextLevel::kRaw) != levels_.end();
  if (raw) return "raw";
  return redacts() ? "redacted" : "pseudonymised";
}

}  // namespace qf
