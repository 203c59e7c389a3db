#include "qf/store/version_name.h"

#include <fmt/format.h>

#include "qf/store/store.h"

namespace qf {

std::optional<VersionName> parse_version_name(std::string_view text) {
  VersionName name;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    name.audience = audience_named(text.substr(0, slash));
    if (!name.audience) return std::nullopt;
    text.remove_prefix(slash + 1);
  }
  const auto number = parse_version_number(text);
  if (!number) return std::nullopt;
  name.number = *number;
  return name;
}

Result<NamedVersion> find_version(const std::vector<VersionFacts>& versions, std::string_view text) {
  const auto name = parse_version_name(text);
  if (!name)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{}: not a version; write MAJOR.MINOR.PATCH, with the audience before it where two "
                               "audiences have that number: private/1.0.0",
                               text));
  std::vector<NamedVersion> found;
  for (const VersionFacts& facts : versions)
    if (facts.version == name->number && (!name->audience || *name->audience == facts.audience))
      found.push_back({facts.audience, facts});
  if (found.empty())
    return failure(ErrorCode::kNotFound,
                   fmt::format("there is no version {}; `qf-dataset versions` lists what there is", text));
  if (found.size() > 1)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{} is ambiguous: {}/{} or {}/{}?", text, to_string(found[0].audience), text,
                               to_string(found[1].audience), text));
  return found.front();
}

std::string how_it_went(const NamedVersion& version) {
  return fmt::format(
      "{}/{} {}", to_string(version.audience), to_string(version.facts.version),
      version.facts.state == VersionState::kRevoked ? "was revoked, and its files are gone" : "was removed by gc");
}

}  // namespace qf
