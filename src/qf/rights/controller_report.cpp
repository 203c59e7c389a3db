#include "qf/rights/controller_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/core/instant.h"
#include "qf/core/whole_file.h"
#include "qf/describe/controller_paper.h"
#include "qf/describe/field_meanings.h"
#include "qf/ledger/audit_log.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/forgetting.h"
#include "qf/ledger/holds.h"
#include "qf/ledger/quarantine.h"
#include "qf/ledger/recipients.h"
#include "qf/output/durable.h"
#include "qf/output/manifest.h"
#include "qf/privacy/self_test.h"
#include "qf/rights/retention_terms.h"
#include "qf/run/consent_methods.h"
#include "qf/run/leaving_counts.h"
#include "qf/store/build_record.h"
#include "qf/store/config.h"
#include "qf/store/published_rows.h"
#include "qf/store/store.h"

namespace qf {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void add_once(std::vector<std::string>& list, const std::string& one) {
  if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
}

std::map<std::string, std::string> counts_of(const Json& object) {
  std::map<std::string, std::string> counts;
  if (object.is_object())
    for (const auto& [name, count] : object.items())
      if (!count.is_structured()) counts[name] = plain(count);
  return counts;
}

// A document of the manifest; null where it has none.
Json document(const Manifest& manifest, const std::string& name) {
  const auto found = manifest.documents.find(name);
  return found == manifest.documents.end() ? Json() : Json::parse(found->second, nullptr, false);
}

ControllerFacts::Groups groups_of(const Json& table) {
  const auto told = [&table](const char* name) { return plain(table.value(name, Json(""))); };
  ControllerFacts::Groups groups{told("table"),           told("k"), told("l"), told("groups"), told("people"),
                                 told("unique_profiles"), {}};
  const Json columns = table.value("columns", Json::array());
  for (const Json& column : columns)
    if (column.is_object())
      groups.retained.emplace_back(plain(column.value("name", Json(""))), column.value("retained_information", 0.0));
  return groups;
}

// A count of people as a paper may tell it: neither few of them nor all but few.
std::string told_count(std::uint64_t count, std::uint64_t all) {
  if (count != 0 && count < kFewestPeople) return fmt::format("< {}", kFewestPeople);
  if (count < all && all - count < kFewestPeople)
    return fmt::format("> {}", all < kFewestPeople ? 0 : all - kFewestPeople);
  return std::to_string(count);
}

void add_measured(const Manifest& manifest, ControllerFacts::Version& version) {
  const Json gates = document(manifest, "gates");
  if (gates.is_array())
    for (const Json& gate : gates)
      if (gate.is_object())
        version.gates.push_back({plain(gate.value("name", Json(""))), plain(gate.value("measured", Json(""))),
                                 plain(gate.value("required", Json(""))), gate.value("passed", false),
                                 gate.value("severity", "refuse") == "refuse"});
  const Json groups = document(manifest, "anonymity");
  if (groups.is_array())
    for (const Json& table : groups)
      if (table.is_object()) version.groups.push_back(groups_of(table));
  const Json tally = document(manifest, "tally");
  if (tally.is_object()) {
    version.dropped = counts_of(tally.value("dropped", Json()));
    version.masked = counts_of(tally.value("masked", Json()));
    version.quarantined = counts_of(tally.value("quarantined", Json()));
    if (tally.contains("quarantined_rows")) version.quarantined_rows = plain(tally["quarantined_rows"]);
  }
  if (version.masked.empty()) version.masked = counts_of(document(manifest, "masked"));
}

// What the version's own files say of it, and the record of its build; as far as they can be read.
void add_what_it_says(const Store& store, const VersionFacts& one, ControllerFacts::Version& version,
                      ControllerFacts& facts) {
  if (const auto text = read_whole_file(store.version_folder(one.audience, one.version) / "manifest.json"))
    if (const auto manifest = parse_manifest(*text)) {
      facts.name = manifest->name;
      add_measured(*manifest, version);
    }
  const auto record = read_published_record(store, one);
  if (!record) return;
  const auto config = parse_config(record->configuration, "the record of the build");
  if (!config) return;
  if (!config->controller.empty()) add_once(facts.controllers, config->controller);
  if (!config->contact.empty()) facts.contact = config->contact;
  for (std::size_t group = 0; group < config->text.size(); ++group)
    version.text_levels.emplace_back(to_string(static_cast<TextGroup>(group)), to_string(config->text[group]));
  if (const auto policy = Policy::compile(config->audience, config->text))
    version.privacy_level = policy->privacy_level();
}

Status add_versions(const Store& store, const Database& ledger, ControllerFacts& facts) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& one : versions) {
    if (one.state == VersionState::kSuperseded) ++facts.superseded_versions;
    if (one.state == VersionState::kRevoked) ++facts.revoked_versions;
    if (one.state != VersionState::kLive) continue;
    ControllerFacts::Version version;
    version.name = name_of(one);
    version.created_on = format_day(one.created_at_us);
    add_what_it_says(store, one, version, facts);
    facts.versions.push_back(std::move(version));
  }
  return {};
}

