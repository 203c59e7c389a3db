#include "qf/run/rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "qf/core/reason.h"
#include "qf/core/schema.h"
#include "qf/run/build.h"
#include "qf/run/build_state.h"
#include "qf/store/build_record.h"
#include "qf/store/program.h"
#include "qf/store/published_rows.h"
#include "qf/store/scratch.h"
#include "qf/store/store.h"
#include "qf/store/store_key.h"
#include "qf/store/version_name.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

void compare_program(const BuildRecord& record, std::vector<std::string>& reasons) {
  if (record.program_version != QF_VERSION)
    reasons.push_back(fmt::format("program: built by {}, this is {}", record.program_version, QF_VERSION));
  for (const auto& [name, origin] : program_libraries()) {
    const auto then = record.libraries.find(name);
    if (then == record.libraries.end() || then->second != origin)
      reasons.push_back(fmt::format("library {}: {} then, {} now", name,
                                    then == record.libraries.end() ? "none" : then->second, origin));
  }
  if (record.schema_version != kSchemaVersion)
    reasons.push_back(fmt::format("schema: {} then, {} now", record.schema_version, kSchemaVersion));
  if (record.rules_version != kRulesVersion)
    reasons.push_back(fmt::format("privacy rules: {} then, {} now", record.rules_version, kRulesVersion));
}

// Files by project and place, each with its digest.
std::map<std::pair<std::string, std::string>, std::string> digests_of(const std::vector<RecordedProject>& projects,
                                                                      bool logs) {
  std::map<std::pair<std::string, std::string>, std::string> all;
  for (const RecordedProject& project : projects)
    for (const RecordedFile& file : logs ? project.logs : project.question_files)
      all[{project.name, file.relative}] += file.sha256;
  return all;
}

void compare_inputs(const BuildRecord& record, const BuildResult& now, std::vector<std::string>& reasons) {
  for (const bool logs : {true, false}) {
    const auto then = digests_of(record.projects, logs), present = digests_of(now.projects, logs);
    const std::string_view one = logs ? "log" : "question file", many = logs ? "logs" : "question files";
    std::vector<std::string> gone, changed, added;
    for (const auto& [place, digest] : then) {
      const auto found = present.find(place);
      if (found == present.end())
        gone.push_back(place.second);
      else if (found->second != digest)
        changed.push_back(place.second);
    }
    for (const auto& [place, digest] : present)
      if (!then.contains(place)) added.push_back(place.second);
    const auto say = [&](const std::vector<std::string>& files, std::string_view what) {
      if (!files.empty())
        reasons.push_back(fmt::format("inputs: {} {}, {}{}", count_of(files.size(), one, many), what, files.front(),
                                      files.size() > 1 ? " among them" : ""));
    };
    say(gone, "gone");
    say(changed, "changed since");
    say(added, "not there then");
  }
}

void compare_people(const BuildRecord& record, const BuildResult& now, std::vector<std::string>& reasons) {
  std::map<std::string, std::uint64_t> more;
  std::size_t other_person = 0;
  std::unordered_map<std::string_view, const RecordedProject*> by_name;
  for (const RecordedProject& project : record.projects) by_name.emplace(project.name, &project);
  for (const RecordedProject& project : now.projects) {
    const auto known = by_name.find(project.name);
    if (known == by_name.end()) continue;
    const RecordedProject* const then = known->second;
    if (!then->subject_tag.empty() && !project.subject_tag.empty() && then->subject_tag != project.subject_tag)
      ++other_person;
    for (const auto& [reason, rows] : project.dropped) {
      const auto before = then->dropped.find(reason);
      // What else rows are dropped for follows from the inputs.
      if (!is_about_permission(reason)) continue;
      const std::uint64_t old = before == then->dropped.end() ? 0 : before->second;
      if (rows > old) more[reason] += rows - old;
    }
  }
  for (const auto& [reason, rows] : more) {
    std::string words = reason;
    std::replace(words.begin(), words.end(), '_', ' ');
    reasons.push_back(fmt::format("{}: {} may not be used any more", words, count_of(rows, "row", "rows")));
  }
  if (other_person != 0)
    reasons.push_back(
        fmt::format("register: {} another person's now", count_of(other_person, "project is", "projects are")));
  std::size_t changed = 0;
  for (const auto& [tag, allowed] : now.permissions)
    if (const auto then = record.permissions.find(tag); then != record.permissions.end() && then->second != allowed)
      ++changed;
  if (changed != 0 && more.empty())
    reasons.push_back(
        fmt::format("consent: {} something else than then", count_of(changed, "person allows", "people allow")));
}

