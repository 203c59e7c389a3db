#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>

#include "qf/core/digest.h"
#include "qf/core/in_threads.h"
#include "qf/core/whole_file.h"
#include "qf/ledger/assignments.h"
#include "qf/ledger/chain.h"
#include "qf/output/durable.h"
#include "qf/run/build_state.h"
#include "qf/run/context_digest.h"
#include "qf/run/said_digest.h"
#include "qf/store/build_record.h"
#include "qf/store/identity.h"
#include "qf/store/program.h"
#include "qf/store/published_rows.h"
#include "qf/store/row_tree.h"

namespace qf {
namespace {

// Rows of one project that go into the index together.
constexpr std::size_t kRowsAtOnce = 4096;

// Whether a version was published under this configuration; then equal rows are the same dataset.
bool published_with(const std::filesystem::path& folder, const Config& config) {
  const auto content = read_whole_file(folder / "manifest.json");
  if (!content) return false;
  const auto manifest = parse_manifest(*content);
  if (!manifest) return false;
  const auto text = manifest->documents.find("configuration");
  return text != manifest->documents.end() && text->second == nlohmann::json(canonical_config(config)).dump();
}

std::vector<RecordedProject> recorded_projects(const BuildState& state) {
  std::vector<RecordedProject> projects;
  for (const ProjectIdentity& one : state.identity.projects)
    projects.push_back({one.name, one.subject.empty() ? "" : state.tags.subject_tag(one.subject), one.logs,
                        one.question_files, one.dropped});
  return projects;
}

std::map<std::string, std::string> recorded_permissions(const BuildState& state) {
  std::map<std::string, std::string> permissions;
  for (const std::string& subject : state.identity.subjects) {
    std::string allowed;
    state.who.view.append_canonical(allowed, subject);
    permissions[state.tags.subject_tag(subject)] = to_hex(sha256(allowed));
  }
  return permissions;
}

BuildRecord record_of(const BuildState& state, const Assignments& assignments, const VersionPlan& plan,
                      const WrittenVersion& written, const RowIndexFacts& index) {
  BuildRecord record;
  record.program_version = QF_VERSION;
  record.libraries = program_libraries();
  record.schema_version = kSchemaVersion;
  record.rules_version = kRulesVersion;
  record.row_digests = row_digests_of(state.request.config.audience);
  record.row_projects = index.projects_digest;
  record.identity = plan.identity;
  record.key_id = state.key->id();
  record.previous_version = plan.previous;
  record.as_of_us = state.who.view.as_of_us();
  record.configuration = canonical_config(state.request.config);
  for (const auto& path : state.request.paths) record.roots.push_back(std::filesystem::absolute(path).string());
  record.twin_files = state.result.tally.twin_files;
  record.twin_lines = state.result.tally.twin_lines;
  record.projects = recorded_projects(state);
  // What was dropped between the passes; both lists stand in the order of the projects' names.
  for (std::size_t i = 0; i < record.projects.size(); ++i) {
    const StagedRun::Project& staged = state.staged.projects[i];
    const std::uint64_t shared = state.staged.shared_texts_of(staged);
    const auto add = [&](DropReason reason, std::uint64_t rows) {
      if (rows != 0) record.projects[i].dropped[std::string(text_of(reason).name)] = rows;
    };
    add(DropReason::kSharedText, shared);
    add(DropReason::kSmallGroup, state.staged.dropped_of(staged) - shared);
  }
  record.permissions = recorded_permissions(state);
  for (const auto& [tag, placed] : assignments)
    record.assignments.push_back({tag, std::string(to_string(placed.split)), placed.fold, ""});
  record.files = written.files;
  return record;
}

// The number of the next version: from the difference to the live one, and never one that was used before.
Result<VersionNumber> number_of(const Store& store, const Database& ledger, Audience audience,
                                const std::optional<VersionFacts>& live, const std::filesystem::path& rows) {
  VersionNumber number{1, 0, 0};
  if (live) {
    QF_ASSIGN(RowIndexReader before, open_published_rows(store, audience, *live));
    QF_ASSIGN(RowIndexReader after, RowIndexReader::open(rows));
    QF_ASSIGN(const RowDifference difference, compare_rows(before, after));
    number = next_version(live->version, difference);
  }
  // Not even where its version was revoked.
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& past : versions)
    if (past.audience == audience && past.version >= number) number = {past.version.major + 1, 0, 0};
  return number;
}

// Makes a written version the live one. Whatever happens on the way, the ledger's transaction alone decides whether it
// was published: recover() undoes what stands before it and completes what follows it.
Status make_live(const BuildState& state, const Database& ledger, const VersionFacts& facts, const BuildRecord& record,
                 const std::filesystem::path& staging, const RowTreeFiles& rows, const RowTreeRoot& tree,
                 const Assignments& assignments) {
  const Store& store = state.store;
  const Audience audience = state.request.config.audience;
  const std::string version = to_string(facts.version);
  const auto folder = store.version_folder(audience, facts.version);
  std::error_code error;
  // 1. A note of what is about to appear, so that a folder without an entry in the ledger can be told from a ledger
  // that was put back from an older copy.
  QF_CHECK(write_file_durably(publishing_file(store),
                              nlohmann::json{{"audience", to_string(audience)}, {"version", version}}.dump() + "\n",
                              Readers::kOwner));
  // 2. What later builds compare with and rebuild from.
  QF_CHECK(write_file_durably(build_record_file(store, audience, facts.version), record_json(record), Readers::kOwner));
  const RowTreeFiles named = row_tree_files(store, audience, facts.version);
  std::filesystem::rename(rows.rows, named.rows, error);
  if (!error) std::filesystem::rename(rows.leaves, named.leaves, error);
  if (error) return failure(ErrorCode::kIo, rows.rows.string() + ": " + error.message());
  QF_CHECK(sync_folder(store.private_state()));
  // 3. The whole version, under its name.
  std::filesystem::rename(staging, folder, error);
  if (error) return failure(ErrorCode::kIo, folder.string() + ": " + error.message());
  QF_CHECK(sync_folder(folder.parent_path()));
  // 4. The one moment at which it is published.
  std::vector<SplitAssignment> stored;
  for (const auto& [tag, placed] : assignments)
    stored.push_back({tag, std::string(to_string(placed.split)), placed.fold, version});
  {
    QF_ASSIGN(auto transaction, ledger.begin());
    QF_CHECK(state.key_is_new ? replace_assignments(ledger, stored) : store_assignments(ledger, stored));
    // In the chain, too: a signed checkpoint then fixes what a receipt starts from.
    const nlohmann::json rows_body = {{"version", name_of(facts)}, {"root", tree.root}, {"rows", tree.rows}};
    QF_CHECK(append_entry(ledger, "rows_committed", rows_body.dump(), "", facts.created_at_us));
    // The entry of the publication states the tree, too, which refers to the version.
    QF_CHECK(ledger.execute("PRAGMA defer_foreign_keys = ON"));
    QF_CHECK(record_row_tree(ledger, to_string(audience), facts.version, tree));
    QF_CHECK(record_publication(ledger, facts));
    QF_CHECK(transaction.commit());
  }
  // 5. What readers look at.
  QF_CHECK(write_file_durably(folder.parent_path() / "CURRENT", version + "\n"));
  std::filesystem::remove(publishing_file(store), error);
  return sync_folder(store.private_state());
}

// Removes what a publication that fails has written so far: on a full disk, its room is wanted.
class Unpublished {
 public:
  explicit Unpublished(RowTreeFiles rows) : rows_(std::move(rows)) {}
  Unpublished(const Unpublished&) = delete;
  Unpublished& operator=(const Unpublished&) = delete;
  ~Unpublished() {
    std::error_code ignored;
    for (const auto& file : {rows_.rows, rows_.leaves}) std::filesystem::remove(file, ignored);
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  void also(std::filesystem::path folder) { folder_ = std::move(folder); }

 private:
  RowTreeFiles rows_;
  std::filesystem::path folder_;
};

// A version of the same inputs whose rows are known to be others.
Result<std::optional<VersionFacts>> with_other_rows(const BuildState& state, const Database& ledger,
                                                    const std::string& identity, const std::string& logical_digest) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& version : versions) {
    if (version.identity != identity || version.logical_digest == logical_digest) continue;
    // Under another key other digests come of the same rows, and other salts belong to them.
    if (!state.key->serves(version.key_id)) continue;
    // Digests of another form say nothing about the rows.
    const auto record = read_published_record(state.store, version);
    if (record && record->row_digests != row_digests_of(state.request.config.audience)) continue;
    return version;
  }
  return std::nullopt;
}

}  // namespace

