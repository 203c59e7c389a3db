#include "qf/store/recover.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/ledger/forgetting.h"
#include "qf/output/durable.h"
#include "qf/store/scratch.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

// Something to be done, and how people would say it.
struct Repair {
  std::string what;
  std::function<Status()> carry_out;
  bool settles = false;  // says that those before it are done: not where one of them failed
};

struct Publishing {
  std::string audience, version;
};

// The publication under way, nothing where there is none or its note was not finished.
Result<std::optional<Publishing>> publishing_of(const Store& store) {
  const auto path = publishing_file(store);
  std::error_code error;
  if (const auto found = fs::status(path, error); fs::exists(found) && !fs::is_regular_file(found))
    return failure(ErrorCode::kCorrupt, path.string() + ": is no file, and none of this program's: take it away");
  std::ifstream in(path, std::ios::binary);
  // Taken for missing, a note that cannot be read would leave its half publication for good.
  if (!in && errno != ENOENT)
    return failure(ErrorCode::kIo, fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
  if (!in) return std::optional<Publishing>();
  const auto json = nlohmann::json::parse(in, nullptr, false);
  const auto text = [&](const char* name) {
    const bool there = json.is_object() && json.contains(name) && json[name].is_string();
    return there ? json[name].get<std::string>() : std::string();
  };
  Publishing note{text("audience"), text("version")};
  if (note.audience.empty() || note.version.empty()) return std::optional<Publishing>();
  return note;
}

// A file or a folder of a run.
Status remove_run(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot remove {}: {}", path.string(), error.message()));
  return {};
}

// Names in a folder, sorted; none where it is missing.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return names;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    names.push_back(at->path().filename().string());
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot read {}: {}", folder.string(), error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

bool is_left_over(std::string_view name) {
  return name.starts_with(".staging-") || name.starts_with(".removed-") || name.find(".part") != std::string_view::npos;
}

bool is_run_file(std::string_view name) {
  return name.ends_with(".run") || name.find(".part") != std::string_view::npos;
}

// What an erasure has to prove, and what goes over to a successor: see row_proof.h.
bool is_of_erasure(std::string_view name) {
  return name.ends_with(".proof") || name.find(".carried.") != std::string_view::npos;
}

// The rows and the record of a version in private-state, by what its file is called: "private-1.0.0.rows".
struct StateName {
  std::string audience;
  VersionNumber version;
};
std::optional<StateName> state_name(std::string_view name) {
  for (const std::string_view ending : {".rows", ".build.json", ".leaves"}) {
    if (!name.ends_with(ending)) continue;
    const std::string_view stem = name.substr(0, name.size() - ending.size());
    const auto dash = stem.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto number = parse_version_number(stem.substr(dash + 1));
    if (!number) return std::nullopt;
    return StateName{std::string(stem.substr(0, dash)), *number};
  }
  return std::nullopt;
}

// What an erasure takes away beside versions.
Status remove_rows_and_copies(const Store& store) {
  QF_CHECK(remove_staged_rows(store));
  QF_ASSIGN([[maybe_unused]] const int copies, remove_migration_copies(store.ledger_file()));
  return {};
}

Status plan_audience(const Store& store, Audience audience, const std::vector<VersionFacts>& versions,
                     const std::optional<Publishing>& publishing, std::vector<Repair>& repairs) {
  const auto folder = store.audience_folder(audience);
  const std::string audience_name(to_string(audience));
  QF_ASSIGN(const auto names, names_in(folder));
  for (const std::string& name : names) {
    const fs::path path = folder / name;
    if (is_left_over(name)) {
      repairs.push_back({fmt::format("{}/{}: left by a run that ended early; removed", audience_name, name),
                         [path] { return remove_folder(path); }});
      continue;
    }
    const auto number = parse_version_number(name);
    if (!number) continue;
    const VersionFacts* facts = facts_of(versions, audience, *number);
    if (facts != nullptr && facts->removed_at_us)
      repairs.push_back({fmt::format("{}/{}: its removal was not finished; removed", audience_name, name),
                         [path] { return remove_folder(path); }});
    else if (facts == nullptr && publishing && publishing->audience == audience_name && publishing->version == name)
      repairs.push_back({fmt::format("{}/{}: its publication was not finished; undone", audience_name, name),
                         [path] { return remove_folder(path); }});
  }
  const VersionFacts* live = nullptr;
  for (const VersionFacts& facts : versions)
    if (facts.audience == audience && facts.state == VersionState::kLive) live = &facts;
  QF_ASSIGN(const auto current, read_current(store, audience));
  const fs::path current_file = folder / "CURRENT";
  if (live == nullptr && current) {
    repairs.push_back({fmt::format("{}/CURRENT: is there, but no version is live; removed", audience_name),
                       [current_file, folder]() -> Status {
                         QF_CHECK(remove_file(current_file));
                         return sync_folder(folder);
                       }});
  } else if (live != nullptr && current != to_string(live->version)) {
    const std::string version = to_string(live->version);
    std::error_code ignored;
    // Where the folder is gone too, no command can put it right: verify says so.
    if (fs::is_directory(folder / version, ignored))
      repairs.push_back({fmt::format("{}/CURRENT: now names {}, the live version", audience_name, version),
                         [current_file, version]() -> Status {
                           std::error_code is_none;
                           // A folder is not replaced by renaming.
                           if (fs::is_directory(current_file, is_none)) QF_CHECK(remove_file(current_file));
                           return write_file_durably(current_file, version + "\n");
                         }});
  }
  return {};
}

Status plan_private_state(const Store& store, const std::vector<VersionFacts>& versions,
                          const std::optional<Publishing>& publishing, bool erasing, std::vector<Repair>& repairs) {
  QF_ASSIGN(const auto names, names_in(store.private_state()));
  for (const std::string& name : names) {
    const fs::path path = store.private_state() / name;
    if (is_run_file(name) || (!erasing && is_of_erasure(name))) {
      repairs.push_back({fmt::format("private-state/{}: left by a run that ended early; removed", name),
                         [path] { return remove_run(path); }});
    } else if (const auto of = state_name(name)) {
      const auto audience = audience_named(of->audience);
      const VersionFacts* facts = audience ? facts_of(versions, *audience, of->version) : nullptr;
      const bool undone = facts == nullptr && publishing && publishing->audience == of->audience &&
                          publishing->version == to_string(of->version);
      if (undone || (facts != nullptr && facts->removed_at_us))
        repairs.push_back({fmt::format("private-state/{}: of a version that is not there; removed", name),
                           [path] { return remove_file(path); }});
    }
  }
  std::error_code ignored;
  if (const auto note = publishing_file(store); fs::exists(note, ignored))
    repairs.push_back({"private-state/publishing.json: that publication is settled; removed",
                       [note, &store]() -> Status {
                         QF_CHECK(remove_file(note));
                         return sync_folder(store.private_state());
                       },
                       /*settles=*/true});
  return {};
}

Result<std::vector<Repair>> plan(const Store& store, const Database& ledger) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(const auto publishing, publishing_of(store));
  QF_ASSIGN(const auto erasures, load_erasures(ledger));
  const bool erasing =
      std::any_of(erasures.begin(), erasures.end(), [](const ErasureEntry& one) { return !one.finished_at_us; });
  std::vector<Repair> repairs;
  for (const Audience audience : kAudiences) QF_CHECK(plan_audience(store, audience, versions, publishing, repairs));
  // The note of the publication goes last: until then, a run that is killed here starts over.
  QF_CHECK(plan_private_state(store, versions, publishing, erasing, repairs));
  for (const ErasureEntry& one : erasures)
    if (!one.finished_at_us)
      repairs.push_back({fmt::format("erasure {}: was decided and is not finished; what needs no key is taken away; "
                                     "`erase --resume` does the rest",
                                     one.id),
                         [&store] { return remove_rows_and_copies(store); }});
  return repairs;
}

}  // namespace

