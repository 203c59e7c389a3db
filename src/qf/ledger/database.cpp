#include "qf/ledger/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "qf/ledger/private_files.h"

namespace qf {
namespace {

constexpr int kBusyTimeoutMs = 5'000;
constexpr std::int64_t kApplicationId = 0x51464C31;  // "QFL1"

// SQLite's own message names tables and columns, never values; the bound texts are not in it. `file` is for a
// connection that could not be opened: it knows of none.
tl::unexpected<Error> database_failure(sqlite3* connection, const std::filesystem::path& file = {}) {
  const char* name = connection == nullptr ? nullptr : sqlite3_db_filename(connection, "main");
  const std::string path = name != nullptr ? name : file.empty() ? "the ledger" : file.string();
  const int code = connection == nullptr ? SQLITE_NOMEM : sqlite3_errcode(connection);
  const std::string why = connection == nullptr ? "out of memory" : sqlite3_errmsg(connection);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return failure(ErrorCode::kIo, fmt::format("{} is in use by another run: try again when that one is done", path));
    case SQLITE_FULL:
      return failure(ErrorCode::kIo,
                     fmt::format("{}: {}; the ledger is as it was: make room there (some 100 kB are enough for `gc`, "
                                 "which then makes more), and run this again",
                                 path, why));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return failure(ErrorCode::kCorrupt, fmt::format("{} is damaged ({}): put it back from a backup", path, why));
    case SQLITE_CONSTRAINT: return failure(ErrorCode::kRefused, fmt::format("{}: {}", path, why));
    // Our statements are right for the tables that we make: damage to what SQLite knows of them looks like this.
    case SQLITE_ERROR:
      return failure(ErrorCode::kInternal,
                     fmt::format("{}: {}: its tables are not those that were made, so it is probably damaged: put it "
                                 "back from a backup",
                                 path, why));
    case SQLITE_MISUSE: return failure(ErrorCode::kInternal, fmt::format("{}: {}", path, why));
    default: return failure(ErrorCode::kIo, fmt::format("{}: {}", path, why));
  }
}

Status execute_on(sqlite3* connection, const char* sql) {
  if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return database_failure(connection);
  return {};
}

std::filesystem::path with_suffix(std::filesystem::path path, std::string_view suffix) {
  path += suffix;
  return path;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Status Statement::reset() {
  // The result of a reset repeats the error of the last step, which was reported then.
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  return {};
}

Status Statement::bind_at(int index, std::string_view value) {
  // An empty view may hold a null pointer, which SQLite would bind as NULL.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  if (sqlite3_bind_text64(statement_.get(), index, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK)
    return database_failure(sqlite3_db_handle(statement_.get()));
  return {};
}

Status Statement::bind_at(int index, const std::optional<std::int64_t>& value) {
  if (value) return bind_integer(index, *value);
  if (sqlite3_bind_null(statement_.get(), index) != SQLITE_OK)
    return database_failure(sqlite3_db_handle(statement_.get()));
  return {};
}

Status Statement::bind_integer(int index, std::int64_t value) {
  if (sqlite3_bind_int64(statement_.get(), index, value) != SQLITE_OK)
    return database_failure(sqlite3_db_handle(statement_.get()));
  return {};
}

Result<bool> Statement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto failed = database_failure(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  return failed;
}

Result<std::int64_t> Statement::finish() {
  for (;;) {
    QF_ASSIGN(const bool more, next());
    if (!more) break;
  }
  sqlite3_reset(statement_.get());
  return sqlite3_changes64(sqlite3_db_handle(statement_.get()));
}

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), nested_(other.nested_) {}

Transaction::~Transaction() {
  // A rollback that fails leaves the transaction to SQLite, which undoes it when the file is closed.
  if (connection_ != nullptr)
    sqlite3_exec(connection_, nested_ ? "ROLLBACK TO qf_part; RELEASE qf_part" : "ROLLBACK", nullptr, nullptr, nullptr);
}

Status Transaction::commit() {
  if (connection_ == nullptr) return failure(ErrorCode::kInternal, "a transaction was committed twice");
  QF_CHECK(execute_on(connection_, nested_ ? "RELEASE qf_part" : "COMMIT"));
  connection_ = nullptr;
  return {};
}

void Database::Close::operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }

