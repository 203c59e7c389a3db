// What the tools log as they are called: the greater part of a log, and of no use to a model.
#pragma once

#include <string_view>

#include "project.h"

namespace classroom {

// The Python server, qf-pipeline.
void start_project(Project& project);
void resume_project(Project& project);
void add_file(Project& project);
void analyze_project(Project& project);
void validate_file(Project& project);
void read_lines(Project& project);
void autofix_file(Project& project, LogFile* iterations);
void export_file(Project& project);
void end_session(Project& project);

// The Node server, qf-scaffolding.
void load_stage(Project& project, int module, int stage);
void complete_stage(Project& project, int module, int stage);
void read_materials(Project& project);
void read_reference(Project& project);
void save_progress(Project& project);
void read_project_file(Project& project);
void write_project_file(Project& project);

// One call of a tool that fits between two decisions.
void any_tool_call(Project& project);

std::string_view stage_name(int module, int stage);
int stage_count(int module);

}  // namespace classroom
