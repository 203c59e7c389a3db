// The register: which project is whose, confirmed by whoever holds the logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/result.h"
#include "qf/ledger/database.h"

namespace qf {

// The form in which names of people are compared: without outer blanks, NFC, case folded. A name that is
// not UTF-8 is its own key, and equals no name of the register.
std::string subject_key(std::string_view name);

// kInvalidInput, at `place`, for a name that cannot stand for one person: empty, over 200 bytes, not
// UTF-8, with control characters, or one of the placeholders `unknown` and `manual`.
Status check_subject(std::string_view name, std::string_view place);

// A statement of the register's keeper: this project is this person's.
struct ProjectClaim {
  std::string project;
  std::string subject;
};

// A confirmed claim as the register holds it; times are microseconds since 1970.
struct ProjectOwner {
  std::string project;
  std::string subject;      // as it was written
  std::string subject_key;  // as it is compared
  std::int64_t confirmed_at_us = 0;
};

// An owner that another one replaced.
struct PastOwner {
  ProjectOwner owner;
  std::int64_t replaced_at_us = 0;
};

struct PeopleImport {
  std::size_t added = 0;
  std::size_t changed = 0;    // now another person's; the former owner is in the history
  std::size_t unchanged = 0;  // confirmed before
};

// Reads CSV with the columns project and subject; the other columns of `people list` are ignored.
// kInvalidInput names file, line and column, also where one project is given to two people.
Result<std::vector<ProjectClaim>> parse_people(std::string_view content, std::string_view name);

// Confirms all the claims or none.
Result<PeopleImport> confirm_owners(const Database& database, std::span<const ProjectClaim> claims,
                                    std::int64_t confirmed_at_us);
// parse_people() of a file, then confirm_owners().
Result<PeopleImport> import_people(const Database& database, const std::filesystem::path& csv,
                                   std::int64_t confirmed_at_us);

// The register by project name; the history of a project, oldest first.
Result<std::vector<ProjectOwner>> list_owners(const Database& database);
Result<std::vector<PastOwner>> past_owners(const Database& database, std::string_view project);

}  // namespace qf
