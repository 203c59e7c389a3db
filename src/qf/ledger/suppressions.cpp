#include "qf/ledger/suppressions.h"

namespace qf {

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
  QF_CHECK(add.run(tag, kind == SuppressionKind::kSubject ? "subject" : "project", since_us));
  return {};
}

}  // namespace qf
