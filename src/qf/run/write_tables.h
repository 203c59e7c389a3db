// Pass two: staged rows to the tables of a version, and the documents beside them.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "qf/core/tally.h"
#include "qf/curate/splitter.h"
#include "qf/describe/card.h"
#include "qf/ledger/keys.h"
#include "qf/output/manifest.h"
#include "qf/run/row_groups.h"
#include "qf/run/staging.h"
#include "qf/store/config.h"
#include "qf/store/named_rows.h"
#include "qf/store/store.h"

namespace qf {

// What pass two needs to know about the people of the staged rows; indexed as StagedRun::Project::subject.
struct WrittenSubject {
  std::string key;  // raw; becomes a pseudonym
  Assignment assignment;
};

struct WritePlan {
  const Config* config = nullptr;
  const StagedRun* staged = nullptr;
  const std::vector<WrittenSubject>* subjects = nullptr;
  const Policy* policy = nullptr;
  const RowGroups* groups = nullptr;  // null: nothing is generalised
  const Pseudonymiser* pseudonymiser = nullptr;
  std::filesystem::path folder;        // empty, to be filled
  std::filesystem::path spill_folder;  // for what does not fit into memory
  std::string version;
  std::string privacy_level;
  unsigned threads = 1;
};

struct WrittenTables {
  std::vector<ManifestFile> files;
  std::map<std::string, Tally::Counts, std::less<>> rows;  // by table and split
  std::string content_digest;
  std::map<std::string, std::string> table_digests;
  std::map<std::string, std::uint64_t> uncompressed_bytes;  // by table/split
  std::map<std::string, std::uint64_t> languages;
  std::string first_term, last_term;
};

// Writes the Parquet files of all tables and splits, one thread to each, and reads their row counts back.
Result<WrittenTables> write_tables(const WritePlan& plan);

// Writes manifest, card, schemas and SHA256SUMS beside the tables. `manifest` and `card` are filled but for files.
Status write_documents(const std::filesystem::path& folder, std::vector<ManifestFile> files, Manifest manifest,
                       const CardFacts& card);

}  // namespace qf
