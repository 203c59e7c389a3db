// The questions of a project's question files: what they say now, and what they said at earlier times.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/ingest/project.h"
#include "qf/ingest/question_file.h"

namespace qf {

// A question file as it was read.
struct QuestionFileFacts {
  std::filesystem::path path;
  std::string sha256;    // of the bytes that were read
  bool history = false;  // a former version, and no current one
};

class QuestionBook {
 public:
  // Reads the project's question files. Files that cannot be read are added to `skipped`, the others to `files`.
  static QuestionBook load(const Project& project, std::vector<SkippedInput>& skipped,
                           std::vector<QuestionFileFacts>& files);

  // The newest dated version no later than `time_us`, or nullptr.
  const QuestionVersion* as_of(std::string_view id, std::int64_t time_us) const;
  // What the file says today, or nullptr. It may be later than any decision.
  const QuestionVersion* current(std::string_view id) const;
  // Questions of the current files, in their order; each once.
  const std::vector<QuestionVersion>& current_questions() const { return current_; }

 private:
  struct Dated {
    std::int64_t time_us;
    std::size_t version;
  };
  std::vector<QuestionVersion> current_, history_;
  std::map<std::string, std::size_t, std::less<>> current_by_id_;
  std::map<std::string, std::vector<Dated>, std::less<>> history_by_id_;
};

}  // namespace qf
