#include <fmt/format.h>

#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/run/import_people.h"
#include "qf/run/people_list.h"
#include "qf/store/recover.h"

namespace qf::cli {
namespace {

int list(const SharedOptions& options) {
  ProgressBar bar;
  const std::optional<std::filesystem::path> store =
      options.store.empty() ? std::nullopt : std::optional<std::filesystem::path>(options.store);
  const auto listing =
      list_people(options.read_paths(), store, now_us(), [&bar](const Progress& progress) { bar.show(progress); });
  if (!listing) return report(listing.error());
  print_skipped(listing->skipped);
  for (const std::string& warning : listing->warnings) fmt::print(stderr, "warning: {}\n", warning);
  if (options.json) {
    nlohmann::json projects = nlohmann::json::array();
    for (const ListedProject& p : listing->projects)
      projects.push_back({{"project", p.project},
                          {"subject", p.subject},
                          {"confirmed", p.confirmed},
                          {"sessions", p.sessions},
                          {"decisions", p.decisions},
                          {"first_day", p.first_day},
                          {"last_day", p.last_day},
                          {"consent", p.consent},
                          {"controller", p.controller}});
    print_json(nlohmann::json{
        {"projects", projects}, {"skipped", to_json(listing->skipped)}, {"warnings", listing->warnings}});
  } else {
    fmt::print("{}", people_csv(*listing));
  }
  return listing->skipped.empty() ? kDone : kSomeInputsUnreadable;
}

int import(const std::string& file, const SharedOptions& options) {
  if (const Status there = check_named(file); !there) return report(there.error());
  const auto store = open_for_change(Store(options.store), IfMissing::kMake, options.lock_wait());
  if (!store) return report(store.error());
  const auto imported = import_register(store->ledger, options.key_path(), file, now_us());
  if (!imported) return report(imported.error());
  const PeopleImport& counts = imported->counts;
  nlohmann::json json = {{"added", counts.added}, {"changed", counts.changed}, {"unchanged", counts.unchanged}};
  if (imported->erased != 0) json["erased"] = imported->erased;
  if (options.json)
    print_json(json);
  else
    fmt::print("{} projects confirmed, {} now another person's, {} as before\n", counts.added, counts.changed,
               counts.unchanged);
  if (imported->erased != 0)
    fmt::print(stderr, "{} lines were passed over: their people were erased from this store\n", imported->erased);
  return kDone;
}

}  // namespace

void add_people(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("people", "who is in the logs, and whose project is which");
  verb->require_subcommand(1);
  verb->footer("Example:\n  qf-dataset people list ~/Courses > people.csv");

  auto list_options = std::make_shared<SharedOptions>();
  CLI::App* lister = verb->add_subcommand("list", "every project with its person, guessed or confirmed, as CSV");
  add_paths(*lister, *list_options);
  add_store(*lister, *list_options, false);
  add_json(*lister, *list_options);
  lister->footer("Example:\n  qf-dataset people list ~/Courses > people.csv");
  lister->callback([list_options, &action] { action = [list_options] { return list(*list_options); }; });

  auto import_options = std::make_shared<SharedOptions>();
  auto file = std::make_shared<std::string>();
  CLI::App* importer =
      verb->add_subcommand("import", "confirm whose projects these are, from the CSV that `people list` prints");
  importer
      ->add_option("FILE", *file,
                   "CSV with the columns project, subject and, as `people list` prints it, first_day; in a column "
                   "controller who answers for the person")
      ->required();
  add_store(*importer, *import_options);
  add_key(*importer, *import_options);
  add_wait(*importer, *import_options);
  add_json(*importer, *import_options);
  importer->footer("Example:\n  qf-dataset people import people.csv --store ~/dataset");
  importer->callback(
      [file, import_options, &action] { action = [file, import_options] { return import(*file, *import_options); }; });
}

}  // namespace qf::cli
