// Projects: which logs belong together, which are copies of others, and whose work they probably are.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ingest/source.h"

namespace qf {

struct Project {
  std::string name;           // session id, else path; `ID:path` where an id is shared by different logs
  std::string session_id;     // of session.yaml or of the log; "" where there is none
  std::string original_path;  // of session.yaml
  std::string folder;         // last part of its path as printable_name() writes it, the last resort for a guess
  std::vector<LogFile> logs;  // without twins
  // What its logs begin with, twins' too, by path: hex SHA-256 of the first line, at most 4 KiB of it. Each once.
  std::vector<std::string> first_lines;
  // What the beginnings of its logs (64 KiB) show of whose they are: user segments of paths, the earliest event.
  std::set<std::string> head_users;
  std::optional<std::int64_t> head_first_us;
  std::vector<std::filesystem::path> question_files, history_files, consent_files;
  bool consent_skipped = false;  // a consent.json of it must not or cannot be read
};

// What its logs take on the disk, twins not counted.
std::uint64_t log_bytes(const Project& project);

// The subject that its path of before names, or else its folder, as a part of them; "" where neither does.
std::string_view subject_area_of(const Project& project);

struct ProjectList {
  std::vector<Project> projects;  // ordered by name
  std::uint64_t twin_files = 0;
  std::uint64_t twin_lines = 0;
  std::vector<SkippedInput> skipped;
};

// Groups what was found into projects and sets copies apart by content: a log whose whole lines are all of
// another's, or the beginning of them, is a twin; of logs of one project that begin alike and then differ, the
// common beginning is read once, from the first of them. The beginnings of logs are read on up to `threads` threads.
Result<ProjectList> list_projects(Discovery found, unsigned threads = 1);

// A path or an id as a name that can be printed, typed and read back: control characters and bytes that are not UTF-8
// as %XX, and % as %25 in a name that has such or looks as if it had. No two paths have one name.
std::string printable_name(std::string_view path);

}  // namespace qf
