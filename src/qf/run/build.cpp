#include "qf/run/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "qf/core/text.h"
#include "qf/curate/duplicates.h"
#include "qf/ledger/assignments.h"
#include "qf/run/build_state.h"

namespace qf {
namespace {

// The columns whose text is compared between splits.
std::vector<std::size_t> text_columns(TableId table) {
  switch (table) {
    case TableId::kDecisions: return {column_of<TableId::kDecisions, "question_text">()};
    case TableId::kCorrections:
      return {column_of<TableId::kCorrections, "before">(), column_of<TableId::kCorrections, "after">()};
    case TableId::kQuestions: return {column_of<TableId::kQuestions, "question_text">()};
  }
  return {};
}

// Permits, fingerprints, applies the policy and stages the rows of one project.
Status stage_project(BuildState& state, const Project& project, ProjectReading&& reading) {
  const SubjectName subject = subject_of(state.view, project, signs_of(project, reading));
  ProjectRows& rows = reading.rows;
  std::vector<SessionRows> sessions(rows.sessions.size());
  Tally dropped;
  std::string normal;
  std::uint32_t number = 0;
  bool any = false;
  for (StagedRow& row : rows.rows) {
    const RowPermission permission = permission_for(state.view, subject.key, row.facts.time_us, row.facts.has_time);
    if (permission.drop != DropReason::kNone) {
      ++dropped.dropped[std::string(text_of(permission.drop).name)];
      continue;
    }
    if (!any) number = state.subjects.number(subject);
    any = true;
    SessionRows& session = sessions[row.facts.session];
    SessionRows::Part& part = session.parts[static_cast<std::size_t>(row.table)];
    for (const std::size_t column : text_columns(row.table)) {
      const Cell& cell = row.cells[column];
      if (cell.is_null()) continue;
      normalise_for_comparison(cell.view(), normal);
      if (!normal.empty())
        part.texts.push_back({state.tags.fingerprint(normal), static_cast<std::uint32_t>(part.rows.size()), number});
    }
    state.policy.apply(row.table, row.cells, permission.texts, rows.arena);
    StagedRowEntry entry;
    entry.table = row.table;
    Fingerprint line;
    // A question has no line of its own: its name within the project stands for it.
    if (row.table == TableId::kQuestions)
      line = state.tags.fingerprint(row.cells[column_of<TableId::kQuestions, "record_id">()].view());
    else
      line.bytes = row.facts.line_hash;
    entry.key = state.tags.row_key(project.name, line, row.facts.occurrence);
    StagedRun::encode(row.table, row.cells, part.bytes, entry.content);
    part.rows.push_back(entry);
  }
  std::uint64_t kept_sessions = 0, sittings = 0, with_decisions = 0;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (sessions[i].empty()) continue;
    ++kept_sessions;
    sittings += rows.sessions[i].sittings;
    with_decisions += rows.sessions[i].sittings_with_decisions;
    sessions[i].id = project.name + '\0' + rows.sessions[i].id;
    sessions[i].subject = number;
    QF_CHECK(state.staged.add(std::move(sessions[i])));
  }
  QF_ASSIGN(ProjectIdentity identity, identify(project, reading.inputs));
  if (any) identity.subject = subject.key;
  const std::lock_guard lock(state.mutex);
  if (subject.passed_over) state.passed_over.push_back(passed_over_warning(project));
  if (auto line = line_to_bind(project, subject)) state.lines_to_bind.push_back(std::move(*line));
  state.result.tally.add(dropped);
  state.identity.projects.push_back(std::move(identity));
  for (const InputFacts& input : reading.inputs)
    state.inputs.push_back({state.tags.subject_tag(input.sha256), input.bytes, input.lines});
  if (any) state.subjects_with_rows.insert(number);
  state.sessions += kept_sessions;
  state.sittings += sittings;
  state.sittings_with_decisions += with_decisions;
  return {};
}

// Places people into splits: those of earlier versions stay where they are.
Result<std::vector<WrittenSubject>> place_people(BuildState& state, const std::vector<SplitAssignment>& stored,
                                                 Assignments& all) {
  Assignments old;
  for (const SplitAssignment& one : stored) {
    Assignment placed{Split::kTrain, one.fold};
    for (const Split split : {Split::kValidation, Split::kTest})
      if (one.split == to_string(split)) placed.split = split;
    old.emplace(one.subject_tag, placed);
  }
  std::vector<std::string> tags;
  for (const std::uint32_t subject : state.subjects_with_rows)
    tags.push_back(state.tags.subject_tag(state.subjects[subject].key));
  all = assign_splits(old, tags, state.request.config.ratios);
  std::vector<WrittenSubject> subjects(state.subjects.size());
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    subjects[i].key = state.subjects[i].key;
    const auto found = all.find(state.tags.subject_tag(subjects[i].key));
    if (found != all.end()) subjects[i].assignment = found->second;
    state.identity.assignments[subjects[i].key] = subjects[i].assignment;
    state.identity.subjects.push_back(subjects[i].key);
  }
  return subjects;
}

