#include "qf/run/gate_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "qf/privacy/self_test.h"
#include "qf/run/canaries.h"
#include "qf/run/differencing.h"

namespace qf {
namespace {

// People and groups that would stand alone: generalises the rows of what leaves the private circle.
Status protect_groups(BuildState& state, GateFacts& facts) {
  const Audience audience = state.request.config.audience;
  if (audience == Audience::kPrivate) return {};
  AnonymityTerms terms;
  terms.k = static_cast<std::uint64_t>(required_k(audience));
  std::uint64_t dropped = 0;
  const bool may_be_tied = audience == Audience::kExternal && state.policy.redacts();
  TextTies ties(state.work_folder, static_cast<std::size_t>(state.request.config.memory_bytes) / 8);
  QF_ASSIGN(state.groups, RowGroups::make(state.staged, terms, dropped, may_be_tied ? &ties : nullptr));
  if (may_be_tied) {
    QF_ASSIGN(const TextTies::Found found, ties.find(state.threads()));
    facts.text_ties = GateFacts::TextTies{found.tied, found.rows, fmt::format("{}", fmt::join(found.columns, ", "))};
  }
  if (dropped != 0) state.result.tally.dropped[std::string(text_of(DropReason::kSmallGroup).name)] = dropped;
  state.result.anonymity = anonymity_facts(*state.groups);
  facts.anonymity = anonymity_gates(*state.groups, terms);
  if (audience == Audience::kExternal) facts.linking_columns = 0;
  for (const TableSchema& table : tables())
    for (std::size_t column = 0; column < table.fields.size(); ++column)
      if (facts.linking_columns && ties_rows(table.fields[column]) && state.policy.leaves(table.id, column))
        ++*facts.linking_columns;
  facts.authorisations = state.who.authority ? state.who.authority->in_force() : 0;
  return {};
}

// That this program masks what it should, before it is trusted with texts; and what awaits a person's decision.
void test_redaction(const BuildState& state, GateFacts& facts) {
  if (!state.policy.redacts()) return;
  GateFacts::SelfTest test{1, kSelfTestFloor, true};
  for (const RedactionProfile profile : {RedactionProfile::kStrict, RedactionProfile::kContent}) {
    const SelfTestResult result = redaction_self_test(profile);
    test.recall = std::min(test.recall, result.recall());
    test.passed = test.passed && result.passed;
  }
  facts.self_test = test;
  facts.quarantined = sum(state.result.tally.quarantined);
}

// Invented people go first through whatever leaves the private circle, and through the redaction.
Status test_with_canaries(BuildState& state, GateFacts& facts) {
  const auto& text = state.request.config.text;
  const bool raw = std::find(text.begin(), text.end(), TextLevel::kRaw) != text.end();
  if (!state.request.canaries || raw) return {};
  if (state.request.config.audience == Audience::kPrivate && !state.policy.redacts()) return {};
  QF_ASSIGN(const CanaryResult result, release_canaries(state.request));
  facts.canaries = result.survivors.size();
  for (const std::string& survivor : result.survivors)
    state.result.warnings.push_back("an invented person's " + survivor + " came through the build");
  return {};
}

// How many people have rows that are not dropped so far.
std::uint64_t people_with_rows(const BuildState& state) {
  std::set<std::uint32_t> people;
  for (const StagedRun::Project& project : state.staged.projects)
    if (project.staged.rows != state.staged.dropped_of(project)) people.insert(project.subject);
  return people.size();
}

// What the gates look at, counted over the rows that are left.
Status count_rows(BuildState& state, GateFacts& facts) {
  std::set<std::uint32_t> people;
  for (const StagedRun::Project& project : state.staged.projects) {
    const std::uint64_t before = facts.rows;
    const auto add = [&](const StagedBlock& block, std::uint64_t rows) {
      facts.rows += rows;
      facts.decisions += block.table == TableId::kDecisions ? rows : 0;
    };
    if (state.staged.dropped_of(project) == 0) {  // as it nearly always is: then nothing has to be read
      for (const StagedBlock& block : project.staged.blocks) add(block, block.rows);
    } else {
      QF_CHECK(state.staged.for_each_row_of(project,
                                            [&](const StagedBlock& block, const StagedEntry&, std::uint64_t) -> Status {
                                              add(block, 1);
                                              return {};
                                            }));
    }
    if (facts.rows != before) people.insert(project.subject);
  }
  state.result.subjects = facts.subjects = people.size();
  for (const std::uint32_t subject : people)
    state.result.confirmed_subjects += state.subjects[subject].confirmed ? 1U : 0U;
  facts.confirmed_subjects = state.result.confirmed_subjects;
  return {};
}

}  // namespace

Result<GateFacts> gate_facts(BuildState& state, const Database* ledger, const std::vector<WrittenSubject>& subjects) {
  GateFacts facts;
  facts.permitted_subjects = people_with_rows(state);
  QF_CHECK(protect_groups(state, facts));
  QF_CHECK(count_rows(state, facts));
  facts.sittings_with_decisions = state.sittings_with_decisions;
  facts.required_sessions = state.request.config.required_sessions();
  facts.required_subjects = state.request.config.required_subjects();
  facts.is_private = state.request.config.audience == Audience::kPrivate;
  // A reproduction is of what was let out before, or it is not written.
  if (ledger != nullptr && !facts.is_private && state.request.reproduction == nullptr) {
    QF_ASSIGN(facts.differencing, compare_with_received(state, *ledger, subjects));
  }
  test_redaction(state, facts);
  QF_CHECK(test_with_canaries(state, facts));
  return facts;
}

}  // namespace qf