Result<RowIndexFacts> write_row_index(const BuildState& state, const std::vector<WrittenSubject>& subjects,
                                      const std::filesystem::path& file) {
  // The staged projects stand in the order of their names, as those of the record do: a row's project is its place.
  const std::vector<StagedRun::Project>& projects = state.staged.projects;
  RowIndexWriter index(file, static_cast<std::size_t>(state.request.config.memory_bytes) / 4, state.staged.rows);
  std::mutex adding;
  QF_CHECK(in_threads(projects.size(), state.threads(), [&](std::size_t place) -> Status {
    if (projects[place].staged.blocks.empty()) return {};  // it has no person either
    const Assignment& placed = subjects[projects[place].subject].assignment;
    std::vector<PublishedRow> rows;
    const auto add_all = [&]() -> Status {
      const std::lock_guard lock(adding);
      for (const PublishedRow& row : rows) QF_CHECK(index.add(row));
      rows.clear();
      return {};
    };
    const auto add = [&](const StagedBlock& block, const StagedEntry& entry, const RowDigest& content) -> Status {
      rows.push_back({entry.key, block.table, content, placed.split, static_cast<std::uint8_t>(placed.fold),
                      static_cast<std::uint32_t>(place)});
      return rows.size() < kRowsAtOnce ? Status{} : add_all();
    };
    if (state.groups) {
      const bool says_whose = state.policy.leaves(TableId::kDecisions, column_of<TableId::kDecisions, "subject_id">());
      const std::string salt = state.tags.subject_tag(says_whose ? subjects[projects[place].subject].key : "");
      const bool external = state.request.config.audience == Audience::kExternal;
      QF_CHECK(for_each_said({state.staged, *state.groups, external, salt}, projects[place], add));
      return add_all();
    }
    QF_ASSIGN(const auto context, context_changes(state.staged, projects[place], state.tags));
    QF_CHECK(state.staged.for_each_row_of(
        projects[place], [&](const StagedBlock& block, const StagedEntry& entry, std::uint64_t row) -> Status {
          RowDigest content = entry.content;
          // That a later row replaced it belongs to what it says.
          if (state.staged.replaced.test(row)) content[0] ^= 0x80;
          // And which of the decisions before it stand in it.
          if (const auto change = context.find(entry.number); change != context.end()) mix(content, change->second);
          return add(block, entry, content);
        }));
    return add_all();
  }));
  return index.finish(state.threads());
}

