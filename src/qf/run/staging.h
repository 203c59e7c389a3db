// One project's rows between the two passes: a file of blocks, each with the rows of one session and table.
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/record.h"
#include "qf/core/result.h"
#include "qf/core/spill_file.h"
#include "qf/ledger/keys.h"
#include "qf/output/damage_check.h"

namespace qf {

// A staged row's own facts. No exportable type holds them.
struct StagedEntry {
  RowKey key;                // names the row from build to build
  RowDigest content{};       // digest of the row without ids: tells whether it changed
  std::uint32_t number = 0;  // of the row within its project, in the order of staging
};

// The keyed fingerprint of a normalised text of a row.
struct StagedText {
  Fingerprint text;
  std::uint32_t number = 0;  // of the row
};

// Rows of one session and table, in the session's order. Of several blocks the earlier one holds the earlier rows.
struct StagedBlock {
  std::uint32_t session = 0;  // index into StagedProject::sessions
  TableId table = TableId::kDecisions;
  std::uint32_t rows = 0, texts = 0;
  std::uint64_t offset = 0, row_bytes = 0;
  // Of entries and texts, and of the rows: what lies in the store may be damaged there.
  DamageCheck facts_check{}, rows_check{};
};

struct StagedSession {
  std::string id;  // raw, unique within the project
  std::uint32_t sittings = 0, sittings_with_decisions = 0;
  bool has_rows = false;
};

// Raw ids as pass two needs them; the other id columns are empty until then.
struct StagedIds {
  bool has_question = false, has_decision = false;
  Fingerprint question;       // of project and question id
  RowKey decision;            // of a correction: the decision that it carries out
  std::uint32_t sitting = 0;  // of the session; kept here too, since not every audience has it in its rows
};

// Reads one row; returns the bytes it took. Text is a view into `bytes`. kStaleStaging where they are no row: whoever
// builds starts over.
Result<std::size_t> decode_staged_row(std::string_view bytes, Arena& arena, StagedIds& ids, Row cells);

// Where the rows of events end: what follows are questions that only files know. A later build of grown logs goes on
// from here.
struct StagedMark {
  std::uint32_t rows = 0;
  std::uint64_t blocks = 0, bytes = 0;  // of the file
  std::uint64_t dead_bytes = 0;         // of blocks that were written anew
};

// What is known of a staged project without reading its blocks.
struct StagedProject {
  std::filesystem::path file;
  std::vector<StagedSession> sessions;
  std::vector<StagedBlock> blocks;
  std::vector<std::uint32_t> replaced;  // numbers of rows that a later one supersedes
  std::uint32_t rows = 0;
  StagedMark end_of_events;
};

class StagedProjectWriter {
 public:
  // Makes the file, for its owner alone.
  static Result<StagedProjectWriter> create(const std::filesystem::path& file);
  // Goes on behind the rows of events of a project that was staged before.
  static Result<StagedProjectWriter> go_on(const StagedProject& staged);

  // Adds a row (as encode_row() made it) to its session and table, with the fingerprints of its texts; it gets the next
  // number.
  Status add(std::uint32_t session, TableId table, StagedEntry entry, const StagedIds& ids, std::string_view row,
             std::span<const Fingerprint> texts);
  void replace(std::uint32_t number) { staged_.replaced.push_back(number); }
  std::uint32_t next_number() const { return staged_.rows; }
  // Puts a row of `questions` in the place of the one with its key that was staged before.
  void amend(const StagedEntry& entry, const StagedIds& ids, std::string_view row, std::span<const Fingerprint> texts);
  // Sets StagedProject::end_of_events. kStaleStaging where a row that is amended is not there.
  Status end_of_events();
  // Writes what is left and closes. `sessions` as the transform counted them.
  Result<StagedProject> finish(std::vector<StagedSession> sessions);

 private:
  struct Part {
    std::string rows;
    std::vector<StagedEntry> entries;
    std::vector<StagedText> texts;
  };
  // A row as it is to stand in the place of an earlier one.
  struct Amended {
    StagedEntry entry;
    std::string row;  // ids and all
    std::vector<Fingerprint> texts;
  };
  explicit StagedProjectWriter(SpillFile file) : file_(std::move(file)) {}
  Result<StagedBlock> write(const Part& part, std::uint32_t session, TableId table);
  Status flush(std::size_t place);
  Status flush_all();
  Status write_amended(StagedBlock& block, std::span<const StagedEntry> entries, std::span<const StagedText> texts,
                       std::string_view rows);

