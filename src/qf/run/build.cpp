#include "qf/run/build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <set>
#include <tuple>

#include "qf/core/in_threads.h"
#include "qf/core/text.h"
#include "qf/curate/duplicates.h"
#include "qf/ledger/assignments.h"
#include "qf/run/anonymity_facts.h"
#include "qf/run/build_state.h"
#include "qf/run/consent_methods.h"
#include "qf/run/gate_facts.h"
#include "qf/run/opened_build.h"
#include "qf/run/recorded_inputs.h"
#include "qf/store/build_record.h"
#include "qf/store/program.h"
#include "qf/store/published_rows.h"
#include "qf/store/scratch.h"
#include "qf/store/space.h"
#include "qf/store/withdrawal.h"

namespace qf {
namespace {

// Places people into splits: those of earlier versions stay where they are.
Result<std::vector<WrittenSubject>> place_people(BuildState& state, const Database* ledger, Assignments& all) {
  std::vector<SplitAssignment> stored;
  std::uint64_t draw = 0;
  if (ledger) {
    // Tags of another key say nothing about these people.
    if (!state.key_is_new) {
      QF_ASSIGN(stored, load_assignments(*ledger));
    }
    QF_ASSIGN(draw, split_draw(*ledger));
  }
  if (state.request.reproduction != nullptr) stored = state.request.reproduction->assignments;
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
  all = assign_splits(old, tags, state.request.config.ratios, draw);
  for (std::string& warning : split_warnings(all, tags, state.request.config.ratios))
    state.result.warnings.push_back(std::move(warning));
  // What the ledger keeps is how people were placed; what an external version says of it must not single them out.
  std::array<int, kSplitCount> folds;
  folds.fill(kFoldCount);
  if (state.request.config.audience == Audience::kExternal) {
    std::vector<Assignment> placed;
    for (const std::string& tag : tags) placed.push_back(all.at(tag));
    folds = folds_of_at_least(placed, static_cast<std::size_t>(required_k(Audience::kExternal)));
  }
  std::vector<WrittenSubject> subjects(state.subjects.size());
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    subjects[i].key = state.subjects[i].key;
    const auto found = all.find(state.tags.subject_tag(subjects[i].key));
    if (found != all.end())
      subjects[i].assignment = {found->second.split,
                                found->second.fold % folds[static_cast<std::size_t>(found->second.split)]};
    state.identity.assignments[subjects[i].key] = subjects[i].assignment;
    state.identity.subjects.push_back(subjects[i].key);
    if (!state.who.decided.empty())
      append_decisions(state.who.decided, subjects[i].key, state.identity.decisions[subjects[i].key]);
  }
  return subjects;
}

// Rows of train whose text also stands in another split.
Status drop_shared_text(BuildState& state, const std::vector<WrittenSubject>& subjects) {
  if (!state.request.config.drop_shared_text) return {};
  SharedTexts shared(state.work_folder, state.request.config.memory_bytes / 8);
  std::uint64_t texts = 0;
  for (const StagedRun::Project& project : state.staged.projects)
    for (const StagedBlock& block : project.staged.blocks) texts += block.texts;
  shared.reserve(texts);
  std::mutex adding;
  QF_CHECK(in_threads(state.staged.projects.size(), state.threads(), [&](std::size_t i) -> Status {
    const StagedRun::Project& project = state.staged.projects[i];
    if (project.staged.blocks.empty()) return {};
    const Split split = subjects[project.subject].assignment.split;
    std::vector<StagedEntry> entries;
    std::vector<StagedText> of_block;
    QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
    for (const StagedBlock& block : project.staged.blocks) {
      QF_CHECK(reader.facts(block, entries, of_block));
      const std::lock_guard lock(adding);
      for (const StagedText& text : of_block)
        QF_CHECK(shared.add(text.text.bytes, project.first_row + text.number, split));
    }
    return {};
  }));
  std::uint64_t& dropped = state.result.tally.dropped[std::string(text_of(DropReason::kSharedText).name)];
  const auto drop = [&](std::uint64_t row) {
    if (state.staged.dropped.test(row)) return;
    state.staged.dropped.set(row);
    state.staged.shared_text.set(row);
    ++dropped;
  };
  QF_CHECK(shared.for_each_shared_row_of_train(drop, state.threads()));
  if (dropped == 0) state.result.tally.dropped.erase(std::string(text_of(DropReason::kSharedText).name));
  return {};
}

SpaceEstimate estimate_space(const Store& store, const Database* ledger, const ProjectList& list,
                             const BuildRequest& request) {
  SpaceEstimate estimate;
  for (const Project& project : list.projects) estimate.log_bytes += log_bytes(project);
  if (ledger == nullptr) return estimate;
  const auto live = live_version(*ledger, to_string(request.config.audience));
  if (!live || !*live) return estimate;
  const auto record = read_published_record(store, **live);
  if (!record) return estimate;
  estimate.last_version_bytes = estimate.last_log_bytes = 0;
  for (const ManifestFile& file : record->files) *estimate.last_version_bytes += file.bytes;
  for (const RecordedProject& project : record->projects)
    for (const RecordedFile& log : project.logs) *estimate.last_log_bytes += log.bytes;
  return estimate;
}

// What a person can do about a refusal, as commands.
std::vector<std::string> ways_on(const BuildState& state, const GateFacts& facts) {
  const BuildRequest& request = state.request;
  std::string paths;
  for (const auto& path : request.paths) paths += " " + shell_quoted(path.string());
  const std::string store = " --store " + shell_quoted(request.store.string());
  std::vector<std::string> next;
  if (facts.differencing)
    for (const std::string& version : facts.differencing->in_the_way)
      next.push_back("qf-dataset revoke " + version + " --reason WHY" + store);
  const auto& dropped = state.result.tally.dropped;
  const bool no_times = dropped.size() == 1 && dropped.contains("no_time");
  const auto stops = [](const GateResult& gate) {
    return !gate.passed && gate.severity == Severity::kRefuse && gate.name != "differencing";
  };
  if (std::none_of(state.result.gates.begin(), state.result.gates.end(), stops)) {
    // Who may be in it is no question then: only what somebody holds stands in the way.
  } else if (sum(state.result.tally.records) == 0 || no_times) {
    next.push_back("qf-dataset check" + paths);
  } else if (dropped.contains("no_authorisation") || dropped.contains("no_controller")) {
    next.push_back("qf-dataset authorise list" + store);
    next.push_back(
        fmt::format("qf-dataset authorise add --controller NAME --basis consent --dpia REF --audience {} "
                    "--until YYYY-MM-DD{}",
                    to_string(request.config.audience), store));
    if (dropped.contains("no_controller")) next.push_back("qf-dataset people list" + paths + store + " > people.csv");
  } else if (dropped.contains("no_consent_record")) {
    next.push_back("qf-dataset people list" + paths + store + " > people.csv");
    next.push_back("qf-dataset people import people.csv" + store);
    next.push_back("qf-dataset consent import consent.csv" + store);
    next.push_back("qf-dataset consent give --me" + paths + " --scope model_training --covers-from YYYY-MM-DD" + store);
  } else if (!dropped.empty()) {
    next.push_back("qf-dataset consent list" + store);
  }
  if (request.config.audience != Audience::kPrivate)
    next.push_back("qf-dataset build" + paths + store + " --audience private");
  return next;
}

}  // namespace

