// Takes one project's rows as they are made: permits, fingerprints their texts, makes them safe and stages them.
#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "qf/core/reason.h"
#include "qf/ingest/project.h"
#include "qf/ingest/transform.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/keys.h"
#include "qf/privacy/policy.h"
#include "qf/privacy/row_redaction.h"
#include "qf/run/context_digest.h"
#include "qf/run/permit.h"
#include "qf/run/staging.h"

namespace qf {

// The keyed name of a person's text in the quarantine: equal texts of one person share it.
std::string quarantine_id(const KeyedTag& tags, std::string_view subject_key, std::string_view text);

// What names a row from build to build.
RowKey row_key_of(const KeyedTag& tags, std::string_view project, const TransformedRow& row);

// Where a line stands, as people find it: "relative/log.jsonl:LINE"; "" for what has no line of its own.
std::string place_of(const Project& project, const Position& at);

class ProjectStager final : public RowSink {
 public:
  // All that is named here outlives the stager; `subject` is the person's key. `redaction` may be null where the policy
  // redacts nothing.
  ProjectStager(std::string_view project, std::string_view subject, const SubjectPermit& permit, const Policy& policy,
                const KeyedTag& tags, RowRedaction* redaction, StagedProjectWriter writer)
      : project_(project),
        subject_(subject),
        subject_tag_(tags.subject_tag(subject)),
        permit_(permit),
        policy_(policy),
        tags_(tags),
        redaction_(redaction),
        writer_(std::move(writer)) {}

  Result<std::uint64_t> take(TransformedRow& row, Arena& arena) override;
  Status end_of_events() override;
  void save(StateWriter& to) override;
  void load(StateReader& from) override;

  // Ends the staging. What was dropped, masked and set apart is added to `tally`.
  Result<StagedProject> finish(const ProjectFacts& facts, Tally& tally);

  // The texts that await a person's decision, by their keyed names. `at.file` counts the project's logs.
  struct Held {
    std::string id;
    Position at;           // line 0: of a question, which has no line of its own
    std::string question;  // its id then
    TableId table = TableId::kDecisions;
    std::size_t column = 0;
    QuarantineReason reason = QuarantineReason::kSpecialCategory;
  };
  const std::vector<Held>& held() const { return held_; }
  // Questions whose rows were made anew, so that what an earlier run held of them no longer counts.
  const std::set<std::string>& questions_anew() const { return questions_anew_; }

 private:
  // What was masked and set apart, in earlier runs that this one goes on after and in this one.
  Tally::Counts masked() const;
  Tally::Counts quarantined() const;
  // The row as it was when an earlier run counted it.
  void take_back(TransformedRow& row, const TextScopes& scopes, Arena& arena);
  // The digest of what the session decided before the row, which then is one of these decisions.
  RowDigest pass_context(const TransformedRow& row, const StagedIds& ids);

  std::string_view project_, subject_;
  std::string subject_tag_;  // whose row it is belongs to what the row says
  const SubjectPermit& permit_;
  const Policy& policy_;
  const KeyedTag& tags_;
  RowRedaction* redaction_;
  StagedProjectWriter writer_;
  std::vector<ContextDigest> contexts_;  // by session
  std::array<std::uint64_t, kDropReasonCount> dropped_{};
  Tally::Counts masked_before_, quarantined_before_;  // to be added to what the redaction counts
  std::vector<Held> held_;
  std::set<std::string> questions_anew_;
  std::string normal_, name_, content_;
};

}  // namespace qf
