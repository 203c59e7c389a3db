// Takes one project's rows as they are made: permits, fingerprints their texts, makes them safe and stages them.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "qf/core/reason.h"
#include "qf/ingest/transform.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/keys.h"
#include "qf/privacy/policy.h"
#include "qf/run/permit.h"
#include "qf/run/staging.h"

namespace qf {

class ProjectStager final : public RowSink {
 public:
  // All that is named here outlives the stager; `subject` is the person's key.
  ProjectStager(std::string_view project, std::string_view subject, const SubjectPermit& permit, const Policy& policy,
                const KeyedTag& tags, StagedProjectWriter writer)
      : project_(project),
        subject_tag_(tags.subject_tag(subject)),
        permit_(permit),
        policy_(policy),
        tags_(tags),
        writer_(std::move(writer)) {}

  Result<std::uint64_t> take(TransformedRow& row, Arena& arena) override;

  // Ends the staging. `dropped` is added to, by reason.
  Result<StagedProject> finish(const ProjectFacts& facts, Tally& tally);

 private:
  // An earlier decision of the session, as later rows show it.
  struct Earlier {
    std::uint64_t said;  // hash of its type and choice
    Fingerprint question;
    bool has_question;
  };
  RowKey key_of(const TransformedRow& row) const;
  void add_earlier(const TransformedRow& row, const StagedIds& ids, std::string& content);

  std::string_view project_;
  std::string subject_tag_;  // whose row it is belongs to what the row says
  const SubjectPermit& permit_;
  const Policy& policy_;
  const KeyedTag& tags_;
  StagedProjectWriter writer_;
  std::vector<std::deque<Earlier>> earlier_;  // by session, newest first
  std::array<std::uint64_t, kDropReasonCount> dropped_{};
  std::string normal_, name_, content_;
};

}  // namespace qf
