#pragma once

#include <cstddef>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bora::database {

/// The database's explanation of why it refuses a statement. Texts are empty where it gives none.
struct ErrorDetails {
  std::string code{};    ///< SQLSTATE, five characters: "23505". For SQLite, the nearest one.
  std::string detail{};  ///< "Key (email)=(ann@example.org) already exists."
  std::string hint{};    ///< The server's advice.
  std::string schema{};  ///< These four name what the error is about.
  std::string table{};
  std::string column{};
  std::string constraint{};  ///< "users_email_key"
  std::size_t position = 0;  ///< The character of the statement where the error is, from 1 on.
};

/// The database refused a statement. what() also tells where the program made the statement.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, ErrorDetails details = {},
                 const std::source_location& where = {})
      : std::runtime_error(text_of(what, details, where)),
        details_(std::move(details)),
        where_(where) {}

  [[nodiscard]] const std::string& code() const noexcept { return details_.code; }
  [[nodiscard]] const std::string& detail() const noexcept { return details_.detail; }
  [[nodiscard]] const std::string& hint() const noexcept { return details_.hint; }
  [[nodiscard]] const std::string& schema() const noexcept { return details_.schema; }
  [[nodiscard]] const std::string& table() const noexcept { return details_.table; }
  [[nodiscard]] const std::string& column() const noexcept { return details_.column; }
  [[nodiscard]] const std::string& constraint() const noexcept { return details_.constraint; }
  [[nodiscard]] std::size_t position() const noexcept { return details_.position; }
  /// The place in the program where the statement was made; line() is 0 if that is not known.
  [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

  [[nodiscard]] bool is_unique_violation() const noexcept { return code() == "23505"; }
  [[nodiscard]] bool is_foreign_key_violation() const noexcept { return code() == "23503"; }
  [[nodiscard]] bool is_not_null_violation() const noexcept { return code() == "23502"; }
  [[nodiscard]] bool is_check_violation() const noexcept { return code() == "23514"; }
  /// Whether the transaction may succeed if it is run again: it conflicted with another one, or met
  /// a deadlock.
  [[nodiscard]] bool is_serialization_failure() const noexcept {
    return code() == "40001" || code() == "40P01";
  }

 private:
  static std::string text_of(const std::string& what, const ErrorDetails& details,
                             const std::source_location& where);

  ErrorDetails details_;
  std::source_location where_;
};

/// There is no connection: the server can't be reached or refuses, or the connection was lost.
/// Whether a statement that was under way had an effect is not known.
class ConnectionError : public Error {
 public:
  using Error::Error;
};

/// All connections that the pool may have are in use, and as many callers as allowed wait for one.
class PoolFull : public Error {
 public:
  using Error::Error;
};

/// A column has no value of the type that the program asks for.
class ConversionError : public Error {
 public:
  explicit ConversionError(const std::string& what, const std::source_location& where = {})
      : Error(what, {}, where) {}
};

/// query_one() got more than one row.
class TooManyRows : public Error {
 public:
  explicit TooManyRows(const std::source_location& where)
      : Error("one row was expected, and the statement gave more", {}, where) {}
};

}  // namespace bora::database
