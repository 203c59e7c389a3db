#include "qf/store/program.h"

#include "qf/ledger/keys.h"

namespace qf {

std::string version_text() {
  return "qf-dataset " QF_VERSION "\nArrow and Parquet: " QF_ARROW_ORIGIN "\nsimdjson: " QF_SIMDJSON_ORIGIN;
}

std::map<std::string, std::string> program_libraries() {
  return {{"arrow", QF_ARROW_ORIGIN}, {"simdjson", QF_SIMDJSON_ORIGIN}};
}

std::filesystem::path default_key_file() { return KeyFile::default_path(); }

}  // namespace qf
