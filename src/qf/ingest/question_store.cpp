#include "qf/ingest/question_store.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "qf/core/byte_io.h"

namespace qf {
namespace {

constexpr KeptText QuestionState::*kTexts[] = {&QuestionState::text, &QuestionState::type, &QuestionState::bloom,
                                               &QuestionState::difficulty, &QuestionState::title};
constexpr std::int32_t QuestionState::*kCounts[] = {&QuestionState::order,
                                                    &QuestionState::suggestions,
                                                    &QuestionState::decisions,
                                                    &QuestionState::accepted,
                                                    &QuestionState::corrections,
                                                    &QuestionState::machine_corrections,
                                                    &QuestionState::corrections_since_suggestion,
                                                    &QuestionState::validations,
                                                    &QuestionState::failed_validations};

void write_state(const QuestionState& state, ByteWriter& out) {
  out.put(state.id);
  out.put(state.session);
  out.put(state.first_us);
  out.put(state.last_us);
  out.put(state.any_event);
  for (const auto text : kTexts) {
    out.put((state.*text).has_value());
    if (state.*text) out.put(*(state.*text));
  }
  for (const auto count : kCounts) out.put(state.*count);
  out.put(state.step);
  out.put(state.last);
}

void read_state(ByteReader& in, QuestionState& state) {
  state.id = in.text();
  in.get(state.session);
  in.get(state.first_us);
  in.get(state.last_us);
  in.get(state.any_event);
  for (const auto text : kTexts)
    if (in.get<bool>()) state.*text = std::string(in.text());
  for (const auto count : kCounts) in.get(state.*count);
  in.get(state.step);
  in.get(state.last);
}

}  // namespace

std::unique_ptr<QuestionState> QuestionStore::load(const Place& place) {
  auto state = std::make_unique<QuestionState>();
  std::uint64_t size = 0;
  Status read = file_->read(place.offset, std::span(reinterpret_cast<char*>(&size), sizeof size));
  std::string bytes;
  if (read) {
    bytes.resize(size);
    read = file_->read(place.offset + sizeof size, bytes);
  }
  if (read) {
    ByteReader in(bytes);
    read_state(in, *state);
  } else if (status_) {
    status_ = std::move(read);
  }
  return state;
}

QuestionState& QuestionStore::at(std::size_t number) {
  Place& place = places_[number];
  if (!place.resident) {
    place.resident = load(place);
    resident_.push_back(static_cast<std::uint32_t>(number));
  }
  return *place.resident;
}

std::unique_ptr<QuestionState> QuestionStore::take(std::size_t number) {
  Place& place = places_[number];
  return place.resident ? std::move(place.resident) : load(place);
}

std::optional<std::size_t> QuestionStore::number_of(std::string_view id) {
  std::uint64_t hash = std::hash<std::string_view>()(id);
  while (const std::uint64_t* number = numbers_.find(hash)) {
    if (at(*number - 1).id == id) return *number - 1;
    hash = hash * 0x9E3779B97F4A7C15U + 0x632BE59BD9B4E019U;  // another question has this hash
  }
  return std::nullopt;
}

bool QuestionStore::contains(std::string_view id) { return number_of(id).has_value(); }

QuestionState& QuestionStore::find_or_add(std::string_view id, bool& is_new) {
  std::uint64_t hash = std::hash<std::string_view>()(id);
  while (true) {
    const auto [number, made] = numbers_.find_or_add(hash);
    is_new = made;
    if (made) {
      *number = places_.size() + 1;
      places_.push_back({std::make_unique<QuestionState>(), 0});
      places_.back().resident->id = id;
      resident_.push_back(static_cast<std::uint32_t>(places_.size() - 1));
      return *places_.back().resident;
    }
    QuestionState& known = at(*number - 1);
    if (known.id == id) return known;
    hash = hash * 0x9E3779B97F4A7C15U + 0x632BE59BD9B4E019U;
  }
}

Status QuestionStore::trim() {
  if (resident_.size() <= kResident) return status_;
  if (!file_) {
    QF_ASSIGN(file_, SpillFile::create(spill_folder_));
  }
  // The older half goes: what is still spoken of comes back with the next event about it.
  const std::size_t count = resident_.size() / 2;
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    Place& place = places_[resident_[i]];
    ByteWriter state;
    write_state(*place.resident, state);
    place.offset = file_->size() + bytes.size();
    const std::uint64_t size = state.bytes().size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(state.bytes());
    place.resident.reset();
  }
  QF_CHECK(file_->append(bytes));
  resident_.erase(resident_.begin(), resident_.begin() + static_cast<std::ptrdiff_t>(count));
  return status_;
}

}  // namespace qf
