// Who may be used for what in this build: the ledger's view and the guesses, settled row by row.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/reason.h"
#include "qf/core/result.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/keys.h"
#include "qf/privacy/policy.h"
#include "qf/run/reading.h"

namespace qf {

// The person behind a project's rows.
struct SubjectName {
  std::string key;      // as compared
  std::string display;  // as written; for `people list` only
  bool confirmed = false;
  bool passed_over = false;  // the register knows a project of this name, and nothing shows that it is this one
};

// The register's person where the registration holds for this project and not only for its name, which two people's
// folders may share; else the guess. It holds where the project's paths point to that person and nobody else; or one of
// its logs begins with the line that the register knows; or, while it knows none, the first day is the registered one;
// or, if it knows neither, the paths point to nobody.
SubjectName subject_of(const LedgerView& view, const Project& project, const ProjectSigns& signs);

// What to do about a project whose registration was passed over.
std::string passed_over_warning(const Project& project);

// The first line to bind to a confirmed project's registration, for the next run.
std::optional<BoundLine> line_to_bind(const Project& project, const SubjectName& subject);

// Whether a row of this person and time may be used at all, and which of its texts.
struct RowPermission {
  DropReason drop = DropReason::kNone;
  TextScopes texts;
};

// What one person allows, settled once for all of their rows.
class SubjectPermit {
 public:
  // `whole` is why none of the person's rows may be used for this audience, whatever the person allows: of
  // someone who was erased, or whose own word cannot be read, before anything is asked.
  SubjectPermit(const LedgerView& view, std::string_view subject_key, Audience audience, DropReason whole);
  RowPermission of(std::int64_t time_us, bool has_time) const;
  // The same where the row holds what a correction of `corrected_us` put in: that has to be agreed to as well.
  RowPermission of(const RowFacts& facts) const;

 private:
  LedgerView::Period training_, question_, correction_, rationale_;
  std::optional<LedgerView::Period> sharing_;  // absent: the audience needs none
  DropReason whole_;
};

// The erased, by the keyed tags that are left of them.
struct ErasedPeople {
  std::set<std::string> tags;
  bool of(const KeyedTag& tag, std::string_view project, std::string_view subject_key) const {
    return !tags.empty() && (tags.contains(tag.subject_tag(project)) || tags.contains(tag.subject_tag(subject_key)));
  }
};

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

// What the consent.json files of the projects say.
struct StatementsBeside {
  std::vector<ConsentStatement> statements;
  std::set<std::string, std::less<>>
      unreadable;  // names of projects whose file cannot be read: nothing of theirs is used
};
// A statement counts only from the person whose project it lies in; others, and files that cannot be read, are named in
// `warnings`. What the erased left there is passed over.
StatementsBeside statements_beside_projects(const std::vector<Project>& projects, const LedgerView& view,
                                            const ErasedPeople& erased, const KeyedTag& tags, std::int64_t now_us,
                                            std::vector<std::string>& warnings);
// Whether one of the project's files cannot be read, or is no consent.json that can be of this time.
bool has_unreadable_consent(const Project& project, std::int64_t now_us);

}  // namespace qf
