// Pass one for one project: from its files to its staged rows.
#include "qf/run/build_state.h"
#include "qf/run/stager.h"

namespace qf {

Result<ProjectOutcome> stage_project(BuildState& state, std::size_t index, const Project& project,
                                     const ReadOptions& options) {
  const auto file = state.staging_folder.path() / (std::to_string(index) + ".rows");
  // Whose it is has to be known with the first row. What the beginnings of the logs show is nearly always what all of
  // them show; where it is not, the project is staged once more.
  SubjectName subject = subject_of(state.view, project, signs_before_reading(project));
  ProjectReading reading;
  ProjectOutcome outcome;
  StagedProject staged;
  while (true) {
    const SubjectPermit permit(state.view, subject.key);
    QF_ASSIGN(StagedProjectWriter writer, StagedProjectWriter::create(file));
    ProjectStager stager(project.name, permit, state.policy, state.tags, std::move(writer));
    QF_ASSIGN(reading, read_project(project, options, stager));
    SubjectName settled = subject_of(state.view, project, signs_of(project, reading));
    const bool same = settled.key == subject.key;
    subject = std::move(settled);
    if (!same) continue;
    outcome = outcome_of(project, reading);
    QF_ASSIGN(staged, stager.finish(reading.rows, outcome.tally));
    break;
  }
  QF_ASSIGN(ProjectIdentity identity, identify(project, reading.inputs));
  const bool any = staged.rows != 0;
  const std::uint32_t number = any ? state.subjects.number(subject) : 0;
  if (any) identity.subject = subject.key;
  identity.dropped = outcome.tally.dropped;
  const std::lock_guard lock(state.mutex);
  if (subject.passed_over) state.passed_over.push_back(passed_over_warning(project));
  if (auto line = line_to_bind(project, subject)) state.lines_to_bind.push_back(std::move(*line));
  state.identity.projects.push_back(std::move(identity));
  for (const InputFacts& input : reading.inputs)
    state.inputs.push_back({state.tags.subject_tag(input.sha256), input.bytes, input.lines});
  if (any) state.subjects_with_rows.insert(number);
  for (const StagedSession& session : staged.sessions) {
    if (!session.has_rows) continue;
    ++state.sessions;
    state.sittings += session.sittings;
    state.sittings_with_decisions += session.sittings_with_decisions;
  }
  state.staged.projects.push_back({project.name, number, std::move(staged), 0});
  return outcome;
}

}  // namespace qf
