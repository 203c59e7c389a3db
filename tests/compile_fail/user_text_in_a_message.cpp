// What a person wrote cannot be formatted, so it cannot reach a log line or an error message.
#include <fmt/format.h>

#include <string>

#include "qf/core/user_text.h"

std::string message(qf::UserText text) {
#ifdef QF_EXPECT_COMPILES
  return fmt::format("{} bytes", text.bytes().size());
#else
  return fmt::format("{}", text);
#endif
}
