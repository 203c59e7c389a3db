// Reading a person's projects again, row by row, and asking of each row what a build under given settings makes of it:
// by the same parts that a build uses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/arena.h"
#include "qf/core/reason.h"
#include "qf/ingest/project.h"
#include "qf/ingest/transform.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/keys.h"
#include "qf/run/permit.h"
#include "qf/run/quarantined.h"
#include "qf/store/config.h"

namespace qf {

// What the ledger says, for all projects of a reading.
struct RereadLedger {
  LedgerView view;
  KeyedTag tags;
  ErasedPeople erased{};
  DecidedItems decided{};
};

// A project with its person, as a build would know them.
struct PersonProject {
  const Project* project = nullptr;
  SubjectName subject;
  std::vector<std::string> identities;
};
// As far as the beginnings of its logs tell.
PersonProject person_of(const RereadLedger& ledger, const Project& project);
// The same after reading all of it, as a build does: a name that only stands further on is masked from the beginning.
Result<PersonProject> settled_person_of(const RereadLedger& ledger, const Project& project,
                                        const std::filesystem::path& spill_folder);

// A row as it was read, before anything was done to it. Lives until the callback returns.
struct ReadRow {
  TableId table = TableId::kDecisions;
  ConstRow cells;
  ConstRow without_corrections;  // see RowFacts
  std::int64_t corrected_us = 0;
  RowKey key;         // names the row in the store's row indexes
  std::string place;  // relative/log.jsonl:LINE; "" for questions, which have no line of their own
  std::int64_t time_us = 0;
  bool has_time = false;
};

// What a build under one configuration does with rows of one project.
class RowFate {
 public:
  static Result<RowFate> make(const RereadLedger& ledger, const PersonProject& whose, const Config& config,
                              const AuthorityView* authority);
  RowFate(RowFate&&) noexcept = default;

  RowPermission permission(const ReadRow& row) const;

  struct Safe {
    std::vector<Cell> cells;        // text lies in the arena
    std::vector<std::size_t> held;  // columns with a text that is set apart, for a person to decide
  };
  // The row as it would leave under these agreements to texts, whatever else would keep it.
  Safe safe(const ReadRow& row, const TextScopes& scopes, Arena& arena);

  const Policy& policy() const { return policy_; }

 private:
  RowFate(Policy policy, SubjectPermit permit) : policy_(std::move(policy)), permit_(permit) {}
  Policy policy_;
  SubjectPermit permit_;
  std::unique_ptr<RowRedaction> redaction_;
};

// Reads a project and hands its rows over in their order. Files that could not be read are returned.
using ReadRowSink = std::function<Status(const ReadRow& row, Arena& arena)>;
Result<std::vector<SkippedInput>> reread(const RereadLedger& ledger, const Project& project,
                                         const std::filesystem::path& spill_folder, const ReadRowSink& each);

}  // namespace qf
