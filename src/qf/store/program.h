// What this program is: its version and the libraries it was built on.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace qf {

// One line for each: version, Arrow and where it came from, simdjson and where it came from.
std::string version_text();

// Where the root key lies unless told otherwise: $QF_DATASET_KEY_FILE, else in the user's configuration folder.
std::filesystem::path default_key_file();

// What tells the program that runs from any other build of the same version, by its file; "" where the system does not
// name that file, so that nothing may be taken for the same program's.
std::string program_on_disk(const std::filesystem::path& file = "/proc/self/exe");

// The libraries that the bytes of a version depend on, and where they came from.
std::map<std::string, std::string> program_libraries();

}  // namespace qf
