// What ends a run where the system lets it open no more files.
#pragma once

#include <filesystem>
#include <stdexcept>

namespace qf {

// Like std::bad_alloc no fault of the file that was to be opened, and no result of it: a run that passed over what it
// cannot open would read one part of its input or another by chance. So nobody on the way may take it for one.
class OutOfFiles : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws OutOfFiles where that is why `path` could not be opened; `error` is what errno said.
void check_out_of_files(const std::filesystem::path& path, int error);

}  // namespace qf
