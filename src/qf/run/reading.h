// Pass one's first half, shared by build, check and people: discover projects and read them in parallel.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "qf/ingest/project_reader.h"

namespace qf {

// How far a long run is. Called from one thread at a time, some times a second.
struct Progress {
  std::string_view stage;
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;
};
using ProgressCallback = std::function<void(const Progress&)>;

struct ReadPlan {
  unsigned threads = 0;  // 0: one for each core
  TransformOptions transform;
  EventTag tag;
  ProgressCallback progress;
};

// What one project came to, apart from its rows.
struct ProjectOutcome {
  Tally tally;
  std::uint64_t bytes = 0;  // decompressed, whole lines
  std::vector<SkippedInput> skipped;
};
ProjectOutcome outcome_of(const Project& project, const ProjectReading& reading);

// Deals with one project: reads it, or knows it already. Called from several threads, once for each project, in no
// order; `index` is its place in the list.
using ProjectWork =
    std::function<Result<ProjectOutcome>(std::size_t index, const Project& project, const ReadOptions& options)>;

// What was found and read.
struct ReadSummary {
  std::vector<SkippedInput> skipped;
  Tally tally;
  std::uint64_t bytes = 0;  // decompressed, whole lines
};
Result<ReadSummary> read_projects(const ProjectList& list, const ReadPlan& plan, const ProjectWork& work);

// Finds and reads all projects under `paths` for what `each` makes of them, one at a time for each thread. Rows are
// handed to the sink that `sink` makes for a project, and are gone after it.
using SinkOfProject = std::function<std::unique_ptr<RowSink>(const Project& project)>;
using EachProject = std::function<Status(const Project& project, RowSink& sink, ProjectReading&& reading)>;
Result<ReadSummary> read_all(const std::vector<std::filesystem::path>& paths, const ReadPlan& plan,
                             const SinkOfProject& sink, const EachProject& each);

// A sink for whoever wants no rows.
class NoRows final : public RowSink {
 public:
  Result<std::uint64_t> take(TransformedRow&, Arena&) override { return next_++; }

 private:
  std::uint64_t next_ = 0;
};

// What a project itself shows of whose it is.
struct ProjectSigns {
  // User segments without stand-ins: the one of session.yaml's original path, else all of the paths in the log.
  std::vector<std::string> people;
  std::vector<std::string> logged;  // all of the paths in the log: names, whoever's the project is
  std::string first_day;            // YYYY-MM-DD of the earliest event; "" where there is none
};
ProjectSigns signs_of(const Project& project, const ProjectReading& reading);
// The same as far as the beginnings of its logs tell.
ProjectSigns signs_before_reading(const Project& project);

// The person that a project points to when the register says nothing: whom its paths name, if they agree, else its
// folder.
std::string guess_subject(const Project& project, const ProjectSigns& signs);

}  // namespace qf
