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

// What tells a registered project from another one of the same name, as far as it is known. A name is a session id or a
// path, and two people's folders may share it.
struct ProjectAnchor {
  std::string first_line;  // hex SHA-256 of a log's first line, at most 4 KiB of it; "" where no build has bound it yet
  std::string first_day;   // YYYY-MM-DD of its earliest event; "" where the register's keeper named none
};

// A statement of the register's keeper: this project is this person's.
struct ProjectClaim {
  std::string project;
  std::string subject;
  ProjectAnchor anchor{};
  std::string controller{};  // who answers for this person's data; "" where the register's keeper names none
};

// A confirmed claim as the register holds it; times are microseconds since 1970.
struct ProjectOwner {
  std::string project;
  std::string subject;      // as it was written
  std::string subject_key;  // as it is compared
  std::int64_t confirmed_at_us = 0;
  ProjectAnchor anchor{};
};

struct PeopleImport {
  std::size_t added = 0;
  std::size_t changed = 0;    // now another person's; the former owner is in the history
  std::size_t unchanged = 0;  // confirmed before
};

// The first line of a registered project's log, as a build met it.
struct BoundLine {
  std::string project;
  std::string subject_key;
  std::string first_line;
};

// Reads CSV with the columns project, subject and, if they are there, first_day and controller; the other columns of
// `people list` are ignored. kInvalidInput names file, line and column, also where one project is given to two people.
Result<std::vector<ProjectClaim>> parse_people(std::string_view content, std::string_view name);
// The same of a file; kNotFound where there is none.
Result<std::vector<ProjectClaim>> read_people(const std::filesystem::path& csv);

// Confirms all the claims or none. A claim with another first day, another first line or another person renews the
// project's anchor; one that names neither leaves the anchor of the same person as it is.
Result<PeopleImport> confirm_owners(const Database& database, std::span<const ProjectClaim> claims,
                                    std::int64_t confirmed_at_us);

// Binds the first lines of projects that are still these people's and have none yet; all of them or none.
Status bind_first_lines(const Database& database, std::span<const BoundLine> lines, std::int64_t at_us);

// The register by project name.
Result<std::vector<ProjectOwner>> list_owners(const Database& database);

}  // namespace qf
