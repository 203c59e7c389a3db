#include "qf/ledger/consent_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "qf/ledger/chain.h"

namespace qf {

namespace {

struct Kind {
  std::string_view name;
  ConsentStatus status;
  std::string_view method = {};  // of a withdrawal with a name of its own
};
// In the order in which they are looked up: of a withdrawal the one without a method is what is left.
constexpr auto kKinds = std::to_array<Kind>({
    {"consent_given", ConsentStatus::kGiven},
    {"consent_renewed", ConsentStatus::kGiven},
    {"consent_refused", ConsentStatus::kRefused},
    {kObjection, ConsentStatus::kWithdrawn, kObjection},
    {kRestriction, ConsentStatus::kWithdrawn, kRestriction},
    {"consent_invalidated", ConsentStatus::kWithdrawn, kInvalidated},
    {"consent_withdrawn", ConsentStatus::kWithdrawn},
});
constexpr std::string_view kGiven = kKinds[0].name, kRenewed = kKinds[1].name;

}  // namespace

std::vector<std::string> entry_kinds(const ConsentStatement& statement) {
  if (statement.status == ConsentStatus::kGiven) return {std::string(kGiven), std::string(kRenewed)};
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& one) {
    return one.status == statement.status && (one.method.empty() || one.method == statement.method);
  });
  return {std::string(kind->name)};
}

std::optional<ConsentStatus> status_of_kind(std::string_view kind) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& one) { return one.name == kind; });
  if (found == kKinds.end()) return std::nullopt;
  return found->status;
}

Result<std::string> entry_kind(const Database& database, const ConsentStatement& statement) {
  if (statement.status != ConsentStatus::kGiven) return entry_kinds(statement).front();
  QF_ASSIGN(Statement before, database.prepare("SELECT count(*) FROM consent_events WHERE subject_key = ?1 AND scope = "
                                               "?2 AND status = 'given' AND given_at < ?3"));
  QF_CHECK(before.bind(subject_key(statement.subject), to_string(statement.scope), statement.given_at_us));
  QF_ASSIGN([[maybe_unused]] const bool counted, before.next());
  return std::string(before.integer(0) != 0 ? kRenewed : kGiven);
}

Result<std::size_t> note_expired_consent(const Database& database, std::int64_t now_us) {
  QF_ASSIGN(Transaction transaction, database.begin());
  struct Expired {
    std::string person, scope;
    std::int64_t expired_at_us = 0;
    auto operator<=>(const Expired&) const = default;
  };
  // Retention takes the bodies of old entries, and leaves when they were made. What had run out by the last of those
  // and was on record then was noted with it.
  QF_ASSIGN(Statement last, database.prepare("SELECT max(at) FROM chain WHERE kind = 'consent_expired' AND NOT EXISTS "
                                             "(SELECT 1 FROM chain_bodies WHERE chain_bodies.seq = chain.seq)"));
  QF_ASSIGN([[maybe_unused]] const bool answered, last.next());
  const std::optional<std::int64_t> noted_by_us = last.optional_integer(0);
  QF_ASSIGN([[maybe_unused]] const bool another, last.next());
  // Of several statements the one given last counts: an agreement that was renewed in time never ran out.
  QF_ASSIGN(Statement rows,
            database.prepare("SELECT subject_key, scope, expires_at FROM consent_events AS one WHERE status = 'given' "
                             "AND expires_at <= ?1 AND (?2 IS NULL OR expires_at > ?2 OR recorded_at > ?2) AND NOT "
                             "EXISTS (SELECT 1 FROM consent_events AS later WHERE "
                             "later.subject_key = one.subject_key AND later.scope = one.scope AND (later.given_at, "
                             "later.id) > (one.given_at, one.id) AND later.given_at <= one.expires_at) ORDER BY id"));
  QF_CHECK(rows.bind(now_us, noted_by_us));
  std::vector<Expired> expired;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    expired.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2)});
  }
  std::size_t added = 0;
  if (!expired.empty()) {
    std::set<Expired> noted;
    QF_ASSIGN(Statement known, database.prepare("SELECT subject_key, body FROM chain JOIN chain_bodies USING (seq) "
                                                "WHERE kind = 'consent_expired'"));
    for (;;) {
      QF_ASSIGN(const bool more, known.next());
      if (!more) break;
      const auto body = nlohmann::json::parse(known.text(1), nullptr, false);
      if (body.is_object())
        noted.insert(
            {std::string(known.text(0)), body.value("scope", ""), body.value("expired_at_us", std::int64_t{0})});
    }
    for (const Expired& one : expired) {
      if (!noted.insert(one).second) continue;
      QF_CHECK(append_entry(database, "consent_expired",
                            nlohmann::json{{"scope", one.scope}, {"expired_at_us", one.expired_at_us}}.dump(),
                            one.person, now_us));
      ++added;
    }
  }
  QF_CHECK(transaction.commit());
  return added;
}

}  // namespace qf
