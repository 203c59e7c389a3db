// What was measured of how far people can be singled out: for gates, card, manifest and screen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "qf/core/schema.h"
#include "qf/curate/gates.h"
#include "qf/privacy/anonymity.h"
#include "qf/privacy/policy.h"
#include "qf/run/row_groups.h"

namespace qf {

// One table's.
struct TableAnonymity {
  std::string table;
  Anonymised facts;  // without its groups
};

// People in every group of rows: 5 where the controller's own people read it, 10 where others do.
std::int64_t required_k(Audience audience);

// Whether a column ties the rows of one person to each other.
bool ties_rows(const FieldSpec& field);

std::vector<TableAnonymity> anonymity_facts(const RowGroups& groups);
GateFacts::Anonymity anonymity_gates(const RowGroups& groups, const AnonymityTerms& terms);

}  // namespace qf
