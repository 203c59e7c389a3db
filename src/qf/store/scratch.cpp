#include "qf/store/scratch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "qf/core/spill_file.h"
#include "qf/core/whole_file.h"
#include "qf/output/durable.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "qf-scratch-";
// Holds the absolute path of a folder elsewhere that goes with this one.
constexpr std::string_view kNote = "elsewhere";

fs::path without_slash(const fs::path& path) { return path.filename().empty() ? path.parent_path() : path; }
fs::path parent_of(const fs::path& name) { return name.has_parent_path() ? name.parent_path() : fs::path("."); }

// A folder of this user under just this name, no link to one.
bool is_own_folder(const fs::path& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid();
}

// The descriptor that holds the folder's lock, -1 where another process does or it is gone.
int take_lock(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return -1;
  struct stat held {
  }, named{};
  // Between open and lock the folder may have been cleared away as abandoned: then the name leads to no folder now.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &held) == 0 &&
      ::lstat(folder.c_str(), &named) == 0 && held.st_ino == named.st_ino && held.st_dev == named.st_dev)
    return descriptor;
  ::close(descriptor);
  return -1;
}

// What the note names: only ever a folder of this user that bears the name of the folder with the note.
fs::path elsewhere_of(const fs::path& folder) {
  const auto text = read_whole_file(folder / kNote);
  if (!text) return {};
  fs::path path(*text);
  const bool ours = path.is_absolute() && path.filename() == "." + folder.filename().string() && is_own_folder(path);
  return ours ? path : fs::path();
}

}  // namespace

Result<ScratchFolder> ScratchFolder::create(std::string_view what) {
  std::error_code error;
  const fs::path parent = temporary_folder();
  if (!fs::is_directory(parent, error))
    return failure(ErrorCode::kIo,
                   fmt::format("{}: the system's temporary folder ($TMPDIR) is not there", parent.string()));
  constexpr int kTries = 16;
  for (int i = 0; i < kTries; ++i) {
    std::string name = (parent / fmt::format("{}{}-XXXXXX", kPrefix, what)).string();
    if (::mkdtemp(name.data()) == nullptr)
      return failure(ErrorCode::kIo,
                     fmt::format("cannot create a folder in {}: {}", parent.string(), std::strerror(errno)));
    if (const int lock = take_lock(name); lock >= 0) return ScratchFolder(name, lock);
  }
  return failure(
      ErrorCode::kIo,
      fmt::format("cannot lock a folder in {}: put $TMPDIR on a file system that knows locks", parent.string()));
}

Result<ScratchFolder> ScratchFolder::create_beside(const fs::path& wanted, std::string_view what) {
  const fs::path parent = parent_of(without_slash(wanted));
  QF_ASSIGN(ScratchFolder folder, create(what));
  std::error_code error;
  const fs::path elsewhere = fs::absolute(parent, error) / ("." + folder.folder_.filename().string());
  // The note comes first: a folder that nobody could find is never made.
  std::ofstream note(folder.folder_ / kNote, std::ios::binary);
  note << elsewhere.string();
  note.close();
  if (!note || ::mkdir(elsewhere.c_str(), S_IRWXU) != 0)
    return failure(ErrorCode::kIo, fmt::format("cannot create {}: {}", elsewhere.string(), std::strerror(errno)));
  folder.contents_ = elsewhere;
  return folder;
}

Status ScratchFolder::keep(const fs::path& made, const fs::path& wanted) {
  const fs::path name = without_slash(wanted);
  if (::rename(made.c_str(), name.c_str()) != 0)
    return failure(ErrorCode::kIo, fmt::format("{}: {}", name.string(), std::strerror(errno)));
  return sync_folder(parent_of(name));
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : folder_(std::exchange(other.folder_, {})),
      contents_(std::exchange(other.contents_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!contents_.empty()) fs::remove_all(contents_, ignored);
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

std::vector<std::string> clear_abandoned_scratch() {
  std::vector<std::string> removed;
  std::error_code error;
  const fs::path parent = temporary_folder();
  std::vector<fs::path> found;
  for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error))
    if (at->path().filename().string().starts_with(kPrefix) && is_own_folder(at->path())) found.push_back(at->path());
  for (const fs::path& folder : found) {
    const int lock = take_lock(folder);
    if (lock < 0) continue;
    std::error_code failed;
    if (const fs::path elsewhere = elsewhere_of(folder); !elsewhere.empty()) fs::remove_all(elsewhere, failed);
    // The note goes only after what it names.
    if (!failed) fs::remove_all(folder, failed);
    if (!failed)
      removed.push_back(fmt::format("{}: a working folder of a run that ended early; removed", folder.string()));
    ::close(lock);
  }
  return removed;
}

}  // namespace qf
