#include "qf/ingest/question_store.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "qf/core/byte_io.h"

namespace qf {
namespace {

constexpr KeptText QuestionState::*kTexts[] = {
    &QuestionState::text,  &QuestionState::type,       &QuestionState::bloom,      &QuestionState::difficulty,
    &QuestionState::title, &QuestionState::text_apart, &QuestionState::title_apart};
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
  out.put(state.options_corrected);
  out.put(state.corrected_us);
  state.corrected.save(out);
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
  in.get(state.options_corrected);
  in.get(state.corrected_us);
  state.corrected.load(in);
}

// What stands before a question in the file.
struct Head {
  std::uint64_t bytes = 0, number = 0;
};

void append_record(std::size_t number, const QuestionState& state, std::string& to) {
  ByteWriter written;
  write_state(state, written);
  const Head head{written.bytes().size(), number};
  to.append(reinterpret_cast<const char*>(&head), sizeof head).append(written.bytes());
}

constexpr std::size_t kCopiedBytes = 1 << 20;

}  // namespace

QuestionState QuestionStore::decoded(std::string_view bytes) {
  QuestionState state;
  ByteReader in(bytes);
  read_state(in, state);
  return state;
}

std::unique_ptr<QuestionState> QuestionStore::read(const Place& place) {
  auto state = std::make_unique<QuestionState>();
  Head head;
  Status read = file_->read(place.offset, std::span(reinterpret_cast<char*>(&head), sizeof head));
  std::string bytes;
  if (read) {
    bytes.resize(head.bytes);
    read = file_->read(place.offset + sizeof head, bytes);
  }
  if (read)
    *state = decoded(bytes);
  else if (status_)
    status_ = std::move(read);
  return state;
}

QuestionState& QuestionStore::at(std::size_t number) {
  Place& place = places_[number];
  if (!place.resident) {
    place.resident = read(place);
    resident_.push_back(static_cast<std::uint32_t>(number));
  }
  return *place.resident;
}

QuestionStore::Looked QuestionStore::look(std::size_t number) {
  const Place& place = places_[number];
  if (place.resident) return {nullptr, place.resident.get()};
  auto state = read(place);
  const QuestionState* question = state.get();
  return {std::move(state), question};
}

Status QuestionStore::save(StateWriter& to) {
  numbers_.state(to);
  to.value(static_cast<std::uint64_t>(places_.size()));
  std::string bytes;
  const auto flush = [&](std::size_t from) {
    if (bytes.size() >= from && !bytes.empty()) {
      to.text(bytes);
      bytes.clear();
    }
  };
  for (const std::uint32_t number : resident_) {
    append_record(number, *places_[number].resident, bytes);
    flush(kCopiedBytes);
  }
  // The file once from its beginning to its end: what was put aside again later is passed over.
  std::string part;
  for (std::uint64_t begin = 0, size = file_ ? file_->size() : 0; begin < size;) {
    part.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kCopiedBytes, size - begin)));
    QF_CHECK(file_->read(begin, part));
    std::size_t at = 0;
    while (part.size() - at >= sizeof(Head)) {
      Head head;
      std::memcpy(&head, part.data() + at, sizeof head);
      const std::size_t record = sizeof head + head.bytes;
      if (part.size() - at < record) {
        if (at != 0) break;
        part.resize(record);  // longer than what is read at a time
        QF_CHECK(file_->read(begin, part));
      }
      const Place& place = places_[head.number];
      if (!place.resident && place.offset == begin + at) bytes.append(part, at, record);
      at += record;
      flush(kCopiedBytes);
    }
    if (at == 0) return failure(ErrorCode::kIo, "a temporary file of questions was cut off");
    begin += at;
  }
  flush(1);
  to.text({});
  return to.status();
}

Status QuestionStore::load(StateReader& from) {
  numbers_.state(from);
  places_.resize(from.count());
  loaded_ = places_.size();
  const bool fits = loaded_ <= kResident;
  std::string bytes;
  for (from.text(bytes); from.status() && !bytes.empty(); from.text(bytes)) {
    if (!fits && !file_) {
      QF_ASSIGN(file_, SpillFile::create(spill_folder_));
    }
    std::string_view rest = bytes;
    while (rest.size() >= sizeof(Head)) {
      Head head;
      std::memcpy(&head, rest.data(), sizeof head);
      Place& place = places_[head.number];
      if (fits) {
        place.resident = std::make_unique<QuestionState>(decoded(rest.substr(sizeof head, head.bytes)));
        resident_.push_back(static_cast<std::uint32_t>(head.number));
      } else {
        place.offset = file_->size() + static_cast<std::uint64_t>(rest.data() - bytes.data());
      }
      rest.remove_prefix(sizeof head + head.bytes);
    }
    if (!fits) QF_CHECK(file_->append(bytes));
  }
  return from.status();
}

std::optional<std::size_t> QuestionStore::number_of(std::string_view id) {
  std::uint64_t hash = std::hash<std::string_view>()(id);
  while (const std::uint64_t* number = numbers_.find(hash)) {
    if (at(*number - 1).id == id) return *number - 1;
    hash = hash * 0x9E3779B97F4A7C15U + 0x632BE59BD9B4E019U;  // another question has this hash
  }
  return std::nullopt;
}

void QuestionStore::keep_before(std::size_t number, const QuestionState& question) {
  if (const auto [kept, is_new] = before_.try_emplace(number); is_new) {
    ByteWriter state;
    write_state(question, state);
    kept->second = std::move(state.bytes());
  }
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
    if (known.id == id) {
      if (*number <= loaded_) keep_before(*number - 1, known);
      return known;
    }
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
    place.offset = file_->size() + bytes.size();
    append_record(resident_[i], *place.resident, bytes);
    place.resident.reset();
  }
  QF_CHECK(file_->append(bytes));
  resident_.erase(resident_.begin(), resident_.begin() + static_cast<std::ptrdiff_t>(count));
  return status_;
}

}  // namespace qf
