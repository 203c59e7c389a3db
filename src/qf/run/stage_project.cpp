// Pass one for one project: from its files to its staged rows, or to those that an earlier build left of the same
// files.
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <tuple>

#include "qf/core/digest.h"
#include "qf/run/build_state.h"
#include "qf/run/project_person.h"
#include "qf/run/quarantined.h"
#include "qf/run/stager.h"

namespace qf {
namespace {

constexpr std::string_view kResumePurpose = "resume/2";
// A project that grew by more than this part of itself is read from the beginning.
constexpr std::uint64_t kMostGrowth = 4;

// Everything but files and people that staging depends on. The program itself is in it as the file that runs: another
// build of the same version may stage differently.
std::string settings_of(const BuildState& state, const Project& project) {
  std::string text = "qf-staging/3\n";
  const auto add = [&](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  add(state.program);
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

// Everything but the settings that decides which of a person's rows and texts are staged, and what is masked in them.
std::string permissions_of(const BuildState& state, const Project& project, const SubjectName& subject,
                           const ProjectSigns& signs) {
  std::string allowed;
  state.who.view.append_canonical(allowed, subject.key);
  allowed += text_of(whole_drop(state, project, subject)).name;
  append_decisions(state.who.decided, subject.key, allowed);
  if (state.policy.redacts())
    for (const std::string& name : identities_of(project, subject, signs)) allowed.append("\n").append(name);
  return allowed;
}

std::string place_of_question(std::string_view id) { return "question " + std::string(id); }

QuarantineItem item_of(const Project& project, const SubjectName& subject, const ProjectStager::Held& held,
                       std::int64_t now_us) {
  QuarantineItem item;
  item.id = held.id;
  item.subject_key = subject.key;
  item.project = project.name;
  item.place = held.question.empty() ? place_of(project, held.at) : place_of_question(held.question);
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
  state.held.insert(state.held.end(), std::make_move_iterator(staged.held.begin()),
                    std::make_move_iterator(staged.held.end()));
}

// How a project is staged: on from where an earlier build ended, or from the beginning; and so that a later one can go
// on, or not.
struct StagingWay {
  ByteFeed* resume = nullptr;
  const StagedProject* staged_before = nullptr;  // with `resume`
  std::filesystem::path resume_file;             // for the next build; "" where none is wanted
};

// Reads and stages a project as that person's; `subject` and `made.signs` come out as the whole log shows them. False
// where that is not as they were taken for, so that the rows are of no use.
Result<bool> stage_as_of(const BuildState& state, const Project& project, ReadOptions options,
                         const std::filesystem::path& file, const StagingWay& way, SubjectName& subject,
                         CachedProject& made, std::set<std::string>* questions_anew = nullptr) {
  const SubjectPermit permit(state.who.view, subject.key, state.request.config.audience,
                             whole_drop(state, project, subject));
  const std::vector<std::string> identities = identities_of(project, subject, made.signs);
  std::optional<RowRedaction> redaction;
  if (state.policy.redacts()) {
    QF_ASSIGN(redaction, RowRedaction::make(
                             identities, state.request.config.allow,
                             [&](std::string_view text) {
                               return decision_about(state.who.decided, quarantine_id(state.tags, subject.key, text));
                             },
                             state.request.redact_without));
  }
  QF_ASSIGN(StagedProjectWriter writer, way.staged_before != nullptr ? StagedProjectWriter::go_on(*way.staged_before)
                                                                     : StagedProjectWriter::create(file));
  ProjectStager stager(project.name, subject.key, permit, state.policy, state.tags, redaction ? &*redaction : nullptr,
                       std::move(writer));
  std::unique_ptr<SealedWriter> save;
  if (!way.resume_file.empty()) {
    QF_ASSIGN(save, SealedWriter::create(way.resume_file, *state.key, kResumePurpose));
  }
  options.resume = way.resume;
  options.save = save.get();
  QF_ASSIGN(ProjectReading reading, read_project(project, options, stager));
  made.signs = signs_of(project, reading);
  SubjectName settled = subject_of(state.who.view, project, made.signs);
  // A name that only stands further on must be masked from the beginning.
  const bool same =
      settled.key == subject.key && (!redaction || identities_of(project, settled, made.signs) == identities);
  subject = std::move(settled);
  if (!same) return false;
  made.held.clear();
  for (const ProjectStager::Held& one : stager.held())
    made.held.push_back(item_of(project, subject, one, state.request.now_us));
  if (questions_anew != nullptr)
    for (const std::string& id : stager.questions_anew()) questions_anew->insert(place_of_question(id));
  made.outcome = outcome_of(project, reading);
  QF_ASSIGN(made.staged, stager.finish(reading.rows, made.outcome.tally));
  made.inputs = std::move(reading.inputs);
  // Of a person of whom nothing may be used, nothing is kept either.
  if (reading.saved && made.staged.rows != 0) {
    QF_ASSIGN(made.resume, save->finish());
  }
  made.identity =
      identify(project, made.inputs, reading.question_files, redaction ? identities : std::vector<std::string>());
  if (made.staged.rows != 0) made.identity.subject = subject.key;
  made.identity.dropped = made.outcome.tally.dropped;
  made.subject_key = subject.key;
  made.permissions = permissions_of(state, project, subject, made.signs);
  return true;
}

// Reads and stages a project into `file` from the beginning.
Result<CachedProject> stage_anew(const BuildState& state, const Project& project, const ReadOptions& options,
                                 const std::filesystem::path& file, const std::filesystem::path& resume_file,
                                 SubjectName& subject) {
  // Whose it is has to be known with the first row. What the beginnings of the logs show is nearly always what all of
  // them show; where it is not, the project is staged once more.
  CachedProject made;
  made.signs = signs_before_reading(project);
  subject = subject_of(state.who.view, project, made.signs);
  while (true) {
    QF_ASSIGN(const bool done,
              stage_as_of(state, project, options, file, {nullptr, nullptr, resume_file}, subject, made));
    if (done) return made;
  }
}

// Reads and stages only what was added to a project's logs. Nothing where that cannot be, whatever the reason: then it
// is read from the beginning.
std::optional<CachedProject> stage_growth(const BuildState& state, const Project& project, const ReadOptions& options,
                                          const std::string& tag, const CachedProject& known, SubjectName& subject) {
  const StageCache& cache = *state.cache;
  if (!known.resume) return std::nullopt;
  std::uint64_t before = 0;
  for (const KnownFile& log : known.logs) before += log.size;
  const std::uint64_t now = log_bytes(project);
  const StagedMark& mark = known.staged.end_of_events;
  if (now - before > before / kMostGrowth || mark.dead_bytes > mark.bytes / 2) return std::nullopt;
  auto resume = SealedReader::open(cache.resume_file(tag), *state.key, kResumePurpose, *known.resume);
  if (!resume) return std::nullopt;
  CachedProject made;
  made.signs = known.signs;
  const SubjectName expected = subject;
  std::set<std::string> anew;
  const auto done = stage_as_of(state, project, options, known.staged.file,
                                {resume->get(), &known.staged, cache.next_resume_file(tag)}, subject, made, &anew);
  if (done && *done && made.permissions == known.permissions && made.outcome.skipped.empty()) {
    // Together with what was set apart before; a question that was written anew may hold the same text again.
    const auto row_of = [](const QuarantineItem& item) { return std::tuple(item.id, item.place, item.field); };
    std::set<std::tuple<std::string, std::string, std::string>> now_held;
    for (const QuarantineItem& item : made.held) now_held.insert(row_of(item));
    std::vector<QuarantineItem> held;
    std::copy_if(known.held.begin(), known.held.end(), std::back_inserter(held), [&](const QuarantineItem& item) {
      return !anew.contains(item.place) && !now_held.contains(row_of(item));
    });
    made.held.insert(made.held.begin(), std::make_move_iterator(held.begin()), std::make_move_iterator(held.end()));
    return made;
  }
  subject = expected;
  return std::nullopt;
}

// Whether a later build may want to go on where this one ends. The groups of an anonymised version are numbered in the
// order of staging, which is another one then.
bool may_be_resumed(const BuildState& state, const Project& project) {
  return state.key && state.request.config.audience == Audience::kPrivate &&
         log_bytes(project) >= static_cast<std::uint64_t>(state.request.config.resume_bytes);
}

}  // namespace

Result<ProjectOutcome> stage_project(BuildState& state, std::size_t index, const Project& project,
                                     const ReadOptions& options) {
  SubjectName subject;
  if (!state.cache) {
    const auto file = state.staging_folder.path() / (std::to_string(index) + ".rows");
    QF_ASSIGN(CachedProject made, stage_anew(state, project, options, file, {}, subject));
    ProjectOutcome outcome = made.outcome;
    add_project(state, project, subject, std::move(made));
    if (state.request.publishes()) ++state.reused.read;
    return outcome;
  }

  const StageCache& cache = *state.cache;
  const std::string tag = state.tags.subject_tag(project.name);
  const std::string settings = settings_of(state, project);
  auto known = cache.find(tag, settings);
  FilesNow files = FilesNow::kChanged;
  if (known) {
    files = look_at_files(*known, project, state.request.verify_inputs);
    if (files == FilesNow::kChanged) ++state.reused.changed;
    subject = subject_of(state.who.view, project, known->signs);
    const bool same_person = subject.key == known->subject_key &&
                             permissions_of(state, project, subject, known->signs) == known->permissions;
    if (!same_person || is_erased(state, project, subject)) {
      known.reset();
    } else if (files == FilesNow::kUnchanged) {
      ++state.reused.unchanged;
      ProjectOutcome outcome = known->outcome;
      add_project(state, project, subject, std::move(*known));
      if (options.progress_bytes != nullptr)
        for (const LogFile& log : project.logs) options.progress_bytes->fetch_add(log.size, std::memory_order_relaxed);
      return outcome;
    }
  }
  QF_CHECK(cache.forget(tag));
  auto logs = known_logs(project);
  const auto companions = known_companions(project);
  std::optional<CachedProject> made;
  const bool may_go_on = may_be_resumed(state, project);
  if (known && may_go_on && files == FilesNow::kGrown)
    made = stage_growth(state, project, options, tag, *known, subject);
  if (made) {
    ++state.reused.continued;
  } else {
    const auto resume = may_go_on ? cache.next_resume_file(tag) : std::filesystem::path();
    QF_ASSIGN(made, stage_anew(state, project, options, cache.rows_file(tag), resume, subject));
  }
  ++state.reused.read;
  if (is_erased(state, project, subject)) {
    QF_CHECK(cache.remove(tag));
  } else if (logs && companions && made->outcome.skipped.empty() && add_what_was_read(*logs, project, made->inputs)) {
    made->settings = settings;
    made->logs = std::move(*logs);
    made->companions = *companions;
    QF_CHECK(cache.keep(tag, *made));
  }
  ProjectOutcome outcome = made->outcome;
  add_project(state, project, subject, std::move(*made));
  return outcome;
}

}  // namespace qf
