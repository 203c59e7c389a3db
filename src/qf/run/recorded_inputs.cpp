#include "qf/run/recorded_inputs.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace qf {
namespace {

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
    const auto best = std::max_element(left.begin(), left.end(), [&](const LogFile* a, const LogFile* b) {
      return common_end(a->relative, file.relative) < common_end(b->relative, file.relative);
    });
    if (common_end((*best)->relative, file.relative) == 0) continue;
    (*best)->relative = file.relative;
    left.erase(best);
  }
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
    std::map<std::string, std::size_t> of_name;
    for (const RecordedFile& file : then->question_files) ++of_name[file.relative];
    for (auto* files : {&project.question_files, &project.history_files})
      std::erase_if(*files, [&](const std::filesystem::path& path) {
        const auto found = of_name.find(path.filename().string());
        if (found == of_name.end() || found->second == 0) return true;
        --found->second;
        return false;
      });
    return false;
  });
}

}  // namespace qf
