#include "qf/run/staging.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "qf/core/row_codec.h"
#include "qf/output/damage_check.h"

namespace qf {
namespace {

// A part goes to the file at this size, all parts together at that one.
constexpr std::size_t kPartBytes = 256 * 1024;
constexpr std::size_t kBufferedBytes = 8 * 1024 * 1024;

template <class T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <class T>
std::span<char> room_for(std::vector<T>& values, std::size_t count) {
  values.resize(count);
  return {reinterpret_cast<char*>(values.data()), count * sizeof(T)};
}

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::kStaleStaging, "staged rows are not what was written: they are damaged on the disk");
}

constexpr char kHasQuestion = 1, kHasDecision = 2;

void append_ids(const StagedIds& ids, std::string& out) {
  out += static_cast<char>((ids.has_question ? kHasQuestion : 0) | (ids.has_decision ? kHasDecision : 0));
  if (ids.has_question) out.append(reinterpret_cast<const char*>(ids.question.bytes.data()), ids.question.bytes.size());
  if (ids.has_decision) out.append(reinterpret_cast<const char*>(ids.decision.bytes.data()), ids.decision.bytes.size());
  out.append(reinterpret_cast<const char*>(&ids.sitting), sizeof ids.sitting);
}

}  // namespace

Result<std::size_t> decode_staged_row(std::string_view bytes, Arena& arena, StagedIds& ids, Row cells) {
  ids = {};
  const auto cut_off = [] { return failure(ErrorCode::kCorrupt, "staged rows: they are cut off"); };
  if (bytes.empty()) return cut_off();
  const char flags = bytes.front();
  std::size_t at = 1;
  const auto take = [&](auto& to) {
    if (bytes.size() < at + to.size()) return false;
    std::memcpy(to.data(), bytes.data() + at, to.size());
    at += to.size();
    return true;
  };
  ids.has_question = (flags & kHasQuestion) != 0;
  ids.has_decision = (flags & kHasDecision) != 0;
  if (ids.has_question && !take(ids.question.bytes)) return cut_off();
  if (ids.has_decision && !take(ids.decision.bytes)) return cut_off();
  std::array<char, sizeof ids.sitting> sitting{};
  if (!take(sitting)) return cut_off();
  std::memcpy(&ids.sitting, sitting.data(), sitting.size());
  QF_ASSIGN(const std::size_t taken, decode_row(bytes.substr(at), arena, cells, TextStorage::kView));
  return at + taken;
}

Result<StagedProjectWriter> StagedProjectWriter::create(const std::filesystem::path& file) {
  QF_ASSIGN(SpillFile made, SpillFile::create_named(file));
  StagedProjectWriter writer(std::move(made));
  writer.staged_.file = file;
  return writer;
}

Status StagedProjectWriter::add(std::uint32_t session, TableId table, StagedEntry entry, const StagedIds& ids,
                                std::string_view row, std::span<const Fingerprint> texts) {
  const std::size_t place = session * kTableCount + static_cast<std::size_t>(table);
  if (parts_.size() <= place) parts_.resize(place + 1);
  Part& part = parts_[place];
  const std::size_t before = part.rows.size();
  entry.number = staged_.rows++;
  append_ids(ids, part.rows);
  part.rows += row;
  part.entries.push_back(entry);
  for (const Fingerprint& text : texts) part.texts.push_back({text, entry.number});
  buffered_ += part.rows.size() - before + sizeof entry + texts.size() * sizeof(StagedText);
  if (part.rows.size() >= kPartBytes) return flush(place);
  return buffered_ >= kBufferedBytes ? flush_all() : Status{};
}

Status StagedProjectWriter::flush(std::size_t place) {
  Part& part = parts_[place];
  if (part.entries.empty()) return {};
  StagedBlock block;
  block.session = static_cast<std::uint32_t>(place / kTableCount);
  block.table = static_cast<TableId>(place % kTableCount);
  block.rows = static_cast<std::uint32_t>(part.entries.size());
  block.texts = static_cast<std::uint32_t>(part.texts.size());
  block.offset = file_.size();
  block.row_bytes = part.rows.size();
  block.facts_check = damage_check(bytes_of(part.entries), bytes_of(part.texts));
  block.rows_check = damage_check(part.rows);
  QF_CHECK(file_.append(bytes_of(part.entries)));
  if (!part.texts.empty()) QF_CHECK(file_.append(bytes_of(part.texts)));
  QF_CHECK(file_.append(part.rows));
  buffered_ -= part.rows.size() + part.entries.size() * sizeof(StagedEntry) + part.texts.size() * sizeof(StagedText);
  staged_.blocks.push_back(block);
  part.entries.clear();
  part.texts.clear();
  part.rows.clear();
  return {};
}

Status StagedProjectWriter::flush_all() {
  for (std::size_t place = 0; place < parts_.size(); ++place) QF_CHECK(flush(place));
  return {};
}

Result<StagedProject> StagedProjectWriter::finish(std::vector<StagedSession> sessions) {
  QF_CHECK(flush_all());
  staged_.sessions = std::move(sessions);
  for (const StagedBlock& block : staged_.blocks) staged_.sessions[block.session].has_rows = true;
  return std::move(staged_);
}

Result<StagedProjectReader> StagedProjectReader::open(const StagedProject& project) {
  QF_ASSIGN(SpillFile file, SpillFile::open(project.file));
  return StagedProjectReader(std::move(file));
}

Status StagedProjectReader::facts(const StagedBlock& block, std::vector<StagedEntry>& entries,
                                  std::vector<StagedText>& texts) const {
  QF_CHECK(file_.read(block.offset, room_for(entries, block.rows)));
  QF_CHECK(file_.read(block.offset + block.rows * sizeof(StagedEntry), room_for(texts, block.texts)));
  return damage_check(bytes_of(entries), bytes_of(texts)) == block.facts_check ? Status{} : damaged();
}

Status StagedProjectReader::rows(const StagedBlock& block, std::string& to) const {
  to.resize(block.row_bytes);
  QF_CHECK(file_.read(block.offset + block.rows * sizeof(StagedEntry) + block.texts * sizeof(StagedText), to));
  return damage_check(to) == block.rows_check ? Status{} : damaged();
}

void StagedRun::seal() {
  std::sort(projects.begin(), projects.end(), [](const Project& a, const Project& b) { return a.name < b.name; });
  rows = 0;
  for (Project& project : projects) {
    project.first_row = rows;
    rows += project.staged.rows;
  }
  dropped.resize(rows);
  replaced.resize(rows);
  for (const Project& project : projects)
    for (const std::uint32_t number : project.staged.replaced) replaced.set(project.first_row + number);
}

}  // namespace qf
