// A field that the table does not have cannot be set.
#include <string_view>

#include "qf/core/record.h"

void fill(qf::RowOf<qf::TableId::kDecisions>& row, std::string_view value) {
#ifdef QF_EXPECT_COMPILES
  row.set<"record_id">(value);
#else
  row.set<"no_such_field">(value);
#endif
}