void drop_shared_text(BuildState& state, const std::vector<WrittenSubject>& subjects) {
  if (!state.request.config.drop_shared_text) return;
  std::vector<TextPlace> places;
  places.reserve(state.staged.texts().size());
  for (const StagedText& text : state.staged.texts())
    places.push_back({text.text.bytes, text.row, subjects[text.subject].assignment.split});
  for (const std::uint32_t row : shared_rows_of_train(places)) {
    state.staged.rows()[row].dropped = true;
    ++state.result.tally.dropped[std::string(text_of(DropReason::kSharedText).name)];
  }
}

// The ledger's view with what lies beside the projects: recorded, but for a dry run, which leaves nothing behind.
Result<LedgerView> with_statements(const std::optional<Database>& ledger, const std::vector<ConsentStatement>& beside,
                                   const BuildRequest& request, std::int64_t as_of_us) {
  if (!request.dry_run) {
    QF_ASSIGN([[maybe_unused]] const ConsentImport imported, record_consent(*ledger, beside, request.now_us));
    return LedgerView::load(*ledger, as_of_us);
  }
  std::vector<ProjectOwner> owners;
  std::vector<ConsentEvent> events;
  if (ledger) {
    QF_ASSIGN(owners, list_owners(*ledger));
    QF_ASSIGN(events, list_consent(*ledger));
  }
  for (const ConsentStatement& statement : beside)
    events.push_back({static_cast<std::int64_t>(events.size()) + 1, statement, request.now_us});
  return LedgerView::from(owners, events, as_of_us);
}

std::string quoted_path(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

// What a person can do about a refusal, as commands.
std::vector<std::string> ways_on(const BuildState& state) {
  const BuildRequest& request = state.request;
  std::string paths;
  for (const auto& path : request.paths) paths += " " + quoted_path(path);
  const std::string store = " --store " + quoted_path(request.store);
  std::vector<std::string> next;
  const auto& dropped = state.result.tally.dropped;
  const bool no_times = dropped.size() == 1 && dropped.contains("no_time");
  if (sum(state.result.tally.records) == 0 || no_times) {
    next.push_back("qf-dataset check" + paths);
  } else if (dropped.contains("no_consent_record")) {
    next.push_back("qf-dataset people list" + paths + store + " > people.csv");
    next.push_back("qf-dataset people import people.csv" + store);
    next.push_back("qf-dataset consent import consent.csv" + store);
    next.push_back("qf-dataset consent give --me" + paths + " --scope model_training --covers-from YYYY-MM-DD" + store);
  } else if (!dropped.empty()) {
    next.push_back("qf-dataset consent list" + store);
  }
  return next;
}

}  // namespace

