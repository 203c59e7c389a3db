// Papers about people and for them: access, retain, report, preview.
#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/run/access.h"

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
  verb->footer("PATH says where the logs lie now; default: where builds read them.\n"
               "Example:\n  qf-dataset access --subject 'Anna Ek' --store ~/dataset --out ~/answer-anna");
  runs(*verb, action, [asked] { return run_access(*asked); });
}

}  // namespace qf::cli
