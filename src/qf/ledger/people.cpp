#include "qf/ledger/people.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "qf/core/instant.h"
#include "qf/core/text.h"
#include "qf/core/whole_file.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/csv.h"
#include "qf/ledger/kept_tables.h"

namespace qf {
namespace {

constexpr std::size_t kMaxSubjectBytes = 200;
constexpr std::size_t kMaxProjectBytes = 4'096;
constexpr std::size_t kMaxRegisterBytes = std::size_t{64} << 20;
constexpr std::array<std::string_view, 9> kColumns = {"project",   "subject",  "confirmed", "sessions",  "decisions",
                                                      "first_day", "last_day", "consent",   "controller"};
constexpr std::array<std::string_view, 2> kRequired = {"project", "subject"};

// Session ids that many projects share, so that a row for them would pool their people.
bool is_placeholder(std::string_view key) { return key == "unknown" || key == "manual"; }

Status check_project(std::string_view project, std::string_view place) {
  const auto bad = [&](std::string_view why) {
    return failure(ErrorCode::kInvalidInput, fmt::format("{}: {}", place, why));
  };
  if (project.empty()) return bad("the project's name is missing");
  if (project.size() > kMaxProjectBytes) return bad(fmt::format("longer than {} bytes", kMaxProjectBytes));
  if (has_control_character(project)) return bad("not UTF-8, or with control characters");
  if (is_placeholder(subject_key(project)))
    return bad("this id is shared by many projects and is nobody's; name the project as `people list` prints it");
  return {};
}

Status check_controller(std::string_view name, std::string_view place) {
  if (name.size() <= kMaxSubjectBytes && !has_control_character(name)) return {};
  return failure(
      ErrorCode::kInvalidInput,
      fmt::format("{}: a name of at most {} bytes of UTF-8, without control characters", place, kMaxSubjectBytes));
}

Status check_first_day(std::string_view day, std::string_view place) {
  const auto time_us = day.empty() ? std::nullopt : parse_day_or_instant(day);
  if (day.empty() || (time_us && format_day(*time_us) == day)) return {};
  return failure(ErrorCode::kInvalidInput,
                 fmt::format("{}: not a day as `people list` prints it (2026-01-31); leave it as it was", place));
}

// The audit log's word for it. Which projects are whose is about that person: it goes when the person is erased.
Status note_confirmation(EntrySeries& entries, const ProjectClaim& claim, std::string_view key, bool was_anothers,
                         std::int64_t at_us) {
  const nlohmann::json body = {{"project", claim.project}, {"was_anothers", was_anothers}};
  // The register said otherwise before: data about a person was put right (Article 16).
  return entries.add(was_anothers ? "rectified" : "register_confirmed", body.dump(), key, at_us);
}

}  // namespace

std::string subject_key(std::string_view name) { return casefold_nfc(trimmed(name)); }

Status check_subject(std::string_view name, std::string_view place) {
  const auto bad = [&](std::string_view why) {
    return failure(ErrorCode::kInvalidInput, fmt::format("{}: {}", place, why));
  };
  name = trimmed(name);
  if (name.empty()) return bad("the person's name is missing");
  if (name.size() > kMaxSubjectBytes) return bad(fmt::format("a name of more than {} bytes", kMaxSubjectBytes));
  if (has_control_character(name)) return bad("a name that is not UTF-8, or has control characters");
  if (is_placeholder(subject_key(name)))
    return bad("`unknown` and `manual` stand for nobody in particular; name the person, or leave the row out");
  return {};
}

Result<std::vector<ProjectClaim>> parse_people(std::string_view content, std::string_view name) {
  QF_ASSIGN(const CsvTable table, parse_csv(content, name));
  QF_ASSIGN(const CsvColumns columns, CsvColumns::find(table, kColumns, kRequired));
  struct First {
    std::size_t line;
    std::string key;
  };
  std::map<std::string, First, std::less<>> seen;
  std::map<std::string, std::pair<std::size_t, std::string>, std::less<>> controllers;  // by person: line, name
  std::vector<ProjectClaim> claims;
  for (const CsvRow& row : table.rows) {
    ProjectClaim claim{std::string(columns.field(row, "project")),
                       std::string(columns.field(row, "subject")),
                       {"", std::string(columns.field(row, "first_day"))},
                       std::string(trimmed(columns.field(row, "controller")))};
    QF_CHECK(check_project(claim.project, field_place(name, row.line, "project")));
    QF_CHECK(check_subject(claim.subject, field_place(name, row.line, "subject")));
    QF_CHECK(check_first_day(claim.anchor.first_day, field_place(name, row.line, "first_day")));
    std::string key = subject_key(claim.subject);
    if (!claim.controller.empty()) {
      QF_CHECK(check_controller(claim.controller, field_place(name, row.line, "controller")));
      const auto [named, is_new] = controllers.try_emplace(key, row.line, claim.controller);
      if (!is_new && named->second.second != claim.controller)
        return failure(ErrorCode::kInvalidInput,
                       fmt::format("{}: this person has another controller in line {}; a person belongs to one",
                                   field_place(name, row.line, "controller"), named->second.first));
    }
    const auto [first, fresh] = seen.try_emplace(claim.project, First{row.line, key});
    if (!fresh && first->second.key != key)
      return failure(ErrorCode::kInvalidInput,
                     fmt::format("{}: this project has another person in line {}; a project has one owner",
                                 field_place(name, row.line, "subject"), first->second.line));
    if (fresh) claims.push_back(std::move(claim));
  }
  return claims;
}

Result<PeopleImport> confirm_owners(const Database& database, std::span<const ProjectClaim> claims,
                                    std::int64_t confirmed_at_us) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement find, database.prepare("SELECT subject_key, ifnull(first_line, ''), ifnull(first_day, '') "
                                             "FROM project_owners WHERE project = ?1"));
  QF_ASSIGN(Statement keep,
            database.prepare(
                "INSERT INTO project_owner_history (project, subject, subject_key, confirmed_at, replaced_at) "
                "SELECT project, subject, subject_key, confirmed_at, ?2 FROM project_owners WHERE project = ?1"));
  QF_ASSIGN(Statement write,
            database.prepare(
                "INSERT INTO project_owners (project, subject, subject_key, confirmed_at, first_line, first_day) "
                "VALUES (?1, ?2, ?3, ?4, nullif(?5, ''), nullif(?6, '')) "
                "ON CONFLICT (project) DO UPDATE SET subject = excluded.subject, "
                "subject_key = excluded.subject_key, confirmed_at = excluded.confirmed_at, "
                "first_line = excluded.first_line, first_day = excluded.first_day"));
  QF_ASSIGN(Statement renew, database.prepare("UPDATE project_owners SET first_line = nullif(?2, ''), "
                                              "first_day = nullif(?3, '') WHERE project = ?1"));
  PeopleImport result;
  EntrySeries entries(database);
  std::size_t renewed = 0;
  for (const ProjectClaim& claim : claims) {
    QF_CHECK(check_project(claim.project, "project"));
    QF_CHECK(check_subject(claim.subject, "subject"));
    const std::string key = subject_key(claim.subject);
    if (!claim.controller.empty()) {
      QF_ASSIGN(const bool another, set_controller(database, key, claim.controller, confirmed_at_us));
      if (another)
        QF_CHECK(entries.add("register_confirmed", nlohmann::json{{"controller", claim.controller}}.dump(), key,
                             confirmed_at_us));
    }
    QF_CHECK(find.bind(claim.project));
    QF_ASSIGN(const bool known, find.next());
    const ProjectAnchor& anchor = claim.anchor;
    if (known && find.text(0) == key) {
      ++result.unchanged;
      const bool other_line = !anchor.first_line.empty() && anchor.first_line != find.text(1);
      const bool other_day = !anchor.first_day.empty() && anchor.first_day != find.text(2);
      if (other_line || other_day) {
        QF_CHECK(renew.run(claim.project, anchor.first_line, anchor.first_day));
        ++renewed;
      }
      continue;
    }
    if (known) QF_CHECK(keep.run(claim.project, confirmed_at_us));
    QF_CHECK(
        write.run(claim.project, trimmed(claim.subject), key, confirmed_at_us, anchor.first_line, anchor.first_day));
    QF_CHECK(note_confirmation(entries, claim, key, known, confirmed_at_us));
    ++(known ? result.changed : result.added);
  }
  QF_CHECK(find.bind());
  if (renewed != 0)
    QF_CHECK(entries.add("register_bound", nlohmann::json{{"projects", renewed}}.dump(), "", confirmed_at_us));
  QF_CHECK(entries.finish({"project_owner_history", "project_owners", "subject_controllers"}));
  QF_CHECK(transaction.commit());
  return result;
}

