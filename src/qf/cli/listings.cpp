#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/run/listing.h"
#include "qf/run/schema_text.h"
#include "qf/store/config.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string name, format = "text";
};

int list(const Options& options) {
  const auto listing = list_table(options.name);
  if (!listing) return report(listing.error());
  if (options.json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& row : listing->rows) {
      nlohmann::json one = nlohmann::json::object();
      for (std::size_t i = 0; i < row.size(); ++i) one[listing->columns[i]] = row[i];
      rows.push_back(std::move(one));
    }
    print_json(nlohmann::json{{listing->name, rows}});
  } else if (options.format == "markdown") {
    fmt::print("{}", listing_markdown(*listing));
  } else {
    fmt::print("{}\n", listing->meaning);
    auto rows = listing->rows;
    rows.insert(rows.begin(), listing->columns);
    fmt::print("{}", table_text(rows, ""));
  }
  return kDone;
}

int config_schema(const Options& options) {
  if (options.json) {
    nlohmann::json keys = nlohmann::json::array();
    for (const ConfigKey& key : config_keys())
      keys.push_back({{"name", key.name},
                      {"type", key.type},
                      {"unit", key.unit},
                      {"default", key.fallback},
                      {"meaning", key.meaning}});
    print_json(nlohmann::json{{"keys", keys}});
    return kDone;
  }
  std::vector<std::vector<std::string>> rows = {{"key", "type", "unit", "default", "meaning"}};
  for (const ConfigKey& key : config_keys())
    rows.push_back({std::string(key.name), std::string(key.type), std::string(key.unit), std::string(key.fallback),
                    std::string(key.meaning)});
  fmt::print("{}", table_text(rows, ""));
  return kDone;
}

int schema(const Options& options) {
  if (options.name == "config") return config_schema(options);
  const auto text =
      schema_text(options.name, options.format == "markdown" ? SchemaFormat::kMarkdown : SchemaFormat::kJson);
  if (!text) return report(text.error());
  fmt::print("{}", *text);
  return kDone;
}

}  // namespace

void add_listings(CLI::App& app, Action& action) {
  auto listed = std::make_shared<Options>();
  CLI::App* lister = app.add_subcommand(
      "list",
      "the tables of the program: events, fields, rules, recognizers, checks, formats, links, reasons, vocabularies");
  lister->add_option("NAME", listed->name, "which table")->required();
  lister->add_option("--format", listed->format, "text or markdown")->check(CLI::IsMember({"text", "markdown"}));
  add_json(*lister, *listed);
  lister->footer("Example:\n  qf-dataset list events");
  lister->callback([listed, &action] { action = [listed] { return list(*listed); }; });

  auto described = std::make_shared<Options>();
  CLI::App* describer = app.add_subcommand(
      "schema", "schemas: of a table's rows, of an event's data (event:NAME), of the configuration (config)");
  describer->add_option("NAME", described->name,
                        "decisions, corrections, questions, config, event:NAME, events; without: all tables");
  describer->add_option("--format", described->format, "json (JSON Schema 2020-12) or markdown")
      ->check(CLI::IsMember({"json", "markdown"}));
  add_json(*describer, *described);
  describer->footer(
      "Examples:\n  qf-dataset schema decisions\n  qf-dataset schema config\n  qf-dataset schema event:ai_suggestion");
  describer->callback([described, &action] { action = [described] { return schema(*described); }; });
}

}  // namespace qf::cli
