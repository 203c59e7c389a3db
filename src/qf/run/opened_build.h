// What a build rests on before it reads a line: the store, the key, and who may be in it. Inside run only.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/assignments.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/database.h"
#include "qf/ledger/keys.h"
#include "qf/run/build.h"
#include "qf/run/permit.h"
#include "qf/run/quarantined.h"
#include "qf/store/recover.h"
#include "qf/store/store.h"

namespace qf {

struct OpenedStore {
  std::optional<WritableStore> writable{};  // under its lock; absent where the build changes nothing in it
  std::optional<Database> read_only{};
  std::optional<KeyFile> key{};  // absent in a dry run where there is none
  KeyedTag tags;
  bool key_is_new = false;  // another key than the store's so far: nothing of old can be matched

  // Null where there is no store yet.
  const Database* ledger() const { return writable ? &writable->ledger : read_only ? &*read_only : nullptr; }
};

// The store under its lock where the build publishes, else as it stands; and the key. `done` says what was changed for
// that, whatever comes after.
Result<OpenedStore> open_for_build(const Store& store, const BuildRequest& request, DoneBefore& done);

struct WhoMayBeIn {
  LedgerView view;
  ErasedPeople erased{};
  std::optional<AuthorityView> authority{};                 // of the audience; absent for private
  DecidedItems decided{};                                   // texts set apart that a person decided about, by id
  std::set<std::string, std::less<>> unreadable_consent{};  // names of projects of which nothing is used
  std::vector<std::string> warnings{};
};

// People and consent on record, and what lies beside the projects: recorded where the build publishes.
Result<WhoMayBeIn> who_may_be_in(const OpenedStore& opened, const BuildRequest& request,
                                 const std::vector<Project>& projects);

}  // namespace qf
