#include "qf/run/build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cstdlib>
#include <memory>

#include "qf/cli/owed.h"
#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/store/store.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string config, audience, text, as_of;
  std::int64_t threads = -1;
  bool dry_run = false, new_key = false, verify_inputs = false;
};

// SOURCE_DATE_EPOCH (reproducible-builds.org): the date that the ledger gives the version, in place of now. Never the
// instant whose consent counts.
Result<std::optional<std::int64_t>> source_date_us() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') return std::nullopt;
  const std::string_view digits(text);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999
  if (error != std::errc() || end != digits.data() + digits.size() || seconds < 0 || seconds > kLastSecond)
    return failure(ErrorCode::kInvalidInput, "SOURCE_DATE_EPOCH: must be whole seconds since 1970, in digits");
  return std::optional(seconds * kSecondUs);
}

Result<BuildRequest> request_of(const Options& options) {
  BuildRequest request;
  request.paths = options.read_paths();
  request.store = options.store;
  request.key_file = options.key_path();
  if (!options.config.empty()) {
    QF_ASSIGN(request.config, load_config(options.config));
  }
  const auto named = [](std::string_view option, Error error) {
    return failure(error.code, fmt::format("{}: {}", option, error.message));
  };
  if (!options.audience.empty()) {
    auto audience = parse_audience(options.audience);
    if (!audience) return named("--audience", audience.error());
    request.config.audience = *audience;
  }
  if (!options.text.empty()) {
    auto level = parse_text_level(options.text);
    if (!level) return named("--text", level.error());
    request.config.text.fill(*level);
  }
  if (options.threads >= 0) request.config.threads = options.threads;
  if (!options.as_of.empty()) {
    request.as_of_us = parse_day_or_instant(options.as_of);
    if (!request.as_of_us)
      return failure(ErrorCode::kInvalidInput, "--as-of: not a day (2026-01-31) or an instant (2026-01-31T12:00:00Z)");
  }
  request.now_us = now_us();
  request.clock = now_us;
  QF_ASSIGN(request.created_at_us, source_date_us());
  request.dry_run = options.dry_run;
  request.new_key = options.new_key;
  request.verify_inputs = options.verify_inputs;
  request.wait = options.lock_wait();
  return request;
}

nlohmann::json stages_json(const StageTimes& stages) {
  nlohmann::json list = nlohmann::json::array();
  for (const StageTime& stage : stages.list()) list.push_back({{"name", stage.name}, {"seconds", stage.seconds}});
  return list;
}

nlohmann::json result_json(const BuildResult& result) {
  nlohmann::json json = {{"version", result.version.empty() ? nlohmann::json() : nlohmann::json(result.version)},
                         {"path", result.path.empty() ? nlohmann::json() : nlohmann::json(result.path.string())},
                         {"audience", result.audience},
                         {"tally", to_json(result.tally)},
                         {"gates", to_json(result.gates)},
                         {"anonymity", to_json(result.anonymity)},
                         {"content_digest", result.content_digest},
                         {"logical_digest", result.logical_digest},
                         {"seconds", result.seconds},
                         {"stages", stages_json(result.stages)},
                         {"bytes", result.bytes},
                         {"subjects", result.subjects},
                         {"confirmed_subjects", result.confirmed_subjects},
                         {"skipped", to_json(result.skipped)},
                         {"warnings", result.warnings},
                         {"put_right", result.put_right},
                         {"projects",
                          {{"reused", result.projects_reused},
                           {"read", result.projects_read},
                           {"continued", result.projects_continued},
                           {"changed", result.projects_changed}}}};
  if (result.unchanged) json["unchanged"] = true;
  if (result.unchanged) json["other_inputs"] = result.other_inputs;
  if (!result.revoked.empty()) json["revoked"] = result.revoked;
  if (result.dry_run) json["dry_run"] = true;
  if (!result.next.empty()) json["next"] = result.next;
  return json;
}

nlohmann::json refusal_json(const BuildRequest& request, const Error& error) {
  nlohmann::json gate = {
      {"name", "policy"}, {"passed", false}, {"measured", error.message}, {"required", ""}, {"severity", "refuse"}};
  return {{"version", nullptr},
          {"path", nullptr},
          {"audience", to_string(request.config.audience)},
          {"gates", {gate}},
          {"next", {"qf-dataset build PATH --store DIR --audience private --text features"}}};
}

// How much each quasi-identifier still says, and who can be singled out by them.
void print_anonymity(const std::vector<TableAnonymity>& tables) {
  for (const TableAnonymity& table : tables) {
    const Anonymised& facts = table.facts;
    fmt::print("Groups of {}: k = {}, {} groups; {} of {} rows left out; rows of one person {} before, {} after\n",
               table.table, facts.k, facts.classes, facts.left_out, facts.rows, facts.unique_before,
               facts.unique_after);
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string_view> gone;
    for (const RetainedInformation& column : facts.columns) {
      if (column.level == column.levels && column.retained < 1) gone.push_back(column.name);
      rows.push_back({std::string(column.name), fmt::format("level {} of {}", column.level, column.levels),
                      fmt::format("{:.0f} % of its information kept", column.retained * 100)});
    }
    fmt::print("{}", table_text(rows));
    if (!gone.empty()) fmt::print("  nothing is left of: {}\n", fmt::join(gone, ", "));
    if (!facts.rare_values_in.empty())
      fmt::print("  values that too few people have were emptied in: {}\n", fmt::join(facts.rare_values_in, ", "));
  }
  if (!tables.empty())
    fmt::print(
        "k counts people over these columns. All rows of one person together are another matter: of {} people, "
        "{} have a set of groups that nobody else has.\n",
        tables.front().facts.people, tables.front().facts.profiles_after);
}

