// Papers about people and for them: access, retain, report, preview.
#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/rights/access.h"
#include "qf/rights/controller_report.h"
#include "qf/rights/preview.h"
#include "qf/rights/retain.h"

namespace qf::cli {
namespace {

struct AccessOptions : SharedOptions {
  std::string subject, out, language = "sv";
};

void add_language(CLI::App& verb, std::string& language) {
  verb.add_option("--lang", language, "sv or en")->check(CLI::IsMember({"sv", "en"}))->capture_default_str();
}

Result<int> run_access(const AccessOptions& options) {
  AccessRequest request;
  request.store = options.store;
  request.key_file = options.key_path();
  request.out = options.out;
  request.subject = options.subject;
  request.language = options.language;
  request.paths = options.read_paths();
  request.now_us = now_us();
  request.wait = options.lock_wait();
  QF_ASSIGN(const AccessResult result, access(request));
  for (const std::string& done : result.put_right) fmt::print(stderr, "put right: {}\n", done);
  if (options.json) {
    nlohmann::json versions = nlohmann::json::array();
    for (const auto& one : result.versions)
      versions.push_back({{"version", one.name}, {"state", one.state}, {"rows", one.rows}, {"unknown", one.unknown}});
    print_json({{"path", result.out.string()},
                {"found", result.found},
                {"versions", std::move(versions)},
                {"raw_rows", result.raw_rows},
                {"derived_rows", result.derived_rows},
                {"gone", result.gone},
                {"answer_by", format_day(result.answer_by_us)}});
    return kDone;
  }
  if (!result.found) fmt::print("Nothing of this person is kept, by this spelling of the name; the letter says so.\n");
  std::vector<std::vector<std::string>> table;
  for (const auto& one : result.versions)
    table.push_back({one.name, one.state, std::to_string(one.rows), one.unknown.empty() ? "rows" : one.unknown});
  fmt::print("{}", table_text(table, ""));
  for (const std::string& root : result.gone)
    fmt::print("not there any more: {} (name where its logs lie now, and they are read)\n", root);
  fmt::print("{} records read again, {} rows of versions: {}\n", result.raw_rows, result.derived_rows,
             result.out.string());
  fmt::print("To be answered by {}. The folder holds personal data: hand it over, and destroy your copy in 30 days.\n",
             format_day(result.answer_by_us));
  return kDone;
}

struct RetainOptions : SharedOptions {
  std::string clock, authority, by, archive_class = "record";
};

nlohmann::json items_json(const std::vector<RetainItem>& items) {
  nlohmann::json list = nlohmann::json::array();
  for (const RetainItem& item : items)
    list.push_back({{"kind", item.kind},
                    {"name", item.name},
                    {"due", format_day(item.due_us)},
                    {"action", item.action},
                    {"because", item.because},
                    {"done", item.done}});
  return list;
}

nlohmann::json finished_json(const std::vector<std::filesystem::path>& certificates) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& certificate : certificates) list.push_back(certificate.string());
  return list;
}

std::string done_word(const std::string& action) {
  return action == "seal" ? "sealed" : action == "reduce" ? "reduced" : "destroyed";
}

void print_items(std::string_view title, const std::vector<RetainItem>& items) {
  if (items.empty()) return;
  std::vector<std::vector<std::string>> table;
  for (const RetainItem& item : items)
    table.push_back({format_day(item.due_us), item.done ? done_word(item.action) : item.action, item.kind, item.name,
                     item.because});
  fmt::print("{}\n{}", title, table_text(table));
}

