#include "qf/store/gc.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/ledger/holds.h"
#include "qf/ledger/kept_tables.h"
#include "qf/store/version_name.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_of(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->is_regular_file(error)) bytes += at->file_size(error);
  return bytes;
}

std::uint64_t size_or_zero(const fs::path& file) {
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  return error ? 0 : bytes;
}

}  // namespace

Result<std::vector<GcItem>> plan_gc(const Store& store, const Database& ledger, const std::vector<std::string>& only) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(const auto holds, load_holds(ledger));
  std::vector<VersionFacts> wanted;
  for (const std::string& name : only) {
    QF_ASSIGN(const NamedVersion named, find_version(versions, name));
    wanted.push_back(named.facts);
  }
  std::vector<GcItem> plan;
  for (const VersionFacts& facts : versions) {
    const bool named = std::find(wanted.begin(), wanted.end(), facts) != wanted.end();
    const std::string name = name_of(facts);
    if (facts.removed_at_us) {
      if (named) return failure(ErrorCode::kNotFound, name + " was removed before");
      continue;
    }
    GcItem item;
    item.audience = to_string(facts.audience);
    item.version = to_string(facts.version);
    item.bytes = bytes_of(store.version_folder(facts.audience, facts.version)) +
                 size_or_zero(row_index_file(store, facts.audience, facts.version)) +
                 size_or_zero(build_record_file(store, facts.audience, facts.version));
    if (facts.state == VersionState::kLive)
      item.kept_because = "it is live";
    else if (is_held(holds, facts))
      item.kept_because = "it is under legal hold";
    else if (!only.empty() && !named)
      item.kept_because = "it was not named";
    else
      item.removed = true;
    if (named && !item.removed)
      return failure(ErrorCode::kRefused, fmt::format("{} stays: {}. Nothing was removed", name, item.kept_because));
    plan.push_back(std::move(item));
  }
  return plan;
}

namespace {

constexpr std::uintmax_t kRoomForLedger = 1 << 20;

Status record_removals(const WritableStore& writable, const std::vector<GcItem>& plan, std::int64_t now_us) {
  QF_ASSIGN(Transaction transaction, writable.ledger.begin());
  for (const GcItem& item : plan) {
    if (!item.removed) continue;
    const auto version = parse_version_number(item.version);
    QF_CHECK(mark_removed(writable.ledger, item.audience, *version, now_us));
    const nlohmann::json body = {{"version", item.audience + "/" + item.version}, {"because", "gc"}};
    QF_CHECK(append_stating(writable.ledger, {"versions"}, "version_removed", body.dump(), "", now_us));
  }
  return transaction.commit();
}

}  // namespace

Status collect(const Store& store, const WritableStore& writable, const std::vector<GcItem>& plan,
               std::int64_t now_us) {
  if (Status recorded = record_removals(writable, plan, now_us); !recorded) {
    // The ledger needs some room itself. Staged rows cost no more than time, and may be all there is to take on a full
    // disk; where there is room, something else is wrong with it.
    std::error_code error;
    const auto room = fs::space(store.folder(), error);
    if (error || room.available > kRoomForLedger || !fs::exists(staged_folder(store), error)) return recorded;
    QF_CHECK(remove_staged_rows(store));
    QF_CHECK(record_removals(writable, plan, now_us));
  }
  // From here on, recover() would do the same.
  QF_ASSIGN([[maybe_unused]] const auto done, recover(store, writable.ledger, writable.lock));
  return {};
}

}  // namespace qf
