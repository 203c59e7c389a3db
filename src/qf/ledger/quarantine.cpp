#include "qf/ledger/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "qf/core/instant.h"
#include "qf/ledger/kept_tables.h"

namespace qf {

Status record_quarantine(const Database& database, std::span<const QuarantineItem> items) {
  if (items.empty()) return {};
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement write, database.prepare("INSERT INTO quarantine_items (id, subject_key, project, place, field, "
                                              "reason, found_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                                              "ON CONFLICT DO NOTHING"));
  QF_ASSIGN(Statement add, database.prepare("INSERT INTO quarantine_places (id, subject_key, project, field, place) "
                                            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"));
  for (const QuarantineItem& item : items) {
    QF_CHECK(write.run(item.id, item.subject_key, item.project, item.place, item.field, item.reason, item.found_at_us));
    QF_CHECK(add.run(item.id, item.subject_key, item.project, item.field, item.place));
  }
  return transaction.commit();
}

Result<std::vector<QuarantineItem>> list_quarantine(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT id, subject_key, project, place, field, reason, found_at, "
                                             "decision, decided_by, decided_at FROM quarantine_items ORDER BY id"));
  std::vector<QuarantineItem> items;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) break;
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    items.push_back({text(0), text(1), text(2), text(3), text(4), text(5), rows.integer(6), text(7), text(8),
                     rows.optional_integer(9)});
  }
  QF_ASSIGN(Statement places, database.prepare("SELECT id, project, field, place FROM quarantine_places "
                                               "ORDER BY id, project, place, field"));
  for (auto item = items.begin();;) {
    QF_ASSIGN(const bool more, places.next());
    if (!more) return items;
    while (item != items.end() && item->id < places.text(0)) ++item;
    if (item != items.end() && item->id == places.text(0))
      item->places.push_back({std::string(places.text(1)), std::string(places.text(2)), std::string(places.text(3))});
  }
}

SetApart count_set_apart(std::span<const QuarantineItem> items) {
  std::set<std::string_view> texts;
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> rows;
  const auto add = [&](std::string_view project, std::string_view field, std::string_view place) {
    rows.emplace(project, field.substr(0, field.find('.')), place);
  };
  for (const QuarantineItem& item : items) {
    texts.insert(item.id);
    if (item.places.empty()) add(item.project, item.field, item.place);
    for (const QuarantinePlace& one : item.places) add(one.project, one.field, one.place);
  }
  return {texts.size(), rows.size()};
}

SetApart awaiting_decision(std::span<const QuarantineItem> items) {
  std::vector<QuarantineItem> open;
  std::copy_if(items.begin(), items.end(), std::back_inserter(open),
               [](const QuarantineItem& item) { return item.decision.empty(); });
  return count_set_apart(open);
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
  QF_CHECK(append_stating(database, {"quarantine_items"},
                          decision == "release" ? "quarantine_released" : "quarantine_destroyed",
                          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), subject, decided_at_us));
  return transaction.commit();
}

}  // namespace qf
