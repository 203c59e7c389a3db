#include "qf/run/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "qf/core/reason.h"
#include "qf/core/schema.h"
#include "qf/core/text.h"
#include "qf/core/vocabulary.h"
#include "qf/curate/gates.h"
#include "qf/describe/schema_json.h"
#include "qf/ingest/event_table.h"
#include "qf/ingest/linker.h"
#include "qf/output/formats.h"
#include "qf/privacy/anonymity.h"
#include "qf/privacy/names.h"
#include "qf/privacy/policy.h"
#include "qf/privacy/recognizers.h"
#include "qf/privacy/shared_values.h"

namespace qf {
namespace {

std::string layouts_text(LayoutSet layouts) {
  std::string text;
  for (const Layout layout : {Layout::kRfc001, Layout::kFlat, Layout::kPipeline, Layout::kStep1, Layout::kStep3})
    if ((layouts & in(layout)) != 0) text += (text.empty() ? "" : ", ") + std::string(to_string(layout));
  return text;
}

Listing events() {
  Listing list{"events",
               "the event types, their canonical body and what they feed",
               {"event", "layouts", "body", "actor", "feeds", "required fields"},
               {}};
  for (const EventType& type : event_types()) {
    std::string required;
    for (const BodyField& field : type.fields)
      if (field.need == Need::kRequired) required += (required.empty() ? "" : ", ") + std::string(name_of(field.key));
    std::string name(type.name);
    if (!type.tool.empty()) name += fmt::format(" (tool {})", type.tool);
    if (!type.prefix.empty()) name += fmt::format(" (\"{}…\")", type.prefix);
    list.rows.push_back({name, layouts_text(type.layouts), std::string(to_string(type.kind)),
                         std::string(to_string(type.actor)),
                         type.feeds.empty() ? "order, sittings" : std::string(type.feeds), required});
  }
  return list;
}

Listing fields() {
  Listing list{"fields",
               "the fields of the three tables",
               {"table", "field", "type", "unit", "privacy class", "role", "meaning"},
               {}};
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields)
      list.rows.push_back({std::string(table.name), std::string(field.name), type_text(field.type),
                           std::string(field.unit), std::string(to_string(field.privacy)),
                           std::string(to_string(field.role)), std::string(field.meaning)});
  return list;
}

Listing rules() {
  Listing list{"rules", "what may leave of each field", {"table", "field", "rule", "text group"}, {}};
  for (const FieldRule& rule : field_rules()) {
    const bool about_text = rule.action == RuleAction::kText || rule.action == RuleAction::kClosedOrText ||
                            rule.action == RuleAction::kTextFeature || rule.action == RuleAction::kContext;
    list.rows.push_back({std::string(table_schema(rule.table).name), std::string(rule.field),
                         std::string(to_string(rule.action)), about_text ? std::string(to_string(rule.group)) : ""});
  }
  return list;
}

// How a column is kept from telling people apart.
std::string against_singling_out(const TableSchema& table, const FieldSpec& field) {
  for (const FieldRule& rule : field_rules())
    if (rule.table == table.id && rule.field == field.name && rule.action == RuleAction::kPrivateOnly)
      return "in private versions only";
  for (const QuasiIdentifier& quasi : quasi_identifiers(table.id))
    if (quasi.name == field.name)
      return quasi.only_emptied ? "quasi-identifier: emptied where too few of a group share the value"
                                : "quasi-identifier: generalised";
  for (const RareByNature& one : rare_by_nature())
    if (one.column == field.name) return fmt::format("as it is: {}", one.reason);
  if (holds_closed_or_text(table, field))
    return "values that too few people of the table have are emptied; all texts are one value, and masked";
  return "values that too few people of the table have are emptied";
}

Listing singling_out() {
  Listing list{"singling-out",
               "how each column of an internal or external version is kept from telling people apart",
               {"table", "column", "what is done"},
               {}};
  for (const TableSchema& table : tables())
    for (const FieldSpec& field : table.fields)
      list.rows.push_back({std::string(table.name), std::string(field.name), against_singling_out(table, field)});
  return list;
}

Listing checks() {
  Listing list{"checks", "what must hold before a version is published", {"check", "meaning"}, {}};
  for (const Gate& gate : gates()) list.rows.push_back({std::string(gate.name), std::string(gate.meaning)});
  return list;
}

Listing reasons() {
  Listing list{"reasons", "why a line was rejected or a row dropped", {"kind", "reason", "meaning"}, {}};
  for (std::size_t i = 0; i < kRejectReasonCount; ++i) {
    const ReasonText& text = text_of(static_cast<RejectReason>(i));
    list.rows.push_back({"rejected", std::string(text.name), std::string(text.meaning)});
  }
  for (std::size_t i = 1; i < kDropReasonCount; ++i) {
    const ReasonText& text = text_of(static_cast<DropReason>(i));
    list.rows.push_back({"dropped", std::string(text.name), std::string(text.meaning)});
  }
  return list;
}

Listing links() {
  Listing list{"links",
               "the rules that join suggestion, decision and correction",
               {"rule", "measured precision", "meaning"},
               {}};
  for (std::size_t i = 0; i < kLinkRuleCount; ++i) {
    const LinkRule& rule = rule_of(static_cast<LinkRuleId>(i));
    list.rows.push_back({std::string(rule.name), fmt::format("{:.3f}", rule.precision), std::string(rule.meaning)});
  }
  return list;
}

Listing vocabularies() {
  Listing list{"vocabularies", "closed vocabularies with their aliases", {"vocabulary", "name", "aliases"}, {}};
  constexpr std::array<std::string_view, kVocabularyCount> kNames = {
      "bloom", "difficulty", "question_type", "field", "decision_type", "action", "other"};
  for (std::size_t i = 0; i < kVocabularyCount; ++i)
    for (const VocabularyEntry& entry : entries(static_cast<Vocabulary>(i))) {
      std::string aliases(entry.aliases);
      for (std::size_t at = aliases.find('|'); at != std::string::npos; at = aliases.find('|', at))
        aliases.replace(at, 1, ", ");
      list.rows.push_back({std::string(kNames[i]), std::string(entry.name), aliases});
    }
  return list;
}

// The words of a list with | between, for reading.
std::string spaced(std::string_view words) {
  std::string text;
  for (const char c : words) text += c == '|' ? std::string(", ") : std::string(1, c);
  return text;
}

Listing recognizer_table() {
  Listing list{"recognizers",
               "what points at a person in a text, how it is found and when it counts (from a score of 0.5)",
               {"recognizer", "type", "looks at", "score", "context words raise it (sv)", "(en)", "because"},
               {}};
  for (const Recognizer& one : recognizers())
    list.rows.push_back({std::string(one.name), std::string(to_string(one.type)), std::string(to_string(one.anchor)),
                         fmt::format("{:.2f}", one.score), spaced(one.swedish), spaced(one.english),
                         std::string(one.meaning)});
  for (const NameRule& one : name_rules())
    list.rows.push_back({std::string(one.name), std::string(to_string(EntityType::kPerson)), "name", "", "", "",
                         std::string(one.meaning)});
  return list;
}

Listing format_table() {
  Listing list{"formats", "file formats of a version", {"format", "meaning"}, {}};
  for (const Format& format : formats()) list.rows.push_back({std::string(format.name), std::string(format.meaning)});
  return list;
}

struct Named {
  std::string_view name;
  Listing (*make)();
};
constexpr Named kListings[] = {{"events", events},
                               {"fields", fields},
                               {"rules", rules},
                               {"singling-out", singling_out},
                               {"recognizers", recognizer_table},
                               {"checks", checks},
                               {"formats", format_table},
                               {"links", links},
                               {"reasons", reasons},
                               {"vocabularies", vocabularies}};

std::string escaped(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.replace(at, 1, "\\|");
  return text;
}

nlohmann::ordered_json types_json(Types types) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  if ((types & kString) != 0) list.push_back("string");
  if ((types & kNumber) != 0) list.push_back("number");
  if ((types & kBoolean) != 0) list.push_back("boolean");
  if ((types & kArray) != 0) list.push_back("array");
  if ((types & kObject) != 0) list.push_back("object");
  list.push_back("null");  // an optional field may be null, which is as good as absent
  return list;
}

}  // namespace

