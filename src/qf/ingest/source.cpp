#include "qf/ingest/source.h"

#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <unordered_map>

#include "qf/core/in_threads.h"
#include "qf/core/out_of_files.h"
#include "qf/ingest/event.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// A log's name without its endings: `session (conflicted copy).jsonl.gz` begins with `session`.
constexpr std::array<std::string_view, 5> kLogStems = {"session", "qf-pipeline", "qf-scaffolding", "step1_decisions",
                                                       "step3_iterations"};
constexpr std::uintmax_t kMaxSessionYamlBytes = 1 << 20;

std::string_view without_packed_ending(std::string_view name) {
  for (const std::string_view packed : {".gz", ".zst"})
    if (name.ends_with(packed)) name.remove_suffix(packed.size());
  return name;
}

bool has_log_ending(std::string_view name) { return without_packed_ending(name).ends_with(".jsonl"); }

// The order of a project's logs: by path, and whether one is packed does not move it.
bool comes_before(const LogFile& a, const LogFile& b) {
  const fs::path plain_a = without_packed_ending(a.path.native()), plain_b = without_packed_ending(b.path.native());
  return plain_a != plain_b ? plain_a < plain_b : a.path < b.path;
}

// After the stem only what sync programs and people add to copies may follow: " (…)", ".sync-…", " 2", "-copy", "_old".
bool is_log_name(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem) || !has_log_ending(name)) return false;
  const char next = name[stem.size()];
  return next == '.' || next == ' ' || next == '(' || next == '-' || next == '_';
}

bool is_log_in_folder(const fs::path& path) {
  const std::string name = path.filename().string();
  if (path.parent_path().filename() == "logs")
    return std::any_of(kLogStems.begin(), kLogStems.end(), [&](auto stem) { return is_log_name(name, stem); });
  return is_log_name(name, "pipeline");
}

bool is_wanted(const fs::path& path) {
  const std::string name = path.filename().string();
  const fs::path folder = path.parent_path();
  const bool in_questions = folder.filename() == "questions" ||
                            (folder.filename() == "history" && folder.parent_path().filename() == "questions");
  return is_log_in_folder(path) || name == "session.yaml" || name == "consent.json" ||
         (path.extension() == ".md" && in_questions);
}

class Walk {
 public:
  explicit Walk(std::set<fs::path> roots) : roots_(std::move(roots)) {}

  Status add(const fs::path& given) {
    struct stat facts {};
    if (::stat(given.c_str(), &facts) != 0) {
      if (::lstat(given.c_str(), &facts) == 0) {
        skip(given, "link that leads nowhere");
        return {};
      }
      return failure(ErrorCode::kNotFound, given.string() + ": no such file or folder");
    }
    std::error_code error;
    root_ = fs::weakly_canonical(given, error);
    if (error) return failure(ErrorCode::kIo, given.string() + ": cannot be looked at: " + error.message());
    if (S_ISDIR(facts.st_mode)) {
      visit_folder(root_);
    } else if (S_ISREG(facts.st_mode)) {
      const bool in_logs = root_.parent_path().filename() == "logs";
      const fs::path folder = in_logs ? root_.parent_path().parent_path() : root_.parent_path();
      const fs::path file = root_;
      root_ = folder;
      add_log(folder, file);
      if (fs::is_regular_file(folder / "session.yaml", error)) project(folder).has_session_yaml = true;
    } else {
      skip(given, "neither a regular file nor a folder");
    }
    return {};
  }

