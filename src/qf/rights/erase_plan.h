// What an erasure will do: which versions hold the person, what the store keeps of them, and what can follow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/holds.h"
#include "qf/ledger/keys.h"
#include "qf/ledger/mentions.h"
#include "qf/store/build_record.h"
#include "qf/store/store.h"

namespace qf {

// A version whose files are there, and how it is known to hold the person.
struct HoldingVersion {
  Audience audience = Audience::kPrivate;
  VersionFacts facts;
  // "" where its record names the person; else why it has to count as holding everybody: its record cannot be read, or
  // was made under a key that is not there.
  std::string unknown;
  bool linked = false;  // shares its salt with the other versions of its linkage group
  std::string name() const { return name_of(facts); }
};

// How to build what follows a live version.
struct SuccessorPlan {
  Audience audience = Audience::kPrivate;
  std::string configuration;                 // canonical_config()
  std::vector<std::filesystem::path> roots;  // without those that hold nothing but the person's projects
  std::string none_because;                  // why nothing can be built; "" otherwise
};

struct ErasePlan {
  std::string subject_key, subject_tag;
  std::set<std::string> projects;
  std::map<std::string, std::int64_t> ledger_rows;  // table → rows
  std::vector<std::string> spellings;               // of the person's name, as the ledger knows them
  Mentions mentions;                                // of it in what others wrote
  std::vector<HoldingVersion> versions;
  std::vector<SuccessorPlan> successors;
  // Where the person's logs lay when they were read, as far as they are still there: for their holder, since after the
  // erasure nobody knows it any more.
  std::set<std::string> places;
  bool staged = false;            // rows of the person are staged
  bool found = false;             // anything of the person is there, or may be
  std::vector<std::string> held;  // versions under legal hold among them
};

// The tag under which records and tables know a person.
std::string tag_of(const KeyedTag& tags, std::string_view subject_key);

// `key` is that of `tags`; null where there is none.
Result<ErasePlan> plan_erasure(const Store& store, const Database& ledger, const KeyedTag& tags, const KeyFile* key,
                               std::string_view subject_key);

// How to build what follows a version, from its record; `is_gone` says whose projects are no longer wanted.
SuccessorPlan successor_of(const Store& store, Audience audience, const VersionFacts& facts,
                           const std::set<std::string>& gone_projects);

}  // namespace qf
