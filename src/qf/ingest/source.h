// Where logs lie: the project folders under some paths, and what could not be read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/result.h"

namespace qf {

struct LogFile {
  std::filesystem::path path;
  std::string relative;  // to the given root, with forward slashes
  std::uint64_t size = 0;
  // Lines at the beginning that another log of the project also holds (a conflicted copy that went its own way).
  std::uint64_t skip_lines = 0;
  // Decompressed bytes that count; what follows them is left unread, as when the log had been shorter.
  std::uint64_t read_bytes = std::numeric_limits<std::uint64_t>::max();
};

// A file or folder that was passed over, and why.
struct SkippedInput {
  std::string path;
  std::string reason;
};

struct ProjectFolder {
  std::filesystem::path path;
  std::string relative;  // to the given root; the folder's own name where it is the root
  std::vector<LogFile> logs;
  std::vector<std::filesystem::path> question_files;
  std::vector<std::filesystem::path> history_files;
  std::optional<std::filesystem::path> consent_file;
  bool consent_skipped = false;  // there is a consent.json that must not or cannot be read
  bool has_session_yaml = false;
  std::string session_id;     // of session.yaml; "" where there is none
  std::string original_path;  // of session.yaml; "" where there is none
};

struct Discovery {
  std::vector<ProjectFolder> projects;  // ordered by path
  std::vector<SkippedInput> skipped;
};

// Walks `paths` (folders, or single log files) for project folders. Links are followed only inside the
// given roots, each file is met once. kNotFound where a path does not exist. Small files are read on up to `threads`
// threads.
Result<Discovery> discover(const std::vector<std::filesystem::path>& paths, unsigned threads = 1);

}  // namespace qf