Result<Database> Database::open(const std::filesystem::path& path, DatabaseMode mode) {
  return open(path, mode, ledger_steps());
}

Result<Database> Database::open(const std::filesystem::path& path, DatabaseMode mode,
                                std::span<const std::string_view> steps) {
  std::error_code ignored;
  if (mode == DatabaseMode::kCreate) {
    // Made here, since SQLite would let the group read it; its journal takes over the mode.
    const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0)
      ::close(made);
    else if (errno != EEXIST)
      return failure(ErrorCode::kIo, fmt::format("cannot create {}: {}", path.string(), std::strerror(errno)));
  } else if (std::error_code error; !std::filesystem::exists(path, error)) {
    // A ledger that cannot be looked at is not one that is missing.
    if (error) return failure(ErrorCode::kIo, fmt::format("cannot look at {}: {}", path.string(), error.message()));
    return failure(ErrorCode::kNotFound,
                   fmt::format("there is no ledger at {}: is this the folder of a store?", path.string()));
  }

  if (!std::filesystem::is_regular_file(path, ignored))
    return failure(ErrorCode::kCorrupt, path.string() + " is not a file: put the ledger back from a backup");

  Database database;
  database.path_ = path;
  sqlite3* connection = nullptr;
  const bool read_only = mode == DatabaseMode::kReadOnly;
  // A run that was killed leaves a journal which SQLite rolls back at the next opening, and which it may only do where
  // it may write. Where it may not, it says so.
  const bool undo = read_only && std::filesystem::exists(with_suffix(path, "-journal"), ignored);
  // An absolute path: SQLite gives ":memory:" and the empty name meanings of their own.
  const int opened = sqlite3_open_v2(std::filesystem::absolute(path).c_str(), &connection,
                                     read_only && !undo ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE, nullptr);
  database.connection_.reset(connection);
  if (opened != SQLITE_OK) return database_failure(connection, path);
  // SQLite falls back to reading where it cannot open for writing, and does not say why.
  if (!read_only && sqlite3_db_readonly(connection, "main") == 1) {
    const int number = ::access(path.c_str(), W_OK) == 0 ? 0 : errno;
    return failure(ErrorCode::kIo, fmt::format("{} cannot be opened for writing{}{}", path.string(),
                                               number == 0 ? "" : ": ", number == 0 ? "" : std::strerror(number)));
  }
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kBusyTimeoutMs);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);

  QF_ASSIGN(const std::int64_t application, database.ask("PRAGMA application_id"));
  QF_ASSIGN(const std::int64_t tables, database.ask("SELECT count(*) FROM sqlite_schema"));
  QF_ASSIGN(const std::int64_t version, database.schema_version());
  if (application != kApplicationId && (application != 0 || version != 0 || tables != 0))
    return failure(ErrorCode::kCorrupt,
                   fmt::format("{} belongs to another program, or is damaged: name the folder of a store, or put its "
                               "ledger back from a backup",
                               path.string()));
  const auto known = static_cast<std::int64_t>(steps.size());
  if (version > known)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{} was written by a newer qf-dataset (schema {}, this program knows {}): update the "
                               "program, or, where none newer was used here, put the ledger back from a backup; "
                               "nothing was changed",
                               path.string(), version, known));
  if (version < known && read_only)
    return failure(ErrorCode::kInvalidInput,
                   fmt::format("{} has schema {}, this program needs {}: run a command that may "
                               "write to the store once",
                               path.string(), version, known));

  QF_CHECK(database.execute("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA recursive_triggers = ON"));
  if (undo) QF_CHECK(database.execute("PRAGMA query_only = ON"));
  if (!read_only)
    QF_CHECK(database.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON"));
  if (version < known) QF_CHECK(database.migrate(steps));
  // Only now: a step may rebuild a table that others refer to.
  QF_CHECK(database.execute("PRAGMA foreign_keys = ON"));
  return database;
}

