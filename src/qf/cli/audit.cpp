// The audit log, and the texts that were set apart for a person to decide about.
#include "qf/rights/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <span>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/core/whole_file.h"
#include "qf/rights/retention_terms.h"
#include "qf/store/recover.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string subject, file, anchor, exported, id, by;
};

Result<int> log(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  std::optional<std::string> subject;
  if (!options.subject.empty()) subject = subject_key(options.subject);
  QF_ASSIGN(const auto entries, load_chain(ledger, subject));
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> table;
  for (const ChainEntry& entry : entries) {
    nlohmann::json one = {{"seq", entry.seq},
                          {"at", format_instant(entry.at_us)},
                          {"kind", entry.kind},
                          {"hash", entry.hash},
                          {"erased", !entry.body}};
    // What an entry says of a person is shown to whoever asks about that person.
    const bool shown = entry.body && (subject || entry.body->subject_key.empty());
    if (shown) one["says"] = nlohmann::json::parse(without_tables(entry.body->json), nullptr, false);
    json.push_back(std::move(one));
    table.push_back({std::to_string(entry.seq), format_instant(entry.at_us), entry.kind,
                     !entry.body ? "(erased)"
                     : shown     ? without_tables(entry.body->json)
                                 : "about a person; --subject shows it"});
  }
  if (options.json)
    print_json({{"entries", json}});
  else
    fmt::print("{}", table_text(table, ""));
  return kDone;
}

Result<std::optional<Checkpoint>> anchor_of(const Options& options) {
  std::optional<Checkpoint> anchor;
  if (!options.anchor.empty()) {
    QF_ASSIGN(const std::string text, read_whole_file(options.anchor, kMaxNamedBytes, FileKind::kAny));
    QF_ASSIGN(anchor, parse_checkpoint(text, options.anchor));
  }
  return anchor;
}

Result<AuditLog> log_of(const Options& options) {
  if (options.exported.empty()) {
    QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
    return load_audit_log(ledger);
  }
  QF_ASSIGN(const std::string lines, read_whole_file(options.exported, kMaxNamedBytes, FileKind::kAny));
  return parse_audit_lines(lines, options.exported);
}

// What an earlier program wrote is taken as it is where nothing can show that it was changed.
void warn_of_older_form(const AuditCheck& check) {
  if (check.chain.first_form != 0)
    fmt::print(stderr,
               "qf-dataset: {} entries were written by an earlier program: nothing but the ledger's own tables shows "
               "that whom they are about was not changed\n",
               check.chain.first_form);
  if (!check.unstated.empty())
    fmt::print(stderr,
               "qf-dataset: no entry says yet what these tables hold, so changes to them do not show: {}. `qf-dataset "
               "audit checkpoint` states them as they are now\n",
               fmt::join(check.unstated, ", "));
}

Result<int> verify(const Options& options) {
  if (options.store.empty() == options.exported.empty())
    return failure(ErrorCode::kInvalidInput,
                   "name either a store with --store DIR or an exported log with --file FILE");
  const auto log = log_of(options);
  QF_ASSIGN(const auto anchor, anchor_of(options));
  const auto check = log.and_then([&](const AuditLog& read) { return check_audit_log(read, anchor); });
  if (!check) {
    if (check.error().code != ErrorCode::kCorrupt) return tl::unexpected<Error>(check.error());
    std::string problem = check.error().message;
    if (const std::string ledger = Store(options.store).ledger_file().string();
        options.exported.empty() && problem.find(ledger) == std::string::npos)
      problem = ledger + ": " + problem;
    if (options.exported.empty() && problem.find("from a backup") == std::string::npos)
      problem += ": put the ledger back from a backup";
    if (options.json) print_json({{"whole", false}, {"problem", problem}});
    fmt::print(stderr, "qf-dataset: {}\n", printable(problem));
    return kRefused;
  }
  if (options.json)
    print_json({{"whole", true},
                {"entries", check->chain.entries},
                {"erased", check->chain.erased},
                {"head", check->chain.head.hash},
                {"checkpoints", check->checkpoints},
                {"anchored", anchor.has_value()},
                {"first_form", check->chain.first_form},
                {"unstated", check->unstated}});
  else
    fmt::print("The audit log is whole: {} entries, {} of them with erased bodies; {} checkpoints hold. Head {}{}\n",
               check->chain.entries, check->chain.erased, check->checkpoints, check->chain.head.hash,
               anchor ? "; the anchor stands in it"
                      : ". That nothing is missing at its end only an anchor shows: `qf-dataset audit checkpoint`");
  warn_of_older_form(*check);
  return kDone;
}

Result<int> checkpoint(const Options& options) {
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kRefuse, options.lock_wait()));
  QF_ASSIGN(const KeyFile key, KeyFile::open(options.key_path()));
  QF_ASSIGN(const Checkpoint made, take_checkpoint(store.ledger, key, now_us()));
  const std::string text = checkpoint_json(made);
  if (!options.file.empty()) QF_CHECK(write_new_file(options.file, text));
  if (options.json)
    print_json(nlohmann::json::parse(text));
  else
    fmt::print("Entry {}, head {}\nSigned by {}. {}\n", made.head.seq, made.head.hash, made.public_key,
               options.file.empty() ? "Keep this line elsewhere, or write it with --out FILE."
                                    : "Keep " + options.file + " elsewhere: it shows later that nothing was cut off.");
  return kDone;
}