void print(const BuildResult& result) {
  print_tally(result.tally);
  std::vector<std::vector<std::string>> rows;
  for (const GateResult& gate : result.gates)
    rows.push_back({gate.passed                        ? "ok"
                    : gate.severity == Severity::kWarn ? "warns"
                                                       : "refuses",
                    gate.name, gate.measured, "needs " + gate.required});
  fmt::print("Gates\n{}", table_text(rows));
  for (const GateResult& gate : result.gates)
    if (!gate.hint.empty()) fmt::print("  {}: {}\n", gate.name, gate.hint);
  print_anonymity(result.anonymity);
  for (const std::string& warning : result.warnings) fmt::print("warning: {}\n", warning);
  if (result.projects_reused + result.projects_continued != 0) {
    fmt::print("Projects: {} as the build before left them, {} read", result.projects_reused, result.projects_read);
    if (result.projects_continued != 0)
      fmt::print(", {} of them on from where they had ended", result.projects_continued);
    if (result.projects_changed != 0)
      fmt::print(", {} of them anew, since their files are not as they were (size, times or what stands in them)",
                 result.projects_changed);
    fmt::print("\n");
  }
  if (result.unchanged) {
    fmt::print("{}: {} {} stands at {}\n", result.other_inputs ? "No row has changed" : "Nothing has changed",
               result.audience, result.version, result.path.string());
    if (result.other_inputs)
      fmt::print(
          "What was read has changed, though. Where a log only went on, `rebuild` finds its old end; where one was "
          "edited "
          "or is gone, this version cannot be built again from what lies there now.\n");
  } else if (!result.version.empty()) {
    fmt::print("Published {} {} in {:.1f} s at {}\n", result.audience, result.version, result.seconds,
               result.path.string());
    fmt::print("{} Pseudonymised is not anonymous.\n", result.audience == "private"
                                                           ? "It is private: it stays with whoever holds the logs."
                                                           : "Record who receives it: `qf-dataset recipients add`.");
  } else if (result.dry_run && result.next.empty()) {
    fmt::print("Dry run: nothing was published. {} people, {} of them confirmed.\n", result.subjects,
               result.confirmed_subjects);
  } else {
    fmt::print("Nothing was published: a gate refused.\n");
    if (!result.next.empty()) fmt::print("What leads on:\n");
    for (const std::string& command : result.next) fmt::print("  {}\n", command);
  }
}

// What holds whatever became of the rows.
void print_done(const BuildRequest& request, const DoneBefore& done) {
  if (done.key_created)
    fmt::print(stderr,
               "A key was made at {}. Back it up: without it no version can be rebuilt and nobody looked up in one.\n",
               request.key_file.string());
  for (const std::string& what : done.put_right) fmt::print(stderr, "put right: {}\n", what);
  for (const std::string& version : done.revoked)
    fmt::print(stderr, "{} was taken back first: somebody in it no longer agrees to what it holds\n", version);
  if (done.revoked.empty()) return;
  if (const auto ledger = Store(request.store).open_read_only())
    if (const auto owed = owed_for_withdrawal(*ledger, done.revoked)) print_owed(*owed, stderr);
}

int run(const Options& options) {
  auto request = request_of(options);
  if (!request) return report(request.error());
  std::unique_ptr<ProgressBar> bar = std::make_unique<ProgressBar>();
  request->progress = [&bar](const Progress& progress) { bar->show(progress); };
  DoneBefore done;
  auto result = build(*request, done);
  bar.reset();
  print_done(*request, done);
  if (!result) {
    // A refusal is an answer too: a script that asked for JSON gets an object.
    if (options.json && result.error().code == ErrorCode::kRefused) print_json(refusal_json(*request, result.error()));
    return report(result.error());
  }
  print_skipped(result->skipped);
  if (options.json)
    print_json(result_json(*result));
  else
    print(*result);
  const bool refused = result->version.empty() && !(result->dry_run && result->next.empty());
  if (refused) return kRefused;
  return result->skipped.empty() ? kDone : kSomeInputsUnreadable;
}

}  // namespace

void add_build(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("build", "logs to a new published version, or a refusal that says what leads on");
  add_paths(*verb, *options);
  add_store(*verb, *options);
  verb->add_option("--config", options->config, "a TOML file; `qf-dataset schema config` prints every key");
  verb->add_option("--audience", options->audience, "private, internal or external");
  verb->add_option("--text", options->text, "none, features, redacted or raw, for all texts");
  verb->add_option("--as-of", options->as_of, "the day or instant whose consent counts; default: now");
  add_threads(*verb, options->threads, "threads");
  verb->add_flag("--dry-run", options->dry_run, "count what would leave, publish nothing");
  verb->add_flag("--verify-inputs", options->verify_inputs,
                 "digest every log whole before what the build before staged of it is used again");
  verb->add_flag(
      "--new-key", options->new_key,
      "go on under a new key where the store's own is lost: a MAJOR version that shares nothing with older ones; or "
      "without the salts of older versions where these are lost");
  add_wait(*verb, *options);
  add_key(*verb, *options);
  add_json(*verb, *options);
  verb->footer("Example:\n  qf-dataset build ~/Courses --store ~/dataset --text features");
  verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace qf::cli
