#include "qf/ingest/event.h"

#include <array>

namespace qf {
namespace {

constexpr std::array<std::string_view, 4> kServers = {"other", "qf-pipeline", "qf-scaffolding", "qti-core"};

constexpr std::array<std::string_view, 69> kTools = {"other",
                                                     "session_manager",
                                                     "step0_start",
                                                     "step0_status",
                                                     "step0_add_file",
                                                     "step0_analyze",
                                                     "step1",
                                                     "step1_analyze",
                                                     "step1_fix_auto",
                                                     "step1_fix_manual",
                                                     "step1_start",
                                                     "step1_transform",
                                                     "step1_finish",
                                                     "step1_batch_apply",
                                                     "step1_skip",
                                                     "step1_manual_fix",
                                                     "step1_delete",
                                                     "step2_validate",
                                                     "step2_read",
                                                     "step3_autofix",
                                                     "step4_export",
                                                     "load_stage",
                                                     "complete_stage",
                                                     "read_materials",
                                                     "read_reference",
                                                     "save_m1_progress",
                                                     "write_m1_stage",
                                                     "read_project_file",
                                                     "write_project_file",
                                                     "m5_start",
                                                     "m5_approve",
                                                     "m5_update_field",
                                                     "m5_skip",
                                                     "m5_fallback",
                                                     "m5_submit_qfmd",
                                                     "m5_help_parse",
                                                     "m5_generate_from_raw",
                                                     "m5_teach_format",
                                                     "m5_finish",
                                                     "scaffolding_init",
                                                     "detector",
                                                     "init",
                                                     "list_types",
                                                     "m1_stage0",
                                                     "m1_stage1",
                                                     "m1_stage2",
                                                     "m1_stage3",
                                                     "m1_stage4",
                                                     "m1_stage5",
                                                     "m2_stage0",
                                                     "m2_stage1",
                                                     "m2_stage2",
                                                     "m2_stage3",
                                                     "m2_stage4",
                                                     "m2_stage5",
                                                     "m2_stage6",
                                                     "m2_stage7",
                                                     "m2_stage8",
                                                     "m3_stage0",
                                                     "m3_stage1",
                                                     "m3_stage2",
                                                     "m3_stage3",
                                                     "m3_stage4",
                                                     "m4_stage0",
                                                     "m4_stage1",
                                                     "m4_stage2",
                                                     "m4_stage3",
                                                     "m4_stage4",
                                                     "m4_stage5"};

}  // namespace

std::string_view to_string(Layout layout) {
  constexpr std::array<std::string_view, 5> kNames = {"pipeline", "flat", "rfc001", "step1", "step3"};
  return kNames[static_cast<std::size_t>(layout)];
}

std::string_view to_string(EventKind kind) {
  constexpr std::array<std::string_view, kEventKindCount> kNames = {
      "decision", "suggestion", "correction", "question", "validation",
      "stage",    "session",    "tool",       "export",   "interaction"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Actor actor) { return actor == Actor::kTeacher ? "teacher" : "machine"; }

std::string_view to_string(JsonKind kind) {
  constexpr std::array<std::string_view, 7> kNames = {"", "null", "string", "number", "boolean", "array", "object"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::span<const std::string_view> known_servers() { return kServers; }
std::span<const std::string_view> known_tools() { return kTools; }

}  // namespace qf
