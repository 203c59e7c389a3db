#include "qf/ingest/envelope.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "qf/core/instant.h"
#include "qf/core/text.h"

namespace qf {
namespace {

using simdjson::dom::element;

// The members of a line's outermost object that some layout gives a meaning.
enum Slot : std::size_t {
  kTs,
  kV,
  kSessionId,
  kMcp,
  kTool,
  kEvent,
  kLevel,
  kData,
  kDurationMs,
  kParentId,
  kTimestamp,
  kStep,
  kMessage,
  kTeacherDecision,
  kRule,
  kRound,
  kResult,
  kSlotCount
};
constexpr std::array<std::string_view, kSlotCount> kSlotNames = {
    "ts",   "v",           "session_id", "mcp",       "tool", "event",   "level",
    "data", "duration_ms", "parent_id",  "timestamp", "step", "message", "teacher_decision",
    "rule", "round",       "result"};

// The slot of each place in a small table: no two names share one.
constexpr std::size_t kPlaces = 64;
constexpr std::size_t place_of(std::string_view name) {
  return (name.size() + static_cast<unsigned char>(name.front()) + static_cast<unsigned char>(name.back()) * 6U) %
         kPlaces;
}
constexpr auto kSlotAt = [] {
  std::array<std::uint8_t, kPlaces> slots{};
  slots.fill(kSlotCount);
  for (std::size_t slot = 0; slot < kSlotCount; ++slot)
    slots[place_of(kSlotNames[slot])] = static_cast<std::uint8_t>(slot);
  return slots;
}();
static_assert([] {
  for (std::size_t slot = 0; slot < kSlotCount; ++slot)
    if (kSlotAt[place_of(kSlotNames[slot])] != slot) return false;
  return true;
}());

std::size_t slot_of(std::string_view name) {
  if (name.empty()) return kSlotCount;
  const std::size_t slot = kSlotAt[place_of(name)];
  return slot != kSlotCount && kSlotNames[slot] == name ? slot : kSlotCount;
}

struct Slots {
  std::array<element, kSlotCount> values;
  std::array<bool, kSlotCount> present{};
  std::array<bool, kSlotCount> doubled{};

