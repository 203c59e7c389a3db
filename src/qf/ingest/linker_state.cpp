// A linker as bytes and back: what waits is numbered, and the lists that hold it are written as numbers.
#include <algorithm>
#include <utility>

#include "qf/ingest/linker.h"

namespace qf {
namespace {

template <class Io, class T>
void value_state(Io& io, T& value) {
  io.value(value.kind);
  io.text(value.bytes);
}

template <class Io>
void one_state(Io& io, KeptSuggestion& one) {
  io.value(one.at);
  io.value(one.time_us);
  io.value(one.sitting);
  io.text(one.id);
  io.text(one.question);
  io.text(one.decision_type);
  value_state(io, one.value);
  io.value(one.confidence);
  io.value(one.consumed);
}

template <class Io>
void one_state(Io& io, KeptDecision& one) {
  io.value(one.at);
  io.value(one.sitting);
  io.text(one.reference);
  io.text(one.question);
  io.text(one.decision_type);
  value_state(io, one.choice);
  value_state(io, one.suggestion);
  io.value(one.line);
  io.value(one.takes_corrections);
  io.value(one.accepted);
  io.value(one.consumed);
}

// Writes what the lists hold, each once, and then the lists.
template <class T>
class Numbering {
 public:
  explicit Numbering(StateWriter& to) : to_(to) {}
  template <class List>
  void collect(const List& list) {
    for (T* one : list)
      if (numbers_.try_emplace(one, static_cast<std::uint32_t>(all_.size())).second) all_.push_back(one);
  }
  void write_all() {
    to_.list(all_, [&](T* one) { one_state(to_, *one); });
  }
  template <class List>
  void write(const List& list) {
    std::vector<std::uint32_t> numbers;
    for (T* one : list) numbers.push_back(numbers_.at(one));
    to_.array(numbers);
  }

 private:
  StateWriter& to_;
  std::unordered_map<T*, std::uint32_t> numbers_;
  std::vector<T*> all_;
};

template <class T>
class Numbered {
 public:
  explicit Numbered(StateReader& from) : from_(from) {}
  template <class Make>
  void read_all(Make make) {
    for (std::size_t left = from_.count(); left > 0 && from_.status(); --left) {
      T& one = make();
      one_state(from_, one);
      all_.push_back(&one);
    }
  }
  template <class List>
  void read(List& list) {
    std::vector<std::uint32_t> numbers;
    from_.array(numbers);
    for (const std::uint32_t number : numbers) list.push_back(all_.at(number));
  }

 private:
  StateReader& from_;
  std::vector<T*> all_;
};

}  // namespace

void Linker::save(StateWriter& to) {
  if (answered_ != nullptr) release(*std::exchange(answered_, nullptr));
  to.value(sitting_);
  to.value(ambiguous_);
  to.array(orphans_);

  Numbering<KeptSuggestion> suggestions(to);
  suggestions.collect(identified_);
  suggestions.collect(recent_);
  for (const auto& [question, held] : by_question_) suggestions.collect(held);
  suggestions.write_all();
  suggestions.write(identified_);
  suggestions.write(recent_);
  to.map(by_question_, [&](const auto& held) { suggestions.write(held); });

  Numbering<KeptDecision> decisions(to);
  decisions.collect(referring_);
  for (const auto& [question, held] : decisions_by_question_) decisions.collect(held);
  decisions.write_all();
  decisions.write(referring_);
  to.map(decisions_by_question_, [&](const auto& held) { decisions.write(held); });
}

void Linker::load(StateReader& from) {
  from.value(sitting_);
  from.value(ambiguous_);
  from.array(orphans_);

  Numbered<KeptSuggestion> suggestions(from);
  suggestions.read_all([&]() -> KeptSuggestion& { return suggestions_.make(); });
  suggestions.read(identified_);
  suggestions.read(recent_);
  from.map(by_question_, [&](auto& held) { suggestions.read(held); });
  // A suggestion stands in by_id_ until a decision answers it, and counts the other lists that hold it.
  for (KeptSuggestion* one : identified_) {
    ++one->holders;
    if (!one->consumed) by_id_[one->id].push_back(one);
  }
  for (KeptSuggestion* one : recent_) ++one->holders;
  for (const auto& [question, held] : by_question_)
    for (KeptSuggestion* one : held) ++one->holders;

  Numbered<KeptDecision> decisions(from);
  decisions.read_all([&]() -> KeptDecision& { return decisions_.make(); });
  decisions.read(referring_);
  from.map(decisions_by_question_, [&](auto& held) { decisions.read(held); });
  for (KeptDecision* one : referring_) decisions_by_reference_[one->reference].push_back(one);
}

}  // namespace qf
