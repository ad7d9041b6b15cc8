#pragma once

#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include <bora/core/deadline.h>

namespace bora::database {

/// The text of a statement, and how it is run. Texts convert to it:
///
///     co_await db.query<Entry>("select * from entries where id = $1", id);
///     co_await db.query<Entry>(Statement("select * from entries").within(2s));
///
/// Values are never part of the text: they are parameters, written $1, $2 and so on, in any order.
class Statement {
 public:
  /// @param where  The caller must not pass it: it is the place of the call, which errors name.
  Statement(std::string text,  // NOLINT: texts convert
            const std::source_location& where = std::source_location::current())
      : text_(std::move(text)), where_(where) {}
  Statement(const char* text,  // NOLINT
            const std::source_location& where = std::source_location::current())
      : text_(text), where_(where) {}
  Statement(std::string_view text,  // NOLINT
            const std::source_location& where = std::source_location::current())
      : text_(text), where_(where) {}

  /// Limits how long it may take, including the wait for a connection. After that the server is
  /// asked to cancel it, and TimeoutError is thrown.
  Statement&& within(const Deadline& deadline) && {
    deadline_ = deadline;
    return std::move(*this);
  }
  /// Does not prepare the statement: for a text that differs with each call.
  Statement&& unprepared() && {
    is_prepared_ = false;
    return std::move(*this);
  }
  /// Asks for rows in PostgreSQL's binary format, which is cheaper to read where columns are
  /// numbers, times or bytes. The values are the same; types whose binary form Bora does not know
  /// (inet, ranges, those of extensions) can't be read then. SQLite ignores it.
  Statement&& binary() && {
    is_binary_ = true;
    return std::move(*this);
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const Deadline& deadline() const noexcept { return deadline_; }
  [[nodiscard]] bool is_prepared() const noexcept { return is_prepared_; }
  [[nodiscard]] bool is_binary() const noexcept { return is_binary_; }
  [[nodiscard]] const std::source_location& where() const noexcept { return where_; }

 private:
  std::string text_;
  std::source_location where_;
  Deadline deadline_;
  bool is_prepared_ = true;
  bool is_binary_ = false;
};

}  // namespace bora::database