Result<int> take_out(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(const AuditLog log, load_audit_log(ledger));
  QF_CHECK(write_new_file(options.file, audit_lines(log)));
  if (options.json)
    print_json({{"file", options.file}, {"entries", log.entries.size()}, {"checkpoints", log.checkpoints.size()}});
  else
    fmt::print("{} entries and {} checkpoints in {}. It is as private as the ledger.\n", log.entries.size(),
               log.checkpoints.size(), options.file);
  return kDone;
}

constexpr std::array<std::string_view, 7> kNotTakenOver = {
    "register", "authorisations", "recipients", "holds", "decisions on texts set apart", "tombstones", "versions"};

Result<int> take_in(const Options& options) {
  QF_ASSIGN(const std::string lines, read_whole_file(options.file, kMaxNamedBytes, FileKind::kAny));
  QF_ASSIGN(const AuditLog log, parse_audit_lines(lines, options.file));
  QF_ASSIGN(const auto anchor, anchor_of(options));
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kMake, options.lock_wait()));
  QF_ASSIGN(const AuditImport imported, import_audit_log(store.ledger, log, anchor, now_us()));
  const AuditCheck& check = imported.check;
  if (options.json)
    print_json({{"entries", check.chain.entries},
                {"checkpoints", check.checkpoints},
                {"anchored", anchor.has_value()},
                {"first_form", check.chain.first_form},
                {"suppressions", imported.suppressions},
                {"not_taken_over", kNotTakenOver}});
  else
    fmt::print(
        "{} entries and {} checkpoints taken over, hashes and signatures and all; what people said, and {} tags that "
        "keep the erased out under the same key.\nNot taken over, since a log is no copy of a store: {}. Record anew "
        "what still holds.\n",
        check.chain.entries, check.checkpoints, imported.suppressions, fmt::join(kNotTakenOver, ", "));
  warn_of_older_form(check);
  return kDone;
}

nlohmann::json places_json(const QuarantineItem& item) {
  nlohmann::json places = nlohmann::json::array();
  for (const QuarantinePlace& one : item.places)
    places.push_back({{"project", one.project}, {"place", one.place}, {"field", one.field}});
  return places;
}

Result<int> list_held(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(const auto items, list_quarantine(ledger));
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> table;
  for (const QuarantineItem& item : items) {
    const std::uint64_t rows = count_set_apart(std::span(&item, 1)).rows;
    nlohmann::json places = places_json(item);
    json.push_back({{"id", item.id},
                    {"project", item.project},
                    {"place", item.place},
                    {"field", item.field},
                    {"rows", rows},
                    {"places", std::move(places)},
                    {"reason", item.reason},
                    {"found_at", format_day(item.found_at_us)},
                    {"decide_by", item.decision.empty() ? nlohmann::json(format_day(item.found_at_us + kQuarantineUs))
                                                        : nlohmann::json()},
                    {"decision", item.decision.empty() ? nlohmann::json() : nlohmann::json(item.decision)},
                    {"decided_by", item.decided_by}});
    table.push_back({item.id, fmt::format("in {} row{}", rows, rows == 1 ? "" : "s"), "", "", item.reason,
                     item.decision.empty() ? "to be decided by " + format_day(item.found_at_us + kQuarantineUs)
                                           : item.decision + " by " + item.decided_by});
    for (const QuarantinePlace& one : item.places) table.push_back({"", one.project, one.place, one.field});
  }
  const SetApart open = awaiting_decision(items);
  if (options.json) {
    print_json({{"items", json}, {"awaiting", {{"texts", open.texts}, {"rows", open.rows}}}});
    return kDone;
  }
  fmt::print("{}", table_text(table, ""));
  if (items.empty())
    fmt::print("No text was set apart.\n");
  else
    fmt::print("{} texts in {} rows await a decision. One decision is about all rows of its text.\n", open.texts,
               open.rows);
  return kDone;
}

Result<int> decide(const Options& options, std::string_view decision) {
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kRefuse, options.lock_wait()));
  QF_CHECK(decide_quarantine(store.ledger, options.id, decision, options.by, now_us()));
  QF_ASSIGN(const auto items, list_quarantine(store.ledger));
  const auto item =
      std::find_if(items.begin(), items.end(), [&](const QuarantineItem& one) { return one.id == options.id; });
  if (item == items.end()) return failure(ErrorCode::kNotFound, options.id + ": no text of this id was set apart");
  std::set<std::string> projects;
  for (const QuarantinePlace& one : item->places) projects.insert(one.project);
  const std::uint64_t rows = count_set_apart(std::span(&*item, 1)).rows;
  if (options.json) {
    print_json({{"id", options.id},
                {"decision", decision},
                {"rows", rows},
                {"projects", projects.size()},
                {"places", places_json(*item)}});
    return kDone;
  }
  const std::string where = fmt::format("{} row{} of {} project{}", rows, rows == 1 ? "" : "s", projects.size(),
                                        projects.size() == 1 ? "" : "s");
  fmt::print("{}: {}\n", options.id,
             decision == "release" ? "leaves, masked, with the next build, in " + where
                                   : "leaves no dataset, now or later; it stands in " + where);
  for (const QuarantinePlace& one : item->places)
    fmt::print("  {}  {}  {}\n", one.project, printable(one.place), one.field);
  return kDone;
}

