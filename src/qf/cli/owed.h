// Whom a removal has to be told to, as the verbs that take something back show it.
#pragma once

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "qf/rights/removal_notices.h"
#include "qf/store/revoke.h"

namespace qf::cli {

nlohmann::json or_null(const std::string& text);
nlohmann::json notices_json(const RemovalNotices& owed);
nlohmann::json models_json(const RemovalNotices& owed);
void print_owed(const RemovalNotices& owed, std::FILE* to = stdout);
// What became of a revoked version's files, to stand behind "is revoked".
std::string_view files_of(const Revocation& revoked);

}  // namespace qf::cli
