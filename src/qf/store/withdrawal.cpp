#include "qf/store/withdrawal.h"

#include <algorithm>
#include <map>
#include <set>

#include "qf/core/digest.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/people.h"
#include "qf/store/build_record.h"
#include "qf/store/config.h"
#include "qf/store/named_rows.h"
#include "qf/store/published_rows.h"

namespace qf {
namespace {

// Which agreements the rows of a version rest on.
std::set<Scope> scopes_of(const Config& config) {
  std::set<Scope> scopes = {Scope::kModelTraining};
  const auto leaves = [&](TextGroup group) { return config.text[static_cast<std::size_t>(group)] != TextLevel::kNone; };
  if (leaves(TextGroup::kQuestion) || leaves(TextGroup::kOptions)) scopes.insert(Scope::kQuestionText);
  if (leaves(TextGroup::kCorrection)) scopes.insert(Scope::kCorrectionText);
  if (leaves(TextGroup::kRationale)) scopes.insert(Scope::kRationaleText);
  if (config.audience == Audience::kInternal) scopes.insert(Scope::kShareInternal);
  if (config.audience == Audience::kExternal) scopes.insert(Scope::kShareExternal);
  return scopes;
}

std::set<Scope> every_scope() {
  std::set<Scope> scopes;
  for (std::size_t i = 0; i < kScopeCount; ++i) scopes.insert(static_cast<Scope>(i));
  return scopes;
}

bool is_taken_back(ConsentReason state) {
  return state == ConsentReason::kWithdrawn || state == ConsentReason::kRefused;
}

// When a scope was last taken back: in effect from, and recorded.
struct TakenBack {
  std::int64_t given_at_us = 0, recorded_at_us = 0;
  bool since(const VersionFacts& version) const {
    return given_at_us > version.as_of_us || recorded_at_us > version.created_at_us;
  }
};
struct Objector {
  WithdrawnPerson person;
  std::string allowed;  // digest of what is allowed now, as a build's record has it
  std::map<Scope, TakenBack> scopes;
  bool took_back(const std::set<Scope>& rests_on, const VersionFacts& version) const {
    return std::any_of(scopes.begin(), scopes.end(), [&](const auto& scope) {
      return rests_on.contains(scope.first) && scope.second.since(version);
    });
  }
};

// Everybody of whom some scope is taken back now, by subject key.
Result<std::map<std::string, Objector>> load_objectors(const Database& ledger, const KeyedTag* tags,
                                                       std::int64_t now_us) {
  QF_ASSIGN(const auto events, list_consent(ledger));
  QF_ASSIGN(const LedgerView view, LedgerView::load(ledger, now_us));
  std::map<std::string, Objector> objectors;
  for (const ConsentEvent& event : events) {
    const std::string person = subject_key(event.statement.subject);
    if (!is_taken_back(view.period(person, event.statement.scope).state)) continue;
    TakenBack& last = objectors[person].scopes[event.statement.scope];
    if (event.statement.status == ConsentStatus::kGiven) continue;
    last.given_at_us = std::max(last.given_at_us, event.statement.given_at_us);
    last.recorded_at_us = std::max(last.recorded_at_us, event.recorded_at_us);
  }
  for (auto& [person, one] : objectors) {
    std::string allowed;
    view.append_canonical(allowed, person);
    one.allowed = to_hex(sha256(allowed));
    if (tags != nullptr) one.person.tag = tags->subject_tag(person);
  }
  QF_ASSIGN(const auto owners, list_owners(ledger));
  for (const ProjectOwner& owner : owners)
    if (const auto found = objectors.find(owner.subject_key); found != objectors.end())
      found->second.person.projects.insert(owner.project);
  return objectors;
}

// Whether the version holds rows of the person that they no longer agree to.
bool rests_on_withdrawn(const BuildRecord& record, const std::set<Scope>& rests_on, const VersionFacts& facts,
                        const Objector& one) {
  if (!one.took_back(rests_on, facts)) return false;
  const auto then = record.permissions.find(one.person.tag);
  // Whoever allows just what they allowed then has taken nothing back since.
  if (then != record.permissions.end()) return then->second != one.allowed;
  return std::any_of(record.projects.begin(), record.projects.end(), [&](const RecordedProject& project) {
    return holds_rows_of(project, one.person.tag, one.person.projects);
  });
}

}  // namespace

Result<std::vector<WithdrawnVersion>> withdrawn_versions(const Store& store, const Database& ledger,
                                                         const PersonFinder& finder, std::int64_t now_us) {
  QF_ASSIGN(const auto objectors, load_objectors(ledger, finder.tags, now_us));
  std::vector<WithdrawnVersion> found;
  if (objectors.empty()) return found;
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& facts : versions) {
    if (facts.state != VersionState::kLive) continue;
    WithdrawnVersion version;
    version.audience = facts.audience;
    version.facts = facts;
    const auto record = read_published_record(store, facts);
    const auto config = record ? parse_config(record->configuration, "the record of the build")
                               : Result<Config>(tl::unexpected<Error>(record.error()));
    const bool can_tell = config && finder.key != nullptr && finder.key->serves(record->key_id);
    const std::set<Scope> rests_on = config ? scopes_of(*config) : every_scope();
    bool any = false;
    for (const auto& [name, one] : objectors) {
      if (can_tell && rests_on_withdrawn(*record, rests_on, facts, one)) version.people.push_back(one.person);
      any = any || one.took_back(rests_on, facts);
    }
    if (can_tell ? !version.people.empty() : any) found.push_back(std::move(version));
  }
  return found;
}

