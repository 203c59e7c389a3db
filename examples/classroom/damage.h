// What disks, crashes and synchronised folders do to logs.
#pragma once

#include "project.h"

namespace classroom {

inline constexpr std::size_t kDamageKinds = 17;

// One line that must be rejected; kinds go round.
void add_damaged_line(Project& project, std::size_t kind);
// The beginning of a line, onto which the next one is glued.
void add_half_line(Project& project);
// The beginning of a line at the end of the file.
void add_pending_tail(Project& project);

// A copy of the log's beginning, as synchronised folders leave it after a conflict. The log must be closed.
void add_conflicted_copy(Project& project);
// The whole folder once more under another name. The log must be closed, and the only one.
void copy_project(const Project& project);

}  // namespace classroom
