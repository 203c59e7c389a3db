#include <fmt/format.h>

#include <memory>

#include "qf/cli/owed.h"
#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/core/text.h"
#include "qf/run/import_people.h"
#include "qf/run/people_list.h"
#include "qf/store/recover.h"
#include "qf/store/withdrawal.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  std::string subject, covers_from, expires_at, method, evidence, recorded_by, notice, as;
  std::vector<std::string> scopes;
  bool me = false, now = false;
};

tl::unexpected<Error> invalid(std::string message) { return failure(ErrorCode::kInvalidInput, std::move(message)); }

// Scopes as given, one each or several with ';' or ',' between them.
Result<std::vector<Scope>> scopes_of(const std::vector<std::string>& given) {
  std::vector<Scope> scopes;
  for (const std::string& list : given) {
    std::size_t begin = 0;
    while (begin <= list.size()) {
      const std::size_t end = std::min(list.find_first_of(";,", begin), list.size());
      const std::string_view name = std::string_view(list).substr(begin, end - begin);
      begin = end + 1;
      if (name.empty()) continue;
      const auto scope = parse_scope(name);
      if (!scope) {
        const std::string_view near = nearest_name(name, scope_names());
        return invalid(fmt::format("--scope: {} is not a scope{}; known: {}", name,
                                   near.empty() ? "" : fmt::format(", did you mean {}?", near),
                                   fmt::join(scope_names(), ", ")));
      }
      scopes.push_back(*scope);
    }
  }
  if (scopes.empty())
    return invalid("--scope: name at least one of " + fmt::format("{}", fmt::join(scope_names(), ", ")));
  return scopes;
}

Result<std::int64_t> day(std::string_view option, const std::string& text, std::int64_t fallback) {
  if (text.empty()) return fallback;
  const auto time = parse_day_or_instant(text);
  if (!time) return invalid(fmt::format("{}: not a day (2026-01-31) or an instant (2026-01-31T12:00:00Z)", option));
  return *time;
}

void print_recorded(const Options& options, const ConsentImport& recorded) {
  if (options.json)
    print_json(nlohmann::json{{"recorded", recorded.recorded}, {"known", recorded.known}});
  else
    fmt::print("{} statements recorded, {} were known\n", recorded.recorded, recorded.known);
}

Result<int> import(const std::string& file, const Options& options) {
  QF_CHECK(check_named(file));
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kMake, options.lock_wait()));
  QF_ASSIGN(const auto recorded, import_agreements(store.ledger, options.key_path(), file, now_us()));
  print_recorded(options, recorded.counts);
  if (recorded.erased != 0)
    fmt::print(stderr, "{} statements were passed over: their people were erased from this store\n", recorded.erased);
  return kDone;
}

Result<int> give(const Options& options) {
  QF_ASSIGN(const auto scopes, scopes_of(options.scopes));
  const std::int64_t now = now_us();
  QF_ASSIGN(const std::int64_t covers_from, day("--covers-from", options.covers_from, now));
  if (options.me) {
    if (options.paths.empty()) return invalid("--me needs the paths of your projects");
    const auto subject = options.subject.empty() ? std::nullopt : std::optional(options.subject);
    QF_ASSIGN(const OwnConsent own, give_own_consent(options.read_paths(), options.store, subject, scopes, covers_from,
                                                     now, options.lock_wait(), options.key_path()));
    print_skipped(own.skipped);
    if (options.json)
      print_json(nlohmann::json{{"subject", own.subject},
                                {"projects", own.projects},
                                {"skipped", to_json(own.skipped)},
                                {"recorded", own.recorded.recorded},
                                {"known", own.recorded.known}});
    else
      fmt::print("{} projects are now confirmed as one person's; {} statements recorded\n", own.projects,
                 own.recorded.recorded);
    return own.skipped.empty() ? kDone : kSomeInputsUnreadable;
  }
  if (options.subject.empty())
    return invalid("--subject says whose agreement it is; --me PATH… if the logs are your own");
  ConsentStatement terms;
  terms.given_at_us = now;
  terms.covers_from_us = covers_from;
  if (!options.expires_at.empty()) {
    QF_ASSIGN(terms.expires_at_us, day("--expires-at", options.expires_at, 0));
  }
  terms.method = options.method;
  terms.evidence = options.evidence;
  terms.recorded_by = options.recorded_by;
  terms.notice = options.notice;
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kMake, options.lock_wait()));
  QF_CHECK(refuse_erased(store.ledger, options.key_path(), options.subject));
  QF_ASSIGN(const ConsentImport recorded, give_consent(store.ledger, options.subject, scopes, terms, now));
  print_recorded(options, recorded);
  return kDone;
}

