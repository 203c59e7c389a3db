// What keeps a store in order: removing versions, holding them, drawing splits anew.
#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/store/gc.h"
#include "qf/store/splits.h"
#include "qf/store/version_facts.h"
#include "qf/store/version_name.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::vector<std::string> versions;
  std::string version, reason, by;
  bool dry_run = false, reassign = false;
};

void print_put_right(const WritableStore& store) {
  for (const std::string& done : store.put_right) fmt::print(stderr, "put right: {}\n", done);
}

Result<int> gc(const Options& options) {
  const Store store(options.store);
  std::vector<GcItem> plan;
  if (options.dry_run) {
    QF_ASSIGN(const Database ledger, store.open_read_only());
    QF_ASSIGN(plan, plan_gc(store, ledger, options.versions));
  } else {
    QF_ASSIGN(const WritableStore writable, open_for_change(store, IfMissing::kRefuse, options.lock_wait()));
    print_put_right(writable);
    QF_ASSIGN(plan, plan_gc(store, writable.ledger, options.versions));
    QF_CHECK(collect(store, writable, plan, now_us()));
  }
  nlohmann::json removed = nlohmann::json::array(), kept = nlohmann::json::array();
  std::uint64_t bytes = 0;
  std::vector<std::vector<std::string>> table;
  for (const GcItem& item : plan) {
    const std::string name = item.audience + "/" + item.version;
    if (item.removed) {
      bytes += item.bytes;
      removed.push_back({{"version", name}, {"bytes", item.bytes}});
      table.push_back({options.dry_run ? "would go" : "removed", name, bytes_text(static_cast<double>(item.bytes))});
    } else {
      kept.push_back({{"version", name}, {"because", item.kept_because}});
      table.push_back({"stays", name, item.kept_because});
    }
  }
  if (options.json)
    print_json({{"dry_run", options.dry_run}, {"removed", removed}, {"kept", kept}, {"bytes", bytes}});
  else
    fmt::print("{}{} {}\n", table_text(table, ""), bytes_text(static_cast<double>(bytes)),
               options.dry_run ? "would be freed; nothing was removed" : "freed");
  return kDone;
}

Result<int> hold(const Options& options, bool place) {
  const Store store(options.store);
  QF_ASSIGN(const WritableStore writable, open_for_change(store, IfMissing::kRefuse, options.lock_wait()));
  QF_ASSIGN(const auto versions, load_versions(writable.ledger));
  QF_ASSIGN(const NamedVersion named, find_version(versions, options.version));
  if (place)
    QF_CHECK(place_hold(writable.ledger, named.facts, options.reason, options.by, now_us()));
  else
    QF_CHECK(lift_hold(writable.ledger, named.facts, options.by, now_us()));
  const std::string name = name_of(named.facts);
  if (options.json)
    print_json({{"version", name}, {"held", place}});
  else
    fmt::print("{} {}\n", name, place ? "is held: gc leaves it alone until the hold is lifted" : "is no longer held");
  return kDone;
}

Result<int> list_holds(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(const auto holds, load_holds(ledger));
  nlohmann::json list = nlohmann::json::array();
  std::vector<std::vector<std::string>> table = {{"version", "placed", "by", "lifted", "reason"}};
  for (const VersionHold& one : holds) {
    const std::string name = one.audience + "/" + to_string(one.version);
    list.push_back(
        {{"version", name},
         {"reason", one.reason},
         {"placed_by", one.placed_by},
         {"placed_at", format_instant(one.placed_at_us)},
         {"lifted_by", one.lifted_by},
         {"lifted_at", one.lifted_at_us ? nlohmann::json(format_instant(*one.lifted_at_us)) : nlohmann::json()}});
    table.push_back({name, format_day(one.placed_at_us), one.placed_by,
                     one.lifted_at_us ? format_day(*one.lifted_at_us) : "in force", one.reason});
  }
  if (options.json)
    print_json({{"holds", std::move(list)}});
  else
    fmt::print("{}", table_text(table, ""));
  return kDone;
}

