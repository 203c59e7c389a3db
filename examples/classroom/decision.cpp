// Suggestions, decisions and corrections as lines of a log.
#include "decision.h"

#include <fmt/format.h>

namespace classroom {
namespace {

void write_options(JsonText& json, std::string_view name, const Topic& topic) {
  json.open_array(name);
  for (const std::string_view word : topic.words) json.item(word);
  for (const int number : topic.numbers) json.item(number);
  for (const Split& split : topic.splits) {
    json.open_object();
    for (std::size_t i = 0; i < split.count; ++i) json.field(split.parts[i].first, split.parts[i].second);
    json.close_object();
  }
  json.close_array();
}

bool writes_ids(const Project& project) { return project.link_ids != LinkIds::kNone && !project.plan.strip_ids; }

// The reference of a decision or a correction to its suggestion, in the payload or in the envelope.
void refer(Project& project, EventLine& line, const Suggestion* to) {
  if (to == nullptr || !writes_ids(project)) return;
  if (project.link_ids == LinkIds::kSuggestionId)
    line.data().field("suggestion_id", to->id);
  else
    line.parent(to->id);
  ++project.expected.explicit_links;
}

Server server_of(std::string_view tool) { return tool[0] == 'm' ? Server::kScaffolding : Server::kPipeline; }

}  // namespace

void write_value(JsonText& json, std::string_view name, const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNone: json.null(name); break;
    case Value::Kind::kText: json.field(name, value.text); break;
    case Value::Kind::kNumber: json.field(name, value.number); break;
    case Value::Kind::kSplit:
      json.open_object(name);
      for (std::size_t i = 0; i < value.split->count; ++i)
        json.field(value.split->parts[i].first, value.split->parts[i].second);
      json.close_object();
  }
}

Spelling any_spelling(Random& random, bool about_question) {
  constexpr Spelling kModule[] = {Spelling::kOptionsChoice, Spelling::kOptionsChoiceRationale,
                                  Spelling::kPresentedChoice, Spelling::kPresentedChoiceRationale,
                                  Spelling::kRationaleIfAny};
  constexpr Spelling kQuestion[] = {
      Spelling::kOptionsChoice, Spelling::kPresentedChoice, Spelling::kPresentedChoiceRationale,
      Spelling::kFixManual,     Spelling::kRationaleIfAny,  Spelling::kRationaleIfAny,
      Spelling::kDatasetRow};
  return about_question ? random.pick(kQuestion) : random.pick(kModule);
}

std::string new_suggestion_id(Project& project, const Question* question) {
  const std::size_t number = ++project.suggestion_count;
  if (project.unique_suggestion_ids) return fmt::format("sug_{}_{}", project.id.substr(0, 8), number);
  // Counted anew in every sitting, so that ids come back: a reader must take the nearest one before.
  return fmt::format("{}#{}", question != nullptr ? std::string_view(question->id) : "module", number);
}

std::uint64_t write_suggestion(Project& project, const Topic& topic, const Question* question, const Suggestion& made) {
  EventLine line(*project.journal, server_of(topic.tool), topic.tool, "ai_suggestion");
  JsonText& data = line.data();
  if (writes_ids(project)) data.field("suggestion_id", made.id);
  if (question != nullptr) {
    data.field("question_id", question->id);
    data.field("question_type", question->type_name());
  }
  data.field("decision_type", topic.decision_type);
  write_value(data, "suggestion", made.value);
  if (project.random.chance(30))
    data.field("confidence", made.confidence);  // in per cent
  else
    data.hundredths("confidence", made.confidence);
  if (question != nullptr && topic.about == About::kText) data.field("before", question->text);
  return line.done_as_suggestion();
}

std::uint64_t write_decision(Project& project, const Topic& topic, const Question* question, const Value& choice,
                             Spelling spelling, const Suggestion* answered) {
  Random& random = project.random;
  const std::string_view tool = spelling == Spelling::kFixManual ? "step1_fix_manual" : topic.tool;
  EventLine line(*project.journal, server_of(tool), tool, "user_decision");
  JsonText& data = line.data();
  if (question != nullptr) data.field("question_id", question->id);
  data.field("decision_type", topic.decision_type);
  const bool row = spelling == Spelling::kDatasetRow;
  if (question != nullptr && (row || random.chance(25))) {
    data.field("question_text", question->text);
    data.field("question_type", question->type_name());
    if (!row) {
      data.field("bloom_level", question->bloom_name());
      data.field("difficulty", question->difficulty_name());
    }
  }
  if (row) {
    data.open_object("context");
    data.field("module", topic.tool.substr(0, 2));
    data.field("stage", topic.tool[8] - '0');
    data.open_array("previous_decisions");
    data.close_array();
    data.close_object();
    write_value(data, "user_choice", choice);
    write_options(data, "options_presented", topic);
    if (answered != nullptr) {
      write_value(data, "ai_suggestion", answered->value);
      data.hundredths("ai_confidence", answered->confidence);
    }
    data.null("dataset_version");
  } else if (spelling == Spelling::kOptionsChoice || spelling == Spelling::kOptionsChoiceRationale) {
    write_options(data, "options", topic);
    write_value(data, "choice", choice);
  } else {
    write_options(data, "options_presented", topic);
    write_value(data, "user_choice", choice);
  }
  const bool must = spelling == Spelling::kOptionsChoiceRationale || spelling == Spelling::kPresentedChoiceRationale;
  if (must || (spelling == Spelling::kRationaleIfAny && random.chance(40)))
    data.field("rationale", reason_text(project.subject, project.language, random));
  refer(project, line, answered);
  if (!topic.offers(choice)) ++project.expected.outside_options;
  return line.done_as_decision();
}

std::uint64_t write_correction(Project& project, std::string_view field, const Question& question, const Value& before,
                               const Value& after, std::string_view tool, const Suggestion* carried_out) {
  constexpr std::string_view kKinds[] = {"clarity", "fact", "level", "language", "format"};
  EventLine line(*project.journal, server_of(tool), tool, "correction_made");
  JsonText& data = line.data();
  data.field("question_id", question.id);
  data.field("field", field);
  write_value(data, "before", before);
  write_value(data, "after", after);
  if (project.random.chance(60)) data.field("correction_type", project.random.pick(kKinds));
  refer(project, line, carried_out);
  return line.done_as_correction("correction_made");
}

std::uint64_t write_module_decision(Project& project) {
  constexpr std::string_view kEntries[] = {"m1", "m2", "m3", "m4", "pipeline"};
  EventLine line(*project.journal, Server::kScaffolding, "scaffolding_init", "module_decision");
  JsonText& data = line.data();
  data.field("decision_type", "entry_point");
  data.field("choice", project.entry_point);
  data.open_array("available_options");
  bool offered = false;
  for (const std::string_view entry : kEntries) {
    data.item(entry);
    offered = offered || entry == project.entry_point;
  }
  data.close_array();
  if (!offered) ++project.expected.outside_options;
  return line.done_as_decision();
}

}  // namespace classroom
