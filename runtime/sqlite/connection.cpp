#include "runtime/sqlite/connection.h"

#include <charconv>
#include <utility>

namespace bora::sqlite {

using database::Cell;
using database::ConnectionError;
using database::Error;
using database::ErrorDetails;
using database::Parameter;
using database::Parameters;
using database::Statement;

namespace {

/// Returns the SQLSTATE that PostgreSQL would report.
std::string code_of(int extended, std::string_view what) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return "23505";
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return "23503";
    case SQLITE_CONSTRAINT_NOTNULL:
      return "23502";
    case SQLITE_CONSTRAINT_CHECK:
      return "23514";
    default:
      break;
  }
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT:
      return "23000";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "40001";
    case SQLITE_READONLY:
      return "25006";
    case SQLITE_FULL:
      return "53100";
    case SQLITE_NOMEM:
      return "53200";
    case SQLITE_IOERR:
      return "58030";
    case SQLITE_CANTOPEN:
      return "08001";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "XX001";
    case SQLITE_INTERRUPT:
      return "57014";
    case SQLITE_TOOBIG:
      return "54000";
    case SQLITE_RANGE:
      return "08P01";
    default:
      break;
  }
  if (what.starts_with("no such table")) return "42P01";
  if (what.starts_with("no such column")) return "42703";
  if (what.find("syntax error") != std::string_view::npos) return "42601";
  return "42000";
}

/// At the end of its use, resets a statement and its parameters.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) noexcept : statement_(statement) {}
  ~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Cell Result::cell(std::size_t row, std::size_t column) const noexcept {
  const Value& value = values_[row * names_.size() + column];
  Cell cell;
  cell.kind = value.kind;
  cell.integer = value.integer;
  cell.real = value.real;
  if (value.kind == Cell::Kind::text || value.kind == Cell::Kind::bytes) {
    cell.text =
        std::string_view(bytes_).substr(static_cast<std::size_t>(value.integer), value.size);
  }
  return cell;
}

void Result::set_columns(sqlite3_stmt* statement) {
  const int count = sqlite3_column_count(statement);
  for (int i = 0; i < count; ++i) names_.emplace_back(sqlite3_column_name(statement, i));
}

void Result::add_row(sqlite3_stmt* statement) {
  const int count = static_cast<int>(names_.size());
  for (int i = 0; i < count; ++i) {
    Value& value = values_.emplace_back();
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_INTEGER:
        value.kind = Cell::Kind::integer;
        value.integer = sqlite3_column_int64(statement, i);
        break;
      case SQLITE_FLOAT:
        value.kind = Cell::Kind::real;
        value.real = sqlite3_column_double(statement, i);
        break;
      case SQLITE_NULL:
        value.kind = Cell::Kind::null;
        break;
      default: {
        const bool is_text = sqlite3_column_type(statement, i) == SQLITE_TEXT;
        value.kind = is_text ? Cell::Kind::text : Cell::Kind::bytes;
        const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement, i));
        value.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        value.integer = static_cast<std::int64_t>(bytes_.size());
        if (value.size > 0) bytes_.append(data, value.size);
      }
    }
  }
}

Connection::Connection(const Options& options, bool is_writer)
    : is_writer_(is_writer), max_prepared_(options.max_prepared) {
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(options.path.c_str(), &database_, kFlags, nullptr) != SQLITE_OK) {
    const std::string why = database_ == nullptr ? "no memory" : sqlite3_errmsg(database_);
    sqlite3_close_v2(database_);
    throw ConnectionError("the database " + options.path + " can't be opened: " + why,
                          {.code = "08001"});
  }
  try {
    sqlite3_busy_timeout(database_, static_cast<int>(options.busy_timeout.count()));
    execute("pragma journal_mode = wal");
    execute("pragma synchronous = normal");
    if (options.has_foreign_keys) execute("pragma foreign_keys = on");
    for (const std::string& text : options.on_open) execute(text.c_str());
    if (!is_writer) execute("pragma query_only = on");
  } catch (const Error& failure) {
    sqlite3_close_v2(database_);
    throw ConnectionError("the database " + options.path + " can't be opened: " + failure.what(),
                          {.code = failure.code()});
  }
}

Connection::~Connection() {
  cursor_.reset();
  prepared_.clear();
  sqlite3_close_v2(database_);
}

