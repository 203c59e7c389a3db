// Who answers for what leaves the private circle, and who received it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "qf/cli/screen.h"
#include "qf/cli/verbs.h"
#include "qf/core/instant.h"
#include "qf/rights/authority.h"
#include "qf/store/recover.h"
#include "qf/store/version_name.h"

namespace qf::cli {
namespace {

struct Options : SharedOptions {
  Authorisation given;
  std::string until, by, version, given_at;
  Recipient recipient;
  std::int64_t id = 0;
};

Result<std::int64_t> time_of(const std::string& text, std::string_view option) {
  const auto time = parse_day_or_instant(text);
  if (!time)
    return failure(ErrorCode::kInvalidInput, fmt::format("{}: {} is no day (YYYY-MM-DD) and no instant", option, text));
  return *time;
}

Result<int> authorise(const Options& options) {
  Authorisation given = options.given;
  QF_ASSIGN(given.until_us, time_of(options.until, "--until"));
  given.recorded_by = options.by;
  given.recorded_at_us = now_us();
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kMake, options.lock_wait()));
  QF_ASSIGN(const std::int64_t id, add_authorisation(store.ledger, given));
  if (options.json)
    print_json({{"id", id}, {"controller", given.controller}, {"audience", given.audience}});
  else
    fmt::print("Authorisation {}: {} answers for {} datasets until {}\n", id, given.controller, given.audience,
               format_day(given.until_us));
  return kDone;
}

Result<int> revoke(const Options& options) {
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kRefuse, options.lock_wait()));
  QF_CHECK(revoke_authorisation(store.ledger, options.id, options.by, now_us()));
  if (options.json)
    print_json({{"id", options.id}, {"revoked", true}});
  else
    fmt::print(
        "Authorisation {} is revoked. What was published under it stands: `qf-dataset revoke VERSION` takes a "
        "version back\n",
        options.id);
  return kDone;
}

Result<int> list_authorisations_of(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(const auto all, list_authorisations(ledger));
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> table;
  const std::int64_t now = now_us();
  for (const Authorisation& one : all) {
    const std::string state = one.revoked_at_us ? "revoked" : one.until_us <= now ? "run out" : "in force";
    json.push_back({{"id", one.id},
                    {"controller", one.controller},
                    {"basis", one.basis},
                    {"dpia", one.dpia},
                    {"audience", one.audience},
                    {"until", format_day(one.until_us)},
                    {"recorded_by", one.recorded_by},
                    {"recorded_at", format_instant(one.recorded_at_us)},
                    {"state", state}});
    table.push_back({std::to_string(one.id), one.controller, one.audience, "until " + format_day(one.until_us),
                     one.basis, one.dpia, state});
  }
  if (options.json)
    print_json({{"authorisations", json}});
  else
    fmt::print("{}{}", table_text(table, ""), all.empty() ? "Nobody has authorised anything.\n" : "");
  return kDone;
}

// What whoever holds versions of both audiences can do, where that is so: what is recorded has happened, so it is not
// refused. "" where they hold no other.
std::string holds_both(const Database& ledger, const std::vector<VersionFacts>& versions, const Recipient& recipient) {
  const auto recipients = list_recipients(ledger);
  if (!recipients) return "";
  for (const Recipient& other : *recipients) {
    if (other.audience == recipient.audience || other.audience == "private" || recipient.audience == "private")
      continue;
    const auto same = [](std::string_view a, std::string_view b) { return subject_key(a) == subject_key(b); };
    if (!same(other.name, recipient.name) && !same(other.contact, recipient.contact)) continue;
    const std::string name = other.audience + "/" + other.version;
    const auto version = find_version(versions, name);
    if (version && version->facts.state == VersionState::kRevoked) continue;
    return fmt::format(
        "{} holds {} too: with an internal and an external version most rows of the one can be found in the other, "
        "with "
        "texts or without, and the external rows are tied to each other by that. Ask for one of the two back "
        "(docs/anonymity.md)",
        other.name, name);
  }
  return "";
}

Result<int> add_to_recipients(const Options& options) {
  QF_ASSIGN(const WritableStore store, open_for_change(Store(options.store), IfMissing::kRefuse, options.lock_wait()));
  QF_ASSIGN(const auto versions, load_versions(store.ledger));
  QF_ASSIGN(const NamedVersion named, find_version(versions, options.version));
  Recipient recipient = options.recipient;
  recipient.audience = to_string(named.audience);
  recipient.version = to_string(named.facts.version);
  recipient.recorded_by = options.by;
  recipient.recorded_at_us = recipient.given_at_us = now_us();
  if (!options.given_at.empty()) {
    QF_ASSIGN(recipient.given_at_us, time_of(options.given_at, "--given-at"));
  }
  const std::string warning = holds_both(store.ledger, versions, recipient);
  QF_ASSIGN(const std::int64_t id, add_recipient(store.ledger, recipient));
  const std::string name = recipient.audience + "/" + recipient.version;
  if (options.json)
    print_json({{"id", id},
                {"version", name},
                {"warnings", warning.empty() ? nlohmann::json::array() : nlohmann::json::array({warning})}});
  else
    fmt::print("Recipient {}: {} has {}. An erasure will name whom to tell\n", id, recipient.name, name);
  if (!options.json && !warning.empty()) fmt::print("warning: {}\n", warning);
  return kDone;
}

