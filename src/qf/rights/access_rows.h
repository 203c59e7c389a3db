// The raw half of an answer to a person: their projects read again, each record with what became of it and why.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "qf/describe/access_paper.h"
#include "qf/rights/access_versions.h"
#include "qf/rights/others_mask.h"
#include "qf/run/reread.h"

namespace qf {

// What a version was built with, and what it says of where the person's rows come from.
struct VersionSettings {
  const PersonsVersion* version = nullptr;
  Config config;
  std::optional<AuthorityView> authority;  // of its audience
  PublishedValues published;
};

struct AccessReading {
  const RereadLedger* ledger = nullptr;
  const std::vector<PersonsVersion>* versions = nullptr;
  const OthersMask* mask = nullptr;
  std::string subject_key;
  Config config;                              // what the newest version was built with
  std::optional<AuthorityView> authority;     // of its audience
  const PersonsVersion* newest = nullptr;     // whose settings these are; null where no version has a record
  std::vector<VersionSettings> settings;      // of every version that has a record
  std::vector<std::filesystem::path> places;  // of logs
  std::filesystem::path out;
};

// Writes raw/rows.jsonl and portability/, and adds to the facts.
Status read_persons_rows(const AccessReading& reading, AccessFacts& facts);

}  // namespace qf
