#include "qf/store/revoke.h"

#include <nlohmann/json.hpp>

#include "qf/ledger/holds.h"
#include "qf/ledger/kept_tables.h"

namespace qf {

Status note_revocation(const Database& ledger, const VersionFacts& version, bool held, std::string_view reason,
                       std::int64_t at_us) {
  QF_ASSIGN(Transaction transaction, ledger.begin());
  QF_CHECK(revoke_version(ledger, to_string(version.audience), version.version));
  if (!held && !version.removed_at_us)
    QF_CHECK(mark_removed(ledger, to_string(version.audience), version.version, at_us));
  const nlohmann::json body = {{"audience", to_string(version.audience)},
                               {"version", to_string(version.version)},
                               {"state_before", to_string(version.state)},
                               {"reason", reason},
                               {"files_stay", held}};
  QF_CHECK(append_stating(ledger, {"tombstones", "versions"}, "version_revoked",
                          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "", at_us));
  return transaction.commit();
}

Result<Revocation> revoke(const Store& store, const WritableStore& writable, const VersionFacts& version,
                          std::string_view reason, std::span<const Tombstone> stones, std::int64_t at_us) {
  Revocation revoked;
  revoked.version = name_of(version);
  if (version.state == VersionState::kRevoked)
    return failure(ErrorCode::kRefused, revoked.version + " was revoked before");
  QF_ASSIGN(const auto holds, load_holds(writable.ledger));
  revoked.was_live = version.state == VersionState::kLive;
  revoked.files_stay = is_held(holds, version);
  {
    QF_ASSIGN(Transaction transaction, writable.ledger.begin());
    for (const Tombstone& stone : stones) QF_CHECK(add_tombstone(writable.ledger, stone));
    QF_CHECK(note_revocation(writable.ledger, version, revoked.files_stay, reason, at_us));
    QF_CHECK(transaction.commit());
  }
  if (const auto done = recover(store, writable.ledger, writable.lock); !done)
    revoked.cleaned = tl::unexpected<Error>(done.error());
  return revoked;
}

}  // namespace qf
