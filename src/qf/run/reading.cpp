#include "qf/run/reading.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <numeric>
#include <optional>
#include <system_error>
#include <thread>

#include "qf/core/in_threads.h"
#include "qf/core/instant.h"
#include "qf/ingest/home_path.h"

namespace qf {
namespace {

constexpr std::uint64_t kLargeProjectBytes = 32 << 20;
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

ProjectSigns signs_from(const Project& project, const std::set<std::string>& users,
                        const std::optional<std::int64_t>& first_us) {
  ProjectSigns signs;
  std::copy_if(users.begin(), users.end(), std::back_inserter(signs.logged),
               [](const std::string& user) { return !is_stand_in(user); });
  if (const std::string_view user = guess_of_path(project.original_path); !user.empty())
    signs.people.emplace_back(user);
  else
    signs.people = signs.logged;
  if (first_us) signs.first_day = format_day(*first_us);
  return signs;
}

}  // namespace

ProjectSigns signs_of(const Project& project, const ProjectReading& reading) {
  std::set<std::string> users;
  for (const auto& [name, count] : reading.facts.users) users.insert(name);
  std::optional<std::int64_t> first;
  for (const SessionFacts& session : reading.rows.sessions)
    if (session.any_event) first = std::min(first.value_or(session.first_us), session.first_us);
  return signs_from(project, users, first);
}

ProjectSigns signs_before_reading(const Project& project) {
  return signs_from(project, project.head_users, project.head_first_us);
}

std::string guess_subject(const Project& project, const ProjectSigns& signs) {
  return signs.people.size() == 1 ? signs.people.front() : project.folder;
}

ProjectOutcome outcome_of(const Project& project, const ProjectReading& reading) {
  ProjectOutcome outcome{reading.rows.tally, 0, reading.skipped};
  outcome.tally.files = project.logs.size();
  reading.facts.add_to(outcome.tally);
  for (const InputFacts& input : reading.inputs) outcome.bytes += input.bytes;
  return outcome;
}

Result<ReadSummary> read_projects(const ProjectList& list, const ReadPlan& plan, const ProjectWork& work) {
  ReadSummary summary;
  summary.skipped = list.skipped;
  summary.tally.twin_files = list.twin_files;
  summary.tally.twin_lines = list.twin_lines;

  // The largest first, so that no thread is left with it at the end.
  std::vector<std::size_t> order(list.projects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return log_bytes(list.projects[a]) > log_bytes(list.projects[b]);
  });
  std::uint64_t total = 0;
  for (const Project& project : list.projects) total += log_bytes(project);

  std::atomic<std::uint64_t> done{0};
  std::mutex mutex;
  const unsigned wanted = wanted_threads(plan.threads);
  const auto read_one = [&](std::size_t i) -> Status {
    const Project& project = list.projects[order[i]];
    ReadOptions options{plan.transform, plan.tag, &done};
    // A project that is more than one thread's share keeps the others waiting in the end: they decode for it.
    const std::uint64_t size = log_bytes(project);
    if (size > kLargeProjectBytes && size > total / wanted) options.decode_ahead = wanted - 1;
    QF_ASSIGN(const ProjectOutcome outcome, work(order[i], project, options));
    const std::lock_guard lock(mutex);
    summary.tally.add(outcome.tally);
    summary.bytes += outcome.bytes;
    summary.skipped.insert(summary.skipped.end(), outcome.skipped.begin(), outcome.skipped.end());
    return {};
  };

  {
    std::mutex wait_mutex;
    std::condition_variable_any finished;
    std::jthread reporter;
    if (plan.progress) try {
        reporter = std::jthread([&](const std::stop_token& stop) {
          std::unique_lock lock(wait_mutex);
          while (!finished.wait_for(lock, stop, kProgressInterval, [] { return false; }) && !stop.stop_requested())
            plan.progress({"read", std::min(done.load(), total), total});
        });
      } catch (const std::system_error&) {  // no further thread: nobody is told how far it is
      }
    QF_CHECK(in_threads(order.size(), wanted, read_one));
  }
  if (plan.progress) plan.progress({"read", total, total});
  std::stable_sort(summary.skipped.begin(), summary.skipped.end(),
                   [](const auto& a, const auto& b) { return a.path < b.path; });
  // Of a log whose beginning could not be read either, once is enough.
  const auto twice = std::unique(summary.skipped.begin(), summary.skipped.end(),
                                 [](const auto& a, const auto& b) { return a.path == b.path; });
  summary.skipped.erase(twice, summary.skipped.end());
  QF_CHECK(summary.tally.check_lines());
  return summary;
}

Result<ReadSummary> read_all(const std::vector<std::filesystem::path>& paths, const ReadPlan& plan,
                             const SinkOfProject& sink, const EachProject& each) {
  QF_ASSIGN(Discovery found, discover(paths));
  QF_ASSIGN(const ProjectList list, list_projects(std::move(found)));
  return read_projects(list, plan,
                       [&](std::size_t, const Project& project, const ReadOptions& options) -> Result<ProjectOutcome> {
                         const auto rows = sink(project);
                         QF_ASSIGN(ProjectReading reading, read_project(project, options, *rows));
                         ProjectOutcome outcome = outcome_of(project, reading);
                         QF_CHECK(each(project, *rows, std::move(reading)));
                         return outcome;
                       });
}

}  // namespace qf
