#include "qf/ingest/version_time.h"

#include <fmt/format.h>

#include <string>

#include "qf/core/instant.h"

namespace qf {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::int64_t> version_time_us(std::string_view file_name) {
  // The shapes of a date and a time in file names; 0 stands for any digit.
  static constexpr std::string_view kDates[] = {"0000-00-00", "00000000"};
  static constexpr std::string_view kTimes[] = {"00-00-00", "00:00:00", "00.00.00", "000000"};
  const auto fits = [&](std::size_t at, std::string_view shape) {
    if (at > file_name.size() || file_name.size() - at < shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (shape[i] == '0' ? !is_digit(file_name[at + i]) : file_name[at + i] != shape[i]) return false;
    return true;
  };
  const auto digits_at = [&](std::size_t at) {
    std::size_t end = at;
    while (end < file_name.size() && is_digit(file_name[end])) ++end;
    return end - at;
  };
  const auto read = [&](std::size_t at, std::string_view date, std::string_view time) -> std::optional<std::int64_t> {
    const std::size_t clock = at + date.size() + 1;
    std::size_t end = clock + time.size();
    std::string digits;
    for (std::size_t i = at; i < end; ++i)
      if (is_digit(file_name[i])) digits.push_back(file_name[i]);
    if (digits_at(end) > 0) return std::nullopt;  // longer numbers are no times
    std::string_view fraction;
    if (end < file_name.size() && std::string_view(".,-_").find(file_name[end]) != std::string_view::npos) {
      const std::size_t length = digits_at(end + 1);
      const bool is_fraction =
          file_name[end] == '.' || file_name[end] == ',' ? length >= 1 : length == 3 || length == 6;
      if (is_fraction) {
        fraction = file_name.substr(end + 1, length);
        end += 1 + length;
      } else if (file_name[end] == '-' && length >= 2) {
        return std::nullopt;  // behind a '-' that is a zone west of Greenwich
      }
    }
    if (end < file_name.size() && file_name[end] == '+') return std::nullopt;
    const auto d = std::string_view(digits);
    const auto instant = parse_instant(fmt::format("{}-{}-{}T{}:{}:{}{}{}Z", d.substr(0, 4), d.substr(4, 2),
                                                   d.substr(6, 2), d.substr(8, 2), d.substr(10, 2), d.substr(12, 2),
                                                   fraction.empty() ? "" : ".", fraction));
    if (!instant) return std::nullopt;
    return instant->time_us;
  };
  for (std::size_t at = 0; at < file_name.size(); ++at) {
    if (!is_digit(file_name[at]) || (at > 0 && is_digit(file_name[at - 1]))) continue;
    for (const std::string_view date : kDates) {
      const std::size_t between = at + date.size();
      if (!fits(at, date) || between >= file_name.size() ||
          std::string_view("T_- ").find(file_name[between]) == std::string_view::npos)
        continue;
      for (const std::string_view time : kTimes)
        if (fits(between + 1, time))
          if (const auto time_us = read(at, date, time)) return time_us;
    }
  }
  return std::nullopt;
}

}  // namespace qf
