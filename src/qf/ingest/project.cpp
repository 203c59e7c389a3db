#include "qf/ingest/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <numeric>

#include "qf/core/in_threads.h"
#include "qf/core/text.h"
#include "qf/core/vocabulary.h"
#include "qf/ingest/decoder.h"
#include "qf/ingest/event.h"
#include "qf/ingest/twins.h"

namespace qf {
namespace {

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

// Two logs that begin alike and then differ.
struct Diverged {
  Candidate *a = nullptr, *b = nullptr;
  std::uint64_t lines = 0;  // that they have in common
};

// Sets the twins among logs that begin with the same line apart from the ones that are read.
void compare_alike(std::vector<Candidate*>& alike, const std::vector<std::string>& ids, FolderSets& sets,
                   std::vector<Diverged>& diverged, ProjectList& list) {
  // Longest first, so that what is read holds all that its copies hold.
  std::stable_sort(alike.begin(), alike.end(),
                   [](const Candidate* a, const Candidate* b) { return a->log.size > b->log.size; });
  for (std::size_t i = 1; i < alike.size(); ++i) {
    Candidate& shorter = *alike[i];
    for (std::size_t j = 0; j < i && !shorter.twin; ++j) {
      Candidate& longer = *alike[j];
      if (longer.twin) continue;
      const auto compared = common_beginning(longer.log.path, shorter.log.path);
      if (!compared) continue;  // cannot be read: whoever reads it says so, and the other one is read all the same
      const CommonBeginning& common = *compared;
      // A packed copy may be shorter on disk and yet hold more; of equal ones the first is read, packed or not.
      if (common.b_whole || common.a_whole) {
        const bool is_shorter = common.same ? &longer < &shorter : common.b_whole;
        Candidate& twin = is_shorter ? shorter : longer;
        twin.twin = true;
        ++list.twin_files;
        list.twin_lines += common.lines;
        if (ids[longer.folder] == ids[shorter.folder]) sets.join(longer.folder, shorter.folder);
        if (const std::string& damage = is_shorter ? common.b_damage : common.a_damage; !damage.empty())
          list.skipped.push_back({twin.log.path.string(), damage + "; another log holds them"});
      } else {
        diverged.push_back({&longer, &shorter, common.lines});
      }
    }
  }
}

// A twin may be the beginning of several logs that then differ. It joins the folders of all of them, not only that of
// the one that it was found by: which one that is depends on their sizes on disk.
void join_folders(const std::vector<Candidate*>& alike, const std::vector<std::string>& ids, FolderSets& sets) {
  for (const Candidate* twin : alike) {
    for (const Candidate* whole : alike) {
      if (!twin->twin || whole->twin || ids[twin->folder] != ids[whole->folder]) continue;
      if (sets.find(twin->folder) == sets.find(whole->folder)) continue;
      const auto common = common_beginning(whole->log.path, twin->log.path);
      if (common && common->b_whole) sets.join(twin->folder, whole->folder);
    }
  }
}

// Of logs of one project that begin alike and then differ, the first reads what they have in common. Not the longest:
// to pack a log, or to write on in it, is to change no row of the others.
void skip_common_lines(const std::vector<Diverged>& diverged, const FolderSets& sets, ProjectList& list) {
  for (const auto& [a, b, lines] : diverged) {
    if (a->twin || b->twin || sets.find(a->folder) != sets.find(b->folder)) continue;
    std::uint64_t& skipped = std::max(a, b)->log.skip_lines;
    list.twin_lines += std::max(skipped, lines) - skipped;
    skipped = std::max(skipped, lines);
  }
}

// Where a project lies, to be named by as many of the last parts of its path as it takes.
class ProjectPlace {
 public:
  ProjectPlace() = default;
  explicit ProjectPlace(const ProjectFolder& folder)
      : path_(folder.path.generic_string()), begin_(path_.size() - std::min(folder.relative.size(), path_.size())) {}
  std::string name() const { return printable_name(std::string_view(path_).substr(begin_)); }
  // Takes in the folder above; false where there is none left.
  bool lengthen() {
    if (begin_ < 2) return false;
    const std::size_t slash = path_.rfind('/', begin_ - 2);
    begin_ = slash == std::string::npos ? 0 : slash + 1;
    return true;
  }

 private:
  std::string path_;
  std::size_t begin_ = 0;
};

struct NamedProject {
  Project project;
  ProjectPlace place;
  bool by_path = false;  // the place is in the name
  bool had_logs = false;

