#include "qf/privacy/policy.h"

#include <algorithm>
#include <array>
#include <string>

#include "qf/core/vocabulary.h"

namespace qf {
namespace {

// A closed value stays; another string goes, since nobody knows what is in it.
Cell closed_only(const Cell& cell, Arena& arena) {
  if (cell.tag == Cell::Tag::kText) return is_closed_value(cell.view()) ? cell : Cell::null();
  if (cell.tag != Cell::Tag::kList) return Cell::null();
  const auto items = arena.make<Cell>(cell.size);
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = closed_only(cell.children()[i], arena);
  return Cell::list(items);
}

// module and stage stay; of each earlier decision its type and choice are closed values or go.
Cell safe_context(const Cell& context, Arena& arena) {
  if (context.tag != Cell::Tag::kStruct || context.size != 3) return Cell::null();
  const auto members = arena.make<Cell>(3);
  members[0] = closed_only(context.children()[0], arena);
  members[1] = context.children()[1];
  const auto earlier = context.children()[2].children();
  const auto safe = arena.make<Cell>(earlier.size());
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const auto parts = arena.make<Cell>(3);
    parts[0] = closed_only(earlier[i].children()[0], arena);
    parts[1] = closed_only(earlier[i].children()[1], arena);
    parts[2] = earlier[i].children()[2];
    safe[i] = Cell::structure(parts);
  }
  members[2] = Cell::list(safe);
  return Cell::structure(members);
}

}  // namespace

std::string_view to_string(Audience audience) {
  constexpr std::array<std::string_view, 3> kNames = {"private", "internal", "external"};
  return kNames[static_cast<std::size_t>(audience)];
}

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
  if (audience != Audience::kPrivate)
    return failure(ErrorCode::kRefused, "audience " + std::string(to_string(audience)) +
                                            " comes with the privacy work; until then only private datasets are built "
                                            "(--audience private)");
  for (std::size_t group = 0; group < levels.size(); ++group)
    if (levels[group] == TextLevel::kRedacted)
      return failure(ErrorCode::kRefused, "redacted text comes with the privacy work: set privacy.text." +
                                              std::string(to_string(static_cast<TextGroup>(group))) +
                                              " (or --text) to none, features or raw");
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
        compiled[column] = {rule->action, rule->group, false};
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

bool Policy::text_leaves(TextGroup group, const TextScopes& scopes) const {
  if (levels_[static_cast<std::size_t>(group)] != TextLevel::kRaw) return false;
  switch (group) {
    case TextGroup::kQuestion:
    case TextGroup::kOptions: return scopes.question;
    case TextGroup::kCorrection: return scopes.correction;
    case TextGroup::kRationale: return scopes.rationale;
  }
  return false;
}

void Policy::apply(TableId table, Row row, const TextScopes& scopes, Arena& arena) const {
  const auto& rules = rules_[static_cast<std::size_t>(table)];
  for (std::size_t column = 0; column < row.size(); ++column) {
    Cell& cell = row[column];
    const Compiled& rule = rules[column];
    if (rule.denied) {
      cell = Cell::null();
      continue;
    }
    switch (rule.action) {
      case RuleAction::kKeep:
      case RuleAction::kPseudonymise: break;
      case RuleAction::kPrivateOnly:
        if (audience_ != Audience::kPrivate) cell = Cell::null();
        break;
      case RuleAction::kText:
        if (!text_leaves(rule.group, scopes)) cell = Cell::null();
        break;
      case RuleAction::kClosedOrText:
        if (!text_leaves(rule.group, scopes)) cell = closed_only(cell, arena);
        break;
      case RuleAction::kTextFeature:
        if (levels_[static_cast<std::size_t>(rule.group)] == TextLevel::kNone) cell = Cell::null();
        break;
      case RuleAction::kContext:
        if (!text_leaves(rule.group, scopes)) cell = safe_context(cell, arena);
        break;
    }
  }
}

std::string_view Policy::privacy_level() const {
  const bool raw = std::find(levels_.begin(), levels_.end(), TextLevel::kRaw) != levels_.end();
  return raw ? "raw" : "pseudonymised";
}

}  // namespace qf
