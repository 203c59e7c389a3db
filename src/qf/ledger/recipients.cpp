#include "qf/ledger/recipients.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qf/core/instant.h"
#include "qf/ledger/csv.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/versions.h"

namespace qf {
namespace {

constexpr std::size_t kMaxBytes = 1'000;

Status check_words(std::string_view words, std::string_view option) {
  if (words.size() <= kMaxBytes && !has_control_character(words)) return {};
  return failure(ErrorCode::kInvalidInput,
                 fmt::format("{}: at most {} bytes of UTF-8, without control characters", option, kMaxBytes));
}

}  // namespace

Result<std::int64_t> add_recipient(const Database& database, const Recipient& one) {
  if (one.name.empty() || one.contact.empty())
    return failure(ErrorCode::kInvalidInput, "a recipient needs a name and a way to be reached");
  QF_CHECK(check_words(one.name, "--name"));
  QF_CHECK(check_words(one.contact, "--contact"));
  QF_CHECK(check_words(one.export_name, "--export"));
  QF_CHECK(check_words(one.recorded_by, "--by"));
  for (const std::string& model : one.models) QF_CHECK(check_words(model, "--model"));
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(const auto versions, load_versions(database));
  const auto known = std::find_if(versions.begin(), versions.end(), [&](const VersionFacts& version) {
    return to_string(version.audience) == one.audience && to_string(version.version) == one.version;
  });
  if (known == versions.end())
    return failure(ErrorCode::kNotFound, fmt::format("{}/{} was never published", one.audience, one.version));
  // Days are of any time zone.
  if (one.given_at_us > one.recorded_at_us + kDayUs)
    return failure(ErrorCode::kInvalidInput, fmt::format("--given-at: {} is yet to come; record it when it is given",
                                                         format_day(one.given_at_us)));
  if (one.given_at_us + kDayUs < known->created_at_us)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("--given-at: {}/{} was made on {}, and nobody was given it on {}", one.audience,
                               one.version, format_day(known->created_at_us), format_day(one.given_at_us)));
  QF_ASSIGN(Statement write, database.prepare("INSERT INTO recipients (name, contact, audience, version, export, "
                                              "models, given_at, recorded_by, recorded_at) VALUES (?1, ?2, ?3, ?4, "
                                              "?5, ?6, ?7, ?8, ?9) RETURNING id"));
  QF_CHECK(write.bind(one.name, one.contact, one.audience, one.version, one.export_name,
                      nlohmann::json(one.models).dump(), one.given_at_us, one.recorded_by, one.recorded_at_us));
  QF_ASSIGN([[maybe_unused]] const bool written, write.next());
  const std::int64_t id = write.integer(0);
  QF_ASSIGN([[maybe_unused]] const bool more, write.next());
  const nlohmann::json body = {{"id", id},
                               {"name", one.name},
                               {"contact", one.contact},
                               {"version", one.audience + "/" + one.version},
                               {"export", one.export_name},
                               {"models", one.models},
                               {"given_at_us", one.given_at_us},
                               {"by", one.recorded_by}};
  QF_CHECK(append_stating(database, {"recipients"}, "recipient_added", body.dump(), "", one.recorded_at_us));
  QF_CHECK(transaction.commit());
  return id;
}

Result<std::vector<Recipient>> list_recipients(const Database& database) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT id, name, contact, audience, version, export, models, given_at, "
                                             "recorded_by, recorded_at FROM recipients ORDER BY id"));
  std::vector<Recipient> list;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return list;
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    Recipient one{rows.integer(0), text(1), text(2),         text(3), text(4),
                  text(5),         {},      rows.integer(7), text(8), rows.integer(9)};
    const auto models = nlohmann::json::parse(text(6), nullptr, false);
    if (models.is_array())
      for (const auto& model : models)
        if (model.is_string()) one.models.push_back(model.get<std::string>());
    list.push_back(std::move(one));
  }
}

}  // namespace qf
