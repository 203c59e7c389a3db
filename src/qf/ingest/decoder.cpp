#include "qf/ingest/decoder.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>

#include "qf/core/digest.h"
#include "qf/ingest/envelope.h"
#include "qf/ingest/event_table.h"
#include "qf/ingest/home_path.h"
#include "qf/ingest/line_reader.h"

namespace qf {
namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

// How many places of a broken line are tried as the beginning of a whole one.
constexpr int kMaxSalvageTries = 16;
// Above this the parser's memory is given back after the line.
constexpr std::size_t kOrdinaryLineBytes = 4 * 1024 * 1024;

constexpr Key kPathKeys[] = {Key::kSourceFile, Key::kSource,       Key::kFile,       Key::kFullPath,
                             Key::kOutputDir,  Key::kOutputFolder, Key::kOutputFile, Key::kExpectedPath};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// Half a line before a whole one turns strings inside out, so almost any fault of JSON may come of it.
bool may_be_glued(RejectReason reason) {
  switch (reason) {
    case RejectReason::kBadJson:
    case RejectReason::kBadUtf8:
    case RejectReason::kNotFiniteNumber:
    case RejectReason::kNumberOutOfRange:
    case RejectReason::kLoneSurrogate: return true;
    default: return false;
  }
}

template <std::size_t N>
std::uint64_t index_in(std::span<const std::string_view, N> names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? 0 : static_cast<std::uint64_t>(found - names.begin());
}

std::uint16_t tool_index(std::string_view name) {
  static const auto index = [] {
    std::unordered_map<std::string_view, std::uint16_t> made;
    for (std::size_t i = 0; i < known_tools().size(); ++i) made[known_tools()[i]] = static_cast<std::uint16_t>(i);
    return made;
  }();
  const auto found = index.find(name);
  return found == index.end() ? std::uint16_t{0} : found->second;
}

// Step 1 and Step 3 have session ids of their own; `unknown` and `manual` name nobody.
bool names_project(const Envelope& envelope) {
  const bool side_log = envelope.layout == Layout::kStep1 || envelope.layout == Layout::kStep3;
  return !side_log && !names_nobody(envelope.session_id);
}

bool becomes_row(EventKind kind) { return kind == EventKind::kDecision || kind == EventKind::kCorrection; }

// A module or stage that the body does not name is often in the tool's name: m2_stage3.
void place_from_tool(std::string_view tool, Event& event) {
  if (tool.size() == 9 && tool[0] == 'm' && tool.substr(2, 6) == "_stage") {
    if (event.module.empty()) event.module = tool.substr(0, 2);
    if (!event.stage) event.stage = tool[8] - '0';
  } else if (event.module.empty() && tool.starts_with("m5_")) {
    event.module = tool.substr(0, 2);
  } else if (event.module.empty() && tool.starts_with("step")) {
    event.module = "pipeline";
  }
}

}  // namespace

std::string_view to_string(Problem problem) {
  switch (problem) {
    case Problem::kMissing: return "missing";
    case Problem::kWrongType: return "wrong_type";
    case Problem::kDuplicate: return "duplicate";
  }
  return "";
}

struct LineDecoder::State {
  explicit State(EventTag unknown) : tag(std::move(unknown)) {}

  std::unique_ptr<simdjson::dom::parser> parser = std::make_unique<simdjson::dom::parser>();
  BodyView view;
  EventTag tag;
  Arena scratch;

  // Decodes one object. The event is appended on success; a fault leaves nothing behind.
  std::optional<LineFault> decode(std::string_view line, Position at, EventBatch& batch, DecodeFacts& facts);
  // Checks the body against its definition; `whole` says whether no expected field is missing.
  std::optional<LineFault> check_fields(const EventType& type, Position at, DecodeFacts& facts, bool& whole) const;
  bool salvage(std::string_view line, Position at, EventBatch& batch, DecodeFacts& facts);
};

