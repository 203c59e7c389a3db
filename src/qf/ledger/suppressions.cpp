#include "qf/ledger/suppressions.h"

#include "qf/ledger/damage.h"

namespace qf {

std::string_view to_string(SuppressionKind kind) { return kind == SuppressionKind::kSubject ? "subject" : "project"; }

std::optional<SuppressionKind> parse_suppression_kind(std::string_view name) {
  for (const SuppressionKind kind : {SuppressionKind::kSubject, SuppressionKind::kProject})
    if (to_string(kind) == name) return kind;
  return std::nullopt;
}

Result<std::vector<Suppression>> list_suppressions(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT tag, kind, since FROM suppressions ORDER BY tag"));
  std::vector<Suppression> all;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return all;
    const auto kind = parse_suppression_kind(rows.text(1));
    if (!kind) return damaged_ledger(database, "the table suppressions holds a row of no kind");
    all.push_back({std::string(rows.text(0)), *kind, rows.integer(2)});
  }
}

Result<std::set<std::string>> load_suppressions(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT tag FROM suppressions"));
  std::set<std::string> tags;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return tags;
    tags.emplace(rows.text(0));
  }
}

Status suppress(const Database& database, std::string_view tag, SuppressionKind kind, std::int64_t since_us) {
  QF_ASSIGN(Statement add,
            database.prepare("INSERT INTO suppressions (tag, kind, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"));
  QF_CHECK(add.run(tag, to_string(kind), since_us));
  return {};
}

}  // namespace qf
