#include "qf/run/permit.h"

#include <fstream>
#include <sstream>

namespace qf {
namespace {

DropReason drop_of(ConsentReason reason) {
  switch (reason) {
    case ConsentReason::kGiven: return DropReason::kNone;
    case ConsentReason::kNoRecord: return DropReason::kNoConsentRecord;
    case ConsentReason::kRefused: return DropReason::kConsentRefused;
    case ConsentReason::kWithdrawn: return DropReason::kConsentWithdrawn;
    case ConsentReason::kExpired: return DropReason::kConsentExpired;
    case ConsentReason::kOutsidePeriod: return DropReason::kOutsideConsentPeriod;
  }
  return DropReason::kNoConsentRecord;
}

}  // namespace

SubjectName subject_of(const LedgerView& view, const Project& project, std::string_view guess) {
  if (const ProjectOwner* owner = view.owner(project.name)) return {owner->subject_key, owner->subject, true};
  return {subject_key(guess), std::string(guess), false};
}

RowPermission permission_for(const LedgerView& view, std::string_view subject_key, std::int64_t time_us,
                             bool has_time) {
  RowPermission permission;
  if (!has_time) {
    permission.drop = DropReason::kNoTime;
    return permission;
  }
  permission.drop = drop_of(view.may_use(subject_key, Scope::kModelTraining, time_us).reason);
  if (permission.drop != DropReason::kNone) return permission;
  permission.texts.question = view.may_use(subject_key, Scope::kQuestionText, time_us).allowed;
  permission.texts.correction = view.may_use(subject_key, Scope::kCorrectionText, time_us).allowed;
  permission.texts.rationale = view.may_use(subject_key, Scope::kRationaleText, time_us).allowed;
  return permission;
}

std::uint32_t SubjectList::number(const SubjectName& subject) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = numbers_.try_emplace(subject.key, static_cast<std::uint32_t>(subjects_.size()));
  if (is_new)
    subjects_.push_back(subject);
  else if (subject.confirmed)
    subjects_[place->second].confirmed = true;
  return place->second;
}

std::vector<ConsentStatement> statements_beside_projects(const std::vector<Project>& projects, const LedgerView& view,
                                                         std::vector<std::string>& warnings) {
  std::vector<ConsentStatement> all;
  for (const Project& project : projects) {
    for (const auto& file : project.consent_files) {
      std::ifstream in(file, std::ios::binary);
      std::stringstream content;
      content << in.rdbuf();
      auto statements = parse_consent_json(content.str(), file.string());
      if (!in || !statements) {
        warnings.push_back(statements ? file.string() + ": cannot be read" : statements.error().message);
        continue;
      }
      const std::string guess = guess_of_path(project.original_path);
      const SubjectName owner = subject_of(view, project, guess.empty() ? project.folder : guess);
      for (ConsentStatement& statement : *statements) {
        if (subject_key(statement.subject) == owner.key)
          all.push_back(std::move(statement));
        else
          warnings.push_back(
              file.string() +
              ": speaks for another person than the project's; not recorded. `people import` says whose project it is");
      }
    }
  }
  return all;
}

}  // namespace qf
