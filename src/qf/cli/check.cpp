#include "qf/run/check.h"

#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/in_threads.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  bool orphans = false, rejected = false;
  std::int64_t threads = 0;
};

nlohmann::json located(const std::vector<LocatedLine>& lines) {
  nlohmann::json list = nlohmann::json::array();
  for (const LocatedLine& line : lines) {
    nlohmann::json one = {{"kind", line.what}, {"file", line.file}, {"line", line.line}};
    if (!line.field.empty()) one["field"] = line.field;
    if (line.what == "bad_utf8") one["byte_offset"] = line.byte_offset;
    list.push_back(std::move(one));
  }
  return list;
}

nlohmann::json result_json(const CheckResult& result, const Options& options) {
  nlohmann::json conformance = nlohmann::json::array(), readiness = nlohmann::json::array(),
                 events = nlohmann::json::array();
  for (const ConformanceLine& line : result.conformance)
    conformance.push_back({{"event", line.event},
                           {"field", line.field},
                           {"problem", line.problem},
                           {"count", line.count},
                           {"example", {{"file", line.file}, {"line", line.line}}}});
  for (const Readiness& one : result.readiness)
    readiness.push_back({{"name", one.name},
                         {"passed", one.passed},
                         {"measured", one.measured},
                         {"required", one.required},
                         {"hint", one.hint}});
  for (const EventConformance& one : result.events)
    events.push_back(
        {{"event", one.event}, {"lines", one.lines}, {"conform", one.conform}, {"malformed", one.malformed}});
  nlohmann::json json = {{"tally", to_json(result.tally)}, {"conformance", conformance},
                         {"readiness", readiness},         {"events", events},
                         {"verdict", result.verdict},      {"skipped", to_json(result.skipped)},
                         {"bytes", result.bytes}};
  if (options.orphans) json["orphans"] = located(result.orphans);
  if (options.rejected) json["rejected_lines"] = located(result.rejected);
  return json;
}

void print(const CheckResult& result, const Options& options) {
  print_tally(result.tally);
  std::vector<std::vector<std::string>> rows = {{"event", "lines", "conform", "rejected"}};
  for (const EventConformance& one : result.events)
    rows.push_back({one.event, std::to_string(one.lines), std::to_string(one.conform), std::to_string(one.malformed)});
  fmt::print("Event types\n{}", table_text(rows));
  rows.clear();
  for (const ConformanceLine& line : result.conformance)
    rows.push_back({std::to_string(line.count), line.event, line.field, line.problem,
                    fmt::format("e.g. {}:{}", line.file, line.line)});
  if (!rows.empty()) fmt::print("Fields that events should have\n{}", table_text(rows));
  if (const auto steps = result.tally.noted.find("clock_step"); steps != result.tally.noted.end())
    fmt::print("Clock: {} lines are earlier than the line before them\n", steps->second);
  rows.clear();
  for (const Readiness& one : result.readiness)
    rows.push_back({one.passed ? "ok" : "missing", one.name, one.measured, "needs " + one.required, one.hint});
  fmt::print("Ready for training?\n{}", table_text(rows));
  if (options.rejected)
    for (const LocatedLine& line : result.rejected)
      fmt::print("{}:{}: {}{}{}\n", printable(line.file), line.line, line.what,
                 line.field.empty() ? "" : " " + line.field,
                 line.what == "bad_utf8" ? fmt::format(" at byte {}", line.byte_offset) : "");
  if (options.orphans)
    for (const LocatedLine& line : result.orphans)
      fmt::print("{}:{}: {} without a counterpart\n", printable(line.file), line.line, line.what);
  fmt::print("{}\n", result.verdict);
}

int run(const Options& options) {
  auto bar = std::make_unique<ProgressBar>();
  const auto result = check(options.read_paths(), wanted_threads(options.threads), options.key_path(),
                            [&bar](const Progress& progress) { bar->show(progress); });
  bar.reset();
  if (!result) return report(result.error());
  print_skipped(result->skipped);
  if (options.json)
    print_json(result_json(*result, options));
  else
    print(*result, options);
  return result->skipped.empty() ? kDone : kSomeInputsUnreadable;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "check", "what the logs hold, how well they keep to their definitions, whether it is enough; needs no store");
  add_paths(*verb, *options);
  verb->add_flag("--orphans", options->orphans,
                 "list suggestions, decisions and corrections without a counterpart, by file and line");
  verb->add_flag("--rejected", options->rejected, "list the lines that could not be understood, by file and line");
  add_threads(*verb, options->threads, "threads");
  add_key(*verb, *options);
  add_json(*verb, *options);
  verb->footer("Example:\n  qf-dataset check ~/Courses --rejected");
  verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace qf::cli
