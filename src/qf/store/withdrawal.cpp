#include "qf/store/withdrawal.h"

#include <algorithm>
#include <map>
#include <set>

#include "qf/core/digest.h"
#include "qf/ledger/consent.h"
#include "qf/store/build_record.h"
#include "qf/store/config.h"
#include "qf/store/named_rows.h"

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

bool is_taken_back(ConsentReason state) {
  return state == ConsentReason::kWithdrawn || state == ConsentReason::kRefused;
}

// When a scope was last taken back: in effect from, and recorded.
struct TakenBack {
  std::int64_t given_at_us = 0, recorded_at_us = 0;
};
struct Objector {
  std::string allowed;  // digest of what is allowed now, as a build's record has it
  std::map<Scope, TakenBack> scopes;
};

}  // namespace

Result<std::vector<WithdrawnVersion>> withdrawn_versions(const Store& store, const Database& ledger,
                                                         const PersonFinder& finder, std::int64_t now_us) {
  QF_ASSIGN(const auto events, list_consent(ledger));
  QF_ASSIGN(const LedgerView view, LedgerView::load(ledger, now_us));
  std::map<std::string, Objector> objectors;  // by tag
  for (const ConsentEvent& event : events) {
    const std::string person = subject_key(event.statement.subject);
    if (!is_taken_back(view.period(person, event.statement.scope).state)) continue;
    Objector& one = objectors[finder.tags != nullptr ? finder.tags->subject_tag(person) : person];
    TakenBack& last = one.scopes[event.statement.scope];
    if (event.statement.status != ConsentStatus::kGiven) {
      last.given_at_us = std::max(last.given_at_us, event.statement.given_at_us);
      last.recorded_at_us = std::max(last.recorded_at_us, event.recorded_at_us);
    }
    if (!one.allowed.empty()) continue;
    std::string allowed;
    view.append_canonical(allowed, person);
    one.allowed = to_hex(sha256(allowed));
  }
  std::vector<WithdrawnVersion> found;
  if (objectors.empty()) return found;
  QF_ASSIGN(const auto versions, load_versions(ledger));
  for (const VersionFacts& facts : versions) {
    if (facts.state != VersionState::kLive) continue;
    WithdrawnVersion version;
    for (const Audience audience : kAudiences)
      if (to_string(audience) == facts.audience) version.audience = audience;
    version.facts = facts;
    const auto record = read_record(build_record_file(store, version.audience, facts.version));
    const auto config = record ? parse_config(record->configuration, "the record of the build")
                               : Result<Config>(tl::unexpected<Error>(record.error()));
    if (!config || finder.key == nullptr || !finder.key->serves(record->key_id)) {
      const bool since = std::any_of(events.begin(), events.end(), [&](const ConsentEvent& event) {
        return event.statement.status == ConsentStatus::kWithdrawn && event.statement.given_at_us > facts.as_of_us;
      });
      if (since) found.push_back(std::move(version));
      continue;
    }
    const std::set<Scope> rests_on = scopes_of(*config);
    for (const auto& [tag, one] : objectors) {
      const auto then = record->permissions.find(tag);
      // Whoever allows just what they allowed then has taken nothing back since.
      if (then == record->permissions.end() || then->second == one.allowed) continue;
      if (std::any_of(one.scopes.begin(), one.scopes.end(), [&](const auto& scope) {
            return rests_on.contains(scope.first) &&
                   (scope.second.given_at_us > facts.as_of_us || scope.second.recorded_at_us > facts.created_at_us);
          }))
        version.subject_tags.push_back(tag);
    }
    if (!version.subject_tags.empty()) found.push_back(std::move(version));
  }
  return found;
}

Result<std::vector<Revocation>> revoke_withdrawn(const Store& store, const WritableStore& writable,
                                                 const PersonFinder& finder, std::int64_t now_us) {
  QF_ASSIGN(const auto versions, withdrawn_versions(store, writable.ledger, finder, now_us));
  std::vector<Revocation> revoked;
  for (const WithdrawnVersion& version : versions) {
    std::vector<Tombstone> stones;
    for (const std::string& tag : version.subject_tags) {
      const auto more =
          tombstones_of(store, finder.key, version.audience, version.facts, tag, {}, "withdrawal", now_us);
      stones.insert(stones.end(), more.begin(), more.end());
    }
    if (version.subject_tags.empty())
      stones.push_back({version.facts.audience, to_string(version.facts.version), "*", "withdrawal", now_us});
    QF_ASSIGN(Revocation one, revoke(store, writable, version.facts, "withdrawal", stones, now_us));
    revoked.push_back(std::move(one));
  }
  return revoked;
}

Result<WithdrawalEffect> effect_of_withdrawal(const Store& store, const WritableStore& writable,
                                              const std::filesystem::path& key_file, bool at_once,
                                              std::int64_t now_us) {
  std::optional<KeyFile> key;
  std::optional<KeyedTag> tags;
  if (auto opened = KeyFile::open(key_file); opened) {
    key.emplace(std::move(*opened));
    QF_ASSIGN(KeyedTag made, KeyedTag::make(*key));
    tags.emplace(std::move(made));
  }
  const PersonFinder finder{key ? &*key : nullptr, tags ? &*tags : nullptr};
  WithdrawalEffect effect;
  if (at_once) {
    QF_ASSIGN(effect.revoked, revoke_withdrawn(store, writable, finder, now_us));
    if (!effect.revoked.empty()) QF_CHECK(remove_staged_rows(store));
    return effect;
  }
  QF_ASSIGN(const auto versions, withdrawn_versions(store, writable.ledger, finder, now_us));
  for (const WithdrawnVersion& one : versions)
    effect.until_next_build.push_back(one.facts.audience + "/" + to_string(one.facts.version));
  return effect;
}

}  // namespace qf
