#include "qf/store/certificate.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

namespace qf {
namespace {

constexpr std::string_view kFormat = "qf-certificate-1";
constexpr std::array<std::string_view, 2> kBases = {"checked from files", "attested by build"};

}  // namespace

std::string_view to_string(Basis basis) { return kBases[static_cast<std::size_t>(basis)]; }

std::vector<CertificateLine> certificate_lines(const CertificateFacts& facts) {
  std::string rows;
  for (const auto& [place, count] : facts.rows) rows += fmt::format("{}{} {}", rows.empty() ? "" : ", ", place, count);
  // An external version has no column that tells people apart.
  const Basis by_person = facts.audience == "external" ? Basis::kBuild : Basis::kFiles;
  return {
      {"content", "The rows of all files, sorted by record_id, have this SHA-256.", Basis::kFiles,
       facts.content_digest},
      {"rows", "The files of each table and split hold this many rows.", Basis::kFiles, rows},
      {"record_ids", "No two rows of a table have one record_id.", Basis::kFiles, "unique"},
      {"split_by_person", "No person's rows lie in two splits or two folds.", by_person, "holds"},
      {"version_column", "Every row names this version as its own.", Basis::kFiles, facts.version},
      {"privacy_column", "Every row names this privacy level.", Basis::kFiles, facts.privacy_level},
      {"people", "The rows are of this many people.", by_person, fmt::format("{}", facts.subjects)},
      {"consent", "Each row's person had agreed, as of the build, to a period that holds the event.", Basis::kBuild,
       "every row"},
      {"consent_methods", "People by how they agreed; words of one's own count as other.", Basis::kBuild,
       facts.consent_methods},
      {"policy", "Each field left by a rule that names it; no rule, no field.", Basis::kBuild,
       fmt::format("rules {}; text {}", facts.rules_version, facts.text_levels)},
      // What was dropped may be the rows of one person who refused: of versions for others no such number leaves.
      {"sums", "Records made are rows dropped for a named reason and rows written.", Basis::kBuild,
       facts.audience == "private"
           ? fmt::format("{} = {} + {}", facts.records, facts.dropped, facts.records - facts.dropped)
           : "holds"},
      {"shared_text", "No normalised text of train stands in another split.", Basis::kBuild,
       facts.drops_shared_text ? "dropped from train" : "not looked at: split.drop_shared_text is off"},
  };
}

std::string certificate_json(const std::vector<CertificateLine>& lines) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CertificateLine& line : lines)
    list.push_back(nlohmann::ordered_json{
        {"name", line.name}, {"statement", line.statement}, {"basis", to_string(line.basis)}, {"value", line.value}});
  return nlohmann::ordered_json{{"format", kFormat}, {"lines", std::move(list)}}.dump(2) + "\n";
}

Result<std::vector<CertificateLine>> parse_certificate(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("format") != kFormat) return failure(ErrorCode::kCorrupt, "certificate.json: of an unknown format");
    std::vector<CertificateLine> lines;
    for (const auto& one : json.at("lines"))
      lines.push_back({one.at("name").get<std::string>(), one.at("statement").get<std::string>(),
                       one.at("basis") == kBases[0] ? Basis::kFiles : Basis::kBuild,
                       one.at("value").get<std::string>()});
    return lines;
  } catch (const nlohmann::json::exception&) {
    return failure(ErrorCode::kCorrupt, "certificate.json: it is damaged");
  }
}

}  // namespace qf