std::optional<LineFault> LineDecoder::State::check_fields(const EventType& type, Position at, DecodeFacts& facts,
                                                          bool& whole) const {
  std::optional<LineFault> fault;
  whole = true;
  const auto note = [&](const BodyField& field, Problem problem) {
    ConformanceCount& count = facts.conformance[{&type, name_of(field.key), problem}];
    if (count.count++ == 0) count.example = at;
    whole = false;
  };
  for (const BodyField& field : type.fields) {
    const bool twice = view.duplicated(field.key) || (field.alias != Key::kCount && view.duplicated(field.alias));
    if (twice) {
      note(field, Problem::kDuplicate);
      if (!fault) fault = LineFault{RejectReason::kDuplicateKey, name_of(field.key)};
      continue;
    }
    const bool nullable = (field.types & kNull) != 0;
    const auto there = [&](Key key) { return key != Key::kCount && (nullable ? view.present(key) : view.has(key)); };
    Key key = field.key;
    for (const Key alias : {field.alias, field.other_alias})
      if (!there(key) && there(alias)) key = alias;
    if (!there(key)) {
      if (field.need != Need::kOptional) note(field, Problem::kMissing);
      if (field.need == Need::kRequired && !fault) fault = LineFault{RejectReason::kMissingField, name_of(field.key)};
    } else if ((type_of(view.at(key)) & field.types) == 0) {
      note(field, Problem::kWrongType);
      if (!fault) fault = LineFault{RejectReason::kWrongType, name_of(key)};
    }
  }
  return fault;
}

std::optional<LineFault> LineDecoder::State::decode(std::string_view line, Position at, EventBatch& batch,
                                                    DecodeFacts& facts) {
  simdjson::dom::element root;
  const auto code = parser->parse(line.data(), line.size(), false).get(root);
  if (code != simdjson::SUCCESS) return explain_fault(code, line);
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) return LineFault{RejectReason::kNotAnObject};

  view.clear();
  Envelope envelope;
  if (auto fault = read_envelope(object, envelope, view, batch.arena)) return fault;

  const EventType* type = find_event_type(envelope.layout, envelope.tool, envelope.event);
  Event event;
  if (type != nullptr) {
    facts.size_types();
    const auto index = static_cast<std::size_t>(type - event_types().data());
    bool whole = false;
    if (auto fault = check_fields(*type, at, facts, whole)) {
      ++facts.malformed[index];
      return fault;
    }
    event.at = at;
    event.time_us = envelope.time_us;
    event.offset_minutes = envelope.offset_minutes;
    event.layout = envelope.layout;
    event.kind = type->kind;
    event.actor = type->actor;
    event.type = type;
    event.mcp = static_cast<std::uint8_t>(index_in(known_servers(), envelope.mcp));
    event.tool = tool_index(envelope.tool);
    event.session_id = !batch.events.empty() && batch.events.back().session_id == envelope.session_id
                           ? batch.events.back().session_id
                           : batch.arena.copy(envelope.session_id);
    event.parent_id = envelope.parent_id;
    if (type->read != nullptr) {
      if (const auto lacking = type->read(view, event, batch.arena); !lacking.empty()) {
        ++facts.malformed[index];
        return LineFault{RejectReason::kMissingField, lacking};
      }
    }
    place_from_tool(known_tools()[event.tool], event);
    if (becomes_row(event.kind)) {
      const Sha256Bytes digest = sha256(line);
      std::memcpy(event.line_hash.data(), digest.data(), event.line_hash.size());
    }
    batch.events.push_back(event);
    ++facts.by_type[index];
    facts.conforming[index] += whole ? 1U : 0U;
    ++facts.by_kind[static_cast<std::size_t>(event.kind)];
  } else {
    ++facts.unknown[tag(envelope.event)];
  }

  // Doubled fields that the event's own type names were rejected above: what is left is read by nobody here.
  facts.duplicates_elsewhere += view.duplicates_elsewhere() + envelope.duplicates_elsewhere;
  if (facts.own_session_id.empty() && names_project(envelope)) facts.own_session_id = envelope.session_id;
  for (const Key key : kPathKeys) {
    const std::string_view user = user_of_path(view.string(key));
    if (user.empty()) continue;
    if (const auto known = facts.users.find(user); known != facts.users.end())
      ++known->second;
    else
      facts.users.emplace(user, 1);
  }
  return std::nullopt;
}

// A line that was cut off by a full disk has the next one glued to it: `{"ts":"…","ev{"ts":"…`.
bool LineDecoder::State::salvage(std::string_view line, Position at, EventBatch& batch, DecodeFacts& facts) {
  int tries = 0;
  for (std::size_t from = 1; tries < kMaxSalvageTries; ++from) {
    from = line.find("{\"t", from);
    if (from == std::string_view::npos) return false;
    const std::string_view rest = line.substr(from + 3);
    if (!rest.starts_with("s\"") && !rest.starts_with("imestamp\"")) continue;
    ++tries;
    if (decode(line.substr(from), at, batch, facts)) continue;
    // Two whole lines whose LF was lost are two lines.
    if (!decode(line.substr(0, from), at, batch, facts)) {
      ++facts.lines;
      if (batch.events.size() >= 2 && batch.events[batch.events.size() - 1].at.line == at.line &&
          batch.events[batch.events.size() - 2].at.line == at.line)
        std::swap(batch.events[batch.events.size() - 1], batch.events[batch.events.size() - 2]);
    }
    ++facts.salvaged;
    return true;
  }
  return false;
}

