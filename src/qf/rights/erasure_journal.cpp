#include "qf/rights/erasure_journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

namespace qf {
namespace {

using Json = nlohmann::json;

// Paths may hold any bytes; JSON may not.
Json bytes_json(std::string_view bytes) {
  Json list = Json::array();
  for (const char c : bytes) list.push_back(static_cast<unsigned char>(c));
  return list;
}

std::string bytes_of(const Json& list) {
  std::string bytes;
  for (const Json& one : list) bytes += static_cast<char>(one.get<unsigned char>());
  return bytes;
}

}  // namespace

ErasureJournal journal_of(const ErasePlan& plan) {
  ErasureJournal journal;
  for (const HoldingVersion& one : plan.versions)
    journal.versions.push_back({one.facts.audience, to_string(one.facts.version),
                                std::string(to_string(one.facts.state)), one.unknown,
                                one.linked ? "" : one.facts.identity, one.facts.key_id});
  journal.successors = plan.successors;
  journal.ledger_rows = plan.ledger_rows;
  journal.names_masked = plan.mentions.counted();
  return journal;
}

std::string journal_json(const ErasureJournal& journal) {
  Json versions = Json::array(), successors = Json::array();
  for (const JournalVersion& one : journal.versions)
    versions.push_back({{"audience", to_string(one.audience)},
                        {"version", one.version},
                        {"state_before", one.state_before},
                        {"unknown", one.unknown},
                        {"identity", one.identity},
                        {"key", one.key_id}});
  for (const SuccessorPlan& one : journal.successors) {
    Json roots = Json::array();
    for (const auto& root : one.roots) roots.push_back(bytes_json(root.string()));
    successors.push_back({{"audience", to_string(one.audience)},
                          {"configuration", bytes_json(one.configuration)},
                          {"roots", std::move(roots)},
                          {"none_because", one.none_because}});
  }
  Json listed = Json::array();
  for (const Tombstone& one : journal.listed_before) listed.push_back({one.audience, one.version, one.record_id});
  return Json{{"versions", std::move(versions)},
              {"listed_before", std::move(listed)},
              {"successors", std::move(successors)},
              {"ledger_rows", journal.ledger_rows},
              {"names_masked", journal.names_masked}}
      .dump();
}

Result<ErasureJournal> parse_journal(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    ErasureJournal journal;
    const auto damaged = [] {
      return failure(ErrorCode::kCorrupt,
                     "the ledger's note of an erasure is damaged: put ledger.db back from a backup");
    };
    for (const Json& one : json.at("versions")) {
      const auto audience = audience_named(one.at("audience").get<std::string>());
      if (!audience) return damaged();
      journal.versions.push_back({*audience, one.at("version").get<std::string>(),
                                  one.at("state_before").get<std::string>(), one.at("unknown").get<std::string>(),
                                  one.at("identity").get<std::string>(), one.at("key").get<std::string>()});
    }
    for (const Json& one : json.at("successors")) {
      SuccessorPlan plan;
      const auto audience = audience_named(one.at("audience").get<std::string>());
      if (!audience) return damaged();
      plan.audience = *audience;
      plan.configuration = bytes_of(one.at("configuration"));
      for (const Json& root : one.at("roots")) plan.roots.emplace_back(bytes_of(root));
      one.at("none_because").get_to(plan.none_because);
      journal.successors.push_back(std::move(plan));
    }
    json.at("ledger_rows").get_to(journal.ledger_rows);
    json.at("names_masked").get_to(journal.names_masked);
    // A journal that the program before this one left does not have it.
    const Json listed = json.value("listed_before", Json::array());
    for (const Json& one : listed)
      journal.listed_before.push_back(
          {one.at(0).get<std::string>(), one.at(1).get<std::string>(), one.at(2).get<std::string>(), "", 0});
    return journal;
  } catch (const Json::exception&) {
    return failure(ErrorCode::kCorrupt, "the ledger's note of an erasure is damaged: put ledger.db back from a backup");
  }
}

Result<std::vector<Tombstone>> tombstones_of_erasure(const Database& ledger, const ErasureJournal& journal,
                                                     std::int64_t started_at_us) {
  using Row = std::tuple<std::string, std::string, std::string>;
  std::set<Row> listed;
  for (const Tombstone& one : journal.listed_before) listed.emplace(one.audience, one.version, one.record_id);
  QF_ASSIGN(auto stones, list_tombstones(ledger));
  std::erase_if(stones, [&](const Tombstone& stone) {
    const bool taken_back =
        std::any_of(journal.versions.begin(), journal.versions.end(), [&](const JournalVersion& version) {
          return to_string(version.audience) == stone.audience && version.version == stone.version;
        });
    const bool theirs = (stone.reason == "erasure" && stone.removed_at_us == started_at_us) ||
                        listed.contains(Row(stone.audience, stone.version, stone.record_id));
    return !taken_back || !theirs;
  });
  return stones;
}

}  // namespace qf
