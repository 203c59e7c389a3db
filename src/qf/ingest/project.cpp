#include "qf/ingest/project.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <unordered_map>

#include "qf/ingest/decoder.h"
#include "qf/ingest/event.h"
#include "qf/ingest/twins.h"

namespace qf {
namespace {

// User segments that stand for nobody in particular; pooling people under them would be a false name.
constexpr std::array<std::string_view, 14> kStandIns = {"USERNAME", "username", "user",    "User",  "Shared",
                                                        "Public",   "Default",  "<name>",  "name",  "admin",
                                                        "Guest",    "root",     "unknown", "manual"};

// A log with the folder that it was found in.
struct Candidate {
  std::size_t folder = 0;
  LogFile log;
  LogHead head;
  bool twin = false;
};

// Folders that turned out to hold the same project.
class FolderSets {
 public:
  explicit FolderSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }
  std::size_t find(std::size_t folder) const {
    while (parent_[folder] != folder) folder = parent_[folder];
    return folder;
  }
  void join(std::size_t a, std::size_t b) {
    const std::size_t root_a = find(a), root_b = find(b);
    parent_[std::max(root_a, root_b)] = std::min(root_a, root_b);
  }

 private:
  std::vector<std::size_t> parent_;
};

// Sets the twins among logs that begin with the same line apart from the ones that are read.
void compare_alike(std::vector<Candidate*>& alike, const std::vector<std::string>& ids, FolderSets& sets,
                   ProjectList& list) {
  // Longest first, so that what is read holds all that its copies hold; the path decides between equals.
  std::sort(alike.begin(), alike.end(), [](const Candidate* a, const Candidate* b) {
    return a->log.size != b->log.size ? a->log.size > b->log.size : a->log.path < b->log.path;
  });
  for (std::size_t i = 1; i < alike.size(); ++i) {
    Candidate& shorter = *alike[i];
    for (std::size_t j = 0; j < i && !shorter.twin; ++j) {
      Candidate& longer = *alike[j];
      if (longer.twin) continue;
      const auto compared = common_beginning(longer.log.path, shorter.log.path);
      if (!compared) continue;  // damaged: whoever reads it says so, and the other one is read all the same
      const CommonBeginning& common = *compared;
      if (common.b_whole) {
        shorter.twin = true;
        ++list.twin_files;
        list.twin_lines += common.lines;
        if (ids[longer.folder] == ids[shorter.folder]) sets.join(longer.folder, shorter.folder);
      } else if (common.a_whole) {  // a packed copy may be shorter on disk and yet hold more
        longer.twin = true;
        ++list.twin_files;
        list.twin_lines += common.lines;
        if (ids[longer.folder] == ids[shorter.folder]) sets.join(longer.folder, shorter.folder);
      } else if (longer.folder == shorter.folder && common.lines > shorter.log.skip_lines) {
        list.twin_lines += common.lines - shorter.log.skip_lines;
        shorter.log.skip_lines = common.lines;
      }
    }
  }
}

}  // namespace

std::string guess_of_path(std::string_view path) {
  for (const std::string_view root : {"/Users/", "/home/", "\\Users\\"}) {
    const std::size_t at = path.find(root);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = path.substr(at + root.size());
    const std::size_t end = rest.find_first_of("/\\");
    if (end == std::string_view::npos) return {};
    const std::string_view user = rest.substr(0, end);
    return std::find(kStandIns.begin(), kStandIns.end(), user) == kStandIns.end() ? std::string(user) : std::string();
  }
  return {};
}

Result<ProjectList> list_projects(Discovery found) {
  ProjectList list;
  list.skipped = std::move(found.skipped);

  std::vector<Candidate> candidates;
  std::vector<std::string> ids(found.projects.size());
  for (std::size_t folder = 0; folder < found.projects.size(); ++folder) {
    ids[folder] = found.projects[folder].session_id;
    for (LogFile& log : found.projects[folder].logs) {
      auto head = read_head(log.path);
      if (!head) head = LogHead();  // a damaged archive is read as far as it goes, and reported there
      if (ids[folder].empty()) ids[folder] = head->session_id;
      candidates.push_back({folder, std::move(log), std::move(*head)});
    }
  }

  FolderSets sets(found.projects.size());
  std::map<std::string, std::vector<Candidate*>> alike;
  for (Candidate& candidate : candidates)
    if (!candidate.head.key.empty()) alike[candidate.head.key].push_back(&candidate);
  for (auto& [key, group] : alike)
    if (group.size() > 1) compare_alike(group, ids, sets, list);

  // One project for each set of folders; a folder whose logs are all twins adds only its question files.
  std::map<std::size_t, Project> made;
  std::unordered_map<std::string, int> folders_of_id;
  for (std::size_t folder = 0; folder < found.projects.size(); ++folder) {
    ProjectFolder& from = found.projects[folder];
    const std::size_t root = sets.find(folder);
    const bool is_new = !made.contains(root);
    Project& project = made[root];
    if (is_new) {
      project.session_id = ids[folder];
      project.original_path = from.original_path;
      project.folder = from.path.filename().string();
      project.name = from.relative;
      if (!project.session_id.empty()) ++folders_of_id[project.session_id];
    }
    project.question_files.insert(project.question_files.end(), from.question_files.begin(), from.question_files.end());
    project.history_files.insert(project.history_files.end(), from.history_files.begin(), from.history_files.end());
    if (from.consent_file) project.consent_files.push_back(*from.consent_file);
  }
  for (Candidate& candidate : candidates)
    if (!candidate.twin) made[sets.find(candidate.folder)].logs.push_back(std::move(candidate.log));

  // A folder that holds nothing but copies of another project's logs is no project of its own.
  std::vector<bool> had_logs(found.projects.size());
  for (const Candidate& candidate : candidates) had_logs[sets.find(candidate.folder)] = true;
  for (auto& [root, project] : made) {
    if (project.logs.empty() && had_logs[root]) {
      if (!project.session_id.empty()) --folders_of_id[project.session_id];
      continue;
    }
    list.projects.push_back(std::move(project));
  }

  for (Project& project : list.projects) {
    if (project.session_id.empty()) continue;
    project.name = folders_of_id[project.session_id] > 1 ? project.session_id + ":" + project.name : project.session_id;
  }
  // Two folders of one name under different roots stay apart.
  std::map<std::string, int> names;
  for (const Project& project : list.projects) ++names[project.name];
  for (Project& project : list.projects)
    if (names[project.name] > 1 && !project.logs.empty())
      project.name =
          project.logs[0].path.parent_path().parent_path().parent_path().filename().string() + "/" + project.name;
  std::sort(list.projects.begin(), list.projects.end(),
            [](const Project& a, const Project& b) { return a.name < b.name; });
  for (std::size_t i = 1; i < list.projects.size(); ++i)
    if (list.projects[i].name == list.projects[i - 1].name)
      return failure(ErrorCode::kInvalidInput, "two projects without a session id have the same name: " +
                                                   list.projects[i].name + ". Give the folder above both as one path");
  return list;
}

}  // namespace qf
