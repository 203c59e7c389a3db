#include "qf/run/rebuild.h"

#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string version, out;
  std::int64_t threads = 0;
};

Result<int> run(const Options& options) {
  RebuildRequest request;
  request.store = options.store;
  request.version = options.version;
  request.paths = options.read_paths();
  request.key_file = options.key_path();
  request.out = options.out;
  request.threads = options.threads;
  request.now_us = now_us();
  auto bar = std::make_unique<ProgressBar>();
  request.progress = [&bar](const Progress& progress) { bar->show(progress); };
  const auto rebuilt = rebuild(request);
  bar.reset();
  QF_ASSIGN(const RebuildResult result, rebuilt);
  std::size_t same = 0;
  for (const RebuiltFile& file : result.files) same += file.state == "same" ? 1U : 0U;
  if (options.json) {
    nlohmann::json files = nlohmann::json::array();
    for (const RebuiltFile& file : result.files) files.push_back({{"path", file.path}, {"state", file.state}});
    const nlohmann::json json = {
        {"version", result.version},
        {"audience", result.audience},
        {"same", result.same},
        {"built", result.built},
        {"files", std::move(files)},
        {"reasons", result.reasons},
        {"rows",
         {{"added", result.rows.added},
          {"removed", result.rows.removed},
          {"changed", result.rows.changed},
          {"moved", result.rows.moved}}},
        {"path", result.path.empty() ? nlohmann::json() : nlohmann::json(result.path.string())}};
    print_json(json);
  } else {
    if (result.same)
      fmt::print("{} {}: the same, byte for byte, in all {} files\n", result.audience, result.version, same);
    else if (result.built)
      fmt::print("{} {}: differs in {} of {} files\n", result.audience, result.version, result.files.size() - same,
                 result.files.size());
    else
      fmt::print("{} {}: cannot come out the same, so nothing was written\n", result.audience, result.version);
    for (const RebuiltFile& file : result.files)
      if (file.state != "same") fmt::print("  {}: {}\n", file.path, file.state);
    for (const std::string& reason : result.reasons) fmt::print("  {}\n", reason);
    if (!result.rows.none())
      fmt::print("  rows: {} added, {} removed, {} changed, {} moved\n", result.rows.added, result.rows.removed,
                 result.rows.changed, result.rows.moved);
    if (!result.path.empty()) fmt::print("It lies at {}\n", result.path.string());
  }
  return result.same ? kDone : kRefused;
}

}  // namespace

void add_rebuild(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("rebuild", "build a published version again and compare it, byte for byte");
  verb->add_option("VERSION", options->version, "MAJOR.MINOR.PATCH, or AUDIENCE/MAJOR.MINOR.PATCH")->required();
  verb->add_option("PATH", options->paths, "where the logs lie now; default: where they lay");
  add_store(*verb, *options);
  verb->add_option("--out", options->out, "keep the rebuilt version in this new folder; default: a temporary one");
  add_threads(*verb, options->threads, "threads");
  add_key(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Exits 0 where every file is the same, 1 where not, saying what differs and why. The store is only read.\n"
      "Examples:\n  qf-dataset rebuild 1.0.0 --store ~/dataset\n"
      "  qf-dataset rebuild 1.0.0 /mnt/copy/Courses --store /mnt/copy/dataset --key-file ~/key --out /tmp/again");
  runs(*verb, action, [options] { return run(*options); });
}

}  // namespace qf::cli
