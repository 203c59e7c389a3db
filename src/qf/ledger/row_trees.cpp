#include "qf/ledger/row_trees.h"

#include <sodium.h>

namespace qf {

Status record_row_tree(const Database& database, std::string_view audience, const VersionNumber& version,
                       const RowTreeRoot& tree) {
  QF_ASSIGN(Statement add,
            database.prepare("INSERT INTO row_trees (audience, version, root, rows) VALUES (?1, ?2, ?3, ?4)"));
  QF_CHECK(add.run(audience, to_string(version), tree.root, tree.rows));
  return {};
}

Result<std::optional<RowTreeRoot>> load_row_tree(const Database& database, std::string_view audience,
                                                 const VersionNumber& version) {
  QF_ASSIGN(Statement find, database.prepare("SELECT root, rows FROM row_trees WHERE audience = ?1 AND version = ?2"));
  QF_CHECK(find.bind(audience, to_string(version)));
  QF_ASSIGN(const bool found, find.next());
  if (!found) return std::optional<RowTreeRoot>();
  return std::optional(RowTreeRoot{std::string(find.text(0)), static_cast<std::uint64_t>(find.integer(1))});
}

Status draw_row_salts(std::span<std::uint8_t> out) {
  if (sodium_init() < 0) return failure(ErrorCode::kInternal, "libsodium cannot be used on this machine");
  randombytes_buf(out.data(), out.size());
  return {};
}

}  // namespace qf