  // null counts as absent: no writer of QuestionForge writes it, and it says nothing.
  bool has(Slot slot) const { return present[slot] && !values[slot].is_null(); }
};

LineFault missing(Slot slot) { return {RejectReason::kMissingField, kSlotNames[slot]}; }
LineFault mistyped(Slot slot) { return {RejectReason::kWrongType, kSlotNames[slot]}; }

// A string that must be there and not be empty.
std::optional<LineFault> required_string(const Slots& slots, Slot slot, std::string_view& to) {
  if (!slots.has(slot)) return missing(slot);
  if (slots.values[slot].get_string().get(to) != simdjson::SUCCESS) return mistyped(slot);
  if (to.empty()) return missing(slot);
  return std::nullopt;
}

std::optional<LineFault> optional_string(const Slots& slots, Slot slot, std::string_view& to) {
  if (!slots.has(slot)) return std::nullopt;
  if (slots.values[slot].get_string().get(to) != simdjson::SUCCESS) return mistyped(slot);
  return std::nullopt;
}

std::optional<LineFault> read_time(const Slots& slots, Slot slot, Envelope& envelope) {
  std::string_view text;
  if (auto fault = required_string(slots, slot, text)) return fault;
  const auto instant = parse_instant(text);
  if (!instant) return LineFault{RejectReason::kBadTimestamp, kSlotNames[slot]};
  envelope.time_us = instant->time_us;
  envelope.offset_minutes = instant->offset_minutes;
  return std::nullopt;
}

// Which layout a line is in, told by the members that only that layout has.
std::optional<Layout> layout_of(const Slots& slots) {
  if (slots.present[kTimestamp] && !slots.present[kTs]) {
    if (slots.present[kStep]) return Layout::kPipeline;
    if (slots.present[kTeacherDecision] || slots.present[kEvent]) return Layout::kStep1;
    return std::nullopt;
  }
  if (!slots.present[kTs]) return std::nullopt;
  const bool enveloped = slots.present[kMcp] || slots.present[kTool] || slots.present[kLevel] || slots.present[kData];
  if (!enveloped && (slots.present[kRule] || slots.present[kRound] || slots.present[kResult])) return Layout::kStep3;
  if (!slots.present[kV] && !slots.present[kLevel] && !slots.present[kData]) return Layout::kFlat;
  return Layout::kRfc001;
}

std::optional<LineFault> read_version(const Slots& slots) {
  if (!slots.has(kV)) return missing(kV);
  std::int64_t version = 0;
  if (slots.values[kV].get_int64().get(version) != simdjson::SUCCESS) return mistyped(kV);
  if (version != 1) return LineFault{RejectReason::kUnknownVersion, kSlotNames[kV]};
  return std::nullopt;
}

std::optional<LineFault> read_rfc001(const Slots& slots, Envelope& envelope, BodyView& view, Arena& arena) {
  if (auto fault = read_version(slots)) return fault;
  // session_id may be empty: Step 3's fallback writes "" where it knows none.
  if (!slots.has(kSessionId)) return missing(kSessionId);
  if (auto fault = optional_string(slots, kSessionId, envelope.session_id)) return fault;
  if (auto fault = required_string(slots, kMcp, envelope.mcp)) return fault;
  std::string_view level;
  if (auto fault = required_string(slots, kLevel, level)) return fault;
  if (slots.has(kDurationMs)) {
    std::int64_t duration = 0;
    if (slots.values[kDurationMs].get_int64().get(duration) != simdjson::SUCCESS || duration < 0)
      return mistyped(kDurationMs);
  }
  if (slots.has(kParentId)) {
    const element& parent = slots.values[kParentId];
    if ((type_of(parent) & (kString | kNumber)) == 0) return mistyped(kParentId);
    std::size_t duplicates = 0;
    envelope.parent_id = logged_value(parent, arena, duplicates).bytes;
  }
  if (slots.has(kData)) {
    simdjson::dom::object data;
    if (slots.values[kData].get_object().get(data) != simdjson::SUCCESS) return mistyped(kData);
    view.add(data);
  }
  return std::nullopt;
}

}  // namespace

std::optional<LineFault> read_envelope(const simdjson::dom::object& root, Envelope& envelope, BodyView& view,
                                       Arena& arena) {
  Slots slots;
  std::array<std::string_view, 16> unread;
  std::size_t unread_count = 0;
  for (const auto member : root) {
    const std::size_t slot = slot_of(member.key);
    if (slot == kSlotCount) {
      const auto end = unread.begin() + static_cast<std::ptrdiff_t>(unread_count);
      if (std::find(unread.begin(), end, member.key) != end)
        ++envelope.duplicates_elsewhere;
      else if (unread_count < unread.size())
        unread[unread_count++] = member.key;
      continue;
    }
    slots.doubled[slot] = slots.present[slot];
    slots.present[slot] = true;
    slots.values[slot] = member.value;
  }
  for (std::size_t slot = 0; slot < kSlotCount; ++slot)
    if (slots.doubled[slot]) return LineFault{RejectReason::kDuplicateKey, kSlotNames[slot]};

  const auto layout = layout_of(slots);
  if (!layout) return missing(kTs);
  envelope.layout = *layout;
  const bool old_clock = *layout == Layout::kPipeline || *layout == Layout::kStep1;
  if (auto fault = read_time(slots, old_clock ? kTimestamp : kTs, envelope)) return fault;

  switch (*layout) {
    case Layout::kRfc001:
      if (auto fault = read_rfc001(slots, envelope, view, arena)) return fault;
      break;
    case Layout::kFlat:
      view.add(root);
      if (auto fault = required_string(slots, kMcp, envelope.mcp)) return fault;
      if (auto fault = optional_string(slots, kSessionId, envelope.session_id)) return fault;
      break;
    case Layout::kPipeline:
      if (auto fault = required_string(slots, kStep, envelope.event)) return fault;
      envelope.tool = envelope.event;
      envelope.mcp = "qf-pipeline";
      if (slots.has(kData)) {
        simdjson::dom::object data;
        if (slots.values[kData].get_object().get(data) != simdjson::SUCCESS) return mistyped(kData);
        view.add(data);
        envelope.session_id = view.string(Key::kSessionId);
      }
      return std::nullopt;
    case Layout::kStep1:
      view.add(root);
      envelope.mcp = "qf-pipeline";
      envelope.tool = "step1";
      envelope.event = "step1_decision";
      return optional_string(slots, kEvent, envelope.event);
    case Layout::kStep3:
      view.add(root);
      envelope.mcp = "qf-pipeline";
      envelope.tool = "step3_autofix";
      envelope.event = "step3_iteration";
      if (slots.present[kV])
        if (auto fault = read_version(slots)) return fault;
      return optional_string(slots, kEvent, envelope.event);
  }
  if (auto fault = required_string(slots, kTool, envelope.tool)) return fault;
  return required_string(slots, kEvent, envelope.event);
}

namespace {

// Whether a number is well formed and yet beyond what 64 bits hold.
bool does_not_fit(const std::string& number) {
  char* stop = nullptr;
  if (number.find_first_not_of("0123456789") == std::string::npos) {
    errno = 0;
    std::strtoull(number.c_str(), &stop, 10);
    return errno == ERANGE;
  }
  const double value = std::strtod(number.c_str(), &stop);
  return stop == number.c_str() + number.size() && std::isinf(value);
}

// Walks over what stands outside strings and says which token the parser cannot have liked.
LineFault explain_token(std::string_view line) {
  bool in_string = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (in_string) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        in_string = false;
      continue;
    }
    if (c == '"') {
      in_string = true;
    } else if (c == 'N' || c == 'I') {
      const std::string_view rest = line.substr(at);
      if (rest.starts_with("NaN") || rest.starts_with("Infinity")) return {RejectReason::kNotFiniteNumber};
      return {RejectReason::kBadJson};
    } else if ((c >= '0' && c <= '9') && (at == 0 || line[at - 1] != '.')) {
      std::size_t end = at;
      while (end < line.size() && std::string_view("0123456789+-.eE").find(line[end]) != std::string_view::npos) ++end;
      // Longer than any number that fits: strtod would need a copy for nothing.
      const std::string number(line.substr(at, std::min<std::size_t>(end - at, 400)));
      if (does_not_fit(number)) return {RejectReason::kNumberOutOfRange};
      at = end - 1;
    }
  }
  return {RejectReason::kBadJson};
}

