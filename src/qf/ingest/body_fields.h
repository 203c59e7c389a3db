// The names of the fields that some event type reads, and the JSON types that they may hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qf {

// Every field name that some event type reads. The order is that of kKeyNames.
enum class Key : std::uint8_t {
  kActorType,
  kAiConfidence,
  kAiSuggestion,
  kAfter,
  kAppliedFix,
  kAvailableOptions,
  kBefore,
  kBloom,
  kBloomLevel,
  kChoice,
  kConfidence,
  kConfidenceScores,
  kCorrectionType,
  kCorrectionsApplied,
  kDecisionType,
  kDetectedType,
  kDifficulty,
  kError,
  kErrorType,
  kErrors,
  kExpectedPath,
  kField,
  kFile,
  kFullPath,
  kIntent,
  kIssueType,
  kIssueId,
  kMethod,
  kModule,
  kNewValue,
  kOldValue,
  kOptions,
  kOptionsPresented,
  kOutputDir,
  kOutputFile,
  kOutputFolder,
  kPassed,
  kQuestionCount,
  kQuestionId,
  kQuestionIdentifier,
  kQuestionText,
  kQuestionType,
  kRationale,
  kReason,
  kResult,
  kRound,
  kRule,
  kSessionId,
  kSource,
  kSourceFile,
  kStage,
  kStatus,
  kSubmittedType,
  kSuccess,
  kSuggestion,
  kSuggestionId,
  kTeacherDecision,
  kTeacherNote,
  kTimeSpentSeconds,
  kTitle,
  kType,
  kTypeConfidence,
  kUserChoice,
  kValid,
  kValue,
  kCount
};
inline constexpr std::size_t kKeyCount = static_cast<std::size_t>(Key::kCount);

std::string_view name_of(Key key);
// The key of a name, or kCount.
Key key_of(std::string_view name);

// JSON types as a set, for what a field may hold.
using Types = std::uint8_t;
inline constexpr Types kString = 1, kNumber = 2, kBoolean = 4, kArray = 8, kObject = 16, kNull = 32;
inline constexpr Types kScalar = kString | kNumber | kBoolean;
inline constexpr Types kAny = kScalar | kArray | kObject;

}  // namespace qf
