#include <chrono>
#include <iostream>

#include "qf/cli/verbs.h"
#include "qf/ledger/keys.h"

namespace qf::cli {

std::vector<std::filesystem::path> Common::read_paths() const {
  std::vector<std::filesystem::path> all;
  for (const std::string& path : paths) {
    if (path != "-") {
      all.emplace_back(path);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);)
      if (!line.empty()) all.emplace_back(line);
  }
  return all;
}

std::filesystem::path Common::key_path() const { return key_file.empty() ? KeyFile::default_path() : std::filesystem::path(key_file); }

void add_paths(CLI::App& verb, Common& common, bool required) {
  auto* option = verb.add_option("PATH", common.paths, "folders of QuestionForge projects, single logs, or - for a list on standard input");
  if (required) option->required();
}

void add_store(CLI::App& verb, Common& common, bool required) {
  auto* option = verb.add_option("--store", common.store, "the folder of versions, with the ledger of people and consent");
  if (required) option->required();
}

void add_key(CLI::App& verb, Common& common) {
  verb.add_option("--key-file", common.key_file, "the root key; default: $QF_DATASET_KEY_FILE, else in your configuration folder");
}

void add_json(CLI::App& verb, Common& common) { verb.add_flag("--json", common.json, "print one JSON object on standard output and nothing else"); }

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace qf::cli
