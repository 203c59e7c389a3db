#include "qf/run/program.h"

namespace qf {

std::string version_text() {
  return "qf-dataset " QF_VERSION "\nArrow and Parquet: " QF_ARROW_ORIGIN "\nsimdjson: " QF_SIMDJSON_ORIGIN;
}

}  // namespace qf
