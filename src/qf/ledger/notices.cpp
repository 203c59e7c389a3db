#include "qf/ledger/notices.h"

#include <nlohmann/json.hpp>

#include "qf/ledger/chain.h"
#include "qf/ledger/kept_tables.h"

namespace qf {

Status record_notice(const Database& database, const Notice& notice, std::string_view subject_key) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement find, database.prepare("SELECT sha256 FROM notices WHERE id = ?1"));
  QF_CHECK(find.bind(notice.id));
  QF_ASSIGN(const bool known, find.next());
  if (known && find.text(0) != notice.sha256)
    return failure(ErrorCode::kRefused, notice.id + ": another notice has this id");
  if (!known) {
    QF_ASSIGN(Statement write, database.prepare("INSERT INTO notices (id, language, sha256, published_at) "
                                                "VALUES (?1, ?2, ?3, ?4)"));
    QF_CHECK(write.run(notice.id, notice.language, notice.sha256, notice.published_at_us));
    const nlohmann::json body = {{"notice", notice.id}, {"sha256", notice.sha256}, {"language", notice.language}};
    QF_CHECK(append_stating(database, {"notices"}, "notice_published", body.dump(), "", notice.published_at_us));
  }
  QF_CHECK(append_entry(database, "consent_requested", nlohmann::json{{"notice", notice.id}}.dump(), subject_key,
                        notice.published_at_us));
  return transaction.commit();
}

Result<std::vector<Notice>> list_notices(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT id, language, sha256, published_at FROM notices ORDER BY id"));
  std::vector<Notice> list;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return list;
    list.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)), rows.integer(3)});
  }
}

}  // namespace qf
