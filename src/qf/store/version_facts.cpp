#include "qf/store/version_facts.h"

#include "qf/core/whole_file.h"
#include "qf/store/version_name.h"

namespace qf {
namespace {

ListedVersion listed(const Store& store, const VersionFacts& facts, const std::vector<VersionHold>& holds) {
  ListedVersion version;
  version.audience = to_string(facts.audience);
  version.version = to_string(facts.version);
  version.state = to_string(facts.state);
  version.created_at_us = facts.created_at_us;
  version.as_of_us = facts.as_of_us;
  version.removed_at_us = facts.removed_at_us;
  version.held = is_held(holds, facts);
  version.program_version = facts.program_version;
  version.key_id = facts.key_id;
  version.identity = facts.identity;
  version.content_digest = facts.content_digest;
  version.logical_digest = facts.logical_digest;
  std::error_code error;
  const auto folder = store.version_folder(facts.audience, facts.version);
  if (!facts.removed_at_us && std::filesystem::is_directory(folder, error)) version.path = folder;
  return version;
}

}  // namespace

Result<std::vector<ListedVersion>> list_versions(const Store& store) {
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(const auto holds, load_holds(ledger));
  std::vector<ListedVersion> list;
  for (const VersionFacts& facts : versions) list.push_back(listed(store, facts, holds));
  return list;
}

Result<ShownVersion> show_version(const Store& store, std::string_view name) {
  QF_ASSIGN(const Database ledger, store.open_read_only());
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(const auto holds, load_holds(ledger));
  QF_ASSIGN(const NamedVersion named, find_version(versions, name));
  ShownVersion shown;
  shown.listed = listed(store, named.facts, holds);
  for (const VersionHold& hold : holds)
    if (hold.audience == to_string(named.facts.audience) && hold.version == named.facts.version)
      shown.holds.push_back(hold);
  if (!shown.listed.path.empty()) shown.manifest = read_whole_file(shown.listed.path / "manifest.json").value_or("");
  return shown;
}

}  // namespace qf