// Whether somebody of this name has said anything, or is a project's person.
Result<bool> is_on_record(const Database& ledger, const std::string& subject) {
  QF_ASSIGN(const auto said, list_consent(ledger, subject));
  if (!said.empty()) return true;
  QF_ASSIGN(const auto owners, list_owners(ledger));
  return std::any_of(owners.begin(), owners.end(),
                     [&](const ProjectOwner& owner) { return owner.subject_key == subject_key(subject); });
}

// What could not be done of it is the error, once the rest was printed.
Result<int> code_of(const WithdrawalEffect& effect) {
  QF_CHECK(effect.all_revoked);
  for (const Revocation& one : effect.revoked) QF_CHECK(one.cleaned);
  return kDone;
}

Result<int> withdraw(const Options& options) {
  QF_ASSIGN(const auto scopes, scopes_of(options.scopes));
  const std::int64_t now = now_us();
  QF_ASSIGN(const WritableStore store,
            open_for_change(Store(options.store), IfMissing::kRefuse, options.lock_wait(), Unfinished::kPassOver));
  if (const auto erased = refuse_erased(store.ledger, options.key_path(), options.subject); !erased) {
    // There is nothing left to take back; and to write it down would bring the name back.
    if (options.json)
      print_json({{"recorded", 0}, {"known", 0}, {"erased", true}});
    else
      fmt::print("This person was erased from this store: nothing of theirs is left to take back.\n");
    return kDone;
  }
  QF_ASSIGN(const bool known, is_on_record(store.ledger, options.subject));
  QF_ASSIGN(const ConsentImport recorded,
            withdraw_consent(store.ledger, options.subject, scopes, now, options.as, options.recorded_by, now));
  // Said, and recorded all the same: who withdraws beforehand must be kept out later.
  if (!known)
    fmt::print(stderr,
               "Nobody of this name is on record in the store, in no statement of consent and as no project's person. "
               "The withdrawal was recorded all the same; is the name as `people list` and `consent list` write it?\n");
  // The withdrawal stands whatever follows; without the key it only cannot be told who is in a version.
  QF_ASSIGN(const WithdrawalEffect effect,
            effect_of_withdrawal(Store(options.store), store, options.key_path(), options.now, now));
  std::vector<std::string> taken_back;
  for (const Revocation& one : effect.revoked) taken_back.push_back(one.version);
  QF_ASSIGN(const RemovalNotices owed, owed_for_withdrawal(store.ledger, taken_back));
  if (options.json) {
    nlohmann::json revoked = nlohmann::json::array(), held = nlohmann::json::array();
    for (const Revocation& one : effect.revoked) {
      revoked.push_back(one.version);
      if (one.files_stay) held.push_back(one.version);
    }
    print_json({{"recorded", recorded.recorded},
                {"known", recorded.known},
                {"revoked", std::move(revoked)},
                {"held", std::move(held)},
                {"notices", notices_json(owed)},
                {"models", models_json(owed)},
                {"until_next_build", effect.until_next_build},
                {"on_record", known}});
    return code_of(effect);
  }
  print_recorded(options, recorded);
  for (const Revocation& one : effect.revoked) fmt::print("{} is revoked{}.\n", one.version, files_of(one));
  print_owed(owed);
  for (const std::string& version : effect.until_next_build)
    fmt::print("{} stays until the next build, which takes it back first; --now takes it back at once.\n", version);
  fmt::print("The next build uses nothing that was withdrawn.\n");
  return code_of(effect);
}

Result<int> list(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(
      const auto events,
      list_consent(ledger, options.subject.empty() ? std::nullopt : std::optional<std::string_view>(options.subject)));
  nlohmann::json rows = nlohmann::json::array();
  std::vector<std::vector<std::string>> table = {
      {"subject", "scope", "status", "given", "covers from", "expires", "method", "recorded by"}};
  for (const ConsentEvent& event : events) {
    const ConsentStatement& s = event.statement;
    const std::string expires = s.expires_at_us ? format_instant(*s.expires_at_us) : "";
    rows.push_back({{"subject", s.subject},
                    {"scope", to_string(s.scope)},
                    {"status", to_string(s.status)},
                    {"given_at", format_instant(s.given_at_us)},
                    {"covers_from", format_instant(s.covers_from_us)},
                    {"expires_at", expires},
                    {"method", s.method},
                    {"evidence", s.evidence},
                    {"recorded_by", s.recorded_by},
                    {"notice", s.notice},
                    {"recorded_at", format_instant(event.recorded_at_us)}});
    table.push_back({s.subject, std::string(to_string(s.scope)), std::string(to_string(s.status)),
                     format_day(s.given_at_us), format_day(s.covers_from_us),
                     s.expires_at_us ? format_day(*s.expires_at_us) : "", s.method, s.recorded_by});
  }
  if (options.json)
    print_json(nlohmann::json{{"consent", rows}});
  else
    fmt::print("{}", table_text(table, ""));
  return kDone;
}

