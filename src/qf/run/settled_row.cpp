#include "qf/run/settled_row.h"

namespace qf {
namespace {

template <TableId Table>
constexpr LateColumns late_columns() {
  LateColumns columns{column_of<Table, "record_id">(),
                      column_of<Table, "session_id">(),
                      column_of<Table, "subject_id">(),
                      column_of<Table, "question_id">(),
                      column_of<Table, "fold">(),
                      column_of<Table, "privacy_level">(),
                      column_of<Table, "dataset_version">(),
                      0,
                      std::nullopt,
                      std::nullopt,
                      column_of<Table, "language">(),
                      column_of<Table, "term">()};
  if constexpr (Table != TableId::kQuestions) columns.is_final = column_of<Table, "is_final">();
  if constexpr (Table == TableId::kCorrections) columns.decision_record = column_of<Table, "decision_record_id">();
  if constexpr (Table == TableId::kDecisions) columns.context = column_of<Table, "context">();
  return columns;
}

}  // namespace

LateColumns late_columns_of(TableId table) {
  switch (table) {
    case TableId::kDecisions: return late_columns<TableId::kDecisions>();
    case TableId::kCorrections: return late_columns<TableId::kCorrections>();
    case TableId::kQuestions: return late_columns<TableId::kQuestions>();
  }
  return late_columns<TableId::kDecisions>();
}

void settle_row(const LateColumns& late, TableId table, const StagedRun& staged, const RowGroups* groups,
                std::uint64_t number, const Assignment& assignment, std::string_view privacy_level, Row row,
                Arena& arena) {
  if (staged.replaced.test(number)) row[late.is_final] = Cell::of(false);
  row[late.fold] = Cell::of(static_cast<std::int64_t>(assignment.fold));
  row[late.privacy_level] = Cell::of(privacy_level);
  if (groups != nullptr) groups->generalise(table, number, row, arena);
}

}  // namespace qf
