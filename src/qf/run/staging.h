// Rows between the two passes: on disk, session by session, with what the decisions in between need.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "qf/core/reason.h"
#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/curate/splitter.h"
#include "qf/ledger/keys.h"

namespace qf {

// Columns that hold raw ids until the rows are written, for each table; empty names end the list.
inline constexpr std::size_t kMaxIdColumns = 5;
std::span<const std::size_t> id_columns(TableId table);

// A staged row's own facts. No exportable type holds them.
struct StagedRowEntry {
  RowKey key;                              // names the row from build to build
  std::array<std::uint8_t, 16> content{};  // digest of the row without ids: tells whether it changed
  TableId table = TableId::kDecisions;
  bool dropped = false;
};

// The keyed fingerprint of a normalised text of a row.
struct StagedText {
  Fingerprint text;
  std::uint32_t row = 0;      // index of the row
  std::uint32_t subject = 0;  // index of the person
};

// Rows of one session and table, next to each other in the file and in the session's order.
struct StagedBlock {
  std::uint32_t session = 0;
  TableId table = TableId::kDecisions;
  std::uint64_t offset = 0, bytes = 0;
  std::uint32_t first_row = 0, rows = 0;
};

struct StagedSession {
  std::string id;  // raw: project and session id
  std::uint32_t subject = 0;
};

// One session's rows on their way to the file.
struct SessionRows {
  std::string id;
  std::uint32_t subject = 0;
  struct Part {
    std::string bytes;
    std::vector<StagedRowEntry> rows;
    std::vector<StagedText> texts;  // `row` counts within this part
  };
  std::array<Part, kTableCount> parts;
  bool empty() const;
};

class StagedRun {
 public:
  // Makes the file; it is removed with the object.
  static Result<StagedRun> create(const std::filesystem::path& file);
  StagedRun(StagedRun&&) noexcept;
  StagedRun& operator=(StagedRun&&) noexcept;
  ~StagedRun();

  // Adds a session. Safe to call from several threads.
  Status add(SessionRows&& session);
  // Appends a row to a part: ids apart, so that they are not in its content digest.
  static void encode(TableId table, Row cells, std::string& out, std::array<std::uint8_t, 16>& content);
  // Reads a block's bytes.
  Result<std::string> read(const StagedBlock& block) const;
  // Decodes one row of a block; returns the bytes it took. Text is a view into `bytes`.
  static Result<std::size_t> decode(std::string_view bytes, TableId table, Arena& arena, Row cells);

  const std::vector<StagedSession>& sessions() const { return sessions_; }
  const std::vector<StagedBlock>& blocks() const { return blocks_; }
  std::vector<StagedRowEntry>& rows() { return rows_; }
  const std::vector<StagedRowEntry>& rows() const { return rows_; }
  const std::vector<StagedText>& texts() const { return texts_; }

 private:
  StagedRun() = default;
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  std::vector<StagedSession> sessions_;
  std::vector<StagedBlock> blocks_;
  std::vector<StagedRowEntry> rows_;
  std::vector<StagedText> texts_;
};

}  // namespace qf
