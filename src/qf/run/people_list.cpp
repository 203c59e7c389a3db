#include "qf/run/people_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "qf/core/instant.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/csv.h"
#include "qf/run/import_people.h"
#include "qf/run/permit.h"
#include "qf/store/recover.h"

namespace qf {
namespace {

std::string consent_text(const LedgerView& view, const SubjectName& subject, std::int64_t last_us) {
  const Permission permission = view.may_use(subject.key, Scope::kModelTraining, last_us);
  switch (permission.reason) {
    case ConsentReason::kNoRecord: return "";
    case ConsentReason::kOutsidePeriod: return "given";  // for another time than these logs' last event
    default: return std::string(to_string(permission.reason));
  }
}

}  // namespace

Result<PeopleListing> list_people(const std::vector<std::filesystem::path>& paths,
                                  const std::optional<std::filesystem::path>& store, std::int64_t as_of_us,
                                  const ProgressCallback& progress) {
  LedgerView view = LedgerView::from({}, {}, as_of_us);
  std::map<std::string, std::string, std::less<>> controllers;
  if (store && Store(*store).exists()) {
    QF_ASSIGN(const Database ledger, Store(*store).open_read_only());
    QF_ASSIGN(controllers, list_controllers(ledger));
    QF_ASSIGN(view, LedgerView::load(ledger, as_of_us));
  }
  PeopleListing listing;
  std::mutex mutex;
  ReadPlan plan;
  plan.transform.text_features = false;
  plan.tag = [](std::string_view) { return std::string("other"); };
  plan.progress = progress;
  QF_ASSIGN(const ReadSummary read, read_all(
                                        paths, plan, [](const Project&) { return std::make_unique<NoRows>(); },
                                        [&](const Project& project, RowSink&, ProjectReading&& reading) -> Status {
                                          const ProjectSigns signs = signs_of(project, reading);
                                          const SubjectName subject = subject_of(view, project, signs);
                                          ListedProject listed;
                                          listed.project = project.name;
                                          listed.subject = subject.display;
                                          listed.confirmed = subject.confirmed;
                                          listed.first_day = signs.first_day;
                                          if (!project.first_lines.empty())
                                            listed.first_line = project.first_lines.front();
                                          std::optional<std::int64_t> last;
                                          for (const SessionFacts& session : reading.rows.sessions) {
                                            listed.sessions += session.sittings;
                                            listed.decisions += session.decisions;
                                            if (!session.any_event) continue;
                                            last = std::max(last.value_or(session.last_us), session.last_us);
                                          }
                                          if (last) listed.last_day = format_day(*last);
                                          listed.consent = consent_text(view, subject, last.value_or(as_of_us));
                                          if (const auto named = controllers.find(subject.key);
                                              named != controllers.end())
                                            listed.controller = named->second;
                                          const std::lock_guard lock(mutex);
                                          listing.projects.push_back(std::move(listed));
                                          if (subject.passed_over)
                                            listing.warnings.push_back(passed_over_warning(project));
                                          return {};
                                        }));
  listing.skipped = read.skipped;
  std::sort(listing.projects.begin(), listing.projects.end(),
            [](const auto& a, const auto& b) { return a.project < b.project; });
  std::sort(listing.warnings.begin(), listing.warnings.end());
  return listing;
}

std::string people_csv(const PeopleListing& listing) {
  std::string out = "project,subject,confirmed,sessions,decisions,first_day,last_day,consent,controller\n";
  for (const ListedProject& p : listing.projects)
    out += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_cell(p.project), csv_cell(p.subject),
                       p.confirmed ? "yes" : "no", p.sessions, p.decisions, p.first_day, p.last_day, p.consent,
                       csv_cell(p.controller));
  return out;
}

Result<OwnConsent> give_own_consent(const std::vector<std::filesystem::path>& paths, const std::filesystem::path& store,
                                    const std::optional<std::string>& subject, std::span<const Scope> scopes,
                                    std::int64_t covers_from_us, std::int64_t now_us, const LockWait& wait,
                                    const std::filesystem::path& key_file) {
  QF_ASSIGN(const PeopleListing listing, list_people(paths, store, now_us, {}));
  if (listing.projects.empty())
    return failure(ErrorCode::kInvalidInput,
                   listing.skipped.empty() ? "no project lies under these paths"
                                           : fmt::format("no project under these paths can be read: {}: {}",
                                                         listing.skipped.front().path, listing.skipped.front().reason));
  OwnConsent own;
  own.skipped = listing.skipped;
  if (subject) {
    own.subject = *subject;
  } else {
    std::set<std::string> names;
    for (const ListedProject& project : listing.projects) names.insert(subject_key(project.subject));
    if (names.size() != 1)
      return failure(
          ErrorCode::kInvalidInput,
          fmt::format("these projects point to {} people. If they are all yours, say who you are: --me --subject NAME",
                      names.size()));
    own.subject = listing.projects.front().subject;
  }
  std::vector<ProjectClaim> claims;
  for (const ListedProject& project : listing.projects)
    claims.push_back({project.project, own.subject, {project.first_line, project.first_day}});
  own.projects = claims.size();
  QF_ASSIGN(const WritableStore writable, open_for_change(Store(store), IfMissing::kMake, wait));
  const Database& ledger = writable.ledger;
  if (!key_file.empty()) QF_CHECK(refuse_erased(ledger, key_file, own.subject));
  QF_ASSIGN(auto transaction, ledger.begin());
  QF_ASSIGN([[maybe_unused]] const PeopleImport people, confirm_owners(ledger, claims, now_us));
  ConsentStatement terms;
  terms.given_at_us = now_us;
  terms.covers_from_us = covers_from_us;
  terms.method = "self";
  terms.recorded_by = own.subject;
  QF_ASSIGN(own.recorded, give_consent(ledger, own.subject, scopes, terms, now_us));
  QF_CHECK(transaction.commit());
  return own;
}

}  // namespace qf
