// Pass one for one project: from its files to its staged rows, or to those that an earlier build left of the same
// files.
#include <sys/stat.h>

#include <iterator>
#include <set>

#include "qf/core/digest.h"
#include "qf/run/build_state.h"
#include "qf/run/project_person.h"
#include "qf/run/quarantined.h"
#include "qf/run/stager.h"

namespace qf {
namespace {

// Everything but files and people that staging depends on. The program itself is in it as the file that runs: another
// build of the same version may stage differently.
std::string settings_of(const BuildState& state, const Project& project) {
  std::string text = "qf-staging/2\n";
  const auto add = [&](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  struct stat program {};
  if (::stat("/proc/self/exe", &program) == 0)
    add(std::to_string(program.st_size) + ' ' + std::to_string(program.st_ino) + ' ' +
        std::to_string(program.st_mtim.tv_sec) + ' ' + std::to_string(program.st_mtim.tv_nsec));
  add(QF_VERSION);
  add(kSchemaVersion);
  add(kRulesVersion);
  add(kRedactionVersion);
  for (const std::string& phrase : state.request.config.allow) add(phrase);
  add(to_string(state.request.config.audience));
  for (const TextLevel level : state.request.config.text) add(to_string(level));
  add(state.key ? state.key->id() : "");
  add(project.name);
  add(project.session_id);
  add(project.original_path);
  add(project.folder);
  for (const LogFile& log : project.logs) {
    add(log.path.string());
    add(log.relative);
    add(std::to_string(log.skip_lines));
  }
  return to_hex(sha256(text));
}

bool is_erased(const BuildState& state, const Project& project, const SubjectName& subject) {
  return state.who.erased.of(state.tags, project.name, subject.key);
}

DropReason whole_drop(const BuildState& state, const Project& project, const SubjectName& subject) {
  if (is_erased(state, project, subject)) return DropReason::kErased;
  if (state.who.unreadable_consent.contains(project.name)) return DropReason::kConsentUnreadable;
  return drop_of_audience(state.request.config.audience, subject,
                          state.who.authority ? &*state.who.authority : nullptr);
}

// Everything but the settings that decides which of a person's rows and texts are staged.
std::string permissions_of(const BuildState& state, const Project& project, const SubjectName& subject) {
  std::string allowed;
  state.who.view.append_canonical(allowed, subject.key);
  allowed += text_of(whole_drop(state, project, subject)).name;
  append_decisions(state.who.decided, subject.key, allowed);
  return allowed;
}

QuarantineItem item_of(const Project& project, const SubjectName& subject, const ProjectStager::Held& held,
                       std::int64_t now_us) {
  QuarantineItem item;
  item.id = held.id;
  item.subject_key = subject.key;
  item.project = project.name;
  item.place = place_of(project, held.at);
  const TableSchema& table = table_schema(held.table);
  item.field = std::string(table.name) + "." + std::string(table.fields[held.column].name);
  item.reason = to_string(held.reason);
  item.found_at_us = now_us;
  return item;
}

// Adds a staged project to what the build knows. Of the erased nothing is added: what was dropped is in the tally.
void add_project(BuildState& state, const Project& project, const SubjectName& subject, CachedProject&& staged) {
  if (is_erased(state, project, subject)) return;
  const bool any = staged.staged.rows != 0;
  const std::uint32_t number = any ? state.subjects.number(subject) : 0;
  const std::lock_guard lock(state.mutex);
  if (subject.passed_over) state.passed_over.push_back(passed_over_warning(project));
  if (auto line = line_to_bind(project, subject)) state.lines_to_bind.push_back(std::move(*line));
  if (state.who.unreadable_consent.contains(project.name)) staged.identity.digests.emplace_back("consent unreadable");
  state.identity.projects.push_back(std::move(staged.identity));
  for (const InputFacts& input : staged.inputs)
    state.inputs.push_back({state.tags.subject_tag(input.sha256), input.bytes, input.lines});
  if (any) state.subjects_with_rows.insert(number);
  for (const StagedSession& session : staged.staged.sessions) {
    if (!session.has_rows) continue;
    ++state.sessions;
    state.sittings += session.sittings;
    state.sittings_with_decisions += session.sittings_with_decisions;
  }
  state.staged.projects.push_back({project.name, number, std::move(staged.staged), 0});
}

// Reads and stages a project into `file`.
Result<CachedProject> stage_anew(const BuildState& state, const Project& project, const ReadOptions& options,
                                 const std::filesystem::path& file, SubjectName& subject,
                                 std::vector<QuarantineItem>& held) {
  // Whose it is has to be known with the first row. What the beginnings of the logs show is nearly always what all of
  // them show; where it is not, the project is staged once more.
  ProjectSigns signs = signs_before_reading(project);
  subject = subject_of(state.who.view, project, signs);
  CachedProject made;
  while (true) {
    const SubjectPermit permit(state.who.view, subject.key, state.request.config.audience,
                               whole_drop(state, project, subject));
    const std::vector<std::string> identities = identities_of(project, subject, signs);
    std::optional<RowRedaction> redaction;
    if (state.policy.redacts()) {
      QF_ASSIGN(redaction, RowRedaction::make(
                               identities, state.request.config.allow,
                               [&](std::string_view text) {
                                 return decision_about(state.who.decided, quarantine_id(state.tags, subject.key, text));
                               },
                               state.request.redact_without));
    }
    QF_ASSIGN(StagedProjectWriter writer, StagedProjectWriter::create(file));
    ProjectStager stager(project.name, subject.key, permit, state.policy, state.tags, redaction ? &*redaction : nullptr,
                         std::move(writer));
    QF_ASSIGN(ProjectReading reading, read_project(project, options, stager));
    made.signs = signs_of(project, reading);
    SubjectName settled = subject_of(state.who.view, project, made.signs);
    // A name that only stands further on must be masked from the beginning.
    const bool same =
        settled.key == subject.key && (!redaction || identities_of(project, settled, made.signs) == identities);
    subject = std::move(settled);
    signs = made.signs;
    if (!same) continue;
    held.clear();
    for (const ProjectStager::Held& one : stager.held())
      held.push_back(item_of(project, subject, one, state.request.now_us));
    made.outcome = outcome_of(project, reading);
    QF_ASSIGN(made.staged, stager.finish(reading.rows, made.outcome.tally));
    made.inputs = std::move(reading.inputs);
    break;
  }
  QF_ASSIGN(made.identity, identify(project, made.inputs));
  if (made.staged.rows != 0) made.identity.subject = subject.key;
  made.identity.dropped = made.outcome.tally.dropped;
  made.subject_key = subject.key;
  made.permissions = permissions_of(state, project, subject);
  return made;
}

void add_held(BuildState& state, std::vector<QuarantineItem>&& held) {
  const std::lock_guard lock(state.mutex);
  state.held.insert(state.held.end(), std::make_move_iterator(held.begin()), std::make_move_iterator(held.end()));
}

}  // namespace

Result<ProjectOutcome> stage_project(BuildState& state, std::size_t index, const Project& project,
                                     const ReadOptions& options) {
  SubjectName subject;
  std::vector<QuarantineItem> held;
  if (!state.cache) {
    const auto file = state.staging_folder.path() / (std::to_string(index) + ".rows");
    QF_ASSIGN(CachedProject made, stage_anew(state, project, options, file, subject, held));
    ProjectOutcome outcome = made.outcome;
    add_held(state, std::move(held));
    add_project(state, project, subject, std::move(made));
    return outcome;
  }

  const StageCache& cache = *state.cache;
  const std::string tag = state.tags.subject_tag(project.name);
  const std::string settings = settings_of(state, project);
  if (auto known = cache.find(tag, settings)) {
    const bool same_files = files_are_unchanged(*known, project, state.request.verify_inputs);
    subject = subject_of(state.who.view, project, known->signs);
    const bool same_person =
        subject.key == known->subject_key && permissions_of(state, project, subject) == known->permissions;
    if (same_files && same_person && !is_erased(state, project, subject)) {
      ++state.reused.unchanged;
      ProjectOutcome outcome = known->outcome;
      add_project(state, project, subject, std::move(*known));
      if (options.progress_bytes != nullptr)
        for (const LogFile& log : project.logs) options.progress_bytes->fetch_add(log.size, std::memory_order_relaxed);
      return outcome;
    }
    if (!same_files) ++state.reused.changed;
  }
  QF_CHECK(cache.forget(tag));
  auto logs = known_logs(project);
  const auto companions = known_companions(project);
  QF_ASSIGN(CachedProject made, stage_anew(state, project, options, cache.rows_file(tag), subject, held));
  add_held(state, std::move(held));
  ++state.reused.read;
  if (is_erased(state, project, subject)) {
    QF_CHECK(cache.remove(tag));
  } else if (logs && companions && made.outcome.skipped.empty() && add_what_was_read(*logs, project, made.inputs)) {
    made.settings = settings;
    made.logs = std::move(*logs);
    made.companions = *companions;
    QF_CHECK(cache.keep(tag, made));
  }
  ProjectOutcome outcome = made.outcome;
  add_project(state, project, subject, std::move(made));
  return outcome;
}

}  // namespace qf
