// Two schools: the one of the demonstration, with everything in it, and one of any size for measuring.
#include "school.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "damage.h"
#include "historical.h"
#include "sitting.h"
#include "tool_traffic.h"

namespace classroom {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::size_t kProjectsPerTeacher = 2;

class School {
 public:
  explicit School(const SchoolPlan& plan)
      : plan_(plan), teachers_(make_teachers(plan.teachers, plan.plan.seed)), register_("project,subject,first_day\n") {
    expected_.keeps_gold = plan.size_mb == 0;
  }

  Expected write() {
    const std::size_t projects = plan_.projects > 0 ? plan_.projects : default_projects();
    if (plan_.size_mb > 0) {
      if (!plan_.only_rules) historical_projects();
      fill_to_size(projects);
    } else {
      for (std::size_t i = 0; i < projects; ++i) current_project(i, projects);
      if (!plan_.only_rules) {
        historical_projects();
        odd_projects();
      }
    }
    write_file(plan_.plan.out / "people.csv", register_);
    write_file(plan_.plan.out / "consent.csv", consent_csv(teachers_));
    expected_.write(plan_.plan.out / "expected.json", plan_.arguments);
    if (expected_.keeps_gold) expected_.write_gold(plan_.plan.out / "gold_links.json");
    return std::move(expected_);
  }

 private:
  std::size_t default_projects() const {
    return plan_.size_mb > 0 ? static_cast<std::size_t>(plan_.size_mb) : kProjectsPerTeacher * teachers_.size();
  }
  const Teacher& teacher(std::size_t number) const { return teachers_[number % teachers_.size()]; }

  Project begin(std::size_t owner, std::string_view kind, std::size_t number, std::int64_t start) {
    Project project(plan_.plan, teacher(owner), kind, number, start, expected_);
    project.keeps_question_files = plan_.size_mb == 0;
    return project;
  }
  void end(Project& project) {
    project.finish();
    register_ +=
        fmt::format("{},{},{}\n", project.key, project.teacher.subject_id, day_text(project.clock.first_event));
  }
  template <class Run>
  void historical(std::size_t owner, std::string_view kind, std::size_t number, std::int64_t start, Run&& run) {
    Project project = begin(owner, kind, number, start);
    run(project);
    end(project);
  }

  // The usual case: seven to nine sittings over some weeks. A few of them have suffered.
  void current_project(std::size_t number, std::size_t of) {
    const std::size_t round = number / teachers_.size();
    const std::size_t rounds = std::max<std::size_t>(1, of / teachers_.size());
    const auto start = instant(2026, 2, 2) + static_cast<std::int64_t>(round * 48 / rounds + number % 5) * kDay;
    Project project = begin(number, "VT", number + 1, start);
    const std::string steps = "logs/step3_iterations.jsonl";
    const bool damaged = !plan_.only_rules && number % 6 == 4;
    {
      LogFile iterations(project.path(steps), project.relative(steps), expected_);
      project.open_log();
      const auto sittings = static_cast<std::size_t>(project.random.between(7, 9));
      for (std::size_t sitting = 0; sitting < sittings; ++sitting) {
        run_sittings(project, sitting, 1, &iterations);
        if (!damaged) continue;
        for (std::size_t i = 0; i < 2; ++i) add_damaged_line(project, damage_++);
        if (sitting == 1) {
          project.log->blank_line("");
          project.log->blank_line("  ");
        }
        if (sitting % 3 == 0) {
          add_half_line(project);
          project.pass(900, 9'000);
          resume_project(project);
        }
      }
      if (damaged && number % 12 == 4) add_pending_tail(project);
    }
    project.write_session_yaml();
    project.write_sources_yaml();
    project.write_questions(false);
    end(project);
    if (!plan_.only_rules && number == 1) add_conflicted_copy(project);
  }

  void historical_projects() {
    historical(0, "Gammal", 1, instant(2026, 1, 7), run_pipeline_project);
    historical(1, "Platt", 1, instant(2026, 1, 15), [](Project& project) { run_flat_project(project, false); });
    historical(2, "Platt", 2, instant(2026, 1, 16), [](Project& project) { run_flat_project(project, true); });
    historical(3, "Steg1", 1, instant(2026, 1, 20), [](Project& project) { run_step1_project(project, false); });
    historical(4, "Steg1", 2, instant(2026, 1, 22), [](Project& project) { run_step1_project(project, true); });
    historical(5, "M5", 1, instant(2026, 1, 26), run_m5_project);
    historical(6, "M5", 2, instant(2026, 1, 27), run_m5_project);
    historical(7, "Livet", 1, instant(2026, 2, 9), run_specified_project);
  }

  // What real folders hold besides: no session.yaml, a project made anew, a folder copied.
  void odd_projects() {
    Project nameless = begin(3, "Losa", 1, instant(2026, 3, 2));
    nameless.id = "unknown";
    nameless.key = nameless.relative_folder;
    nameless.open_log();
    nameless.fill_questions(8);
    run_sittings(nameless, 2, 3, nullptr);
    nameless.write_questions(false);
    end(nameless);

    Project renewed = begin(0, "Omstart", 1, instant(2026, 3, 4));
    renewed.open_log();
    run_sittings(renewed, 0, 3, nullptr);
    renewed.next_sitting();
    renewed.created = renewed.clock.now;
    renewed.id = renewed.key = renewed.journal->session_id = new_uuid(renewed.random);
    run_sittings(renewed, 0, 1, nullptr);
    run_sittings(renewed, 2, 2, nullptr);
    renewed.write_session_yaml();
    renewed.write_sources_yaml();
    renewed.write_questions(false);
    end(renewed);

    Project copied = begin(5, "Kopierad", 1, instant(2026, 3, 9));
    copied.open_log();
    run_sittings(copied, 0, 4, nullptr);
    copied.write_session_yaml();
    copied.write_sources_yaml();
    copied.write_questions(false);
    end(copied);
    copy_project(copied);
  }

  void fill_to_size(std::size_t projects) {
    const std::uint64_t target = plan_.size_mb * kMegabyte;
    for (std::size_t i = 0; i < projects && expected_.bytes < target; ++i) {
      // What is left is shared among the projects that are left, so that the whole comes out right.
      const std::uint64_t share = (target - expected_.bytes) / (projects - i);
      Project project = begin(i, "V", i + 1, instant(2026, 2, 2) + static_cast<std::int64_t>(i % 60) * kDay);
      project.open_log();
      run_to_size(project, share);
      project.write_session_yaml();
      end(project);
    }
  }

  const SchoolPlan& plan_;
  std::vector<Teacher> teachers_;
  Expected expected_;
  std::string register_;
  std::size_t damage_ = 0;
};

}  // namespace

Expected write_school(const SchoolPlan& plan) { return School(plan).write(); }

}  // namespace classroom
