// The two layouts before the envelope: pipeline.jsonl, and the flat session.jsonl with its copy.
#include <fmt/format.h>

#include "historical.h"
#include "sitting.h"
#include "tool_traffic.h"

namespace classroom {
namespace {

// One line of pipeline.jsonl on its way, and the same as a line of text for pipeline.log.
class PipelineLine {
 public:
  PipelineLine(Project& project, std::string& text_log, std::string_view step, std::string_view message)
      : project_(project), json_(project.log->line(), Spacing::kPython), step_(step) {
    std::string at;
    append_time(at, project.clock.now, Precision::kMicroseconds, "+00:00");
    json_.open_object();
    json_.field("timestamp", at);
    json_.field("step", step);
    json_.field("message", message);
    text_log += fmt::format("{} {} [{}] {}\n", at.substr(0, 10), at.substr(11, 8), step, message);
    project.clock.mark();
  }
  JsonText& data() {
    if (!open_) json_.open_object("data");
    open_ = true;
    return json_;
  }
  void done() {
    if (open_) json_.close_object();
    json_.close_object();
    project_.expected.event(step_);
    project_.log->end_line();
  }

 private:
  Project& project_;
  JsonText json_;
  std::string_view step_;
  bool open_ = false;
};

}  // namespace

void run_pipeline_project(Project& project) {
  Random& random = project.random;
  project.open_log("pipeline.jsonl");
  project.fill_questions(9);
  std::string text_log;
  PipelineLine start(project, text_log, "step0_start", fmt::format("Session created: {}", project.id));
  start.data().field("session_id", project.id);
  start.data().field("source_file", project.source_file);
  start.data().field("project_path", project.home);
  start.data().field("action", "create");
  start.done();
  for (int sitting = 0; sitting < 2; ++sitting) {
    if (sitting > 0) project.next_sitting();
    for (int i = 0; i < 8; ++i) {
      project.pass(900, 240'000);
      const int errors = random.between(0, 3), first = random.between(1, 200);
      switch (random.below(4)) {
        case 0: {
          PipelineLine line(project, text_log, "step2_read", fmt::format("Read lines {}-{}", first, first + 19));
          line.data().field("start_line", first);
          line.data().field("lines_read", 20);
          line.data().field("total_lines", first + 300);
          line.done();
          break;
        }
        case 1:
          PipelineLine(project, text_log, "step1_transform", fmt::format("Transformed: {} changes applied", errors))
              .done();
          break;
        default: {
          PipelineLine line(project, text_log, "step2_validate",
                            fmt::format("Validated: 9 questions, {} errors", errors));
          line.data().field("question_count", 9);
          line.data().field("error_count", errors);
          line.data().field("warning_count", 0);
          line.data().field("valid", errors == 0);
          line.done();
        }
      }
    }
  }
  project.pass(900, 9'000);
  PipelineLine last(project, text_log, "step4_export", "Exported 9 questions");
  last.data().field("output_file", project.home_path(fmt::format("03_output/{}.zip", project.name)));
  last.done();
  write_file(project.path("pipeline.log"), text_log);
  write_file(project.path("02_working/" + project.name + ".md"),
             question_file(project.questions, project.subject, project.language));
  project.write_session_yaml(true);
}

void run_flat_project(Project& project, bool goes_on) {
  project.entry_point = "m1";
  project.open_log();
  project.fill_questions(7);
  Journal& journal = *project.journal;
  journal.layout = Layout::kFlat;
  const std::string sentence = fmt::format("Session created: {} (entry_point: m1)", project.id);
  EventLine told(journal, Server::kPipeline, "step0_start", sentence);
  told.data().field("session_id", project.id);
  told.data().field("source_file", project.source_file);
  told.data().field("entry_point", "m1");
  told.data().field("action", "create");
  told.sentence("Session created: ").done();
  project.pass(0, 2);
  EventLine start(journal, Server::kPipeline, "step0_start", "session_start");
  start.data().field("session_id", project.id);
  start.data().field("entry_point", "m1");
  start.done();
  for (int i = 0; i < 6; ++i) {
    if (i == 4 && !goes_on) project.next_sitting();
    project.pass(4'000, 300'000);
    if (i % 3 == 2)
      read_lines(project);
    else
      validate_file(project);
  }
  if (goes_on) {
    project.rest(5 * kHour);
    journal.layout = Layout::kEnvelope;
    run_sitting(project, 1, nullptr);
    project.next_sitting();
    run_sitting(project, 2, nullptr);
  }
  const std::uint64_t lines = project.log->lines();
  project.log->flush();
  if (!goes_on) {
    std::filesystem::copy_file(project.path("logs/session.jsonl"), project.path("logs/qf-pipeline.jsonl"));
    ++project.expected.twin_files;
    project.expected.twin_lines += lines;
  }
  project.write_session_yaml(!goes_on);
  if (goes_on)
    project.write_questions(false);
  else
    write_file(project.path("02_working/" + project.name + ".md"),
               question_file(project.questions, project.subject, project.language));
}

}  // namespace classroom