void add_scope(CLI::App& verb, Options& options) {
  verb.add_option("--scope", options.scopes,
                  "model_training (needed for every row), question_text, correction_text, rationale_text, "
                  "share_internal, share_external; several with ;")
      ->required();
}

}  // namespace

void add_consent(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("consent", "what each person agreed to");
  verb->require_subcommand(1);
  verb->footer("Example:\n  qf-dataset consent list --store ~/dataset");

  auto imported = std::make_shared<Options>();
  auto file = std::make_shared<std::string>();
  CLI::App* importer = verb->add_subcommand("import", "record statements from a CSV file");
  importer
      ->add_option(
          "FILE", *file,
          "columns subject, scope, status, given_at, covers_from, expires_at, method, evidence, recorded_by, notice")
      ->required();
  add_store(*importer, *imported);
  add_key(*importer, *imported);
  add_wait(*importer, *imported);
  add_json(*importer, *imported);
  importer->footer("Example:\n  qf-dataset consent import consent.csv --store ~/dataset");
  runs(*importer, action, [file, imported] { return import(*file, *imported); });

  auto given = std::make_shared<Options>();
  CLI::App* giver = verb->add_subcommand("give", "record one person's agreement, or your own");
  giver->add_option("--subject", given->subject, "the person, as `people list` names them");
  giver->add_flag("--me", given->me, "the projects under PATH are all your own");
  add_paths(*giver, *given, false);
  add_scope(*giver, *given);
  giver->add_option("--covers-from", given->covers_from, "first day of the logs that it covers; default: now");
  giver->add_option("--expires-at", given->expires_at, "the day it runs out");
  giver->add_option("--method", given->method, "how it was given: paper, mail, form");
  giver->add_option("--evidence", given->evidence, "where that can be seen");
  giver->add_option("--recorded-by", given->recorded_by, "who records it");
  giver->add_option("--notice", given->notice, "which notice the person had read");
  add_store(*giver, *given);
  add_key(*giver, *given);
  add_wait(*giver, *given);
  add_json(*giver, *given);
  giver->footer(
      "Examples:\n  qf-dataset consent give --subject anna --scope 'model_training;question_text' --covers-from "
      "2026-01-01 --store ~/dataset\n"
      "  qf-dataset consent give --me ~/Courses --scope model_training --covers-from 2026-01-01 --store ~/dataset");
  runs(*giver, action, [given] { return give(*given); });

  auto withdrawn = std::make_shared<Options>();
  CLI::App* withdrawer = verb->add_subcommand("withdraw", "record that a person no longer agrees");
  withdrawer->add_option("--subject", withdrawn->subject, "the person")->required();
  add_scope(*withdrawer, *withdrawn);
  withdrawer
      ->add_option("--as", withdrawn->as,
                   "what it is called: the person's objection (Article 21) or restriction (Article 18), or "
                   "invalidated, where the "
                   "agreement on record never counted; takes effect as a withdrawal does, and is on record by its name")
      ->check(CLI::IsMember({"objection", "restriction", "invalidated"}));
  withdrawer->add_option("--recorded-by", withdrawn->recorded_by, "who records it");
  withdrawer->add_flag("--now", withdrawn->now,
                       "take back at once the versions that rest on it; else the next build does");
  add_key(*withdrawer, *withdrawn);
  add_store(*withdrawer, *withdrawn);
  withdrawn->wait_seconds = kRemovalWaitSeconds;
  add_wait(*withdrawer, *withdrawn);
  add_json(*withdrawer, *withdrawn);
  withdrawer->footer(
      "Example:\n  qf-dataset consent withdraw --subject anna --scope model_training --now --store ~/dataset");
  runs(*withdrawer, action, [withdrawn] { return withdraw(*withdrawn); });

  auto listed = std::make_shared<Options>();
  CLI::App* lister = verb->add_subcommand("list", "all statements on record");
  lister->add_option("--subject", listed->subject, "only this person's");
  add_store(*lister, *listed);
  add_json(*lister, *listed);
  lister->footer("Example:\n  qf-dataset consent list --store ~/dataset");
  runs(*lister, action, [listed] { return list(*listed); });

  add_consent_papers(*verb, action);
}

}  // namespace qf::cli
