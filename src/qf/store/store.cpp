#include "qf/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace qf {
namespace {

std::filesystem::path state_file(const Store& store, Audience audience, const VersionNumber& version,
                                 std::string_view ending) {
  return store.private_state() / (std::string(to_string(audience)) + "-" + to_string(version) + std::string(ending));
}

// A folder with those above it. What stands in its place, or a link that leads nowhere, is said: it may be all that is
// left of one.
Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return {};
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(folder, ignored)))
    return failure(ErrorCode::kIo, folder.string() + ": " + error.message());
  return failure(ErrorCode::kIo, folder.string() +
                                     ": is no folder, or a link that leads to none: put the folder back, or move away "
                                     "what is there");
}

// Closes a folder, where it is there, to everybody but its owner.
Status keep_for_owner(const std::filesystem::path& folder) {
  using std::filesystem::perms;
  std::error_code error;
  const auto facts = std::filesystem::symlink_status(folder, error);
  if (!std::filesystem::is_directory(facts) || facts.permissions() == perms::owner_all) return {};
  std::filesystem::permissions(folder, perms::owner_all, error);
  // Whoever may write here without owning the folder cannot close it, and need not.
  if (error && error != std::errc::operation_not_permitted)
    return failure(ErrorCode::kIo, folder.string() + ": " + error.message());
  return {};
}

}  // namespace

std::filesystem::path Store::version_folder(Audience audience, const VersionNumber& version) const {
  return audience_folder(audience) / to_string(version);
}

Status Store::make_folders() const {
  std::error_code error;
  // SQLite takes 512 bytes, the names of its journal and of the copy before a migration among them.
  constexpr std::size_t kMostBytes = 480;
  if (const auto ledger = std::filesystem::absolute(ledger_file(), error); ledger.native().size() > kMostBytes)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{}: the path is too long for the ledger ({} bytes, at most {}): name a shorter one",
                               folder_.string(), ledger.native().size(), kMostBytes));
  const bool is_new = std::filesystem::create_directories(folder_, error);
  if (!error && is_new) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, folder_.string() + ": " + error.message());
  QF_CHECK(make_folder(private_state()));
  QF_CHECK(keep_for_owner(private_state()));
  return keep_for_owner(audience_folder(Audience::kPrivate));
}

Status Store::make_audience_folder(Audience audience) const {
  const auto folder = audience_folder(audience);
  QF_CHECK(make_folder(folder));
  return audience == Audience::kPrivate ? keep_for_owner(folder) : Status();
}

Result<Database> Store::open_locked(const StoreLock& /*lock*/) const {
  return Database::open(ledger_file(), DatabaseMode::kCreate);
}

bool Store::holds(const std::filesystem::path& path) const {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(fs::absolute(path), error),
                 outer = fs::weakly_canonical(fs::absolute(folder_), error);
  const auto [end, rest] = std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end());
  return !error && (end == outer.end() || end->empty());
}

Status Store::check_ledger_is_there() const {
  std::error_code error;
  const bool there = std::filesystem::exists(ledger_file(), error);
  if (there && (std::filesystem::file_size(ledger_file(), error) != 0 || error)) return {};
  std::filesystem::path witness;
  const auto look = [&](const std::filesystem::path& folder, const auto& tells) {
    std::filesystem::directory_iterator at(folder, error);
    for (; !error && witness.empty() && at != std::filesystem::directory_iterator(); at.increment(error))
      if (tells(at->path().filename().string())) witness = at->path();
  };
  for (const Audience audience : kAudiences)
    look(audience_folder(audience), [](const std::string& name) { return parse_version_number(name).has_value(); });
  look(private_state(), [](const std::string& name) { return name.ends_with(".build.json"); });
  if (witness.empty()) return {};
  return failure(ErrorCode::kCorrupt,
                 ledger_file().string() + (there ? " is empty" : " is missing") + ", though " + witness.string() +
                     " is there: put the ledger back from a backup. Without it nobody knows who agreed, who withdrew "
                     "and who was erased, so nothing goes on here. Where there is no backup, begin a store in another "
                     "folder; the versions in this one can still be verified one by one");
}

bool Store::exists() const {
  std::error_code error;
  return std::filesystem::exists(ledger_file(), error) || error;
}

Result<Database> Store::open_read_only() const {
  QF_CHECK(check_ledger_is_there());
  if (!exists()) return failure(ErrorCode::kNotFound, folder_.string() + ": no store here");
  return Database::open(ledger_file(), DatabaseMode::kReadOnly);
}

std::filesystem::path row_index_file(const Store& store, Audience audience, const VersionNumber& version) {
  return state_file(store, audience, version, ".rows");
}

std::filesystem::path build_record_file(const Store& store, Audience audience, const VersionNumber& version) {
  return state_file(store, audience, version, ".build.json");
}

std::filesystem::path staged_folder(const Store& store) { return store.private_state() / "staged"; }

std::filesystem::path publishing_file(const Store& store) { return store.private_state() / "publishing.json"; }

Result<std::optional<std::string>> read_current(const Store& store, Audience audience) {
  const auto path = store.audience_folder(audience) / "CURRENT";
  std::error_code error;
  const auto type = std::filesystem::symlink_status(path, error).type();
  if (type == std::filesystem::file_type::not_found) return std::optional<std::string>();
  // A link or a folder in its place names nothing.
  if (type != std::filesystem::file_type::regular) return std::optional<std::string>("");
  std::ifstream in(path, std::ios::binary);
  if (!in) return failure(ErrorCode::kIo, "cannot open " + path.string() + ": " + std::strerror(errno));
  std::string word;
  std::getline(in, word);
  if (in.bad()) return failure(ErrorCode::kIo, path.string() + ": cannot be read");
  // More than one line is not what was written: readers differ in which they take.
  if (!in.eof() && in.peek() != std::ifstream::traits_type::eof()) word.clear();
  return std::optional(word);
}

}  // namespace qf
