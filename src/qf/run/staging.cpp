#include "qf/run/staging.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "qf/core/digest.h"
#include "qf/core/row_codec.h"

namespace qf {
namespace {

constexpr auto kDecisions = TableId::kDecisions;
constexpr auto kCorrections = TableId::kCorrections;
constexpr auto kQuestions = TableId::kQuestions;
constexpr std::array<std::size_t, 4> kDecisionIds = {
    column_of<kDecisions, "record_id">(), column_of<kDecisions, "session_id">(), column_of<kDecisions, "subject_id">(),
    column_of<kDecisions, "question_id">()};
constexpr std::array<std::size_t, 5> kCorrectionIds = {
    column_of<kCorrections, "record_id">(), column_of<kCorrections, "session_id">(),
    column_of<kCorrections, "subject_id">(), column_of<kCorrections, "question_id">(),
    column_of<kCorrections, "decision_record_id">()};
constexpr std::array<std::size_t, 4> kQuestionIds = {
    column_of<kQuestions, "record_id">(), column_of<kQuestions, "session_id">(), column_of<kQuestions, "subject_id">(),
    column_of<kQuestions, "question_id">()};

tl::unexpected<Error> io_failure(const std::filesystem::path& path) {
  return failure(ErrorCode::kIo, path.string() + ": " + std::strerror(errno));
}

}  // namespace

std::span<const std::size_t> id_columns(TableId table) {
  switch (table) {
    case TableId::kDecisions: return kDecisionIds;
    case TableId::kCorrections: return kCorrectionIds;
    case TableId::kQuestions: return kQuestionIds;
  }
  return {};
}

bool SessionRows::empty() const {
  return std::all_of(parts.begin(), parts.end(), [](const Part& part) { return part.rows.empty(); });
}

Result<StagedRun> StagedRun::create(const std::filesystem::path& file) {
  StagedRun run;
  run.path_ = file;
  run.descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (run.descriptor_ < 0) return io_failure(file);
  return run;
}

StagedRun::StagedRun(StagedRun&& other) noexcept { *this = std::move(other); }

StagedRun& StagedRun::operator=(StagedRun&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(mutex_, other.mutex_);
  std::swap(sessions_, other.sessions_);
  std::swap(blocks_, other.blocks_);
  std::swap(rows_, other.rows_);
  std::swap(texts_, other.texts_);
  return *this;
}

StagedRun::~StagedRun() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Status StagedRun::add(SessionRows&& session) {
  const std::lock_guard lock(*mutex_);
  const auto index = static_cast<std::uint32_t>(sessions_.size());
  sessions_.push_back({std::move(session.id), session.subject});
  for (std::size_t table = 0; table < kTableCount; ++table) {
    SessionRows::Part& part = session.parts[table];
    if (part.rows.empty()) continue;
    for (std::size_t written = 0; written < part.bytes.size();) {
      const ssize_t count = ::pwrite(descriptor_, part.bytes.data() + written, part.bytes.size() - written,
                                     static_cast<off_t>(size_ + written));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return io_failure(path_);
      written += static_cast<std::size_t>(count);
    }
    const auto first_row = static_cast<std::uint32_t>(rows_.size());
    blocks_.push_back({index, static_cast<TableId>(table), size_, part.bytes.size(), first_row,
                       static_cast<std::uint32_t>(part.rows.size())});
    size_ += part.bytes.size();
    rows_.insert(rows_.end(), part.rows.begin(), part.rows.end());
    for (StagedText text : part.texts) {
      text.row += first_row;
      texts_.push_back(text);
    }
  }
  return {};
}

void StagedRun::encode(TableId table, Row cells, std::string& out, std::array<std::uint8_t, 16>& content) {
  std::array<Cell, kMaxIdColumns> ids;
  const auto columns = id_columns(table);
  for (std::size_t i = 0; i < columns.size(); ++i) ids[i] = std::exchange(cells[columns[i]], Cell::null());
  encode_row(std::span(ids).first(columns.size()), out);
  const std::size_t begin = out.size();
  encode_row(cells, out);
  const Sha256Bytes digest = sha256(std::string_view(out).substr(begin));
  std::copy_n(digest.begin(), content.size(), content.begin());
}

Result<std::string> StagedRun::read(const StagedBlock& block) const {
  std::string bytes(block.bytes, '\0');
  for (std::size_t got = 0; got < bytes.size();) {
    const ssize_t count =
        ::pread(descriptor_, bytes.data() + got, bytes.size() - got, static_cast<off_t>(block.offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_failure(path_);
    if (count == 0)
      return failure(ErrorCode::kCorrupt, path_.string() + ": the staged rows were cut off while the build ran");
    got += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<std::size_t> StagedRun::decode(std::string_view bytes, TableId table, Arena& arena, Row cells) {
  std::array<Cell, kMaxIdColumns> ids;
  const auto columns = id_columns(table);
  QF_ASSIGN(const std::size_t first,
            decode_row(bytes, arena, std::span(ids).first(columns.size()), TextStorage::kView));
  QF_ASSIGN(const std::size_t second, decode_row(bytes.substr(first), arena, cells, TextStorage::kView));
  for (std::size_t i = 0; i < columns.size(); ++i) cells[columns[i]] = ids[i];
  return first + second;
}

}  // namespace qf