std::vector<std::string_view> listing_names() {
  std::vector<std::string_view> names;
  for (const Named& named : kListings) names.push_back(named.name);
  return names;
}

Result<Listing> list_table(std::string_view name) {
  for (const Named& named : kListings)
    if (named.name == name) return named.make();
  const auto names = listing_names();
  const std::string_view near = nearest_name(name, names);
  return failure(ErrorCode::kInvalidInput,
                 fmt::format("{} is not a list{}; known: {}", name,
                             near.empty() ? "" : fmt::format(", did you mean {}?", near), fmt::join(names, ", ")));
}

std::string listing_markdown(const Listing& listing) {
  std::string out = fmt::format("| {} |\n|{}\n", fmt::join(listing.columns, " | "), [&] {
    std::string line;
    for (std::size_t i = 0; i < listing.columns.size(); ++i) line += " --- |";
    return line;
  }());
  for (const auto& row : listing.rows) {
    out += "|";
    for (const std::string& cell : row) out += " " + escaped(cell) + " |";
    out += "\n";
  }
  return out;
}

std::vector<std::string_view> events_with_schema() {
  std::vector<std::string_view> names;
  for (const EventType& type : event_types())
    if (!type.fields.empty() && (type.layouts & in(Layout::kRfc001)) != 0 && type.tool.empty())
      names.push_back(type.name);
  return names;
}

Result<std::string> event_schema(std::string_view event) {
  const auto types = event_types();
  const auto type = std::find_if(types.begin(), types.end(),
                                 [&](const EventType& t) { return t.name == event && !t.fields.empty(); });
  if (type == types.end())
    return failure(
        ErrorCode::kInvalidInput,
        fmt::format("{}: no event type with fields has this name; `qf-dataset list events` lists them", event));
  nlohmann::ordered_json properties = nlohmann::ordered_json::object(), all = nlohmann::ordered_json::array();
  for (const BodyField& field : type->fields) {
    nlohmann::ordered_json property = {{"type", types_json(field.types)}};
    if (!field.meaning.empty()) property["description"] = field.meaning;
    property["x-need"] = to_string(field.need);
    const std::string name(name_of(field.key));
    properties[name] = property;
    if (field.alias != Key::kCount) {
      property["description"] = fmt::format("another name for {}", name);
      properties[std::string(name_of(field.alias))] = property;
    }
    if (field.need != Need::kRequired) continue;
    if (field.alias == Key::kCount)
      all.push_back({{"required", {name}}});
    else
      all.push_back({{"anyOf", {{{"required", {name}}}, {{"required", {std::string(name_of(field.alias))}}}}}});
  }
  nlohmann::ordered_json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", fmt::format("data of the event {}", event)},
      {"description",
       fmt::format("Feeds: {}. Fields with x-need \"expected\" are counted by `check` where they are missing.",
                   type->feeds)},
      {"type", "object"},
      {"properties", properties},
      {"additionalProperties", true}};
  if (!all.empty()) schema["allOf"] = all;
  return schema.dump(2) + "\n";
}

}  // namespace qf
