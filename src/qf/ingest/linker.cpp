#include "qf/ingest/linker.h"

#include <algorithm>
#include <array>
#include <utility>

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

// Whether it was there.
template <class Index, class T>
bool forget(Index& index, std::string_view key, const T* gone) {
  const auto found = index.find(key);
  if (found == index.end()) return false;
  const bool held = std::erase(found->second, gone) != 0;
  if (found->second.empty()) index.erase(found);
  return held;
}

}  // namespace

const LinkRule& rule_of(LinkRuleId id) { return kRules[static_cast<std::size_t>(id)]; }

std::string_view to_string(OrphanKind kind) {
  constexpr std::array<std::string_view, kOrphanKindCount> kNames = {"suggestion", "decision_reference", "correction",
                                                                     "correction_reference"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Linker::begin(std::int32_t sitting) {
  if (answered_ != nullptr) release(*std::exchange(answered_, nullptr));
  if (sitting == sitting_) return;
  sitting_ = sitting;
  for (KeptSuggestion* one : recent_) release(*one);
  recent_.clear();
  for (auto& [question, held] : by_question_)
    for (KeptSuggestion* one : held) past(*one);
  by_question_.clear();
  for (auto& [question, held] : decisions_by_question_)
    for (KeptDecision* one : held)
      if (one->reference.empty()) decisions_.give_back(*one);
  decisions_by_question_.clear();
}

void Linker::release(KeptSuggestion& suggestion) {
  if (--suggestion.holders == 0) suggestions_.give_back(suggestion);
}

void Linker::past(KeptSuggestion& suggestion) {
  if (suggestion.id.empty() && !suggestion.consumed) orphans_.push_back({OrphanKind::kSuggestion, suggestion.at});
  release(suggestion);
}

void Linker::forget_oldest_suggestion() {
  KeptSuggestion& oldest = *identified_.front();
  identified_.pop_front();
  if (!oldest.consumed) {
    orphans_.push_back({OrphanKind::kSuggestion, oldest.at});
    oldest.consumed = true;
    forget(by_id_, oldest.id, &oldest);
    if (forget(by_question_, oldest.question, &oldest)) release(oldest);
  }
  release(oldest);
}

void Linker::forget_oldest_decision() {
  KeptDecision& oldest = *referring_.front();
  referring_.pop_front();
  forget(decisions_by_reference_, oldest.reference, &oldest);
  forget(decisions_by_question_, oldest.question, &oldest);
  decisions_.give_back(oldest);
}

void Linker::offer(const Event& event, const SuggestionBody& body, std::int32_t sitting) {
  begin(sitting);
  KeptSuggestion& kept = suggestions_.make();
  kept.at = event.at;
  kept.time_us = event.time_us;
  kept.sitting = sitting;
  if (options_.use_explicit_ids) kept.id = body.id;
  kept.question = body.question.id;
  kept.decision_type = canonical_type(body.decision_type);
  kept.value = KeptValue(body.value);
  kept.confidence = body.confidence;
  kept.holders = kept.id.empty() ? 2 : 3;
  if (!kept.id.empty()) {
    by_id_[kept.id].push_back(&kept);
    identified_.push_back(&kept);
  }
  by_question_[kept.question].push_back(&kept);
  recent_.push_back(&kept);
  if (recent_.size() > kMostRepeatedLookedAt) {
    release(*recent_.front());
    recent_.pop_front();
  }
  if (identified_.size() > kRemembered) forget_oldest_suggestion();
}

std::optional<SuggestionLink> Linker::nearest_suggestion(const DecisionBody& body) const {
  const auto found = by_question_.find(body.question.id);
  if (found == by_question_.end()) return std::nullopt;
  const std::string_view type = canonical_type(body.decision_type);
  // An id that the decision names rules out suggestions that carry another.
  const bool named = options_.use_explicit_ids && !body.reference.empty();
  const KeptSuggestion* best = nullptr;
  LinkRuleId rule = LinkRuleId::kSuggestionSameType;
  int candidates = 0;
  for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
    const KeptSuggestion& held = **at;
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

std::optional<SuggestionLink> Linker::repeated_suggestion(const DecisionBody& body) const {
  if (body.suggestion.absent() || body.question.id.empty()) return std::nullopt;
  const std::string_view type = canonical_type(body.decision_type);
  for (auto at = recent_.rbegin(); at != recent_.rend(); ++at) {
    const KeptSuggestion& held = **at;
    if (held.question == body.question.id && held.decision_type == type && held.value.kind == body.suggestion.kind &&
        held.value.bytes == body.suggestion.bytes && held.confidence.unit == body.confidence.unit)
      return SuggestionLink{LinkRuleId::kSuggestionInEvent, &held, false};
  }
  return std::nullopt;
}

std::optional<SuggestionLink> Linker::answer(const Event& event, const DecisionBody& body, std::int32_t sitting) {
  begin(sitting);
  std::optional<SuggestionLink> link;
  if (options_.use_explicit_ids && !body.reference.empty()) {
    const auto found = by_id_.find(body.reference);
    if (found != by_id_.end()) link = SuggestionLink{LinkRuleId::kSuggestionExplicitId, found->second.back(), false};
  }
  if (!link) link = nearest_suggestion(body);
  if (!link && options_.use_explicit_ids && !body.reference.empty())
    orphans_.push_back({OrphanKind::kDecisionReference, event.at});
  if (!link) link = repeated_suggestion(body);
  if (link && link->ambiguous) ++ambiguous_;
  if (link) {
    auto& taken = const_cast<KeptSuggestion&>(*link->suggestion);
    taken.consumed = true;
    ++taken.holders;
    answered_ = &taken;
    if (!taken.id.empty()) forget(by_id_, taken.id, &taken);
    if (forget(by_question_, taken.question, &taken)) release(taken);
  }

  // What was suggested about the same thing before this decision has had its answer.
  const std::string_view type = canonical_type(body.decision_type);
  if (const auto found = by_question_.find(body.question.id); found != by_question_.end()) {
    std::erase_if(found->second, [&](KeptSuggestion* one) {
      if (one->decision_type.empty() || one->decision_type != type) return false;
      past(*one);
      return true;
    });
    if (found->second.empty()) by_question_.erase(found);
  }
  return link;
}

void Linker::decided(KeptDecision decision) {
  begin(decision.sitting);
  const bool named = options_.use_explicit_ids && !decision.reference.empty();
  const bool expects = decision.takes_corrections && !decision.question.empty();
  if (!named && !expects) return;
  if (!named) decision.reference.clear();
  KeptDecision& kept = decisions_.make();
  kept = std::move(decision);
  kept.decision_type = canonical_type(kept.decision_type);
  if (named) {
    decisions_by_reference_[kept.reference].push_back(&kept);
    referring_.push_back(&kept);
  }
  if (expects) decisions_by_question_[kept.question].push_back(&kept);
  if (referring_.size() > kRemembered) forget_oldest_decision();
}

std::optional<DecisionLink> Linker::carry_out(const Event& event, const CorrectionBody& body, std::int32_t sitting) {
  begin(sitting);
  if (options_.use_explicit_ids && !body.reference.empty()) {
    const auto found = decisions_by_reference_.find(body.reference);
    if (found != decisions_by_reference_.end()) {
      // Ids repeat, so the nearest that nothing has carried out yet; one decision may need several corrections.
      KeptDecision* best = found->second.back();
      for (auto at = found->second.rbegin(); at != found->second.rend() && best->consumed; ++at)
        if (!(*at)->consumed) best = *at;
      best->consumed = true;
      return DecisionLink{LinkRuleId::kCorrectionExplicitId, best, false};
    }
  }
  const auto found =
      body.question.id.empty() ? decisions_by_question_.end() : decisions_by_question_.find(body.question.id);
  KeptDecision* best = nullptr;
  int candidates = 0;
  bool same_field = false;
  if (found != decisions_by_question_.end()) {
    const std::string_view field = canonical(Vocabulary::kFieldName, body.field.bytes()).value_or(body.field.bytes());
    for (auto at = found->second.rbegin(); at != found->second.rend(); ++at) {
      KeptDecision& held = **at;
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
  begin(sitting_ + 1);
  while (!identified_.empty()) forget_oldest_suggestion();
  std::sort(orphans_.begin(), orphans_.end(), [](const Orphan& a, const Orphan& b) {
    return a.at.file != b.at.file ? a.at.file < b.at.file : a.at.line < b.at.line;
  });
  return std::move(orphans_);
}

}  // namespace qf
