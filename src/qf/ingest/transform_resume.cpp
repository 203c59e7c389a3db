// What ProjectTransform remembers as bytes and back, so that a later run goes on behind the last event.
#include "qf/ingest/transform_state.h"

namespace qf {

template <class Io>
void ProjectTransform::Session::state(Io& io) {
  if constexpr (Io::kReads)
    linker.load(io);
  else
    linker.save(io);
  for (auto* number : {&sitting, &order, &sitting_order, &questions, &last_sitting_with_decision}) io.value(*number);
  for (auto* time : {&first_us, &sitting_first_us, &last_us, &before_us}) io.value(*time);
  io.value(any_event);
  io.value(new_sitting);
  io.value(last_decision_us);
  io.text(module);
  io.value(stage);
  final_decision.state(io);
  final_correction.state(io);
}

template <class Io>
void ProjectTransform::state(Io& io) {
  io.value(records_);
  io.value(linked_);
  lines_.state(io);
  io.text(last_session_id_);
  io.value(last_us_);
  io.value(any_event_);
  io.map(out_.tally.noted, [&](auto& count) { io.value(count); });
  io.list(out_.sessions, [&](SessionFacts& facts) {
    io.text(facts.id);
    io.value(facts.sittings);
    io.value(facts.sittings_with_decisions);
    io.value(facts.decisions);
    io.value(facts.first_us);
    io.value(facts.last_us);
    io.value(facts.any_event);
    if constexpr (Io::kReads) {
      auto made = std::make_unique<Session>(options_.link);
      made->index = static_cast<std::uint32_t>(session_order_.size());
      session_order_.push_back(made.get());
      sessions_.emplace(facts.id, std::move(made));
    }
    session_order_[static_cast<std::size_t>(&facts - out_.sessions.data())]->state(io);
  });
}

template void ProjectTransform::state(StateWriter& io);

Status ProjectTransform::load(StateReader& from) {
  state(from);
  QF_CHECK(questions_.load(from));
  sink_.load(from);
  return from.status();
}

}  // namespace qf
