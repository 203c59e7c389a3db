#include "qf/curate/readiness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace qf {
namespace {

// What upstream's RFC-003 asks for; for the rest it gives no figure, and ours are the least that can be split and
// tested.
constexpr std::uint64_t kNeededSittings = 100;
constexpr std::uint64_t kNeededPeople = 2;
constexpr std::uint64_t kNeededAreas = 2;
constexpr std::uint64_t kNeededTypes = 3;
constexpr std::uint64_t kNeededExamples = 100;
// Below this the logs are as good as without decisions, and the verdict says so.
constexpr std::uint64_t kTooFewToTell = 10;

// The tiers of RFC-001: what the tools do, how the work proceeds, what the teacher decides.
constexpr std::array<std::string_view, 6> kTier1 = {"tool_start",    "tool_end",       "tool_error",
                                                    "session_start", "session_resume", "session_end"};
constexpr std::array<std::string_view, 6> kTier2 = {"stage_start",         "stage_complete",  "stage_skip",
                                                    "validation_complete", "format_detected", "export_complete"};
constexpr std::array<std::string_view, 8> kTier3 = {"user_decision",
                                                    "module_decision",
                                                    "step1_decision",
                                                    "question_approved",
                                                    "question_skipped",
                                                    "field_updated",
                                                    "build_ai_suggestion_accepted",
                                                    "correction_made"};

template <std::size_t N>
std::uint64_t count_of(const ReadinessFacts& facts, const std::array<std::string_view, N>& names) {
  std::uint64_t total = 0;
  for (const std::string_view name : names)
    if (const auto found = facts.event_names.find(name); found != facts.event_names.end()) total += found->second;
  return total;
}

std::uint64_t labelled(const ReadinessFacts& facts, const std::string& what) {
  const auto found = facts.labelled.find(what);
  return found == facts.labelled.end() ? 0 : found->second;
}

std::uint64_t decided(const ReadinessFacts& facts, const std::string& what) {
  const auto found = facts.decisions_by_type.find(what);
  return found == facts.decisions_by_type.end() ? 0 : found->second;
}

Readiness at_least(std::string name, std::uint64_t measured, std::uint64_t required, std::string hint) {
  const bool passed = measured >= required;
  return {std::move(name), passed, std::to_string(measured), std::to_string(required), passed ? "" : std::move(hint)};
}

Readiness label_task(const ReadinessFacts& facts, std::string name, const std::string& type, const std::string& words) {
  const std::uint64_t usable = labelled(facts, type);
  std::string hint;
  if (decided(facts, type) == 0)
    hint = "no user_decision with decision_type \"" + type +
           "\" is logged; QuestionForge has to log one where the teacher settles the " + words;
  else
    hint = "decisions need the question's text (in the event or in questions/) and a choice that is a " + words;
  return at_least(std::move(name), usable, kNeededExamples, std::move(hint));
}

}  // namespace

void ReadinessFacts::add(const ReadinessFacts& other) {
  sittings_with_decisions += other.sittings_with_decisions;
  sittings += other.sittings;
  subjects.insert(other.subjects.begin(), other.subjects.end());
  subject_areas.insert(other.subject_areas.begin(), other.subject_areas.end());
  for (const auto& [name, count] : other.question_types) question_types[name] += count;
  for (const auto& [name, count] : other.event_names) event_names[name] += count;
  for (const auto& [name, count] : other.decisions_by_type) decisions_by_type[name] += count;
  for (const auto& [name, count] : other.labelled) labelled[name] += count;
  decisions += other.decisions;
  with_suggestion += other.with_suggestion;
  accepted += other.accepted;
  refused += other.refused;
  corrections += other.corrections;
  corrections_with_both += other.corrections_with_both;
  questions += other.questions;
  questions_with_text += other.questions_with_text;
  decisions_with_text += other.decisions_with_text;
}

