// Why a line was rejected or a row dropped: closed lists, so that every loss has a name and a count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qf {

// A line that could not be understood.
enum class RejectReason : std::uint8_t {
  kBadJson,
  kBadUtf8,
  kNotFiniteNumber,
  kNumberOutOfRange,
  kDuplicateKey,
  kLoneSurrogate,
  kTooDeep,
  kLineTooLong,
  kNotAnObject,
  kUnknownVersion,
  kMissingField,
  kWrongType,
  kBadTimestamp,
};
inline constexpr std::size_t kRejectReasonCount = 13;

// A row that was left out on purpose.
enum class DropReason : std::uint8_t {
  kNone,
  kNoConsentRecord,
  kConsentRefused,
  kConsentWithdrawn,
  kConsentExpired,
  kOutsideConsentPeriod,
  kSharedText,
  kNoTime,
  kErased,
  kSharingNotAgreed,
  kPersonNotConfirmed,
  kNoController,
  kNoAuthorisation,
  kSmallGroup,
  kConsentUnreadable,
};
inline constexpr std::size_t kDropReasonCount = 15;

struct ReasonText {
  std::string_view name;     // as in the tally
  std::string_view meaning;  // for people
};
const ReasonText& text_of(RejectReason reason);
const ReasonText& text_of(DropReason reason);
// Whether rows are dropped for this because somebody's word stands in their way, not because of what the inputs are.
bool is_about_permission(std::string_view drop_reason);

}  // namespace qf
