// Whom a dataset is for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qf {

// Whoever holds the logs; the controller's own people; others.
enum class Audience : std::uint8_t { kPrivate, kInternal, kExternal };
// In the order of their numbers.
inline constexpr std::array<Audience, 3> kAudiences = {Audience::kPrivate, Audience::kInternal, Audience::kExternal};

std::string_view to_string(Audience audience);
// Nothing for another word: whoever asks has to say what that means, since any guess would let out too much or too
// little.
std::optional<Audience> audience_named(std::string_view name);

}  // namespace qf
