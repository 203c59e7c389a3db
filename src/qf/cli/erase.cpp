// Taking people out of a store, and versions back.
#include "qf/rights/erase.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "qf/cli/owed.h"
#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/store/revoke.h"
#include "qf/store/version_name.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string subject, version, reason;
  bool dry_run = false, lost_key = false, resume = false;
  std::int64_t threads = 0;
};

nlohmann::json erase_json(const EraseResult& result) {
  nlohmann::json versions = nlohmann::json::array(), successors = nlohmann::json::array();
  for (const ErasedVersion& one : result.versions)
    versions.push_back(
        {{"version", one.version}, {"state_before", one.state_before}, {"counts_because", or_null(one.unknown)}});
  std::string first;
  for (const Successor& one : result.successors) {
    successors.push_back({{"audience", one.audience},
                          {"version", or_null(one.version)},
                          {"because", or_null(one.because)},
                          {"next", one.next}});
    if (first.empty()) first = one.version;
  }
  return {{"found", result.found},
          {"dry_run", result.dry_run},
          {"erased_before", result.erased_before},
          {"revoked", std::move(versions)},
          {"ledger_rows", result.ledger_rows},
          {"names_masked", result.names_masked},
          {"places", result.places},
          {"successor", or_null(first)},
          {"successors", std::move(successors)},
          {"receipt", or_null(result.receipt.string())},
          {"tombstones", or_null(result.tombstones.string())},
          {"notices", notices_json(result.owed)},
          {"notices_file", or_null(result.notices.string())},
          {"models", models_json(result.owed)},
          {"finished_before", result.finished}};
}

void print_erase(const EraseResult& result) {
  for (const std::string& receipt : result.finished)
    fmt::print("An erasure that an earlier run began is finished{}{}\n", receipt.empty() ? "" : ": ", receipt);
  if (!result.found) {
    if (result.erased_before)
      fmt::print("This person was erased before, and is kept from coming back. Nothing was changed.\n");
    else if (result.resumed_only && result.finished.empty())
      fmt::print(
          "No erasure is under way: every one that was begun is finished. One that ended before it began has to be "
          "asked "
          "for again, with --subject. Nothing was changed.\n");
    else if (result.finished.empty())
      fmt::print("Nothing of this person is in the store, by this spelling of the name. Nothing was changed.\n");
    return;
  }
  std::vector<std::vector<std::string>> table;
  for (const ErasedVersion& one : result.versions)
    table.push_back({result.dry_run ? "would go" : "gone", one.version, one.state_before,
                     one.unknown.empty() ? "holds the person" : "counts as holding the person: " + one.unknown});
  for (const auto& [name, rows] : result.ledger_rows)
    table.push_back({result.dry_run ? "would go" : "gone", "ledger, " + name, std::to_string(rows), "rows"});
  for (const auto& [name, places] : result.names_masked)
    table.push_back(
        {result.dry_run ? "would be masked" : "masked", "name in " + name, std::to_string(places), "places"});
  fmt::print("{}", table_text(table, ""));
  for (const std::string& place : result.places)
    fmt::print("Not touched, and not known here any more {}: {}\n", result.dry_run ? "afterwards" : "now", place);
  if (!result.places.empty())
    fmt::print("  Its holder removes it there; only then does nothing of the person remain.\n");
  for (const Successor& one : result.successors) {
    if (!one.version.empty())
      fmt::print("{} follows, without the person.\n", one.version);
    else if (result.dry_run && one.because.empty())
      fmt::print("{}: a version without the person would be tried.\n", one.audience);
    else
      fmt::print("{}: no version follows, there is no current one now: {}\n", one.audience, one.because);
    for (const std::string& next : one.next) fmt::print("  {}\n", next);
  }
  print_owed(result.owed);
  if (std::any_of(result.owed.notices.begin(), result.owed.notices.end(),
                  [](const auto& one) { return one.names_person; }))
    fmt::print("  An address above names the person: {}\n",
               result.dry_run ? "`erase` shows it once more and then masks it. Write it down before."
                              : "it is masked in the store now and not shown again. Write it down.");
  if (!result.notices.empty() && !result.owed.notices.empty())
    fmt::print("Letters (Article 19): {}\n", result.notices.string());
  if (!result.receipt.empty())
    fmt::print("Receipt: {}\n  anyone can check it: qf-dataset verify --receipt FILE\n", result.receipt.string());
  if (!result.tombstones.empty())
    fmt::print("For those with copies: {}\n  qf-dataset verify --tombstones FILE COPY --delete\n",
               result.tombstones.string());
}