Status Database::migrate(std::span<const std::string_view> steps) const {
  QF_ASSIGN(Transaction transaction, begin());
  // Another process may have done it while this one waited.
  QF_ASSIGN(const std::int64_t version, schema_version());
  const auto known = static_cast<std::int64_t>(steps.size());
  if (version >= known) return transaction.commit();
  if (version > 0) QF_CHECK(copy_to(with_suffix(path_, fmt::format(".before-{}", known))));
  for (auto i = static_cast<std::size_t>(version); i < steps.size(); ++i) QF_CHECK(execute(std::string(steps[i])));
  QF_CHECK(execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, known)));
  return transaction.commit();
}

// Copies through SQLite: to open and close the file by other means would give up this process's locks on it.
// The caller holds the writer's lock, so the copy is of the state that is about to change.
Status Database::copy_to(const std::filesystem::path& copy) const {
  const auto part = with_suffix(copy, ".part");
  std::error_code error;
  // Where it stays, the next call says so.
  std::filesystem::remove(part, error);
  const int made = ::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0)
    return failure(ErrorCode::kIo, fmt::format("cannot create {}: {}", part.string(), std::strerror(errno)));
  ::close(made);

  const auto connect = [](const std::filesystem::path& path, int flags) {
    sqlite3* connection = nullptr;
    sqlite3_open_v2(std::filesystem::absolute(path).c_str(), &connection, flags, nullptr);
    return std::unique_ptr<sqlite3, Close>(connection);
  };
  const auto source = connect(path_, SQLITE_OPEN_READONLY);
  const auto target = connect(part, SQLITE_OPEN_READWRITE);
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) return database_failure(target.get());
  sqlite3_backup_step(backup, -1);
  if (sqlite3_backup_finish(backup) != SQLITE_OK) return database_failure(target.get());
  std::filesystem::rename(part, copy, error);
  if (error) return failure(ErrorCode::kIo, fmt::format("cannot write {}: {}", copy.string(), error.message()));
  // The migration must not be on the disk before the name of the copy is.
  return sync_folder_of(copy);
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return database_failure(connection_.get());
  return Statement(statement);
}

Status Database::execute(const std::string& sql) const { return execute_on(connection_.get(), sql.c_str()); }

Result<Transaction> Database::begin() const { return begin_with("BEGIN IMMEDIATE"); }

Result<Transaction> Database::begin_snapshot() const { return begin_with("BEGIN DEFERRED"); }

Result<Transaction> Database::begin_with(const char* sql) const {
  const bool nested = sqlite3_get_autocommit(connection_.get()) == 0;
  QF_CHECK(execute_on(connection_.get(), nested ? "SAVEPOINT qf_part" : sql));
  return Transaction(connection_.get(), nested);
}

Result<std::int64_t> Database::ask(std::string_view sql) const {
  QF_ASSIGN(Statement statement, prepare(sql));
  QF_ASSIGN(const bool found, statement.next());
  return found ? statement.integer(0) : 0;
}

Result<std::int64_t> Database::schema_version() const { return ask("PRAGMA user_version"); }

Status Database::verify() const {
  QF_ASSIGN(Statement pages, prepare("PRAGMA integrity_check(1)"));
  QF_ASSIGN(const bool answered, pages.next());
  if (!answered || pages.text(0) != "ok")
    return failure(ErrorCode::kCorrupt, fmt::format("{} is damaged: put it back from a backup", path_.string()));
  QF_ASSIGN(Statement references, prepare("PRAGMA foreign_key_check"));
  QF_ASSIGN(const bool dangling, references.next());
  if (dangling)
    return failure(ErrorCode::kCorrupt,
                   fmt::format("{}: the table {} refers to a row that is not there: put the ledger back from a backup",
                               path_.string(), references.text(0)));
  return {};
}

Result<int> remove_migration_copies(const std::filesystem::path& path) {
  std::error_code error;
  int removed = 0;
  for (std::size_t step = 1; step <= ledger_steps().size() && !error; ++step)
    for (const std::string_view suffix : {"", ".part"})
      if (!error && std::filesystem::remove(with_suffix(path, fmt::format(".before-{}{}", step, suffix)), error))
        ++removed;
  if (error)
    return failure(ErrorCode::kIo, fmt::format("cannot remove a copy of {}: {}", path.string(), error.message()));
  return removed;
}

}  // namespace qf