std::vector<Readiness> assess(const ReadinessFacts& facts) {
  const std::string log_decisions =
      "QuestionForge has to log user_decision (decision_type, options_presented, user_choice) wherever a teacher "
      "chooses";
  std::vector<Readiness> list;
  list.push_back(at_least("sessions", facts.sittings_with_decisions, kNeededSittings,
                          "collect logs of more sittings that hold a decision: RFC-003 asks for more than 100"));
  list.push_back(at_least("teachers", facts.subjects.size(), kNeededPeople,
                          "collect logs of more teachers; with one, a model learns one person's habits"));
  list.push_back(
      at_least("domains", facts.subject_areas.size(), kNeededAreas,
               "collect logs of courses in other subjects (told by the course code in paths and question ids)"));
  list.push_back(at_least("question_types", facts.question_types.size(), kNeededTypes,
                          "collect logs with more kinds of questions"));
  list.push_back(at_least("tier_1_events", count_of(facts, kTier1), 1,
                          "no tool or session event: are these QuestionForge's logs?"));
  list.push_back(at_least("tier_2_events", count_of(facts, kTier2), 1,
                          "no stage, validation or export event: the logs hold no work on a course"));
  list.push_back(
      at_least("tier_3_events", count_of(facts, kTier3), 1, "no decision event is in these logs. " + log_decisions));
  list.push_back(label_task(facts, "task_suggest_bloom_level", "bloom_level", "Bloom level"));
  list.push_back(label_task(facts, "task_suggest_difficulty", "difficulty_level", "difficulty"));
  list.push_back(label_task(facts, "task_suggest_question_type", "question_type", "question type"));
  list.push_back(at_least(
      "task_accept_or_reject", std::min(facts.accepted, facts.refused), kNeededExamples,
      facts.decisions == 0 ? "no decision event is in these logs. " + log_decisions
      : facts.with_suggestion == 0
          ? "no decision answers a suggestion: log ai_suggestion with a suggestion_id, and the same id in user_decision"
          : "both accepted and refused suggestions are needed, this many of the rarer kind"));
  list.push_back(at_least("task_rewrite_question", facts.corrections_with_both, kNeededExamples,
                          "corrections need the text before and after: log correction_made, or M5's field_updated"));
  return list;
}

std::string verdict(const ReadinessFacts& facts, const std::vector<Readiness>& readiness) {
  std::string tasks, missing;
  for (const Readiness& one : readiness) {
    const bool is_task = one.name.starts_with("task_");
    if (is_task && one.passed) tasks += (tasks.empty() ? "" : ", ") + one.name.substr(5);
    if (!is_task && !one.passed) missing += (missing.empty() ? "" : ", ") + one.name;
  }
  std::string buildable;
  const auto can_build = [&](std::string_view table, std::uint64_t rows) {
    if (rows != 0) buildable += fmt::format("{}{} ({})", buildable.empty() ? "" : ", ", table, rows);
  };
  can_build("decisions", facts.decisions);
  can_build("corrections", facts.corrections);
  can_build("questions", facts.questions);
  if (facts.decisions < kTooFewToTell) {
    return (facts.decisions == 0
                ? std::string("No decision event is in these logs")
                : "Almost no decision event is in these logs (" + std::to_string(facts.decisions) + ")") +
           ": user_decision is needed, with ai_suggestion for what the AI had proposed and correction_made "
           "for what was changed; " +
           (buildable.empty() ? std::string("nothing can be built from them yet.")
                              : "what can be built today: " + buildable + ".");
  }
  if (tasks.empty())
    return "A dataset of " + std::to_string(facts.decisions) +
           " decisions can be built, but it feeds none of the training tasks yet; missing: " +
           (missing.empty() ? std::string("enough examples of each task") : missing) + ".";
  if (!missing.empty())
    return "Ready for " + tasks +
           ", as far as figures go; still missing for a model that holds beyond these logs: " + missing + ".";
  return "Ready for " + tasks + ".";
}

}  // namespace qf
