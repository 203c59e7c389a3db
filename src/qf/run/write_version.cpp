#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "qf/core/digest.h"
#include "qf/core/whole_file.h"
#include "qf/output/durable.h"
#include "qf/run/build_state.h"
#include "qf/run/leaving_counts.h"
#include "qf/run/result_json.h"
#include "qf/store/certificate.h"
#include "qf/store/identity.h"
#include "qf/store/program.h"

namespace qf {
namespace {

std::map<std::string, std::string> text_levels(const Config& config) {
  std::map<std::string, std::string> levels;
  for (std::size_t group = 0; group < kTextGroupCount; ++group)
    levels[std::string(to_string(static_cast<TextGroup>(group)))] = to_string(config.text[group]);
  return levels;
}

// Whose word the rows of a version for others rest on, where the configuration names nobody.
std::string controllers_of(const BuildState& state) {
  std::set<std::string> names;
  if (state.who.authority)
    for (const std::uint32_t subject : state.subjects_with_rows)
      names.insert(state.who.authority->controller(state.subjects[subject].key));
  names.erase("");
  return fmt::format("{}", fmt::join(names, ", "));
}

CardFacts card_facts(const BuildState& state, const WrittenTables& written, const std::string& version) {
  const Config& config = state.request.config;
  CardFacts card;
  card.name = config.dataset_name;
  card.version = version;
  card.audience = to_string(config.audience);
  card.privacy_level = state.policy.privacy_level();
  card.program_version = QF_VERSION;
  card.text_levels = text_levels(config);
  for (const TableSchema& table : tables())
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
      const auto rows = written.rows.find(table.name);
      if (rows == written.rows.end()) continue;
      const auto count = rows->second.find(to_string(split));
      if (count == rows->second.end()) continue;
      const std::string place = std::string(table.name) + "/" + std::string(to_string(split));
      const auto bytes = written.uncompressed_bytes.find(place);
      card.splits.push_back({table.id, std::string(to_string(split)), count->second,
                             bytes == written.uncompressed_bytes.end() ? 0 : bytes->second});
    }
  for (const TableSchema& table : tables())
    for (std::size_t column = 0; column < table.fields.size(); ++column)
      if (state.policy.withholds(table.id, column))
        card.withheld.insert(fmt::format("{}.{}", table.name, table.fields[column].name));
  card.subjects = state.result.subjects;
  card.confirmed_subjects = state.result.confirmed_subjects;
  card.sessions = state.sessions;
  card.sittings = state.sittings;
  card.first_term = written.first_term;
  card.last_term = written.last_term;
  card.languages = written.languages;
  if (config.audience == Audience::kPrivate)
    for (const auto& [reason, rows] : state.result.tally.dropped) card.dropped[reason] = rows;
  else
    card.hides_counts = true;
  for (const TableAnonymity& table : state.result.anonymity) {
    card.k = card.k == 0 ? table.facts.k : std::min(card.k, table.facts.k);
    CardAnonymity& one = card.anonymity.emplace_back();
    one.table = table.table;
    one.k = table.facts.k;
    one.l = table.facts.l;
    one.groups = table.facts.classes;
    one.unique_profiles = people_in_words(table.facts.profiles_after);
    for (const RetainedInformation& column : table.facts.columns)
      one.columns.push_back({std::string(column.name), column.level, column.levels, column.retained});
    one.rare_values_in.assign(table.facts.rare_values_in.begin(), table.facts.rare_values_in.end());
  }
  for (const GateResult& gate : leaving_gates(state.result.gates, config.audience))
    card.gates.push_back({gate.name, gate.passed, gate.measured, gate.required, std::string(to_string(gate.severity))});
  card.content_digest = written.content_digest;
  card.summary = config.summary;
  card.license = config.license;
  card.license_name = config.license_name;
  card.controller = config.controller.empty() ? controllers_of(state) : config.controller;
  card.contact = config.contact;
  card.authors = config.authors;
  card.citation = config.citation;
  return card;
}

// The certificate's facts, as this build knows them.
CertificateFacts certificate_facts(const BuildState& state, const WrittenTables& written, const std::string& version) {
  CertificateFacts facts;
  facts.version = version;
  facts.audience = to_string(state.request.config.audience);
  facts.privacy_level = state.policy.privacy_level();
  facts.content_digest = written.content_digest;
  for (const auto& [table, splits] : written.rows)
    for (const auto& [split, rows] : splits) facts.rows[fmt::format("{}/{}", table, split)] = rows;
  facts.subjects = state.result.subjects;
  facts.records = sum(state.result.tally.records);
  facts.dropped = sum(state.result.tally.dropped);
  facts.drops_shared_text = state.request.config.drop_shared_text;
  facts.consent_methods = state.identity.consent_methods;
  facts.rules_version = kRulesVersion;
  for (const auto& [group, level] : text_levels(state.request.config))
    facts.text_levels += fmt::format("{}{} {}", facts.text_levels.empty() ? "" : ", ", group, level);
  return facts;
}

// Published files are for reading only; an erasure and gc remove them all the same.
Status make_read_only(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    using std::filesystem::perms;
    std::filesystem::permissions(at->path(), perms::owner_write | perms::group_write | perms::others_write,
                                 std::filesystem::perm_options::remove, error);
    if (error) return failure(ErrorCode::kIo, at->path().string() + ": " + error.message());
  }
  if (error) return failure(ErrorCode::kIo, "cannot read " + folder.string() + ": " + error.message());
  return {};
}

}  // namespace