Result<std::vector<ProjectClaim>> read_people(const std::filesystem::path& csv) {
  QF_ASSIGN(const std::string content, read_whole_file(csv, kMaxRegisterBytes, FileKind::kAny));
  return parse_people(content, csv.string());
}

Status bind_first_lines(const Database& database, std::span<const BoundLine> lines, std::int64_t at_us) {
  if (lines.empty()) return {};
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement write, database.prepare("UPDATE project_owners SET first_line = ?3 "
                                              "WHERE project = ?1 AND subject_key = ?2 AND first_line IS NULL"));
  std::int64_t bound = 0;
  for (const BoundLine& line : lines) {
    QF_ASSIGN(const std::int64_t written, write.run(line.project, line.subject_key, line.first_line));
    bound += written;
  }
  if (bound != 0)
    QF_CHECK(append_stating(database, {"project_owners"}, "register_bound", nlohmann::json{{"projects", bound}}.dump(),
                            "", at_us));
  return transaction.commit();
}

Result<std::vector<ProjectOwner>> list_owners(const Database& database) {
  QF_ASSIGN(Statement rows,
            database.prepare("SELECT project, subject, subject_key, confirmed_at, ifnull(first_line, ''), "
                             "ifnull(first_day, '') FROM project_owners ORDER BY project"));
  std::vector<ProjectOwner> owners;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return owners;
    owners.push_back({std::string(rows.text(0)),
                      std::string(rows.text(1)),
                      std::string(rows.text(2)),
                      rows.integer(3),
                      {std::string(rows.text(4)), std::string(rows.text(5))}});
  }
}

}  // namespace qf
