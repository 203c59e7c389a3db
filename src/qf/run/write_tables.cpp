#include "qf/run/write_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <tuple>

#include "qf/core/content_digest.h"
#include "qf/core/digest.h"
#include "qf/core/external_sort.h"
#include "qf/core/in_threads.h"
#include "qf/core/row_codec.h"
#include "qf/describe/schema_json.h"
#include "qf/output/durable.h"
#include "qf/output/formats.h"
#include "qf/run/settled_row.h"

namespace qf {
namespace {

using Domain = Pseudonymiser::Domain;

std::string_view view_of(const RecordName& name) { return {name.data(), name.size()}; }

// One block of a job, and the name that its session is sorted by.
struct JobBlock {
  RecordName session;
  std::uint32_t project = 0, block = 0;  // indices into the run and its project
  friend bool operator<(const JobBlock& a, const JobBlock& b) {
    return std::tie(a.session, a.project, a.block) < std::tie(b.session, b.project, b.block);
  }
};

// One table and split: written by one thread from beginning to end.
struct Job {
  TableId table;
  Split split;
  std::vector<JobBlock> blocks;
  std::uint64_t bytes = 0, rows = 0;
};

struct JobResult {
  std::vector<WrittenFile> files;
  std::uint64_t rows = 0;
  ContentDigest digest;
  std::map<std::string, std::uint64_t, std::less<>> languages;
  std::string first_term, last_term;
};

class JobWriter {
 public:
  // `memory_bytes`: for each of its two sorts.
  JobWriter(const WritePlan& plan, const Job& job, std::size_t memory_bytes)
      : plan_(plan),
        job_(job),
        schema_(table_schema(job.table)),
        late_(late_columns_of(job.table)),
        mixes_(plan.config->audience == Audience::kExternal),
        context_(late_, mixes_),
        memory_bytes_(memory_bytes),
        by_name_(plan.spill_folder, memory_bytes) {}

  Result<JobResult> run() {
    WriterOptions options;
    options.created_by = "qf-dataset " QF_VERSION;
    options.max_shard_bytes = static_cast<std::uint64_t>(plan_.config->max_shard_bytes);
    options.key_values = {{"qf_dataset.audience", std::string(to_string(plan_.config->audience))}};
    for (const std::string& name : plan_.config->formats) {
      const Format* format = find_format(name);
      QF_ASSIGN(auto writer, format->open(plan_.folder, job_.table, to_string(job_.split), options));
      writers_.push_back({format, std::move(writer)});
    }
    // Of one table only.
    result_.digest = ContentDigest(plan_.spill_folder, memory_bytes_ * kTableCount);
    result_.digest.reserve(job_.table, job_.rows);
    if (mixes_) {
      QF_ASSIGN(mixed_, SpillFile::create(plan_.spill_folder));
      by_name_.reserve(job_.rows);
    }
    const JobBlock* before = nullptr;
    for (const JobBlock& at : job_.blocks) {
      const bool new_session = before == nullptr || before->session != at.session;
      QF_CHECK(write_block(at, new_session));
      before = &at;
    }
    if (mixes_) QF_CHECK(append_mixed());
    for (const FormatWriter& one : writers_) QF_CHECK(finish(one));
    QF_CHECK(result_.digest.put_aside());  // it waits for the other jobs
    return std::move(result_);
  }

 private:
  struct FormatWriter {
    const Format* format;
    std::unique_ptr<TableWriter> writer;
  };

  Status finish(const FormatWriter& one) {
    QF_ASSIGN(std::vector<WrittenFile> files, one.writer->finish());
    std::uint64_t reread = 0;
    for (WrittenFile& file : files) {
      QF_ASSIGN(const std::uint64_t rows, one.format->count_rows(plan_.folder / file.path));
      reread += rows;
      result_.files.push_back(std::move(file));
    }
    if (reread != result_.rows)
      return failure(
          ErrorCode::kInternal,
          "rows written and rows read back differ: the disk or the program is at fault; nothing was published");
    return {};
  }

