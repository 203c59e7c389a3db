// The tools of the Python server: starting, validating, repairing, exporting.
#include <fmt/format.h>

#include "tool_traffic.h"

namespace classroom {
namespace {

constexpr auto kPy = Server::kPipeline;

std::string question_path(const Project& project) {
  return project.home_path(fmt::format("questions/{}.md", project.name));
}

void tool_error(Project& project, std::string_view tool, std::string_view file) {
  struct Failure {
    std::string_view type, message;
  };
  constexpr Failure kFailures[] = {{"TimeoutExpired", "Validator gave no answer within 120 seconds"},
                                   {"PermissionError", "[Errno 13] Permission denied: 'python3.11'"},
                                   {"UnicodeDecodeError", "'utf-8' codec cannot decode byte 0xe5 in position 212"}};
  const Failure& failure = project.random.pick(kFailures);
  EventLine line(*project.journal, kPy, tool, "tool_error", "error");
  auto& data = line.data();
  data.field("error_type", failure.type);
  data.field("message", failure.message);
  data.field("stacktrace",
             fmt::format("Traceback (most recent call last):\n  File \"{}/QuestionForge/server.py\", line "
                         "{}, in call\n    run(\"{}\")\n{}: {}\n",
                         project.home, project.random.between(200, 1400), tool, failure.type, failure.message));
  data.open_object("context");
  data.field("file", file);
  data.close_object();
  line.done();
}

}  // namespace

void start_project(Project& project) {
  Journal& journal = *project.journal;
  EventLine start(journal, kPy, "step0_start", "session_start");
  start.data().field("entry_point", project.entry_point);
  start.done();
  project.pass(0, 1);
  EventLine created(journal, kPy, "step0_start", "session_created");
  created.data().field("methodology_files", project.random.between(28, 33));
  created.data().field("sources_count", 0);
  created.data().field("materials_copied", project.random.between(0, 4));
  created.done();
  project.pass(1, 9);
  const std::string sentence =
      fmt::format("Session created: {} (entry_point: {})", journal.session_id, project.entry_point);
  EventLine told(journal, kPy, "step0_start", sentence);
  auto& data = told.data();
  data.field("session_id", journal.session_id);
  if (project.entry_point == "setup")
    data.null("source_file");
  else if (project.random.chance(5))
    data.field("source_file", fmt::format("https://wiki.example/{}", project.name));
  else
    data.field("source_file", project.source_file);
  data.field("entry_point", project.entry_point);
  if (project.entry_point[0] == 'm')
    data.field("next_module", project.entry_point);
  else
    data.null("next_module");
  data.field("action", "create");
  told.sentence("Session created: ").done();
}

void resume_project(Project& project) {
  EventLine line(*project.journal, kPy, "step0_start", "session_resume");
  constexpr std::string_view kStates[] = {"not_validated", "valid", "invalid"};
  line.data().field("resumed_at", project.random.pick(kStates));
  line.data().null("working_file");
  line.data().field("export_count", project.random.between(0, 3));
  line.done();
}

void add_file(Project& project) {
  struct Addition {
    std::string_view file, type, folder;
  };
  constexpr Addition kAdditions[] = {{"figur.png", "image", "questions/resources"},
                                     {"lesson_notes.pdf", "pdf", "materials"},
                                     {"genomgång.pptx", "unknown", "materials"},
                                     {"extra.md", "markdown", "questions"},
                                     {"klipp.mp3", "audio", "materials"}};
  const Addition& added = project.random.pick(kAdditions);
  EventLine line(*project.journal, kPy, "step0_add_file", "file_added");
  line.data().field("source", fmt::format("{}/{}", project.teacher.courses, added.file));
  line.data().field("destination", fmt::format("{}/{}", added.folder, added.file));
  line.data().field("file_type", added.type);
  line.data().field("target_folder", added.folder);
  line.done();
}

void analyze_project(Project& project) {
  constexpr std::string_view kAdvice[] = {"empty",    "needs_conversion", "ready_for_pipeline",
                                          "needs_m5", "needs_m1",         "unclear"};
  EventLine line(*project.journal, kPy, "step0_analyze", "project_analyzed");
  line.data().field("materials_count", project.random.between(0, 9));
  line.data().field("questions_count", project.questions.empty() ? 0 : 1);
  line.data().field("resources_count", project.random.between(0, 3));
  line.data().field("recommendation", project.random.pick(kAdvice));
  line.done();
}

void validate_file(Project& project) {
  Journal& journal = *project.journal;
  const std::string file = question_path(project);
  EventLine start(journal, kPy, "step2_validate", "tool_start");
  start.data().field("file", file);
  start.data().field("method", "subprocess");
  start.done();
  const int outcome = project.random.between(0, 99);
  const int took = project.random.between(180, 900);
  if (outcome < 2) return;  // a time-out leaves the start alone
  project.pass(took, took);
  if (outcome < 5) return tool_error(project, "step2_validate", file);
  const bool valid = outcome < 65;
  EventLine end(journal, kPy, "step2_validate", "tool_end");
  end.data().field("success", true);
  end.data().field("valid", valid);
  end.data().field("question_count", project.questions.size());
  end.data().field("exit_code", valid ? 0 : 1);
  end.took(took).done();
  if (!valid) return;
  project.pass(1, 8);
  EventLine complete(journal, kPy, "step2_validate", "validation_complete");
  complete.data().field("valid", true);
  complete.data().field("question_count", project.questions.size());
  complete.done();
}

void read_lines(Project& project) {
  const int first = project.random.between(1, 300), count = project.random.between(10, 60);
  const std::string sentence = fmt::format("Read lines {}-{}", first, first + count - 1);
  EventLine line(*project.journal, kPy, "step2_read", sentence);
  line.data().field("start_line", first);
  line.data().field("lines_read", count);
  line.data().field("total_lines", first + count + project.random.between(0, 400));
  line.sentence("Read lines ").done();
}

void autofix_file(Project& project, LogFile* iterations) {
  struct Rule {
    std::string_view id, field, message, description;
    int confidence;
  };
  constexpr Rule kRules[] = {{"STEP3_001", "type", "the type line holds a colon", "take the colon out", 95},
                             {"STEP3_002", "question_text", "the field is not closed", "close the field", 90},
                             {"STEP3_004", "labels", "labels stand without a hash", "put a hash before labels", 80}};
  const std::string file = question_path(project);
  const std::string own_id = new_hex(project.random, 8);
  const int rounds = project.random.between(1, 3);
  for (int round = 0; iterations != nullptr && round < rounds; ++round) {
    const Rule& rule = project.random.pick(kRules);
    JsonText json(iterations->line(), Spacing::kPython);
    json.open_object();
    json.field("ts", time_text(project.clock.now));
    json.field("v", 1);
    json.field("session_id", own_id);
    json.field("round", round);
    json.field("file", file);
    json.open_object("error");
    json.field("question_id", project.questions[project.random.below(project.questions.size())].id);
    json.field("field", rule.field);
    json.field("message", rule.message);
    json.close_object();
    json.open_object("rule");
    json.field("rule_id", rule.id);
    json.hundredths("confidence", rule.confidence);
    json.field("description", rule.description);
    json.close_object();
    json.open_object("result");
    json.field("success", true);
    json.field("lines_changed", project.random.between(1, 4));
    json.close_object();
    json.close_object();
    project.clock.mark();
    project.expected.event("step3_iteration");
    project.expected.correction("step3_iteration");
    iterations->end_line();
    project.pass(2, 40);
  }
  const auto summary = [&](JsonText& json) {
    json.field("status", "valid");
    json.field("rounds", rounds);
    json.field("fixes_applied", rounds);
    json.field("remaining_errors", 0);
  };
  if (iterations != nullptr) {
    JsonText json(iterations->line(), Spacing::kPython);
    json.open_object();
    json.field("ts", time_text(project.clock.now));
    json.field("v", 1);
    json.field("session_id", own_id);
    json.field("event", "session_complete");
    json.field("file", file);
    json.open_object("result");
    summary(json);
    json.close_object();
    json.close_object();
    project.clock.mark();
    project.expected.event("session_complete");
    iterations->end_line();
  }
  EventLine line(*project.journal, kPy, "step3_autofix", "autofix_complete");
  summary(line.data());
  line.done();
}

void export_file(Project& project) {
  Journal& journal = *project.journal;
  EventLine start(journal, kPy, "step4_export", "tool_start");
  start.data().field("file", question_path(project));
  start.data().field("output_dir", project.home_path("output"));
  start.data().field("output_name", project.name);
  start.data().field("language", project.language == Language::kSwedish ? "sv" : "en");
  start.data().field("method", "subprocess");
  start.done();
  const int took = project.random.between(700, 2400);
  project.pass(took, took);
  const int outcome = project.random.between(0, 99);
  if (outcome < 4) return;  // a time-out leaves the start alone
  if (outcome < 15) {
    constexpr std::string_view kScripts[] = {"step1_validate.py", "step2_create_folder.py", "step4_generate_xml.py"};
    const std::string sentence =
        fmt::format("Error in {}: exit {}", project.random.pick(kScripts), project.random.between(1, 2));
    EventLine(journal, kPy, "step4_export", sentence).sentence("Error in ").done();
    return;
  }
  const std::string zip = project.home_path(fmt::format("output/{}.zip", project.name));
  EventLine end(journal, kPy, "step4_export", "tool_end");
  end.data().field("success", true);
  end.data().field("question_count", project.questions.size());
  end.data().field("output_file", zip);
  end.took(took).done();
  project.pass(0, 2);
  EventLine complete(journal, kPy, "step4_export", "export_complete");
  complete.data().field("output_file", zip);
  complete.data().field("question_count", project.questions.size());
  complete.data().field("format", "QTI 2.1");
  complete.done();
}

void end_session(Project& project) {
  EventLine line(*project.journal, kPy, "session_manager", "session_end");
  line.data().field("export_count", project.random.between(0, 2));
  line.data().field("validation_status", "unknown");
  line.data().field("question_count", 0);
  line.done();
}

}  // namespace classroom
