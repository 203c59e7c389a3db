// M5 of January 2026: a file is parsed into questions, and the teacher approves, changes or skips each.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "historical.h"

namespace classroom {
namespace {

constexpr auto kNode = Server::kScaffolding;

void field_updated(Project& project, Question& question) {
  EventLine line(*project.journal, kNode, "m5_update_field", "field_updated");
  JsonText& data = line.data();
  data.field("question_id", question.id);
  Random& random = project.random;
  switch (random.below(4)) {
    case 0:
      data.field("field", "bloom");
      data.field("old_value", question.bloom_name());
      question.bloom = (question.bloom + 1 + random.below(4)) % 5;
      data.field("new_value", question.bloom_name());
      break;
    case 1:
      data.field("field", "points");
      data.field("old_value", question.points);
      question.points = question.points % 4 + 1;
      data.field("new_value", question.points);
      break;
    case 2:
      data.field("field", "options");
      data.open_array("old_value");
      data.close_array();
      data.open_array("new_value");
      for (const auto& option : question.options) data.item(option);
      data.close_array();
      break;
    default:
      data.field("field", "stem");
      data.field("old_value", question.text);
      question.text = revised_text(question.text, project.subject, project.language, random);
      data.field("new_value", question.text);
  }
  line.done_as_correction("field_updated");
}

void empty_list(JsonText& data, std::string_view name) {
  data.open_array(name);
  data.close_array();
}

void list_of(JsonText& data, std::string_view name, std::string_view only) {
  data.open_array(name);
  data.item(only);
  data.close_array();
}

void parse_file(Project& project, std::vector<std::uint64_t>& parsed_at) {
  Journal& journal = *project.journal;
  Random& random = project.random;
  const std::size_t count = project.questions.size();
  EventLine format(journal, kNode, "m5_start", "format_detected");
  format.data().field("pattern_id", "M5_FMT_OWN_1");
  format.data().field("pattern_name", "Fet rubrik");
  format.data().field("confidence", random.between(60, 99));
  format.data().field("questions_parsed", count);
  format.data().open_object("validation");
  format.data().field("is_valid", true);
  format.data().field("errors", 0);
  format.data().field("warnings", 2);
  format.data().close_object();
  format.done();
  EventLine started(journal, kNode, "m5_start", "session_started");
  started.data().field("session_id", new_hex(random, 8));
  started.data().field("source_file", "questions/m3_output.md");
  started.data().field("output_file", "questions/m5_output.md");
  started.data().open_object("parse_stats");
  started.data().field("total", count);
  started.data().field("auto_ready", count - 1);
  started.data().field("needs_input", 1);
  started.data().field("uncertain", 0);
  started.data().open_object("by_type");
  started.data().field("multiple_choice_single", count);
  started.data().close_object();
  started.data().close_object();
  started.done();
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 3 == 0) project.pass(0, 1);
    EventLine line(journal, kNode, "m5_start", "question_parsed", "debug");
    line.data().field("question_id", project.questions[i].id);
    line.data().field("type", project.questions[i].type_name());
    line.data().field("type_confidence", random.between(55, 99));
    empty_list(line.data(), "missing_fields");
    list_of(line.data(), "uncertain_fields", "feedback");
    line.data().field("needs_fallback", false);
    parsed_at[i] = line.done_as_suggestion();
  }
}

// Now and then the parser gives up, and the AI writes the question anew.
void fall_back(Project& project, const Question& question, std::size_t number) {
  Journal& journal = *project.journal;
  EventLine asked(journal, kNode, "m5_fallback", "fallback_requested", "warn");
  asked.data().field("question_id", question.id);
  asked.data().field("detected_type", question.type_name());
  asked.data().field("type_raw", question.type_name());
  list_of(asked.data(), "missing_fields", "answer");
  empty_list(asked.data(), "uncertain_fields");
  asked.data().field("type_confidence", project.random.between(20, 60));
  asked.data().field("raw_content_preview", fmt::format("**{}**\n{}", question.title, question.text));
  asked.done();
  project.pass(4'000, 30'000);
  EventLine given(journal, kNode, "m5_submit_qfmd", "qfmd_submitted");
  given.data().field("question_id", question.id);
  given.data().field("method", "fallback_claude_generated");
  given.data().field("submitted_type", question.type_name());
  given.data().field("qfmd_length", project.random.between(200, 900));
  given.done();
  EventLine made(journal, kNode, "m5_generate_from_raw", "qfmd_generated");
  made.data().field("question_number", number);
  made.data().field("question_type", question.type_name());
  made.data().field("has_title", true);
  made.data().field("has_stem", true);
  made.data().field("has_answer", false);
  made.done();
}

