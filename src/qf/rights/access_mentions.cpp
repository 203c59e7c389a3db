#include "qf/rights/access_mentions.h"

#include <algorithm>
#include <array>
#include <set>

#include "qf/core/instant.h"
#include "qf/ledger/chain.h"
#include "qf/ledger/mentions.h"

namespace qf {
namespace {

using Json = nlohmann::ordered_json;

// Members that are somebody's name and nothing else, whatever it looks like.
constexpr std::array<std::string_view, 6> kSignatures = {"by",          "placed_by",  "lifted_by",
                                                         "recorded_by", "revoked_by", "decided_by"};
// Members that people wrote.
constexpr std::array<std::string_view, 5> kWords = {"reason", "dpia", "name", "contact", "evidence"};

bool is_one_of(const auto& list, std::string_view member) {
  return std::find(list.begin(), list.end(), member) != list.end();
}

class Telling {
 public:
  Telling(const PersonNames& names, const OthersMask& mask) : names_(names), mask_(mask) {}

  std::string masked(std::string_view member, const std::string& text) const {
    if (is_one_of(kSignatures, member)) return text.empty() || names_.in(text) ? text : "[PERSON_1]";
    return is_one_of(kWords, member) ? mask_.masked(text, RedactionProfile::kStrict) : text;
  }
  // A body about the person in full; of another one only where it stands and what of it names the person.
  Json body(const Json& said, bool about) const {
    Json told = Json::object();
    if (!said.is_object()) return told;
    for (const auto& [member, value] : said.items()) {
      const bool text = value.is_string();
      const bool names = text && names_.in(value.get_ref<const std::string&>());
      if (!about && !names && member != "version" && member != "audience") continue;
      told[member] = text ? Json(masked(member, value.get_ref<const std::string&>())) : value;
    }
    return told;
  }

 private:
  const PersonNames& names_;
  const OthersMask& mask_;
};

}  // namespace

Status add_mentions(const Database& ledger, std::string_view subject_key, const OthersMask& mask, AccessFacts& facts) {
  QF_ASSIGN(const auto spellings, spellings_of(ledger, subject_key));
  const PersonNames names(spellings);
  const Telling telling(names, mask);
  QF_ASSIGN(const auto rows, rows_naming(ledger, names, subject_key));
  for (const NamingRow& row : rows) {
    Json fields = Json::object();
    for (const auto& [column, text] : row.says) fields[column] = telling.masked(column, text);
    facts.named.push_back({row.table, format_day(row.at_us), fields});
  }
  QF_ASSIGN(const Mentions mentions, find_mentions(ledger, names, subject_key));
  const std::set<std::int64_t> naming(mentions.entries.begin(), mentions.entries.end());
  QF_ASSIGN(const auto entries, load_chain(ledger));
  for (const ChainEntry& entry : entries) {
    if (!entry.body) continue;
    const bool about = entry.body->subject_key == subject_key;
    if (!about && !naming.contains(entry.seq)) continue;
    const Json fields = telling.body(Json::parse(entry.body->json, nullptr, false), about);
    facts.entries.push_back({entry.seq, entry.kind, format_instant(entry.at_us), fields});
  }
  return {};
}

}  // namespace qf
