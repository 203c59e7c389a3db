// The command line: what was typed becomes a call of run, what comes back becomes text and an exit code.
#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/out_of_memory.h"
#include "qf/core/text.h"
#include "qf/store/program.h"

namespace {

// Every option name that a verb knows, with its dashes.
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

// The verb that the words call, as far as they are verbs.
const CLI::App* called_verb(const CLI::App& app, int argc, char** argv) {
  const CLI::App* verb = &app;
  for (int i = 1; i < argc; ++i) {
    const auto subs = verb->get_subcommands([](const CLI::App*) { return true; });
    const auto found =
        std::find_if(subs.begin(), subs.end(), [&](const CLI::App* sub) { return sub->get_name() == argv[i]; });
    if (found == subs.end()) break;
    verb = *found;
  }
  return verb;
}

// The words that call a verb: "retain apply ".
std::string words_of(const CLI::App* verb) {
  std::string words;
  for (; verb != nullptr && verb->get_parent() != nullptr; verb = verb->get_parent())
    words = verb->get_name() + " " + words;
  return words;
}

// An option that was given an empty value, as by a variable that is not set: taken for "not given", it would make a
// dataset that nobody asked for. "" where there is none.
std::string option_without_value(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& value : option->results())
      if (value.empty()) return option->get_name();
  for (const CLI::App* verb : app.get_subcommands())
    if (std::string found = option_without_value(*verb); !found.empty()) return found;
  return {};
}

// Says which known word was probably meant.
std::string suggestion(const CLI::App& app, int argc, char** argv) {
  const CLI::App* verb = called_verb(app, argc, argv);
  std::vector<std::string> known = option_names(*verb);
  for (const CLI::App* sub : verb->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(sub->get_name());
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = std::string_view(argv[i]).substr(0, std::string_view(argv[i]).find('='));
    const bool is_known = std::find(names.begin(), names.end(), word) != names.end();
    const bool may_be_verb =
        (verb == &app && i == 1) || (i >= 2 && verb->get_name() == argv[i - 1] &&
                                     !verb->get_subcommands([](const CLI::App*) { return true; }).empty());
    if (is_known || (!word.starts_with("--") && !may_be_verb)) continue;
    const std::string_view near = qf::nearest_name(word, names);
    if (!near.empty()) return fmt::format("{} is not known here; did you mean {}?", word, near);
    return fmt::format("{} is not known here; `qf-dataset {}--help` lists what is", word, words_of(verb));
  }
  return {};
}

// The logs of a project are read side by side, and of up to 64 long ones the file stays open meanwhile. The usual limit
// of 1024 files is there for programs that use select(), which none of ours does.
void take_all_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);  // where that is refused, the limit stands
}

// A limit of a file's size (`ulimit -f`) is to be an error of the write that meets it, which says which file.
void outlive_file_limits() { std::signal(SIGXFSZ, SIG_IGN); }

constexpr std::string_view kItStands = "; what the command did stands: look at it with `versions` or `audit log`";

// The exit code, if what was printed has arrived: a full disk behind standard output is no success.
int arrived(int code, std::string_view what_stands = "") {
  std::cout.flush();
  if (std::cout && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr, "qf-dataset: standard output could not be written: is there room where it goes?{}\n", what_stands);
  return qf::cli::kCouldNotRun;
}

// The store that the command line names; "" where it names none.
std::string store_of(const CLI::App& app) {
  for (const CLI::App* verb : app.get_subcommands()) {
    if (const CLI::Option* option = verb->get_option_no_throw("--store"); option != nullptr && option->count() != 0)
      return option->results().front();
    if (std::string found = store_of(*verb); !found.empty()) return found;
  }
  return {};
}

int damaged_ledger(const std::string& store) {
  const std::string where = store.empty() ? "the store's ledger.db" : qf::cli::printable(store) + "/ledger.db";
  fmt::print(stderr,
             "qf-dataset: {} holds what this program does not write: it is probably damaged. Put it back from a "
             "backup; `qf-dataset audit verify --store DIR` says what was changed\n",
             where);
  return qf::cli::kCouldNotRun;
}

int run(int argc, char** argv) {
  CLI::App app("From the logs of QuestionForge to a versioned dataset for machine learning.", "qf-dataset");
  app.set_version_flag("--version", qf::version_text());
  app.require_subcommand(1);
  app.footer(
      "Start here:\n"
      "  qf-dataset check ~/Courses                     what the logs hold, and what is missing\n"
      "  qf-dataset people list ~/Courses > people.csv   whose projects they are\n"
      "  qf-dataset build ~/Courses --store ~/dataset    the dataset\n"
      "Every verb explains itself: qf-dataset build --help");
  qf::cli::Action action;
  qf::cli::add_build(app, action);
  qf::cli::add_check(app, action);
  qf::cli::add_people(app, action);
  qf::cli::add_consent(app, action);
  qf::cli::add_versions(app, action);
  qf::cli::add_verify(app, action);
  qf::cli::add_rebuild(app, action);
  qf::cli::add_keeping(app, action);
  qf::cli::add_erase(app, action);
  qf::cli::add_authorise(app, action);
  qf::cli::add_recipients(app, action);
  qf::cli::add_audit(app, action);
  qf::cli::add_keys(app, action);
  qf::cli::add_redact(app, action);
  qf::cli::add_papers(app, action);
  qf::cli::add_listings(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return arrived(app.exit(help));
  } catch (const CLI::CallForVersion& version) {
    return arrived(app.exit(version));
  } catch (const CLI::ParseError& error) {
    const std::string hint = suggestion(app, argc, argv);
    fmt::print(stderr, "qf-dataset: {}\n", hint.empty() ? std::string(error.what()) : hint);
    return qf::cli::kCouldNotRun;
  }
  if (const std::string empty = option_without_value(app); !empty.empty()) {
    fmt::print(stderr, "qf-dataset: {}: its value is empty; name one, or leave it out\n", empty);
    return qf::cli::kCouldNotRun;
  }
  try {
    const int code = action ? action() : qf::cli::kCouldNotRun;
    return arrived(code, code == qf::cli::kDone ? kItStands : "");
  } catch (const nlohmann::json::exception&) {
    // Its message would name neither file nor way on. What is not caught where it is read comes from the ledger.
    return damaged_ledger(store_of(app));
  } catch (const std::system_error&) {
    // What prints throws where nothing can be printed any more.
    if (std::ferror(stdout) == 0) throw;
    return arrived(qf::cli::kCouldNotRun, kItStands);
  }
}

}  // namespace

int main(int argc, char** argv) {
  static constexpr char kNoMemory[] = "qf-dataset: not enough memory\n";
  qf::take_stack();
  take_all_files();
  // Whatever the user's mask lets through: nobody else may change what this program writes.
  ::umask(::umask(0) | 022);
  outlive_file_limits();
  qf::end_where_memory_is_gone(qf::cli::kCouldNotRun, kNoMemory);
#ifdef __GLIBC__
  // Blocks of some MiB come and go with every log; memory that goes back to the system has to be cleared when it
  // returns.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::cerr << kNoMemory;
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "qf-dataset: " << qf::cli::printable(error.path1().string()) << ": " << error.code().message() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "qf-dataset: " << error.what() << "\n";
  }
  return qf::cli::kCouldNotRun;
}