Status count_rows(BuildState& state, const RowIndexFacts& index) {
  auto& written = state.result.tally.written;
  for (const TableSchema& table : tables())
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest})
      if (const std::uint64_t rows = index.rows_of[static_cast<std::size_t>(table.id)][static_cast<std::size_t>(split)];
          rows != 0)
        written[std::string(table.name)][std::string(to_string(split))] = rows;
  return state.result.tally.check_records();
}

Status publish(BuildState& state, const Database& ledger, const std::vector<WrittenSubject>& subjects,
               const Assignments& assignments) {
  const BuildRequest& request = state.request;
  const Audience audience = request.config.audience;
  const auto rows = state.store.private_state() / fmt::format("rows-{}.run", ::getpid());
  const RowTreeFiles tree_files{rows, state.store.private_state() / fmt::format("leaves-{}.run", ::getpid())};
  Unpublished unpublished(tree_files);
  QF_ASSIGN(const RowIndexFacts index, write_row_index(state, subjects, rows));
  state.result.logical_digest = index.logical_digest;

  QF_ASSIGN(const auto live, live_version(ledger, to_string(audience)));
  const std::string of_inputs = build_identity(state.identity, request.config, state.who.view);
  QF_ASSIGN(const auto other, with_other_rows(state, ledger, of_inputs, index.logical_digest));
  const std::string identity = other ? identity_of_other_rows(of_inputs, index.logical_digest) : of_inputs;
  if (live && !state.key_is_new) {
    const auto folder = state.store.version_folder(audience, live->version);
    const bool same_rows = live->logical_digest == index.logical_digest;
    if (live->identity == identity || (same_rows && published_with(folder, request.config))) {
      std::error_code error;
      if (!std::filesystem::is_directory(folder, error))
        return failure(ErrorCode::kCorrupt,
                       fmt::format("nothing has changed since {0}/{1}, which is live, but {2} is missing: put it back "
                                   "from a backup, or make it again with `qf-dataset rebuild {0}/{1} --out DIR` and "
                                   "move DIR there",
                                   to_string(live->audience), to_string(live->version), folder.string()));
      QF_CHECK(count_rows(state, index));
      state.result.unchanged = true;
      state.result.other_inputs = live->identity != identity;
      state.result.version = to_string(live->version);
      state.result.path = folder;
      state.result.content_digest = live->content_digest;
      state.result.logical_digest = live->logical_digest;
      state.result.stages.end("between");
      return {};
    }
  }
  if (other)
    state.result.warnings.push_back(
        fmt::format("{} was built from the same inputs, and other rows come out of them now: the program or a library "
                    "has changed since, or files have changed their places",
                    name_of(*other)));
  // The tree is wanted only when the version is whole: it grows beside the writing of the tables.
  std::future<Result<RowTreeRoot>> growing = beside(state.threads() > 1, [&]() -> Result<RowTreeRoot> {
    QF_CHECK(sync_file(tree_files.rows));
    return write_row_tree(tree_files, carried_files(state.store, audience));
  });
  VersionPlan plan;
  QF_ASSIGN(plan.number, number_of(state.store, ledger, audience, live, rows));
  QF_CHECK(state.store.make_audience_folder(audience));
  plan.folder = state.store.audience_folder(audience) / fmt::format(".staging-{}", ::getpid());
  unpublished.also(plan.folder);
  plan.spill_folder = state.work_folder;
  plan.previous = live ? to_string(live->version) : "";
  plan.identity = identity;
  QF_ASSIGN(plan.salt, state.key->salt_for(pseudonym_identity(request.config, identity)));
  state.result.stages.end("between");
  QF_ASSIGN(const WrittenVersion written, write_version(state, subjects, plan));
  QF_ASSIGN(const RowTreeRoot tree, growing.get());
  state.result.stages.end("pass two");

  VersionFacts facts;
  facts.audience = audience;
  facts.version = plan.number;
  facts.identity = identity;
  facts.salt_identity = pseudonym_identity(request.config, identity);
  facts.content_digest = state.result.content_digest;
  facts.logical_digest = index.logical_digest;
  facts.created_at_us = request.created_at_us.value_or(request.now_us);
  facts.as_of_us = state.who.view.as_of_us();
  facts.program_version = QF_VERSION;
  facts.key_id = state.key->id();
  facts.sums_digest = written.sums_digest;
  const BuildRecord record = record_of(state, assignments, plan, written, index);
  QF_CHECK(make_live(state, ledger, facts, record, plan.folder, tree_files, tree, assignments));
  state.result.version = to_string(plan.number);
  state.result.path = state.store.version_folder(audience, plan.number);
  state.result.stages.end("publish");
  return {};
}

