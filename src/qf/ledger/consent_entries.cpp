#include "qf/ledger/consent_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "qf/ledger/consent_states.h"
#include "qf/ledger/kept_tables.h"
#include "qf/ledger/people.h"

namespace qf {

std::string entry_body(const ConsentStatement& s) {
  const nlohmann::json body = {{"scope", to_string(s.scope)},
                               {"given_at_us", s.given_at_us},
                               {"covers_from_us", s.covers_from_us},
                               {"expires_at_us", s.expires_at_us ? nlohmann::json(*s.expires_at_us) : nlohmann::json()},
                               {"method", s.method},
                               {"evidence", s.evidence},
                               {"by", s.recorded_by},
                               {"notice", s.notice}};
  return body.dump();
}

namespace {

// What an entry's body says, as entry_body() wrote it.
std::optional<ConsentStatement> statement_told(const ChainEntry& entry, ConsentStatus status) {
  const auto body = nlohmann::json::parse(entry.body->json, nullptr, false);
  try {
    ConsentStatement s;
    s.subject = entry.body->subject_key;
    const auto scope = parse_scope(body.at("scope").get<std::string>());
    if (!scope) return std::nullopt;
    s.scope = *scope;
    s.status = status;
    s.given_at_us = body.at("given_at_us").get<std::int64_t>();
    s.covers_from_us = body.at("covers_from_us").get<std::int64_t>();
    if (!body.at("expires_at_us").is_null()) s.expires_at_us = body.at("expires_at_us").get<std::int64_t>();
    s.method = body.at("method").get<std::string>();
    s.evidence = body.at("evidence").get<std::string>();
    s.recorded_by = body.at("by").get<std::string>();
    s.notice = body.at("notice").get<std::string>();
    return s;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

bool says_reduced(const ChainEntry& entry) {
  if (entry.kind != "retention_decided" || !entry.body) return false;
  const auto body = nlohmann::json::parse(entry.body->json, nullptr, false);
  return body.is_object() && body.contains("evidence_reduced_to");
}

std::string row_told(const ConsentEvent& event) {
  const ConsentStatement& s = event.statement;
  return fmt::format("{}\n{}\n{}\n{}", event.recorded_at_us, to_string(s.status), subject_key(s.subject),
                     entry_body(s));
}

tl::unexpected<Error> not_as_told(const std::string& what) {
  return failure(ErrorCode::kCorrupt, what + ": put the ledger back from a backup");
}

}  // namespace

std::vector<ConsentEvent> told_statements(const std::vector<ChainEntry>& entries) {
  std::vector<ConsentEvent> told;
  for (const ChainEntry& entry : entries) {
    if (says_reduced(entry)) told.clear();
    const auto status = status_of_kind(entry.kind);
    if (!status || !entry.body) continue;
    if (auto statement = statement_told(entry, *status))
      told.push_back({entry.seq, std::move(*statement), entry.at_us});
  }
  return told;
}

Status check_owners(std::span<const ProjectOwner> owners, const std::vector<ChainEntry>& entries) {
  std::map<std::string, const ChainEntry*> last;
  for (const ChainEntry& entry : entries) {
    if (entry.kind == kLogImported) last.clear();  // a log is taken over without the register
    if ((entry.kind != "register_confirmed" && entry.kind != "rectified") || !entry.body) continue;
    const auto body = nlohmann::json::parse(entry.body->json, nullptr, false);
    if (body.is_object() && body.contains("project") && body["project"].is_string())
      last[body["project"].get<std::string>()] = &entry;
  }
  std::set<std::string, std::less<>> registered;
  for (const ProjectOwner& owner : owners) {
    registered.insert(owner.project);
    if (owner.subject_key != subject_key(owner.subject))
      return not_as_told("the register names a person otherwise than it compares them");
    const auto found = last.find(owner.project);
    if (found != last.end() && found->second->body->subject_key != owner.subject_key)
      return not_as_told(fmt::format("the register gives a project to somebody else than entry {} of the audit log",
                                     found->second->seq));
  }
  for (const auto& [project, entry] : last)
    if (!registered.contains(project))
      return not_as_told(
          fmt::format("the register does not hold the project that entry {} of the audit log tells of", entry->seq));
  return {};
}

Status check_consent(std::span<const ConsentEvent> events, const std::vector<ChainEntry>& entries) {
  if (entries.empty()) return {};
  const auto told = [](std::int64_t at_us, std::string_view kind, std::string_view subject, std::string_view body) {
    return fmt::format("{}\n{}\n{}\n{}", at_us, kind, subject, body);
  };
  std::set<std::string> known;
  for (const ChainEntry& entry : entries)
    known.insert(entry.body ? told(entry.at_us, entry.kind, entry.body->subject_key, without_tables(entry.body->json))
                            : told(entry.at_us, entry.kind, "", ""));
  std::set<std::string> rows;
  for (const ConsentEvent& event : events) {
    const ConsentStatement& s = event.statement;
    rows.insert(row_told(event));
    if (event.recorded_at_us < entries.front().at_us) continue;
    const auto kinds = entry_kinds(s);
    const bool is_told = std::any_of(kinds.begin(), kinds.end(), [&](const std::string& kind) {
      return known.contains(told(event.recorded_at_us, kind, subject_key(s.subject), entry_body(s))) ||
             known.contains(told(event.recorded_at_us, kind, "", ""));
    });
    if (!is_told)
      return not_as_told(fmt::format("consent statement {} is not what the audit log says of it", event.id));
  }
  for (const ConsentEvent& event : told_statements(entries))
    if (!rows.contains(row_told(event)))
      return not_as_told(
          fmt::format("the statement that entry {} of the audit log tells of is not on record", event.id));
  return {};
}

}  // namespace qf
