// The ledger's SQLite file: opened with its safeguards, migrated after a copy, asked with prepared statements.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "qf/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace qf {

// A prepared statement. Its text is ours; everything a person wrote is bound as a value.
class Statement {
 public:
  // Binds `values` to ?1, ?2, … in order and starts the statement anew. Text, integers, optional integers.
  template <class... Values>
  Status bind(const Values&... values) {
    Status status = reset();
    [[maybe_unused]] int index = 0;
    ((status = status ? bind_at(++index, values) : status), ...);
    return status;
  }
  // Moves to the next row; false after the last one.
  Result<bool> next();
  // Binds, runs to the end and says how many rows were changed.
  template <class... Values>
  Result<std::int64_t> run(const Values&... values) {
    QF_CHECK(bind(values...));
    return finish();
  }

  // The current row's columns, counted from 0. A text is valid until the next step or bind.
  std::string_view text(int column) const;
  std::int64_t integer(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  Status reset();
  Result<std::int64_t> finish();
  Status bind_at(int index, std::string_view value);
  Status bind_at(int index, const std::optional<std::int64_t>& value);
  Status bind_integer(int index, std::int64_t value);
  template <std::integral T>
  Status bind_at(int index, T value) {
    return bind_integer(index, static_cast<std::int64_t>(value));
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Everything between begin() and commit() happens or nothing does: dropped uncommitted, it is undone.
// Inside another transaction it is a part of that one. It must not outlive its database.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Status commit();

 private:
  friend class Database;
  Transaction(sqlite3* connection, bool nested) : connection_(connection), nested_(nested) {}

  sqlite3* connection_;  // null once committed
  bool nested_;
};

enum class DatabaseMode {
  kReadOnly,  // must exist, with the schema of this program
  kCreate,    // made where it is missing, readable for its owner alone, in a folder that is there; an older schema is
              // brought up to date
};

// An open ledger. For one thread at a time; several processes wait up to 5 s for each other.
// Durable: a rollback journal, synchronous EXTRA. What is deleted is overwritten (secure_delete).
class Database {
 public:
  // kNotFound where it is missing; kInvalidInput where its schema is newer than this program, or older and
  // `mode` forbids writing; kCorrupt where it is no ledger. Before an older schema is changed, the file
  // is copied to `<path>.before-N`, N being the schema it is brought to.
  static Result<Database> open(const std::filesystem::path& path, DatabaseMode mode);
  // The same with a schema of the caller: step i brings schema i to i + 1.
  static Result<Database> open(const std::filesystem::path& path, DatabaseMode mode,
                               std::span<const std::string_view> steps);

  Result<Statement> prepare(std::string_view sql) const;
  // Runs statements that take no values.
  Status execute(const std::string& sql) const;
  // A transaction that may write; waits for other writers, kIo after 5 s.
  Result<Transaction> begin() const;
  // A transaction that only reads: all its statements see one state.
  Result<Transaction> begin_snapshot() const;
  // kCorrupt unless SQLite finds its pages, indexes and references in order.
  Status verify() const;
  // The schema's number, counted from 1.
  Result<std::int64_t> schema_version() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  Database() = default;
  Result<Transaction> begin_with(const char* sql) const;
  Result<std::int64_t> ask(std::string_view sql) const;
  Status migrate(std::span<const std::string_view> steps) const;
  Status copy_to(const std::filesystem::path& copy) const;

  std::unique_ptr<sqlite3, Close> connection_;
  std::filesystem::path path_;
};

// The steps of the ledger's own schema.
std::span<const std::string_view> ledger_steps();

// Removes the copies that migrations made of the ledger at `path`, since an erasure must reach them too;
// says how many there were.
Result<int> remove_migration_copies(const std::filesystem::path& path);

}  // namespace qf
