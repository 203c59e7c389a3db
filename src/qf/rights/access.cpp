#include "qf/rights/access.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/core/digest.h"
#include "qf/core/instant.h"
#include "qf/describe/plain_words.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/recipients.h"
#include "qf/ledger/suppressions.h"
#include "qf/output/durable.h"
#include "qf/rights/access_mentions.h"
#include "qf/rights/access_rows.h"
#include "qf/rights/private_folder.h"
#include "qf/rights/retention_terms.h"
#include "qf/store/published_rows.h"
#include "qf/store/recover.h"
#include "qf/store/scratch.h"
#include "qf/store/store_key.h"

namespace qf {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string day_or_nothing(const std::optional<std::int64_t>& at_us) { return at_us ? format_day(*at_us) : ""; }

// The person in the register: how the name is written, and which projects are theirs.
struct Registered {
  std::string display;
  std::set<std::string, std::less<>> projects;
};
Result<Registered> registered(const Database& ledger, std::string_view subject, std::string_view key) {
  Registered person{std::string(subject), {}};
  QF_ASSIGN(const auto owners, list_owners(ledger));
  for (const ProjectOwner& owner : owners) {
    if (owner.subject_key != key) continue;
    person.display = owner.subject;
    person.projects.insert(owner.project);
  }
  return person;
}

Status add_people_facts(const Database& ledger, std::string_view key, const std::string& display,
                        const std::vector<PersonsVersion>& versions, std::int64_t now_us, AccessFacts& facts) {
  QF_ASSIGN(const auto events, list_consent(ledger, display));
  for (const ConsentEvent& event : events) {
    const ConsentStatement& said = event.statement;
    facts.agreements.push_back({std::string(to_string(said.scope)), std::string(to_string(said.status)),
                                format_day(said.given_at_us), format_day(said.covers_from_us),
                                day_or_nothing(said.expires_at_us), said.method, said.notice, said.evidence,
                                said.recorded_by});
  }
  QF_ASSIGN(const auto recipients, list_recipients(ledger));
  for (const Recipient& one : recipients) {
    const std::string name = one.audience + "/" + one.version;
    if (std::none_of(versions.begin(), versions.end(), [&](const auto& v) { return v.name() == name; })) continue;
    facts.recipients.push_back({one.name, one.export_name.empty() ? name : name + ", " + one.export_name,
                                format_day(one.given_at_us), fmt::format("{}", fmt::join(one.models, ", "))});
  }
  QF_ASSIGN(const auto items, list_quarantine(ledger));
  for (const QuarantineItem& item : items)
    if (item.subject_key == key)
      for (const QuarantinePlace& one : item.places)
        facts.held.push_back({one.project, one.place, one.field, item.reason, item.decision});
  // Who answers for a person is the same for every audience.
  QF_ASSIGN(const AuthorityView authority, AuthorityView::load(ledger, "internal", now_us));
  facts.controller = authority.controller(key);
  return {};
}

std::vector<std::pair<std::string, std::string>> text_levels_of(const PersonsVersion& version) {
  if (!version.record) return {};
  const auto config = parse_config(version.record->configuration, "the record of the build");
  if (!config) return {};
  std::vector<std::pair<std::string, std::string>> levels;
  for (std::size_t group = 0; group < config->text.size(); ++group)
    levels.emplace_back(to_string(static_cast<TextGroup>(group)), to_string(config->text[group]));
  return levels;
}

// Where the logs lay when they were read, and of these the places that are no more.
// Of all versions: a person of whom no row left may have been read for every one.
Status add_places(const AccessRequest& request, const Store& store, const Database& ledger, AccessReading& reading,
                  AccessResult& result) {
  std::set<std::string> roots;
  for (const fs::path& path : request.paths) roots.insert(path.string());
  if (request.paths.empty()) {
    QF_ASSIGN(const auto versions, load_versions(ledger));
    for (const VersionFacts& facts : versions)
      if (const auto record = read_published_record(store, facts))
        roots.insert(record->roots.begin(), record->roots.end());
  }
  std::error_code error;
  for (const std::string& root : roots) {
    if (fs::exists(root, error))
      reading.places.emplace_back(root);
    else
      result.gone.push_back(root);
  }
  return {};
}

// The person's projects that builds read and this reading has not.
void add_gone_projects(const std::vector<PersonsVersion>& versions, const KeyedTag& tags, std::string_view subject_key,
                       const std::set<std::string, std::less<>>& projects, AccessFacts& facts) {
  std::set<std::string> known;
  for (const auto& project : facts.projects) known.insert(project.name);
  std::set<std::string> missing(projects.begin(), projects.end());
  for (const PersonsVersion& version : versions)
    if (version.record)
      for (const RecordedProject& project : version.record->projects)
        if (project.subject_tag == tags.subject_tag(subject_key)) missing.insert(project.name);
  for (const std::string& name : missing)
    if (!known.contains(name))
      facts.projects.push_back({name,
                                "not where a build read them: what they hold is not in this answer",
                                "inte där ett bygge läste dem: vad de innehåller är inte med i svaret",
                                0,
                                "",
                                {}});
}

Json machine_form(const AccessFacts& facts) {
  Json changed = Json::object(), generalised = Json::object(), nowhere = Json::object();
  for (const auto& [version, fields] : facts.changed)
    for (const auto& [field, one] : fields) {
      changed[version][field] = one.rows;
      if (one.coarser != 0) generalised[version][field] = one.coarser;
    }
  for (const auto& [reason, count] : facts.nowhere) nowhere[reason] = count;
  Json json = {{"format", "qf-access-1"},
               {"subject", facts.subject},
               {"asked_on", facts.asked_on},
               {"answer_by", facts.answer_by},
               {"found", facts.found},
               {"controller", facts.controller},
               {"kept_in", facts.kept_in},
               {"left_out", facts.dropped},
               {"permitted_in_no_version", std::move(nowhere)},
               {"changed_fields", std::move(changed)},
               {"generalised_fields", std::move(generalised)}};
  // A list that is empty is there all the same: its absence would say that this was not looked at.
  for (const char* list :
       {"versions", "recipients", "agreements", "projects", "set_apart", "named_by_others", "audit_entries_about_you"})
    json[list] = Json::array();
  for (const auto& one : facts.versions)
    json["versions"].push_back({{"version", one.name},
                                {"state", one.state},
                                {"created", one.created_on},
                                {"rows", one.rows},
                                {"pseudonym", one.pseudonym},
                                {"review_on", one.review_on},
                                {"retire_on", one.retire_on},
                                {"unknown", one.unknown_en}});
  for (const auto& one : facts.recipients)
    json["recipients"].push_back(
        {{"name", one.name}, {"version", one.version}, {"given_on", one.given_on}, {"models", one.models}});
  for (const auto& one : facts.agreements)
    json["agreements"].push_back({{"scope", one.scope},
                                  {"status", one.status},
                                  {"given_at", one.given_on},
                                  {"covers_from", one.covers_from},
                                  {"expires_at", one.expires_on},
                                  {"method", one.method},
                                  {"evidence", one.evidence},
                                  {"recorded_by", one.recorded_by},
                                  {"notice", one.notice}});
  for (const auto& one : facts.projects)
    json["projects"].push_back({{"project", one.name},
                                {"logs", one.state_en},
                                {"rows", one.rows},
                                {"log_due_on", one.log_due_on},
                                {"left_out_at_latest_build", one.dropped_at_build}});
  for (const auto& one : facts.held)
    json["set_apart"].push_back({{"project", one.project},
                                 {"place", one.place},
                                 {"field", one.field},
                                 {"reason", one.reason},
                                 {"decision", one.decision}});
  for (const auto& one : facts.named)
    json["named_by_others"].push_back({{"where", one.where}, {"recorded_on", one.on}, {"says", one.fields}});
  for (const auto& one : facts.entries)
    json["audit_entries_about_you"].push_back(
        {{"seq", one.seq}, {"at", one.at}, {"kind", one.kind}, {"says", one.fields}});
  return json;
}

Status write_papers(const fs::path& folder, const std::string& language, const AccessFacts& facts) {
  QF_CHECK(write_file_durably(folder / "index.html", access_page(facts, language).html(), Readers::kOwner));
  for (const std::string one : {"sv", "en"}) {
    const Paper letter = access_letter(facts, one);
    QF_CHECK(write_file_durably(folder / ("letter." + one + ".md"), letter.markdown(), Readers::kOwner));
    QF_CHECK(write_file_durably(folder / ("letter." + one + ".html"), letter.html(), Readers::kOwner));
  }
  return write_file_durably(folder / "access.json",
                            machine_form(facts).dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
                            Readers::kOwner);
}

// What was asked and when, what the answer is about, and for how long things are kept.
AccessFacts begin_facts(const AccessRequest& request, const std::string& display) {
  AccessFacts facts;
  facts.subject = display;
  facts.asked_on = format_day(request.now_us);
  facts.answer_by = format_day(request.now_us + kAnswerUs);
  facts.destroy_package_on = format_day(request.now_us + kAccessPackageUs);
  for (const RetentionTerm& term : kRetentionTerms)
    facts.terms.push_back({term_in_words(term.name, "en") + ": " + std::string(term.then_en),
                           term_in_words(term.name, "sv") + ": " + std::string(term.then_sv),
                           std::string(term.period_en), std::string(term.period_sv)});
  return facts;
}

// The rows of the logs are read anew under the settings of the person's newest version, and beside it under those of
// every version that they are in.
Status read_settings(const Database& ledger, std::int64_t now_us, AccessReading& reading) {
  const PersonsVersion* newest = nullptr;
  for (const PersonsVersion& version : *reading.versions)
    if (version.record && (newest == nullptr || newest->facts.created_at_us <= version.facts.created_at_us))
      newest = &version;
  reading.newest = newest;
  if (newest != nullptr) {
    QF_ASSIGN(reading.config, parse_config(newest->record->configuration, "the record of the build"));
  }
  const auto authority_of = [&](Audience audience) -> Result<std::optional<AuthorityView>> {
    if (audience == Audience::kPrivate) return std::nullopt;
    QF_ASSIGN(AuthorityView view, AuthorityView::load(ledger, to_string(audience), now_us));
    return view;
  };
  QF_ASSIGN(reading.authority, authority_of(reading.config.audience));
  for (const PersonsVersion& version : *reading.versions) {
    if (!version.record) continue;
    QF_ASSIGN(Config config, parse_config(version.record->configuration, "the record of the build"));
    QF_ASSIGN(auto authority, authority_of(config.audience));
    reading.settings.push_back({&version, std::move(config), std::move(authority), {}});
  }
  return {};
}

// The person's rows as the versions hold them, a folder a version.
Status write_versions(const Store& store, const std::vector<PersonsVersion>& versions, const OthersMask& mask,
                      const fs::path& folder, AccessReading& reading, AccessFacts& facts, AccessResult& result) {
  for (const PersonsVersion& version : versions) {
    const fs::path own = folder / fmt::format("{}-{}", to_string(version.audience), to_string(version.facts.version));
    QF_CHECK(make_private_folder(own));
    const auto settings = std::find_if(reading.settings.begin(), reading.settings.end(),
                                       [&](const VersionSettings& one) { return one.version == &version; });
    QF_ASSIGN(
        const std::uint64_t rows,
        write_rows_of(store, version, mask, own, settings == reading.settings.end() ? nullptr : &settings->published));
    result.derived_rows += rows;
    AccessFacts::Version shown;
    shown.name = version.name();
    shown.state = to_string(version.facts.state);
    shown.created_on = format_day(version.facts.created_at_us);
    shown.review_on = format_day(version.facts.created_at_us + kReviewUs);
    shown.retire_on = format_day(version.facts.created_at_us + kRetireUs);
    shown.pseudonym = version.audience == Audience::kExternal ? "" : version.pseudonym;
    shown.rows = rows;
    shown.text_levels = text_levels_of(version);
    shown.unknown_en = version.unknown_en;
    shown.unknown_sv = version.unknown_sv;
    if (const std::size_t known = version.record_ids.size(); rows != known && shown.unknown_en.empty()) {
      shown.unknown_en =
          fmt::format("{} of your {} rows in it cannot be read: its files are damaged", known - rows, known);
      shown.unknown_sv =
          fmt::format("{} av dina {} rader i den kan inte läsas: filerna är skadade", known - rows, known);
    }
    facts.versions.push_back(std::move(shown));
    result.versions.push_back(
        {version.name(), std::string(to_string(version.facts.state)), facts.versions.back().unknown_en, rows});
  }
  return {};
}

// Enters that the answer was asked for and given, about nobody where nothing is kept of the person or they were erased:
// then not even the name shall be.
Status enter_delivery(const Database& ledger, const AccessResult& result, const std::string& answer_by,
                      const std::string& digest, std::string_view about, std::int64_t now_us) {
  QF_ASSIGN(Transaction transaction, ledger.begin());
  QF_CHECK(append_entry(ledger, "dsar_requested", Json{{"answer_by", answer_by}}.dump(), about, now_us));
  QF_CHECK(
      append_entry(ledger, "dsar_delivered",
                   Json{{"found", result.found}, {"rows", result.derived_rows}, {"access_json_sha256", digest}}.dump(),
                   about, now_us));
  return transaction.commit();
}

}  // namespace

