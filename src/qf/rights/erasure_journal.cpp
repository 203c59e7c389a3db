#include "qf/rights/erasure_journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

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
    versions.push_back({{"audience", one.audience},
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
  return Json{{"versions", std::move(versions)},
              {"successors", std::move(successors)},
              {"ledger_rows", journal.ledger_rows},
              {"names_masked", journal.names_masked}}
      .dump();
}

Result<ErasureJournal> parse_journal(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    ErasureJournal journal;
    for (const Json& one : json.at("versions"))
      journal.versions.push_back({one.at("audience").get<std::string>(), one.at("version").get<std::string>(),
                                  one.at("state_before").get<std::string>(), one.at("unknown").get<std::string>(),
                                  one.at("identity").get<std::string>(), one.at("key").get<std::string>()});
    for (const Json& one : json.at("successors")) {
      SuccessorPlan plan;
      for (const Audience audience : kAudiences)
        if (one.at("audience") == to_string(audience)) plan.audience = audience;
      plan.configuration = bytes_of(one.at("configuration"));
      for (const Json& root : one.at("roots")) plan.roots.emplace_back(bytes_of(root));
      one.at("none_because").get_to(plan.none_because);
      journal.successors.push_back(std::move(plan));
    }
    json.at("ledger_rows").get_to(journal.ledger_rows);
    json.at("names_masked").get_to(journal.names_masked);
    return journal;
  } catch (const Json::exception&) {
    return failure(ErrorCode::kCorrupt, "the ledger's note of an erasure is damaged");
  }
}

}  // namespace qf
