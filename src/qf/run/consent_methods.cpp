#include "qf/run/consent_methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "qf/ledger/consent.h"

namespace qf {
namespace {

constexpr std::array<std::string_view, 5> kMethods = {"paper", "mail", "form", "file", "self"};
constexpr const char* kOther = "other";

}  // namespace

std::string known_method(const std::string& method) {
  if (method.empty()) return "not stated";
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end() ? method : kOther;
}

Result<std::map<std::string, std::uint64_t>> consent_methods(const Database& ledger,
                                                             const std::vector<WrittenSubject>& people,
                                                             std::int64_t as_of_us, std::int64_t recorded_by_us,
                                                             std::uint64_t smallest) {
  QF_ASSIGN(const auto events, list_consent(ledger));
  std::map<std::string, const ConsentEvent*, std::less<>> last;
  for (const ConsentEvent& event : events) {
    const ConsentStatement& said = event.statement;
    if (said.scope != Scope::kModelTraining || said.given_at_us > as_of_us || event.recorded_at_us > recorded_by_us)
      continue;
    const ConsentEvent*& found = last[subject_key(said.subject)];
    if (found == nullptr || said.given_at_us >= found->statement.given_at_us) found = &event;
  }
  std::map<std::string, std::uint64_t> counts;
  for (const WrittenSubject& person : people)
    if (const auto found = last.find(person.key); found != last.end())
      ++counts[known_method(found->second->statement.method)];
  const auto too_small = [&](const auto& one) { return one.second < smallest; };
  while (smallest > 1 && counts.size() > 1 && std::any_of(counts.begin(), counts.end(), too_small)) {
    // The smallest goes into `other`; where it is that itself, the next one does.
    auto least = counts.end();
    for (auto at = counts.begin(); at != counts.end(); ++at)
      if (at->first != kOther && (least == counts.end() || at->second < least->second)) least = at;
    const std::uint64_t count = least->second;
    counts.erase(least);
    counts[kOther] += count;
  }
  return counts;
}

std::string in_words(const std::map<std::string, std::uint64_t>& methods) {
  std::string out;
  for (const auto& [method, count] : methods) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", method, count);
  return out;
}

}  // namespace qf