Result<int> run_retain(const RetainOptions& options, bool apply) {
  RetainRequest request;
  request.store = options.store;
  request.key_file = options.key_path();
  request.now_us = request.clock_us = now_us();
  if (!options.clock.empty()) {
    const auto clock = parse_day_or_instant(options.clock);
    if (!clock) return failure(ErrorCode::kInvalidInput, "--clock: not a day (2026-01-31) or an instant");
    request.clock_us = *clock;
    // Stated duties may have to be carried out by another clock than this machine's; a slip shows at once.
    if (apply && *clock > request.now_us + kDayUs)
      fmt::print(stderr,
                 "warning: --clock is {} days ahead of this machine's clock: what is due only then is destroyed now\n",
                 (*clock - request.now_us) / kDayUs);
  }
  request.authority = options.authority;
  request.by = options.by;
  request.archive_class = options.archive_class == "working" ? ArchiveClass::kWorking : ArchiveClass::kRecord;
  request.apply = apply;
  request.wait = options.lock_wait();
  QF_ASSIGN(const RetainResult result, retain(request));
  for (const std::string& done : result.put_right) fmt::print(stderr, "put right: {}\n", done);
  if (options.json) {
    print_json({{"clock", format_instant(request.clock_us)},
                {"due", items_json(result.due)},
                {"later", items_json(result.later)},
                {"blocked", result.blocked},
                {"finished_before", finished_json(result.finished)},
                {"receipt", result.receipt.empty() ? nlohmann::json() : nlohmann::json(result.receipt.string())}});
  } else {
    for (const auto& certificate : result.finished)
      fmt::print("What an earlier run had decided is finished: {}\n", certificate.string());
    print_items(apply ? "Was due" : "Due", result.due);
    print_items("Later", result.later);
    if (result.due.empty()) fmt::print("Nothing is due on {}.\n", format_day(request.clock_us));
    if (!result.receipt.empty()) fmt::print("Certificate: {}\n", result.receipt.string());
  }
  return apply && result.blocked ? kRefused : kDone;
}

void add_retain(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("retain", "what has been kept long enough, and its destruction");
  verb->require_subcommand(1);
  for (const bool apply : {false, true}) {
    auto options = std::make_shared<RetainOptions>();
    CLI::App* part = apply ? verb->add_subcommand("apply", "destroy what is due, with a certificate")
                           : verb->add_subcommand("plan", "what is due, and what will be; changes nothing");
    part->add_option("--clock,--as-of", options->clock, "the day whose dues count; default: today");
    part->add_option("--authority", options->authority,
                     "reference of the law or decision under which a public record may be destroyed");
    part->add_option("--class", options->archive_class, "record: public records, which need an authority; or working")
        ->check(CLI::IsMember({"record", "working"}))
        ->capture_default_str();
    add_store(*part, *options);
    if (apply) {
      part->add_option("--by", options->by, "who has it done, for the certificate and the audit log");
      add_wait(*part, *options);
    }
    add_key(*part, *options);
    add_json(*part, *options);
    part->footer(apply ? "Exits 1 where something due had to be sealed in place of destroyed.\nExample:\n  qf-dataset "
                         "retain apply --authority 'ARK 2026-12' --by anna --store ~/dataset"
                       : "Example:\n  qf-dataset retain plan --clock 2027-07-01 --store ~/dataset");
    runs(*part, action, [options, apply] { return run_retain(*options, apply); });
  }
}

struct ReportOptions : SharedOptions {
  std::string out, language = "sv";
};

Result<int> run_report(const ReportOptions& options, PaperKind kind) {
  ReportRequest request;
  request.store = options.store;
  request.out = options.out;
  request.kind = kind;
  request.language = options.language;
  request.now_us = now_us();
  QF_ASSIGN(const auto files, write_report(request));
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.string());
  if (options.json) {
    print_json({{"files", names}});
  } else {
    for (const std::string& name : names) fmt::print("{}\n", name);
    fmt::print("What is marked as to fill in is for a person: the program cannot know it.\n");
  }
  return kDone;
}

void add_report(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("report", "papers of whoever answers for the data, with what was measured");
  verb->require_subcommand(1);
  struct Part {
    const char *name, *meaning;
    PaperKind kind;
  };
  for (const Part& part :
       {Part{"ropa", "the record of processing activities (Article 30)", PaperKind::kRopa},
        Part{"dpia", "a draft of the impact assessment (Article 35)", PaperKind::kDpia},
        Part{"transparency", "a draft of the notice to people (Article 13)", PaperKind::kTransparency}}) {
    auto options = std::make_shared<ReportOptions>();
    CLI::App* one = verb->add_subcommand(part.name, part.meaning);
    one->add_option("--out", options->out, "the folder for it, as Markdown and as a web page")->required();
    add_language(*one, options->language);
    add_store(*one, *options);
    add_json(*one, *options);
    one->footer(fmt::format("Example:\n  qf-dataset report {} --store ~/dataset --out ~/papers --lang en", part.name));
    runs(*one, action, [options, kind = part.kind] { return run_report(*options, kind); });
  }
}

