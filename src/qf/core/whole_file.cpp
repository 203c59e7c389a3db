#include "qf/core/whole_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "qf/core/out_of_files.h"

namespace qf {

Status check_regular(const std::filesystem::path& path) {
  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  using std::filesystem::file_type;
  if (type == file_type::regular || type == file_type::not_found || type == file_type::none) return {};
  return failure(ErrorCode::kInvalidInput,
                 fmt::format("{} is {}", path.string(),
                             type == file_type::directory ? "a folder: name a file" : "a pipe or a device, no file"));
}

Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t max_bytes, FileKind kind) {
  if (kind == FileKind::kRegular) QF_CHECK(check_regular(path));
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return failure(ErrorCode::kInvalidInput, fmt::format("{} is a folder: name a file", path.string()));
  std::ifstream file(path, std::ios::binary);
  if (const int number = errno; !file) {
    check_out_of_files(path, number);
    return failure(number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                   fmt::format("cannot open {}: {}", path.string(), std::strerror(number)));
  }
  std::string content;
  std::vector<char> block(std::size_t{64} << 10);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    content.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (content.size() > max_bytes)
      return failure(ErrorCode::kInvalidInput,
                     fmt::format("{} is longer than {} bytes: is it the right file?", path.string(), max_bytes));
  }
  if (file.bad()) return failure(ErrorCode::kIo, fmt::format("cannot read {}", path.string()));
  return content;
}

}  // namespace qf
