#include "qf/run/anonymity_facts.h"

#include <fmt/format.h>

#include <algorithm>

namespace qf {

std::int64_t required_k(Audience audience) {
  switch (audience) {
    case Audience::kPrivate: return 1;
    case Audience::kInternal: return 5;
    case Audience::kExternal: return 10;
  }
  return 10;
}

bool ties_rows(const FieldSpec& field) {
  return field.name == "subject_id" || field.name == "session_id" || field.name == "question_id" ||
         field.name == "decision_record_id";
}

std::vector<TableAnonymity> anonymity_facts(const RowGroups& groups) {
  std::vector<TableAnonymity> facts;
  for (const TableSchema& table : tables()) {
    if (groups.of(table.id).rows == 0) continue;
    TableAnonymity& one = facts.emplace_back();
    one.table = table.name;
    one.facts = groups.of(table.id);
    one.facts.groups.clear();
  }
  return facts;
}

GateFacts::Anonymity anonymity_gates(const RowGroups& groups, const AnonymityTerms& terms) {
  GateFacts::Anonymity facts;
  facts.required_k = terms.k;
  facts.required_l = terms.l;
  std::uint64_t people = 0;
  bool any = false;
  std::string gone, short_of;
  for (const TableSchema& table : tables()) {
    const Anonymised& one = groups.of(table.id);
    if (one.rows == 0) continue;
    people = std::max(people, one.people);
    facts.suppressed += one.left_out;
    facts.most_suppressed += one.most_left_out;
    for (const RetainedInformation& column : one.columns)
      if (column.level == column.levels && column.retained < 1)
        gone += fmt::format("{}{}.{}", gone.empty() ? "" : ", ", table.name, column.name);
    // What this table alone lacks, where too many of its rows are left out.
    if (one.left_out > one.most_left_out) {
      short_of += fmt::format("{}{}: ", short_of.empty() ? "" : "; ", table.name);
      short_of += one.people_before < terms.k
                      ? fmt::format("{} more {} with rows in it", terms.k - one.people_before,
                                    terms.k - one.people_before == 1 ? "person" : "people")
                      : fmt::format(
                            "{} rows are in groups of fewer than {} people or three sittings: more people "
                            "with rows like these, or more sittings of theirs",
                            one.left_out, terms.k);
    }
    if (one.classes == 0) continue;
    facts.k = any ? std::min(facts.k, one.k) : one.k;
    if (table.id == TableId::kDecisions) facts.l = one.l;
    any = true;
  }
  // A table without choices cannot fall short of different ones.
  if (groups.of(TableId::kDecisions).classes == 0) facts.l = any ? terms.l : 0;
  if (people < terms.k)
    facts.hint = fmt::format("{} more {} needed before any group of rows holds {}{}", terms.k - people,
                             terms.k - people == 1 ? "person with rows is" : "people with rows are", terms.k,
                             people == 0 ? "" : "; a private dataset needs none more");
  else
    facts.hint = fmt::format("needed{}{}{}; a private dataset needs none",
                             short_of.empty() ? ": more people in the same groups of rows" : " in ", short_of,
                             gone.empty() ? "" : "; generalised away everywhere: " + gone);
  return facts;
}

}  // namespace qf
