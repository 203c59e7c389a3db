// Sittings: a teacher and the AI go through questions, several at a time.
#include "sitting.h"

#include <algorithm>
#include <vector>

#include "decision.h"
#include "question.h"
#include "tool_traffic.h"

namespace classroom {
namespace {

constexpr std::size_t kOpenAtOnce = 3;
// A long log goes round among these, so that its project needs no more memory than a short one's.
constexpr std::size_t kMostQuestions = 36;

// One question and one thing to decide about it: any of the three steps may be missing.
struct Task {
  const Topic* topic = nullptr;
  Question* question = nullptr;
  bool suggests = true, decides = true, corrects = false;
  Suggestion suggestion;
  Value choice;
  std::uint64_t suggested_at = 0, decided_at = 0;
  int step = 0;
};

void link(Project& project, Link kind, std::uint64_t from, std::uint64_t to) {
  if (project.expected.keeps_gold) project.expected.gold.push_back({project.log->name(), kind, from, to});
}

std::string_view current_value(const Question& question, About about) {
  switch (about) {
    case About::kBloom: return question.bloom_name();
    case About::kDifficulty: return question.difficulty_name();
    case About::kType: return question.type_name();
    default: return question.text;
  }
}

void set_value(Question& question, const Topic& topic, const Value& value) {
  const auto at = std::find(topic.words.begin(), topic.words.end(), value.text);
  const auto index = static_cast<std::size_t>(at - topic.words.begin());
  if (topic.about != About::kText && index == topic.words.size()) return;  // an answer of the teacher's own
  switch (topic.about) {
    case About::kBloom: question.bloom = index; break;
    case About::kDifficulty: question.difficulty = index; break;
    case About::kType: question.type = index; break;
    case About::kText: question.text = value.text; break;
    default: break;
  }
}

Value suggested_value(Project& project, const Topic& topic, const Question* question) {
  if (topic.about == About::kText)
    return Value::of(revised_text(question->text, project.subject, project.language, project.random));
  return topic.option(project.random.below(topic.option_count()));
}

// Teachers differ in how much they trust the AI, and all trust it more where it is sure of itself.
bool agrees(Project& project, int confidence) {
  return project.random.chance(30 + static_cast<int>(project.teacher.number * 7 % 30) + (confidence - 50) / 2);
}

Value choose(Project& project, const Task& task) {
  const Topic& topic = *task.topic;
  if (project.random.chance(5)) return Value::of(topic.outside);
  if (topic.about == About::kText) {
    constexpr std::string_view kOther[] = {"modify", "modify", "modify", "manual", "skip", "delete"};
    return Value::of(task.suggests && agrees(project, task.suggestion.confidence) ? "accept_ai"
                                                                                  : project.random.pick(kOther));
  }
  if (task.suggests && agrees(project, task.suggestion.confidence)) return task.suggestion.value;
  return topic.option(project.random.below(topic.option_count()));
}

bool wants_correction(Project& project, const Task& task) {
  const Topic& topic = *task.topic;
  if (topic.about == About::kVerdict || topic.about == About::kModule) return false;
  if (topic.about == About::kText) {
    if (task.choice.text == "accept_ai") return project.random.chance(25);
    return project.random.chance(task.choice.text == "modify" ? 92 : task.choice.text == "manual" ? 60 : 0);
  }
  return task.choice.text != current_value(*task.question, topic.about) && project.random.chance(75);
}

// The correction that carries a decision out, or that comes by itself.
void correct(Project& project, Task& task, const Suggestion* answered) {
  const Topic& topic = *task.topic;
  Question& question = *task.question;
  const std::string_view tool = project.random.chance(20) ? "step1_fix_manual" : topic.tool;
  if (!task.decides && project.random.chance(40)) {
    const Value before = Value::of(question.correct_feedback);
    question.correct_feedback.clear();
    compose(question.correct_feedback, project.random.pick(phrases(project.language).correct_feedback),
            project.subject.lexicon(project.language), project.random);
    write_correction(project, "feedback", question, before, Value::of(question.correct_feedback), tool, nullptr);
    return;
  }
  const Value before = Value::of(current_value(question, topic.about));
  const Value after = topic.about == About::kText
                          ? Value::of(revised_text(question.text, project.subject, project.language, project.random))
                          : task.choice;
  const std::uint64_t at = write_correction(project, topic.field, question, before, after, tool, answered);
  if (task.decides) link(project, Link::kCorrection, task.decided_at, at);
  set_value(question, topic, after);
}

// A task's next step; true while more are to come.
bool advance(Project& project, Task& task) {
  const Topic& topic = *task.topic;
  if (task.step == 0) {
    task.step = 1;
    if (task.suggests) {
      task.suggestion.id = new_suggestion_id(project, task.question);
      task.suggestion.value = suggested_value(project, topic, task.question);
      task.suggestion.confidence = project.random.between(52, 98);
      task.suggested_at = write_suggestion(project, topic, task.question, task.suggestion);
      return task.decides;
    }
  }
  const Suggestion* answered = task.suggests ? &task.suggestion : nullptr;
  if (task.step == 1) {
    task.step = 2;
    if (!task.decides) return task.corrects;
    task.choice = choose(project, task);
    task.decided_at = write_decision(project, topic, task.question, task.choice,
                                     any_spelling(project.random, task.question != nullptr), answered);
    if (task.suggests) link(project, Link::kSuggestion, task.suggested_at, task.decided_at);
    task.corrects = wants_correction(project, task);
    if (topic.about == About::kText && task.suggests && task.choice.text == "accept_ai")
      task.question->text = task.suggestion.value.text;
    else if (!task.corrects && topic.about != About::kText && task.question != nullptr)
      set_value(*task.question, topic, task.choice);
    return task.corrects;
  }
  return correct(project, task, answered), false;
}

void small_event(Project& project) {
  Journal& journal = *project.journal;
  Random& random = project.random;
  switch (random.below(4)) {
    case 0: {
      EventLine line(journal, Server::kScaffolding, "m3_stage1", "user_input");
      line.data().field("prompt_type", "free_text");
      line.data().field("input_length", random.between(4, 400));
      line.done();
      break;
    }
    case 1: {
      EventLine line(journal, Server::kScaffolding, "m3_stage3", "user_edit");
      line.data().field("content_type", "question");
      line.data().field("before_length", random.between(40, 300));
      line.data().field("after_length", random.between(40, 300));
      line.done();
      break;
    }
    case 2: {
      EventLine line(journal, Server::kScaffolding, "m3_stage3", "user_edit");
      line.data().field("content_type", "feedback");
      line.data().field("changes", random.between(1, 9));
      line.done();
      break;
    }
    default: {
      const int total = random.between(4, 30), current = random.between(1, total);
      EventLine line(journal, Server::kPipeline, "step4_export", "tool_progress", "debug");
      line.data().field("percent", 100 * current / total);
      line.data().field("current", current);
      line.data().field("total", total);
      line.done();
    }
  }
}

// Works through the tasks, up to three of them open at a time, with tools called in between.
void work_through(Project& project, std::vector<Task>& tasks) {
  std::size_t first = 0;
  while (first < tasks.size()) {
    const std::size_t open = std::min(kOpenAtOnce, tasks.size() - first);
    // Mostly the oldest goes on; else another one that is open comes in between.
    const std::size_t at = first + (project.random.chance(65) ? 0 : project.random.below(open));
    project.pass(2'000, project.random.chance(4) ? 19 * 60'000 : 90'000);
    if (!advance(project, tasks[at])) {
      if (at != first)
        std::rotate(tasks.begin() + static_cast<std::ptrdiff_t>(first), tasks.begin() + static_cast<std::ptrdiff_t>(at),
                    tasks.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      ++first;
    }
    if (project.random.chance(34)) {
      project.pass(200, 9'000);
      any_tool_call(project);
    }
    if (project.random.chance(5)) {
      project.pass(500, 20'000);
      small_event(project);
    }
  }
}

std::vector<Task> plan_tasks(Project& project, std::span<const Topic> topics, std::size_t count) {
  std::vector<Task> tasks, second_thoughts;
  Random& random = project.random;
  for (std::size_t i = 0; i < count; ++i) {
    Task task;
    task.topic = &topics[random.below(topics.size())];
    task.question = &project.questions[random.below(project.questions.size())];
    const int kind = random.between(0, 99);
    const bool verdict = task.topic->about == About::kVerdict;
    if (kind < (verdict ? 45 : 12)) {
      task.suggests = false;
    } else if (kind >= 92 && !verdict) {  // never answered
      task.decides = false;
    } else if (kind >= 84 && !verdict) {  // a correction that nobody asked about
      task.topic = &question_topics()[4];
      task.suggests = task.decides = false;
      task.corrects = true;
    }
    tasks.push_back(task);
    // The teacher changes their mind: the same question and the same matter once more.
    if (task.decides && random.chance(9)) {
      Task again = task;
      again.suggests = random.chance(40);
      second_thoughts.push_back(again);
    }
  }
  tasks.insert(tasks.end(), second_thoughts.begin(), second_thoughts.end());
  return tasks;
}

void decide_for_module(Project& project, int module, std::span<const Topic> topics) {
  const int first = project.random.between(0, 1);
  for (int stage = first; stage < stage_count(module); ++stage) {
    project.pass(3'000, 240'000);
    load_stage(project, module, stage);
    if (project.random.chance(45)) {
      project.pass(1'000, 60'000);
      any_tool_call(project);
    }
    for (const Topic& topic : topics) {
      if (topic.tool[8] - '0' != stage) continue;
      Task task;
      task.topic = &topic;
      task.suggests = project.random.chance(70);
      task.decides = !task.suggests || project.random.chance(93);
      do project.pass(4'000, 150'000);
      while (advance(project, task));
    }
    project.pass(1'000, 90'000);
    if (project.random.chance(6)) {
      EventLine line(*project.journal, Server::kScaffolding, topics[0].tool, "stage_skip");
      line.data().field("module", topics[0].tool.substr(0, 2));
      line.data().field("stage", stage);
      line.data().field("reason", project.language == Language::kSwedish ? "gjordes förra terminen" : "done last term");
      line.done();
    } else {
      complete_stage(project, module, stage);
    }
  }
}

void write_and_review(Project& project, int module, std::span<const Topic> topics) {
  const int stage = project.random.between(1, module == 3 ? 3 : 4);
  load_stage(project, module, stage);
  project.pass(500, 8'000);
  read_project_file(project);
  if (project.questions.size() < kMostQuestions)
    project.fill_questions(project.questions.size() + static_cast<std::size_t>(project.random.between(2, 5)));
  project.pass(1'000, 40'000);
  project.write_questions(true);
  auto tasks = plan_tasks(project, topics, static_cast<std::size_t>(project.random.between(7, 15)));
  work_through(project, tasks);
  project.pass(2'000, 60'000);
  write_project_file(project);
  if (project.random.chance(70)) {
    project.pass(1'000, 30'000);
    complete_stage(project, module, stage);
  }
}

}  // namespace

void run_sitting(Project& project, std::size_t number, LogFile* iterations) {
  if (!project.unique_suggestion_ids) project.suggestion_count = 0;
  if (number == 0) {
    start_project(project);
    project.pass(2'000, 30'000);
    write_module_decision(project);
    project.pass(1'000, 60'000);
    analyze_project(project);
    project.fill_questions(static_cast<std::size_t>(project.random.between(6, 11)));
    return decide_for_module(project, 1, m1_topics());
  }
  if (project.random.chance(40)) {
    resume_project(project);
    project.pass(300, 4'000);
  }
  if (number == 1) return decide_for_module(project, 2, m2_topics());
  if (number % 5 == 2 || number % 5 == 3 || number % 5 == 0) return write_and_review(project, 3, question_topics());
  if (number % 5 == 4) return write_and_review(project, 4, verdict_topics());
  validate_file(project);
  project.pass(1'000, 30'000);
  autofix_file(project, iterations);
  auto tasks = plan_tasks(project, question_topics(), 3);
  work_through(project, tasks);
  project.pass(1'000, 30'000);
  export_file(project);
  if (project.random.chance(50)) {
    project.pass(100, 2'000);
    end_session(project);
  }
}

void run_sittings(Project& project, std::size_t first, std::size_t count, LogFile* iterations) {
  for (std::size_t number = first; number < first + count; ++number) {
    if (project.clock.sittings > 0) project.next_sitting();
    run_sitting(project, number, iterations);
  }
}

void run_to_size(Project& project, std::uint64_t bytes) {
  for (std::size_t number = 0; project.log->bytes() < bytes; ++number) {
    if (number > 0) project.next_sitting();
    run_sitting(project, number, nullptr);
  }
}

}  // namespace classroom