Status add_people(const Database& ledger, std::int64_t now_us, ControllerFacts& facts) {
  QF_ASSIGN(const auto owners, list_owners(ledger));
  QF_ASSIGN(const LedgerView view, LedgerView::load(ledger, now_us));
  std::set<std::string> people;
  for (const ProjectOwner& owner : owners) people.insert(owner.subject_key);
  facts.people = people.size();
  facts.projects = owners.size();
  for (std::size_t scope = 0; scope < kScopeCount; ++scope) {
    std::uint64_t count = 0;
    for (const std::string& key : people) {
      const auto period = view.period(key, static_cast<Scope>(scope));
      if (period.state == ConsentReason::kGiven && period.ends_at_us > now_us) ++count;
    }
    facts.people_by_scope[std::string(to_string(static_cast<Scope>(scope)))] = told_count(count, facts.people);
  }
  QF_ASSIGN(const auto events, list_consent(ledger));
  std::map<std::string, std::set<std::string>> by_method;
  std::set<std::string> withdrew;  // one person withdraws several scopes
  for (const ConsentEvent& event : events) {
    const std::string person = subject_key(event.statement.subject);
    if (event.statement.status == ConsentStatus::kWithdrawn) withdrew.insert(person);
    by_method[known_method(event.statement.method)].insert(person);
  }
  for (const auto& [method, whose] : by_method)
    facts.people_by_method[method] = told_count(whose.size(), std::max<std::uint64_t>(facts.people, whose.size()));
  facts.withdrawn_by = told_count(withdrew.size(), std::max<std::uint64_t>(facts.people, withdrew.size()));
  QF_ASSIGN(const AuditLog log, load_audit_log(ledger));
  for (const ChainEntry& entry : log.entries)
    if (entry.kind == "dsar_delivered") ++facts.access_requests;
  if (const auto checked = check_audit_log(log, std::nullopt)) {
    facts.audit_entries = checked->chain.entries;
    facts.audit_erased = checked->chain.erased;
  } else {
    facts.audit_problem = checked.error().message;
  }
  QF_ASSIGN(const auto erasures, load_erasures(ledger));
  facts.erasures = erasures.size();
  QF_ASSIGN(const auto holds, load_holds(ledger));
  for (const VersionHold& hold : holds)
    if (!hold.lifted_at_us) ++facts.holds;
  QF_ASSIGN(const auto items, list_quarantine(ledger));
  const SetApart awaiting = awaiting_decision(items);
  facts.awaiting_texts = awaiting.texts;
  facts.awaiting_rows = awaiting.rows;
  return {};
}

Status add_authority(const Database& ledger, std::int64_t now_us, ControllerFacts& facts) {
  QF_ASSIGN(const auto authorisations, list_authorisations(ledger));
  for (const Authorisation& one : authorisations) {
    const bool in_force = !one.revoked_at_us && now_us < one.until_us;
    if (in_force) add_once(facts.controllers, one.controller);
    facts.authorisations.push_back({one.controller, one.basis, one.dpia, one.audience, format_day(one.until_us),
                                    one.revoked_at_us ? format_day(*one.revoked_at_us) : "", in_force});
  }
  QF_ASSIGN(const auto recipients, list_recipients(ledger));
  for (const Recipient& one : recipients)
    facts.recipients.push_back({one.name, one.audience + "/" + one.version, format_day(one.given_at_us),
                                fmt::format("{}", fmt::join(one.models, ", "))});
  return {};
}

void add_program_facts(ControllerFacts& facts) {
  for (const FieldRule& rule : field_rules())
    for (const FieldSpec& field : table_schema(rule.table).fields)
      if (field.name == rule.field && field.privacy != PrivacyClass::kNotSensitive)
        facts.fields.push_back({std::string(table_schema(rule.table).name), std::string(field.name),
                                std::string(to_string(field.privacy)), std::string(to_string(rule.action)),
                                std::string(field.meaning), std::string(field_meaning(rule.table, field.name, "sv"))});
  for (const auto& [profile, name] :
       {std::pair(RedactionProfile::kStrict, "strict"), std::pair(RedactionProfile::kContent, "content")}) {
    const SelfTestResult test = redaction_self_test(profile);
    facts.self_tests.push_back({name, test.planted, test.covered, test.passed});
  }
  facts.self_test_floor = kSelfTestFloor;
  for (const RetentionTerm& term : kRetentionTerms)
    facts.terms.push_back({std::string(term.name), std::string(term.period_en), std::string(term.period_sv),
                           std::string(term.then_en), std::string(term.then_sv)});
}

}  // namespace

Result<std::vector<fs::path>> write_report(const ReportRequest& request) {
  const Store store(request.store);
  ControllerFacts facts;
  facts.name = Config().dataset_name;
  facts.written_on = format_day(request.now_us);
  {
    QF_ASSIGN(const Database ledger, store.open_read_only());
    QF_CHECK(add_versions(store, ledger, facts));
    QF_CHECK(add_people(ledger, request.now_us, facts));
    QF_CHECK(add_authority(ledger, request.now_us, facts));
  }
  add_program_facts(facts);
  std::error_code error;
  if (fs::create_directories(request.out, error)) fs::permissions(request.out, fs::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, request.out.string() + ": " + error.message());
  const bool is_ropa = request.kind == PaperKind::kRopa;
  const Paper paper = is_ropa                            ? ropa_paper(facts, request.language)
                      : request.kind == PaperKind::kDpia ? dpia_paper(facts, request.language)
                                                         : transparency_paper(facts, request.language);
  const std::string name = is_ropa ? "ropa" : request.kind == PaperKind::kDpia ? "dpia" : "transparency";
  std::vector<fs::path> files = {request.out / (name + ".md"), request.out / (name + ".html")};
  QF_CHECK(write_file_durably(files[0], paper.markdown()));
  QF_CHECK(write_file_durably(files[1], paper.html()));
  return files;
}

}  // namespace qf