  Result<Discovery> finish(unsigned threads) {
    std::vector<std::string> passed_over(found_.projects.size());  // why a project's session.yaml is
    QF_CHECK(in_threads(found_.projects.size(), threads, [&](std::size_t i) -> Status {
      passed_over[i] = read_session_yaml(found_.projects[i]);
      return {};
    }));
    for (std::size_t i = 0; i < passed_over.size(); ++i)
      if (!passed_over[i].empty()) skip(found_.projects[i].path / "session.yaml", std::move(passed_over[i]));
    std::set<std::string_view> skipped;
    for (const SkippedInput& one : found_.skipped) skipped.insert(one.path);
    for (ProjectFolder& project : found_.projects) {
      project.consent_skipped = skipped.contains((project.path / "consent.json").native());
      std::sort(project.logs.begin(), project.logs.end(), comes_before);
      std::sort(project.question_files.begin(), project.question_files.end());
      std::sort(project.history_files.begin(), project.history_files.end());
    }
    std::sort(found_.projects.begin(), found_.projects.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(found_);
  }

 private:
  void skip(const fs::path& path, std::string reason) { found_.skipped.push_back({path.string(), std::move(reason)}); }

  // The outermost of the given folders that a path lies in; null where it lies in none. Asks for each of its parents:
  // of roots there may be as many as projects.
  const fs::path* outermost_root(const fs::path& path) const {
    fs::path parent;
    for (const fs::path& name : path) {
      parent /= name;
      if (const auto root = roots_.find(parent); root != roots_.end()) return &*root;
    }
    return nullptr;
  }

  bool inside_roots(const fs::path& real) const { return outermost_root(real) != nullptr; }

  // The outermost of the given folders that holds a project, whichever was named first; itself where only a file was.
  const fs::path& root_of(const fs::path& folder) const {
    const fs::path* outermost = outermost_root(folder);
    return outermost != nullptr && outermost->native().size() < root_.native().size() ? *outermost : root_;
  }

  // The project folder that a path belongs to, made on first need.
  ProjectFolder& project(const fs::path& folder) {
    const auto [known, is_new] = places_.try_emplace(folder.string(), found_.projects.size());
    if (!is_new) return found_.projects[known->second];
    ProjectFolder made;
    made.path = folder;
    const std::string relative = folder.lexically_relative(root_of(folder)).generic_string();
    made.relative = relative == "." || relative.empty() ? folder.filename().string() : relative;
    found_.projects.push_back(std::move(made));
    return found_.projects.back();
  }

  void add_log(const fs::path& folder, const fs::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return skip(file, std::strerror(errno));
    if (!files_.insert({facts.st_dev, facts.st_ino}).second) return;
    if (::access(file.c_str(), R_OK) != 0) return skip(file, std::strerror(errno));
    LogFile log;
    log.path = file;
    log.relative = file.lexically_relative(root_of(folder)).generic_string();
    log.size = static_cast<std::uint64_t>(facts.st_size);
    project(folder).logs.push_back(std::move(log));
  }

  void visit_folder(const fs::path& folder) {
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) != 0 || !folders_.insert({facts.st_dev, facts.st_ino}).second) return;
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      entries.push_back(at->path());
    check_out_of_files(folder, error.value());
    if (error) return skip(folder, error.message());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) visit(entry);
  }

  void visit(const fs::path& entry) {
    struct stat facts {};
    if (::lstat(entry.c_str(), &facts) != 0) return skip(entry, std::strerror(errno));
    fs::path real = entry;
    if (S_ISLNK(facts.st_mode)) {
      if (::stat(entry.c_str(), &facts) != 0) {
        if (is_wanted(entry))
          skip(entry, errno == ELOOP ? "link that leads back to itself" : "link that leads nowhere");
        return;
      }
      std::error_code error;
      real = fs::canonical(entry, error);
      if (error || !inside_roots(real)) {
        if (S_ISDIR(facts.st_mode) || is_wanted(entry)) skip(entry, "link that leads out of the given folders");
        return;
      }
    }
    const std::string name = entry.filename().string();
    if (is_log_in_folder(entry)) {
      const bool in_logs = entry.parent_path().filename() == "logs";
      if (!S_ISREG(facts.st_mode)) return skip(entry, "not a regular file");
      return add_log(in_logs ? entry.parent_path().parent_path() : entry.parent_path(), entry);
    }
    if (S_ISDIR(facts.st_mode) && is_wanted(entry)) return skip(entry, "a folder where a file should be");
    if (S_ISDIR(facts.st_mode)) {
      if (!name.starts_with('.')) visit_folder(real);
      return;
    }
    if (!is_wanted(entry)) return;
    if (!S_ISREG(facts.st_mode)) return skip(entry, "not a regular file");
    if (::access(entry.c_str(), R_OK) != 0) return skip(entry, std::strerror(errno));
    add_companion(entry, name);
  }

  void add_companion(const fs::path& entry, const std::string& name) {
    const fs::path folder = entry.parent_path();
    if (name == "session.yaml") {
      project(folder).has_session_yaml = true;
    } else if (name == "consent.json") {
      project(folder).consent_file = entry;
    } else if (folder.filename() == "questions") {
      project(folder.parent_path()).question_files.push_back(entry);
    } else if (folder.filename() == "history" && folder.parent_path().filename() == "questions") {
      project(folder.parent_path().parent_path()).history_files.push_back(entry);
    }
  }

  // Only where the walk has let the file pass: not through a link that leads out of the given folders.
  // Returns why what it says is not used, "" where it is.
  static std::string read_session_yaml(ProjectFolder& project) {
    if (!project.has_session_yaml) return {};
    const fs::path path = project.path / "session.yaml";
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return {};
    if (size > kMaxSessionYamlBytes) return "longer than 1 MiB";
    std::ifstream in(path, std::ios::binary);
    // Whose project it is may stand in it: that must not go unsaid.
    if (const int number = errno; !in) {
      check_out_of_files(path, number);
      return std::string(std::strerror(number)) + ": the project is named by its log instead";
    }
    std::stringstream content;
    content << in.rdbuf();
    try {
      const YAML::Node yaml = YAML::Load(content.str());
      const auto scalar = [&](const char* table, const char* key) -> std::string {
        if (!yaml.IsMap() || !yaml[table] || !yaml[table].IsMap()) return {};
        const YAML::Node value = yaml[table][key];
        return value && value.IsScalar() ? value.Scalar() : std::string();
      };
      project.session_id = scalar("session", "id");
      project.original_path = scalar("source", "original_path");
    } catch (const YAML::Exception&) {  // what it says may quote the file
      return "not YAML: the project is named by its log instead";
    }
    if (names_nobody(project.session_id) || project.session_id.size() > 200) project.session_id.clear();
    return {};
  }

  std::set<fs::path> roots_;
  fs::path root_;
  Discovery found_;
  std::unordered_map<std::string, std::size_t> places_;  // of a folder's project in found_
  std::set<std::pair<dev_t, ino_t>> folders_, files_;
};

}  // namespace

Result<Discovery> discover(const std::vector<fs::path>& paths, unsigned threads) {
  std::set<fs::path> roots;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(path, error);
    roots.insert(fs::is_directory(real, error) ? real : real.parent_path());
  }
  Walk walk(roots);
  for (const fs::path& path : paths) QF_CHECK(walk.add(path));
  return walk.finish(threads);
}

}  // namespace qf
