// Lines to events: one line at a time, each either understood or rejected with a reason and a place.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/arena.h"
#include "qf/core/reason.h"
#include "qf/core/tally.h"
#include "qf/ingest/event.h"

namespace qf {

// Where and why a line was rejected. Field names are ours or the envelope's, never content.
struct RejectedLine {
  Position at;
  RejectReason reason = RejectReason::kBadJson;
  std::string_view field;         // name of the field, where one is to blame
  std::uint64_t byte_offset = 0;  // within the line; for bad UTF-8
};

// How the lines of one event type keep to its definition.
struct ConformanceCount {
  std::uint64_t count = 0;
  Position example;
};
enum class Problem : std::uint8_t { kMissing, kWrongType, kDuplicate };
std::string_view to_string(Problem problem);

struct ConformanceKey {
  const EventType* type = nullptr;
  std::string_view field;
  Problem problem = Problem::kMissing;
  friend auto operator<=>(const ConformanceKey&, const ConformanceKey&) = default;
};
using Conformance = std::map<ConformanceKey, ConformanceCount>;

// What decoding some lines found out, apart from the events themselves.
struct DecodeFacts {
  std::uint64_t lines = 0, blank = 0, pending = 0, salvaged = 0;
  std::uint64_t duplicates_elsewhere = 0;
  std::array<std::uint64_t, kRejectReasonCount> rejected{};
  std::vector<RejectedLine> rejected_lines;  // the first kMaxLocated
  // By event type, as an index into event_types(): lines understood, those of them that have every expected field,
  // and lines rejected though the type was known.
  std::vector<std::uint64_t> by_type, conforming, malformed;
  std::array<std::uint64_t, kEventKindCount> by_kind{};
  std::map<std::string, std::uint64_t, std::less<>> unknown;  // by keyed tag
  Conformance conformance;
  std::map<std::string, std::uint64_t, std::less<>> users;  // user segments of paths
  std::string own_session_id;  // the first that the log itself names, `unknown` and `manual` apart

  static constexpr std::size_t kMaxLocated = 10'000;
  void size_types();  // makes room for every event type
  void add(const DecodeFacts& other);
  void add_to(Tally& tally) const;
};

// Events of some consecutive lines, and the memory that they point into.
struct EventBatch {
  Arena arena;
  std::vector<Event> events;
};

// Names an event that no row of the table knows: a keyed tag, since sentences hold paths and names.
using EventTag = std::function<std::string(std::string_view)>;

class LineDecoder {
 public:
  explicit LineDecoder(EventTag tag);
  ~LineDecoder();
  LineDecoder(LineDecoder&&) noexcept;
  LineDecoder& operator=(LineDecoder&&) noexcept;

  // Decodes every line of `lines` (each ended by LF, then kLinePadding readable bytes).
  void decode(std::string_view lines, Position first, EventBatch& batch, DecodeFacts& facts);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace qf
