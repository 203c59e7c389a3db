// Interactive Step 1: tool events in session.jsonl, and the teacher's decisions in step1_decisions.jsonl.
#include <fmt/format.h>

#include "historical.h"
#include "tool_traffic.h"

namespace classroom {
namespace {

struct Issue {
  std::string_view type, swedish_fix, english_fix;
  int confidence;
};
constexpr Issue kIssues[] = {
    {"metadata_colon", "Stryk kolonet efter nyckelordet", "Drop the colon after the keyword", 95},
    {"unclosed_field_block", "Stäng fältet på raden efter texten", "Close the field on the line after the text", 85},
    {"missing_separator_after", "Sätt en skiljelinje efter frågan", "Put a separator after the question", 90},
    {"legacy_at_syntax", "Byt den gamla skrivningen mot den nya", "Replace the old notation by the new", 75},
    {"duplicate_field", "Ta bort det andra fältet med samma namn", "Remove the second field of that name", 60}};
constexpr std::string_view kDecisions[] = {"accept_ai", "accept_ai", "accept_ai", "modify",
                                           "modify",    "manual",    "skip",      "delete"};

// The first `limit` characters, never half of one.
std::string cut(std::string_view text, std::size_t limit) {
  std::size_t characters = 0, at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && characters++ == limit) break;
  return std::string(text.substr(0, at));
}

class Step1 {
 public:
  Step1(Project& project, bool later_shape)
      : project_(project),
        later_(later_shape),
        id_(new_hex(project.random, 8)),
        log_(project.path("logs/step1_decisions.jsonl"), project.relative("logs/step1_decisions.jsonl"),
             project.expected) {}

  template <class Fill>
  void record(std::string_view event, Fill&& fill) {
    JsonText json(log_.line(), Spacing::kPython);
    json.open_object();
    json.field("timestamp", time_text(project_.clock.now));
    json.field("session_id", id_);
    if (!event.empty()) json.field("event", event);
    fill(json);
    json.close_object();
    project_.clock.mark();
    project_.expected.event(event.empty() ? "step1_decision" : event);
    if (event.empty()) count_decision(*project_.journal, "step1_decision");
    log_.end_line();
  }

  void decide(const Question& question) {
    Random& random = project_.random;
    const Issue& issue = random.pick(kIssues);
    const std::string_view decision = random.pick(kDecisions);
    const std::string fix(project_.language == Language::kSwedish ? issue.swedish_fix : issue.english_fix);
    record("", [&](JsonText& json) {
      json.field("question_id", question.id);
      json.field(later_ ? "issue_id" : "issue_type", issue.type);
      if (!later_) json.field("issue_description", fmt::format("Structure: {}", issue.type));
      if (random.chance(20) && !later_)
        json.null("line_number");
      else
        json.field("line_number", random.between(1, 300));
      json.open_object("ai_suggestion");
      if (later_) {
        json.field("action", "replace");
        json.field("content", fix);
        json.field("location", "field");
        json.field("reasoning", fix);
      } else if (decision != "manual") {  // nothing was suggested for what is done by hand
        json.field("issue_type", issue.type);
        json.field("fix_suggestion", fix);
        json.hundredths("confidence", issue.confidence);
      }
      json.close_object();
      json.field("teacher_decision", decision);
      applied(json, question, decision);
      if (random.chance(35)) {
        std::string note;
        compose(note, random.pick(phrases(project_.language).notes), project_.subject.lexicon(project_.language),
                random);
        json.field("teacher_note", note);
      } else {
        json.null("teacher_note");
      }
      if (later_) {
        json.null("pattern_learned");
        json.hundredths("time_spent_seconds", random.between(80, 4000));
      } else {
        json.field("pattern_id", fmt::format("STEP1_{:03}", random.between(1, 9)));
        json.null("time_spent_seconds");
      }
    });
  }

 private:
  void applied(JsonText& json, const Question& question, std::string_view decision) {
    json.open_object("applied_fix");
    if (decision == "accept_ai") {
      json.field("action", "auto_transform");
      json.open_array("changes");
      json.item(project_.language == Language::kSwedish ? "Stängde ett öppet fält" : "Closed an open field");
      json.close_array();
    } else if (decision == "modify" || decision == "manual") {
      json.field("action", decision == "modify" ? "teacher_modified" : "teacher_manual");
      json.field("content", cut(fmt::format("# {} {}\n^question {}\n@field: question_text\n{}\n@end_field", question.id,
                                            question.title, question.id, question.text),
                                100));
      ++project_.expected.step1_applied_texts;
    } else {
      json.field("action", decision == "skip" ? "skipped" : "skipped_question");
    }
    if (later_) json.field("location", "field");
    json.close_object();
  }

