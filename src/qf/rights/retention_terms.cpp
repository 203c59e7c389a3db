#include "qf/rights/retention_terms.h"

#include <string>

namespace qf {

std::int64_t end_of_term_us(std::int64_t at_us) {
  const std::string day = format_day(at_us);
  const bool spring = day.substr(5, 2) < "07";
  const int year = std::stoi(day.substr(0, 4));
  const std::string next = spring ? day.substr(0, 4) + "-07-01" : std::to_string(year + 1) + "-01-01";
  const auto end = parse_day_or_instant(next);
  return end ? *end : at_us;
}

}  // namespace qf
