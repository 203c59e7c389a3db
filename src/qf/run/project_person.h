// What a project's person means for its rows: whether they may go to an audience at all, and which names to mask.
#pragma once

#include <string>
#include <vector>

#include "qf/core/reason.h"
#include "qf/ingest/project.h"
#include "qf/ledger/authorisations.h"
#include "qf/privacy/policy.h"
#include "qf/run/permit.h"
#include "qf/run/reading.h"

namespace qf {

// Why none of the person's rows may go to the audience, whatever the person allows. `authority` is that of the
// audience; null where there is none.
DropReason drop_of_audience(Audience audience, const SubjectName& subject, const AuthorityView* authority);

// The names that are known of a project's people: of the register, of its paths.
std::vector<std::string> identities_of(const Project& project, const SubjectName& subject, const ProjectSigns& signs);

}  // namespace qf