int hex_unit(std::string_view line, std::size_t at) {
  if (at + 6 > line.size() || line[at] != '\\' || line[at + 1] != 'u') return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const char c = line[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool has_lone_surrogate(std::string_view line) {
  for (std::size_t at = 0; at + 1 < line.size(); ++at) {
    if (line[at] != '\\') continue;
    const int unit = hex_unit(line, at);
    if (unit < 0) {
      ++at;  // an escaped backslash hides nothing behind it
      continue;
    }
    const bool high = unit >= 0xD800 && unit < 0xDC00, low = unit >= 0xDC00 && unit < 0xE000;
    const int next = high ? hex_unit(line, at + 6) : -1;
    if (low || (high && (next < 0xDC00 || next >= 0xE000))) return true;
    at += high ? 11 : 5;
  }
  return false;
}

}  // namespace

LineFault explain_fault(simdjson::error_code code, std::string_view line) {
  switch (code) {
    case simdjson::UTF8_ERROR: return {RejectReason::kBadUtf8, "", first_invalid_utf8(line).value_or(0)};
    case simdjson::DEPTH_ERROR: return {RejectReason::kTooDeep};
    case simdjson::CAPACITY: return {RejectReason::kLineTooLong};
    case simdjson::BIGINT_ERROR: return {RejectReason::kNumberOutOfRange};
    case simdjson::STRING_ERROR:
      return {has_lone_surrogate(line) ? RejectReason::kLoneSurrogate : RejectReason::kBadJson};
    default: return explain_token(line);
  }
}

}  // namespace qf
