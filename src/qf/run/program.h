// What this program is: its version and the libraries it was built on.
#pragma once

#include <string>

namespace qf {

// One line for each: version, Arrow and where it came from, simdjson and where it came from.
std::string version_text();

}  // namespace qf