Result<WrittenVersion> write_version(BuildState& state, const std::vector<WrittenSubject>& subjects,
                                     const VersionPlan& plan) {
  const BuildRequest& request = state.request;
  const std::string version = to_string(plan.number);
  std::error_code error;
  std::filesystem::remove_all(plan.folder, error);
  std::filesystem::create_directories(plan.folder, error);
  if (error) return failure(ErrorCode::kIo, plan.folder.string() + ": " + error.message());

  QF_ASSIGN(const Pseudonymiser pseudonymiser, Pseudonymiser::make(*state.key, plan.salt, request.config.dataset_name,
                                                                   pseudonym_identity(request.config, plan.identity)));
  WritePlan tables;
  tables.config = &request.config;
  tables.staged = &state.staged;
  tables.subjects = &subjects;
  tables.policy = &state.policy;
  tables.groups = state.groups ? &*state.groups : nullptr;
  tables.pseudonymiser = &pseudonymiser;
  tables.folder = plan.folder;
  tables.spill_folder = plan.spill_folder;
  tables.version = version;
  tables.privacy_level = state.policy.privacy_level();
  tables.threads = state.threads();
  QF_ASSIGN(WrittenTables written, write_tables(tables));
  state.result.content_digest = written.content_digest;
  state.result.tally.written = written.rows;
  QF_CHECK(state.result.tally.check_records());

  const std::string certificate = certificate_json(certificate_lines(certificate_facts(state, written, version)));
  QF_CHECK(write_file_durably(plan.folder / "certificate.json", certificate));
  written.files.push_back({"certificate.json", certificate.size(), 0, to_hex(sha256(certificate))});

  Manifest manifest;
  manifest.name = request.config.dataset_name;
  manifest.version = version;
  manifest.previous_version = plan.previous;
  manifest.audience = to_string(request.config.audience);
  manifest.schema_version = kSchemaVersion;
  manifest.program_version = QF_VERSION;
  manifest.libraries = program_libraries();
  manifest.build_identity = plan.identity;
  manifest.content_digest = written.content_digest;
  manifest.table_digests = written.table_digests;
  manifest.inputs = state.inputs;
  std::sort(manifest.inputs.begin(), manifest.inputs.end(),
            [](const auto& a, const auto& b) { return a.keyed_digest < b.keyed_digest; });
  const Audience audience = request.config.audience;
  if (audience != Audience::kPrivate)
    for (ManifestInput& input : manifest.inputs) input.bytes = input.lines = 0;
  manifest.documents = {{"tally", leaving_tally(state.result.tally, audience).dump()},
                        {"gates", to_json(leaving_gates(state.result.gates, audience)).dump()},
                        {"configuration", nlohmann::json(canonical_config(request.config)).dump()},
                        {"privacy_level", nlohmann::json(state.policy.privacy_level()).dump()}};
  if (!state.result.anonymity.empty())
    manifest.documents["anonymity"] = leaving_anonymity(state.result.anonymity).dump();
  if (!state.result.tally.masked.empty() && audience == Audience::kPrivate)
    manifest.documents["masked"] = nlohmann::json(state.result.tally.masked).dump();
  const CardFacts card = card_facts(state, written, version);
  QF_CHECK(write_documents(plan.folder, std::move(written.files), std::move(manifest), card));
  QF_CHECK(make_read_only(plan.folder));
  QF_CHECK(sync_folder(plan.folder));
  return files_of_version(plan.folder);
}

Result<WrittenVersion> files_of_version(const std::filesystem::path& folder) {
  WrittenVersion version;
  QF_ASSIGN(const std::string sums, read_whole_file(folder / "SHA256SUMS"));
  QF_ASSIGN(const std::string manifest_text, read_whole_file(folder / "manifest.json"));
  QF_ASSIGN(version.files, parse_sha256_sums(sums));
  QF_ASSIGN(const Manifest manifest, parse_manifest(manifest_text));
  for (ManifestFile& file : version.files)
    for (const ManifestFile& known : manifest.files)
      if (known.path == file.path) file = known;
  version.sums_digest = to_hex(sha256(sums));
  version.files.push_back({"SHA256SUMS", sums.size(), 0, version.sums_digest});
  return version;
}

}  // namespace qf
