#include "qf/run/recorded_inputs.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "qf/core/digest.h"
#include "qf/core/whole_file.h"
#include "qf/ingest/line_reader.h"
#include "qf/store/identity.h"

namespace qf {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;

// Packing a log changes neither its lines nor its place.
std::string_view without_packing(std::string_view place) {
  for (const std::string_view ending : {".gz", ".zst"})
    if (place.ends_with(ending)) place.remove_suffix(ending.size());
  return place;
}

// How many names two places of logs have in common from their ends on.
std::size_t common_end(std::string_view a, std::string_view b) {
  std::size_t names = 0;
  a = without_packing(a);
  b = without_packing(b);
  while (!a.empty() && !b.empty()) {
    const auto cut = [](std::string_view& path) {
      const auto slash = path.rfind('/');
      const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
      path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
      return name;
    };
    if (cut(a) != cut(b)) break;
    ++names;
  }
  return names;
}

// Whether a log begins with all that was read of another.
bool begins_with(const LogFile& log, const RecordedFile& file) {
  auto reader = LineReader::open(log.path, kReadBytes, file.bytes);
  while (reader) {
    const auto chunk = reader->next();
    if (!chunk) return false;
    if (chunk->kind == LineChunk::Kind::kEnd) return reader->digest_hex() == file.sha256;
  }
  return false;
}

// Gives the logs that lie elsewhere now the places of the record. Its digests decide later whether they are the same.
void find_moved(std::vector<LogFile>& logs, const std::vector<RecordedFile>& recorded) {
  const auto has_place = [](const auto& files, const std::string& place) {
    return std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.relative == place; });
  };
  std::vector<LogFile*> left;
  for (LogFile& log : logs)
    if (!has_place(recorded, log.relative)) left.push_back(&log);
  for (const RecordedFile& file : recorded) {
    if (left.empty()) return;
    if (has_place(logs, file.relative)) continue;
    auto best = std::max_element(left.begin(), left.end(), [&](const LogFile* a, const LogFile* b) {
      return common_end(a->relative, file.relative) < common_end(b->relative, file.relative);
    });
    // Of two copies in one folder the longer is read, whatever its name.
    if (common_end((*best)->relative, file.relative) == 0)
      best = std::find_if(left.begin(), left.end(), [&](const LogFile* log) { return begins_with(*log, file); });
    if (best == left.end()) continue;
    (*best)->relative = file.relative;
    left.erase(best);
  }
}

// Leaves as many files of a name as there were. Where a copy of the project brings more, those with the content of then
// go first, and among equals those that lie where they lay.
void keep_question_files(Project& project, const std::vector<RecordedFile>& recorded) {
  struct Known {
    std::size_t files = 0;
    std::set<std::string, std::less<>> digests, paths;
  };
  std::map<std::string, Known> of_name;
  for (const RecordedFile& file : recorded) {
    Known& known = of_name[file.relative];
    ++known.files;
    known.digests.insert(file.sha256);
    known.paths.insert(file.path);
  }
  std::map<std::string, std::vector<std::filesystem::path>> present;
  for (const auto* files : {&project.question_files, &project.history_files})
    for (const auto& path : *files) present[question_file_place(path, files == &project.history_files)].push_back(path);
  std::set<std::filesystem::path> kept;
  for (auto& [name, paths] : present) {
    const Known& known = of_name[name];
    const auto rank = [&](const std::filesystem::path& path) {
      const auto content = read_whole_file(path);
      const bool same = content && known.digests.contains(to_hex(sha256(*content)));
      std::error_code ignored;
      return std::pair(!same, !known.paths.contains(std::filesystem::absolute(path, ignored).string()));
    };
    if (paths.size() > known.files && known.files != 0) {
      std::vector<std::pair<std::pair<bool, bool>, std::filesystem::path>> ranked;
      for (const auto& path : paths) ranked.emplace_back(rank(path), path);
      std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      for (std::size_t i = 0; i < paths.size(); ++i) paths[i] = ranked[i].second;
    }
    kept.insert(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(std::min(paths.size(), known.files)));
  }
  for (auto* files : {&project.question_files, &project.history_files})
    std::erase_if(*files, [&](const std::filesystem::path& path) { return !kept.contains(path); });
}

// The recorded file that each log is, at most one for each: the one that lay there, or had its place under a root.
std::vector<std::size_t> recorded_places(const std::vector<LogFile>& logs, const std::vector<RecordedFile>& recorded) {
  std::vector<std::size_t> places(logs.size(), recorded.size());
  std::vector<bool> taken(recorded.size());
  for (const bool by_path : {true, false})
    for (std::size_t i = 0; i < logs.size(); ++i) {
      if (places[i] != recorded.size()) continue;
      for (std::size_t k = 0; k < recorded.size() && places[i] == recorded.size(); ++k) {
        if (taken[k] || recorded[k].relative != logs[i].relative) continue;
        std::error_code ignored;
        if (by_path && recorded[k].path != std::filesystem::absolute(logs[i].path, ignored).string()) continue;
        places[i] = k;
        taken[k] = true;
      }
    }
  return places;
}

// Leaves the logs of then, read as far as then, in the order of then: of events at the same time that of the earlier
// log comes first.
void keep_logs(std::vector<LogFile>& logs, const std::vector<RecordedFile>& recorded) {
  const std::vector<std::size_t> places = recorded_places(logs, recorded);
  std::map<std::size_t, LogFile> kept;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (places[i] == recorded.size()) continue;
    const RecordedFile& file = recorded[places[i]];
    // A byte more shows, as it did then, that a line was still being written.
    logs[i].read_bytes = file.bytes + (file.pending ? 1 : 0);
    // Whose the lines are that it has in common with others: what lies beside it by now has no say in that.
    logs[i].skip_lines = file.skip_lines;
    kept.emplace(places[i], std::move(logs[i]));
  }
  logs.clear();
  for (auto& [place, log] : kept) logs.push_back(std::move(log));
}

}  // namespace

void keep_recorded(ProjectList& list, const std::vector<RecordedProject>& recorded) {
  std::unordered_map<std::string_view, const RecordedProject*> by_name;
  for (const RecordedProject& project : recorded) by_name.emplace(project.name, &project);
  std::erase_if(list.projects, [&](Project& project) {
    const auto known = by_name.find(project.name);
    if (known == by_name.end()) return true;
    const RecordedProject* const then = known->second;
    find_moved(project.logs, then->logs);
    keep_logs(project.logs, then->logs);
    keep_question_files(project, then->question_files);
    return false;
  });
}

}  // namespace qf
