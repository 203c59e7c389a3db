// The open table of event types: one row for each event of the reference, with the fields that it
// reads and the function that turns them into a canonical body. Adding an event is one row.
#pragma once

#include <span>
#include <string_view>

#include "qf/core/arena.h"
#include "qf/ingest/body_fields.h"
#include "qf/ingest/event.h"

namespace qf {

class BodyView;

enum class Need : std::uint8_t {
  kRequired,  // without it the line is rejected
  kExpected,  // a good line has it; `check` counts those that do not
  kOptional,
};

struct BodyField {
  Key key;
  Types types;
  Need need = Need::kOptional;
  Key alias = Key::kCount;  // another name for the same thing
  std::string_view meaning = "";
  Key other_alias = Key::kCount;
};

// What a body reader may find wrong beyond single fields. Empty = all well; else the missing field.
using BodyReader = std::string_view (*)(const BodyView&, Event&, Arena&);

using LayoutSet = std::uint8_t;
constexpr LayoutSet in(Layout layout) { return static_cast<LayoutSet>(1U << static_cast<unsigned>(layout)); }
inline constexpr LayoutSet kEnveloped = in(Layout::kRfc001) | in(Layout::kFlat);
inline constexpr LayoutSet kAnyLayout = 0xff;

struct EventType {
  std::string_view name;  // canonical name; for most events the logged one
  LayoutSet layouts;
  EventKind kind;
  Actor actor;
  std::span<const BodyField> fields;
  BodyReader read;               // nullptr: nothing but the envelope is needed
  std::string_view feeds;        // the tables that it feeds, for docs/records.md
  std::string_view tool = "";    // only lines of this tool, where given
  std::string_view prefix = "";  // a sentence that begins so, instead of an exact name
};

std::span<const EventType> event_types();

// The first row that fits, or nullptr for an event that no row knows.
const EventType* find_event_type(Layout layout, std::string_view tool, std::string_view event);

std::string_view to_string(Need need);

}  // namespace qf
