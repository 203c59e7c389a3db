#include "qf/ledger/consent.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "qf/core/instant.h"
#include "qf/core/whole_file.h"
#include "qf/ledger/consent_entries.h"
#include "qf/ledger/consent_fields.h"
#include "qf/ledger/consent_states.h"
#include "qf/ledger/csv.h"
#include "qf/ledger/damage.h"
#include "qf/ledger/kept_tables.h"

namespace qf {
namespace {

constexpr std::size_t kMaxImportBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxTextBytes = 4'096;

constexpr std::array<std::string_view, kScopeCount> kScopes = {"model_training", "question_text",  "correction_text",
                                                               "rationale_text", "share_internal", "share_external"};
constexpr std::array<std::string_view, 3> kStatuses = {"given", "refused", "withdrawn"};
constexpr std::array<std::string_view, kConsentReasonCount> kReasons = {"given",     "no_record", "refused",
                                                                        "withdrawn", "expired",   "outside_period"};

constexpr std::array<std::string_view, 10> kColumns = {"subject",    "scope",  "status",   "given_at",    "covers_from",
                                                       "expires_at", "method", "evidence", "recorded_by", "notice"};
constexpr std::array<std::string_view, 4> kRequired = {"subject", "scope", "status", "given_at"};

tl::unexpected<Error> bad(std::string_view place, std::string_view why) {
  return failure(ErrorCode::kInvalidInput, fmt::format("{}: {}", place, why));
}

Result<std::int64_t> read_time(std::string_view text, std::string_view place) {
  if (const auto time_us = parse_day_or_instant(text)) return *time_us;
  return bad(place, "not a time; write 2026-01-31 or 2026-01-31T12:00:00Z");
}

// The place of a field in the message about it; `where` names file and statement.
std::string place_of(std::string_view where, std::string_view field) {
  return where.empty() ? std::string(field) : fmt::format("{} {}", where, field);
}

Status check_statement(const ConsentStatement& statement) {
  QF_CHECK(check_subject(statement.subject, "subject"));
  for (const auto& [field, text] : {std::pair<std::string_view, std::string_view>{"method", statement.method},
                                    {"evidence", statement.evidence},
                                    {"recorded_by", statement.recorded_by},
                                    {"notice", statement.notice}}) {
    if (text.size() > kMaxTextBytes) return bad(field, fmt::format("longer than {} bytes", kMaxTextBytes));
    if (has_control_character(text, "\n\r\t")) return bad(field, "not UTF-8, or with control characters");
  }
  if (statement.status != ConsentStatus::kGiven || !statement.expires_at_us) return {};
  if (*statement.expires_at_us <= statement.given_at_us) return bad("expires_at", "not later than given_at");
  if (*statement.expires_at_us <= statement.covers_from_us) return bad("expires_at", "not later than covers_from");
  return {};
}

constexpr std::string_view kWriteStatement =
    "INSERT INTO consent_events (subject, subject_key, scope, status, given_at, covers_from, expires_at, method, "
    "evidence, "
    "recorded_by, notice, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO "
    "NOTHING";

// 1 where the statement is new, else 0.
Result<std::int64_t> write_statement(Statement& write, const ConsentStatement& s, std::int64_t recorded_at_us) {
  return write.run(trimmed(s.subject), subject_key(s.subject), to_string(s.scope), to_string(s.status), s.given_at_us,
                   s.covers_from_us, s.expires_at_us, s.method, s.evidence, s.recorded_by, s.notice, recorded_at_us);
}

// Whose it is stands beside the body, so that an erasure finds it.
Status note_statement(const Database& database, EntrySeries& entries, const ConsentStatement& s,
                      std::int64_t recorded_at_us) {
  QF_ASSIGN(const std::string kind, entry_kind(database, s));
  return entries.add(kind, entry_body(s), subject_key(s.subject), recorded_at_us);
}

}  // namespace

std::string_view to_string(Scope scope) { return kScopes[static_cast<std::size_t>(scope)]; }
std::string_view to_string(ConsentStatus status) { return kStatuses[static_cast<std::size_t>(status)]; }
std::string_view to_string(ConsentReason reason) { return kReasons[static_cast<std::size_t>(reason)]; }
std::span<const std::string_view> scope_names() { return kScopes; }

std::optional<Scope> parse_scope(std::string_view name) {
  const auto found = std::find(kScopes.begin(), kScopes.end(), name);
  if (found == kScopes.end()) return std::nullopt;
  return static_cast<Scope>(found - kScopes.begin());
}

Status append_statements(const ConsentFields& fields, std::string_view where, std::optional<std::int64_t> now_us,
                         std::vector<ConsentStatement>& out) {
  ConsentStatement statement;
  QF_CHECK(check_subject(fields.subject, place_of(where, "subject")));
  statement.subject = trimmed(fields.subject);

  const auto status = std::find(kStatuses.begin(), kStatuses.end(), fields.status);
  if (status == kStatuses.end())
    return bad(place_of(where, "status"),
               fmt::format("not a known status{}; known are {}", nearest_words(fields.status, kStatuses),
                           fmt::join(kStatuses, ", ")));
  statement.status = static_cast<ConsentStatus>(status - kStatuses.begin());

  QF_ASSIGN(statement.given_at_us, read_time(fields.given_at, place_of(where, "given_at")));
  // A day is another one elsewhere: so much may lie ahead.
  if (now_us && statement.given_at_us > *now_us + kDayUs)
    return bad(place_of(where, "given_at"), "lies in the future: nobody has said that yet");
  statement.covers_from_us = statement.given_at_us;
  if (!fields.covers_from.empty()) {
    QF_ASSIGN(statement.covers_from_us, read_time(fields.covers_from, place_of(where, "covers_from")));
  }
  if (!fields.expires_at.empty()) {
    QF_ASSIGN(statement.expires_at_us, read_time(fields.expires_at, place_of(where, "expires_at")));
  }
  statement.method = fields.method;
  statement.evidence = fields.evidence;
  statement.recorded_by = fields.recorded_by;
  statement.notice = fields.notice;
  if (auto checked = check_statement(statement); !checked) return bad(where, checked.error().message);

  if (fields.scopes.empty())
    return bad(place_of(where, "scope"), fmt::format("no scope is named; known are {}", fmt::join(kScopes, ", ")));
  for (const std::string_view name : fields.scopes) {
    const auto scope = parse_scope(name);
    if (!scope)
      return bad(place_of(where, "scope"), fmt::format("not a known scope{}; known are {}",
                                                       nearest_words(name, kScopes), fmt::join(kScopes, ", ")));
    statement.scope = *scope;
    out.push_back(statement);
  }
  return {};
}

Result<std::vector<ConsentStatement>> parse_consent_csv(std::string_view content, std::string_view name,
                                                        std::optional<std::int64_t> now_us) {
  QF_ASSIGN(const CsvTable table, parse_csv(content, name));
  QF_ASSIGN(const CsvColumns columns, CsvColumns::find(table, kColumns, kRequired));
  std::vector<ConsentStatement> statements;
  for (const CsvRow& row : table.rows) {
    const auto field = [&](std::string_view column) { return columns.field(row, column); };
    ConsentFields fields{field("subject"),     {},
                         field("status"),      field("given_at"),
                         field("covers_from"), field("expires_at"),
                         field("method"),      field("evidence"),
                         field("recorded_by"), field("notice")};
    for (std::string_view rest = field("scope"); !rest.empty();) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      // A semicolon too many, at the end of the list, names nothing.
      if (const auto scope = trimmed(rest.substr(0, end)); !scope.empty()) fields.scopes.push_back(scope);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    QF_CHECK(append_statements(fields, fmt::format("{}, line {}, column", name, row.line), now_us, statements));
  }
  return statements;
}

Result<ConsentImport> record_consent(const Database& database, std::span<const ConsentStatement> statements,
                                     std::int64_t recorded_at_us) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement write, database.prepare(kWriteStatement));
  ConsentImport result;
  EntrySeries entries(database);
  for (const ConsentStatement& s : statements) {
    QF_CHECK(check_statement(s));
    QF_ASSIGN(const std::int64_t written, write_statement(write, s, recorded_at_us));
    if (written > 0) QF_CHECK(note_statement(database, entries, s, recorded_at_us));
    ++(written > 0 ? result.recorded : result.known);
  }
  QF_CHECK(entries.finish({"consent_events"}));
  QF_CHECK(transaction.commit());
  return result;
}

