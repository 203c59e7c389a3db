// Who is in these logs: every project with its person, confirmed or guessed, and what it holds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/consent.h"
#include "qf/run/reading.h"
#include "qf/store/lock.h"

namespace qf {

struct ListedProject {
  std::string project, subject;
  bool confirmed = false;
  std::uint64_t sessions = 0;  // sittings
  std::uint64_t decisions = 0;
  std::string first_day, last_day;  // "" where the logs hold no event
  std::string first_line;           // what `consent give --me` binds to the registration; not printed
  std::string controller;           // who answers for the person; "" where the register names nobody
  std::string consent;              // to model_training: given, refused, withdrawn, expired, "" for no record
};

struct PeopleListing {
  std::vector<ListedProject> projects;
  std::vector<SkippedInput> skipped;
  std::vector<std::string> warnings;  // registrations that do not hold for the project of their name
};

// Reads the logs and the register of the store, if one is given and there.
Result<PeopleListing> list_people(const std::vector<std::filesystem::path>& paths,
                                  const std::optional<std::filesystem::path>& store, std::int64_t as_of_us,
                                  const ProgressCallback& progress);

// As CSV (RFC 4180) with a header; `people import` reads it back.
std::string people_csv(const PeopleListing& listing);

// For someone alone with their own logs: confirms all these projects as one person's and records the agreement.
// The person is named after the projects' own guess where they agree on one, else kInvalidInput asks for --subject.
// kRefused for someone who was erased, which `key_file` tells.
struct OwnConsent {
  std::string subject;
  std::size_t projects = 0;
  ConsentImport recorded;
  std::vector<SkippedInput> skipped;  // what was not read: projects of it are not among them
};
Result<OwnConsent> give_own_consent(const std::vector<std::filesystem::path>& paths, const std::filesystem::path& store,
                                    const std::optional<std::string>& subject, std::span<const Scope> scopes,
                                    std::int64_t covers_from_us, std::int64_t now_us, const LockWait& wait = {},
                                    const std::filesystem::path& key_file = {});

}  // namespace qf
