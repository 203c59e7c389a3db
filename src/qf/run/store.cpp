#include "qf/run/store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

#include "qf/core/digest.h"

namespace qf {
namespace {

constexpr std::string_view kRowIndexMagic = "qfrows1\n";
constexpr std::size_t kRowIndexEntry = 16 + 16 + 3;

}  // namespace

std::filesystem::path Store::version_folder(Audience audience, const VersionNumber& version) const {
  return audience_folder(audience) / to_string(version);
}

Result<Database> Store::open_or_create() const {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(folder_, error);
  if (!error && is_new) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  if (!error) {
    std::filesystem::create_directories(private_state(), error);
    if (!error) std::filesystem::permissions(private_state(), std::filesystem::perms::owner_all, error);
  }
  if (error) return failure(ErrorCode::kIo, folder_.string() + ": " + error.message());
  return Database::open(ledger_file(), DatabaseMode::kCreate);
}

Result<Database> Store::open() const {
  if (!exists())
    return failure(ErrorCode::kNotFound,
                   folder_.string() + ": no store here. `build`, `people import` and `consent import` make one");
  return Database::open(ledger_file(), DatabaseMode::kReadWrite);
}

Result<Database> Store::open_read_only() const {
  if (!exists()) return failure(ErrorCode::kNotFound, folder_.string() + ": no store here");
  return Database::open(ledger_file(), DatabaseMode::kReadOnly);
}

std::filesystem::path row_index_file(const Store& store, Audience audience, const VersionNumber& version) {
  return store.private_state() / (std::string(to_string(audience)) + "-" + to_string(version) + ".rows");
}

std::string encode_row_index(const std::vector<PublishedRow>& rows) {
  std::string out(kRowIndexMagic);
  out.reserve(out.size() + rows.size() * kRowIndexEntry);
  for (const PublishedRow& row : rows) {
    out.append(reinterpret_cast<const char*>(row.key.bytes.data()), 16);
    out.append(reinterpret_cast<const char*>(row.content.data()), 16);
    out += static_cast<char>(row.table);
    out += static_cast<char>(row.split);
    out += static_cast<char>(row.fold);
  }
  return out;
}

Result<std::vector<PublishedRow>> read_row_index(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure(ErrorCode::kNotFound, file.string() + ": the store's record of published rows is missing");
  std::stringstream content;
  content << in.rdbuf();
  const std::string bytes = content.str();
  const bool whole = bytes.starts_with(kRowIndexMagic) && (bytes.size() - kRowIndexMagic.size()) % kRowIndexEntry == 0;
  if (!whole) return failure(ErrorCode::kCorrupt, file.string() + ": not a whole record of published rows");
  std::vector<PublishedRow> rows((bytes.size() - kRowIndexMagic.size()) / kRowIndexEntry);
  const char* at = bytes.data() + kRowIndexMagic.size();
  for (PublishedRow& row : rows) {
    std::memcpy(row.key.bytes.data(), at, 16);
    std::memcpy(row.content.data(), at + 16, 16);
    if (static_cast<std::uint8_t>(at[32]) >= kTableCount || static_cast<std::uint8_t>(at[33]) >= kSplitCount)
      return failure(ErrorCode::kCorrupt, file.string() + ": not a whole record of published rows");
    row.table = static_cast<TableId>(at[32]);
    row.split = static_cast<Split>(at[33]);
    row.fold = static_cast<std::uint8_t>(at[34]);
    at += kRowIndexEntry;
  }
  return rows;
}

std::string logical_digest_of(const std::vector<PublishedRow>& sorted) {
  return to_hex(sha256(encode_row_index(sorted)));
}

RowDifference compare_rows(const std::vector<PublishedRow>& before, const std::vector<PublishedRow>& after) {
  RowDifference difference;
  auto old = before.begin();
  auto now = after.begin();
  const auto name = [](const PublishedRow& row) { return std::pair(row.key, row.table); };
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && name(*old) < name(*now))) {
      ++difference.removed;
      ++old;
    } else if (old == before.end() || name(*now) < name(*old)) {
      ++difference.added;
      ++now;
    } else {
      if (old->content != now->content)
        ++difference.changed;
      else if (old->split != now->split || old->fold != now->fold)
        ++difference.moved;
      ++old;
      ++now;
    }
  }
  return difference;
}

VersionNumber next_version(const VersionNumber& before, const RowDifference& difference) {
  if (difference.removed + difference.changed + difference.moved != 0) return {before.major + 1, 0, 0};
  if (difference.added != 0) return {before.major, before.minor + 1, 0};
  return {before.major, before.minor, before.patch + 1};
}

}  // namespace qf
