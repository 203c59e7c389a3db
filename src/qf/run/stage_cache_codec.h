// A cached project as bytes and back. Inside run only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qf/run/stage_cache.h"

namespace qf {

std::string encode_cached_project(const CachedProject& project);
// Nothing where the bytes are not whole, or of another form.
std::optional<CachedProject> decode_cached_project(std::string_view bytes);

}  // namespace qf
