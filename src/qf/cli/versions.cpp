#include <fmt/format.h>

#include <memory>
#include <utility>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/store/diff.h"
#include "qf/store/version_facts.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string version, other;
  bool rows = false;
};

nlohmann::json listed_json(const ListedVersion& version) {
  return {
      {"version", version.version},
      {"audience", version.audience},
      {"state", version.state},
      {"created_at", format_instant(version.created_at_us)},
      {"as_of", format_instant(version.as_of_us)},
      {"removed_at", version.removed_at_us ? nlohmann::json(format_instant(*version.removed_at_us)) : nlohmann::json()},
      {"held", version.held},
      {"path", version.path.empty() ? nlohmann::json() : nlohmann::json(version.path.string())},
      {"program", version.program_version},
      {"key", version.key_id},
      {"identity", version.identity},
      {"content_digest", version.content_digest},
      {"logical_digest", version.logical_digest}};
}

std::string place_of(const ListedVersion& version) {
  if (!version.path.empty()) return version.path.string();
  return version.removed_at_us ? "removed" : "MISSING";
}

Result<int> versions(const Options& options) {
  QF_ASSIGN(const auto list, list_versions(Store(options.store)));
  nlohmann::json all = nlohmann::json::array();
  std::vector<std::vector<std::string>> table = {{"version", "state", "created", "as of", "files"}};
  for (const ListedVersion& one : list) {
    all.push_back(listed_json(one));
    table.push_back({one.audience + "/" + one.version, one.state + (one.held ? ", held" : ""),
                     format_day(one.created_at_us), format_day(one.as_of_us), place_of(one)});
  }
  if (options.json)
    print_json({{"versions", std::move(all)}});
  else
    fmt::print("{}", table_text(table, ""));
  return kDone;
}

Result<int> show(const Options& options) {
  using nlohmann::literals::operator""_json_pointer;
  QF_ASSIGN(const ShownVersion shown, show_version(Store(options.store), options.version));
  // Of a version that was removed there is none.
  const nlohmann::json manifest = nlohmann::json::parse(shown.manifest, nullptr, false);
  if (options.json) {
    nlohmann::json json = listed_json(shown.listed);
    for (const char* field : {"previous_version", "tally", "gates", "configuration", "files"})
      json[field] = manifest.is_object() && manifest.contains(field) ? manifest[field] : nlohmann::json();
    json["holds"] = nlohmann::json::array();
    for (const VersionHold& hold : shown.holds)
      json["holds"].push_back(
          {{"reason", hold.reason},
           {"placed_by", hold.placed_by},
           {"placed_at", format_instant(hold.placed_at_us)},
           {"lifted_at", hold.lifted_at_us ? nlohmann::json(format_instant(*hold.lifted_at_us)) : nlohmann::json()}});
    print_json(json);
    return kDone;
  }
  const ListedVersion& v = shown.listed;
  std::vector<std::vector<std::string>> table = {{"version", "= " + v.audience + "/" + v.version},
                                                 {"state", "= " + v.state + (v.held ? ", under legal hold" : "")},
                                                 {"created", "= " + format_instant(v.created_at_us)},
                                                 {"consent as of", "= " + format_instant(v.as_of_us)},
                                                 {"program", "= " + v.program_version},
                                                 {"key", "= " + v.key_id},
                                                 {"content digest", "= " + v.content_digest},
                                                 {"logical digest", "= " + v.logical_digest},
                                                 {"files", "= " + place_of(v)}};
  if (manifest.is_object()) {
    if (manifest.contains("previous_version") && manifest["previous_version"].is_string())
      table.push_back({"version before", "= " + manifest["previous_version"].get<std::string>()});
    const auto part = [](const nlohmann::json& of, const char* name) {
      const auto found = of.is_object() ? of.find(name) : of.end();
      return found != of.end() && found->is_object() ? *found : nlohmann::json::object();
    };
    const nlohmann::json written = part(part(manifest, "tally"), "written");
    for (const auto& [name, splits] : written.items()) {
      if (!splits.is_object()) continue;
      for (const auto& [split, rows] : splits.items())
        table.push_back({fmt::format("{} {}", name, split), fmt::format("= {} rows", rows.dump())});
    }
  }
  fmt::print("{}", table_text(table, ""));
  for (const VersionHold& hold : shown.holds)
    fmt::print("{}: {} ({}, {})\n", hold.lifted_at_us ? "hold, lifted" : "hold", hold.reason, hold.placed_by,
               format_day(hold.placed_at_us));
  return kDone;
}

nlohmann::json difference_json(const RowDifference& rows) {
  return {{"added", rows.added}, {"removed", rows.removed}, {"changed", rows.changed}, {"moved", rows.moved}};
}

