#include "qf/run/permit.h"

#include <fmt/format.h>

#include <algorithm>

#include "qf/core/whole_file.h"
#include "qf/ingest/home_path.h"

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

bool holds(const ProjectOwner& owner, const Project& project, const ProjectSigns& signs) {
  if (signs.people.size() == 1 && subject_key(signs.people.front()) == owner.subject_key) return true;
  const ProjectAnchor& anchor = owner.anchor;
  if (!anchor.first_line.empty())
    return std::find(project.first_lines.begin(), project.first_lines.end(), anchor.first_line) !=
           project.first_lines.end();
  if (!anchor.first_day.empty()) return anchor.first_day == signs.first_day;
  return signs.people.empty();
}

Result<std::vector<ConsentStatement>> read_statements(const std::filesystem::path& file, std::int64_t now_us) {
  QF_ASSIGN(const std::string content, read_whole_file(file));
  return parse_consent_json(content, file.string(), now_us);
}

// The person of a project before the build has read it. It is read here only where session.yaml does not settle it.
SubjectName subject_before_reading(const LedgerView& view, const Project& project) {
  SubjectName quick = subject_of(view, project, signs_before_reading(project));
  if (!guess_of_path(project.original_path).empty() && !quick.passed_over) return quick;
  ReadOptions options;
  options.transform.text_features = false;
  options.tag = [](std::string_view) { return std::string("other"); };
  NoRows none;
  ProjectReading reading;
  if (auto read = read_project(project, options, none)) reading = std::move(*read);
  return subject_of(view, project, signs_of(project, reading));
}

}  // namespace

SubjectName subject_of(const LedgerView& view, const Project& project, const ProjectSigns& signs) {
  const ProjectOwner* owner = view.owner(project.name);
  if (owner != nullptr && holds(*owner, project, signs)) return {owner->subject_key, owner->subject, true, false};
  const std::string guess = guess_subject(project, signs);
  return {subject_key(guess), guess, false, owner != nullptr};
}

std::string passed_over_warning(const Project& project) {
  return fmt::format(
      "{}: the register knows a project of this name, but nothing shows that it is this one: neither its paths nor its "
      "first line nor its first day. It counts as unregistered. `people list PATH… --store DIR > people.csv`, look "
      "whose "
      "it is, `people import people.csv --store DIR`; where two people's folders share the name, give both in one run",
      project.name);
}

std::optional<BoundLine> line_to_bind(const Project& project, const SubjectName& subject) {
  if (!subject.confirmed || project.first_lines.empty()) return std::nullopt;
  return BoundLine{project.name, subject.key, project.first_lines.front()};
}

SubjectPermit::SubjectPermit(const LedgerView& view, std::string_view subject_key, Audience audience, DropReason whole)
    : training_(view.period(subject_key, Scope::kModelTraining)),
      question_(view.period(subject_key, Scope::kQuestionText)),
      correction_(view.period(subject_key, Scope::kCorrectionText)),
      rationale_(view.period(subject_key, Scope::kRationaleText)),
      whole_(whole) {
  if (audience == Audience::kInternal) sharing_ = view.period(subject_key, Scope::kShareInternal);
  if (audience == Audience::kExternal) sharing_ = view.period(subject_key, Scope::kShareExternal);
}

RowPermission SubjectPermit::of(const RowFacts& facts) const {
  RowPermission permission = of(facts.time_us, facts.has_time);
  if (!facts.without_corrections.empty() && facts.corrected_us != 0)
    permission.texts.correction = permission.texts.correction && correction_.at(facts.corrected_us).allowed;
  return permission;
}

RowPermission SubjectPermit::of(std::int64_t time_us, bool has_time) const {
  RowPermission permission;
  permission.drop = whole_;
  if (whole_ == DropReason::kErased || whole_ == DropReason::kConsentUnreadable) return permission;
  permission.drop = has_time ? drop_of(training_.at(time_us).reason) : DropReason::kNoTime;
  if (permission.drop == DropReason::kNone && sharing_ && !sharing_->at(time_us).allowed)
    permission.drop = DropReason::kSharingNotAgreed;
  if (permission.drop == DropReason::kNone) permission.drop = whole_;
  if (permission.drop != DropReason::kNone) return permission;
  permission.texts.question = question_.at(time_us).allowed;
  permission.texts.correction = correction_.at(time_us).allowed;
  permission.texts.rationale = rationale_.at(time_us).allowed;
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

bool has_unreadable_consent(const Project& project, std::int64_t now_us) {
  return project.consent_skipped || std::any_of(project.consent_files.begin(), project.consent_files.end(),
                                                [&](const auto& file) { return !read_statements(file, now_us); });
}

StatementsBeside statements_beside_projects(const std::vector<Project>& projects, const LedgerView& view,
                                            const ErasedPeople& erased, const KeyedTag& tags, std::int64_t now_us,
                                            std::vector<std::string>& warnings) {
  StatementsBeside all;
  for (const Project& project : projects) {
    if (project.consent_skipped && !erased.of(tags, project.name, "")) {
      all.unreadable.insert(project.name);
      warnings.push_back(project.name +
                         ": its consent.json was skipped; nothing of this project is used until the file "
                         "can be read, or is taken away");
    }
    for (const auto& file : project.consent_files) {
      if (erased.of(tags, project.name, "")) continue;
      auto statements = read_statements(file, now_us);
      if (!statements) {
        // It may hold a withdrawal, so what is on record cannot be relied on.
        all.unreadable.insert(project.name);
        warnings.push_back(statements.error().message +
                           "; nothing of this project is used until the file can be read, or is taken away");
        continue;
      }
      const SubjectName owner = subject_before_reading(view, project);
      if (erased.of(tags, project.name, owner.key)) continue;
      bool of_others = false;
      for (ConsentStatement& statement : *statements) {
        if (subject_key(statement.subject) == owner.key)
          all.statements.push_back(std::move(statement));
        else
          of_others = true;
      }
      if (of_others)
        warnings.push_back(
            file.string() +
            ": speaks for another person than the project's; not recorded. `people import` says whose project it is");
    }
  }
  return all;
}

}  // namespace qf
