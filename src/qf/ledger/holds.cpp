#include "qf/ledger/holds.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/ledger/damage.h"
#include "qf/ledger/kept_tables.h"

namespace qf {
namespace {

// Text from the command line may be no UTF-8; what is not is replaced.
std::string body_text(const nlohmann::json& body) {
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Result<std::vector<VersionHold>> load_holds(const Database& database) {
  QF_ASSIGN(Statement rows,
            database.prepare("SELECT audience, version, reason, placed_by, placed_at, lifted_by, lifted_at "
                             "FROM version_holds ORDER BY id"));
  std::vector<VersionHold> holds;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return holds;
    const auto number = parse_version_number(rows.text(1));
    if (!number) return damaged_ledger(database, "the table version_holds holds a row that names no version");
    holds.push_back({std::string(rows.text(0)), *number, std::string(rows.text(2)), std::string(rows.text(3)),
                     rows.integer(4), std::string(rows.text(5)), rows.optional_integer(6)});
  }
}

bool is_held(const std::vector<VersionHold>& holds, const VersionFacts& version) {
  return std::any_of(holds.begin(), holds.end(), [&](const VersionHold& hold) {
    return !hold.lifted_at_us && hold.audience == to_string(version.audience) && hold.version == version.version;
  });
}

Status place_hold(const Database& database, const VersionFacts& version, std::string_view reason,
                  std::string_view placed_by, std::int64_t placed_at_us) {
  const std::string name = name_of(version);
  if (version.removed_at_us)
    return failure(ErrorCode::kRefused, name + ": its files are gone, there is nothing to hold");
  QF_ASSIGN(const auto holds, load_holds(database));
  if (is_held(holds, version)) return failure(ErrorCode::kRefused, name + " is held already");
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement place, database.prepare("INSERT INTO version_holds (audience, version, reason, placed_by, "
                                              "placed_at) VALUES (?1, ?2, ?3, ?4, ?5)"));
  QF_CHECK(place.run(to_string(version.audience), to_string(version.version), reason, placed_by, placed_at_us));
  QF_CHECK(append_stating(database, {"version_holds"}, "hold_placed",
                          body_text({{"version", name}, {"reason", reason}, {"by", placed_by}}), "", placed_at_us));
  return transaction.commit();
}

Status lift_hold(const Database& database, const VersionFacts& version, std::string_view lifted_by,
                 std::int64_t lifted_at_us) {
  const std::string name = name_of(version);
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement lift, database.prepare("UPDATE version_holds SET lifted_by = ?3, lifted_at = ?4 WHERE audience = "
                                             "?1 AND version = ?2 AND lifted_at IS NULL"));
  QF_ASSIGN(const std::int64_t changed,
            lift.run(to_string(version.audience), to_string(version.version), lifted_by, lifted_at_us));
  if (changed == 0) return failure(ErrorCode::kNotFound, name + " is not held");
  QF_CHECK(append_stating(database, {"version_holds"}, "hold_lifted", body_text({{"version", name}, {"by", lifted_by}}),
                          "", lifted_at_us));
  return transaction.commit();
}

}  // namespace qf
