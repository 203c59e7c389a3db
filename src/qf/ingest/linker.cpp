#include "qf/ingest/linker.h"

#include <algorithm>
#include <array>

#include "qf/core/vocabulary.h"
#include "qf/ingest/outcome.h"

namespace qf {
namespace {

// How many of a sitting's latest suggestions are compared with one that a decision carries itself.
constexpr std::size_t kMostRepeatedLookedAt = 64;

constexpr std::array<LinkRule, kLinkRuleCount> kRules = {{
    {"suggestion_explicit_id", 1.0,
     "the decision names the suggestion's id; the nearest earlier holder that no decision has answered"},
    {"suggestion_same_question_and_type", 0.994,
     "same question and decision type in the same sitting; the nearest unanswered one"},
    {"suggestion_same_question", 1.0, "same question in the same sitting, one of the two names no decision type"},
    {"suggestion_same_type", 1.0, "neither names a question, same decision type, same sitting"},
    {"suggestion_in_event", 1.0,
     "the decision itself carries the suggestion; with its line in the same sitting, where an earlier decision had "
     "answered that"},
    {"correction_explicit_id", 1.0, "correction and decision name the same suggestion"},
    {"correction_same_question_and_field", 0.998,
     "same question in the same sitting, and the decision was about the corrected field"},
    {"correction_same_question", 0.986,
     "same question in the same sitting, and nothing says it was about another field"},
}};

std::string_view canonical_type(std::string_view type) {
  return canonical(Vocabulary::kDecisionType, type).value_or(type);
}

// The field that a decision of this type settles; "" where it may be any.
std::string_view field_of_type(std::string_view decision_type) {
  const std::string_view type = canonical_type(decision_type);
  if (type == "bloom_level" || type == "question_type" || type == "question_text") return type;
  if (type == "difficulty_level" || type == "difficulty") return "difficulty";
  return {};
}

// Whether a suggestion's value can be what the decision was about: where the options are known, the value
// is one of them, or the options are mere actions on it.
bool fits_options(const KeptSuggestion& suggestion, const DecisionBody& body) {
  if (!body.suggestion.absent() && body.suggestion.kind == suggestion.value.kind &&
      body.suggestion.bytes != suggestion.value.bytes)
    return false;
  if (body.options.empty()) return true;
  if (index_among(body.options, suggestion.value.view(), vocabulary_of(canonical_type(body.decision_type))) >= 0)
    return true;
  const auto is_action = [](const LoggedValue& option) { return action_of(option.bytes) != Action::kNone; };
  return std::any_of(body.options.begin(), body.options.end(), is_action);
}

// A suggested text that was accepted is carried out in the question's text, now and then touched up; a change of
// another field, such as the feedback, is another change.
bool changes_something_else(const KeptDecision& decision, std::string_view field) {
  if (!decision.accepted || decision.suggestion.kind != JsonKind::kString || field.empty()) return false;
  return !is_closed_value(decision.suggestion.bytes) && field != "question_text";
}

template <class T>
void forget(std::vector<T*>& list, const T* gone) {
  list.erase(std::remove(list.begin(), list.end(), gone), list.end());
}

}  // namespace

const LinkRule& rule_of(LinkRuleId id) { return kRules[static_cast<std::size_t>(id)]; }

std::string_view to_string(OrphanKind kind) {
  constexpr std::array<std::string_view, kOrphanKindCount> kNames = {"suggestion", "decision_reference", "correction",
                                                                     "correction_reference"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Linker::offer(const Event& event, const SuggestionBody& body, std::int32_t sitting) {
  KeptSuggestion& kept = suggestions_.emplace_back();
  kept.at = event.at;
  kept.time_us = event.time_us;
  kept.sitting = sitting;
  kept.id = body.id;
  kept.question = body.question.id;
  kept.decision_type = canonical_type(body.decision_type);
  kept.value = KeptValue(body.value);
  kept.confidence = body.confidence;
  if (options_.use_explicit_ids && !kept.id.empty()) by_id_[kept.id].push_back(&kept);
  by_question_[kept.question].push_back(&kept);
}

std::optional<SuggestionLink> Linker::nearest_suggestion(const DecisionBody& body, std::int32_t sitting) {
  const auto found = by_question_.find(std::string(body.question.id));
  if (found == by_question_.end()) return std::nullopt;
  const std::string_view type = canonical_type(body.decision_type);
  // An id that the decision names rules out suggestions that carry another.
  const bool named = options_.use_explicit_ids && !body.reference.empty();
  const KeptSuggestion* best = nullptr;
  LinkRuleId rule = LinkRuleId::kSuggestionSameType;
  int candidates = 0;
  for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
    const KeptSuggestion& held = **at;
    if (held.sitting != sitting) break;  // in order of time: all that is left is older
    if (named && !held.id.empty()) continue;
    const bool typed = !held.decision_type.empty() && !type.empty();
    if (typed && held.decision_type != type) continue;
    if (body.question.id.empty() && !typed) continue;
    if (!fits_options(held, body)) continue;
    ++candidates;
    if (best != nullptr) continue;
    best = &held;
    if (!body.question.id.empty())
      rule = typed ? LinkRuleId::kSuggestionSameQuestionAndType : LinkRuleId::kSuggestionSameQuestion;
  }
  if (best == nullptr) return std::nullopt;
  return SuggestionLink{rule, best, candidates > 1};
}

std::optional<SuggestionLink> Linker::repeated_suggestion(const DecisionBody& body, std::int32_t sitting) const {
  if (body.suggestion.absent() || body.question.id.empty()) return std::nullopt;
  const std::string_view type = canonical_type(body.decision_type);
  std::size_t looked = 0;
  for (auto at = suggestions_.rbegin(); at != suggestions_.rend() && looked < kMostRepeatedLookedAt; ++at, ++looked) {
    if (at->sitting != sitting) break;
    if (at->question == body.question.id && at->decision_type == type && at->value.kind == body.suggestion.kind &&
        at->value.bytes == body.suggestion.bytes && at->confidence.unit == body.confidence.unit)
      return SuggestionLink{LinkRuleId::kSuggestionInEvent, &*at, false};
  }
  return std::nullopt;
}

std::optional<SuggestionLink> Linker::answer(const Event& event, const DecisionBody& body, std::int32_t sitting) {
  std::optional<SuggestionLink> link;
  if (options_.use_explicit_ids && !body.reference.empty()) {
    const auto found = by_id_.find(std::string(body.reference));
    if (found != by_id_.end() && !found->second.empty())
      link = SuggestionLink{LinkRuleId::kSuggestionExplicitId, found->second.back(), false};
  }
  if (!link) link = nearest_suggestion(body, sitting);
  if (!link && options_.use_explicit_ids && !body.reference.empty())
    orphans_.push_back({OrphanKind::kDecisionReference, event.at});
  if (!link) link = repeated_suggestion(body, sitting);
  if (link && link->ambiguous) ++ambiguous_;

  // What was suggested about the same thing before this decision has had its answer.
  const std::string_view type = canonical_type(body.decision_type);
  if (const auto found = by_question_.find(std::string(body.question.id)); found != by_question_.end()) {
    auto& held = found->second;
    for (KeptSuggestion* one : held)
      if (link && one == link->suggestion) one->consumed = true;
    std::erase_if(held, [&](const KeptSuggestion* one) {
      return one->consumed || one->sitting != sitting || (!one->decision_type.empty() && one->decision_type == type);
    });
    if (held.empty()) by_question_.erase(found);
  }
  if (link) {
    auto* taken = const_cast<KeptSuggestion*>(link->suggestion);
    taken->consumed = true;
    if (const auto found = by_id_.find(taken->id); found != by_id_.end()) {
      forget(found->second, link->suggestion);
      if (found->second.empty()) by_id_.erase(found);
    }
    if (const auto found = by_question_.find(taken->question); found != by_question_.end())
      forget(found->second, link->suggestion);
  }
  return link;
}

void Linker::decided(KeptDecision decision) {
  decision.decision_type = canonical_type(decision.decision_type);
  KeptDecision& kept = decisions_.emplace_back(std::move(decision));
  if (options_.use_explicit_ids && !kept.reference.empty()) decisions_by_reference_[kept.reference].push_back(&kept);
  if (kept.takes_corrections && !kept.question.empty()) {
    auto& held = decisions_by_question_[kept.question];
    std::erase_if(held, [&](const KeptDecision* one) { return one->sitting != kept.sitting; });
    held.push_back(&kept);
  }
}

std::optional<DecisionLink> Linker::carry_out(const Event& event, const CorrectionBody& body, std::int32_t sitting) {
  if (options_.use_explicit_ids && !body.reference.empty()) {
    const auto found = decisions_by_reference_.find(std::string(body.reference));
    if (found != decisions_by_reference_.end()) {
      // Ids repeat, so the nearest that nothing has carried out yet; one decision may need several corrections.
      KeptDecision* best = found->second.back();
      for (auto at = found->second.rbegin(); at != found->second.rend() && best->consumed; ++at)
        if (!(*at)->consumed) best = *at;
      best->consumed = true;
      return DecisionLink{LinkRuleId::kCorrectionExplicitId, best, false};
    }
  }
  const auto found = body.question.id.empty() ? decisions_by_question_.end()
                                              : decisions_by_question_.find(std::string(body.question.id));
  KeptDecision* best = nullptr;
  int candidates = 0;
  bool same_field = false;
  if (found != decisions_by_question_.end()) {
    const std::string_view field = canonical(Vocabulary::kFieldName, body.field.bytes()).value_or(body.field.bytes());
    for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
      KeptDecision& held = **at;
      if (held.sitting != sitting) break;
      const std::string_view about = field_of_type(held.decision_type);
      if (held.consumed || (!about.empty() && !field.empty() && about != field)) continue;
      if (about.empty() && changes_something_else(held, field)) continue;
      ++candidates;
      if (best != nullptr) continue;
      best = &held;
      same_field = !about.empty() && about == field;
    }
  }
  if (best == nullptr) {
    const bool named = options_.use_explicit_ids && !body.reference.empty();
    orphans_.push_back({named ? OrphanKind::kCorrectionReference : OrphanKind::kCorrection, event.at});
    return std::nullopt;
  }
  best->consumed = true;
  if (candidates > 1) ++ambiguous_;
  return DecisionLink{same_field ? LinkRuleId::kCorrectionSameQuestionAndField : LinkRuleId::kCorrectionSameQuestion,
                      best, candidates > 1};
}

std::vector<Orphan> Linker::finish() {
  for (const KeptSuggestion& suggestion : suggestions_)
    if (!suggestion.consumed) orphans_.push_back({OrphanKind::kSuggestion, suggestion.at});
  std::sort(orphans_.begin(), orphans_.end(), [](const Orphan& a, const Orphan& b) {
    return a.at.file != b.at.file ? a.at.file < b.at.file : a.at.line < b.at.line;
  });
  return std::move(orphans_);
}

}  // namespace qf
