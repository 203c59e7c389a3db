// Pass one's first half, shared by build, check and people: discover projects and read them in parallel.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
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
  std::vector<std::filesystem::path> paths;
  unsigned threads = 0;  // 0: one for each core
  TransformOptions transform;
  EventTag tag;
  ProgressCallback progress;
};

// What was found and read apart from rows.
struct ReadSummary {
  std::vector<Project> projects;  // ordered by name
  std::vector<SkippedInput> skipped;
  Tally tally;
  std::uint64_t bytes = 0;  // decompressed, whole lines
};

// Takes one project's reading; called from several threads, once for each project, in no order.
// `index` is the project's place in ReadSummary::projects.
using ProjectSink = std::function<Status(std::size_t index, const Project& project, ProjectReading&& reading)>;

Result<ReadSummary> read_projects(const ReadPlan& plan, const ProjectSink& sink);

// What a project itself shows of whose it is.
struct ProjectSigns {
  // User segments without stand-ins: the one of session.yaml's original path, else all of the paths in the log.
  std::vector<std::string> people;
  std::string first_day;  // YYYY-MM-DD of the earliest event; "" where there is none
};
ProjectSigns signs_of(const Project& project, const ProjectReading& reading);

// The person that a project points to when the register says nothing: whom its paths name, if they agree, else its
// folder.
std::string guess_subject(const Project& project, const ProjectSigns& signs);

}  // namespace qf