void Connection::fail(const std::source_location& where) const {
  const std::string what = sqlite3_errmsg(database_);
  ErrorDetails details;
  details.code = code_of(sqlite3_extended_errcode(database_), what);
  // "UNIQUE constraint failed: users.email"
  if (details.code.starts_with("23")) {
    const std::size_t colon = what.find(": ");
    if (colon != std::string::npos) {
      details.constraint = what.substr(colon + 2);
      const std::size_t point = details.constraint.find('.');
      if (point != std::string::npos && details.constraint.find(',') == std::string::npos) {
        details.table = details.constraint.substr(0, point);
        details.column = details.constraint.substr(point + 1);
      }
    }
  }
  if (const int offset = sqlite3_error_offset(database_); offset >= 0) {
    details.position = static_cast<std::size_t>(offset) + 1;
  }
  throw Error(what, std::move(details), where);
}

void Connection::execute(const char* text) {
  if (sqlite3_exec(database_, text, nullptr, nullptr, nullptr) != SQLITE_OK) fail({});
}

sqlite3_stmt* Connection::prepare(const Statement& statement, StatementPtr& owned) {
  if (statement.is_prepared()) {
    if (const auto found = by_text_.find(statement.text()); found != by_text_.end()) {
      prepared_.splice(prepared_.begin(), prepared_, found->second);
      return found->second->statement.get();
    }
  }
  const std::string& text = statement.text();
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  if (sqlite3_prepare_v3(database_, text.c_str(), static_cast<int>(text.size() + 1),
                         statement.is_prepared() ? SQLITE_PREPARE_PERSISTENT : 0, &made,
                         &rest) != SQLITE_OK) {
    fail(statement.where());
  }
  StatementPtr prepared(made);
  if (made == nullptr) throw Error("the statement is empty", {.code = "42601"}, statement.where());
  if (std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    throw Error("one statement at a time; run_script() takes several", {.code = "42601"},
                statement.where());
  }
  if (!is_writer_ && sqlite3_stmt_readonly(made) == 0) throw NotReadOnly();
  if (!statement.is_prepared() || max_prepared_ == 0) {
    owned = std::move(prepared);
    return made;
  }
  if (prepared_.size() >= max_prepared_) {
    by_text_.erase(prepared_.back().text);
    prepared_.pop_back();
  }
  prepared_.push_front({text, std::move(prepared)});
  by_text_.emplace(prepared_.front().text, prepared_.begin());
  return made;
}

