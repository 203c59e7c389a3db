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

std::uint64_t bytes_of_block(const StagedBlock& block) {
  return block.row_bytes + block.rows * sizeof(StagedEntry) + block.texts * sizeof(StagedText);
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
  if (bytes.empty()) return damaged();
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
  if (ids.has_question && !take(ids.question.bytes)) return damaged();
  if (ids.has_decision && !take(ids.decision.bytes)) return damaged();
  std::array<char, sizeof ids.sitting> sitting{};
  if (!take(sitting)) return damaged();
  std::memcpy(&ids.sitting, sitting.data(), sitting.size());
  const auto taken = decode_row(bytes.substr(at), arena, cells, TextStorage::kView);
  if (!taken) return damaged();
  return at + *taken;
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

// Writes the part as a block.
Result<StagedBlock> StagedProjectWriter::write(const Part& part, std::uint32_t session, TableId table) {
  StagedBlock block;
  block.session = session;
  block.table = table;
  block.rows = static_cast<std::uint32_t>(part.entries.size());
  block.texts = static_cast<std::uint32_t>(part.texts.size());
  block.offset = file_.size();
  block.row_bytes = part.rows.size();
  block.facts_check = damage_check(bytes_of(part.entries), bytes_of(part.texts));
  block.rows_check = damage_check(part.rows);
  QF_CHECK(file_.append(bytes_of(part.entries)));
  if (!part.texts.empty()) QF_CHECK(file_.append(bytes_of(part.texts)));
  QF_CHECK(file_.append(part.rows));
  return block;
}

Status StagedProjectWriter::flush(std::size_t place) {
  const auto part = parts_.find(place);
  QF_ASSIGN(const StagedBlock block, write(part->second, static_cast<std::uint32_t>(place / kTableCount),
                                           static_cast<TableId>(place % kTableCount)));
  parts_.erase(part);
  buffered_ -= bytes_of_block(block);
  staged_.blocks.push_back(block);
  return {};
}

Status StagedProjectWriter::flush_all() {
  while (!parts_.empty()) QF_CHECK(flush(parts_.begin()->first));
  return {};
}

Result<StagedProjectWriter> StagedProjectWriter::go_on(const StagedProject& staged) {
  const StagedMark& mark = staged.end_of_events;
  QF_ASSIGN(SpillFile file, SpillFile::go_on(staged.file, mark.bytes));
  StagedProjectWriter writer(std::move(file));
  writer.staged_ = staged;
  writer.staged_.blocks.resize(static_cast<std::size_t>(mark.blocks));
  writer.staged_.rows = mark.rows;
  writer.staged_.sessions.clear();
  return writer;
}

void StagedProjectWriter::amend(const StagedEntry& entry, const StagedIds& ids, std::string_view row,
                                std::span<const Fingerprint> texts) {
  Amended& amended = amended_[entry.key];
  amended.entry = entry;
  amended.row.clear();  // a question may be amended more than once before its block is written
  append_ids(ids, amended.row);
  amended.row += row;
  amended.texts.assign(texts.begin(), texts.end());
}

Status StagedProjectWriter::write_amended(StagedBlock& block, std::span<const StagedEntry> entries,
                                          std::span<const StagedText> texts, std::string_view rows) {
  Part part;
  Arena arena;
  auto text = texts.begin();  // they stand in the order of the rows
  for (const StagedEntry& entry : entries) {
    arena.clear();
    StagedIds ids;
    const Row cells = arena.make<Cell>(table_schema(block.table).fields.size());
    QF_ASSIGN(const std::size_t taken, decode_staged_row(rows, arena, ids, cells));
    const auto amended = amended_.find(entry.key);
    if (amended == amended_.end()) {
      part.entries.push_back(entry);
      part.rows += rows.substr(0, taken);
    } else {
      part.entries.push_back(amended->second.entry);
      part.entries.back().number = entry.number;
      part.rows += amended->second.row;
      for (const Fingerprint& print : amended->second.texts) part.texts.push_back({print, entry.number});
    }
    for (; text != texts.end() && text->number == entry.number; ++text)
      if (amended == amended_.end()) part.texts.push_back(*text);
    if (amended != amended_.end()) amended_.erase(amended);
    rows.remove_prefix(taken);
  }
  staged_.end_of_events.dead_bytes += bytes_of_block(block);
  QF_ASSIGN(block, write(part, block.session, block.table));
  return {};
}

Status StagedProjectWriter::end_of_events() {
  QF_CHECK(flush_all());
  StagedMark& mark = staged_.end_of_events;
  if (!amended_.empty()) {
    QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(staged_));
    std::vector<StagedEntry> entries;
    std::vector<StagedText> texts;
    std::string rows;
    for (std::size_t i = 0; i < mark.blocks && !amended_.empty(); ++i) {
      StagedBlock& block = staged_.blocks[i];
      if (block.table != TableId::kQuestions) continue;
      QF_CHECK(reader.facts(block, entries, texts));
      const bool any =
          std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return amended_.contains(entry.key); });
      if (!any) continue;
      QF_CHECK(reader.rows(block, rows));
      QF_CHECK(write_amended(block, entries, texts, rows));
    }
    if (!amended_.empty()) return damaged();
  }
  mark.rows = staged_.rows;
  mark.blocks = staged_.blocks.size();
  mark.bytes = file_.size();
  return {};
}

Result<StagedProject> StagedProjectWriter::finish(std::vector<StagedSession> sessions) {
  QF_CHECK(flush_all());
  staged_.sessions = std::move(sessions);
  // What is held of a project counts as often as there are projects.
  staged_.sessions.shrink_to_fit();
  staged_.blocks.shrink_to_fit();
  staged_.replaced.shrink_to_fit();
  for (const StagedBlock& block : staged_.blocks) staged_.sessions[block.session].has_rows = true;
  return std::move(staged_);
}

Result<StagedProjectReader> StagedProjectReader::open(const StagedProject& project) {
  auto file = SpillFile::open(project.file);
  if (!file) return damaged();
  return StagedProjectReader(std::move(*file));
}

Status StagedProjectReader::facts(const StagedBlock& block, std::vector<StagedEntry>& entries,
                                  std::vector<StagedText>& texts) const {
  if (!file_.read(block.offset, room_for(entries, block.rows)) ||
      !file_.read(block.offset + block.rows * sizeof(StagedEntry), room_for(texts, block.texts)))
    return damaged();
  return damage_check(bytes_of(entries), bytes_of(texts)) == block.facts_check ? Status{} : damaged();
}

Status StagedProjectReader::rows(const StagedBlock& block, std::string& to) const {
  to.resize(block.row_bytes);
  if (!file_.read(block.offset + block.rows * sizeof(StagedEntry) + block.texts * sizeof(StagedText), to))
    return damaged();
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
  shared_text.resize(rows);
  replaced.resize(rows);
  for (Project& project : projects) {
    for (const std::uint32_t number : project.staged.replaced) replaced.set(project.first_row + number);
    std::vector<std::uint32_t>().swap(project.staged.replaced);
  }
}

}  // namespace qf