Result<AccessResult> access(const AccessRequest& request) {
  QF_CHECK(check_subject(request.subject, "--subject"));
  QF_CHECK(check_new_folder(request.out));
  const Store store(request.store);
  QF_ASSIGN(const WritableStore writable, open_for_change(store, IfMissing::kRefuse, request.wait));
  const Database& ledger = writable.ledger;
  const std::string key = subject_key(request.subject);
  QF_ASSIGN(const KeyStatus status, key_status(&ledger, request.key_file));
  std::optional<KeyFile> key_file;
  KeyedTag tags = KeyedTag::ephemeral();
  if (!status.file_id.empty()) {
    QF_ASSIGN(key_file, KeyFile::open(request.key_file));
    QF_ASSIGN(tags, KeyedTag::make(*key_file));
  }
  // A run that is killed leaves nothing of the person under the name asked for.
  QF_CHECK(make_folders_above(request.out));
  QF_ASSIGN(ScratchFolder work, ScratchFolder::create_beside(request.out, "access"));
  const fs::path& folder = work.path();
  for (const char* part : {"raw", "derived", "portability"}) QF_CHECK(make_private_folder(folder / part));

  AccessResult result;
  result.out = request.out;
  result.put_right = writable.put_right;
  result.answer_by_us = request.now_us + kAnswerUs;
  QF_ASSIGN(const Registered person, registered(ledger, request.subject, key));
  QF_ASSIGN(const auto versions,
            versions_of_person(store, ledger, key_file ? &*key_file : nullptr, key, person.projects));
  QF_ASSIGN(const OthersMask mask, OthersMask::make(person.display));
  AccessFacts facts = begin_facts(request, person.display);
  QF_CHECK(add_people_facts(ledger, key, person.display, versions, request.now_us, facts));

  QF_ASSIGN(LedgerView view, LedgerView::load(ledger, request.now_us));
  RereadLedger reread{std::move(view), std::move(tags), {}, {}};
  QF_ASSIGN(reread.erased.tags, load_suppressions(ledger));
  QF_ASSIGN(const auto items, list_quarantine(ledger));
  for (const QuarantineItem& item : items)
    if (!item.decision.empty()) reread.decided.emplace(item.id, item);
  QF_CHECK(add_mentions(ledger, key, mask, facts));
  AccessReading reading{&reread, &versions, &mask, key, {}, {}, nullptr, {}, {}, folder};
  QF_CHECK(read_settings(ledger, request.now_us, reading));
  QF_CHECK(add_places(request, store, ledger, reading, result));
  QF_CHECK(write_versions(store, versions, mask, folder / "derived", reading, facts, result));
  QF_CHECK(read_persons_rows(reading, facts));
  add_gone_projects(versions, reread.tags, key, person.projects, facts);
  result.raw_rows = facts.all_rows;
  result.found = !person.projects.empty() || !facts.agreements.empty() || !facts.projects.empty() ||
                 result.derived_rows != 0 || !facts.named.empty() || !facts.entries.empty();
  facts.found = result.found;
  QF_CHECK(write_papers(folder, request.language, facts));
  QF_ASSIGN(const std::string digest, sha256_of_file(folder / "access.json"));
  QF_CHECK(work.keep(folder, request.out));

  const bool erased = reread.erased.tags.contains(reread.tags.subject_tag(key));
  const std::string_view about = result.found && !erased ? std::string_view(key) : std::string_view();
  QF_CHECK(enter_delivery(ledger, result, facts.answer_by, digest, about, request.now_us));
  return result;
}

}  // namespace qf
