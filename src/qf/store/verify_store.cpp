#include <fmt/format.h>

#include <algorithm>

#include "qf/core/merkle.h"
#include "qf/ledger/audit_log.h"
#include "qf/ledger/row_trees.h"
#include "qf/store/build_record.h"
#include "qf/store/published_rows.h"
#include "qf/store/recover.h"
#include "qf/store/row_index.h"
#include "qf/store/row_tree.h"
#include "qf/store/verify.h"
#include "qf/store/version_name.h"

namespace qf {
namespace {

// Whether the commitment to a version's rows is the one that the ledger has the root of.
bool is_committed_to(const RowTreeFiles& files, const RowTreeRoot& tree) {
  auto reader = RowTreeReader::open(files);
  if (!reader) return false;
  MerkleRoot root;
  for (;;) {
    const auto row = reader->next();
    if (!row) return false;
    if (!*row) break;
    root.add((*row)->leaf);
  }
  return root.leaves() == tree.rows && to_hex(root.root()) == tree.root;
}

// What the ledger and private-state say of a version, against its files.
Result<VersionCheck> check_recorded(const Store& store, const Database& ledger, Audience audience,
                                    const VersionFacts& facts) {
  const auto folder = store.version_folder(audience, facts.version);
  const std::string name = to_string(facts.version);
  std::error_code error;
  VersionCheck check;
  check.folder = folder;
  check.version = name;
  check.audience = to_string(audience);
  if (!std::filesystem::is_directory(folder, error)) {
    check.problems.push_back({"",
                              "the ledger says it is there, but its folder is missing: put it back from a backup; "
                              "`rebuild` makes it again"});
    return check;
  }
  auto files = verify_version(folder);
  if (!files) {
    if (files.error().code != ErrorCode::kInvalidInput) return files;
    check.problems.push_back({"", files.error().message});
    return check;
  }
  check = std::move(*files);
  const auto problem = [&](std::string file, std::string what) {
    check.problems.push_back({std::move(file), std::move(what)});
  };
  if (std::filesystem::is_symlink(folder, error))
    problem("", folder.string() + ": is a link: the version lies elsewhere, where nobody looks after it");
  if (!check.version.empty() && (check.version != name || check.audience != to_string(facts.audience)))
    problem("manifest.json", fmt::format("is of {}/{}, but stands in the folder of {}/{}", check.audience,
                                         check.version, to_string(facts.audience), name));
  if (!facts.sums_digest.empty() && facts.sums_digest != check.sums_digest)
    problem("SHA256SUMS", "is not the one that was published: the ledger has another digest of it");
  if (!check.content_digest.empty() && check.problems.empty() && facts.content_digest != check.content_digest)
    problem("manifest.json", "its content_digest is not the one in the ledger");
  const auto rows = read_facts(row_index_file(store, audience, facts.version));
  if (rows && rows->logical_digest == facts.logical_digest) {
    QF_ASSIGN(const auto tree, load_row_tree(ledger, to_string(facts.audience), facts.version));
    const RowTreeFiles tree_files = row_tree_files(store, audience, facts.version);
    if (tree && !is_committed_to(tree_files, *tree))
      problem("", tree_files.leaves.string() +
                      ": is missing or damaged: an erasure could not prove what it takes out of this version");
  } else if (!rows)
    problem("", rows.error().message);
  else
    problem("", row_index_file(store, audience, facts.version).string() +
                    ": is damaged: its logical digest is not the one in the ledger");
  const auto record = read_published_record(store, facts);
  if (!record)
    problem("", record.error().message);
  else if (rows && rows->logical_digest == facts.logical_digest && !record->row_projects.empty() &&
           rows->projects_digest != record->row_projects)
    problem("", row_index_file(store, audience, facts.version).string() +
                    ": is damaged: the projects of its rows are not those in the record of the build; put it back from "
                    "a backup");
  return check;
}

}  // namespace

Result<VersionCheck> verify_version(const Store& store, Audience audience, const VersionNumber& version) {
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_CHECK(ledger.verify());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  const VersionFacts* facts = facts_of(versions, audience, version);
  if (facts == nullptr)
    return failure(ErrorCode::kNotFound, fmt::format("{}: there is no version {}/{}", store.folder().string(),
                                                     to_string(audience), to_string(version)));
  if (facts->removed_at_us) return failure(ErrorCode::kNotFound, how_it_went({audience, *facts}));
  QF_ASSIGN(VersionCheck check, check_recorded(store, ledger, audience, *facts));
  if (facts->state == VersionState::kLive && !StoreLock::is_held(store.folder())) {
    QF_ASSIGN(const std::string damage, damage_of_current(store, ledger, audience));
    if (!damage.empty()) check.problems.push_back({"CURRENT", damage});
  }
  return check;
}

bool StoreCheck::whole() const {
  return problems.empty() &&
         std::all_of(versions.begin(), versions.end(), [](const VersionCheck& version) { return version.whole(); });
}

Result<StoreCheck> verify_store(const Store& store) {
  StoreCheck check;
  std::error_code error;
  if (const auto there = store.check_ledger_is_there(); !there) {
    check.problems.push_back({"ledger.db", there.error().message});
    return check;
  }
  if (store.exists() && std::filesystem::file_size(store.ledger_file(), error) == 0 && !error) {
    check.unfinished.emplace_back("ledger.db: was being made by a run that ended early");
    return check;
  }
  auto ledger = store.open_read_only();
  if (!ledger) {
    if (ledger.error().code != ErrorCode::kCorrupt) return tl::unexpected<Error>(std::move(ledger).error());
    check.problems.push_back({"ledger.db", ledger.error().message});
    return check;
  }
  if (const auto sound = ledger->verify(); !sound) {
    check.problems.push_back({"ledger.db", sound.error().message});
    return check;
  }
  {
    QF_ASSIGN(const AuditLog log, load_audit_log(*ledger));
    if (const auto told = check_audit_log(log, std::nullopt); !told)
      check.problems.push_back({"ledger.db", told.error().message});
  }
  // A run that is under way has a folder and a note of its own: only what nobody holds is left over.
  const bool held = StoreLock::is_held(store.folder());
  if (!held) {
    QF_ASSIGN(check.unfinished, unfinished(store, *ledger));
    QF_ASSIGN(const auto unrecorded, unrecorded_versions(store, *ledger));
    for (const auto& folder : unrecorded)
      check.problems.push_back({folder.lexically_relative(store.folder()).generic_string(),
                                "the ledger knows nothing of this version: was an older copy of the ledger put back?"});
  }
  QF_ASSIGN(const auto versions, load_versions(*ledger));
  for (const VersionFacts& facts : versions) {
    if (facts.removed_at_us) continue;
    // A revoked version's files may be gone: its removal is the erasure's business.
    if (facts.state == VersionState::kRevoked &&
        !std::filesystem::exists(store.version_folder(facts.audience, facts.version), error))
      continue;
    auto version = check_recorded(store, *ledger, facts.audience, facts);
    if (!version || !version->whole()) {
      // What reads waits for nobody: a version that gc removed meanwhile is not damaged.
      QF_ASSIGN(const auto versions_now, load_versions(*ledger));
      const VersionFacts* now = facts_of(versions_now, facts.audience, facts.version);
      if (now != nullptr && now->removed_at_us) continue;
    }
    if (!version) return tl::unexpected<Error>(std::move(version).error());
    check.versions.push_back(std::move(*version));
  }
  if (!held)
    for (const Audience audience : kAudiences) {
      QF_ASSIGN(const std::string damage, damage_of_current(store, *ledger, audience));
      if (!damage.empty()) check.problems.push_back({std::string(to_string(audience)) + "/CURRENT", damage});
    }
  return check;
}

}  // namespace qf
