#include "qf/ledger/quarantine.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/ledger/chain.h"

namespace qf {

Status record_quarantine(const Database& database, std::span<const QuarantineItem> items) {
  if (items.empty()) return {};
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement write, database.prepare("INSERT INTO quarantine_items (id, subject_key, project, place, field, "
                                              "reason, found_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                                              "ON CONFLICT DO NOTHING"));
  for (const QuarantineItem& item : items)
    QF_CHECK(write.run(item.id, item.subject_key, item.project, item.place, item.field, item.reason, item.found_at_us));
  return transaction.commit();
}

Result<std::vector<QuarantineItem>> list_quarantine(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT id, subject_key, project, place, field, reason, found_at, "
                                             "decision, decided_by, decided_at FROM quarantine_items ORDER BY id"));
  std::vector<QuarantineItem> items;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return items;
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    items.push_back({text(0), text(1), text(2), text(3), text(4), text(5), rows.integer(6), text(7), text(8),
                     rows.optional_integer(9)});
  }
}

Status decide_quarantine(const Database& database, std::string_view id, std::string_view decision,
                         std::string_view decided_by, std::int64_t decided_at_us) {
  if (decision != "release" && decision != "destroy")
    return failure(ErrorCode::kInvalidInput, "a decision is release or destroy");
  if (decided_by.empty()) return failure(ErrorCode::kInvalidInput, "a decision needs the name of who makes it");
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement find, database.prepare("SELECT subject_key, decision, decided_at FROM quarantine_items "
                                             "WHERE id = ?1"));
  QF_CHECK(find.bind(id));
  QF_ASSIGN(const bool known, find.next());
  if (!known) return failure(ErrorCode::kNotFound, fmt::format("{}: no text of this id was set apart", id));
  const std::string subject(find.text(0));
  if (find.text(1) == "destroy") {
    // Its person may have been told so, and a certificate of retention says it.
    if (decision == "destroy") return transaction.commit();
    return failure(ErrorCode::kRefused, fmt::format("{}: this text was destroyed on {}, and that is final: it is not "
                                                    "released any more",
                                                    id, format_day(find.optional_integer(2).value_or(0))));
  }
  QF_ASSIGN(Statement write, database.prepare("UPDATE quarantine_items SET decision = ?2, decided_by = ?3, "
                                              "decided_at = ?4 WHERE id = ?1"));
  QF_CHECK(write.run(id, decision, decided_by, decided_at_us));
  const nlohmann::json body = {{"id", id}, {"by", decided_by}};
  QF_CHECK(append_entry(database, decision == "release" ? "quarantine_released" : "quarantine_destroyed",
                        body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), subject, decided_at_us));
  return transaction.commit();
}

}  // namespace qf
