#include "qf/store/program.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "qf/ledger/keys.h"

namespace qf {

std::string version_text() {
  return "qf-dataset " QF_VERSION "\nArrow and Parquet: " QF_ARROW_ORIGIN "\nsimdjson: " QF_SIMDJSON_ORIGIN;
}

std::map<std::string, std::string> program_libraries() {
  return {{"arrow", QF_ARROW_ORIGIN}, {"simdjson", QF_SIMDJSON_ORIGIN}};
}

std::string program_on_disk(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return {};
  return fmt::format("{} {} {} {}", facts.st_size, facts.st_ino, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

std::filesystem::path default_key_file() { return KeyFile::default_path(); }

}  // namespace qf