Status revoke_withdrawn(const Store& store, const WritableStore& writable, const PersonFinder& finder,
                        std::int64_t now_us, std::vector<Revocation>& revoked) {
  QF_ASSIGN(const auto versions, withdrawn_versions(store, writable.ledger, finder, now_us));
  for (const WithdrawnVersion& version : versions) {
    std::vector<Tombstone> stones;
    for (const WithdrawnPerson& one : version.people) {
      const auto more = tombstones_of(store, finder.key, version.audience, version.facts, one.tag, one.projects,
                                      "withdrawal", now_us);
      stones.insert(stones.end(), more.begin(), more.end());
    }
    if (version.people.empty())
      stones.push_back(
          {std::string(to_string(version.audience)), to_string(version.facts.version), "*", "withdrawal", now_us});
    QF_ASSIGN(Revocation one, revoke(store, writable, version.facts, "withdrawal", stones, now_us));
    revoked.push_back(std::move(one));
  }
  return {};
}

Result<WithdrawalEffect> effect_of_withdrawal(const Store& store, const WritableStore& writable,
                                              const std::filesystem::path& key_file, bool at_once,
                                              std::int64_t now_us) {
  std::optional<KeyFile> key;
  std::optional<KeyedTag> tags;
  auto opened = KeyFile::open(key_file);
  if (opened) {
    key.emplace(std::move(*opened));
    QF_ASSIGN(KeyedTag made, KeyedTag::make(*key));
    tags.emplace(std::move(made));
  } else if (at_once && opened.error().code != ErrorCode::kNotFound) {
    Error error = std::move(opened).error();
    error.message =
        "the withdrawal is on record, but nothing is taken back yet, since without the key nobody can tell who is in a "
        "version: " +
        error.message +
        ". Mend that and run the command again; or move the file away, and every version counts as holding the person";
    return tl::unexpected<Error>(std::move(error));
  }
  const PersonFinder finder{key ? &*key : nullptr, tags ? &*tags : nullptr};
  WithdrawalEffect effect;
  if (at_once) {
    // First, and whether or not a version is taken back: a run that is cut off here leaves nothing that it would not
    // find.
    QF_CHECK(remove_staged_rows(store));
    effect.all_revoked = revoke_withdrawn(store, writable, finder, now_us, effect.revoked);
    return effect;
  }
  QF_ASSIGN(const auto versions, withdrawn_versions(store, writable.ledger, finder, now_us));
  for (const WithdrawnVersion& one : versions) effect.until_next_build.push_back(name_of(one.facts));
  return effect;
}

}  // namespace qf
