#include "runtime/postgres/connect.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <bora/core/executor.h>
#include <bora/core/log.h>
#include <bora/core/quiet_exceptions.h>

#include "runtime/postgres/result.h"

namespace bora::postgres {
namespace {

void log_notice(void*, const PGresult* notice) {
  const char* const text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  const char* const level = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  const bool is_warning = level != nullptr && std::strcmp(level, "WARNING") == 0;
  if (text != nullptr) {
    gen_log.write(is_warning ? LogLevel::warning : LogLevel::debug, "postgres: ", text);
  }
}

[[noreturn]] void fail(const PGconn* connection) {
  std::string what = PQerrorMessage(connection);
  while (what.ends_with('\n')) what.pop_back();
  std::ranges::replace(what, '\n', ' ');
  throw database::ConnectionError("no connection to PostgreSQL: " + what);
}

void run_now(PGconn* connection, const std::string& statement) {
  const ResultPtr result(PQexec(connection, statement.c_str()));
  if (!is_failure(result.get())) return;
  throw database::ConnectionError("no connection to PostgreSQL: '" + statement +
                                  "' failed on it: " + PQresultErrorMessage(result.get()));
}

bool has_setting(PGconn* connection, const char* name, const char* wanted) {
  const char* const value = PQparameterStatus(connection, name);
  return value == nullptr || std::strncmp(value, wanted, std::strlen(wanted)) == 0;
}

ConnectionPtr connect_now(const ConnectOptions& options) {
  const std::string timeout =
      std::to_string(std::max<std::int64_t>(2, options.connect_timeout.count()));
  // Later ones win, except for the first, which libpq splits into its parts.
  const char* const keywords[] = {"dbname", "client_encoding", "fallback_application_name",
                                  "connect_timeout", nullptr};
  const char* const values[] = {options.where.c_str(), "UTF8", options.application_name.c_str(),
                                timeout.c_str(), nullptr};
  ConnectionPtr connection(PQconnectdbParams(keywords, values, 1));
  if (connection == nullptr) throw std::bad_alloc();
  if (PQstatus(connection.get()) != CONNECTION_OK) fail(connection.get());
  PQsetNoticeReceiver(connection.get(), log_notice, nullptr);
  // The code that reads results expects these settings.
  if (!has_setting(connection.get(), "DateStyle", "ISO")) {
    run_now(connection.get(), "set datestyle = 'ISO'");
  }
  if (!has_setting(connection.get(), "IntervalStyle", "postgres")) {
    run_now(connection.get(), "set intervalstyle = 'postgres'");
  }
  if (options.is_prepared && options.statement_timeout.count() > 0) {
    run_now(connection.get(),
            "set statement_timeout = " + std::to_string(options.statement_timeout.count()));
  }
  for (const std::string& statement : options.on_connect) run_now(connection.get(), statement);
  if (PQsetnonblocking(connection.get(), 1) != 0 || PQenterPipelineMode(connection.get()) != 1) {
    fail(connection.get());
  }
  return connection;
}

}  // namespace

Task<ConnectionPtr> connect(const ConnectOptions& options) {
  const auto job = [options] { return connect_now(options); };
  auto connecting = run_in_executor(job);
  connecting.set_quiet(quiet_exceptions<BrokenPromiseError>);  // the loop may end meanwhile
  ConnectionPtr connection = co_await connecting;
  co_return connection;
}

}  // namespace bora::postgres
