// The whole school: which projects there are, whose they are, and what is written beside them.
#pragma once

#include <cstdint>
#include <string>

#include "project.h"

namespace classroom {

struct SchoolPlan {
  Plan plan;
  std::size_t teachers = 14;
  std::size_t projects = 0;   // projects of the current layout; 0 = as many as suit
  std::uint64_t size_mb = 0;  // 0 = the school of the demonstration
  bool only_rules = false;
  std::string arguments;  // how it was asked for, for expected.json
};

Expected write_school(const SchoolPlan& plan);

}  // namespace classroom
