#include "qf/run/publish.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "qf/core/content_digest.h"
#include "qf/core/digest.h"
#include "qf/core/row_codec.h"
#include "qf/describe/schema_json.h"
#include "qf/output/durable.h"
#include "qf/output/parquet_reader.h"
#include "qf/output/parquet_writer.h"

namespace qf {
namespace {

using Domain = Pseudonymiser::Domain;

// The columns that are filled only now, when split, version and salt are known.
struct LateColumns {
  std::size_t record, session, subject, question, fold, privacy_level, dataset_version;
  std::optional<std::size_t> decision_record, language, term;
};

template <TableId Table>
constexpr LateColumns late_columns() {
  LateColumns columns{column_of<Table, "record_id">(),
                      column_of<Table, "session_id">(),
                      column_of<Table, "subject_id">(),
                      column_of<Table, "question_id">(),
                      column_of<Table, "fold">(),
                      column_of<Table, "privacy_level">(),
                      column_of<Table, "dataset_version">(),
                      std::nullopt,
                      column_of<Table, "language">(),
                      column_of<Table, "term">()};
  if constexpr (Table == TableId::kCorrections) columns.decision_record = column_of<Table, "decision_record_id">();
  return columns;
}

LateColumns late_columns_of(TableId table) {
  switch (table) {
    case TableId::kDecisions: return late_columns<TableId::kDecisions>();
    case TableId::kCorrections: return late_columns<TableId::kCorrections>();
    case TableId::kQuestions: return late_columns<TableId::kQuestions>();
  }
  return late_columns<TableId::kDecisions>();
}

// Replaces raw ids by pseudonyms in place; the text lives in the arena.
class Naming {
 public:
  Naming(const Pseudonymiser& pseudonymiser, Arena& arena) : pseudonymiser_(pseudonymiser), arena_(arena) {}
  void replace(Domain domain, Cell& cell) {
    if (cell.is_null()) return;
    char name[Pseudonymiser::kLength];
    pseudonymiser_.pseudonym(domain, cell.view(), name);
    cell = Cell::of(arena_.copy({name, sizeof name}));
  }

 private:
  const Pseudonymiser& pseudonymiser_;
  Arena& arena_;
};

// One table and split: written by one thread from beginning to end.
struct Job {
  TableId table;
  Split split;
  std::vector<std::size_t> blocks;  // in the order of the sessions' pseudonyms
};

struct JobResult {
  std::vector<WrittenFile> files;
  std::uint64_t rows = 0;
  ContentDigest digest;
  std::map<std::string, std::uint64_t> languages;
  std::string first_term, last_term;
};

Result<JobResult> write_job(const WritePlan& plan, const Job& job) {
  const TableSchema& schema = table_schema(job.table);
  const LateColumns late = late_columns_of(job.table);
  WriterOptions options;
  options.created_by = "qf-dataset " QF_VERSION;
  options.max_shard_bytes = static_cast<std::uint64_t>(plan.config->max_shard_bytes);
  options.key_values = {{"qf_dataset.audience", std::string(to_string(plan.config->audience))}};
  QF_ASSIGN(const auto writer, TableWriter::open(plan.folder, job.table, to_string(job.split), options));

  JobResult result;
  result.digest = ContentDigest(plan.spill_folder);
  Arena arena;
  std::string canonical;
  for (const std::size_t index : job.blocks) {
    const StagedBlock& block = plan.staged->blocks()[index];
    const StagedSession& session = plan.staged->sessions()[block.session];
    const WrittenSubject& subject = (*plan.subjects)[session.subject];
    QF_ASSIGN(const std::string bytes, plan.staged->read(block));
    QF_CHECK(writer->begin_group());
    std::string_view rest = bytes;
    for (std::uint32_t i = 0; i < block.rows; ++i) {
      arena.clear();
      const Row row = arena.make<Cell>(schema.fields.size());
      QF_ASSIGN(const std::size_t taken, StagedRun::decode(rest, job.table, arena, row));
      rest.remove_prefix(taken);
      if (plan.staged->rows()[block.first_row + i].dropped) continue;
      Naming naming(*plan.pseudonymiser, arena);
      naming.replace(Domain::kRecord, row[late.record]);
      naming.replace(Domain::kQuestion, row[late.question]);
      if (late.decision_record) naming.replace(Domain::kRecord, row[*late.decision_record]);
      row[late.session] = Cell::of(std::string_view(session.id));
      naming.replace(Domain::kSession, row[late.session]);
      row[late.subject] = Cell::of(std::string_view(subject.key));
      naming.replace(Domain::kSubject, row[late.subject]);
      row[late.fold] = Cell::of(static_cast<std::int64_t>(subject.assignment.fold));
      row[late.privacy_level] = Cell::of(std::string_view(plan.privacy_level));
      row[late.dataset_version] = Cell::of(std::string_view(plan.version));
      QF_CHECK(writer->append(row));
      ++result.rows;
      canonical.clear();
      canonical_row(schema, row, canonical);
      QF_CHECK(result.digest.add(job.table, row[late.record].view(), canonical));
      if (const Cell& language = row[*late.language]; !language.is_null())
        ++result.languages[std::string(language.view())];
      if (const Cell& term = row[*late.term]; !term.is_null()) {
        if (result.first_term.empty() || term.view() < result.first_term) result.first_term = term.view();
        if (term.view() > result.last_term) result.last_term = term.view();
      }
    }
  }
  QF_ASSIGN(result.files, writer->finish());
  std::uint64_t reread = 0;
  for (const WrittenFile& file : result.files) {
    QF_ASSIGN(const auto reader, TableReader::open(plan.folder / file.path));
    reread += reader.row_count();
  }
  if (reread != result.rows)
    return failure(
        ErrorCode::kInternal,
        "rows written and rows read back differ: the disk or the program is at fault; nothing was published");
  return result;
}

}  // namespace

Result<WrittenTables> write_tables(const WritePlan& plan) {
  // Sessions by pseudonym, so that the order of rows tells nothing about the order of projects.
  const auto& sessions = plan.staged->sessions();
  std::vector<std::string> names(sessions.size());
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    char name[Pseudonymiser::kLength];
    plan.pseudonymiser->pseudonym(Domain::kSession, sessions[i].id, name);
    names[i].assign(name, sizeof name);
  }
  std::vector<std::size_t> order(plan.staged->blocks().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto name_of = [&](std::size_t block) -> const std::string& {
    return names[plan.staged->blocks()[block].session];
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return name_of(a) < name_of(b); });