void Connection::bind(sqlite3_stmt* statement, const Parameters& parameters,
                      const std::source_location& where) {
  const int count = sqlite3_bind_parameter_count(statement);
  std::size_t highest = 0;
  for (int i = 1; i <= count; ++i) {
    // $2 and ?2 are the second parameter; a bare ? has the number of its place.
    auto number = static_cast<std::size_t>(i);
    if (const char* const name = sqlite3_bind_parameter_name(statement, i)) {
      const std::string_view digits = std::string_view(name).substr(1);
      const auto [stop, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (failure != std::errc() || stop != digits.data() + digits.size() || number == 0) {
        throw Error("the parameter " + std::string(name) + " must be a number: $1, $2 …",
                    {.code = "42P02"}, where);
      }
    }
    highest = std::max(highest, number);
    if (number > parameters.size()) break;
    const Parameter& value = parameters[number - 1];
    int status = SQLITE_OK;
    switch (value.kind) {
      case Parameter::Kind::null:
        status = sqlite3_bind_null(statement, i);
        break;
      case Parameter::Kind::boolean:
      case Parameter::Kind::integer:
        status = sqlite3_bind_int64(statement, i, value.integer);
        break;
      case Parameter::Kind::real:
        status = sqlite3_bind_double(statement, i, value.real);
        break;
      case Parameter::Kind::text:
        status = sqlite3_bind_text64(statement, i, value.text.data(), value.text.size(),
                                     SQLITE_STATIC, SQLITE_UTF8);
        break;
      case Parameter::Kind::bytes:
        status =
            sqlite3_bind_blob64(statement, i, value.text.data(), value.text.size(), SQLITE_STATIC);
        break;
      case Parameter::Kind::array:
        throw Error("SQLite has no arrays: give JSON", {.code = "0A000"}, where);
    }
    if (status != SQLITE_OK) fail(where);
  }
  if (highest != parameters.size()) {
    throw Error("the statement has " + std::to_string(highest) + " parameters, and " +
                    std::to_string(parameters.size()) + " were given",
                {.code = "08P01"}, where);
  }
}

std::shared_ptr<const Result> Connection::run(const Statement& statement,
                                              const Parameters& parameters) {
  StatementPtr owned;
  sqlite3_stmt* const prepared = prepare(statement, owned);
  const Reset reset(prepared);
  bind(prepared, parameters, statement.where());
  const auto result = std::make_shared<Result>();
  const sqlite3_int64 before = sqlite3_total_changes64(database_);
  int status = sqlite3_step(prepared);
  // The names are read after the first step, because a table may have changed since the text was
  // prepared.
  result->set_columns(prepared);
  for (; status == SQLITE_ROW; status = sqlite3_step(prepared)) result->add_row(prepared);
  if (status != SQLITE_DONE) fail(statement.where());
  if (sqlite3_total_changes64(database_) != before) {
    result->set_affected(static_cast<std::uint64_t>(sqlite3_changes64(database_)));
  }
  return result;
}

std::uint64_t Connection::run_many(const Statement& statement, const std::vector<Parameters>& all) {
  std::uint64_t affected = 0;
  execute("savepoint bora_many");
  try {
    for (const Parameters& parameters : all) affected += run(statement, parameters)->affected();
    execute("release bora_many");
  } catch (...) {
    sqlite3_exec(database_, "rollback to bora_many; release bora_many", nullptr, nullptr, nullptr);
    throw;
  }
  return affected;
}

void Connection::run_script(const Statement& script) {
  execute("savepoint bora_script");
  if (sqlite3_exec(database_, script.text().c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    try {
      fail(script.where());
    } catch (...) {
      sqlite3_exec(database_, "rollback to bora_script; release bora_script", nullptr, nullptr,
                   nullptr);
      throw;
    }
  }
  execute("release bora_script");
}

void Connection::open_cursor(const Statement& statement, const Parameters& parameters) {
  const Statement once = Statement(statement).unprepared();
  prepare(once, cursor_);
  cursor_where_ = statement.where();
  cursor_parameters_ = parameters;  // SQLite refers to them
  bind(cursor_.get(), cursor_parameters_, statement.where());
}

std::shared_ptr<const Result> Connection::fetch(std::size_t limit) {
  const auto result = std::make_shared<Result>();
  if (cursor_ == nullptr) return result;
  result->set_columns(cursor_.get());
  for (std::size_t i = 0; i < limit; ++i) {
    const int status = sqlite3_step(cursor_.get());
    if (status == SQLITE_DONE) {
      cursor_.reset();
      break;
    }
    if (status != SQLITE_ROW) {
      const StatementPtr failed = std::move(cursor_);
      fail(cursor_where_);
    }
    result->add_row(cursor_.get());
  }
  return result;
}

void Connection::close_cursor() noexcept {
  cursor_.reset();
}

void Connection::backup(const std::string& path, const std::atomic<bool>& is_abandoned) {
  sqlite3* copy = nullptr;
  struct Close {
    sqlite3*& database;
    ~Close() { sqlite3_close_v2(database); }
  } close{copy};
  const auto refuse = [&](sqlite3* of) {
    throw Error("the backup " + path + " can't be written: " + sqlite3_errmsg(of),
                {.code = code_of(sqlite3_extended_errcode(of), "")});
  };
  if (sqlite3_open_v2(path.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
      SQLITE_OK) {
    refuse(copy);
  }
  sqlite3_backup* const backup = sqlite3_backup_init(copy, "main", database_, "main");
  if (backup == nullptr) refuse(copy);
  int status = SQLITE_OK;
  while (status == SQLITE_OK || status == SQLITE_BUSY || status == SQLITE_LOCKED) {
    if (is_abandoned) break;
    status = sqlite3_backup_step(backup, 256);
    if (status == SQLITE_BUSY || status == SQLITE_LOCKED) sqlite3_sleep(5);
  }
  if (sqlite3_backup_finish(backup) != SQLITE_OK) refuse(copy);
}

}  // namespace bora::sqlite