  Project& project_;
  bool later_;
  std::string id_;
  LogFile log_;
};

constexpr auto kPy = Server::kPipeline;

void analyze_question(Project& project, const Question& question) {
  EventLine start(*project.journal, kPy, "step1_analyze", "tool_start");
  start.data().field("question_id", question.id);
  start.done();
  project.pass(5, 30);
  if (project.random.chance(15)) {
    EventLine end(*project.journal, kPy, "step1_analyze", "tool_end", "warn");
    end.data().field("success", false);
    end.data().field("error", fmt::format("{} is not in the file", question.id));
    end.took(12).done();
    return;
  }
  EventLine end(*project.journal, kPy, "step1_analyze", "tool_end");
  end.data().field("success", true);
  end.data().field("question_id", question.id);
  end.data().field("total_issues", project.random.between(1, 4));
  end.data().field("auto_fixable_count", project.random.between(0, 2));
  end.took(project.random.between(4, 40)).done();
}

void fix_automatically(Project& project, const Question& question) {
  EventLine start(*project.journal, kPy, "step1_fix_auto", "tool_start");
  start.data().field("question_id", question.id);
  start.done();
  project.pass(5, 30);
  EventLine end(*project.journal, kPy, "step1_fix_auto", "tool_end");
  end.data().field("success", true);
  end.data().field("question_id", question.id);
  end.data().field("fixed_count", project.random.between(1, 3));
  end.data().field("remaining_count", project.random.between(0, 2));
  end.took(project.random.between(4, 40)).done();
}

void fix_by_hand(Project& project, const Question& question) {
  constexpr std::string_view kFields[] = {"bloom", "difficulty", "question_text", "title"};
  const std::string_view field = project.random.pick(kFields);
  EventLine start(*project.journal, kPy, "step1_fix_manual", "tool_start");
  start.data().field("question_id", question.id);
  start.data().field("field", field);
  start.done();
  project.pass(5, 30);
  if (project.random.chance(12)) {
    EventLine error(*project.journal, kPy, "step1_fix_manual", "tool_error", "error");
    error.data().field("error_type", "KeyError");
    error.data().field("message", fmt::format("'{}'", field));
    error.data().field("stacktrace", fmt::format("Traceback (most recent call last):\nKeyError: '{}'\n", field));
    error.data().open_object("context");
    error.data().field("question_id", question.id);
    error.data().field("field", field);
    error.data().close_object();
    error.done();
    return;
  }
  EventLine end(*project.journal, kPy, "step1_fix_manual", "tool_end");
  end.data().field("success", true);
  end.data().field("question_id", question.id);
  end.data().field("field", field);
  end.data().field("value", field == "bloom"        ? std::string(question.bloom_name())
                            : field == "difficulty" ? std::string(question.difficulty_name())
                            : field == "title"      ? question.title
                                                    : cut(question.text, 50));
  end.took(project.random.between(4, 40)).done_as_correction("step1_fix_manual");
}

}  // namespace

void run_step1_project(Project& project, bool later_shape) {
  project.entry_point = "pipeline";
  project.open_log();
  project.fill_questions(10);
  Journal& journal = *project.journal;
  start_project(project);
  project.rest(2 * kMinute);
  Step1 step1(project, later_shape);
  for (int sitting = 0; sitting < 3; ++sitting) {
    if (sitting > 0) project.next_sitting();
    const std::string started =
        fmt::format("Started guided build: {} questions in legacy format", project.questions.size());
    EventLine begin(journal, kPy, "step1_start", started);
    begin.data().field("session_id", new_hex(project.random, 8));
    begin.data().field("format", "legacy");
    begin.data().field("total_questions", project.questions.size());
    begin.data().field("auto_fixable", project.random.between(1, 6));
    begin.sentence("Started guided build: ").done();
    step1.record("session_start", [&](JsonText& json) {
      json.field("source_file", project.source_file);
      json.field("total_questions", project.questions.size());
      json.field("detected_format", "legacy");
    });
    for (std::size_t i = 0; i < project.questions.size(); ++i) {
      const Question& question = project.questions[i];
      project.pass(2'000, 50'000);
      analyze_question(project, question);
      project.pass(2'000, 90'000);
      if (project.random.chance(50))
        fix_automatically(project, question);
      else
        fix_by_hand(project, question);
      project.pass(1'000, 40'000);
      step1.decide(question);
      if (i + 1 == project.questions.size()) break;
      step1.record("navigate", [&](JsonText& json) {
        json.field("from_question", question.id);
        json.field("to_question", project.questions[i + 1].id);
        json.field("direction", "next");
      });
    }
    project.pass(900, 9'000);
    const std::string transformed = fmt::format("Transformed: {} changes applied", 4);
    EventLine transform(journal, kPy, "step1_transform", transformed);
    transform.data().field("question_id", "ALL");
    transform.data().field("changes_count", 4);
    transform.data().open_array("changes");
    for (const Issue& issue : kIssues) transform.data().item(issue.type);
    transform.data().close_array();
    transform.data().field("questions_processed", project.questions.size());
    transform.sentence("Transformed: ").done();
    EventLine batch(journal, kPy, "step1_batch_apply", "Batch fixed 3 questions for metadata_colon");
    batch.data().field("issue_type", "metadata_colon");
    batch.data().field("fix_type", "auto");
    batch.data().field("success_count", 3);
    batch.data().field("failed_count", 0);
    batch.sentence("Batch fixed ").done();
    const std::string finished = fmt::format("Finished: {0}/{0} questions, 7 changes", project.questions.size());
    EventLine finish(journal, kPy, "step1_finish", finished);
    finish.data().field("total_questions", project.questions.size());
    finish.data().field("completed", project.questions.size());
    finish.data().field("skipped", 0);
    finish.data().field("total_changes", 7);
    finish.data().field("ready_for_step2", true);
    finish.sentence("Finished: ").done();
    step1.record("session_complete", [&](JsonText& json) {
      json.field("status", "completed");
      json.open_object("result");
      json.field("questions_completed", project.questions.size());
      json.field("questions_skipped", 0);
      json.field("questions_deleted", 0);
      json.field("issues_fixed", 7);
      json.field("patterns_updated", 2);
      json.close_object();
    });
  }
  project.write_session_yaml();
  project.write_sources_yaml();
  project.write_questions(false);
}

}  // namespace classroom