// Compares by the record's list, so that a version whose own files are damaged or gone can be compared too.
Status compare_files(const BuildRecord& record, const fs::path& folder, RebuildResult& result) {
  QF_ASSIGN(const WrittenVersion built, files_of_version(folder));
  std::map<std::string, std::string> now;
  for (const ManifestFile& file : built.files) now[file.path] = file.sha256;
  result.same = true;
  for (const ManifestFile& file : record.files) {
    const auto found = now.find(file.path);
    const bool same = found != now.end() && found->second == file.sha256;
    result.files.push_back({file.path, same ? "same" : found == now.end() ? "missing" : "differs"});
    result.same = result.same && same;
    if (found != now.end()) now.erase(found);
  }
  for (const auto& [path, digest] : now) {
    result.files.push_back({path, "extra"});
    result.same = false;
  }
  return {};
}

Result<RowDifference> compare_with_published(const Store& store, const NamedVersion& published, const fs::path& now) {
  QF_ASSIGN(RowIndexReader before, open_published_rows(store, published.audience, published.facts));
  QF_ASSIGN(RowIndexReader after, RowIndexReader::open(now));
  return compare_rows(before, after);
}

// Which gates stand in the way now, although the version passed them then.
void name_gates(const BuildResult& built, std::vector<std::string>& reasons) {
  for (const GateResult& gate : built.gates)
    if (!gate.passed && gate.severity == Severity::kRefuse)
      reasons.push_back(fmt::format("gate {}: {} of {}{}{}", gate.name, gate.measured, gate.required,
                                    gate.hint.empty() ? "" : ": ", gate.hint));
}

Status check_out(const RebuildRequest& request) {
  if (request.out.empty()) return {};
  std::error_code error;
  if (fs::exists(request.out, error) && !fs::is_empty(request.out, error))
    return failure(ErrorCode::kInvalidInput, request.out.string() + ": is not empty; name a new folder");
  if (Store(request.store).holds(request.out))
    return failure(ErrorCode::kInvalidInput,
                   request.out.string() + ": lies in the store, which a rebuild only reads; name a folder elsewhere");
  return {};
}

// The version that is asked for, if its key is at hand.
Result<NamedVersion> version_to_rebuild(const Store& store, const RebuildRequest& request) {
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(NamedVersion named, find_version(versions, request.version));
  if (named.facts.removed_at_us)
    return failure(ErrorCode::kNotFound,
                   fmt::format("{}, and with it the record of what it was built from: it cannot be built again",
                               how_it_went(named)));
  QF_ASSIGN(const KeyStatus status, key_status(&ledger, request.key_file));
  const std::string& key = named.facts.key_id;
  if (status.file_id.empty() || (!key.empty() && !status.serves(key)))
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{}: {}; this version was built under the key {}, and nothing else can build it again. "
                               "Name its file with --key-file, its .salts beside it",
                               request.key_file.string(),
                               status.file_id.empty() ? "there is no key" : "holds the key " + status.file_id, key));
  return named;
}

// Where the logs are looked for; what is not there any more is a reason.
std::vector<fs::path> paths_of(const RebuildRequest& request, const BuildRecord& record,
                               std::vector<std::string>& reasons) {
  if (!request.paths.empty()) return request.paths;
  std::vector<fs::path> paths;
  std::error_code error;
  for (const std::string& root : record.roots) {
    if (fs::exists(root, error))
      paths.emplace_back(root);
    else
      reasons.push_back(fmt::format("inputs: {} is not there any more; name where the logs lie now", root));
  }
  return paths;
}

