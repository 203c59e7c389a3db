// Projects as older releases of the application logged them.
#pragma once

#include "project.h"

namespace classroom {

// Until mid-January 2026: pipeline.jsonl in the project's root.
void run_pipeline_project(Project& project);
// 15 and 16 January 2026: the payload at the top level, and the whole log twice.
// With `goes_on`, the same file continues in the current layout and there is no second one.
void run_flat_project(Project& project, bool goes_on);
// 17 to 28 January 2026: interactive Step 1, its decisions in a file of their own, in one of two shapes.
void run_step1_project(Project& project, bool later_shape);
// 26 January to 1 February 2026: M5 with questions approved and skipped one by one.
void run_m5_project(Project& project);
// Events that the application's documents define and no release wrote: a question's life, qti-core and others.
void run_specified_project(Project& project);

}  // namespace classroom
