// What a version was built from, found again among what lies there now.
#pragma once

#include <vector>

#include "qf/ingest/project.h"
#include "qf/store/build_record.h"

namespace qf {

// Leaves only what was there then: the projects of the record, with its logs and question files, each log as far as it
// went. A log is known by its place; where the folders above it have other names now, by the end of its place. Of
// question files with one name no more are left than there were: a copy of a project's folder brings the same again.
void keep_recorded(ProjectList& list, const std::vector<RecordedProject>& recorded);

}  // namespace qf