Reproduction reproduction_of(const NamedVersion& named, const BuildRecord& record, const fs::path& work,
                             std::int64_t now_us) {
  Reproduction wanted;
  wanted.version = named.facts.version;
  wanted.previous = record.previous_version;
  wanted.identity = named.facts.identity;
  wanted.assignments = record.assignments;
  wanted.projects = record.projects;
  wanted.twin_files = record.twin_files;
  wanted.twin_lines = record.twin_lines;
  wanted.folder = work / "version";
  wanted.rows = work / "rows";
  wanted.now_us = now_us;
  return wanted;
}

Result<BuildResult> build_again(const RebuildRequest& request, const NamedVersion& named, const BuildRecord& record,
                                const Reproduction& wanted, std::vector<fs::path> paths) {
  BuildRequest again;
  again.paths = std::move(paths);
  again.store = request.store;
  again.key_file = request.key_file;
  QF_ASSIGN(again.config, parse_config(record.configuration, "the record of the build"));
  again.config.threads = request.threads;
  again.as_of_us = record.as_of_us;
  again.now_us = request.now_us;
  again.created_at_us = named.facts.created_at_us;
  again.reproduction = &wanted;
  again.progress = request.progress;
  return build(again);
}

Result<RebuildResult> rebuild_once(const RebuildRequest& request) {
  const Store store(request.store);
  QF_CHECK(check_out(request));
  QF_ASSIGN(const NamedVersion named, version_to_rebuild(store, request));
  QF_ASSIGN(const BuildRecord record, read_published_record(store, named.facts));

  RebuildResult result;
  result.version = to_string(named.facts.version);
  result.audience = to_string(named.audience);
  compare_program(record, result.reasons);
  std::vector<fs::path> paths = paths_of(request, record, result.reasons);
  if (paths.empty()) return result;

  // Beside the place where the version is wanted, so that it can be renamed there.
  auto work =
      request.out.empty() ? ScratchFolder::create("rebuild") : ScratchFolder::create_beside(request.out, "rebuild");
  if (!work) return tl::unexpected<Error>(std::move(work).error());
  const Reproduction wanted = reproduction_of(named, record, work->path(), request.now_us);
  QF_ASSIGN(const BuildResult built, build_again(request, named, record, wanted, std::move(paths)));

  compare_inputs(record, built, result.reasons);
  compare_people(record, built, result.reasons);
  // Digests of another form would call every row changed.
  const bool comparable = record.row_digests == row_digests_of(named.audience);
  if (std::error_code error; comparable && fs::exists(wanted.rows, error)) {
    QF_ASSIGN(result.rows, compare_with_published(store, named, wanted.rows));
  }
  result.built = !built.version.empty();
  if (!result.built) {
    name_gates(built, result.reasons);
    if (result.reasons.empty())
      result.reasons.emplace_back(
          "the build's identity is another one, and neither program, inputs nor consent say why");
    return result;
  }
  QF_CHECK(compare_files(record, wanted.folder, result));
  if (!result.same && result.reasons.empty())
    result.reasons.emplace_back(
        "version of the program, libraries, inputs and consent are those of then: it is another build of the program, "
        "or a fault in it");
  if (!request.out.empty()) {
    QF_CHECK(work->keep(wanted.folder, request.out));
    result.path = request.out;
  }
  return result;
}

}  // namespace

Result<RebuildResult> rebuild(const RebuildRequest& request) {
  auto result = rebuild_once(request);
  if (result || result.error().code == ErrorCode::kInvalidInput) return result;
  // Nothing locks a version that is read: gc may have removed it meanwhile, and then that is the reason.
  if (const auto still = version_to_rebuild(Store(request.store), request); !still)
    return tl::unexpected<Error>(still.error());
  return result;
}

}  // namespace qf
