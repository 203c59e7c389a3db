#include "qf/ledger/assignments.h"

#include "qf/ledger/kept_tables.h"

namespace qf {

Result<std::vector<SplitAssignment>> load_assignments(const Database& database) {
  QF_ASSIGN(Statement rows,
            database.prepare("SELECT subject_tag, split, fold, assigned_in_version FROM split_assignments "
                             "ORDER BY subject_tag"));
  std::vector<SplitAssignment> assignments;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return assignments;
    assignments.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                           static_cast<std::int32_t>(rows.integer(2)), std::string(rows.text(3))});
  }
}

Status store_assignments(const Database& database, std::span<const SplitAssignment> assignments) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement find, database.prepare("SELECT split, fold FROM split_assignments WHERE subject_tag = ?1"));
  QF_ASSIGN(Statement write,
            database.prepare("INSERT INTO split_assignments (subject_tag, split, fold, assigned_in_version) "
                             "VALUES (?1, ?2, ?3, ?4)"));
  for (const SplitAssignment& assignment : assignments) {
    const std::string& tag = assignment.subject_tag;
    // A tag of another form would be a name.
    if (tag.empty() || tag.find_first_not_of("0123456789abcdef") != std::string::npos)
      return failure(ErrorCode::kInternal, "a split assignment without a keyed tag");
    QF_CHECK(find.bind(tag));
    QF_ASSIGN(const bool known, find.next());
    if (!known) {
      QF_CHECK(write.run(tag, assignment.split, assignment.fold, assignment.assigned_in_version));
    } else if (find.text(0) != assignment.split || find.integer(1) != assignment.fold) {
      return failure(ErrorCode::kRefused,
                     database.path().string() + ": a person who is in one split already was given another");
    }
  }
  QF_CHECK(find.bind());
  return transaction.commit();
}

Status replace_assignments(const Database& database, std::span<const SplitAssignment> assignments) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_CHECK(database.execute("DELETE FROM split_assignments"));
  QF_CHECK(store_assignments(database, assignments));
  return transaction.commit();
}

Status draw_anew(const Database& database, std::int64_t drawn_at_us) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(Statement draw, database.prepare("INSERT INTO split_draws (drawn_at) VALUES (?1)"));
  QF_CHECK(draw.run(drawn_at_us));
  QF_CHECK(replace_assignments(database, {}));
  QF_CHECK(append_stating(database, {"split_assignments", "split_draws"}, "splits_drawn", "{}", "", drawn_at_us));
  return transaction.commit();
}

Result<std::uint64_t> split_draw(const Database& database) {
  QF_ASSIGN(Statement count, database.prepare("SELECT count(*) FROM split_draws"));
  QF_ASSIGN([[maybe_unused]] const bool found, count.next());
  return static_cast<std::uint64_t>(count.integer(0));
}

}  // namespace qf
