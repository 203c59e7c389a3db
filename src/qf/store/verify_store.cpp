#include <fmt/format.h>

#include <algorithm>

#include "qf/store/build_record.h"
#include "qf/store/recover.h"
#include "qf/store/row_index.h"
#include "qf/store/verify.h"

namespace qf {
namespace {

const VersionFacts* find(const std::vector<VersionFacts>& versions, Audience audience, const VersionNumber& number) {
  for (const VersionFacts& facts : versions)
    if (facts.audience == to_string(audience) && facts.version == number) return &facts;
  return nullptr;
}

// What the ledger and private-state say of a version, against its files.
Result<VersionCheck> check_recorded(const Store& store, Audience audience, const VersionFacts& facts) {
  const auto folder = store.version_folder(audience, facts.version);
  const std::string name = to_string(facts.version);
  std::error_code error;
  VersionCheck check;
  check.folder = folder;
  check.version = name;
  check.audience = to_string(audience);
  if (!std::filesystem::is_directory(folder, error)) {
    check.problems.push_back({"", "the ledger says it is there, but its folder is missing"});
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
  if (!check.version.empty() && (check.version != name || check.audience != facts.audience))
    problem("manifest.json", fmt::format("is of {}/{}, but stands in the folder of {}/{}", check.audience,
                                         check.version, facts.audience, name));
  if (!facts.sums_digest.empty() && facts.sums_digest != check.sums_digest)
    problem("SHA256SUMS", "is not the one that was published: the ledger has another digest of it");
  if (!check.content_digest.empty() && check.problems.empty() && facts.content_digest != check.content_digest)
    problem("manifest.json", "its content_digest is not the one in the ledger");
  const auto rows = read_facts(row_index_file(store, audience, facts.version));
  if (!rows)
    problem("", rows.error().message);
  else if (rows->logical_digest != facts.logical_digest)
    problem("", row_index_file(store, audience, facts.version).string() +
                    ": is damaged: its logical digest is not the one in the ledger");
  if (const auto record = read_record(build_record_file(store, audience, facts.version)); !record)
    problem("", record.error().message);
  else if (record->identity != facts.identity)
    problem("", build_record_file(store, audience, facts.version).string() + ": is of another build");
  return check;
}

}  // namespace

Result<VersionCheck> verify_version(const Store& store, Audience audience, const VersionNumber& version) {
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_CHECK(ledger.verify());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  const VersionFacts* facts = find(versions, audience, version);
  if (facts == nullptr)
    return failure(ErrorCode::kNotFound, fmt::format("{}: there is no version {}/{}", store.folder().string(),
                                                     to_string(audience), to_string(version)));
  if (facts->removed_at_us)
    return failure(ErrorCode::kNotFound,
                   fmt::format("{}/{} {}", to_string(audience), to_string(version),
                               facts->state == VersionState::kRevoked ? "was revoked, and its files are gone"
                                                                      : "was removed by gc"));
  QF_ASSIGN(VersionCheck check, check_recorded(store, audience, *facts));
  QF_ASSIGN(const auto current, read_current(store, audience));
  if (facts->state == VersionState::kLive && current != to_string(version) && !StoreLock::is_held(store.folder())) {
    // A run that was ended between ledger and CURRENT left it so; that is not damage of the version.
    QF_ASSIGN(const auto left, unfinished(store, ledger));
    if (left.empty()) check.problems.push_back({"CURRENT", "does not name this version, which is the live one"});
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
    const auto audience = std::find_if(kAudiences.begin(), kAudiences.end(),
                                       [&](Audience one) { return to_string(one) == facts.audience; });
    // A revoked version's files may be gone: its removal is the erasure's business.
    if (facts.state == VersionState::kRevoked &&
        !std::filesystem::exists(store.version_folder(*audience, facts.version), error))
      continue;
    QF_ASSIGN(auto version, check_recorded(store, *audience, facts));
    check.versions.push_back(std::move(version));
  }
  if (!held && check.unfinished.empty())
    for (const Audience audience : kAudiences) {
      QF_ASSIGN(const auto current, read_current(store, audience));
      const auto live = std::find_if(versions.begin(), versions.end(), [&](const VersionFacts& facts) {
        return facts.audience == to_string(audience) && facts.state == VersionState::kLive;
      });
      const std::string name(to_string(audience));
      if (live == versions.end() ? current.has_value() : current != to_string(live->version))
        check.problems.push_back({name + "/CURRENT", "does not name the live version"});
    }
  return check;
}

}  // namespace qf