  std::vector<Job> jobs;
  for (const TableSchema& table : tables())
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
      Job job{table.id, split, {}};
      for (const std::size_t block : order) {
        const StagedBlock& staged = plan.staged->blocks()[block];
        if (staged.table == table.id && (*plan.subjects)[sessions[staged.session].subject].assignment.split == split)
          job.blocks.push_back(block);
      }
      if (!job.blocks.empty()) jobs.push_back(std::move(job));
    }

  std::vector<std::optional<JobResult>> results(jobs.size());
  std::optional<Error> error;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    const auto work = [&] {
      for (std::size_t i = next.fetch_add(1); i < jobs.size(); i = next.fetch_add(1)) {
        auto result = write_job(plan, jobs[i]);
        const std::lock_guard lock(mutex);
        if (result)
          results[i] = std::move(*result);
        else if (!error)
          error = std::move(result.error());
        if (error) return;
      }
    };
    for (unsigned i = 0; i < std::max(1U, std::min<unsigned>(plan.threads, static_cast<unsigned>(jobs.size()))); ++i)
      threads.emplace_back(work);
  }
  if (error) return tl::unexpected<Error>(std::move(*error));

  WrittenTables written;
  ContentDigest digest(plan.spill_folder);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    JobResult& result = *results[i];
    if (result.rows != 0)
      written.rows[std::string(table_schema(jobs[i].table).name)][std::string(to_string(jobs[i].split))] = result.rows;
    for (const WrittenFile& file : result.files) {
      written.files.push_back({file.path, file.bytes, file.rows, file.sha256});
      written.uncompressed_bytes[std::string(table_schema(jobs[i].table).name) + "/" +
                                 std::string(to_string(jobs[i].split))] += file.uncompressed_bytes;
    }
    QF_CHECK(digest.merge(std::move(result.digest)));
    for (const auto& [language, rows] : result.languages) written.languages[language] += rows;
    if (!result.first_term.empty() && (written.first_term.empty() || result.first_term < written.first_term))
      written.first_term = result.first_term;
    written.last_term = std::max(written.last_term, result.last_term);
  }
  QF_ASSIGN(const auto digests, digest.finish());
  written.content_digest = digests.combined;
  written.table_digests = digests.tables;
  return written;
}

Status write_documents(const std::filesystem::path& folder, std::vector<ManifestFile> files, Manifest manifest,
                       const CardFacts& card) {
  const auto add = [&](const std::string& name, const std::string& content) -> Status {
    std::error_code error;
    std::filesystem::create_directories((folder / name).parent_path(), error);
    QF_CHECK(write_file_durably(folder / name, content));
    files.push_back({name, content.size(), 0, to_hex(sha256(content))});
    return {};
  };
  for (const TableSchema& table : tables())
    QF_CHECK(add("schema/" + std::string(table.name) + ".json", json_schema(table)));
  QF_CHECK(add("README.md", dataset_card(card)));
  manifest.files = files;
  QF_ASSIGN(const std::string json, manifest_json(manifest));
  QF_CHECK(add("manifest.json", json));
  QF_CHECK(write_file_durably(folder / "SHA256SUMS", sha256_sums(files)));
  // Names become durable with their folders, from the inside out.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_directory()) QF_CHECK(sync_folder(entry.path()));
  return sync_folder(folder);
}

}  // namespace qf
