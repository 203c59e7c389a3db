// What one log line says: an envelope and one canonical body, whatever layout it was written in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "qf/core/user_text.h"

namespace qf {

struct EventType;

// Where a line stands. The file is an index into the project's list of logs.
struct Position {
  std::uint32_t file = 0;
  std::uint64_t line = 0;  // from 1, in physical lines
};

// Names a source line that became a row: its bytes, and how many equal lines of the project came before it.
struct LineName {
  std::array<unsigned char, 16> hash{};
  std::uint32_t occurrence = 0;
};

// The layouts of the reference, in the order of their age.
enum class Layout : std::uint8_t { kPipeline, kFlat, kRfc001, kStep1, kStep3 };
std::string_view to_string(Layout layout);

enum class EventKind : std::uint8_t {
  kDecision,
  kSuggestion,
  kCorrection,
  kQuestion,
  kValidation,
  kStage,
  kSession,
  kTool,
  kExport,
  kInteraction
};
inline constexpr std::size_t kEventKindCount = 10;
std::string_view to_string(EventKind kind);

enum class Actor : std::uint8_t { kTeacher, kMachine };
std::string_view to_string(Actor actor);

enum class JsonKind : std::uint8_t { kAbsent, kNull, kString, kNumber, kBoolean, kArray, kObject };
// "" for an absent value.
std::string_view to_string(JsonKind kind);

// A value as logged: a string's own bytes, anything else as compact JSON text.
struct LoggedValue {
  JsonKind kind = JsonKind::kAbsent;
  std::string_view bytes;

  bool absent() const { return kind == JsonKind::kAbsent || kind == JsonKind::kNull; }
  UserText text() const { return absent() ? UserText() : UserText(bytes); }
  friend bool operator==(const LoggedValue&, const LoggedValue&) = default;
};

// A confidence as logged, and the same on the scale 0 to 1. Empty where it was out of range.
struct Confidence {
  std::optional<double> unit;
  std::optional<double> logged;
};

// What any body may say about the question it concerns.
struct QuestionMention {
  std::string_view id;  // "" where the event names none
  UserText text;
  UserText type;
  UserText bloom;
  UserText difficulty;
  UserText title;
};

struct DecisionBody {
  QuestionMention question;
  std::string_view decision_type;
  std::string_view issue;      // the fault that was decided about, in Step 1
  std::string_view verdict;    // what the event's own name says: accept, modify, reject
  std::string_view reference;  // explicit id of the suggestion that it answers
  bool has_options = false;
  std::span<const LoggedValue> options;
  LoggedValue choice;
  LoggedValue suggestion;  // where the decision itself carries it
  Confidence confidence;
  UserText rationale;
  LoggedValue applied;  // the text that the teacher put in, where the same line says so
  bool applied_truncated = false;
};

struct SuggestionBody {
  QuestionMention question;
  std::string_view id;
  std::string_view decision_type;
  LoggedValue value;
  LoggedValue before;
  Confidence confidence;
};

struct CorrectionBody {
  QuestionMention question;
  std::string_view reference;
  UserText field;
  LoggedValue before;
  LoggedValue after;
  UserText correction_type;
  bool before_truncated = false;
  bool after_truncated = false;
};

// What became of a question, apart from decisions and corrections.
enum class QuestionStep : std::uint8_t { kSeen, kBuilt, kApproved, kSkipped, kDeleted, kExported, kAbandoned };

struct QuestionBody {
  QuestionMention question;
  QuestionStep step = QuestionStep::kSeen;
};

struct ValidationBody {
  std::string_view question_id;
  std::optional<bool> passed;
};

enum class StageStep : std::uint8_t { kStart, kComplete, kSkip };

struct StageBody {
  StageStep step = StageStep::kStart;
};

struct Event {
  Position at;
  std::int64_t time_us = 0;
  std::int16_t offset_minutes = 0;
  Layout layout = Layout::kRfc001;
  EventKind kind = EventKind::kTool;
  Actor actor = Actor::kMachine;
  std::uint8_t mcp = 0;    // index into known_servers()
  std::uint16_t tool = 0;  // index into known_tools()
  const EventType* type = nullptr;
  std::string_view session_id;  // as logged; "" where the line has none
  std::string_view parent_id;
  std::string_view module;  // m1 to m5, pipeline, or ""
  std::optional<std::int32_t> stage;
  std::array<unsigned char, 16> line_hash{};  // of the line's bytes; only for events that become a row
  std::variant<std::monostate, const DecisionBody*, const SuggestionBody*, const CorrectionBody*, const QuestionBody*,
               const ValidationBody*, const StageBody*>
      body;
};

// Whether a session id stands for no session: absent, or one of the words that are written for want of one.
inline bool names_nobody(std::string_view session_id) {
  return session_id.empty() || session_id == "unknown" || session_id == "manual";
}

// The servers and tools that QuestionForge has; index 0 is "other".
std::span<const std::string_view> known_servers();
std::span<const std::string_view> known_tools();

}  // namespace qf
