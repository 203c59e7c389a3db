// One project of one teacher: its folder, its log and its questions, as far as the work has come.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clock.h"
#include "expected.h"
#include "log_file.h"
#include "people.h"
#include "question.h"
#include "random.h"

namespace classroom {

// How suggestions, decisions and corrections of a project refer to each other.
enum class LinkIds { kSuggestionId, kParentId, kNone };

struct Plan {
  std::filesystem::path out;
  std::uint64_t seed = 1;
  bool strip_ids = false;
};

class Project {
 public:
  Project(const Plan& plan, const Teacher& teacher, std::string_view kind, std::size_t number, std::int64_t start,
          Expected& expected);

  // Time passes between two events of a sitting: at least `low`, at most `high` milliseconds.
  void pass(int low_ms, int high_ms);
  // The next sitting begins, hours or days later.
  void next_sitting();
  void rest(std::int64_t us) { clock.pass(us); }

  std::filesystem::path path(std::string_view inside) const { return folder / inside; }
  // The same place on the teacher's own machine, as logs name it.
  std::string home_path(std::string_view inside) const { return home + "/" + std::string(inside); }
  std::string relative(std::string_view inside) const { return relative_folder + "/" + std::string(inside); }

  void open_log(std::string_view inside = "logs/session.jsonl");
  // The files beside the log that QuestionForge keeps.
  void write_session_yaml(bool before_rename = false) const;
  void write_sources_yaml() const;
  void write_questions(bool dated);
  void fill_questions(std::size_t count);
  // Closes the log and books the sittings under the project's name.
  void finish();

  const Plan& plan;
  const Teacher& teacher;
  const Subject& subject;
  Language language;
  Expected& expected;
  Random random;
  std::string name, relative_folder, home, id, key;
  std::filesystem::path folder;
  std::string source_file, entry_point = "m1";
  LinkIds link_ids = LinkIds::kNone;
  bool unique_suggestion_ids = true, long_question_ids = false, keeps_question_files = true;
  std::size_t suggestion_count = 0;
  Clock clock;
  std::int64_t created = 0;
  std::vector<Question> questions;
  std::unique_ptr<LogFile> log;
  std::unique_ptr<Journal> journal;
};

std::string new_uuid(Random& random);
std::string new_hex(Random& random, std::size_t digits);

}  // namespace classroom
