#include "qf/core/instant.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <chrono>

namespace qf {
namespace {

// Reads exactly `count` digits at `at`; -1 where there are not so many.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool is_at(std::string_view text, std::size_t at, char wanted) { return at < text.size() && text[at] == wanted; }

// Days since 1970-01-01, or nothing where the calendar has no such day.
std::optional<std::int64_t> days_of(std::string_view text) {
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (year < 1 || month < 0 || day < 0 || !is_at(text, 4, '-') || !is_at(text, 7, '-')) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::chrono::year_month_day date_of(std::int64_t time_us) {
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{time_us}})};
}

// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z: what readers of timestamps can hold.
constexpr std::int64_t kFirstUs = -62'135'596'800 * kSecondUs;
constexpr std::int64_t kLastUs = 253'402'300'800 * kSecondUs - 1;

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
  const auto days = days_of(text);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!days || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  if (text[13] != ':' || text[16] != ':') return std::nullopt;

  std::size_t at = 19;
  std::int64_t fraction_us = 0;
  if (is_at(text, at, '.')) {
    std::int64_t unit = 100'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      fraction_us += (text[at] - '0') * unit;
    if (at == first) return std::nullopt;
  }

  int offset = 0;
  if (is_at(text, at, 'Z') || is_at(text, at, 'z')) {
    ++at;
  } else if (is_at(text, at, '+') || is_at(text, at, '-')) {
    const int sign = text[at] == '-' ? -1 : 1;
    const bool colon = is_at(text, at + 3, ':');
    const int hours = digits(text, at + 1, 2), minutes = digits(text, at + (colon ? 4 : 3), 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    offset = sign * (hours * 60 + minutes);
    at += colon ? 6 : 5;
  } else {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;

  const std::int64_t seconds = *days * 86'400 + hour * 3'600 + minute * 60 + second - offset * 60;
  const std::int64_t time_us = seconds * kSecondUs + fraction_us;
  if (time_us < kFirstUs || time_us > kLastUs) return std::nullopt;
  return Instant{time_us, static_cast<std::int16_t>(offset)};
}

std::optional<std::int64_t> parse_day_or_instant(std::string_view text) {
  if (text.size() == 10) {
    const auto days = days_of(text);
    if (!days) return std::nullopt;
    return *days * kDayUs;
  }
  const auto instant = parse_instant(text);
  if (!instant) return std::nullopt;
  return instant->time_us;
}

std::string format_instant(std::int64_t time_us) {
  const auto date = date_of(time_us);
  std::int64_t rest = time_us % kDayUs;
  if (rest < 0) rest += kDayUs;
  const std::int64_t seconds = rest / kSecondUs, fraction = rest % kSecondUs;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 seconds / 3'600, seconds / 60 % 60, seconds % 60);
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text + "Z";
}

std::string format_day(std::int64_t time_us) {
  const auto date = date_of(time_us);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string format_term(std::int64_t time_us) {
  const auto date = date_of(time_us);
  return fmt::format("{:04}-{}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()) <= 6 ? "VT" : "HT");
}

std::string_view duration_bucket(std::int64_t duration_us) {
  static constexpr std::array<std::string_view, 14> kBuckets = {
      "0",      "1",       "2-3",     "4-7",      "8-15",      "16-31",     "32-63",
      "64-127", "128-255", "256-511", "512-1023", "1024-2047", "2048-3599", "3600+"};
  const std::int64_t seconds = duration_us / kSecondUs;
  if (seconds <= 0) return kBuckets[0];
  if (seconds >= 3'600) return kBuckets[13];
  return kBuckets[static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(seconds)))];
}

}  // namespace qf