Result<int> diff(const Options& options) {
  DiffRequest request{Store(options.store), options.version, options.other, options.key_path(), {}};
  nlohmann::json rows = nlohmann::json::array();
  bool headed = false;
  const auto head = [&] {
    if (!std::exchange(headed, true))
      fmt::print("change,table,record_before,record_after,split_before,split_after,fold_before,fold_after,reason\n");
  };
  if (options.rows)
    request.each = [&](const ChangedRow& row) {
      if (!options.json) head();
      if (options.json)
        rows.push_back({{"change", to_string(row.change)},
                        {"table", row.table},
                        {"record_before", row.record_before},
                        {"record_after", row.record_after},
                        {"split_before", row.split_before},
                        {"split_after", row.split_after},
                        {"fold_before", row.fold_before},
                        {"fold_after", row.fold_after},
                        {"reason", row.reason}});
      else
        fmt::print("{},{},{},{},{},{},{},{},\"{}\"\n", to_string(row.change), row.table, row.record_before,
                   row.record_after, row.split_before, row.split_after, row.fold_before, row.fold_after, row.reason);
    };
  QF_ASSIGN(const VersionDifference found, diff_versions(request));
  const auto name = [](const NamedVersion& version) {
    return fmt::format("{}/{}", to_string(version.audience), to_string(version.facts.version));
  };
  if (options.json) {
    nlohmann::json tables = nlohmann::json::object();
    for (const auto& [table, difference] : found.tables) tables[table] = difference_json(difference);
    nlohmann::json reasons = nlohmann::json::array();
    for (const auto& [what, count] : found.reasons)
      reasons.push_back({{"change", what.first}, {"reason", what.second}, {"rows", count}});
    nlohmann::json columns = nlohmann::json::array();
    for (const ChangedColumn& column : found.columns)
      columns.push_back({{"table", column.table}, {"column", column.column}, {"change", column.change}});
    nlohmann::json json = {
        {"before", name(found.before)},         {"after", name(found.after)},  {"rows", difference_json(found.rows)},
        {"changed_and_moved", found.moved_too}, {"tables", std::move(tables)}, {"reasons", std::move(reasons)},
        {"columns", std::move(columns)},        {"settings", found.settings},  {"other_key", found.other_key}};
    if (options.rows) json["changed_rows"] = std::move(rows);
    print_json(json);
    return kDone;
  }
  if (options.rows) {
    head();
    return kDone;
  }
  fmt::print("{} → {}\n", name(found.before), name(found.after));
  if (found.other_key) fmt::print("They were built under two keys: no row of one can be found in the other.\n");
  std::vector<std::vector<std::string>> table = {{"rows", "added", "removed", "changed", "moved"}};
  const auto line = [&](const std::string& what, const RowDifference& d) {
    table.push_back(
        {what, std::to_string(d.added), std::to_string(d.removed), std::to_string(d.changed), std::to_string(d.moved)});
  };
  for (const auto& [what, difference] : found.tables) line(what, difference);
  line("all", found.rows);
  fmt::print("{}", table_text(table));
  if (found.moved_too != 0) fmt::print("  {} of the changed rows are in another split, too\n", found.moved_too);
  for (const auto& [what, count] : found.reasons) fmt::print("  {} {}: {}\n", count, what.first, what.second);
  for (const ChangedColumn& column : found.columns)
    fmt::print("  column {}.{} {}\n", column.table, column.column, column.change);
  for (const std::string& setting : found.settings) fmt::print("  setting {}\n", setting);
  if (found.rows.none() && found.columns.empty() && found.settings.empty()) fmt::print("  Nothing differs.\n");
  return kDone;
}

}  // namespace

void add_versions(CLI::App& app, Action& action) {
  auto listed = std::make_shared<Options>();
  CLI::App* lister = app.add_subcommand("versions", "the versions of a store: live, superseded, revoked, removed");
  add_store(*lister, *listed);
  add_json(*lister, *listed);
  lister->footer("Example:\n  qf-dataset versions --store ~/dataset");
  runs(*lister, action, [listed] { return versions(*listed); });

  auto shown = std::make_shared<Options>();
  CLI::App* shower = app.add_subcommand("show", "what is on record about one version");
  shower->add_option("VERSION", shown->version, "MAJOR.MINOR.PATCH, or AUDIENCE/MAJOR.MINOR.PATCH")->required();
  add_store(*shower, *shown);
  add_json(*shower, *shown);
  shower->footer("Example:\n  qf-dataset show private/1.0.0 --store ~/dataset");
  runs(*shower, action, [shown] { return show(*shown); });

  auto compared = std::make_shared<Options>();
  CLI::App* differ = app.add_subcommand("diff", "rows, columns and settings that differ between two versions, and why");
  differ->add_option("A", compared->version, "the one before")->required();
  differ->add_option("B", compared->other, "the one after")->required();
  differ->add_flag("--rows", compared->rows, "every row by its record_id in both versions, as CSV; needs the key");
  add_store(*differ, *compared);
  add_key(*differ, *compared);
  add_json(*differ, *compared);
  differ->footer("Example:\n  qf-dataset diff 1.0.0 1.1.0 --store ~/dataset");
  runs(*differ, action, [compared] { return diff(*compared); });
}

}  // namespace qf::cli
