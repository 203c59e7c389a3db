#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/in_threads.h"
#include "qf/store/program.h"
#include "qf/store/store_key.h"

namespace qf::cli {

std::vector<std::filesystem::path> SharedOptions::read_paths() const {
  std::vector<std::filesystem::path> all;
  for (const std::string& path : paths) {
    if (path != "-") {
      all.emplace_back(path);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (line.ends_with('\r')) line.pop_back();  // a list that was written on Windows
      if (line.find_first_not_of(" \t") != std::string::npos) all.emplace_back(line);
    }
  }
  return all;
}

std::filesystem::path SharedOptions::key_path() const {
  return key_file.empty() ? default_key_file() : std::filesystem::path(key_file);
}

LockWait SharedOptions::lock_wait() const {
  LockWait wait;
  wait.at_most = std::chrono::seconds(wait_seconds);
  wait.on_wait = [store = store] { fmt::print(stderr, "Another run is changing {}: waiting for it.\n", store); };
  return wait;
}

void add_paths(CLI::App& verb, SharedOptions& shared, bool required) {
  auto* option = verb.add_option("PATH", shared.paths,
                                 "folders of QuestionForge projects, single logs, or - for a list on standard input");
  if (required) option->required();
}

void add_store(CLI::App& verb, SharedOptions& shared, bool required) {
  auto* option =
      verb.add_option("--store", shared.store, "the folder of versions, with the ledger of people and consent");
  if (required) option->required();
  option->check([](const std::string& folder) { return folder.empty() ? "name a folder" : ""; }, "");
}

CLI::Option* add_threads(CLI::App& verb, std::int64_t& threads, const std::string& what) {
  return verb.add_option("--threads", threads, what + "; 0: one for each core")
      ->check(CLI::Range(std::int64_t{0}, kMostThreads));
}

void add_key(CLI::App& verb, SharedOptions& shared) {
  verb.add_option("--key-file", shared.key_file,
                  "the root key; default: $QF_DATASET_KEY_FILE, else in your configuration folder");
  // Read while the words are, before anything opens the key.
  verb.add_option_function<int>(
      "--key-passphrase-fd",
      [](const int& descriptor) {
        auto passphrase = Passphrase::of_descriptor(descriptor);
        if (!passphrase) throw CLI::ValidationError("--key-passphrase-fd", passphrase.error().message);
        open_keys_with(std::move(*passphrase));
      },
      "open descriptor with the passphrase of a sealed key; default: the file $QF_DATASET_KEY_PASSPHRASE_FILE names");
}

void add_json(CLI::App& verb, SharedOptions& shared) {
  verb.add_flag("--json", shared.json, "print one JSON object on standard output and nothing else");
}

void add_wait(CLI::App& verb, SharedOptions& shared) {
  verb.add_option("--wait", shared.wait_seconds, "how many seconds to wait for another run that is changing the store")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{366} * 24 * 3600))
      ->capture_default_str();
}

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void runs(CLI::App& verb, Action& action, std::function<Result<int>()> what) {
  verb.callback([what = std::move(what), &action] {
    action = [what] {
      const auto code = what();
      return code ? *code : report(code.error());
    };
  });
}

}  // namespace qf::cli
