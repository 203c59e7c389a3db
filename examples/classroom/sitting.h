// The work of one sitting in the current layout: stages, and decisions that run in among each other.
#pragma once

#include <cstdint>

#include "project.h"

namespace classroom {

// The sittings of a project come in this order; later ones go round between writing, reviewing and exporting.
void run_sitting(Project& project, std::size_t number, LogFile* iterations);

// `count` sittings in a row, with silence before each but the project's first.
void run_sittings(Project& project, std::size_t first, std::size_t count, LogFile* iterations);

// Sittings until the log has as many bytes.
void run_to_size(Project& project, std::uint64_t bytes);

}  // namespace classroom
