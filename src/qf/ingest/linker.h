// Joins suggestion, decision and correction of one session, by stated rules and never by a silent guess.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "qf/ingest/event.h"

namespace qf {

// A rule with the precision that was measured on the gold set (docs/linking.md); that figure is what
// link_confidence says.
struct LinkRule {
  std::string_view name;
  double precision;
  std::string_view meaning;
};
enum class LinkRuleId : std::uint8_t {
  kSuggestionExplicitId,
  kSuggestionSameQuestionAndType,
  kSuggestionSameQuestion,
  kSuggestionSameType,
  kSuggestionInEvent,
  kCorrectionExplicitId,
  kCorrectionSameQuestionAndField,
  kCorrectionSameQuestion,
};
inline constexpr std::size_t kLinkRuleCount = 8;
const LinkRule& rule_of(LinkRuleId id);

// What found no counterpart.
enum class OrphanKind : std::uint8_t {
  kSuggestion,           // never decided
  kDecisionReference,    // names a suggestion that is not there
  kCorrection,           // carries out no decision
  kCorrectionReference,  // names a suggestion or decision that is not there
};
inline constexpr std::size_t kOrphanKindCount = 4;
std::string_view to_string(OrphanKind kind);

struct Orphan {
  OrphanKind kind = OrphanKind::kSuggestion;
  Position at;
};

struct LinkOptions {
  bool use_explicit_ids = true;  // off only to measure what the other rules would find
  bool keep_joined = false;      // on only to measure: ProjectRows::joined
};

// Two lines that a rule joined: a suggestion and its decision, or a decision and the correction that carries it out.
// Where the decision itself holds the suggestion, both are its own line.
struct JoinedLines {
  LinkRuleId rule;
  Position from, to;
};

// Text of an event that outlives the event's batch.
struct KeptValue {
  JsonKind kind = JsonKind::kAbsent;
  std::string bytes;

  KeptValue() = default;
  explicit KeptValue(const LoggedValue& value) : kind(value.kind), bytes(value.bytes) {}
  LoggedValue view() const { return {kind, bytes}; }
};

struct KeptSuggestion {
  Position at;
  std::int64_t time_us = 0;
  std::int32_t sitting = 0;
  std::string id, question, decision_type;
  KeptValue value;
  Confidence confidence;
  bool consumed = false;
};

struct KeptDecision {
  Position at;
  std::int32_t sitting = 0;
  std::string reference, question, decision_type;
  KeptValue choice;
  KeptValue suggestion;
  std::size_t row = 0;  // index among the session's decisions
  bool takes_corrections = true;
  bool accepted = false;  // the suggestion as it stood: what carries it out puts in just that
  bool consumed = false;
};

struct SuggestionLink {
  LinkRuleId rule;
  const KeptSuggestion* suggestion;
  bool ambiguous;  // more than one candidate fitted; the nearest was taken
};
struct DecisionLink {
  LinkRuleId rule;
  const KeptDecision* decision;
  bool ambiguous;
};

class Linker {
 public:
  explicit Linker(LinkOptions options = {}) : options_(options) {}

  void offer(const Event& event, const SuggestionBody& body, std::int32_t sitting);
  // The suggestion that the decision answers. It is consumed; older ones about the same thing are past.
  std::optional<SuggestionLink> answer(const Event& event, const DecisionBody& body, std::int32_t sitting);
  // Remembers the decision for the corrections that follow.
  void decided(KeptDecision decision);
  // The decision that the correction carries out.
  std::optional<DecisionLink> carry_out(const Event& event, const CorrectionBody& body, std::int32_t sitting);
  // What is left without a counterpart.
  std::vector<Orphan> finish();

  std::uint64_t ambiguous() const { return ambiguous_; }

 private:
  // The line of its own of a suggestion that the decision carries itself, where an earlier decision had answered it.
  std::optional<SuggestionLink> repeated_suggestion(const DecisionBody& body, std::int32_t sitting) const;
  std::optional<SuggestionLink> nearest_suggestion(const DecisionBody& body, std::int32_t sitting);

  LinkOptions options_;
  // Deques keep addresses; what is consumed or past is dropped from the indices, so these stay short.
  std::deque<KeptSuggestion> suggestions_;
  std::deque<KeptDecision> decisions_;
  std::unordered_map<std::string, std::vector<KeptSuggestion*>> by_id_, by_question_;
  std::unordered_map<std::string, std::vector<KeptDecision*>> decisions_by_reference_, decisions_by_question_;
  std::vector<Orphan> orphans_;
  std::uint64_t ambiguous_ = 0;
};

}  // namespace qf
