// The time within a project: it only moves forward, and it counts the sittings as it goes.
#pragma once

#include <cstdint>
#include <string>

namespace classroom {

inline constexpr std::int64_t kMillisecond = 1'000;
inline constexpr std::int64_t kSecond = 1'000 * kMillisecond;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
// This much silence ends a sitting.
inline constexpr std::int64_t kSittingSilence = 30 * kMinute;

// Microseconds since 1970 of a moment in UTC.
std::int64_t instant(int year, int month, int day, int hour = 0, int minute = 0);

enum class Precision { kMicroseconds, kMilliseconds };

// 2026-01-20T11:58:44.664434Z. Microseconds as Python writes them: no fraction where it is zero.
void append_time(std::string& out, std::int64_t time_us, Precision precision, const char* zone = "Z");
std::string time_text(std::int64_t time_us);
// 20260120T115844Z, as it stands in the names of dated files.
std::string stamp_text(std::int64_t time_us);
std::string day_text(std::int64_t time_us);

struct Clock {
  std::int64_t now = 0;
  std::int64_t first_event = 0;
  std::int64_t last_event = 0;
  std::uint64_t sittings = 0;

  void pass(std::int64_t us) { now += us; }
  // An event is written at `now`.
  void mark() {
    if (sittings == 0) first_event = now;
    if (sittings == 0 || now - last_event >= kSittingSilence) ++sittings;
    last_event = now;
  }
};

}  // namespace classroom
