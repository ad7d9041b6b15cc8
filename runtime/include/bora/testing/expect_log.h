#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/log.h>

namespace bora::testing {

/// Expects that a matching record is logged while this object lives, and keeps it out of the
/// output:
///
///   ExpectLog expected(bora::gen_log, "Malformed HTTP message from .*");
///   client.send("nonsense\r\n\r\n");
///
/// Other records go where they went before. If nothing has matched at the end, the test fails (see
/// failure.h), unless an exception is being thrown. Records of any thread count. Several objects
/// may be nested: the innermost that matches takes the record.
class ExpectLog {
 public:
  struct Options {
    bool required = true;  ///< Whether the test fails without a match.
    /// Only records of exactly this level match, and the log's own level is lowered to it.
    std::optional<LogLevel> level{};
  };

  /// @param pattern  A regular expression (ECMAScript) that the text must begin with.
  /// @throws std::regex_error  `pattern` is not a regular expression.
  ExpectLog(Logger& log, const std::string& pattern, Options options);
  ExpectLog(Logger& log, const std::string& pattern) : ExpectLog(log, pattern, Options{}) {}
  ~ExpectLog();
  ExpectLog(const ExpectLog&) = delete;
  ExpectLog& operator=(const ExpectLog&) = delete;

  /// The number of records that have matched so far.
  [[nodiscard]] std::size_t count() const;
  /// The text of the last one; empty before the first.
  [[nodiscard]] std::string text() const;

 private:
  class Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace bora::testing
