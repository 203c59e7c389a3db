// What a build depends on, as one digest; and the facts of its inputs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/curate/splitter.h"
#include "qf/ingest/project_reader.h"
#include "qf/ledger/consent.h"
#include "qf/store/build_record.h"
#include "qf/store/config.h"

namespace qf {

// What a project's rows come from, apart from paths: its name, its logs and its question files.
struct ProjectIdentity {
  std::string name;
  std::string subject;               // key of the person whose rows they are; "" where none is used
  std::vector<std::string> digests;  // SHA-256 of each log and question file, and of what else shapes rows; sorted
  // The same files with their places, for the record of the build; no part of the digest.
  std::vector<RecordedFile> logs, question_files;
  std::map<std::string, std::uint64_t, std::less<>> dropped;  // reason → rows
};
// What a question file is known by: its name, and whether it holds a former version.
std::string question_file_place(const std::filesystem::path& path, bool history);

// By what was read of its files, whatever they hold by now; what its place and session.yaml say counts as far as it
// shapes rows: the session id, the subject area, and the names that are masked in texts.
ProjectIdentity identify(const Project& project, const std::vector<InputFacts>& logs,
                         const std::vector<QuestionFileFacts>& question_files,
                         const std::vector<std::string>& masked_names);

struct IdentityParts {
  std::vector<ProjectIdentity> projects;          // by name
  std::vector<std::string> subjects;              // keys of the people whose rows are in it
  std::map<std::string, Assignment> assignments;  // by subject key
  std::map<std::string, std::string> decisions;   // likewise: about texts that were set apart
  std::string consent_methods;                    // how many people agreed how, as the certificate says it
};

// SHA-256, as hexadecimal digits, over inputs, configuration, schema and rule versions, and the resulting permissions
// and assignments. Never over paths, threads or the as-of instant.
std::string build_identity(const IdentityParts& parts, const Config& config, const LedgerView& view);

// The identity of a version whose inputs are those of a published one, and whose rows are not, as where another program
// makes them: rows that differ never share an identity, nor its salt.
std::string identity_of_other_rows(const std::string& build_identity, const std::string& logical_digest);

// What a version's pseudonyms are drawn for: its own build identity, or its linkage group, whose versions share them.
std::string pseudonym_identity(const Config& config, const std::string& build_identity);

}  // namespace qf