Status restore_consent(const Database& database, std::span<const ConsentEvent> told) {
  QF_ASSIGN(Statement write, database.prepare(kWriteStatement));
  for (const ConsentEvent& event : told) {
    QF_CHECK(check_statement(event.statement));
    QF_ASSIGN([[maybe_unused]] const std::int64_t written,
              write_statement(write, event.statement, event.recorded_at_us));
  }
  return {};
}

Result<std::vector<ConsentStatement>> read_consent_csv(const std::filesystem::path& csv,
                                                       std::optional<std::int64_t> now_us) {
  QF_ASSIGN(const std::string content, read_whole_file(csv, kMaxImportBytes, FileKind::kAny));
  return parse_consent_csv(content, csv.string(), now_us);
}

Result<ConsentImport> give_consent(const Database& database, std::string_view subject, std::span<const Scope> scopes,
                                   const ConsentStatement& terms, std::int64_t recorded_at_us) {
  if (scopes.empty()) return bad("scope", fmt::format("no scope is named; known are {}", fmt::join(kScopes, ", ")));
  std::vector<ConsentStatement> statements(scopes.size(), terms);
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    statements[i].subject = subject;
    statements[i].scope = scopes[i];
  }
  return record_consent(database, statements, recorded_at_us);
}

Result<ConsentImport> withdraw_consent(const Database& database, std::string_view subject,
                                       std::span<const Scope> scopes, std::int64_t withdrawn_at_us,
                                       std::string_view method, std::string_view recorded_by,
                                       std::int64_t recorded_at_us) {
  ConsentStatement terms;
  terms.method = method;
  terms.status = ConsentStatus::kWithdrawn;
  terms.recorded_by = recorded_by;
  // What is on record as said later, by a clock that goes otherwise or on another day of the world, is taken back too.
  QF_ASSIGN(const auto said, list_consent(database, subject));
  std::vector<ConsentStatement> statements;
  for (const Scope scope : scopes) {
    std::int64_t last = withdrawn_at_us;
    for (const ConsentEvent& event : said)
      if (event.statement.scope == scope) last = std::max(last, event.statement.given_at_us);
    for (const std::int64_t at : std::set{withdrawn_at_us, last}) {
      statements.push_back(terms);
      statements.back().subject = subject;
      statements.back().scope = scope;
      statements.back().given_at_us = statements.back().covers_from_us = at;
    }
  }
  return record_consent(database, statements, recorded_at_us);
}

