// The verbs of the program. Each adds its options to the command line and sets what is to be run.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/store/lock.h"

namespace qf::cli {

// Set by the verb that was called; runs after parsing and gives the exit code.
using Action = std::function<int()>;

// Options that several verbs share.
struct SharedOptions {
  std::vector<std::string> paths;
  std::string store;
  std::string key_file;
  bool json = false;
  std::int64_t wait_seconds = 10;

  // The given paths; `-` stands for a list on standard input, one path a line.
  std::vector<std::filesystem::path> read_paths() const;
  std::filesystem::path key_path() const;
  // How long to wait for another run on the store; the person is told that this one waits.
  LockWait lock_wait() const;
};

// A withdrawal waits for a build, however long that takes: nothing may stand in its way.
inline constexpr std::int64_t kRemovalWaitSeconds = 3600;

// What the verb does when it is called; an error of it is reported.
void runs(CLI::App& verb, Action& action, std::function<Result<int>()> what);

void add_paths(CLI::App& verb, SharedOptions& shared, bool required = true);
void add_store(CLI::App& verb, SharedOptions& shared, bool required = true);
void add_key(CLI::App& verb, SharedOptions& shared);
// --threads, for `what`.
CLI::Option* add_threads(CLI::App& verb, std::int64_t& threads, const std::string& what);
void add_json(CLI::App& verb, SharedOptions& shared);
void add_wait(CLI::App& verb, SharedOptions& shared);  // for what changes the store

void add_build(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_people(CLI::App& app, Action& action);
void add_consent(CLI::App& app, Action& action);
void add_consent_papers(CLI::App& consent, Action& action);  // of consent: ask, receipt
void add_versions(CLI::App& app, Action& action);            // versions, show, diff
void add_verify(CLI::App& app, Action& action);
void add_rebuild(CLI::App& app, Action& action);
void add_keeping(CLI::App& app, Action& action);  // gc, hold, split
void add_erase(CLI::App& app, Action& action);    // erase, revoke
void add_authorise(CLI::App& app, Action& action);
void add_recipients(CLI::App& app, Action& action);
void add_audit(CLI::App& app, Action& action);
void add_keys(CLI::App& app, Action& action);
void add_redact(CLI::App& app, Action& action);
void add_papers(CLI::App& app, Action& action);    // access, retain, report, preview
void add_listings(CLI::App& app, Action& action);  // schema, list

// Microseconds since 1970: the clock is read here and nowhere else.
std::int64_t now_us();

// Of a file that a person names: a log of audits, a receipt, a feed.
inline constexpr std::size_t kMaxNamedBytes = std::size_t{4} << 30;

}  // namespace qf::cli
