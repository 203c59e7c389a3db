// An instant of a log line: microseconds since 1970 in UTC, and the offset that the line stated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qf {

inline constexpr std::int64_t kSecondUs = 1'000'000;
inline constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

struct Instant {
  std::int64_t time_us = 0;
  std::int16_t offset_minutes = 0;
};

// Reads RFC 3339: `T` or a space, any number of fraction digits (cut to microseconds), `Z` or an
// offset, and a leap second (read as the first instant of the next minute). A time without a zone is
// refused: it would have to be guessed. The result lies in the years 0001 to 9999.
std::optional<Instant> parse_instant(std::string_view text);

// Reads `YYYY-MM-DD` as its first instant in UTC, or anything that parse_instant reads.
std::optional<std::int64_t> parse_day_or_instant(std::string_view text);

// 2026-01-20T11:58:44.664434Z; the fraction is left out where it is zero.
std::string format_instant(std::int64_t time_us);
// 2026-01-20
std::string format_day(std::int64_t time_us);
// The Swedish school term of an instant: 2026-VT (January to June) or 2026-HT.
std::string format_term(std::int64_t time_us);

// The power-of-two bucket of a duration: 0, 1, 2-3, 4-7, …, 2048-3599, 3600+. Negative counts as 0.
std::string_view duration_bucket(std::int64_t duration_us);

}  // namespace qf