LineDecoder::LineDecoder(EventTag tag) : state_(std::make_unique<State>(std::move(tag))) {}
LineDecoder::~LineDecoder() = default;
LineDecoder::LineDecoder(LineDecoder&&) noexcept = default;
LineDecoder& LineDecoder::operator=(LineDecoder&&) noexcept = default;

void LineDecoder::decode(std::string_view lines, Position first, EventBatch& batch, DecodeFacts& facts) {
  Position at = first;
  for (std::size_t begin = 0; begin < lines.size(); ++at.line) {
    const std::size_t end = lines.find('\n', begin);
    const std::string_view line = lines.substr(begin, end - begin);
    begin = end + 1;
    ++facts.lines;
    if (is_blank(line)) {
      ++facts.blank;
      continue;
    }
    const auto fault = line.size() > kMaxLineBytes ? std::optional(LineFault{RejectReason::kLineTooLong})
                                                   : state_->decode(line, at, batch, facts);
    if (fault && !(may_be_glued(fault->reason) && state_->salvage(line, at, batch, facts))) {
      ++facts.rejected[static_cast<std::size_t>(fault->reason)];
      if (facts.rejected_lines.size() < DecodeFacts::kMaxLocated)
        facts.rejected_lines.push_back({at, fault->reason, fault->field, fault->byte_offset});
    }
    if (line.size() > kOrdinaryLineBytes) state_->parser = std::make_unique<simdjson::dom::parser>();
  }
}

void DecodeFacts::size_types() {
  by_type.resize(event_types().size());
  conforming.resize(event_types().size());
  malformed.resize(event_types().size());
}

void DecodeFacts::add(const DecodeFacts& other) {
  lines += other.lines;
  blank += other.blank;
  pending += other.pending;
  salvaged += other.salvaged;
  duplicates_elsewhere += other.duplicates_elsewhere;
  for (std::size_t i = 0; i < rejected.size(); ++i) rejected[i] += other.rejected[i];
  for (const RejectedLine& line : other.rejected_lines)
    if (rejected_lines.size() < kMaxLocated) rejected_lines.push_back(line);
  size_types();
  for (std::size_t i = 0; i < other.by_type.size(); ++i) {
    by_type[i] += other.by_type[i];
    conforming[i] += other.conforming[i];
    malformed[i] += other.malformed[i];
  }
  for (std::size_t i = 0; i < by_kind.size(); ++i) by_kind[i] += other.by_kind[i];
  for (const auto& [tag, count] : other.unknown) unknown[tag] += count;
  for (const auto& [key, count] : other.conformance) {
    ConformanceCount& here = conformance[key];
    if (here.count == 0) here.example = count.example;
    here.count += count.count;
  }
  for (const auto& [user, count] : other.users) users[user] += count;
  if (own_session_id.empty()) own_session_id = other.own_session_id;
}

void DecodeFacts::add_to(Tally& tally) const {
  tally.lines += lines;
  tally.blank += blank;
  tally.pending += pending;
  tally.salvaged += salvaged;
  for (std::size_t i = 0; i < rejected.size(); ++i)
    if (rejected[i] != 0) tally.rejected[std::string(text_of(static_cast<RejectReason>(i)).name)] += rejected[i];
  for (std::size_t i = 0; i < by_kind.size(); ++i)
    if (by_kind[i] != 0) tally.events[std::string(to_string(static_cast<EventKind>(i)))] += by_kind[i];
  for (std::size_t i = 0; i < by_type.size(); ++i)
    if (by_type[i] != 0) tally.event_names[std::string(event_types()[i].name)] += by_type[i];
  for (const auto& [tag, count] : unknown) {
    tally.filtered[tag] += count;
    tally.event_names[tag] += count;
  }
  if (duplicates_elsewhere != 0) tally.noted["duplicate_key_elsewhere"] += duplicates_elsewhere;
}

}  // namespace qf