void blocked(Project& project, const Question& question) {
  EventLine line(*project.journal, kNode, "m5_approve", "blocked_critical_missing", "warn");
  line.data().field("question_id", question.id);
  list_of(line.data(), "missing_critical", "stem");
  line.done();
  EventLine error(*project.journal, kNode, "m5_approve", "tool_error", "error");
  error.data().field("error_type", "approve_failed");
  error.data().field("error_message",
                     project.language == Language::kSwedish ? "Frågan saknar text" : "The question has no text");
  error.data().field("question_id", question.id);
  error.done();
}

std::uint64_t approve(Project& project, const Question& question, std::size_t corrections) {
  EventLine line(*project.journal, kNode, "m5_approve", "question_approved");
  JsonText& data = line.data();
  data.field("question_id", question.id);
  data.field("type", question.type_name());
  data.field("method", "auto_parse");
  data.open_array("corrections_applied");
  for (std::size_t i = 0; i < corrections; ++i) data.item("stem");
  data.close_array();
  data.open_object("confidence_scores");
  data.field("type", project.random.between(60, 99));
  data.field("answer", project.random.between(50, 99));
  data.field("stem", project.random.between(50, 99));
  data.close_object();
  return line.done_as_decision();
}

std::uint64_t skip(Project& project, const Question& question) {
  EventLine line(*project.journal, kNode, "m5_skip", "question_skipped");
  std::string reason = "no reason provided";
  if (project.random.chance(70)) {
    reason.clear();
    compose(reason, project.random.pick(phrases(project.language).skip_reasons),
            project.subject.lexicon(project.language), project.random);
  }
  line.data().field("question_id", question.id);
  line.data().field("type", question.type_name());
  line.data().field("reason", reason);
  empty_list(line.data(), "missing_fields");
  empty_list(line.data(), "uncertain_fields");
  return line.done_as_decision();
}

}  // namespace

void run_m5_project(Project& project) {
  project.open_log();
  Journal& journal = *project.journal;
  Random& random = project.random;
  project.fill_questions(11);
  EventLine taught(journal, kNode, "m5_teach_format", "pattern_created");
  taught.data().field("pattern_id", "M5_FMT_OWN_1");
  taught.data().field("pattern_name", "Fet rubrik");
  taught.data().field("mappings_count", 7);
  taught.done();
  project.pass(20, 90);
  EventLine helped(journal, kNode, "m5_help_parse", "teacher_helped_parse");
  helped.data().field("pattern_description", project.language == Language::kSwedish
                                                 ? "Rubriken står i fet stil och svaret sist"
                                                 : "The heading is bold and the key comes last");
  helped.data().field("questions_found", project.questions.size());
  helped.done();
  for (int sitting = 0; sitting < 3; ++sitting) {
    if (sitting > 0) project.next_sitting();
    std::vector<std::uint64_t> parsed_at(project.questions.size());
    parse_file(project, parsed_at);
    int approved = 0, skipped = 0;
    for (std::size_t i = 0; i < project.questions.size(); ++i) {
      Question& question = project.questions[i];
      project.pass(5'000, 160'000);
      if (random.chance(8)) continue;  // left for another day
      if (random.chance(12)) {
        fall_back(project, question, i + 1);
        project.pass(3'000, 40'000);
      }
      if (random.chance(8)) {
        blocked(project, question);
        project.pass(3'000, 40'000);
      }
      std::size_t corrections = 0;
      while (corrections < 3 && random.chance(40)) {
        field_updated(project, question);
        project.pass(2'000, 60'000);
        ++corrections;
      }
      if (random.chance(10)) {
        EventLine warning(journal, kNode, "m5_approve", "warning_optional_missing");
        warning.data().field("question_id", question.id);
        list_of(warning.data(), "missing_optional", "difficulty");
        warning.done();
      }
      const bool keeps = random.chance(82);
      const std::uint64_t at = keeps ? approve(project, question, corrections) : skip(project, question);
      ++(keeps ? approved : skipped);
      if (project.expected.keeps_gold)
        project.expected.gold.push_back({project.log->name(), Link::kSuggestion, parsed_at[i], at});
    }
    project.pass(900, 9'000);
    EventLine complete(journal, kNode, "m5_approve", "session_complete");
    complete.data().field("total_approved", approved);
    complete.data().field("total_skipped", skipped);
    complete.done();
    EventLine finished(journal, kNode, "m5_finish", "session_finished");
    finished.data().field("session_id", new_hex(random, 8));
    finished.data().field("duration_ms", random.between(60'000, 900'000));
    finished.data().field("total_questions", project.questions.size());
    finished.data().field("approved", approved);
    finished.data().field("skipped", skipped);
    finished.data().field("output_file", "questions/m5_output.md");
    finished.data().field("approval_rate", 100 * approved / std::max(1, approved + skipped));
    finished.done();
  }
  project.write_session_yaml();
  project.write_sources_yaml();
  project.write_questions(false);
}

}  // namespace classroom
