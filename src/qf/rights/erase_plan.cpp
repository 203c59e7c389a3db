#include "qf/rights/erase_plan.h"

#include "qf/ledger/forgetting.h"
#include "qf/ledger/people.h"
#include "qf/rights/folder_order.h"
#include "qf/run/stage_cache.h"
#include "qf/store/identity.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

Audience audience_of(std::string_view name) {
  for (const Audience audience : kAudiences)
    if (to_string(audience) == name) return audience;
  return Audience::kPrivate;
}

// Whether one of the folders below the root that its logs lie in bears the person's name.
bool names_person(const RecordedProject& project, std::string_view person) {
  for (const RecordedFile& log : project.logs)
    for (const fs::path& part : fs::path(log.relative))
      if (subject_key(part.string()) == person) return true;
  return subject_key(project.name) == person;
}

}  // namespace

std::string tag_of(const KeyedTag& tags, std::string_view subject_key) { return tags.subject_tag(subject_key); }

SuccessorPlan successor_of(const Store& store, Audience audience, const VersionFacts& facts,
                           const std::set<std::string>& gone_projects) {
  SuccessorPlan plan;
  plan.audience = audience;
  const auto record = read_record(build_record_file(store, audience, facts.version));
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
  QF_ASSIGN(const auto holds, load_holds(ledger));
  for (const VersionFacts& facts : versions) {
    if (facts.removed_at_us) continue;
    HoldingVersion holding{audience_of(facts.audience), facts, {}, false};
    const auto record = read_record(build_record_file(store, holding.audience, facts.version));
    if (!record)
      holding.unknown = "its record cannot be read";
    else if (key == nullptr || !key->serves(record->key_id))
      holding.unknown = "its record was made under another key";
    if (record)
      if (const auto config = parse_config(record->configuration, "the record of the build"); config)
        holding.linked = pseudonym_identity(*config, facts.identity) != facts.identity;
    bool holds_person = !holding.unknown.empty();
    if (record)
      for (const RecordedProject& project : record->projects) {
        const bool by_tag = project.subject_tag == plan.subject_tag;
        holds_person = holds_person || by_tag;
        if (by_tag || (project.subject_tag.empty() && names_person(project, subject_key))) {
          plan.projects.insert(project.name);
          plan.found = true;
        }
      }
    if (!holds_person) continue;
    plan.found = true;
    if (is_held(holds, facts)) plan.held.push_back(holding.name());
    plan.versions.push_back(std::move(holding));
  }
  // A project that was found above and that the register says is another's by now stays that person's.
  QF_ASSIGN(const auto owners, list_owners(ledger));
  for (const ProjectOwner& owner : owners)
    if (owner.subject_key != subject_key) plan.projects.erase(owner.project);
  for (const HoldingVersion& holding : plan.versions)
    if (holding.facts.state == VersionState::kLive)
      plan.successors.push_back(successor_of(store, holding.audience, holding.facts, plan.projects));
  return plan;
}

}  // namespace qf
