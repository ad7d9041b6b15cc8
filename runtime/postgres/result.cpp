#include "runtime/postgres/result.h"

#include <charconv>
#include <cstring>

#include "runtime/database/binary.h"

namespace bora::postgres {
namespace {

std::string field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

database::Cell Result::cell(std::size_t row, std::size_t column) const noexcept {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  database::Cell cell;
  const int length = PQgetlength(result_.get(), r, c);
  if (length == 0 && PQgetisnull(result_.get(), r, c) != 0) return cell;
  cell.text = {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(length)};
  if (is_binary_) return database::detail::cell_of_binary(PQftype(result_.get(), c), cell.text);
  cell.kind = database::Cell::Kind::text;
  return cell;
}

std::uint64_t affected_by(const PGresult* result) noexcept {
  // PQcmdTuples() takes no const, and changes nothing.
  const char* const text = PQcmdTuples(const_cast<PGresult*>(result));
  std::uint64_t count = 0;
  std::from_chars(text, text + std::strlen(text), count);
  return count;
}

bool is_failure(const PGresult* result) noexcept {
  switch (PQresultStatus(result)) {
    case PGRES_BAD_RESPONSE:
    case PGRES_FATAL_ERROR:
    case PGRES_PIPELINE_ABORTED:
      return true;
    default:
      return false;
  }
}

std::string code_of(const PGresult* result) {
  return field(result, PG_DIAG_SQLSTATE);
}

bool is_end_of_connection(std::string_view code) noexcept {
  return code.starts_with("08") || code == "57P01" || code == "57P02" || code == "57P03" ||
         code == "57P05" || code == "25P03";
}

void throw_failure(const PGresult* result, const std::source_location& where) {
  database::ErrorDetails details;
  details.code = code_of(result);
  details.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  details.hint = field(result, PG_DIAG_MESSAGE_HINT);
  details.schema = field(result, PG_DIAG_SCHEMA_NAME);
  details.table = field(result, PG_DIAG_TABLE_NAME);
  details.column = field(result, PG_DIAG_COLUMN_NAME);
  details.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  const std::string position = field(result, PG_DIAG_STATEMENT_POSITION);
  std::from_chars(position.data(), position.data() + position.size(), details.position);
  std::string what = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (what.empty()) what = PQresultErrorMessage(result);
  while (what.ends_with('\n')) what.pop_back();
  if (is_end_of_connection(details.code) || details.code.empty()) {
    throw database::ConnectionError(what, std::move(details), where);
  }
  throw database::Error(what, std::move(details), where);
}

}  // namespace bora::postgres
