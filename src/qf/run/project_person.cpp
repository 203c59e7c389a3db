#include "qf/run/project_person.h"

#include <set>

#include "qf/ingest/home_path.h"

namespace qf {

DropReason drop_of_audience(Audience audience, const SubjectName& subject, const AuthorityView* authority) {
  if (audience == Audience::kPrivate) return DropReason::kNone;
  if (!subject.confirmed) return DropReason::kPersonNotConfirmed;
  if (authority == nullptr) return DropReason::kNoAuthorisation;
  switch (authority->of(subject.key)) {
    case AuthorityView::State::kAuthorised: return DropReason::kNone;
    case AuthorityView::State::kNoController: return DropReason::kNoController;
    case AuthorityView::State::kNoAuthorisation: return DropReason::kNoAuthorisation;
  }
  return DropReason::kNoAuthorisation;
}

std::vector<std::string> identities_of(const Project& project, const SubjectName& subject, const ProjectSigns& signs) {
  std::set<std::string> names(signs.logged.begin(), signs.logged.end());
  names.insert(signs.people.begin(), signs.people.end());
  names.insert(subject.display);
  names.emplace(guess_of_path(project.original_path));
  names.erase("");
  return {names.begin(), names.end()};
}

}  // namespace qf