Result<int> run_erase(const Options& options) {
  if (options.subject.empty() == !options.resume)
    return failure(ErrorCode::kInvalidInput,
                   "--subject says who is to be erased; --resume only finishes what was begun");
  EraseRequest request;
  request.store = options.store;
  request.key_file = options.key_path();
  request.subject = options.subject;
  request.dry_run = options.dry_run;
  request.lost_key = options.lost_key;
  request.threads = options.threads;
  request.now_us = now_us();
  request.clock = now_us;
  request.wait = options.lock_wait();
  QF_ASSIGN(const EraseResult result, erase(request));
  for (const std::string& done : result.put_right) fmt::print(stderr, "put right: {}\n", done);
  if (options.json)
    print_json(erase_json(result));
  else
    print_erase(result);
  return kDone;
}

Result<int> run_revoke(const Options& options) {
  const Store store(options.store);
  QF_ASSIGN(const WritableStore writable,
            open_for_change(store, IfMissing::kRefuse, options.lock_wait(), Unfinished::kPassOver));
  QF_ASSIGN(const auto versions, load_versions(writable.ledger));
  QF_ASSIGN(const NamedVersion named, find_version(versions, options.version));
  const Tombstone whole{std::string(to_string(named.audience)), to_string(named.facts.version), "*", "revoked",
                        now_us()};
  QF_ASSIGN(const Revocation revoked,
            revoke(store, writable, named.facts, options.reason, std::span(&whole, 1), whole.removed_at_us));
  QF_CHECK(remove_staged_rows(store));
  QF_ASSIGN(const RemovalNotices owed, owed_for_withdrawal(writable.ledger, {revoked.version}));
  if (options.json) {
    print_json({{"version", revoked.version},
                {"was_live", revoked.was_live},
                {"files_stay", revoked.files_stay},
                {"recipients", notices_json(owed)},
                {"models", models_json(owed)}});
    QF_CHECK(revoked.cleaned);
    return kDone;
  }
  fmt::print("{} is revoked{}{}\n", revoked.version, files_of(revoked),
             revoked.was_live ? ". There is no current version for that audience now" : "");
  print_owed(owed);
  QF_CHECK(revoked.cleaned);
  return kDone;
}

}  // namespace

void add_erase(CLI::App& app, Action& action) {
  auto erased = std::make_shared<Options>();
  CLI::App* eraser = app.add_subcommand(
      "erase", "take a person out of every version, the ledger and all that is kept; with a receipt");
  eraser->add_option("--subject", erased->subject, "the person, as `people list` names them");
  eraser->add_flag("--dry-run", erased->dry_run, "say what would go and what could follow; change nothing");
  eraser->add_flag("--resume", erased->resume, "finish an erasure that was interrupted, and no more");
  eraser->add_flag("--lost-key", erased->lost_key,
                   "the store's key is gone for good: every version counts as holding the person");
  add_threads(*eraser, erased->threads, "threads, for the versions that follow");
  add_store(*eraser, *erased);
  add_key(*eraser, *erased);
  erased->wait_seconds = kRemovalWaitSeconds;
  add_wait(*eraser, *erased);
  add_json(*eraser, *erased);
  eraser->footer(
      "Exits 0 once the removal is verified, whether or not a version could follow. The logs themselves are not "
      "touched: they are their holder's.\nExamples:\n  qf-dataset erase --subject anna --store ~/dataset --dry-run\n"
      "  qf-dataset erase --subject anna --store ~/dataset");
  runs(*eraser, action, [erased] { return run_erase(*erased); });

  auto taken = std::make_shared<Options>();
  CLI::App* revoker = app.add_subcommand("revoke", "take a version back for good: nobody finds it, its files go");
  revoker->add_option("VERSION", taken->version, "MAJOR.MINOR.PATCH, or AUDIENCE/MAJOR.MINOR.PATCH")->required();
  revoker->add_option("--reason", taken->reason, "why, for the record; names nobody")->required();
  add_store(*revoker, *taken);
  taken->wait_seconds = kRemovalWaitSeconds;
  add_wait(*revoker, *taken);
  add_json(*revoker, *taken);
  revoker->footer("Example:\n  qf-dataset revoke internal/1.0.0 --reason 'wrong configuration' --store ~/dataset");
  runs(*revoker, action, [taken] { return run_revoke(*taken); });
}

}  // namespace qf::cli
