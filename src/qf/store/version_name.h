// How people name a version: [AUDIENCE/]MAJOR.MINOR.PATCH.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/versions.h"
#include "qf/privacy/policy.h"

namespace qf {

struct VersionName {
  std::optional<Audience> audience;
  VersionNumber number;
};

// Nothing where the text is no name of a version (a path, for instance).
std::optional<VersionName> parse_version_name(std::string_view text);

// A version as the ledger has it.
struct NamedVersion {
  Audience audience;
  VersionFacts facts;
};
// kInvalidInput where the text is no name, or where two audiences have that number and the text does not say which;
// kNotFound where there is none.
Result<NamedVersion> find_version(const std::vector<VersionFacts>& versions, std::string_view text);

// Where the files of a version are gone: "private/1.0.0 was removed by gc", for people.
std::string how_it_went(const NamedVersion& version);

}  // namespace qf
