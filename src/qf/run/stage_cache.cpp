#include "qf/run/stage_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "qf/core/digest.h"
#include "qf/core/whole_file.h"
#include "qf/ingest/line_reader.h"
#include "qf/run/stage_cache_codec.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBlockBytes = 4'096;
constexpr std::uint64_t kBlocks = 16;  // at the beginning, at the end, and between

std::optional<KnownFile> look_at(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  KnownFile known;
  known.path = fs::absolute(path).string();
  known.size = static_cast<std::uint64_t>(facts.st_size);
  known.inode = facts.st_ino;
  known.device = facts.st_dev;
  known.modified_ns = facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec;
  known.changed_ns = facts.st_ctim.tv_sec * 1'000'000'000LL + facts.st_ctim.tv_nsec;
  return known;
}

// The digest of blocks of the first `bytes` of a file: its beginning, its end there, and some between. Empty where it
// cannot be read.
std::string digest_of_blocks(const fs::path& path, std::uint64_t bytes) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  Sha256 running;
  const std::uint64_t last = bytes > kBlockBytes ? bytes - kBlockBytes : 0;
  char block[kBlockBytes];
  bool whole = true;
  for (std::uint64_t i = 0; i < kBlocks && whole; ++i) {
    const std::uint64_t at = last / (kBlocks - 1) * i + (i == kBlocks - 1 ? last % (kBlocks - 1) : 0);
    const auto want = static_cast<std::size_t>(std::min(kBlockBytes, bytes - at));
    const ssize_t got = ::pread(file, block, want, static_cast<off_t>(at));
    whole = got == static_cast<ssize_t>(want);
    if (whole) running.update({block, want});
  }
  ::close(file);
  return whole ? running.hex() : std::string();
}

bool same_file(const KnownFile& a, const KnownFile& b) {
  return a.path == b.path && a.size == b.size && a.inode == b.inode && a.device == b.device &&
         a.modified_ns == b.modified_ns && a.changed_ns == b.changed_ns;
}

// Whether more was written to the same file. One of the same size that was written to is another one.
bool has_grown(const KnownFile& now, const KnownFile& was) {
  return now.path == was.path && now.inode == was.inode && now.device == was.device && now.size > was.size;
}

// Whether the log still holds what was read of it, every byte.
bool holds(const fs::path& path, const InputFacts& input) {
  auto reader = LineReader::open(path, 1 << 20, input.bytes);
  if (!reader) return false;
  while (true) {
    auto chunk = reader->next();
    if (!chunk) return false;
    if (chunk->kind == LineChunk::Kind::kEnd) return reader->digest_hex() == input.sha256;
  }
}

}  // namespace

std::optional<std::vector<KnownFile>> known_logs(const Project& project) {
  std::vector<KnownFile> files;
  for (const LogFile& log : project.logs) {
    auto known = look_at(log.path);
    if (!known) return std::nullopt;
    files.push_back(std::move(*known));
  }
  return files;
}

bool add_what_was_read(std::vector<KnownFile>& logs, const Project& project, const std::vector<InputFacts>& inputs) {
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const LogFile& log = project.logs[i];
    const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const InputFacts& one) { return one.log == i; });
    if (input == inputs.end()) return false;
    // Of a packed log all of what lies on the disk was read.
    logs[i].read_bytes = compression_of(log.path) == Compression::kNone ? input->bytes : logs[i].size;
    logs[i].blocks = digest_of_blocks(log.path, logs[i].read_bytes);
    if (logs[i].blocks.empty()) return false;
  }
  return true;
}

std::optional<std::vector<KnownFile>> known_companions(const Project& project) {
  std::vector<KnownFile> files;
  for (const auto* paths : {&project.question_files, &project.history_files})
    for (const fs::path& path : *paths) {
      auto known = look_at(path);
      if (!known) return std::nullopt;
      files.push_back(std::move(*known));
    }
  return files;
}