Result<int> list_all_recipients(const Options& options) {
  QF_ASSIGN(const Database ledger, Store(options.store).open_read_only());
  QF_ASSIGN(const auto all, list_recipients(ledger));
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> table;
  for (const Recipient& one : all) {
    const std::string name = one.audience + "/" + one.version;
    json.push_back({{"id", one.id},
                    {"name", one.name},
                    {"contact", one.contact},
                    {"version", name},
                    {"export", one.export_name},
                    {"models", one.models},
                    {"given_at", format_day(one.given_at_us)},
                    {"recorded_by", one.recorded_by}});
    table.push_back({std::to_string(one.id), name, one.name, one.contact, format_day(one.given_at_us),
                     one.models.empty() ? std::string() : fmt::format("models {}", fmt::join(one.models, ", "))});
  }
  if (options.json)
    print_json({{"recipients", json}});
  else
    fmt::print("{}{}", table_text(table, ""), all.empty() ? "Nobody is on record as having received a version.\n" : "");
  return kDone;
}

}  // namespace

void add_authorise(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("authorise", "who answers for internal and external datasets");
  verb->require_subcommand(1);
  auto given = std::make_shared<Options>();
  CLI::App* add = verb->add_subcommand("add", "record a controller's authorisation");
  add->add_option("--controller", given->given.controller, "who answers for it: a school, a municipality")->required();
  add->add_option("--basis", given->given.basis, "the legal basis, such as consent")->required();
  add->add_option("--dpia", given->given.dpia, "reference of the data protection impact assessment")->required();
  add->add_option("--audience", given->given.audience, "internal or external")
      ->required()
      ->check(CLI::IsMember({"internal", "external"}));
  add->add_option("--until", given->until, "the first day on which it no longer holds: YYYY-MM-DD")->required();
  add->add_option("--by", given->by, "who records it");
  add_store(*add, *given);
  add_wait(*add, *given);
  add_json(*add, *given);
  add->footer(
      "Where one controller only is on record, everybody belongs to it; else the column `controller` of `people "
      "import` says who belongs to whom.\nExample:\n  qf-dataset authorise add --controller 'Norra skolan' "
      "--basis consent --dpia DPIA-2026-4 --audience internal --until 2027-06-30 --store ~/dataset");
  runs(*add, action, [given] { return authorise(*given); });

  auto listed = std::make_shared<Options>();
  CLI::App* list = verb->add_subcommand("list", "all authorisations, past ones too");
  add_store(*list, *listed);
  add_json(*list, *listed);
  list->footer("Example:\n  qf-dataset authorise list --store ~/dataset");
  runs(*list, action, [listed] { return list_authorisations_of(*listed); });

  auto revoked = std::make_shared<Options>();
  CLI::App* remove = verb->add_subcommand("revoke", "end an authorisation; it stays on record");
  remove->add_option("ID", revoked->id, "its number in the list")->required();
  remove->add_option("--by", revoked->by, "who revokes it");
  add_store(*remove, *revoked);
  add_wait(*remove, *revoked);
  add_json(*remove, *revoked);
  remove->footer("Example:\n  qf-dataset authorise revoke 1 --store ~/dataset");
  runs(*remove, action, [revoked] { return revoke(*revoked); });
}

void add_recipients(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("recipients", "who received which version, and what was trained on it");
  verb->require_subcommand(1);
  auto given = std::make_shared<Options>();
  CLI::App* add = verb->add_subcommand("add", "record that somebody received a version");
  add->add_option("VERSION", given->version, "MAJOR.MINOR.PATCH, or AUDIENCE/MAJOR.MINOR.PATCH")->required();
  add->add_option("--name", given->recipient.name, "who received it")->required();
  add->add_option("--contact", given->recipient.contact, "how to reach them")->required();
  add->add_option("--export", given->recipient.export_name, "the format it was handed over in, if it was exported");
  add->add_option("--model", given->recipient.models, "a model that was trained on it; may be given several times");
  add->add_option("--given-at", given->given_at, "when: YYYY-MM-DD; default: now");
  add->add_option("--by", given->by, "who records it");
  add_store(*add, *given);
  add_wait(*add, *given);
  add_json(*add, *given);
  add->footer(
      "Example:\n  qf-dataset recipients add internal/1.0.0 --name 'ML group' --contact ml@example.org "
      "--model bloom-2 --store ~/dataset");
  runs(*add, action, [given] { return add_to_recipients(*given); });

  auto listed = std::make_shared<Options>();
  CLI::App* list = verb->add_subcommand("list", "everybody on record");
  add_store(*list, *listed);
  add_json(*list, *listed);
  list->footer("Example:\n  qf-dataset recipients list --store ~/dataset");
  runs(*list, action, [listed] { return list_all_recipients(*listed); });
}

}  // namespace qf::cli
