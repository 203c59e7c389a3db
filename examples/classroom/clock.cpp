// Times as the two writers of the logs print them.
#include "clock.h"

namespace classroom {
namespace {

struct Civil {
  int year, month, day;
};

// Howard Hinnant's days-and-civil arithmetic on the proleptic Gregorian calendar.
Civil civil(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t doe = days - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const auto month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<int>(yoe + era * 400) + (month <= 2 ? 1 : 0), month,
          static_cast<int>(doy - (153 * mp + 2) / 5 + 1)};
}

void put(char* at, std::int64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::int64_t instant(int year, int month, int day, int hour, int minute) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = y / 400;
  const std::int64_t yoe = y - era * 400;
  const std::int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return (era * 146097 + doe - 719468) * kDay + hour * kHour + minute * kMinute;
}

void append_time(std::string& out, std::int64_t time_us, Precision precision, const char* zone) {
  const Civil date = civil(time_us / kDay);
  const std::int64_t rest = time_us % kDay;
  char text[27] = "0000-00-00T00:00:00.000000";
  put(text, date.year, 4);
  put(text + 5, date.month, 2);
  put(text + 8, date.day, 2);
  put(text + 11, rest / kHour, 2);
  put(text + 14, rest / kMinute % 60, 2);
  put(text + 17, rest / kSecond % 60, 2);
  const std::int64_t fraction = rest % kSecond;
  std::size_t length = 26;
  if (precision == Precision::kMilliseconds) {
    put(text + 20, fraction / kMillisecond, 3);
    length = 23;
  } else if (fraction == 0) {
    length = 19;
  } else {
    put(text + 20, fraction, 6);
  }
  out.append(text, length);
  out += zone;
}

std::string time_text(std::int64_t time_us) {
  std::string out;
  append_time(out, time_us, Precision::kMicroseconds);
  return out;
}

std::string stamp_text(std::int64_t time_us) {
  std::string out;
  for (const char c : time_text(time_us - time_us % kSecond))
    if (c != '-' && c != ':') out += c;
  return out;
}

std::string day_text(std::int64_t time_us) { return time_text(time_us).substr(0, 10); }

}  // namespace classroom