  SpillFile file_;
  StagedProject staged_;
  std::map<std::size_t, Part> parts_;  // by session and table: those that are not empty, few of very many
  std::size_t buffered_ = 0;
  std::map<RowKey, Amended> amended_;
};

// Reads a staged project's blocks. kStaleStaging where they are not what was written.
class StagedProjectReader {
 public:
  static Result<StagedProjectReader> open(const StagedProject& project);
  Status facts(const StagedBlock& block, std::vector<StagedEntry>& entries, std::vector<StagedText>& texts) const;
  Status rows(const StagedBlock& block, std::string& to) const;

 private:
  explicit StagedProjectReader(SpillFile file) : file_(std::move(file)) {}
  SpillFile file_;
};

// Calls `each(row, entry, ids)`, which may fail, for every row of a block in its order; `entries` and `bytes` are what
// facts() and rows() gave. A row lasts until the next one.
template <class Each>
Status for_each_row_of(const StagedBlock& block, std::span<const StagedEntry> entries, std::string_view bytes,
                       Arena& arena, Each each) {
  for (const StagedEntry& entry : entries) {
    arena.clear();
    const Row row = arena.make<Cell>(table_schema(block.table).fields.size());
    StagedIds ids;
    QF_ASSIGN(const std::size_t taken, decode_staged_row(bytes, arena, ids, row));
    bytes.remove_prefix(taken);
    QF_CHECK(each(row, entry, ids));
  }
  return {};
}

// One bit for each row of a build.
class RowBits {
 public:
  void resize(std::uint64_t rows) { words_.assign(rows / 64 + 1, 0); }
  void set(std::uint64_t row) { words_[row / 64] |= std::uint64_t{1} << (row % 64); }
  bool test(std::uint64_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }
  // How many of `count` rows from `first` on are set.
  std::uint64_t count(std::uint64_t first, std::uint64_t count) const {
    std::uint64_t set = 0;
    for (std::uint64_t row = first; row < first + count;) {
      const bool whole = row % 64 == 0 && row + 64 <= first + count;
      set += whole ? static_cast<std::uint64_t>(std::popcount(words_[row / 64])) : test(row) ? 1U : 0U;
      row += whole ? 64 : 1;
    }
    return set;
  }

 private:
  std::vector<std::uint64_t> words_;
};

// The staged projects of a build, and what is decided about their rows between the passes.
struct StagedRun {
  struct Project {
    std::string name;
    std::uint32_t subject = 0;  // index of the person; of a project without rows, of nobody
    StagedProject staged;
    std::uint64_t first_row = 0;  // the number within the run of the project's row 0
  };
  std::vector<Project> projects;  // by name, once sealed
  std::uint64_t rows = 0;
  RowBits dropped;      // left out after staging
  RowBits shared_text;  // those of them of train whose text another split holds; the others are of small groups
  RowBits replaced;     // superseded by a later row

  // Ends the adding of projects: orders them and numbers their rows.
  void seal();
  std::uint64_t dropped_of(const Project& project) const {
    return dropped.count(project.first_row, project.staged.rows);
  }
  std::uint64_t shared_texts_of(const Project& project) const {
    return shared_text.count(project.first_row, project.staged.rows);
  }
  // Calls `each` with block, entry and the row's number within the run, for all rows of a project that are not dropped.
  template <class Each>
  Status for_each_row_of(const Project& project, Each each) const;
};

template <class Each>
Status StagedRun::for_each_row_of(const Project& project, Each each) const {
  if (project.staged.blocks.empty()) return {};
  std::vector<StagedEntry> entries;
  std::vector<StagedText> texts;
  QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
  for (const StagedBlock& block : project.staged.blocks) {
    QF_CHECK(reader.facts(block, entries, texts));
    for (const StagedEntry& entry : entries) {
      const std::uint64_t row = project.first_row + entry.number;
      if (!dropped.test(row)) QF_CHECK(each(block, entry, row));
    }
  }
  return {};
}

}  // namespace qf
