// Damaged lines, each with exactly one fault, so that a reader's reason can be told.
#include "damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace classroom {
namespace {

// A whole decision of the Python server with chosen parts.
std::string line_with(const Project& project, std::string_view version, std::string_view data,
                      std::string_view level = R"("level": "info")") {
  return fmt::format(R"({{"ts": "{}", "v": {}, "session_id": "{}", "mcp": "qf-pipeline", "tool": "step1_fix_manual", )"
                     R"("event": "user_decision", {}, "data": {}}})",
                     time_text(project.clock.now), version, project.id, level, data);
}

std::string line_at(const Project& project, std::string_view ts) {
  return fmt::format(R"({{"ts": "{}", "v": 1, "session_id": "{}", "mcp": "qf-pipeline", "tool": "step2_validate", )"
                     R"("event": "tool_start", "level": "info"}})",
                     ts, project.id);
}

constexpr std::string_view kGood =
    R"({"question_id": "Q001", "decision_type": "bloom_level", "options_presented": ["Remember", "Apply"], "user_choice": "Apply"})";

// The good payload with one more member before its closing brace.
std::string good_and(std::string_view member) {
  return fmt::format("{}, {}}}", kGood.substr(0, kGood.size() - 1), member);
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void add_damaged_line(Project& project, std::size_t kind) {
  project.pass(100, 900);
  LogFile& log = *project.log;
  const auto damaged = [&](std::string_view bytes, std::string_view reason) { log.damaged_line(bytes, reason); };
  const std::string good = line_with(project, "1", kGood);
  switch (kind % kDamageKinds) {
    case 0: return damaged(good.substr(0, good.size() - 23), "bad_json");
    case 1: return damaged(line_with(project, "1", good_and("\"rationale\": \"f\xf6r sv\xe5rt\"")), "bad_utf8");
    case 2: return damaged(line_with(project, "1", good_and(R"("ai_confidence": NaN)")), "not_finite_number");
    case 3: return damaged(line_with(project, "1", good_and(R"("ai_confidence": -Infinity)")), "not_finite_number");
    case 4: return damaged(line_with(project, "1", kGood, R"("level": "info", "level": "warn")"), "duplicate_key");
    case 5: return damaged(line_with(project, "1", good_and(R"("user_choice": "Remember")")), "duplicate_key");
    case 6: return damaged(line_with(project, "1", good_and(R"("rationale": "bra \ud83d fråga")")), "lone_surrogate");
    case 7: return damaged(line_with(project, "2", kGood), "unknown_version");
    case 8:
      return damaged(
          line_with(project, "1", R"({"question_id": "Q001", "options": ["Easy", "Hard"], "choice": "Easy"})"),
          "missing_field");
    case 9:
      return damaged(
          fmt::format(
              R"({{"ts":"{}","v":1,"session_id":"{}","mcp":"qf-scaffolding","event":"tool_start","level":"info"}})",
              time_text(project.clock.now), project.id),
          "missing_field");
    case 10: return damaged(line_with(project, "\"1\"", kGood), "wrong_type");
    case 11: return damaged(line_with(project, "1", R"(["Q001", "Apply"])"), "wrong_type");
    case 12: return damaged(line_at(project, "i går kväll"), "bad_timestamp");
    case 13: return damaged(line_at(project, "2026-02-30T10:00:00Z"), "bad_timestamp");
    case 14: return damaged(line_at(project, "2026-03-02T10:00:00.123456"), "bad_timestamp");
    case 15: {
      constexpr std::size_t kDepth = 2000;
      return damaged(
          line_with(project, "1",
                    good_and(fmt::format(R"("extra": {}{})", std::string(kDepth, '['), std::string(kDepth, ']')))),
          "too_deep");
    }
    default: return damaged(good + "}", "bad_json");
  }
}

void add_half_line(Project& project) {
  project.pass(100, 900);
  const std::string good = line_with(project, "1", kGood);
  project.log->half_line(std::string_view(good).substr(0, 12 + project.random.below(good.size() - 14)));
}

void add_pending_tail(Project& project) {
  project.pass(100, 900);
  const std::string good = line_with(project, "1", kGood);
  project.log->pending_tail(std::string_view(good).substr(0, 40 + project.random.below(good.size() - 60)));
}

void add_conflicted_copy(Project& project) {
  const std::string whole = read_whole(project.path("logs/session.jsonl"));
  const std::size_t end = whole.rfind('\n', whole.size() / 3);
  const std::string beginning = whole.substr(0, end + 1);
  write_file(
      project.path(fmt::format("logs/session (conflicted copy {} 143105).jsonl", day_text(project.clock.last_event))),
      beginning);
  ++project.expected.conflicted_files;
  project.expected.conflicted_lines += static_cast<std::uint64_t>(std::count(beginning.begin(), beginning.end(), '\n'));
}

void copy_project(const Project& project) {
  const std::filesystem::path copy = project.folder.parent_path() / (project.name + " - kopia");
  std::filesystem::copy(project.folder, copy, std::filesystem::copy_options::recursive);
  const std::string log = read_whole(project.path("logs/session.jsonl"));
  ++project.expected.twin_files;
  project.expected.twin_lines += static_cast<std::uint64_t>(std::count(log.begin(), log.end(), '\n'));
}

}  // namespace classroom
