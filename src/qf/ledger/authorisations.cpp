#include "qf/ledger/authorisations.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qf/ledger/kept_tables.h"

namespace qf {

Result<std::int64_t> add_authorisation(const Database& database, const Authorisation& one) {
  const auto bad = [](std::string message) { return failure(ErrorCode::kInvalidInput, std::move(message)); };
  if (one.controller.empty()) return bad("an authorisation needs a controller: who answers for it");
  if (one.basis.empty()) return bad("an authorisation needs its legal basis");
  if (one.dpia.empty()) return bad("an authorisation needs the reference of an impact assessment (DPIA)");
  if (one.audience != "internal" && one.audience != "external")
    return bad("an authorisation is for internal or external; a private dataset needs none");
  if (one.until_us <= one.recorded_at_us) return bad("the last day of the authorisation has passed");
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement write, database.prepare("INSERT INTO authorisations (controller, basis, dpia, audience, until, "
                                              "recorded_by, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
                                              "RETURNING id"));
  QF_CHECK(
      write.bind(one.controller, one.basis, one.dpia, one.audience, one.until_us, one.recorded_by, one.recorded_at_us));
  QF_ASSIGN([[maybe_unused]] const bool written, write.next());
  const std::int64_t id = write.integer(0);
  QF_ASSIGN([[maybe_unused]] const bool more, write.next());
  const nlohmann::json body = {{"id", id},
                               {"controller", one.controller},
                               {"basis", one.basis},
                               {"dpia", one.dpia},
                               {"audience", one.audience},
                               {"until_us", one.until_us},
                               {"by", one.recorded_by}};
  QF_CHECK(append_stating(database, {"authorisations"}, "controller_authorised",
                          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "", one.recorded_at_us));
  QF_CHECK(transaction.commit());
  return id;
}

Result<std::vector<Authorisation>> list_authorisations(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT id, controller, basis, dpia, audience, until, recorded_by, "
                                             "recorded_at, revoked_by, revoked_at FROM authorisations ORDER BY id"));
  std::vector<Authorisation> list;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return list;
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    list.push_back({rows.integer(0), text(1), text(2), text(3), text(4), rows.integer(5), text(6), rows.integer(7),
                    text(8), rows.optional_integer(9)});
  }
}

Status revoke_authorisation(const Database& database, std::int64_t id, std::string_view revoked_by,
                            std::int64_t revoked_at_us) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(const auto list, list_authorisations(database));
  const Authorisation* found = nullptr;
  for (const Authorisation& one : list)
    if (one.id == id) found = &one;
  if (found == nullptr) return failure(ErrorCode::kNotFound, fmt::format("there is no authorisation {}", id));
  if (found->revoked_at_us) return failure(ErrorCode::kRefused, fmt::format("authorisation {} is revoked already", id));
  QF_ASSIGN(Statement write,
            database.prepare("UPDATE authorisations SET revoked_by = ?2, revoked_at = ?3 WHERE id = ?1"));
  QF_CHECK(write.run(id, revoked_by, revoked_at_us));
  const nlohmann::json body = {{"id", id}, {"controller", found->controller}, {"by", revoked_by}};
  QF_CHECK(append_stating(database, {"authorisations"}, "controller_revoked",
                          body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "", revoked_at_us));
  return transaction.commit();
}

Result<bool> set_controller(const Database& database, std::string_view subject_key, std::string_view controller,
                            std::int64_t recorded_at_us) {
  QF_ASSIGN(Statement write, database.prepare("INSERT INTO subject_controllers (subject_key, controller, recorded_at) "
                                              "VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET controller = ?2, "
                                              "recorded_at = ?3 WHERE controller <> ?2"));
  QF_ASSIGN(const std::int64_t changed, write.run(subject_key, controller, recorded_at_us));
  return changed != 0;
}

Result<std::map<std::string, std::string, std::less<>>> list_controllers(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT subject_key, controller FROM subject_controllers"));
  std::map<std::string, std::string, std::less<>> controllers;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return controllers;
    controllers.emplace(rows.text(0), rows.text(1));
  }
}

Result<AuthorityView> AuthorityView::load(const Database& database, std::string_view audience, std::int64_t as_of_us) {
  QF_ASSIGN(Transaction snapshot, database.begin_snapshot());
  AuthorityView view;
  QF_ASSIGN(view.controllers_, list_controllers(database));
  QF_ASSIGN(const auto list, list_authorisations(database));
  QF_CHECK(snapshot.commit());
  std::set<std::string> all;
  for (const Authorisation& one : list) {
    all.insert(one.controller);
    if (one.audience != audience || one.until_us <= as_of_us) continue;
    if (one.revoked_at_us && *one.revoked_at_us <= as_of_us) continue;
    view.authorised_.insert(one.controller);
    ++view.in_force_;
  }
  if (all.size() == 1) view.only_controller_ = *all.begin();
  return view;
}

std::string AuthorityView::controller(std::string_view subject_key) const {
  const auto named = controllers_.find(subject_key);
  return named == controllers_.end() ? only_controller_ : named->second;
}

AuthorityView::State AuthorityView::of(std::string_view subject_key) const {
  const std::string name = controller(subject_key);
  if (name.empty()) return authorised_.empty() ? State::kNoAuthorisation : State::kNoController;
  return authorised_.contains(name) ? State::kAuthorised : State::kNoAuthorisation;
}

}  // namespace qf