  void set_name() {
    const std::string id = printable_name(project.session_id);
    project.name = id.empty() ? place.name() : by_path ? id + ":" + place.name() : id;
  }
};

// By session id, else by path. Names that are equal, or stand for nobody, take in the place and then the folders above
// it, all of them alike, so that no name depends on the order of the paths.
void name_projects(std::vector<NamedProject>& projects) {
  for (NamedProject& project : projects) project.set_name();
  for (bool changed = true; changed;) {
    changed = false;
    std::map<std::string, int> count;
    for (const NamedProject& project : projects) ++count[project.project.name];
    for (NamedProject& project : projects) {
      if (count[project.project.name] == 1 && !names_nobody(project.project.name)) continue;
      const bool has_place = project.by_path || project.project.session_id.empty();
      if (has_place && !project.place.lengthen()) continue;
      project.by_path = true;
      project.set_name();
      changed = true;
    }
  }
}

}  // namespace

std::string printable_name(std::string_view path) {
  std::string name;
  bool escaped = false;
  const auto is_hex = [&](std::size_t at) {
    return at < path.size() && std::isxdigit(static_cast<unsigned char>(path[at])) != 0;
  };
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t begin = at;
    const char32_t code_point = decode_utf8(path, at);
    const std::string_view bytes = path.substr(begin, at - begin);
    // A byte that begins no valid sequence is passed alone; U+FFFD itself has three.
    const bool invalid = code_point == kReplacement && bytes.size() == 1;
    const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
    escaped = escaped || invalid || control || (code_point == U'%' && is_hex(at) && is_hex(at + 1));
    if (invalid || control || code_point == U'%')
      for (const char byte : bytes) name += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    else
      name += bytes;
  }
  return escaped ? name : std::string(path);
}

std::string_view subject_area_of(const Project& project) {
  const std::string_view area = subject_area_of(project.original_path);
  return area.empty() ? subject_area_of(project.folder) : area;
}

std::uint64_t log_bytes(const Project& project) {
  std::uint64_t bytes = 0;
  for (const LogFile& log : project.logs) bytes += log.size;
  return bytes;
}

Result<ProjectList> list_projects(Discovery found, unsigned threads) {
  ProjectList list;
  list.skipped = std::move(found.skipped);

  std::vector<Candidate> candidates;
  std::vector<std::string> ids(found.projects.size());
  for (std::size_t folder = 0; folder < found.projects.size(); ++folder) {
    ids[folder] = found.projects[folder].session_id;
    for (LogFile& log : found.projects[folder].logs) candidates.push_back({folder, std::move(log), {}});
  }
  std::vector<std::string> unreadable(candidates.size());
  QF_CHECK(in_threads(candidates.size(), threads, [&](std::size_t i) -> Status {
    auto head = read_head(candidates[i].log.path);
    if (head)
      candidates[i].head = std::move(*head);
    else
      unreadable[i] = std::move(head).error().message;
    return {};
  }));
  // What stands at its beginning was to tell whose it is: even if the rest can be read, that must not go unsaid.
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (!unreadable[i].empty())
      list.skipped.push_back({candidates[i].log.path.string(), "its beginning: " + unreadable[i]});
  for (const Candidate& candidate : candidates)
    if (ids[candidate.folder].empty()) ids[candidate.folder] = candidate.head.session_id;

  FolderSets sets(found.projects.size());
  std::map<std::string, std::vector<Candidate*>> alike;
  for (Candidate& candidate : candidates)
    if (!candidate.head.key.empty()) alike[candidate.head.key].push_back(&candidate);
  std::vector<Diverged> diverged;
  for (auto& [key, group] : alike) {
    compare_alike(group, ids, sets, diverged, list);
    join_folders(group, ids, sets);
  }
  skip_common_lines(diverged, sets, list);  // once all is known of what is a twin and which folders are one project

  // One project for each set of folders; a folder whose logs are all twins adds only its question files.
  std::map<std::size_t, NamedProject> made;
  for (std::size_t folder = 0; folder < found.projects.size(); ++folder) {
    ProjectFolder& from = found.projects[folder];
    const auto [place, is_new] = made.try_emplace(sets.find(folder));
    Project& project = place->second.project;
    if (is_new) {
      project.session_id = ids[folder];
      project.original_path = from.original_path;
      project.folder = printable_name(from.path.filename().string());
      place->second.place = ProjectPlace(from);
    }
    project.question_files.insert(project.question_files.end(), from.question_files.begin(), from.question_files.end());
    project.history_files.insert(project.history_files.end(), from.history_files.begin(), from.history_files.end());
    project.consent_skipped = project.consent_skipped || from.consent_skipped;
    if (from.consent_file) project.consent_files.push_back(*from.consent_file);
  }
  for (Candidate& candidate : candidates) {
    NamedProject& at = made[sets.find(candidate.folder)];
    at.had_logs = true;
    auto& lines = at.project.first_lines;
    if (!candidate.head.key.empty() && std::find(lines.begin(), lines.end(), candidate.head.key) == lines.end())
      lines.push_back(candidate.head.key);
    at.project.head_users.merge(candidate.head.users);
    if (const auto first = candidate.head.first_us)
      at.project.head_first_us = std::min(at.project.head_first_us.value_or(*first), *first);
    if (!candidate.twin) at.project.logs.push_back(std::move(candidate.log));
  }

  // A folder that holds nothing but copies of another project's logs is no project of its own.
  std::vector<NamedProject> projects;
  for (auto& [root, project] : made)
    if (!project.had_logs || !project.project.logs.empty()) projects.push_back(std::move(project));
  name_projects(projects);
  for (NamedProject& project : projects) list.projects.push_back(std::move(project.project));
  std::sort(list.projects.begin(), list.projects.end(),
            [](const Project& a, const Project& b) { return a.name < b.name; });
  return list;
}

}  // namespace qf