Result<RunFolder> RunFolder::create(std::filesystem::path path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (!error) std::filesystem::create_directory(path, error);
  if (!error) std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, path.string() + ": " + error.message());
  return RunFolder(std::move(path));
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

namespace {

// One text stands in many rows, and one decision is about all of them: the number of texts is that of decisions.
void count_set_apart_in(BuildState& state) {
  Tally& tally = state.result.tally;
  tally.quarantined.clear();
  std::set<std::string_view> texts;
  for (const QuarantineItem& item : state.held)
    if (texts.insert(item.id).second) ++tally.quarantined[item.reason];
  tally.quarantined_rows = count_set_apart(state.held).rows;
}

// Pass one, in parallel by project: read, decode, link, transform, permit, fingerprint, stage. Takes the list along:
// of many projects it is large, and nothing behind pass one asks for it.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
Status read_and_stage(BuildState& state, ProjectList list, const Database* ledger) {
  ReadPlan plan;
  plan.threads = state.threads();
  plan.transform.text_features = std::any_of(state.request.config.text.begin(), state.request.config.text.end(),
                                             [](TextLevel level) { return level != TextLevel::kNone; });
  plan.tag = [&state](std::string_view name) { return "other:" + state.tags.tag(name); };
  plan.transform.spill_folder = state.work_folder;
  plan.progress = state.request.progress;
  QF_ASSIGN(ReadSummary read,
            read_projects(list, plan, [&](std::size_t index, const Project& project, const ReadOptions& options) {
              return stage_project(state, index, project, options);
            }));
  state.staged.seal();
  std::sort(state.identity.projects.begin(), state.identity.projects.end(),
            [](const ProjectIdentity& a, const ProjectIdentity& b) { return a.name < b.name; });
  if (state.cache) {
    std::set<std::string> tags;
    for (const Project& project : list.projects) tags.insert(state.tags.subject_tag(project.name));
    QF_CHECK(state.cache->keep_only(tags));
  }
  state.result.projects_reused = state.reused.unchanged;
  state.result.projects_read = state.reused.read;
  state.result.projects_continued = state.reused.continued;
  state.result.projects_changed = state.reused.changed;
  state.result.stages.end("pass one");
  // Projects come as they are done; what is told of a text first is the same every time.
  std::sort(state.held.begin(), state.held.end(), [](const QuarantineItem& a, const QuarantineItem& b) {
    return std::tie(a.id, a.project, a.place, a.field, a.reason) <
           std::tie(b.id, b.project, b.place, b.field, b.reason);
  });
  std::sort(state.passed_over.begin(), state.passed_over.end());
  state.result.warnings.insert(state.result.warnings.end(), state.passed_over.begin(), state.passed_over.end());
  if (state.request.publishes()) {
    QF_CHECK(bind_first_lines(*ledger, state.lines_to_bind, state.request.now_us));
    QF_CHECK(record_quarantine(*ledger, state.held));
  }
  state.result.tally = std::move(read.tally);
  count_set_apart_in(state);
  state.result.bytes = read.bytes;
  state.result.skipped = std::move(read.skipped);
  return {};
}

Result<BuildResult> build_once(BuildRequest request, DoneBefore& done) {
  const auto started = std::chrono::steady_clock::now();
  StageTimes stages;
  QF_ASSIGN(Policy policy, Policy::compile(request.config.audience, request.config.text));
  const unsigned threads = wanted_threads(request.config.threads);
  QF_ASSIGN(Discovery found, discover(request.paths, threads));  // a wrong path leaves nothing behind

  // The store and its key; people and consent.
  const Store store(request.store);
  QF_ASSIGN(OpenedStore opened, open_for_build(store, request, done));
  if (request.clock) request.now_us = request.clock();
  const std::int64_t as_of_us = request.as_of_us.value_or(request.now_us);
  const Database* ledger = opened.ledger();
  QF_ASSIGN(ProjectList list, list_projects(std::move(found), threads));
  if (request.reproduction != nullptr) {
    keep_recorded(list, request.reproduction->projects);
    list.twin_files = request.reproduction->twin_files;
    list.twin_lines = request.reproduction->twin_lines;
  }
  QF_ASSIGN(WhoMayBeIn who, who_may_be_in(opened, request, list.projects));
  // Removal is never gated: what somebody no longer agrees to goes before anything is known of what could follow.
  if (request.publishes()) {
    std::vector<Revocation> taken_back;
    const Status all =
        revoke_withdrawn(store, *opened.writable, {opened.key_is_new ? nullptr : &*opened.key, &opened.tags},
                         std::max(as_of_us, request.now_us), taken_back);
    for (const Revocation& one : taken_back) done.revoked.push_back(one.version);
    QF_CHECK(all);
    for (const Revocation& one : taken_back) QF_CHECK(one.cleaned);
  }
  std::optional<ScratchFolder> scratch;
  if (request.dry_run) {
    QF_ASSIGN(ScratchFolder made, ScratchFolder::create("dry-run"));
    scratch.emplace(std::move(made));
  }
  const auto work_folder = request.reproduction != nullptr ? request.reproduction->rows.parent_path()
                           : scratch                       ? scratch->path()
                                                           : store.private_state();
  QF_CHECK(check_space(work_folder, estimate_space(store, ledger, list, request).bytes()));

  QF_ASSIGN(RunFolder staging_folder, RunFolder::create(work_folder / fmt::format("staged-{}.run", ::getpid())));
  std::optional<StageCache> cache;
  const std::string program = program_on_disk();
  if (request.publishes() && !program.empty()) {
    QF_ASSIGN(cache, StageCache::open(staged_folder(store)));
    if (!request.reuse) QF_CHECK(cache->keep_only({}));
  }
  BuildState state{.request = request,
                   .store = store,
                   .policy = std::move(policy),
                   .key = std::move(opened.key),
                   .tags = std::move(opened.tags),
                   .who = std::move(who),
                   .work_folder = work_folder,
                   .staging_folder = std::move(staging_folder),
                   .cache = std::move(cache)};
  state.program = program;
  state.key_is_new = opened.key_is_new;
  state.result.stages = std::move(stages);
  state.result.stages.end("discover");
  state.result.audience = to_string(request.config.audience);
  state.result.dry_run = request.dry_run;
  state.result.warnings = std::move(state.who.warnings);
  QF_CHECK(read_and_stage(state, std::move(list), ledger));

  // Between the passes, on keys and fingerprints only: split, shared texts, gates.
  Assignments assignments;
  QF_ASSIGN(const std::vector<WrittenSubject> subjects, place_people(state, ledger, assignments));
  QF_CHECK(drop_shared_text(state, subjects));
  QF_ASSIGN(const GateFacts facts, gate_facts(state, ledger, subjects));
  state.result.gates = run_gates(facts);
  if (request.trial != nullptr) QF_CHECK(hand_over_trial(state, subjects));

  if (ledger) {
    const std::int64_t known_by = request.created_at_us.value_or(request.now_us);
    const auto smallest = static_cast<std::uint64_t>(std::max<std::int64_t>(1, required_k(request.config.audience)));
    QF_ASSIGN(const auto methods, consent_methods(*ledger, subjects, as_of_us, known_by, smallest));
    state.identity.consent_methods = in_words(methods);
  }

  if (request.reproduction != nullptr) describe_inputs(state);

  // Pass two: pseudonymise, write, read back, describe, publish.
  if (!may_publish(state.result.gates)) {
    state.result.next = ways_on(state, facts);
  } else if (request.dry_run) {
    const auto file = work_folder / fmt::format("rows-{}.run", ::getpid());
    QF_ASSIGN(const RowIndexFacts index, write_row_index(state, subjects, file));
    QF_CHECK(remove_file(file));
    QF_CHECK(count_rows(state, index));
    state.result.logical_digest = index.logical_digest;
  } else if (request.reproduction != nullptr) {
    QF_CHECK(reproduce(state, subjects));
  } else {
    QF_CHECK(publish(state, *ledger, subjects, assignments));
  }
  state.result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return std::move(state.result);
}

}  // namespace

Result<BuildResult> build(const BuildRequest& request, DoneBefore& done) {
  auto result = build_once(request, done);
  if (!result && result.error().code == ErrorCode::kStaleStaging) {
    // Rows kept from the build before are damaged. Nothing but time was lost: everything is read again.
    BuildRequest anew = request;
    anew.reuse = false;
    result = build_once(anew, done);
  }
  if (result) static_cast<DoneBefore&>(*result) = done;
  return result;
}

Result<BuildResult> build(const BuildRequest& request) {
  DoneBefore done;
  return build(request, done);
}

}  // namespace qf