FilesNow look_at_files(const CachedProject& known, const Project& project, bool verify) {
  const auto companions = known_companions(project);
  if (!companions ||
      !std::equal(companions->begin(), companions->end(), known.companions.begin(), known.companions.end(), same_file))
    return FilesNow::kChanged;
  if (project.logs.size() != known.logs.size()) return FilesNow::kChanged;
  FilesNow found = FilesNow::kUnchanged;
  for (std::size_t i = 0; i < known.logs.size(); ++i) {
    const LogFile& log = project.logs[i];
    const KnownFile& was = known.logs[i];
    const auto now = look_at(log.path);
    if (!now || (!same_file(*now, was) && !has_grown(*now, was))) return FilesNow::kChanged;
    if (digest_of_blocks(log.path, was.read_bytes) != was.blocks) return FilesNow::kChanged;
    if (now->size != was.size) found = FilesNow::kGrown;
    if (!verify) continue;
    const auto input =
        std::find_if(known.inputs.begin(), known.inputs.end(), [&](const InputFacts& one) { return one.log == i; });
    if (input == known.inputs.end() || !holds(log.path, *input)) return FilesNow::kChanged;
  }
  return found;
}

Result<StageCache> StageCache::open(fs::path folder) {
  std::error_code error;
  // Rows that may be made anew at any time: what stands in their place goes, a link as well.
  if (const auto there = fs::symlink_status(folder, error); fs::exists(there) && !fs::is_directory(there))
    fs::remove(folder, error);
  error.clear();
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, folder.string() + ": " + error.message());
  return StageCache(std::move(folder));
}

std::optional<CachedProject> StageCache::find(const std::string& tag, const std::string& settings) const {
  const auto content = read_whole_file(folder_ / (tag + ".state"));
  if (!content) return std::nullopt;
  auto project = decode_cached_project(*content);
  if (!project || project->settings != settings) return std::nullopt;
  project->staged.file = rows_file(tag);
  return project;
}

std::optional<StagedPerson> read_staged_person(const fs::path& file) {
  const auto content = read_whole_file(file);
  if (!content) return std::nullopt;
  const auto project = decode_cached_project(*content);
  if (!project) return std::nullopt;
  return StagedPerson{project->identity.name, project->subject_key};
}

Status StageCache::forget(const std::string& tag) const {
  std::error_code error;
  fs::remove(folder_ / (tag + ".state"), error);
  if (error) return failure(ErrorCode::kIo, (folder_ / (tag + ".state")).string() + ": " + error.message());
  return {};
}

Status StageCache::remove(const std::string& tag) const {
  QF_CHECK(forget(tag));
  for (const fs::path& file : {rows_file(tag), resume_file(tag), next_resume_file(tag)}) {
    std::error_code error;
    fs::remove(file, error);
    if (error) return failure(ErrorCode::kIo, file.string() + ": " + error.message());
  }
  return {};
}

Status StageCache::keep(const std::string& tag, const CachedProject& project) const {
  QF_ASSIGN(SpillFile file, SpillFile::create_named(folder_ / (tag + ".state.part")));
  QF_CHECK(file.append(encode_cached_project(project)));
  std::error_code error;
  if (project.resume) {
    fs::rename(next_resume_file(tag), resume_file(tag), error);
  } else {
    fs::remove(resume_file(tag), error);
    if (!error) fs::remove(next_resume_file(tag), error);
  }
  if (error) return failure(ErrorCode::kIo, resume_file(tag).string() + ": " + error.message());
  fs::rename(folder_ / (tag + ".state.part"), folder_ / (tag + ".state"), error);
  if (error) return failure(ErrorCode::kIo, (folder_ / (tag + ".state")).string() + ": " + error.message());
  return {};
}

Status StageCache::keep_only(const std::set<std::string>& tags) const {
  std::error_code error;
  std::vector<fs::path> gone;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!tags.contains(name.substr(0, name.find('.'))) || name.ends_with(".part")) gone.push_back(at->path());
  }
  for (const fs::path& path : gone)
    if (!error) fs::remove(path, error);
  if (error) return failure(ErrorCode::kIo, folder_.string() + ": " + error.message());
  return {};
}

}  // namespace qf