void add_quarantine(CLI::App& verb, Action& action) {
  CLI::App* quarantine = verb.add_subcommand("quarantine", "texts that were set apart as a whole");
  quarantine->require_subcommand(1);
  auto listed = std::make_shared<Options>();
  CLI::App* list = quarantine->add_subcommand("list", "where they stand, never what they say");
  add_store(*list, *listed);
  add_json(*list, *listed);
  list->footer(
      "A text stands in every row that is named under it; a decision is about all of them. "
      "After 14 days without a decision `retain apply` destroys a text: it never leaves then.\n"
      "Example:\n  qf-dataset audit quarantine list --store ~/dataset");
  runs(*list, action, [listed] { return list_held(*listed); });
  for (const char* decision : {"release", "destroy"}) {
    auto decided = std::make_shared<Options>();
    const bool release = std::string_view(decision) == "release";
    CLI::App* decider = quarantine->add_subcommand(
        decision, release ? "let a text leave, masked like any other" : "let a text never leave; this is final");
    decider->add_option("ID", decided->id, "its id in the list")->required();
    decider->add_option("--by", decided->by, "the name of the person who read it and decides")->required();
    add_store(*decider, *decided);
    add_wait(*decider, *decided);
    add_json(*decider, *decided);
    decider->footer(
        fmt::format("Example:\n  qf-dataset audit quarantine {} 0f3a… --by anna --store ~/dataset", decision));
    runs(*decider, action, [decided, decision] { return decide(*decided, decision); });
  }
}

}  // namespace

void add_audit(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("audit", "what was done with this store, and proof of it; texts set apart");
  verb->require_subcommand(1);

  auto logged = std::make_shared<Options>();
  CLI::App* logger = verb->add_subcommand("log", "every entry in order");
  logger->add_option("--subject", logged->subject, "only what is about this person, in full");
  add_store(*logger, *logged);
  add_json(*logger, *logged);
  logger->footer("Example:\n  qf-dataset audit log --store ~/dataset");
  runs(*logger, action, [logged] { return log(*logged); });

  auto verified = std::make_shared<Options>();
  CLI::App* verifier = verb->add_subcommand("verify", "check every hash, commitment and signature");
  verifier->add_option("--anchor", verified->anchor, "a checkpoint that was kept elsewhere");
  verifier->add_option("--file", verified->exported, "an exported log, without its store");
  add_store(*verifier, *verified, false);
  add_json(*verifier, *verified);
  verifier->footer(
      "Exits 1 where an entry was changed, removed or cut off.\nExample:\n  qf-dataset audit verify --anchor "
      "head-2026-05.json --store ~/dataset");
  runs(*verifier, action, [verified] { return verify(*verified); });

  auto pointed = std::make_shared<Options>();
  CLI::App* pointer = verb->add_subcommand("checkpoint", "sign the log's head, to be kept elsewhere");
  pointer->add_option("--out", pointed->file, "a new file for it");
  add_store(*pointer, *pointed);
  add_key(*pointer, *pointed);
  add_wait(*pointer, *pointed);
  add_json(*pointer, *pointed);
  pointer->footer("Example:\n  qf-dataset audit checkpoint --out head-2026-05.json --store ~/dataset");
  runs(*pointer, action, [pointed] { return checkpoint(*pointed); });

  auto out = std::make_shared<Options>();
  CLI::App* exporter =
      verb->add_subcommand("export", "write the log and its checkpoints as JSON Lines that keep the chain");
  exporter->add_option("FILE", out->file, "a new file")->required();
  add_store(*exporter, *out);
  add_json(*exporter, *out);
  exporter->footer("Example:\n  qf-dataset audit export log.jsonl --store ~/dataset");
  runs(*exporter, action, [out] { return take_out(*out); });

  auto in = std::make_shared<Options>();
  CLI::App* importer = verb->add_subcommand("import", "take over a log into a store that has none");
  importer->add_option("FILE", in->file, "JSON Lines as `audit export` writes them")->required();
  importer->add_option("--anchor", in->anchor,
                       "a checkpoint that was kept elsewhere: nothing is taken over without it");
  add_store(*importer, *in);
  add_wait(*importer, *in);
  add_json(*importer, *in);
  importer->footer("Example:\n  qf-dataset audit import log.jsonl --store ~/other");
  runs(*importer, action, [in] { return take_in(*in); });

  add_quarantine(*verb, action);
}

}  // namespace qf::cli
