#include "qf/rights/erase_plan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "qf/ledger/forgetting.h"
#include "qf/ledger/people.h"
#include "qf/rights/folder_order.h"
#include "qf/run/stage_cache.h"
#include "qf/store/identity.h"
#include "qf/store/named_rows.h"
#include "qf/store/published_rows.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// Whether one of the folders below the root that its logs lie in bears the person's name.
bool names_person(const RecordedProject& project, std::string_view person) {
  for (const RecordedFile& log : project.logs)
    for (const fs::path& part : fs::path(log.relative))
      if (subject_key(part.string()) == person) return true;
  return subject_key(project.name) == person;
}

// A version whose files are there, and its record where that can be read.
struct StoredVersion {
  HoldingVersion version;
  std::optional<BuildRecord> record;
};

void add_places(const BuildRecord& record, ErasePlan& plan) {
  std::error_code error;
  for (const RecordedProject& project : record.projects) {
    if (!plan.projects.contains(project.name)) continue;
    for (const RecordedFile& log : project.logs) {
      if (!fs::exists(log.path, error)) continue;
      plan.places.insert(log.path);
      // Beside logs/ or in it, as a build finds it.
      const fs::path folder = fs::path(log.path).parent_path();
      for (const fs::path& said : {folder / "consent.json", folder.parent_path() / "consent.json"})
        if (fs::exists(said, error)) plan.places.insert(said.string());
    }
  }
}

}  // namespace

std::string tag_of(const KeyedTag& tags, std::string_view subject_key) { return tags.subject_tag(subject_key); }

SuccessorPlan successor_of(const Store& store, Audience audience, const VersionFacts& facts,
                           const std::set<std::string>& gone_projects) {
  SuccessorPlan plan;
  plan.audience = audience;
  const auto record = read_published_record(store, facts);
  if (!record) {
    plan.none_because = "what it was built from is not on record any more: build it anew";
    return plan;
  }
  plan.configuration = record->configuration;
  bool any = false;
  for (const std::string& root : record->roots) {
    // A root that holds projects, and every one of them the person's, is not read again.
    std::size_t theirs = 0, others = 0;
    for (const RecordedProject& project : record->projects)
      for (const RecordedFile& log : project.logs)
        if (is_below(log.path, root)) ++(gone_projects.contains(project.name) ? theirs : others);
    if (theirs != 0 && others == 0) continue;
    any = true;
    std::error_code error;
    if (fs::exists(root, error)) plan.roots.emplace_back(root);
  }
  if (plan.roots.empty())
    plan.none_because =
        any ? "the logs are not where they were read: build from where they lie now" : "nobody else's logs were in it";
  return plan;
}

Result<ErasePlan> plan_erasure(const Store& store, const Database& ledger, const KeyedTag& tags, const KeyFile* key,
                               std::string_view subject_key) {
  ErasePlan plan;
  plan.subject_key = subject_key;
  plan.subject_tag = tag_of(tags, subject_key);
  QF_ASSIGN(PersonRows rows, rows_of_person(ledger, subject_key, plan.subject_tag));
  plan.ledger_rows = std::move(rows.tables);
  plan.projects = std::move(rows.projects);
  QF_ASSIGN(plan.spellings, spellings_of(ledger, subject_key));
  QF_ASSIGN(plan.mentions, find_mentions(ledger, PersonNames(plan.spellings), subject_key));
  plan.found = !plan.ledger_rows.empty() || plan.mentions.any();

  // Staged projects say whose they are.
  std::error_code error;
  for (fs::directory_iterator at(staged_folder(store), error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ".state") continue;
    const auto project = read_staged_person(at->path());
    if (!project || project->subject_key != subject_key) continue;
    plan.staged = plan.found = true;
    plan.projects.insert(project->name);
  }

  QF_ASSIGN(const auto versions, load_versions(ledger));
  std::vector<StoredVersion> candidates;
  for (const VersionFacts& facts : versions) {
    if (facts.removed_at_us) continue;
    StoredVersion one{{facts.audience, facts, {}, false}, {}};
    if (auto record = read_published_record(store, facts); record) {
      one.record = std::move(*record);
      for (const RecordedProject& project : one.record->projects)
        if (project.subject_tag == plan.subject_tag ||
            (project.subject_tag.empty() && names_person(project, subject_key)))
          plan.projects.insert(project.name);
    }
    candidates.push_back(std::move(one));
  }
  plan.found = plan.found || !plan.projects.empty();
  // A project that was found above and that the register says is another's by now stays that person's.
  QF_ASSIGN(const auto owners, list_owners(ledger));
  for (const ProjectOwner& owner : owners)
    if (owner.subject_key != subject_key) plan.projects.erase(owner.project);

  for (const StoredVersion& one : candidates)
    if (one.record) add_places(*one.record, plan);
  QF_ASSIGN(const auto holds, load_holds(ledger));
  for (StoredVersion& one : candidates) {
    HoldingVersion& holding = one.version;
    if (!one.record)
      holding.unknown = "its record cannot be read";
    else if (key == nullptr || !key->serves(one.record->key_id))
      holding.unknown = "its record was made under another key";
    if (holding.unknown.empty() &&
        std::none_of(one.record->projects.begin(), one.record->projects.end(), [&](const RecordedProject& project) {
          return holds_rows_of(project, plan.subject_tag, plan.projects);
        }))
      continue;
    if (one.record)
      if (const auto config = parse_config(one.record->configuration, "the record of the build"); config)
        holding.linked = pseudonym_identity(*config, holding.facts.identity) != holding.facts.identity;
    plan.found = true;
    if (is_held(holds, holding.facts)) plan.held.push_back(holding.name());
    plan.versions.push_back(std::move(holding));
  }
  for (const HoldingVersion& holding : plan.versions)
    if (holding.facts.state == VersionState::kLive)
      plan.successors.push_back(successor_of(store, holding.audience, holding.facts, plan.projects));
  return plan;
}

}  // namespace qf
