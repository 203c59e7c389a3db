#include "qf/run/reread.h"

#include "qf/ingest/project_reader.h"
#include "qf/run/project_person.h"
#include "qf/run/reading.h"
#include "qf/run/stager.h"

namespace qf {
namespace {

class HandingOver final : public RowSink {
 public:
  HandingOver(const RereadLedger& ledger, const Project& project, const ReadRowSink& each)
      : ledger_(ledger), project_(project), each_(each) {}

  Result<std::uint64_t> take(TransformedRow& row, Arena& arena) override {
    ReadRow read;
    read.table = row.table;
    read.cells = row.cells;
    read.without_corrections = row.facts.without_corrections;
    read.corrected_us = row.facts.corrected_us;
    read.key = row_key_of(ledger_.tags, project_.name, row);
    read.place = place_of(project_, row.facts.at);
    read.time_us = row.facts.time_us;
    read.has_time = row.facts.has_time;
    QF_CHECK(each_(read, arena));
    return next_++;
  }

 private:
  const RereadLedger& ledger_;
  const Project& project_;
  const ReadRowSink& each_;
  std::uint64_t next_ = 0;
};

PersonProject person_by(const RereadLedger& ledger, const Project& project, const ProjectSigns& signs) {
  PersonProject whose;
  whose.project = &project;
  whose.subject = subject_of(ledger.view, project, signs);
  whose.identities = identities_of(project, whose.subject, signs);
  return whose;
}

ReadOptions options_of(const RereadLedger& ledger, const std::filesystem::path& spill_folder) {
  ReadOptions options;
  options.transform.spill_folder = spill_folder;
  options.tag = [&ledger](std::string_view name) { return "other:" + ledger.tags.tag(name); };
  return options;
}

}  // namespace

PersonProject person_of(const RereadLedger& ledger, const Project& project) {
  return person_by(ledger, project, signs_before_reading(project));
}

Result<PersonProject> settled_person_of(const RereadLedger& ledger, const Project& project,
                                        const std::filesystem::path& spill_folder) {
  NoRows none;
  QF_ASSIGN(const ProjectReading reading, read_project(project, options_of(ledger, spill_folder), none));
  return person_by(ledger, project, signs_of(project, reading));
}

Result<RowFate> RowFate::make(const RereadLedger& ledger, const PersonProject& whose, const Config& config,
                              const AuthorityView* authority) {
  QF_ASSIGN(Policy policy, Policy::compile(config.audience, config.text));
  const DropReason whole = ledger.erased.of(ledger.tags, whose.project->name, whose.subject.key) ? DropReason::kErased
                           : has_unreadable_consent(*whose.project, ledger.view.as_of_us())
                               ? DropReason::kConsentUnreadable
                               : drop_of_audience(config.audience, whose.subject, authority);
  RowFate fate(std::move(policy), SubjectPermit(ledger.view, whose.subject.key, config.audience, whole));
  if (fate.policy_.redacts()) {
    QF_ASSIGN(
        RowRedaction redaction,
        RowRedaction::make(whose.identities, config.allow, [&ledger, key = whose.subject.key](std::string_view text) {
          return decision_about(ledger.decided, quarantine_id(ledger.tags, key, text));
        }));
    fate.redaction_ = std::make_unique<RowRedaction>(std::move(redaction));
  }
  return fate;
}

RowPermission RowFate::permission(const ReadRow& row) const {
  RowFacts facts;
  facts.time_us = row.time_us;
  facts.has_time = row.has_time;
  facts.without_corrections = row.without_corrections;
  facts.corrected_us = row.corrected_us;
  return permit_.of(facts);
}

RowFate::Safe RowFate::safe(const ReadRow& row, const TextScopes& scopes, Arena& arena) {
  Safe safe;
  const bool apart = !row.without_corrections.empty() && !policy_.shows_corrections(scopes);
  const ConstRow from = apart ? row.without_corrections : row.cells;
  safe.cells.assign(from.begin(), from.end());
  policy_.apply(row.table, safe.cells, scopes, redaction_.get(), arena);
  if (redaction_)
    for (const HeldText& held : redaction_->held()) safe.held.push_back(held.column);
  return safe;
}

Result<std::vector<SkippedInput>> reread(const RereadLedger& ledger, const Project& project,
                                         const std::filesystem::path& spill_folder, const ReadRowSink& each) {
  HandingOver sink(ledger, project, each);
  QF_ASSIGN(ProjectReading reading, read_project(project, options_of(ledger, spill_folder), sink));
  return std::move(reading.skipped);
}

}  // namespace qf
