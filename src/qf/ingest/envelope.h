// The part of a line that says when, where and what, read from whichever layout. Inside ingest only.
#pragma once

#include <optional>
#include <string_view>

#include "qf/core/reason.h"
#include "qf/ingest/body_view.h"
#include "qf/ingest/event.h"

namespace qf {

struct LineFault {
  RejectReason reason = RejectReason::kBadJson;
  std::string_view field = "";
  std::uint64_t byte_offset = 0;
};

struct Envelope {
  Layout layout = Layout::kRfc001;
  std::int64_t time_us = 0;
  std::int16_t offset_minutes = 0;
  std::string_view session_id, mcp, tool, event, parent_id;
  std::size_t duplicates_elsewhere = 0;  // names of the outermost object that no layout reads, met again
};

// Reads the envelope of `root` and fills `view` with the body's fields; a fault where the line is malformed.
std::optional<LineFault> read_envelope(const simdjson::dom::object& root, Envelope& envelope, BodyView& view,
                                       Arena& arena);

// What kind of JSON fault a line has that the parser refused with `code`.
LineFault explain_fault(simdjson::error_code code, std::string_view line);

}  // namespace qf
