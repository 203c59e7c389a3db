// Readers that turn the named fields of an event into its canonical body. Inside ingest only.
#pragma once

#include "qf/ingest/event_table.h"

namespace qf::bodies {

std::string_view user_decision(const BodyView& view, Event& event, Arena& arena);
std::string_view module_decision(const BodyView& view, Event& event, Arena& arena);
std::string_view step1_decision(const BodyView& view, Event& event, Arena& arena);
std::string_view question_approved(const BodyView& view, Event& event, Arena& arena);
std::string_view question_skipped(const BodyView& view, Event& event, Arena& arena);
std::string_view suggestion_accepted(const BodyView& view, Event& event, Arena& arena);
std::string_view suggestion_rejected(const BodyView& view, Event& event, Arena& arena);
std::string_view suggestion_modified(const BodyView& view, Event& event, Arena& arena);
std::string_view ai_suggestion(const BodyView& view, Event& event, Arena& arena);
std::string_view question_parsed(const BodyView& view, Event& event, Arena& arena);
std::string_view correction_made(const BodyView& view, Event& event, Arena& arena);
std::string_view field_updated(const BodyView& view, Event& event, Arena& arena);
std::string_view manual_fix(const BodyView& view, Event& event, Arena& arena);
std::string_view step3_iteration(const BodyView& view, Event& event, Arena& arena);
std::string_view question_seen(const BodyView& view, Event& event, Arena& arena);
std::string_view question_built(const BodyView& view, Event& event, Arena& arena);
std::string_view question_finished(const BodyView& view, Event& event, Arena& arena);
std::string_view question_deleted(const BodyView& view, Event& event, Arena& arena);
std::string_view question_exported(const BodyView& view, Event& event, Arena& arena);
std::string_view question_abandoned(const BodyView& view, Event& event, Arena& arena);
std::string_view validation(const BodyView& view, Event& event, Arena& arena);
std::string_view validation_passed(const BodyView& view, Event& event, Arena& arena);
std::string_view validation_failed(const BodyView& view, Event& event, Arena& arena);
std::string_view stage_start(const BodyView& view, Event& event, Arena& arena);
std::string_view stage_complete(const BodyView& view, Event& event, Arena& arena);
std::string_view stage_skip(const BodyView& view, Event& event, Arena& arena);

}  // namespace qf::bodies
