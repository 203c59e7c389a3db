#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "qf/ledger/assignments.h"
#include "qf/output/durable.h"
#include "qf/run/build_state.h"
#include "qf/run/result_json.h"

namespace qf {
namespace {

std::map<std::string, std::string> text_levels(const Config& config) {
  std::map<std::string, std::string> levels;
  for (std::size_t group = 0; group < kTextGroupCount; ++group)
    levels[std::string(to_string(static_cast<TextGroup>(group)))] = to_string(config.text[group]);
  return levels;
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
  card.subjects = state.result.subjects;
  card.confirmed_subjects = state.result.confirmed_subjects;
  card.sessions = state.sessions;
  card.sittings = state.sittings;
  card.first_term = written.first_term;
  card.last_term = written.last_term;
  card.languages = written.languages;
  for (const auto& [reason, rows] : state.result.tally.dropped) card.dropped[reason] = rows;
  for (const GateResult& gate : state.result.gates)
    card.gates.push_back({gate.name, gate.passed, gate.measured, gate.required, std::string(to_string(gate.severity))});
  card.content_digest = written.content_digest;
  card.summary = config.summary;
  card.license = config.license;
  card.license_name = config.license_name;
  card.controller = config.controller;
  card.contact = config.contact;
  card.authors = config.authors;
  card.citation = config.citation;
  return card;
}

// Writes the version beside the published ones and makes it appear in one rename.
Status write_version(BuildState& state, const std::vector<WrittenSubject>& subjects, const std::string& identity,
                     const std::string& previous, const VersionNumber& number) {
  const BuildRequest& request = state.request;
  const std::string version = to_string(number);
  const auto audience_folder = state.store.audience_folder(request.config.audience);
  const auto staging = audience_folder / fmt::format(".staging-{}", ::getpid());
  const auto final_folder = state.store.version_folder(request.config.audience, number);
  std::error_code error;
  std::filesystem::remove_all(staging, error);
  std::filesystem::create_directories(staging, error);
  if (error) return failure(ErrorCode::kIo, staging.string() + ": " + error.message());

  QF_ASSIGN(const Salt salt, state.key->salt_for(identity));
  QF_ASSIGN(const Pseudonymiser pseudonymiser,
            Pseudonymiser::make(*state.key, salt, request.config.dataset_name, identity));
  WritePlan plan;
  plan.config = &request.config;
  plan.staged = &state.staged;
  plan.subjects = &subjects;
  plan.pseudonymiser = &pseudonymiser;
  plan.folder = staging;
  plan.spill_folder = state.store.private_state();
  plan.version = version;
  plan.privacy_level = state.policy.privacy_level();
  plan.threads = request.config.threads != 0 ? static_cast<unsigned>(request.config.threads)
                                             : std::max(1U, std::thread::hardware_concurrency());
  QF_ASSIGN(WrittenTables written, write_tables(plan));
  state.result.content_digest = written.content_digest;
  state.result.tally.written = written.rows;
  QF_CHECK(state.result.tally.check_records());

  Manifest manifest;
  manifest.name = request.config.dataset_name;
  manifest.version = version;
  manifest.previous_version = previous;
  manifest.audience = to_string(request.config.audience);
  manifest.schema_version = kSchemaVersion;
  manifest.program_version = QF_VERSION;
  manifest.libraries = {{"arrow", QF_ARROW_ORIGIN}, {"simdjson", QF_SIMDJSON_ORIGIN}};
  manifest.build_identity = identity;
  manifest.content_digest = written.content_digest;
  manifest.table_digests = written.table_digests;
  manifest.inputs = state.inputs;
  std::sort(manifest.inputs.begin(), manifest.inputs.end(),
            [](const auto& a, const auto& b) { return a.keyed_digest < b.keyed_digest; });
  manifest.documents = {{"tally", to_json(state.result.tally).dump()},
                        {"gates", to_json(state.result.gates).dump()},
                        {"configuration", nlohmann::json(canonical_config(request.config)).dump()},
                        {"privacy_level", nlohmann::json(state.policy.privacy_level()).dump()}};
  const CardFacts card = card_facts(state, written, version);
  QF_CHECK(write_documents(staging, std::move(written.files), std::move(manifest), card));
  std::filesystem::rename(staging, final_folder, error);
  if (error) return failure(ErrorCode::kIo, final_folder.string() + ": " + error.message());
  QF_CHECK(sync_folder(audience_folder));
  return write_file_durably(audience_folder / "CURRENT", version + "\n");
}

// Whether a version was published under this configuration; then equal rows are the same dataset.
bool published_with(const std::filesystem::path& folder, const Config& config) {
  std::ifstream in(folder / "manifest.json", std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  const auto manifest = parse_manifest(content.str());
  if (!manifest) return false;
  const auto text = manifest->documents.find("configuration");
  return text != manifest->documents.end() && text->second == nlohmann::json(canonical_config(config)).dump();
}

}  // namespace

Result<std::vector<PublishedRow>> published_rows(const BuildState& state,
                                                 const std::vector<WrittenSubject>& subjects) {
  std::vector<PublishedRow> rows;
  QF_CHECK(state.staged.for_each_row([&](const StagedRun::Project& project, const StagedBlock& block,
                                         const StagedEntry& entry, std::uint64_t row) -> Status {
    const Assignment& placed = subjects[project.subject].assignment;
    PublishedRow published{entry.key, entry.content, block.table, placed.split,
                           static_cast<std::uint8_t>(placed.fold)};
    // That a later row replaced it belongs to what it says.
    if (state.staged.replaced.test(row)) published.content[0] ^= 0x80;
    rows.push_back(published);
    return {};
  }));
  std::sort(rows.begin(), rows.end());
  return rows;
}

Status publish(BuildState& state, const Database& ledger, const std::vector<WrittenSubject>& subjects,
               const Assignments& assignments) {
  const BuildRequest& request = state.request;
  const std::string audience(to_string(request.config.audience));
  QF_ASSIGN(const std::vector<PublishedRow> rows, published_rows(state, subjects));
  state.result.logical_digest = logical_digest_of(rows);
  const std::string identity = build_identity(state.identity, request.config, state.view);

  QF_ASSIGN(const auto live, live_version(ledger, audience));
  VersionNumber number{1, 0, 0};
  std::string previous;
  if (live) {
    previous = to_string(live->version);
    const auto live_folder = state.store.version_folder(request.config.audience, live->version);
    const bool same_rows = live->logical_digest == state.result.logical_digest;
    if (live->identity == identity || (same_rows && published_with(live_folder, request.config))) {
      state.result.unchanged = true;
      state.result.version = previous;
      state.result.path = state.store.version_folder(request.config.audience, live->version);
      state.result.content_digest = live->content_digest;
      return {};
    }
    QF_ASSIGN(const auto before, read_row_index(row_index_file(state.store, request.config.audience, live->version)));
    number = next_version(live->version, compare_rows(before, rows));
  }
  // A number is never used twice, not even where its version was revoked.
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& past : versions)
    if (past.audience == audience && past.version >= number) number = {past.version.major + 1, 0, 0};

  QF_CHECK(write_version(state, subjects, identity, previous, number));
  QF_CHECK(write_file_durably(row_index_file(state.store, request.config.audience, number), encode_row_index(rows)));
  std::vector<SplitAssignment> stored;
  for (const auto& [tag, placed] : assignments)
    stored.push_back({tag, std::string(to_string(placed.split)), placed.fold, to_string(number)});
  QF_ASSIGN(auto transaction, ledger.begin());
  QF_CHECK(store_assignments(ledger, stored));
  VersionFacts facts;
  facts.audience = audience;
  facts.version = number;
  facts.identity = identity;
  facts.content_digest = state.result.content_digest;
  facts.logical_digest = state.result.logical_digest;
  facts.created_at_us = request.now_us;
  facts.as_of_us = state.view.as_of_us();
  facts.program_version = QF_VERSION;
  QF_CHECK(record_publication(ledger, facts));
  QF_CHECK(transaction.commit());
  state.result.version = to_string(number);
  state.result.path = state.store.version_folder(request.config.audience, number);
  return {};
}

}  // namespace qf
