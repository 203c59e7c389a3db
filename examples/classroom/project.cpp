// Folders of projects and the YAML files in them.
#include "project.h"

#include <fmt/format.h>

#include <algorithm>

namespace classroom {
namespace {

// Project names as teachers make them: a topic without spaces, and what it is for.
std::string project_name(const Teacher& teacher, std::string_view kind, std::size_t number, Random& random) {
  constexpr std::string_view kSwedish[] = {"prov", "diagnos", "repetition", "omprov", "quiz"};
  constexpr std::string_view kEnglish[] = {"test", "check", "review", "retake", "quiz"};
  const bool swedish = teacher.language == Language::kSwedish;
  return fmt::format("{}_{}_{}_{:03}", teacher.subject->name(teacher.language),
                     swedish ? random.pick(kSwedish) : random.pick(kEnglish), kind, number);
}

}  // namespace

std::string new_hex(Random& random, std::size_t digits) {
  std::string out(digits, '0');
  for (char& c : out) c = "0123456789abcdef"[random.below(16)];
  return out;
}

std::string new_uuid(Random& random) {
  std::string hex = new_hex(random, 32);
  hex[12] = '4';
  hex[16] = "89ab"[random.below(4)];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

Project::Project(const Plan& the_plan, const Teacher& owner, std::string_view kind, std::size_t number,
                 std::int64_t start, Expected& counts)
    : plan(the_plan),
      teacher(owner),
      subject(*owner.subject),
      language(owner.language),
      expected(counts),
      random(the_plan.seed, kind, number) {
  const std::string course = fmt::format("{}_VT2026", subject.course);
  name = project_name(owner, kind, number, random);
  relative_folder = fmt::format("{}/{}/QF_projekt/{}", owner.user, course, name);
  folder = plan.out / relative_folder;
  home = fmt::format("{}/{}/QF_projekt/{}", owner.courses, course, name);
  source_file = fmt::format("{}/{}/{}.md", owner.courses, course, name);
  id = new_uuid(random);
  key = id;
  clock.now = start + random.between(7 * 60, 15 * 60) * kMinute + static_cast<std::int64_t>(random.below(60'000'000));
  created = clock.now;
  // Seven projects in ten write ids, in one of two ways; the others leave the links to rules.
  const std::size_t style = random.below(10);
  link_ids = style < 4 ? LinkIds::kSuggestionId : style < 7 ? LinkIds::kParentId : LinkIds::kNone;
  unique_suggestion_ids = random.chance(70);
  long_question_ids = random.chance(50);
  ++expected.projects;
}

void Project::pass(int low_ms, int high_ms) {
  clock.pass(random.between(low_ms, high_ms) * kMillisecond + static_cast<std::int64_t>(random.below(1000)));
  // Python leaves the fraction out where it is zero; by chance alone that would hardly ever be seen.
  if (random.chance(2)) clock.now += (kSecond - clock.now % kSecond) % kSecond;
}

void Project::next_sitting() {
  const std::int64_t pause = random.chance(50) ? random.between(45, 420) * kMinute : random.between(16, 70) * kHour;
  clock.pass(pause + static_cast<std::int64_t>(random.below(60'000'000)));
  // Nobody works at night: what would begin then begins the next morning.
  const std::int64_t hour = clock.now % kDay / kHour;
  if (hour < 6 || hour >= 19) clock.pass(((hour < 6 ? 7 : 31) - hour) * kHour + random.between(0, 170) * kMinute);
}

void Project::open_log(std::string_view inside) {
  log = std::make_unique<LogFile>(path(inside), relative(inside), expected);
  journal = std::make_unique<Journal>(Journal{*log, clock, id});
}

void Project::fill_questions(std::size_t count) {
  for (std::size_t i = questions.size(); i < count; ++i) {
    questions.push_back(make_question(subject, language, i + 1, long_question_ids, random));
    expected.question_text(questions.back().text, teacher.number);
  }
}

void Project::finish() {
  log.reset();
  journal.reset();
  expected.sittings += clock.sittings;
  if (expected.keeps_gold) expected.sittings_by_project[key] += clock.sittings;
}

void Project::write_session_yaml(bool before_rename) const {
  const std::string_view place = before_rename ? "02_working" : "questions";
  std::string out = fmt::format(
      "session:\n  id: {}\n  created: '{}'\n  updated: '{}'\nsource:\n  original_path: {}\n  filename: {}.md\n"
      "  copied_to: {}/{}.md\n{}:\n  path: {}/{}.md\n  last_validated: '{}'\n  validation_status: valid\n"
      "  question_count: {}\n",
      id, time_text(created), time_text(clock.last_event), source_file, name, before_rename ? "01_source" : place, name,
      before_rename ? "working" : "questions", place, name, time_text(clock.last_event), questions.size());
  out += "exports: []\n";
  if (!before_rename) {
    out += fmt::format("methodology:\n  entry_point: {}\n  active_module: m3\n", entry_point);
    for (int module = 1; module <= 4; ++module)
      out += fmt::format("  m{}:\n    status: {}\n    loaded_stages: []\n    outputs: {{}}\n", module,
                         module < 3    ? "completed"
                         : module == 3 ? "in_progress"
                                       : "not_started");
  }
  write_file(path("session.yaml"), out);
}

void Project::write_sources_yaml() const {
  const std::string at = time_text(created);
  write_file(
      path("sources.yaml"),
      fmt::format("metadata:\n  created_at: '{0}'\n  created_by: qf-pipeline:step0_start\n  last_updated: '{0}'\n"
                  "  last_updated_by: qf-pipeline:step0_start\nsources:\n- id: src001\n  path: questions/{1}.md\n"
                  "  location: local\n  type: questions\n  added_at: '{0}'\n"
                  "  added_by: qf-pipeline:step0_start\n  metadata:\n    original_path: {2}\n    copied_at: '{0}'\n",
                  at, name, source_file));
}

void Project::write_questions(bool dated) {
  if (!keeps_question_files || questions.empty()) return;
  const std::string file = dated ? fmt::format("questions/history/{}_{}.md", name, stamp_text(clock.now))
                                 : fmt::format("questions/{}.md", name);
  write_file(path(file), question_file(questions, subject, language));
}

}  // namespace classroom