void describe_inputs(BuildState& state) {
  state.result.projects = recorded_projects(state);
  state.result.permissions = recorded_permissions(state);
}

Status reproduce(BuildState& state, const std::vector<WrittenSubject>& subjects) {
  const Reproduction& wanted = *state.request.reproduction;
  QF_ASSIGN(const RowIndexFacts index, write_row_index(state, subjects, wanted.rows));
  state.result.logical_digest = index.logical_digest;
  state.result.identity = build_identity(state.identity, state.request.config, state.who.view);
  if (wanted.identity == identity_of_other_rows(state.result.identity, index.logical_digest))
    state.result.identity = wanted.identity;
  if (state.result.identity != wanted.identity) return {};
  QF_ASSIGN(const auto salt, state.key->peek_salt(pseudonym_identity(state.request.config, wanted.identity)));
  if (!salt)
    return failure(ErrorCode::kNotFound,
                   fmt::format("{}.salts: the salt of this version is not in it, so the version cannot be built again. "
                               "Unless it was destroyed for good, which `keys status --store` says: put the file back "
                               "from its backup",
                               state.key->path().string()));
  VersionPlan plan;
  plan.number = wanted.version;
  plan.folder = wanted.folder;
  plan.spill_folder = state.work_folder;
  plan.previous = wanted.previous;
  plan.identity = wanted.identity;
  plan.salt = *salt;
  QF_ASSIGN([[maybe_unused]] const WrittenVersion written, write_version(state, subjects, plan));
  state.result.version = to_string(wanted.version);
  state.result.path = wanted.folder;
  return {};
}

}  // namespace qf
