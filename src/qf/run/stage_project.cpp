// Pass one for one project: from its files to its staged rows, or to those that an earlier build left of the same
// files.
#include <sys/stat.h>

#include "qf/core/digest.h"
#include "qf/run/build_state.h"
#include "qf/run/stager.h"

namespace qf {
namespace {

// Everything but files and people that staging depends on. The program itself is in it as the file that runs: another
// build of the same version may stage differently.
std::string settings_of(const BuildState& state, const Project& project) {
  std::string text = "qf-staging/1\n";
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

std::string permissions_of(const BuildState& state, std::string_view subject_key) {
  std::string allowed;
  state.view.append_canonical(allowed, subject_key);
  return allowed;
}

bool is_erased(const BuildState& state, const Project& project, const SubjectName& subject) {
  return state.erased.of(state.tags, project.name, subject.key);
}

// Adds a staged project to what the build knows. Of the erased nothing is added: what was dropped is in the tally.
void add_project(BuildState& state, const Project& project, const SubjectName& subject, CachedProject&& staged) {
  if (is_erased(state, project, subject)) return;
  const bool any = staged.staged.rows != 0;
  const std::uint32_t number = any ? state.subjects.number(subject) : 0;
  const std::lock_guard lock(state.mutex);
  if (subject.passed_over) state.passed_over.push_back(passed_over_warning(project));
  if (auto line = line_to_bind(project, subject)) state.lines_to_bind.push_back(std::move(*line));
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
                                 const std::filesystem::path& file, SubjectName& subject) {
  // Whose it is has to be known with the first row. What the beginnings of the logs show is nearly always what all of
  // them show; where it is not, the project is staged once more.
  subject = subject_of(state.view, project, signs_before_reading(project));
  CachedProject made;
  while (true) {
    const SubjectPermit permit =
        is_erased(state, project, subject) ? SubjectPermit::erased() : SubjectPermit(state.view, subject.key);
    QF_ASSIGN(StagedProjectWriter writer, StagedProjectWriter::create(file));
    ProjectStager stager(project.name, subject.key, permit, state.policy, state.tags, std::move(writer));
    QF_ASSIGN(ProjectReading reading, read_project(project, options, stager));
    made.signs = signs_of(project, reading);
    SubjectName settled = subject_of(state.view, project, made.signs);
    const bool same = settled.key == subject.key;
    subject = std::move(settled);
    if (!same) continue;
    made.outcome = outcome_of(project, reading);
    QF_ASSIGN(made.staged, stager.finish(reading.rows, made.outcome.tally));
    made.inputs = std::move(reading.inputs);
    break;
  }
  QF_ASSIGN(made.identity, identify(project, made.inputs));
  if (made.staged.rows != 0) made.identity.subject = subject.key;
  made.identity.dropped = made.outcome.tally.dropped;
  made.subject_key = subject.key;
  made.permissions = permissions_of(state, subject.key);
  return made;
}

}  // namespace

Result<ProjectOutcome> stage_project(BuildState& state, std::size_t index, const Project& project,
                                     const ReadOptions& options) {
  SubjectName subject;
  if (!state.cache) {
    const auto file = state.staging_folder.path() / (std::to_string(index) + ".rows");
    QF_ASSIGN(CachedProject made, stage_anew(state, project, options, file, subject));
    ProjectOutcome outcome = made.outcome;
    add_project(state, project, subject, std::move(made));
    return outcome;
  }

  const StageCache& cache = *state.cache;
  const std::string tag = state.tags.subject_tag(project.name);
  const std::string settings = settings_of(state, project);
  if (auto known = cache.find(tag, settings)) {
    const bool same_files = files_are_unchanged(*known, project, state.request.verify_inputs);
    subject = subject_of(state.view, project, known->signs);
    const bool same_person =
        subject.key == known->subject_key && permissions_of(state, subject.key) == known->permissions;
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
  QF_ASSIGN(CachedProject made, stage_anew(state, project, options, cache.rows_file(tag), subject));
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
