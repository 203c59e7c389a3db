// Who may be used for what in this build: the ledger's view and the guesses, settled row by row.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/reason.h"
#include "qf/core/result.h"
#include "qf/ingest/project.h"
#include "qf/ledger/consent.h"
#include "qf/privacy/policy.h"

namespace qf {

// The person behind a project's rows.
struct SubjectName {
  std::string key;      // as compared
  std::string display;  // as written; for `people list` only
  bool confirmed = false;
};

SubjectName subject_of(const LedgerView& view, const Project& project, std::string_view guess);

// Whether a row of this person and time may be used at all, and which of its texts.
struct RowPermission {
  DropReason drop = DropReason::kNone;
  TextScopes texts;
};
RowPermission permission_for(const LedgerView& view, std::string_view subject_key, std::int64_t time_us, bool has_time);

// People met in a build, numbered as they come. Safe to call from several threads.
class SubjectList {
 public:
  std::uint32_t number(const SubjectName& subject);
  std::size_t size() const { return subjects_.size(); }
  const SubjectName& operator[](std::size_t index) const { return subjects_[index]; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::vector<SubjectName> subjects_;
};

// Reads the consent.json files of the projects. A statement counts only from the person whose project it lies in;
// others, and files that cannot be read, are named in `warnings`.
std::vector<ConsentStatement> statements_beside_projects(const std::vector<Project>& projects, const LedgerView& view,
                                                         std::vector<std::string>& warnings);

}  // namespace qf
