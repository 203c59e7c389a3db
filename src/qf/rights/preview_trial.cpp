#include "qf/rights/preview_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "qf/core/row_codec.h"
#include "qf/ledger/versions.h"
#include "qf/rights/folder_order.h"
#include "qf/store/build_record.h"
#include "qf/store/published_rows.h"
#include "qf/store/store.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// Both forms of a path end up the same, whatever links lead there.
fs::path real_path(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(path, error);
  return error ? path : real;
}

Status add_live_folders(const PreviewRequest& request, PreviewInputs& inputs) {
  const Store store(request.store);
  if (!store.exists()) return {};
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto live, live_version(ledger, to_string(request.config.audience)));
  if (!live) return {};
  inputs.live_version = name_of(*live);
  QF_ASSIGN(const BuildRecord record, read_published_record(store, *live));
  std::error_code error;
  for (const std::string& root : record.roots) {
    if (fs::exists(root, error))
      inputs.paths.emplace_back(root);
    else
      ++inputs.missing_folders;
  }
  return {};
}

}  // namespace

Result<PreviewInputs> preview_inputs(const PreviewRequest& request) {
  PreviewInputs inputs;
  QF_ASSIGN(Discovery given, discover(request.paths));
  QF_ASSIGN(const ProjectList own, list_projects(std::move(given)));
  // The version's folders come first: a project without an id is named by its path under the folder it is met in.
  QF_CHECK(add_live_folders(request, inputs));
  inputs.paths.insert(inputs.paths.end(), request.paths.begin(), request.paths.end());
  QF_ASSIGN(Discovery all, discover(inputs.paths));
  QF_ASSIGN(inputs.list, list_projects(std::move(all)));

  std::vector<fs::path> roots;
  for (const fs::path& path : request.paths) roots.push_back(real_path(path));
  // A copy of logs that the version also rests on: the same lines under the same id, met where the version has them.
  std::set<std::string> ids;
  for (const Project& project : own.projects)
    if (!project.session_id.empty() && project.session_id == project.name) ids.insert(project.name);
  for (const Project& project : inputs.list.projects) {
    const bool below = std::any_of(project.logs.begin(), project.logs.end(), [&](const LogFile& log) {
      const fs::path path = real_path(log.path);
      return std::any_of(roots.begin(), roots.end(), [&](const fs::path& root) { return is_below(path, root); });
    });
    inputs.asked.push_back(below || ids.contains(project.name));
  }
  return inputs;
}

BuildRequest PreviewTrial::dry_run(const PreviewRequest& request, const PreviewInputs& inputs) {
  BuildRequest build_request;
  build_request.paths = inputs.paths;
  build_request.store = request.store;
  build_request.key_file = request.key_file;
  build_request.config = request.config;
  build_request.as_of_us = request.as_of_us;
  build_request.now_us = request.now_us;
  build_request.dry_run = true;
  build_request.canaries = false;  // they test the program, not these rows
  return build_request;
}

Result<PreviewTrial> PreviewTrial::run(const PreviewRequest& request, const PreviewInputs& inputs,
                                       const std::vector<ConsentStatement>& supposed) {
  PreviewTrial result;
  Trial trial;
  for (std::size_t i = 0; i < inputs.asked.size(); ++i)
    if (inputs.asked[i]) trial.projects.insert(inputs.list.projects[i].name);
  trial.each = [&](const TrialRow& row) -> Status {
    std::vector<Kept>& rows = result.rows_[std::string(row.project)];
    if (rows.size() <= row.number) rows.resize(row.number + 1);
    Kept& kept = rows[row.number];
    kept.table = row.table;
    kept.dropped = row.dropped;
    encode_row(row.cells, kept.bytes);
    return {};
  };
  BuildRequest build_request = dry_run(request, inputs);
  build_request.trial = &trial;
  build_request.supposed = supposed;
  QF_ASSIGN(const BuildResult built, build(build_request));
  for (const GateResult& gate : built.gates)
    if (!gate.passed && gate.severity == Severity::kRefuse) result.refused.push_back(gate);
  result.people = built.subjects;
  return result;
}

Result<PreviewTrial::Row> PreviewTrial::row(std::string_view project, std::size_t number, TableId table,
                                            Arena& arena) const {
  const auto rows = rows_.find(project);
  if (rows == rows_.end() || number >= rows->second.size() || rows->second[number].table != table)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{}: its logs changed while they were read; give the command again", project));
  const Kept& kept = rows->second[number];
  Row row{kept.dropped, std::vector<Cell>(table_schema(table).fields.size())};
  QF_ASSIGN([[maybe_unused]] const std::size_t taken, decode_row(kept.bytes, arena, row.cells, TextStorage::kView));
  return row;
}

}  // namespace qf
