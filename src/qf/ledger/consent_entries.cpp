#include "qf/ledger/consent_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/ledger/consent_states.h"
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

Status check_consent(std::span<const ConsentEvent> events, const std::vector<ChainEntry>& entries) {
  if (entries.empty()) return {};
  const auto told = [](std::int64_t at_us, std::string_view kind, std::string_view subject, std::string_view body) {
    return fmt::format("{}\n{}\n{}\n{}", at_us, kind, subject, body);
  };
  std::set<std::string> known;
  for (const ChainEntry& entry : entries)
    known.insert(entry.body ? told(entry.at_us, entry.kind, entry.body->subject_key, entry.body->json)
                            : told(entry.at_us, entry.kind, "", ""));
  for (const ConsentEvent& event : events) {
    const ConsentStatement& s = event.statement;
    if (event.recorded_at_us < entries.front().at_us) continue;
    const auto kinds = entry_kinds(s);
    const bool is_told = std::any_of(kinds.begin(), kinds.end(), [&](const std::string& kind) {
      return known.contains(told(event.recorded_at_us, kind, subject_key(s.subject), entry_body(s))) ||
             known.contains(told(event.recorded_at_us, kind, "", ""));
    });
    if (!is_told)
      return failure(ErrorCode::kCorrupt,
                     fmt::format("consent statement {} is not what the audit log says of it: put the ledger back from "
                                 "a backup",
                                 event.id));
  }
  return {};
}

}  // namespace qf
