#include "qf/core/reason.h"

#include <array>

namespace qf {
namespace {

constexpr std::array<ReasonText, kRejectReasonCount> kRejects = {{
    {"bad_json", "the line is not JSON (RFC 8259)"},
    {"bad_utf8", "the line holds bytes that are not UTF-8"},
    {"not_finite_number", "NaN or Infinity stands where JSON has no such number"},
    {"number_out_of_range", "a number does not fit 64 bits"},
    {"duplicate_key", "a named field stands twice: which one counts is unknown"},
    {"lone_surrogate", "an escape such as \\ud800 stands without its other half"},
    {"too_deep", "nested deeper than 1,023 levels"},
    {"line_too_long", "longer than 20 MiB"},
    {"not_an_object", "JSON, but not an object"},
    {"unknown_version", "the envelope's v is not 1"},
    {"missing_field", "a field that the event needs is missing"},
    {"wrong_type", "a named field holds another JSON type than it must"},
    {"bad_timestamp", "the time is not RFC 3339 with a zone"},
}};

constexpr std::array<ReasonText, kDropReasonCount> kDrops = {{
    {"none", "kept"},
    {"no_consent_record", "nothing on record about this person"},
    {"consent_refused", "the person refused"},
    {"consent_withdrawn", "the person withdrew"},
    {"consent_expired", "the agreement has run out"},
    {"outside_consent_period", "the event lies outside the period that the person agreed to"},
    {"shared_text", "the same text stands in another split"},
    {"no_time", "nothing says when it happened, so no agreement can cover it"},
    {"erased", "the person was erased: nothing of theirs comes back"},
    {"sharing_not_agreed", "the person did not agree to share with this audience"},
    {"person_not_confirmed", "whose it is is only guessed, and guesses stay private"},
    {"no_controller", "several controllers are known, and none is named for this person"},
    {"no_authorisation", "the person's controller has authorised nothing for this audience"},
    {"small_group",
     "too few people share what the row says of where it comes from, or that it says nothing in a column"},
    {"consent_unreadable", "a consent.json beside the project cannot be read, and it may take back what is on record"},
}};

}  // namespace

const ReasonText& text_of(RejectReason reason) { return kRejects[static_cast<std::size_t>(reason)]; }
const ReasonText& text_of(DropReason reason) { return kDrops[static_cast<std::size_t>(reason)]; }

bool is_about_permission(std::string_view drop_reason) {
  for (const DropReason one : {DropReason::kNoConsentRecord, DropReason::kConsentRefused, DropReason::kConsentWithdrawn,
                               DropReason::kConsentExpired, DropReason::kOutsideConsentPeriod, DropReason::kErased,
                               DropReason::kSharingNotAgreed, DropReason::kPersonNotConfirmed,
                               DropReason::kNoController, DropReason::kNoAuthorisation, DropReason::kConsentUnreadable})
    if (drop_reason == text_of(one).name) return true;
  return false;
}

}  // namespace qf