Result<std::vector<ConsentEvent>> list_consent(const Database& database, std::optional<std::string_view> subject) {
  QF_ASSIGN(Statement rows,
            database.prepare("SELECT id, subject, scope, status, given_at, covers_from, expires_at, method, evidence, "
                             "recorded_by, notice, recorded_at FROM consent_events "
                             "WHERE ?1 OR subject_key = ?2 ORDER BY id"));
  QF_CHECK(rows.bind(!subject.has_value(), subject ? subject_key(*subject) : std::string()));
  std::vector<ConsentEvent> events;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return events;
    const auto scope = parse_scope(rows.text(2));
    const auto status = std::find(kStatuses.begin(), kStatuses.end(), rows.text(3));
    if (!scope || status == kStatuses.end())
      return damaged_ledger(database,
                            fmt::format("consent_events row {} holds an unknown scope or status", rows.integer(0)));
    events.push_back({rows.integer(0),
                      {std::string(rows.text(1)), *scope, static_cast<ConsentStatus>(status - kStatuses.begin()),
                       rows.integer(4), rows.integer(5), rows.optional_integer(6), std::string(rows.text(7)),
                       std::string(rows.text(8)), std::string(rows.text(9)), std::string(rows.text(10))},
                      rows.integer(11)});
  }
}

Result<LedgerView> LedgerView::load(const Database& database, std::int64_t as_of_us) {
  QF_ASSIGN(Transaction snapshot, database.begin_snapshot());
  QF_ASSIGN(const std::vector<ProjectOwner> owners, list_owners(database));
  QF_ASSIGN(const std::vector<ConsentEvent> events, list_consent(database));
  QF_CHECK(snapshot.commit());
  return from(owners, events, as_of_us);
}

namespace {

// A statement known by its day alone stands for any time of that day, in any time zone. So a withdrawal or refusal that
// was recorded after an agreement and is less than a day older counts after all: nobody takes back what they are yet
// to say.
bool is_overtaken(const ConsentEvent& agreement, const ConsentEvent& taken_back) {
  const std::int64_t given = agreement.statement.given_at_us, taken = taken_back.statement.given_at_us;
  return taken_back.id > agreement.id && given - taken < kDayUs && (given % kDayUs == 0 || taken % kDayUs == 0);
}

}  // namespace

