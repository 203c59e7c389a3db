// Joins suggestion, decision and correction of one session, by stated rules and never by a silent guess.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "qf/core/state_io.h"
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

// A suggestion that waits for its decision.
struct KeptSuggestion {
  Position at;
  std::int64_t time_us = 0;
  std::int32_t sitting = 0;
  std::string id, question, decision_type;
  KeptValue value;
  Confidence confidence;
  bool consumed = false;
  int holders = 0;  // lists that hold it
};

// A decision that may yet be carried out by corrections.
struct KeptDecision {
  Position at;
  std::int32_t sitting = 0;
  std::string reference, question, decision_type;
  KeptValue choice;
  KeptValue suggestion;
  LineName line;  // of the decision's own line
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
  // How many suggestions with an id, and decisions that name one, are remembered for lines that name them.
  static constexpr std::size_t kRemembered = 65'536;

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

  // For a run that goes on where this one ends (core/state_io.h). Between two events.
  void save(StateWriter& to);
  void load(StateReader& from);

 private:
  // Objects with fixed addresses whose memory is used again.
  template <class T>
  class Pool {
   public:
    T& make() {
      if (free_.empty()) return *all_.emplace_back(std::make_unique<T>());
      T& made = *free_.back();
      free_.pop_back();
      made = T();
      return made;
    }
    void give_back(T& gone) { free_.push_back(&gone); }

   private:
    std::vector<std::unique_ptr<T>> all_;
    std::vector<T*> free_;
  };
  // The oldest first. Every session has some, so unlike a std::deque an empty one has no memory of its own.
  template <class T>
  class Queue {
   public:
    void push_back(T one) { all_.push_back(one); }
    void pop_front() {
      // What has gone is cleared away once it is as much as what is left.
      if (++first_ * 2 < all_.size()) return;
      all_.erase(all_.begin(), begin());
      first_ = 0;
    }
    void clear() {
      all_.clear();
      first_ = 0;
    }
    T front() const { return all_[first_]; }
    std::size_t size() const { return all_.size() - first_; }
    bool empty() const { return size() == 0; }
    auto begin() const { return all_.begin() + static_cast<std::ptrdiff_t>(first_); }
    auto end() const { return all_.end(); }
    auto rbegin() const { return std::make_reverse_iterator(end()); }
    auto rend() const { return std::make_reverse_iterator(begin()); }

   private:
    std::vector<T> all_;
    std::size_t first_ = 0;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class T>
  using Index = std::unordered_map<std::string, std::vector<T*>, TextHash, std::equal_to<>>;

  // The line of its own of a suggestion that the decision carries itself, where an earlier decision had answered it.
  std::optional<SuggestionLink> repeated_suggestion(const DecisionBody& body) const;
  std::optional<SuggestionLink> nearest_suggestion(const DecisionBody& body) const;
  // What rules look for within a sitting is past when another one begins.
  void begin(std::int32_t sitting);
  // Called where a suggestion leaves by_question_: without an id nobody can answer it any more.
  void past(KeptSuggestion& suggestion);
  // One list fewer holds the suggestion; its memory is free with the last.
  void release(KeptSuggestion& suggestion);
  void forget_oldest_suggestion();
  void forget_oldest_decision();

  LinkOptions options_;
  std::int32_t sitting_ = 0;
  Pool<KeptSuggestion> suggestions_;
  Pool<KeptDecision> decisions_;
  Index<KeptSuggestion> by_id_, by_question_;
  Index<KeptDecision> decisions_by_reference_, decisions_by_question_;
  Queue<KeptSuggestion*> identified_;   // every suggestion with an id
  Queue<KeptDecision*> referring_;      // every decision that names a suggestion
  Queue<KeptSuggestion*> recent_;       // the newest of the sitting, answered or not
  KeptSuggestion* answered_ = nullptr;  // given out by answer(), until the next call
  std::vector<Orphan> orphans_;
  std::uint64_t ambiguous_ = 0;
};

}  // namespace qf