Result<BuildResult> build(const BuildRequest& request) {
  const auto started = std::chrono::steady_clock::now();
  const std::int64_t as_of_us = request.as_of_us.value_or(request.now_us);
  QF_ASSIGN(Policy policy, Policy::compile(request.config.audience, request.config.text));
  QF_ASSIGN(const Discovery found, discover(request.paths));  // a path that does not exist leaves nothing behind

  // People, consent and keys as they stand.
  const Store store(request.store);
  std::optional<Database> ledger;
  if (request.dry_run ? store.exists() : true) {
    QF_ASSIGN(ledger, request.dry_run ? store.open_read_only() : store.open_or_create());
  }
  bool key_created = false;
  std::optional<KeyFile> key;
  KeyedTag tags = KeyedTag::ephemeral();
  if (!request.dry_run || std::filesystem::exists(request.key_file)) {
    QF_ASSIGN(key, KeyFile::open_or_create(request.key_file, key_created));
    QF_ASSIGN(tags, KeyedTag::make(*key));
  }
  LedgerView view = LedgerView::from({}, {}, as_of_us);
  std::vector<SplitAssignment> stored;
  std::vector<std::string> warnings;
  if (ledger) {
    QF_ASSIGN(view, LedgerView::load(*ledger, as_of_us));
    QF_ASSIGN(stored, load_assignments(*ledger));
  }
  QF_ASSIGN(const ProjectList list, list_projects(found));
  if (const auto beside = statements_beside_projects(list.projects, view, warnings); !beside.empty()) {
    QF_ASSIGN(view, with_statements(ledger, beside, request, as_of_us));
  }

  // Pass one, in parallel by project: read, decode, link, transform, permit, fingerprint, stage.
  const auto staging_file = (request.dry_run ? std::filesystem::temp_directory_path() : store.private_state()) /
                            fmt::format("staged-{}.run", ::getpid());
  QF_ASSIGN(StagedRun staged, StagedRun::create(staging_file));
  BuildState state{request,
                   store,
                   std::move(policy),
                   std::move(key),
                   std::move(tags),
                   std::move(view),
                   std::move(staged),
                   {},
                   {},
                   {},
                   {},
                   {},
                   {},
                   {},
                   0,
                   0,
                   0,
                   {}};
  state.result.audience = to_string(request.config.audience);
  state.result.dry_run = request.dry_run;
  state.result.key_created = key_created;
  state.result.warnings = std::move(warnings);
  ReadPlan plan;
  plan.paths = request.paths;
  plan.threads = static_cast<unsigned>(request.config.threads);
  plan.transform.text_features = std::any_of(request.config.text.begin(), request.config.text.end(),
                                             [](TextLevel level) { return level != TextLevel::kNone; });
  plan.tag = [&state](std::string_view name) { return "other:" + state.tags.tag(name); };
  plan.progress = request.progress;
  QF_ASSIGN(ReadSummary read, read_projects(plan, [&](std::size_t, const Project& project, ProjectReading&& reading) {
              return stage_project(state, project, std::move(reading));
            }));
  std::sort(state.passed_over.begin(), state.passed_over.end());
  state.result.warnings.insert(state.result.warnings.end(), state.passed_over.begin(), state.passed_over.end());
  if (!request.dry_run) QF_CHECK(bind_first_lines(*ledger, state.lines_to_bind));
  const Tally dropped = std::move(state.result.tally);
  state.result.tally = std::move(read.tally);
  state.result.tally.add(dropped);
  state.result.bytes = read.bytes;
  state.result.skipped = std::move(read.skipped);

  // Between the passes, on keys and fingerprints only: split, shared texts, gates.
  Assignments assignments;
  QF_ASSIGN(const std::vector<WrittenSubject> subjects, place_people(state, stored, assignments));
  drop_shared_text(state, subjects);
  std::set<std::uint32_t> people;
  std::uint64_t rows = 0, decisions = 0;
  for (const StagedBlock& block : state.staged.blocks())
    for (std::uint32_t i = 0; i < block.rows; ++i)
      if (!state.staged.rows()[block.first_row + i].dropped) {
        ++rows;
        decisions += block.table == TableId::kDecisions ? 1U : 0U;
        people.insert(state.staged.sessions()[block.session].subject);
      }
  state.result.subjects = people.size();
  for (const std::uint32_t subject : people)
    state.result.confirmed_subjects += state.subjects[subject].confirmed ? 1U : 0U;
  state.result.gates = run_gates({rows, decisions, people.size(), state.result.confirmed_subjects,
                                  state.sittings_with_decisions, request.config.required_sessions(),
                                  request.config.required_subjects(), request.config.audience == Audience::kPrivate});

  // Pass two: pseudonymise, write, read back, describe, publish.
  if (!may_publish(state.result.gates)) {
    state.result.next = ways_on(state);
  } else if (request.dry_run) {
    state.result.logical_digest = logical_digest_of(published_rows(state, subjects));
  } else {
    QF_CHECK(publish(state, *ledger, subjects, assignments));
  }
  state.result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return std::move(state.result);
}

}  // namespace qf
