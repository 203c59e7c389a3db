#include "qf/run/project_person.h"

#include <set>

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
  std::set<std::string> names(project.head_users.begin(), project.head_users.end());
  names.insert(signs.people.begin(), signs.people.end());
  names.insert(subject.display);
  names.insert(guess_of_path(project.original_path));
  names.erase("");
  return {names.begin(), names.end()};
}

}  // namespace qf
