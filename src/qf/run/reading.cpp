#include "qf/run/reading.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "qf/core/instant.h"

namespace qf {
namespace {

constexpr auto kProgressInterval = std::chrono::milliseconds(100);

std::uint64_t size_of(const Project& project) {
  std::uint64_t bytes = 0;
  for (const LogFile& log : project.logs) bytes += log.size;
  return bytes;
}

}  // namespace

ProjectSigns signs_of(const Project& project, const ProjectReading& reading) {
  ProjectSigns signs;
  if (std::string user = guess_of_path(project.original_path); !user.empty()) {
    signs.people.push_back(std::move(user));
  } else {
    for (const auto& [name, count] : reading.facts.users)
      if (std::string logged = guess_of_path("/Users/" + name + "/"); !logged.empty())
        signs.people.push_back(std::move(logged));
  }
  std::optional<std::int64_t> first;
  for (const SessionFacts& session : reading.rows.sessions)
    if (session.any_event) first = std::min(first.value_or(session.first_us), session.first_us);
  if (first) signs.first_day = format_day(*first);
  return signs;
}

std::string guess_subject(const Project& project, const ProjectSigns& signs) {
  return signs.people.size() == 1 ? signs.people.front() : project.folder;
}

Result<ReadSummary> read_projects(const ReadPlan& plan, const ProjectSink& sink) {
  QF_ASSIGN(Discovery found, discover(plan.paths));
  QF_ASSIGN(ProjectList list, list_projects(std::move(found)));

  ReadSummary summary;
  summary.projects = std::move(list.projects);
  summary.skipped = std::move(list.skipped);
  summary.tally.twin_files = list.twin_files;
  summary.tally.twin_lines = list.twin_lines;

  // The largest first, so that no thread is left with it at the end.
  std::vector<std::size_t> order(summary.projects.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return size_of(summary.projects[a]) > size_of(summary.projects[b]);
  });
  std::uint64_t total = 0;
  for (const Project& project : summary.projects) total += size_of(project);

  std::atomic<std::uint64_t> done{0};
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::optional<Error> error;
  const auto work = [&] {
    ReadOptions options{plan.transform, plan.tag, &done};
    for (std::size_t i = next.fetch_add(1); i < order.size(); i = next.fetch_add(1)) {
      const Project& project = summary.projects[order[i]];
      ProjectReading reading = read_project(project, options);
      Tally tally = reading.rows.tally;
      tally.files = project.logs.size();
      reading.facts.add_to(tally);
      std::uint64_t bytes = 0;
      for (const InputFacts& input : reading.inputs) bytes += input.bytes;
      std::vector<SkippedInput> skipped = reading.skipped;
      Status status = sink(order[i], project, std::move(reading));
      const std::lock_guard lock(mutex);
      summary.tally.add(tally);
      summary.bytes += bytes;
      summary.skipped.insert(summary.skipped.end(), skipped.begin(), skipped.end());
      if (!status && !error) error = std::move(status.error());
      if (error) return;
    }
  };

  const unsigned wanted = plan.threads != 0 ? plan.threads : std::max(1U, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::min<std::size_t>(wanted, std::max<std::size_t>(order.size(), 1)); ++i)
      threads.emplace_back(work);
    std::mutex wait_mutex;
    std::condition_variable_any finished;
    std::jthread reporter;
    if (plan.progress)
      reporter = std::jthread([&](const std::stop_token& stop) {
        std::unique_lock lock(wait_mutex);
        while (!finished.wait_for(lock, stop, kProgressInterval, [] { return false; }) && !stop.stop_requested())
          plan.progress({"read", std::min(done.load(), total), total});
      });
    for (std::jthread& thread : threads) thread.join();
  }
  if (plan.progress) plan.progress({"read", total, total});
  if (error) return tl::unexpected<Error>(std::move(*error));
  std::sort(summary.skipped.begin(), summary.skipped.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  QF_CHECK(summary.tally.check_lines());
  return summary;
}

}  // namespace qf
