#include "qf/ledger/key_care.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "qf/core/whole_file.h"
#include "qf/ledger/private_files.h"
#include "qf/ledger/salt_file.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

fs::path salts_of(const fs::path& key) { return key.string() + ".salts"; }

// Where that cannot be told, what is tried next says why.
bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Status refuse_existing(const fs::path& path) {
  if (!is_there(path)) return {};
  return failure(ErrorCode::kRefused, path.string() + ": there is a file already, and a key is never replaced");
}

// A second name for a file: both are whole at any time.
Status keep_as(const fs::path& path, const fs::path& kept) {
  if (::link(path.c_str(), kept.c_str()) != 0 && errno != EEXIST) return system_failure("create", kept, errno);
  return sync_folder_of(kept);
}

}  // namespace

Result<KeyFile> KeyCare::make(const fs::path& path, const Passphrase* passphrase) {
  if (path.empty())
    return failure(ErrorCode::kInvalidInput,
                   "no place for the key file is known: name one with --key-file or QF_DATASET_KEY_FILE");
  QF_CHECK(refuse_existing(path));
  // Salts without their key would be sealed with another one.
  QF_CHECK(refuse_existing(salts_of(path)));
  QF_CHECK(make_private_folders(path.parent_path()));
  QF_ASSIGN(KeyFile drawn, KeyFile::draw());
  QF_ASSIGN(const bool written, drawn.write(path, passphrase));
  if (!written) return failure(ErrorCode::kRefused, path.string() + ": another run has made a key here");
  drawn.path_ = path;
  drawn.sealed_ = passphrase != nullptr;
  return drawn;
}

Status KeyCare::back_up(const fs::path& path, const fs::path& out, const Passphrase* passphrase) {
  QF_ASSIGN(KeyFile key, KeyFile::open(path));
  QF_CHECK(refuse_existing(out));
  QF_CHECK(refuse_existing(salts_of(out)));
  QF_CHECK(make_private_folders(out.parent_path()));
  const Passphrase* seal = passphrase;
  if (seal == nullptr && key.sealed()) {
    QF_ASSIGN(seal, known_passphrase(path));
  }
  SaltFile salts(key);
  QF_ASSIGN(const PrivateFile lock, salts.lock());
  QF_CHECK(salts.load());
  if (is_there(salts.path)) {
    QF_ASSIGN(const std::string sealed, read_whole_file(salts.path));
    QF_ASSIGN([[maybe_unused]] const bool done, write_once(salts_of(out), sealed));
  }
  QF_ASSIGN(const bool written, key.write(out, seal));
  if (!written) return failure(ErrorCode::kRefused, out.string() + ": there is a file already");
  // Read back: a backup that nobody has read is none.
  key.path_ = out;
  SaltFile copy(key);
  QF_CHECK(copy.load());
  if (copy.salts != salts.salts)
    return failure(ErrorCode::kCorrupt, salts_of(out).string() + ": the copy of the salts is not what was written");
  return {};
}

Result<KeyCare::Rotation> KeyCare::rotate(const fs::path& path, const Passphrase* passphrase) {
  QF_ASSIGN(const KeyFile old, KeyFile::open(path));
  const Passphrase* seal = passphrase;
  if (seal == nullptr && old.sealed()) {
    QF_ASSIGN(seal, known_passphrase(path));
  }
  const fs::path next = path.string() + ".next", kept = fmt::format("{}.of-{}", path.string(), old.id());
  SaltFile salts(old);
  QF_ASSIGN(const PrivateFile lock, salts.lock());
  // Left by a run that ended before the new key was in place: the old one is still whole, and its salts are either in
  // their place or, where the new ones are there already, beside it.
  for (const fs::path& left : {next, salts_of(next)}) ::unlink(left.c_str());
  if (const Status loaded = salts.load(); !loaded) {
    if (!is_there(salts_of(kept))) return tl::unexpected<Error>(loaded.error());
    QF_ASSIGN(const std::string of_before, read_whole_file(salts_of(kept)));
    QF_ASSIGN(const fs::path again, write_beside(salts.path, of_before));
    QF_CHECK(put_in_place(again, salts.path));
    salts.salts.clear();
    QF_CHECK(salts.load());
  }
  ::unlink(salts_of(kept).c_str());

  QF_ASSIGN(KeyFile drawn, KeyFile::draw());
  drawn.path_ = next;
  drawn.before_ = old.before();
  drawn.before_.push_back(old.id());
  drawn.tags_ = secret_bytes(32);
  KeyBytes tags = old.extracted_tags();
  std::copy(tags.begin(), tags.end(), drawn.tags_.get());
  sodium_memzero(tags.data(), tags.size());
  QF_ASSIGN([[maybe_unused]] const bool written, drawn.write(next, seal));
  SaltFile carried(drawn);
  for (const auto& [identity, salt] : salts.salts) carried.salts.emplace(identity, SaltFile::extracted(old, salt));
  QF_CHECK(carried.save());

  QF_CHECK(keep_as(path, kept));
  if (is_there(salts.path)) QF_CHECK(keep_as(salts.path, salts_of(kept)));
  QF_CHECK(put_in_place(salts_of(next), salts.path));
  QF_CHECK(put_in_place(next, path));
  // The new file knows them all. Left beside the key they would outlive their destruction.
  Status cleaned = remove_salts_of_before(path);
  if (!cleaned)
    cleaned = failure(cleaned.error().code, "the new key is in its place, but " + cleaned.error().message +
                                                ": remove it by hand, the key need not be rotated again");
  return Rotation{old.id(), drawn.id(), kept, salts.salts.size(), std::move(cleaned)};
}

}  // namespace qf
