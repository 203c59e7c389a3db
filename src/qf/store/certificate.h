// The certificate of a version: what is claimed of it, and whether anyone can check that from the files alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"

namespace qf {

// `kFiles`: verify recomputes it from the files. `kBuild`: it rests on what only the build saw (consent, raw ids, whole
// logs), and whoever reads it trusts that build.
enum class Basis : std::uint8_t { kFiles, kBuild };
std::string_view to_string(Basis basis);  // "checked from files", "attested by build"

struct CertificateLine {
  std::string name;
  std::string statement;  // one sentence
  Basis basis = Basis::kBuild;
  std::string value;
  friend bool operator==(const CertificateLine&, const CertificateLine&) = default;
};

// What the lines are filled with.
struct CertificateFacts {
  std::string version, audience, privacy_level;
  std::string content_digest;
  std::map<std::string, std::uint64_t> rows;  // by table/split
  std::uint64_t subjects = 0;
  std::uint64_t records = 0, dropped = 0;
  bool drops_shared_text = false;
  std::string rules_version, text_levels, consent_methods;
};

// The lines in their published order. Those checked from files come from the facts alone, so that verify, having found
// the same facts in the files, makes the same lines.
std::vector<CertificateLine> certificate_lines(const CertificateFacts& facts);

std::string certificate_json(const std::vector<CertificateLine>& lines);
// kCorrupt where it is something else.
Result<std::vector<CertificateLine>> parse_certificate(std::string_view json);

}  // namespace qf