Status remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);  // a folder in its place must not stand in the way for good
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot remove {}: {}", path.string(), error.message()));
  return {};
}

Status remove_folder(const fs::path& folder) {
  std::error_code error;
  // A version that was put elsewhere and linked here goes there: to take the link away would leave every row.
  if (fs::is_symlink(folder, error) && fs::is_directory(folder, error)) {
    const fs::path place = fs::canonical(folder, error);
    if (error || !fs::is_regular_file(place / "SHA256SUMS", error) ||
        !fs::is_regular_file(place / "manifest.json", error))
      return failure(ErrorCode::kIo,
                     folder.string() +
                         ": is a link to a folder that is no version: what is behind it is not touched; "
                         "take the link away, or put the version back in its place");
    QF_CHECK(remove_folder(place));
    return remove_file(folder);
  }
  if (!fs::is_directory(fs::symlink_status(folder, error))) return remove_file(folder);
  fs::path doomed = folder;
  if (const std::string name = folder.filename().string(); !name.starts_with('.')) {
    doomed = folder.parent_path() / fmt::format(".removed-{}-{}", name, ::getpid());
    fs::remove_all(doomed, error);
    fs::rename(folder, doomed, error);
    if (error) return failure(ErrorCode::kIo, fmt::format("cannot move {}: {}", folder.string(), error.message()));
    QF_CHECK(sync_folder(folder.parent_path()));
  }
  fs::remove_all(doomed, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot remove {}: {}", doomed.string(), error.message()));
  return {};
}

Status remove_staged_rows(const Store& store) { return remove_run(staged_folder(store)); }

Result<std::vector<std::string>> recover(const Store& store, const Database& ledger, const StoreLock& /*lock*/) {
  QF_ASSIGN(const auto repairs, plan(store, ledger));
  std::vector<std::string> done;
  Status all;
  for (const Repair& repair : repairs) {
    if (repair.settles && !all) continue;
    if (const Status one = repair.carry_out(); one)
      done.push_back(repair.what);
    else if (all)
      all = one;
  }
  QF_CHECK(all);
  return done;
}

Result<std::vector<std::string>> unfinished(const Store& store, const Database& ledger) {
  QF_ASSIGN(const auto repairs, plan(store, ledger));
  std::vector<std::string> found;
  for (const Repair& repair : repairs) found.push_back(repair.what);
  return found;
}

Result<std::string> damage_of_current(const Store& store, const Database& ledger, Audience audience) {
  QF_ASSIGN(const auto current, read_current(store, audience));
  QF_ASSIGN(const auto versions, load_versions(ledger));
  const bool is_live = std::any_of(versions.begin(), versions.end(), [&](const VersionFacts& facts) {
    return facts.audience == audience && facts.state == VersionState::kLive;
  });
  if (!current) {
    std::error_code ignored;
    // The first publication of all names its version last, and has its note until then.
    return is_live && !fs::exists(publishing_file(store), ignored) ? "is missing" : "";
  }
  const auto number = parse_version_number(*current);
  return number && facts_of(versions, audience, *number) != nullptr ? ""
                                                                    : "is damaged: it names no version of this store";
}

Result<std::vector<fs::path>> unrecorded_versions(const Store& store, const Database& ledger) {
  QF_ASSIGN(const auto versions, load_versions(ledger));
  QF_ASSIGN(const auto publishing, publishing_of(store));
  std::vector<fs::path> found;
  for (const Audience audience : kAudiences) {
    QF_ASSIGN(const auto names, names_in(store.audience_folder(audience)));
    for (const std::string& name : names) {
      const auto number = parse_version_number(name);
      if (!number || facts_of(versions, audience, *number) != nullptr) continue;
      if (publishing && publishing->audience == to_string(audience) && publishing->version == name) continue;
      found.push_back(store.audience_folder(audience) / name);
    }
  }
  return found;
}

namespace {

// A ledger that is not the store's latest knows neither who is in the later versions nor who withdrew since: whatever
// rested on it would be wrong.
Status check_is_latest(const Store& store, const Database& ledger) {
  QF_ASSIGN(const auto unrecorded, unrecorded_versions(store, ledger));
  if (unrecorded.empty()) return {};
  return failure(
      ErrorCode::kCorrupt,
      fmt::format("{}: the ledger knows nothing of this version. If {} was put back from an older copy, put the newest "
                  "one back; else move the folder away. Nothing was changed",
                  unrecorded.front().string(), store.ledger_file().string()));
}

}  // namespace

Result<WritableStore> open_for_change(const Store& store, IfMissing missing, const LockWait& wait,
                                      Unfinished unfinished) {
  QF_CHECK(store.check_ledger_is_there());
  if (missing == IfMissing::kRefuse && !store.exists())
    return failure(ErrorCode::kNotFound,
                   store.folder().string() + ": no store here. `build`, `people import` and `consent import` make one");
  QF_CHECK(store.make_folders());
  QF_ASSIGN(StoreLock lock, StoreLock::acquire(store.folder(), wait));
  QF_ASSIGN(Database ledger, store.open_locked(lock));
  QF_CHECK(check_is_latest(store, ledger));
  std::vector<std::string> put_right;
  if (auto done = recover(store, ledger, lock); done)
    put_right = std::move(*done);
  else if (unfinished == Unfinished::kRefuse)
    return tl::unexpected<Error>(std::move(done).error());
  for (std::string& removed : clear_abandoned_scratch()) put_right.push_back(std::move(removed));
  return WritableStore{std::move(lock), std::move(ledger), std::move(put_right)};
}

}  // namespace qf