Result<int> split(const Options& options) {
  const Store store(options.store);
  SplitCounts counts;
  if (options.reassign) {
    QF_ASSIGN(const WritableStore writable, open_for_change(store, IfMissing::kRefuse, options.lock_wait()));
    QF_ASSIGN(counts, count_splits(writable.ledger));
    QF_CHECK(reassign_splits(writable, now_us()));
  } else {
    QF_ASSIGN(const Database ledger, store.open_read_only());
    QF_ASSIGN(counts, count_splits(ledger));
  }
  if (options.json) {
    print_json({{"people", counts.people}, {"folds", counts.folds}, {"reassigned", options.reassign}});
    return kDone;
  }
  std::vector<std::vector<std::string>> table;
  for (const auto& [name, people] : counts.people) table.push_back({name, std::to_string(people), "people"});
  fmt::print("{}", table_text(table, ""));
  if (table.empty())
    fmt::print("Nobody has a place: the next build of each audience places everybody.\n");
  else if (options.reassign)
    fmt::print(
        "These places are forgotten: the next build of each audience draws anew and is MAJOR where somebody "
        "moves.\n");
  return kDone;
}

void add_hold(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("hold", "legal hold: versions that gc must leave alone");
  verb->require_subcommand(1);
  auto placed = std::make_shared<Options>();
  CLI::App* add = verb->add_subcommand("add", "hold a version");
  add->add_option("VERSION", placed->version, "MAJOR.MINOR.PATCH, or AUDIENCE/MAJOR.MINOR.PATCH")->required();
  add->add_option("--reason", placed->reason, "why it has to stay, for the record")->required();
  add->add_option("--by", placed->by, "who places the hold");
  add_store(*add, *placed);
  add_wait(*add, *placed);
  add_json(*add, *placed);
  add->footer("Example:\n  qf-dataset hold add 1.0.0 --reason 'case 2026-17' --by anna --store ~/dataset");
  runs(*add, action, [placed] { return hold(*placed, true); });

  auto lifted = std::make_shared<Options>();
  CLI::App* remove = verb->add_subcommand("remove", "lift a hold; it stays on record");
  remove->add_option("VERSION", lifted->version, "the version")->required();
  remove->add_option("--by", lifted->by, "who lifts it");
  add_store(*remove, *lifted);
  add_wait(*remove, *lifted);
  add_json(*remove, *lifted);
  remove->footer("Example:\n  qf-dataset hold remove 1.0.0 --by anna --store ~/dataset");
  runs(*remove, action, [lifted] { return hold(*lifted, false); });

  auto listed = std::make_shared<Options>();
  CLI::App* list = verb->add_subcommand("list", "all holds, lifted ones too");
  add_store(*list, *listed);
  add_json(*list, *listed);
  list->footer("Example:\n  qf-dataset hold list --store ~/dataset");
  runs(*list, action, [listed] { return list_holds(*listed); });
}

}  // namespace

void add_keeping(CLI::App& app, Action& action) {
  auto collected = std::make_shared<Options>();
  CLI::App* collector = app.add_subcommand("gc", "remove superseded versions; never a live or a held one");
  collector->add_option("VERSION", collected->versions, "only these; default: all that are superseded or revoked");
  collector->add_flag("--dry-run", collected->dry_run, "say what would go, remove nothing");
  add_store(*collector, *collected);
  add_wait(*collector, *collected);
  add_json(*collector, *collected);
  collector->footer("Example:\n  qf-dataset gc --store ~/dataset --dry-run");
  runs(*collector, action, [collected] { return gc(*collected); });

  add_hold(app, action);

  auto drawn = std::make_shared<Options>();
  CLI::App* splitter = app.add_subcommand("split", "how many people are in which split; place everybody anew");
  splitter->add_flag("--reassign", drawn->reassign, "forget who is where: the next build draws anew, and is MAJOR");
  add_store(*splitter, *drawn);
  add_wait(*splitter, *drawn);
  add_json(*splitter, *drawn);
  splitter->footer("Examples:\n  qf-dataset split --store ~/dataset\n  qf-dataset split --reassign --store ~/dataset");
  runs(*splitter, action, [drawn] { return split(*drawn); });
}

}  // namespace qf::cli
