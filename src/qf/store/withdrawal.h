// Withdrawal of consent, for what was published before: a live version that holds someone who no longer agrees is taken
// back, whatever gates say of what could follow.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/keys.h"
#include "qf/store/recover.h"
#include "qf/store/revoke.h"

namespace qf {

// The key that tells who is in a version; `key` may be null, then nobody can tell.
struct PersonFinder {
  const KeyFile* key = nullptr;
  const KeyedTag* tags = nullptr;
};

// A live version, and the tags of those in it who have withdrawn what it rests on since it was built: model_training,
// the scope of a text that it holds, or the sharing with its audience. Nobody: who is in it cannot be told, and
// someone has withdrawn since.
struct WithdrawnPerson {
  std::string tag;
  std::set<std::string> projects;  // theirs by the register, whoever they counted as when the version was built
};
struct WithdrawnVersion {
  Audience audience = Audience::kPrivate;
  VersionFacts facts;
  std::vector<WithdrawnPerson> people;
};
Result<std::vector<WithdrawnVersion>> withdrawn_versions(const Store& store, const Database& ledger,
                                                         const PersonFinder& finder, std::int64_t now_us);

// Takes them back, with tombstones of these people's rows. `revoked` gets each as soon as it is, whatever comes after.
Status revoke_withdrawn(const Store& store, const WritableStore& writable, const PersonFinder& finder,
                        std::int64_t now_us, std::vector<Revocation>& revoked);

// After a withdrawal was recorded: takes back what rests on it at once, or says what the next build will. Where there
// is no key file, every version counts as holding whoever withdrew; at once and with a key file that cannot be used,
// nothing is taken back and the error says so.
struct WithdrawalEffect {
  std::vector<Revocation> revoked;
  Status all_revoked{};                       // why one could not be, after those that are
  std::vector<std::string> until_next_build;  // AUDIENCE/MAJOR.MINOR.PATCH
};
Result<WithdrawalEffect> effect_of_withdrawal(const Store& store, const WritableStore& writable,
                                              const std::filesystem::path& key_file, bool at_once, std::int64_t now_us);

}  // namespace qf
