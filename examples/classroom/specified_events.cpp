// Events that are defined in documents only: whoever writes them one day will write them so.
#include <fmt/format.h>

#include "decision.h"
#include "historical.h"
#include "tool_traffic.h"

namespace classroom {
namespace {

constexpr auto kPy = Server::kPipeline;

// The fields that every event of a question's life has.
JsonText& life(EventLine& line, const Question& question, std::string_view actor, std::string_view stage,
               int iteration) {
  JsonText& data = line.data();
  data.field("question_id", question.id);
  data.field("question_type", question.type_name());
  data.field("actor_type", actor);
  data.field("stage_after", stage);
  data.field("loop_iteration", iteration);
  return data;
}

void step(Project& project, std::string_view event, const Question& question, std::string_view stage, int iteration) {
  EventLine line(*project.journal, kPy, "guided_build", event);
  JsonText& data = life(line, question, "system", stage, iteration);
  if (event == "question_modified" || event == "build_field_completed") {
    data.field("version_before", iteration);
    data.field("version_after", iteration + 1);
    data.open_object("change_summary");
    data.open_array("fields_changed");
    data.item("question_text");
    data.close_array();
    data.field("change_type", "edit");
    data.close_object();
  }
  if (event.ends_with("abandoned")) data.field("abandonment_reason", "timeout");
  line.done();
  project.pass(800, 60'000);
}

// A suggestion with its answer; a changed one is followed by the correction that carries it out.
void offer(Project& project, Question& question, int iteration) {
  Random& random = project.random;
  const std::string id = new_suggestion_id(project, &question);
  const bool writes_ids = !project.plan.strip_ids;
  const std::string text = revised_text(question.text, project.subject, project.language, random);
  EventLine offered(*project.journal, kPy, "guided_build", "build_ai_suggestion_offered");
  JsonText& data = life(offered, question, "ai_suggestion", "guided_build", iteration);
  if (writes_ids) data.field("suggestion_id", id);
  data.field("decision_type", "modify_question");
  data.field("suggestion", text);
  data.hundredths("confidence", random.between(55, 98));
  const std::uint64_t offered_at = offered.done_as_suggestion();
  project.pass(4'000, 120'000);
  const int answer = random.between(0, 9);
  if (answer == 9) return;  // never answered
  constexpr std::string_view kAnswers[] = {"build_ai_suggestion_accepted", "build_ai_suggestion_rejected",
                                           "build_ai_suggestion_modified"};
  const std::size_t which = answer < 5 ? 0 : answer < 7 ? 1 : 2;
  const std::string own = revised_text(text, project.subject, project.language, random);
  EventLine answered(*project.journal, kPy, "guided_build", kAnswers[which]);
  JsonText& reply = life(answered, question, "teacher", "guided_build", iteration);
  if (writes_ids) {
    reply.field("suggestion_id", id);
    ++project.expected.explicit_links;
  }
  reply.field("decision_type", "modify_question");
  if (which == 1) reply.field("rationale", reason_text(project.subject, project.language, random));
  if (which == 2) reply.field("user_choice", own);
  const std::uint64_t answered_at = answered.done_as_decision();
  const auto link = [&](Link kind, std::uint64_t from, std::uint64_t to) {
    if (project.expected.keeps_gold) project.expected.gold.push_back({project.log->name(), kind, from, to});
  };
  link(Link::kSuggestion, offered_at, answered_at);
  project.pass(900, 30'000);
  if (which == 2) {
    EventLine corrected(*project.journal, kPy, "guided_build", "correction_made");
    JsonText& change = corrected.data();
    change.field("question_id", question.id);
    change.field("field", "question_text");
    change.field("before", question.text);
    change.field("after", own);
    if (writes_ids) {
      change.field("suggestion_id", id);
      ++project.expected.explicit_links;
    }
    link(Link::kCorrection, answered_at, corrected.done_as_correction("correction_made"));
  }
  if (which != 1) question.text = which == 0 ? text : own;
}

void validate(Project& project, const Question& question, int iteration, bool good) {
  step(project, "validation_started", question, "validating", iteration);
  EventLine line(*project.journal, Server::kCore, "validator", "question_validated", "debug");
  line.data().field("question_id", question.id);
  line.data().field("valid", good);
  line.data().open_array("errors");
  if (!good) line.data().item("answer");
  line.data().close_array();
  line.done();
  step(project, good ? "validation_passed" : "validation_failed", question, "validating", iteration);
  if (!good)
    step(project, "validation_error_fixed", question, "validating", iteration);
  else if (project.random.chance(20))
    step(project, "validation_warning_acknowledged", question, "validating", iteration);
}

void whole_life(Project& project, Question& question) {
  Random& random = project.random;
  step(project, "question_created", question, "draft", 0);
  step(project, "build_started", question, "guided_build", 0);
  const int rounds = random.between(1, 3);
  for (int round = 1; round <= rounds; ++round) {
    offer(project, question, round);
    step(project, "build_field_completed", question, "guided_build", round);
    step(project, "question_modified", question, "guided_build", round);
    step(project, "build_iteration_complete", question, "guided_build", round);
  }
  if (random.chance(10)) {
    step(project, "build_abandoned", question, "abandoned", rounds);
    return step(project, "question_abandoned", question, "abandoned", rounds);
  }
  step(project, "build_completed", question, "validating", rounds);
  const int failures = random.between(0, 2);
  for (int failure = 0; failure < failures; ++failure) validate(project, question, rounds + failure, false);
  if (random.chance(10)) return step(project, "validation_abandoned", question, "abandoned", rounds);
  validate(project, question, rounds + failures, true);
  step(project, "review_started", question, "review", rounds);
  if (random.chance(30)) {
    step(project, "review_issue_found", question, "review", rounds);
    step(project, "review_returned_to_build", question, "guided_build", rounds);
    if (random.chance(30)) return step(project, "review_abandoned", question, "abandoned", rounds);
  }
  step(project, "review_approved", question, "finalized", rounds);
  step(project, "question_finalized", question, "finalized", rounds);
  step(project, "question_exported", question, "exported", rounds);
}

void begin(Project& project, int sitting, std::size_t questions) {
  Journal& journal = *project.journal;
  EventLine resumed(journal, kPy, "session_manager", "session_resume");
  if (sitting % 2 == 0)
    resumed.data().field("previous_state", "guided_build");
  else
    resumed.data().field("last_activity", time_text(project.clock.now - 3 * kHour));
  resumed.done();
  EventLine parsed(journal, Server::kCore, "parser", "file_parsed");
  parsed.data().field("path", project.home_path(fmt::format("questions/{}.md", project.name)));
  parsed.data().field("lines", project.random.between(80, 900));
  parsed.data().field("questions_found", questions);
  parsed.done();
  EventLine format(journal, kPy, "detector", "format_detected");
  format.data().field("format", "SEMI_STRUCTURED");
  format.data().field("question_count", questions);
  format.data().field("confidence", "medium");
  format.done();
  EventLine converted(journal, kPy, "step1_finish", "format_converted");
  converted.data().field("from_format", "SEMI_STRUCTURED");
  converted.data().field("to_format", "QFMD");
  converted.data().field("questions_converted", questions);
  converted.data().field("questions_skipped", 0);
  converted.data().field("auto_fixes", 5);
  converted.data().field("manual_fixes", 2);
  converted.data().field("duration_ms", project.random.between(900, 90'000));
  converted.done();
  EventLine(journal, kPy, "session_manager", "window_focused").unlisted().done();
}

}  // namespace

void run_specified_project(Project& project) {
  project.entry_point = "pipeline";
  project.open_log();
  start_project(project);
  project.fill_questions(8);
  for (int sitting = 0; sitting < 4; ++sitting) {
    if (sitting > 0) project.next_sitting();
    project.pass(900, 9'000);
    begin(project, sitting, project.questions.size());
    project.write_questions(true);
    for (std::size_t i = static_cast<std::size_t>(sitting) % 2; i < project.questions.size(); i += 2)
      whole_life(project, project.questions[i]);
    EventLine summary(*project.journal, Server::kCore, "validator", "validation_summary");
    summary.data().field("total", project.questions.size());
    summary.data().field("valid", project.questions.size() - 1);
    summary.data().field("invalid", 1);
    summary.done();
    EventLine cached(*project.journal, kPy, "session_manager", "template_cache_warmed");
    cached.data().field("templates", 16);
    cached.unlisted().done();
    EventLine end(*project.journal, kPy, "session_manager", "session_end");
    end.data().field("summary", project.language == Language::kSwedish ? "Fyra frågor klara" : "Four questions done");
    end.done();
  }
  project.write_session_yaml();
  project.write_sources_yaml();
  project.write_questions(false);
}

}  // namespace classroom
