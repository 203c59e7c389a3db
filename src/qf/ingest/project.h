// Projects: which logs belong together, which are copies of others, and whose work they probably are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ingest/source.h"

namespace qf {

struct Project {
  std::string name;           // see DESIGN: session id, else path; `ID:path` where an id is shared by different logs
  std::string session_id;     // of session.yaml or of the log; "" where there is none
  std::string original_path;  // of session.yaml
  std::string folder;         // last part of its path, the last resort for a guess
  std::vector<LogFile> logs;  // without twins
  std::vector<std::filesystem::path> question_files, history_files, consent_files;
};

struct ProjectList {
  std::vector<Project> projects;  // ordered by name
  std::uint64_t twin_files = 0;
  std::uint64_t twin_lines = 0;
  std::vector<SkippedInput> skipped;
};

// Groups what was found into projects and sets copies apart by content: a log whose whole lines are all of
// another's, or the beginning of them, is a twin; of two logs of one folder that begin alike and then differ, the
// common beginning is read once.
Result<ProjectList> list_projects(Discovery found);

// The person that a project's paths point to: the user segment of a home folder's path, "" where there is none or
// where it is a stand-in such as USERNAME.
std::string guess_of_path(std::string_view path);

}  // namespace qf
