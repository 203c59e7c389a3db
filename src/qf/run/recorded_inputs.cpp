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

std::size_t place_of(const LogFile& log, const std::vector<RecordedFile>& recorded) {
  const auto found = std::find_if(recorded.begin(), recorded.end(),
                                  [&](const RecordedFile& file) { return file.relative == log.relative; });
  return static_cast<std::size_t>(found - recorded.begin());
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
    std::erase_if(project.logs, [&](LogFile& log) {
      const auto file = std::find_if(then->logs.begin(), then->logs.end(),
                                     [&](const RecordedFile& one) { return one.relative == log.relative; });
      // A byte more shows, as it did then, that a line was still being written.
      if (file != then->logs.end()) log.read_bytes = file->bytes + (file->pending ? 1 : 0);
      return file == then->logs.end();
    });
    // Of events at the same time that of the earlier log comes first.
    std::stable_sort(project.logs.begin(), project.logs.end(), [&](const LogFile& a, const LogFile& b) {
      return place_of(a, then->logs) < place_of(b, then->logs);
    });
    keep_question_files(project, then->question_files);
    return false;
  });
}

}  // namespace qf
