// The tools of the Node server: stages, materials and files.
#include <fmt/format.h>

#include <array>

#include "tool_traffic.h"

namespace classroom {
namespace {

constexpr auto kNode = Server::kScaffolding;

constexpr std::array<std::string_view, 6> kM1 = {"Material Analysis",
                                                 "Stage 1: Validation",
                                                 "Stage 2: Emphasis Refinement",
                                                 "Stage 3: Example Cataloging",
                                                 "Stage 4: Misconception Analysis",
                                                 "Stage 5: Learning Objectives"};
constexpr std::array<std::string_view, 9> kM2 = {"Introduction",
                                                 "Stage 1: Objective Validation",
                                                 "Stage 2: Strategy Definition",
                                                 "Stage 3: Question Target",
                                                 "Stage 4: Bloom's Distribution",
                                                 "Stage 5: Question Type Mix",
                                                 "Stage 6: Difficulty Distribution",
                                                 "Stage 7: Blueprint Construction",
                                                 "Best Practices"};
constexpr std::array<std::string_view, 5> kM3 = {"Introduction", "Stage 4A: Basic Generation",
                                                 "Stage 4B: Distribution Review", "Stage 4C: Finalization",
                                                 "Process Guidelines"};
constexpr std::array<std::string_view, 6> kM4 = {"Introduction",
                                                 "Phase 1: Automated Validation",
                                                 "Phase 2: Pedagogical Review",
                                                 "Phase 3: Collective Analysis",
                                                 "Phase 4: Documentation",
                                                 "Output Transition"};

std::string_view module_name(int module) {
  constexpr std::array<std::string_view, 4> kNames = {"m1", "m2", "m3", "m4"};
  return kNames[static_cast<std::size_t>(module - 1)];
}

constexpr std::string_view kMaterials[] = {"kursplan.pdf",    "genomgång_3.pptx", "lärobok_kap4.pdf",
                                           "lesson_notes.md", "gamla_prov.txt",   "lab_handout.pdf"};

// An error as Node's tools write it: other names than Python's, and flat.
void tool_error(Project& project, std::string_view tool, std::string_view type, std::string_view message,
                std::string_view detail_name, std::string_view detail) {
  EventLine line(*project.journal, kNode, tool, "tool_error", "error");
  auto& data = line.data();
  data.field("error_type", type);
  data.field("error_message", message);
  data.field("stack", fmt::format("{}: {}\n    at call ({}/QuestionForge/dist/{}.js:{}:{})", type, message,
                                  project.home, tool, project.random.between(20, 400), project.random.between(3, 60)));
  data.field(detail_name, detail);
  line.done();
}

}  // namespace

int stage_count(int module) {
  constexpr std::array<int, 4> kCounts = {kM1.size(), kM2.size(), kM3.size(), kM4.size()};
  return kCounts[static_cast<std::size_t>(module - 1)];
}

std::string_view stage_name(int module, int stage) {
  const auto at = static_cast<std::size_t>(stage);
  switch (module) {
    case 1: return kM1[at];
    case 2: return kM2[at];
    case 3: return kM3[at];
    default: return kM4[at];
  }
}

void load_stage(Project& project, int module, int stage) {
  Journal& journal = *project.journal;
  EventLine start(journal, kNode, "load_stage", "tool_start");
  start.data().field("module", module_name(module));
  start.data().field("stage", stage);
  start.done();
  project.pass(0, 3);
  const int outcome = project.random.between(0, 99);
  if (outcome < 2)
    return tool_error(project, "load_stage", "Error", "stage file could not be read", "module", module_name(module));
  if (outcome < 5) {
    EventLine end(journal, kNode, "load_stage", "tool_end", "warn");
    end.data().field("success", false);
    end.data().field("error", fmt::format("no stage {} in {}", stage + 20, module_name(module)));
    end.took(1).done();
    return;
  }
  if (outcome < 15) {
    const std::string file = fmt::format("methodology/{}/stage_{}.md", module_name(module), stage);
    EventLine warning(journal, kNode, "load_stage", "tool_warning", "warn");
    warning.data().field("message", fmt::format("{} is missing in the project", file));
    warning.data().field("expected_path", project.home_path(file));
    warning.data().field("fallback_path", fmt::format("{}/QuestionForge/{}", project.teacher.courses, file));
    warning.done();
  }
  const std::string tool = fmt::format("{}_stage{}", module_name(module), stage);
  EventLine begun(journal, kNode, tool, "stage_start");
  begun.data().field("module", module_name(module));
  begun.data().field("stage", stage);
  begun.data().field("stage_name", stage_name(module, stage));
  if (module == 4 && stage == 1)
    begun.data().field("requires_approval", "conditional");
  else
    begun.data().field("requires_approval", stage > 0);
  begun.done();
  EventLine end(journal, kNode, "load_stage", "tool_end");
  end.data().field("success", true);
  end.data().field("module", module_name(module));
  end.data().field("stage", stage);
  end.data().field("stage_name", stage_name(module, stage));
  end.took(project.random.between(0, 6)).done();
}

void complete_stage(Project& project, int module, int stage) {
  Journal& journal = *project.journal;
  const bool output = stage > 1;
  EventLine start(journal, kNode, "complete_stage", "tool_start");
  start.data().field("module", module_name(module));
  start.data().field("stage", stage);
  start.data().field("has_output", output);
  start.done();
  project.pass(1, 6);
  if (project.random.chance(3)) {  // no tool_end follows an error
    return tool_error(project, "complete_stage", "SchemaValidationError",
                      R"([{"code":"invalid_type","expected":"string","received":"undefined","path":["objectives",0]}])",
                      "output_type", "learning_objectives");
  }
  const std::string tool = fmt::format("{}_stage{}", module_name(module), stage);
  EventLine complete(journal, kNode, tool, "stage_complete");
  complete.data().field("module", module_name(module));
  complete.data().field("stage", stage);
  complete.data().field("stage_name", stage_name(module, stage));
  complete.data().field("output_created", output);
  if (output) {
    complete.data().field("output_type", "learning_objectives");
    complete.data().field("output_filepath",
                          project.home_path(fmt::format("preparation/{}_stage{}.md", module_name(module), stage)));
  }
  complete.done();
  EventLine end(journal, kNode, "complete_stage", "tool_end");
  end.data().field("success", true);
  end.data().field("module", module_name(module));
  end.data().field("stage", stage);
  end.data().field("output_created", output);
  end.took(project.random.between(2, 20)).done();
}

void read_materials(Project& project) {
  Journal& journal = *project.journal;
  const bool list = project.random.chance(40);
  const std::string_view file = project.random.pick(kMaterials);
  EventLine start(journal, kNode, "read_materials", "tool_start");
  start.data().field("mode", list ? "list" : "read");
  if (list)
    start.data().null("filename");
  else
    start.data().field("filename", file);
  start.data().field("extract_text", !list);
  start.done();
  project.pass(5, 300);
  if (project.random.chance(6)) {
    EventLine end(journal, kNode, "read_materials", "tool_end", "warn");
    end.data().field("success", false);
    end.data().field(
        "error", fmt::format("ENOENT: no such file, open '{}'", project.home_path(fmt::format("materials/{}", file))));
    end.data().field("mode", list ? "list" : "read");
    end.took(project.random.between(1, 9)).done();
    return;
  }
  EventLine end(journal, kNode, "read_materials", "tool_end");
  end.data().field("success", true);
  end.data().field("mode", list ? "list" : "read");
  if (list) {
    end.data().field("total_files", project.random.between(1, 12));
    end.data().open_object("content_types");
    end.data().field("pdf", project.random.between(0, 6));
    end.data().field("md", project.random.between(0, 3));
    end.data().field("other", project.random.between(0, 2));
    end.data().close_object();
  } else {
    end.data().field("filename", file);
    end.data().field("content_type", "pdf");
    end.data().field("size_bytes", project.random.between(4'000, 3'000'000));
    end.data().field("total_chars", project.random.between(500, 60'000));
    end.data().field("has_error", false);
  }
  end.took(project.random.between(5, 300)).done();
}

void read_reference(Project& project) {
  Journal& journal = *project.journal;
  EventLine start(journal, kNode, "read_reference", "tool_start");
  start.data().field("filename", "all");
  start.done();
  project.pass(2, 20);
  EventLine end(journal, kNode, "read_reference", "tool_end");
  end.data().field("success", true);
  end.data().field("files_read", 2);
  end.data().open_array("filenames");
  end.data().item("kursplan.md");
  end.data().item(fmt::format("{}_centralt_innehåll.md", project.subject.course));
  end.data().close_array();
  end.took(project.random.between(2, 20)).done();
}

void save_progress(Project& project) {
  constexpr std::string_view kActions[] = {"add_material", "save_stage", "finalize_m1"};
  Journal& journal = *project.journal;
  const std::string_view action = project.random.pick(kActions);
  const int stage = project.random.between(0, 5);
  EventLine start(journal, kNode, "save_m1_progress", "tool_start");
  start.data().field("action", action);
  if (action == "save_stage") start.data().field("stage", stage);
  start.done();
  project.pass(1, 12);
  EventLine end(journal, kNode, "save_m1_progress", "tool_end");
  end.data().field("success", true);
  end.data().field("action", action);
  if (action == "save_stage") end.data().field("stage", stage);
  end.data().field("current_stage", stage);
  end.data().open_array("stages_completed");
  for (int done = 0; done < stage; ++done) end.data().item(done);
  end.data().close_array();
  end.data().field("materials_analyzed", project.random.between(0, 8));
  end.took(project.random.between(1, 12)).done();
}

void read_project_file(Project& project) {
  Journal& journal = *project.journal;
  const std::string relative = fmt::format("questions/{}.md", project.name);
  if (project.random.chance(4)) {
    return tool_error(project, "read_project_file", "PathTraversalAttempt", "the path leaves the project",
                      "relative_path", "../../andra_kurser/facit.md");
  }
  EventLine start(journal, kNode, "read_project_file", "tool_start");
  start.data().field("relative_path", relative);
  start.data().field("full_path", project.home_path(relative));
  start.done();
  if (project.random.chance(5)) return;  // a missing file leaves the start alone
  project.pass(0, 4);
  const int size = project.random.between(900, 40'000);
  EventLine end(journal, kNode, "read_project_file", "tool_end");
  end.data().field("relative_path", relative);
  end.data().field("size_bytes", size);
  end.data().field("chars", size - size / 40);
  end.done();
}

void write_project_file(Project& project) {
  Journal& journal = *project.journal;
  const std::string relative = fmt::format("questions/{}.md", project.name);
  const int size = project.random.between(900, 40'000);
  EventLine start(journal, kNode, "write_project_file", "tool_start");
  start.data().field("relative_path", relative);
  start.data().field("full_path", project.home_path(relative));
  start.data().field("content_length", size);
  start.data().field("create_dirs", true);
  start.data().field("overwrite", project.random.chance(80));
  start.data().field("append", false);
  start.done();
  if (project.random.chance(5)) return;  // a refused overwrite leaves the start alone
  project.pass(0, 5);
  EventLine end(journal, kNode, "write_project_file", "tool_end");
  end.data().field("relative_path", relative);
  end.data().field("bytes_written", size + size / 50);
  end.data().field("appended", false);
  end.data().field("created_dirs", false);
  end.done();
}

void any_tool_call(Project& project) {
  switch (project.random.below(12)) {
    case 0:
    case 1: return read_project_file(project);
    case 2:
    case 3: return write_project_file(project);
    case 4:
    case 5: return validate_file(project);
    case 6:
    case 7: return read_materials(project);
    case 8: return read_reference(project);
    case 9: return save_progress(project);
    case 10: return read_lines(project);
    default: return add_file(project);
  }
}

}  // namespace classroom