LedgerView LedgerView::from(std::span<const ProjectOwner> owners, std::span<const ConsentEvent> events,
                            std::int64_t as_of_us) {
  LedgerView view;
  view.as_of_us_ = as_of_us;
  for (const ProjectOwner& owner : owners) view.owners_.insert_or_assign(owner.project, owner);

  std::vector<const ConsentEvent*> made;
  for (const ConsentEvent& event : events)
    if (event.statement.given_at_us <= as_of_us) made.push_back(&event);
  std::stable_sort(made.begin(), made.end(), [](const ConsentEvent* a, const ConsentEvent* b) {
    return a->statement.given_at_us < b->statement.given_at_us;
  });
  std::map<std::pair<std::string, Scope>, const ConsentEvent*> taken_back;  // the last of each person and scope
  for (const ConsentEvent* event : made) {
    const ConsentStatement& statement = event->statement;
    const std::string person = subject_key(statement.subject);
    const ConsentEvent*& last = taken_back[{person, statement.scope}];
    if (statement.status != ConsentStatus::kGiven)
      last = event;
    else if (last != nullptr && is_overtaken(*event, *last))
      continue;
    Period& in_force = view.consent_[person][static_cast<std::size_t>(statement.scope)];
    in_force = {};
    if (statement.status == ConsentStatus::kRefused) {
      in_force.state = ConsentReason::kRefused;
    } else if (statement.status == ConsentStatus::kWithdrawn) {
      in_force.state = ConsentReason::kWithdrawn;
    } else if (statement.expires_at_us && *statement.expires_at_us <= as_of_us) {
      in_force.state = ConsentReason::kExpired;
    } else if (statement.covers_from_us > as_of_us) {
      in_force.state = ConsentReason::kOutsidePeriod;
    } else {
      in_force = {ConsentReason::kGiven, statement.covers_from_us,
                  statement.expires_at_us.value_or(std::numeric_limits<std::int64_t>::max())};
    }
  }
  return view;
}

const ProjectOwner* LedgerView::owner(std::string_view project) const {
  const auto found = owners_.find(project);
  return found == owners_.end() ? nullptr : &found->second;
}

LedgerView::Period LedgerView::period(std::string_view subject_key, Scope scope) const {
  const auto found = consent_.find(subject_key);
  return found == consent_.end() ? Period() : found->second[static_cast<std::size_t>(scope)];
}

Permission LedgerView::may_use(std::string_view subject_key, Scope scope, std::int64_t event_time_us) const {
  return period(subject_key, scope).at(event_time_us);
}

void LedgerView::append_canonical(std::string& out, std::string_view subject_key) const {
  const auto found = consent_.find(subject_key);
  const Scopes scopes = found == consent_.end() ? Scopes{} : found->second;
  // The name's length comes first, so that no name can imitate what follows it.
  out += fmt::format("{}:{}\n", subject_key.size(), subject_key);
  for (std::size_t i = 0; i < kScopeCount; ++i) {
    const Period& in_force = scopes[i];
    out += fmt::format("{} {}", kScopes[i], to_string(in_force.state));
    if (in_force.state == ConsentReason::kGiven)
      out += fmt::format(" {} {}", in_force.covers_from_us, in_force.ends_at_us);
    out += '\n';
  }
}

std::size_t LedgerView::narrowed_to_fewer(const LedgerView& now) const {
  const LedgerView narrow = narrowed_by(now);
  return static_cast<std::size_t>(std::count_if(consent_.begin(), consent_.end(), [&](const auto& one) {
    std::string before, after;
    append_canonical(before, one.first);
    narrow.append_canonical(after, one.first);
    return before != after;
  }));
}

LedgerView LedgerView::narrowed_by(const LedgerView& now) const {
  LedgerView view = *this;
  for (auto& [subject, scopes] : view.consent_) {
    const auto found = now.consent_.find(subject);
    for (std::size_t i = 0; i < kScopeCount; ++i) {
      Period& then = scopes[i];
      if (then.state != ConsentReason::kGiven) continue;
      const Period present = found == now.consent_.end() ? Period{} : found->second[i];
      if (present.state != ConsentReason::kGiven) {
        then = present;
        continue;
      }
      then.covers_from_us = std::max(then.covers_from_us, present.covers_from_us);
      then.ends_at_us = std::min(then.ends_at_us, present.ends_at_us);
    }
  }
  return view;
}

}  // namespace qf
