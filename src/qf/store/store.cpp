#include "qf/store/store.h"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace qf {
namespace {

std::filesystem::path state_file(const Store& store, Audience audience, const VersionNumber& version,
                                 std::string_view ending) {
  return store.private_state() / (std::string(to_string(audience)) + "-" + to_string(version) + std::string(ending));
}

}  // namespace

std::filesystem::path Store::version_folder(Audience audience, const VersionNumber& version) const {
  return audience_folder(audience) / to_string(version);
}

Status Store::make_folders() const {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(folder_, error);
  if (!error && is_new) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  if (!error) {
    std::filesystem::create_directories(private_state(), error);
    if (!error) std::filesystem::permissions(private_state(), std::filesystem::perms::owner_all, error);
  }
  if (error) return failure(ErrorCode::kIo, folder_.string() + ": " + error.message());
  return {};
}

Result<Database> Store::open_locked(const StoreLock& /*lock*/) const {
  return Database::open(ledger_file(), DatabaseMode::kCreate);
}

Result<Database> Store::open_read_only() const {
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
  if (!std::filesystem::exists(path, error)) return std::optional<std::string>();
  std::ifstream in(path, std::ios::binary);
  if (!in) return failure(ErrorCode::kIo, "cannot open " + path.string() + ": " + std::strerror(errno));
  std::string word;
  std::getline(in, word);
  if (in.bad()) return failure(ErrorCode::kIo, path.string() + ": cannot be read");
  return std::optional(word);
}

}  // namespace qf
