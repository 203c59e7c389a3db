#include "qf/ingest/body_view.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace qf {
namespace {

constexpr std::array<std::string_view, kKeyCount> kKeyNames = {"actor_type",
                                                               "ai_confidence",
                                                               "ai_suggestion",
                                                               "after",
                                                               "applied_fix",
                                                               "available_options",
                                                               "before",
                                                               "bloom",
                                                               "bloom_level",
                                                               "choice",
                                                               "confidence",
                                                               "confidence_scores",
                                                               "correction_type",
                                                               "corrections_applied",
                                                               "decision_type",
                                                               "detected_type",
                                                               "difficulty",
                                                               "error",
                                                               "error_type",
                                                               "errors",
                                                               "expected_path",
                                                               "field",
                                                               "file",
                                                               "full_path",
                                                               "intent",
                                                               "issue_type",
                                                               "issue_id",
                                                               "method",
                                                               "module",
                                                               "new_value",
                                                               "old_value",
                                                               "options",
                                                               "options_presented",
                                                               "output_dir",
                                                               "output_file",
                                                               "output_folder",
                                                               "passed",
                                                               "question_count",
                                                               "question_id",
                                                               "question_identifier",
                                                               "question_text",
                                                               "question_type",
                                                               "rationale",
                                                               "reason",
                                                               "result",
                                                               "round",
                                                               "rule",
                                                               "session_id",
                                                               "source",
                                                               "source_file",
                                                               "stage",
                                                               "status",
                                                               "submitted_type",
                                                               "success",
                                                               "suggestion",
                                                               "suggestion_id",
                                                               "teacher_decision",
                                                               "teacher_note",
                                                               "time_spent_seconds",
                                                               "title",
                                                               "type",
                                                               "type_confidence",
                                                               "user_choice",
                                                               "valid",
                                                               "value"};

constexpr std::size_t kBuckets = 512;

constexpr std::size_t bucket_of(std::string_view name) {
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
  return (name.size() * 131 + at(0) * 31 + at(name.size() - 1) * 7 + at(name.size() / 2) * 17) % kBuckets;
}

// Open addressing, filled when the program is compiled.
consteval std::array<std::uint8_t, kBuckets> make_buckets() {
  std::array<std::uint8_t, kBuckets> buckets{};
  for (auto& bucket : buckets) bucket = kKeyCount;
  for (std::size_t key = 0; key < kKeyCount; ++key) {
    std::size_t at = bucket_of(kKeyNames[key]);
    while (buckets[at] != kKeyCount) at = (at + 1) % kBuckets;
    buckets[at] = static_cast<std::uint8_t>(key);
  }
  return buckets;
}
constexpr auto kKeyBuckets = make_buckets();

}  // namespace

std::string_view name_of(Key key) { return kKeyNames[static_cast<std::size_t>(key)]; }

Key key_of(std::string_view name) {
  if (name.empty()) return Key::kCount;
  for (std::size_t at = bucket_of(name); kKeyBuckets[at] != kKeyCount; at = (at + 1) % kBuckets)
    if (kKeyNames[kKeyBuckets[at]] == name) return static_cast<Key>(kKeyBuckets[at]);
  return Key::kCount;
}

void BodyView::add(const simdjson::dom::object& object) {
  std::array<std::string_view, 16> unread;
  std::size_t unread_count = 0;
  for (const auto field : object) {
    const Key key = key_of(field.key);
    if (key != Key::kCount) {
      set(key, field.value);
      continue;
    }
    const auto end = unread.begin() + static_cast<std::ptrdiff_t>(unread_count);
    if (std::find(unread.begin(), end, field.key) != end)
      ++duplicates_elsewhere_;
    else if (unread_count < unread.size())
      unread[unread_count++] = field.key;
  }
}

void BodyView::set(Key key, simdjson::dom::element element) {
  const std::size_t at = index(key);
  if (present_[at]) duplicates_.set(at);
  present_.set(at);
  slots_[at] = element;
}

std::string_view BodyView::string(Key key) const {
  if (!has(key)) return {};
  std::string_view bytes;
  if (at(key).get_string().get(bytes) != simdjson::SUCCESS) return {};
  return bytes;
}

std::string_view BodyView::scalar(Key key, Arena& arena) const {
  if (!has(key)) return {};
  const LoggedValue logged = logged_value(at(key), arena, duplicates_elsewhere_);
  return logged.kind == JsonKind::kString || logged.kind == JsonKind::kNumber ? logged.bytes : std::string_view{};
}

UserText BodyView::text(Key key, Arena& arena) const { return value(key, arena).text(); }

LoggedValue BodyView::value(Key key, Arena& arena) const {
  return present(key) ? logged_value(at(key), arena, duplicates_elsewhere_) : LoggedValue{};
}

std::optional<bool> BodyView::boolean(Key key) const {
  bool value = false;
  if (!has(key) || at(key).get_bool().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<double> BodyView::number(Key key) const {
  double value = 0;
  if (!has(key) || at(key).get_double().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<std::int64_t> BodyView::integer(Key key) const {
  std::int64_t value = 0;
  if (!has(key) || at(key).get_int64().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

Types type_of(const simdjson::dom::element& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::STRING: return kString;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: return kNumber;
    case simdjson::dom::element_type::BOOL: return kBoolean;
    case simdjson::dom::element_type::ARRAY: return kArray;
    case simdjson::dom::element_type::OBJECT: return kObject;
    case simdjson::dom::element_type::NULL_VALUE: return kNull;
    default: return 0;
  }
}

namespace {

void append_json_string(std::string_view bytes, std::string& out) {
  simdjson::internal::mini_formatter formatter;
  formatter.string(bytes);
  out += formatter.str();
}

void append_json(const simdjson::dom::element& element, std::string& out, std::size_t& duplicates) {
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (element.get_object().get(object) == simdjson::SUCCESS) {
    std::vector<simdjson::dom::key_value_pair> members;
    std::unordered_map<std::string_view, std::size_t> places;  // a line of 32 MiB may hold a million members
    for (const auto member : object) {
      const auto [place, is_new] = places.try_emplace(member.key, members.size());
      if (is_new) {
        members.push_back(member);
      } else {
        members[place->second] = member;
        ++duplicates;
      }
    }
    // Two objects with the same members say the same, in whatever order.
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) out += ',';
      append_json_string(members[i].key, out);
      out += ':';
      append_json(members[i].value, out, duplicates);
    }
    out += '}';
  } else if (element.get_array().get(array) == simdjson::SUCCESS) {
    out += '[';
    bool first = true;
    for (const auto item : array) {
      if (!first) out += ',';
      first = false;
      append_json(item, out, duplicates);
    }
    out += ']';
  } else {
    out += simdjson::minify(element);
  }
}

}  // namespace

LoggedValue logged_value(const simdjson::dom::element& element, Arena& arena, std::size_t& duplicates) {
  std::string_view bytes;
  if (element.get_string().get(bytes) == simdjson::SUCCESS) return {JsonKind::kString, arena.copy(bytes)};
  switch (type_of(element)) {
    case kNumber: return {JsonKind::kNumber, arena.copy(simdjson::minify(element))};
    case kBoolean: return {JsonKind::kBoolean, element.get_bool().value_unsafe() ? "true" : "false"};
    case kArray:
    case kObject: {
      std::string json;
      append_json(element, json, duplicates);
      return {type_of(element) == kArray ? JsonKind::kArray : JsonKind::kObject, arena.copy(json)};
    }
    default: return {JsonKind::kNull, {}};
  }
}

}  // namespace qf