struct PreviewOptions : SharedOptions {
  std::string config, audience, text, as_of, out, language = "sv";
};

Result<int> run_preview(const PreviewOptions& options) {
  PreviewRequest request;
  request.paths = options.read_paths();
  request.store = options.store;
  request.key_file = options.key_path();
  request.out = options.out;
  request.language = options.language;
  request.now_us = now_us();
  if (!options.config.empty()) {
    QF_ASSIGN(request.config, load_config(options.config));
  }
  if (!options.audience.empty()) {
    QF_ASSIGN(request.config.audience, parse_audience(options.audience));
  }
  if (!options.text.empty()) {
    QF_ASSIGN(const TextLevel level, parse_text_level(options.text));
    request.config.text.fill(level);
  }
  if (!options.as_of.empty()) {
    request.as_of_us = parse_day_or_instant(options.as_of);
    if (!request.as_of_us) return failure(ErrorCode::kInvalidInput, "--as-of: not a day (2026-01-31) or an instant");
  }
  QF_ASSIGN(const PreviewResult result, preview(request));
  print_skipped(result.skipped);
  if (options.json) {
    print_json({{"path", options.out},
                {"projects", result.projects},
                {"rows", result.rows},
                {"leaving", result.leaving},
                {"leaving_if_gates_passed", result.otherwise},
                {"leaving_if_agreed", result.if_agreed},
                {"supposed_given", result.supposed},
                {"refused", result.refused},
                {"computed_with", {{"projects", result.all_projects}, {"live_version", result.live_version}}},
                {"left_out", result.left_out},
                {"masked", result.masked},
                {"set_apart", result.set_apart}});
  } else {
    fmt::print("{} of {} records of {} projects would leave: {}\n", result.leaving, result.rows, result.projects,
               options.out);
    if (!result.supposed.empty())
      fmt::print("The page is made as if {} were given: {} rows would leave then.\n", fmt::join(result.supposed, ", "),
                 result.if_agreed);
    if (!result.refused.empty() && result.otherwise != 0)
      fmt::print("{} would if a version could be made; refused now by {}\n", result.otherwise,
                 fmt::join(result.refused, ", "));
  }
  return result.skipped.empty() ? kDone : kSomeInputsUnreadable;
}

void add_preview(CLI::App& app, Action& action) {
  auto options = std::make_shared<PreviewOptions>();
  CLI::App* verb = app.add_subcommand("preview", "a page for a teacher: what of their logs would leave, and what not");
  add_paths(*verb, *options);
  verb->add_option("--config", options->config, "a TOML file; `qf-dataset schema config` prints every key");
  verb->add_option("--audience", options->audience, "private, internal or external");
  verb->add_option("--text", options->text, "none, features, redacted or raw, for all texts");
  verb->add_option("--as-of", options->as_of, "the day or instant whose consent counts; default: now");
  verb->add_option("--out", options->out, "the page; it holds the person's own texts")->required();
  add_language(*verb, options->language);
  add_store(*verb, *options);
  add_key(*verb, *options);
  add_json(*verb, *options);
  verb->footer(
      "Example:\n  qf-dataset preview ~/Courses/bio --store ~/dataset --audience internal --text redacted "
      "--out ~/preview.html");
  runs(*verb, action, [options] { return run_preview(*options); });
}

}  // namespace

void add_papers(CLI::App& app, Action& action) {
  auto asked = std::make_shared<AccessOptions>();
  CLI::App* verb = app.add_subcommand("access", "everything that is kept of one person, for that person");
  add_paths(*verb, *asked, false);
  verb->add_option("--subject", asked->subject, "the person, as the register writes them")->required();
  verb->add_option("--out", asked->out, "a new folder for the answer; it is made for you alone")->required();
  add_language(*verb, asked->language);
  add_store(*verb, *asked);
  add_wait(*verb, *asked);
  add_key(*verb, *asked);
  add_json(*verb, *asked);
  verb->footer(
      "PATH says where the logs lie now; default: where builds read them.\n"
      "Example:\n  qf-dataset access --subject 'Anna Ek' --store ~/dataset --out ~/answer-anna");
  runs(*verb, action, [asked] { return run_access(*asked); });
  add_retain(app, action);
  add_report(app, action);
  add_preview(app, action);
}

}  // namespace qf::cli
