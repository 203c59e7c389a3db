// A consent statement as it was written down, before its names and times are understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/consent.h"

namespace qf {

// Views into the file's text; an empty one stands for a missing field.
struct ConsentFields {
  std::string_view subject;
  std::vector<std::string_view> scopes;
  std::string_view status;
  std::string_view given_at;
  std::string_view covers_from;
  std::string_view expires_at;
  std::string_view method;
  std::string_view evidence;
  std::string_view recorded_by;
  std::string_view notice;
};

// Appends a statement for each scope. kInvalidInput names `where` (file and statement) and the field.
Status append_statements(const ConsentFields& fields, std::string_view where, std::optional<std::int64_t> now_us,
                         std::vector<ConsentStatement>& out);

}  // namespace qf
