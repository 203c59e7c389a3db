#include "qf/curate/gates.h"

#include <fmt/format.h>

#include <algorithm>

namespace qf {
namespace {

GateResult at_least(std::uint64_t measured, std::uint64_t required, Severity severity, std::string hint = {}) {
  return {{}, measured >= required, std::to_string(measured), std::to_string(required), severity, std::move(hint)};
}

std::optional<GateResult> rows(const GateFacts& f) { return at_least(f.rows, 1, Severity::kRefuse); }

std::string people_more(std::uint64_t missing) {
  return fmt::format("{} more {} needed", missing, missing == 1 ? "person with rows is" : "people with rows are");
}

// Counts who may be in it: that rows in too small groups are left out is what the next gates are about. Where only the
// rest is too few, that is said.
std::optional<GateResult> subjects(const GateFacts& f) {
  const auto required = static_cast<std::uint64_t>(f.required_subjects);
  if (f.permitted_subjects < required)
    return at_least(f.permitted_subjects, required, Severity::kRefuse,
                    people_more(required - f.permitted_subjects) +
                        (f.is_private || f.permitted_subjects == 0 ? "" : "; a private dataset needs none more"));
  return at_least(f.subjects, required, Severity::kRefuse,
                  fmt::format("of {} people, rows of {} are left once too small groups are left out",
                              f.permitted_subjects, f.subjects));
}

std::optional<GateResult> sessions(const GateFacts& f) {
  return at_least(f.sittings_with_decisions, static_cast<std::uint64_t>(f.required_sessions),
                  f.is_private ? Severity::kWarn : Severity::kRefuse);
}

std::optional<GateResult> authorisation(const GateFacts& f) {
  if (!f.authorisations) return std::nullopt;
  return at_least(
      *f.authorisations, 1, Severity::kRefuse,
      "`qf-dataset authorise add` records who answers for it; until then nobody's rows are looked at, so no "
      "other gate can say anything");
}

std::optional<GateResult> redaction_self_test(const GateFacts& f) {
  if (!f.self_test) return std::nullopt;
  return GateResult{{},
                    f.self_test->passed,
                    fmt::format("{:.3f}", f.self_test->recall),
                    fmt::format("{:.3f}", f.self_test->floor),
                    Severity::kRefuse,
                    "this program does not redact as it should on this machine: please report it"};
}

// What was set apart does not leave, so that the rest may.
std::optional<GateResult> quarantine(const GateFacts& f) {
  if (!f.quarantined) return std::nullopt;
  return GateResult{
      {},  *f.quarantined == 0, std::to_string(*f.quarantined),
      "0", Severity::kWarn,     "`qf-dataset audit quarantine list` shows what awaits a decision; none of it leaves"};
}

std::optional<GateResult> k_anonymity(const GateFacts& f) {
  if (!f.anonymity) return std::nullopt;
  return at_least(f.anonymity->k, f.anonymity->required_k, Severity::kRefuse, f.anonymity->hint);
}

std::optional<GateResult> l_diversity(const GateFacts& f) {
  if (!f.anonymity) return std::nullopt;
  return at_least(f.anonymity->l, f.anonymity->required_l, Severity::kRefuse, f.anonymity->hint);
}

std::optional<GateResult> suppression(const GateFacts& f) {
  if (!f.anonymity) return std::nullopt;
  return GateResult{{},
                    f.anonymity->suppressed <= f.anonymity->most_suppressed,
                    std::to_string(f.anonymity->suppressed),
                    fmt::format("at most {}", f.anonymity->most_suppressed),
                    Severity::kRefuse,
                    f.anonymity->hint};
}

std::optional<GateResult> profiles(const GateFacts& f) {
  if (!f.linking_columns) return std::nullopt;
  return GateResult{{}, *f.linking_columns == 0, std::to_string(*f.linking_columns), "0", Severity::kRefuse, {}};
}

// Whoever asked for texts gets them, and is told what they give away. In per cent: a count of few rows could be one
// person's, and this one leaves.
std::optional<GateResult> text_ties(const GateFacts& f) {
  if (!f.text_ties) return std::nullopt;
  const auto& [tied, rows, columns] = *f.text_ties;
  const double share = rows == 0 ? 0 : 100.0 * static_cast<double>(tied) / static_cast<double>(rows);
  return GateResult{{},
                    tied == 0,
                    tied != 0 && share < 1 ? "less than 1 %" : fmt::format("{:.0f} %", share),
                    "0 %",
                    Severity::kWarn,
                    fmt::format("a text that only one person has stands in several of these rows, and tells that they "
                                "are of one person ({}); `--text features` leaves texts out",
                                columns)};
}

std::optional<GateResult> canaries(const GateFacts& f) {
  if (!f.canaries) return std::nullopt;
  return GateResult{{},  *f.canaries == 0,  std::to_string(*f.canaries),
                    "0", Severity::kRefuse, "an invented person came through the whole build: please report it"};
}

std::optional<GateResult> differencing(const GateFacts& f) {
  if (!f.differencing) return std::nullopt;
  const bool passed = f.differencing->people == 0 || f.differencing->people >= f.differencing->required;
  return GateResult{{},
                    passed,
                    std::to_string(f.differencing->people),
                    fmt::format("0, or at least {}", f.differencing->required),
                    Severity::kRefuse,
                    f.differencing->hint};
}

constexpr Gate kGates[] = {
    {"rows", "there is something to publish", rows},
    {"subjects", "people whose rows are in it", subjects},
    {"sessions", "sittings that hold a decision", sessions},
    {"authorisation", "internal, external: a controller's authorisation in force", authorisation},
    {"redaction_self_test", "redacted text: the share of planted values that is masked", redaction_self_test},
    {"quarantine", "redacted text: texts that await a person's decision, none of which leaves", quarantine},
    {"k_anonymity", "internal, external: people who share the least shared quasi-identifiers", k_anonymity},
    {"l_diversity", "internal, external: different choices in the group of rows with the fewest", l_diversity},
    {"suppression", "internal, external: rows left out for too small a group", suppression},
    {"profiles", "external: columns of pseudonyms that tie the rows of one person to each other", profiles},
    {"text_ties", "external, redacted text: rows that a text tells to be of one person with another row", text_ties},
    {"canaries", "internal, external, redacted text: invented people who came through the build", canaries},
    {"differencing", "internal, external: people told apart by comparing with a version that somebody holds",
     differencing},
};

}  // namespace

std::string_view to_string(Severity severity) { return severity == Severity::kRefuse ? "refuse" : "warn"; }

std::span<const Gate> gates() { return kGates; }

std::vector<GateResult> run_gates(const GateFacts& facts) {
  std::vector<GateResult> results;
  const bool nobody_answers = facts.authorisations == 0;
  for (const Gate& gate : kGates) {
    if (nobody_answers && gate.look != authorisation) continue;
    auto result = gate.look(facts);
    if (!result) continue;
    result->name = gate.name;
    if (result->passed) result->hint.clear();
    results.push_back(std::move(*result));
  }
  return results;
}

bool may_publish(const std::vector<GateResult>& results) {
  return std::none_of(results.begin(), results.end(),
                      [](const GateResult& r) { return !r.passed && r.severity == Severity::kRefuse; });
}

}  // namespace qf