  Status write_block(const JobBlock& at, bool new_session) {
    const StagedRun::Project& project = plan_.staged->projects[at.project];
    const StagedBlock& block = project.staged.blocks[at.block];
    const WrittenSubject& subject = (*plan_.subjects)[project.subject];
    QF_ASSIGN(const StagedProjectReader reader, StagedProjectReader::open(project.staged));
    QF_CHECK(reader.facts(block, entries_, texts_));
    QF_CHECK(reader.rows(block, bytes_));
    if (new_session) {
      context_.begin_session();
      if (!mixes_)
        for (const FormatWriter& one : writers_) QF_CHECK(one.writer->begin_group());
    }
    plan_.pseudonymiser->pseudonym(Domain::kSubject, subject.key, subject_name_);
    return for_each_row_of(block, entries_, bytes_, arena_,
                           [&](Row row, const StagedEntry& entry, const StagedIds& ids) -> Status {
                             const std::uint64_t number = project.first_row + entry.number;
                             if (plan_.staged->dropped.test(number)) return {};
                             return context_.pass(row, ids, arena_, true,
                                                  [&]() { return write_row(row, entry, ids, number, at, subject); });
                           });
  }

  Status write_row(Row row, const StagedEntry& entry, const StagedIds& ids, std::uint64_t number, const JobBlock& at,
                   const WrittenSubject& subject) {
    name_row(*plan_.pseudonymiser, job_.table, entry.key, record_name_);
    row[late_.record] = Cell::of(view_of(record_name_));
    if (leaves(late_.session)) row[late_.session] = Cell::of(view_of(at.session));
    if (leaves(late_.subject)) row[late_.subject] = Cell::of(view_of(subject_name_));
    if (ids.has_question && leaves(late_.question)) {
      const auto& bytes = ids.question.bytes;
      plan_.pseudonymiser->pseudonym(Domain::kQuestion, {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                     question_name_);
      row[late_.question] = Cell::of(view_of(question_name_));
    }
    if (ids.has_decision && leaves(*late_.decision_record)) {
      name_row(*plan_.pseudonymiser, TableId::kDecisions, ids.decision, decision_name_);
      row[*late_.decision_record] = Cell::of(view_of(decision_name_));
    }
    row[late_.dataset_version] = Cell::of(std::string_view(plan_.version));
    settle_row(late_, job_.table, *plan_.staged, plan_.groups, number, subject.assignment, plan_.privacy_level, row,
               arena_);
    if (!mixes_) return append(row);
    // The order of rows must not say either which of them are one person's: they are sorted by their own names.
    Mixed one{record_name_, mixed_->size(), 0};
    canonical_.clear();
    encode_row(row, canonical_);
    one.bytes = static_cast<std::uint32_t>(canonical_.size());
    QF_CHECK(mixed_->append(canonical_));
    return by_name_.add(one);
  }

  Status append_mixed() {
    QF_CHECK(by_name_.sort());
    for (;;) {
      QF_ASSIGN(const Mixed* one, by_name_.next());
      if (one == nullptr) return {};
      bytes_.resize(one->bytes);
      QF_CHECK(mixed_->read(one->offset, bytes_));
      arena_.clear();
      const Row row = arena_.make<Cell>(schema_.fields.size());
      QF_ASSIGN([[maybe_unused]] const std::size_t taken, decode_row(bytes_, arena_, row, TextStorage::kView));
      QF_CHECK(append(row));
    }
  }

  bool leaves(std::size_t column) const { return plan_.policy->leaves(job_.table, column); }

  Status append(Row row) {
    for (const FormatWriter& one : writers_) QF_CHECK(one.writer->append(row));
    ++result_.rows;
    canonical_.clear();
    canonical_row(row, canonical_);
    QF_CHECK(result_.digest.add(job_.table, row[late_.record].view(), canonical_));
    if (const Cell& language = row[*late_.language]; !language.is_null()) {
      const auto known = result_.languages.find(language.view());
      if (known != result_.languages.end())
        ++known->second;
      else
        result_.languages.emplace(language.view(), 1);
    }
    if (const Cell& term = row[*late_.term]; !term.is_null()) {
      if (result_.first_term.empty() || term.view() < result_.first_term) result_.first_term = term.view();
      if (term.view() > result_.last_term) result_.last_term = term.view();
    }
    return {};
  }

  const WritePlan& plan_;
  const Job& job_;
  const TableSchema& schema_;
  LateColumns late_;
  bool mixes_;
  SettledContext context_;
  std::vector<FormatWriter> writers_;
  JobResult result_;
  Arena arena_;
  std::vector<StagedEntry> entries_;
  std::vector<StagedText> texts_;
  std::string bytes_, canonical_;
  // Of a row whose place among the others is still to be found.
  struct Mixed {
    RecordName name{};
    std::uint64_t offset = 0;
    std::uint32_t bytes = 0;
    auto operator<=>(const Mixed&) const = default;
  };
  std::size_t memory_bytes_;
  std::optional<SpillFile> mixed_;
  ExternalSort<Mixed> by_name_;
  RecordName record_name_{}, subject_name_{}, question_name_{}, decision_name_{};
};

// What there is to write, the largest first, so that no thread is left with it at the end.
std::vector<Job> jobs_of(const WritePlan& plan) {
  std::vector<Job> jobs;
  for (const TableSchema& table : tables())
    for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) jobs.push_back({table.id, split, {}});
  for (std::uint32_t p = 0; p < plan.staged->projects.size(); ++p) {
    const StagedRun::Project& project = plan.staged->projects[p];
    if (project.staged.blocks.empty()) continue;
    const Split split = (*plan.subjects)[project.subject].assignment.split;
    std::vector<RecordName> sessions(project.staged.sessions.size());
    for (std::size_t i = 0; i < sessions.size(); ++i)
      plan.pseudonymiser->pseudonym(Domain::kSession, project.name + '\0' + project.staged.sessions[i].id, sessions[i]);
    for (std::uint32_t b = 0; b < project.staged.blocks.size(); ++b) {
      const StagedBlock& block = project.staged.blocks[b];
      Job& job = jobs[static_cast<std::size_t>(block.table) * kSplitCount + static_cast<std::size_t>(split)];
      job.blocks.push_back({sessions[block.session], p, b});
      job.bytes += block.row_bytes;
      job.rows += block.rows;
    }
  }
  std::erase_if(jobs, [](const Job& job) { return job.blocks.empty(); });
  // By pseudonym, so that the order of rows tells nothing about the order of projects.
  for (Job& job : jobs) std::sort(job.blocks.begin(), job.blocks.end());
  return jobs;
}

}  // namespace

Result<WrittenTables> write_tables(const WritePlan& plan) {
  const std::vector<Job> jobs = jobs_of(plan);
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return jobs[a].bytes > jobs[b].bytes; });

  // However many threads there are, the jobs at work share an eighth for their two sorts.
  const std::size_t at_work = std::max<std::size_t>(1, std::min<std::size_t>(plan.threads, jobs.size()));
  const std::size_t memory = static_cast<std::size_t>(plan.config->memory_bytes) / 16 / at_work;
  std::vector<std::optional<JobResult>> results(jobs.size());
  // Each job has a place of its own for what it gives.
  QF_CHECK(in_threads(jobs.size(), plan.threads, [&](std::size_t i) -> Status {
    QF_ASSIGN(results[order[i]], JobWriter(plan, jobs[order[i]], memory).run());
    return {};
  }));

  WrittenTables written;
  ContentDigest digest(plan.spill_folder, static_cast<std::size_t>(plan.config->memory_bytes) / 8);
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
  QF_ASSIGN(const auto digests, digest.finish(plan.threads));
  written.content_digest = digests.combined;
  written.table_digests = digests.tables;
  return written;
}

Status write_documents(const std::filesystem::path& folder, std::vector<ManifestFile> files, Manifest manifest,
                       const CardFacts& card) {
  const auto add = [&](const std::string& name, const std::string& content) -> Status {
    std::error_code error;
    const auto parent = (folder / name).parent_path();
    std::filesystem::create_directories(parent, error);
    if (error) return failure(ErrorCode::kIo, "cannot create " + parent.string() + ": " + error.message());
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
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->is_directory(error)) QF_CHECK(sync_folder(at->path()));
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot read {}: {}", folder.string(), error.message()));
  return sync_folder(folder);
}

}  // namespace qf
