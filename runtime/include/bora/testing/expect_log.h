#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/log.h>

namespace bora::testing {

/// Expects that something is logged while it lives, and keeps it out of the output:
///
///   ExpectLog expected(bora::gen_log, "Malformed HTTP message from .*");
///   client.send("nonsense\r\n\r\n");
///
/// All else goes where it went before. If nothing has matched at the end, the test fails (see
/// failure.h), unless an exception is on its way. Records of any thread count. Objects of a scope
/// nest: the innermost that matches takes the record.
class ExpectLog {
 public:
  struct Options {
    bool required = true;  ///< Without a match the test fails.
    /// Only records of exactly this level match, and the log's own level is lowered to it.
    std::optional<LogLevel> level{};
  };

  /// @param pattern  A regular expression (ECMAScript) that the text must begin with.
  /// @throws std::regex_error  It is none.
  ExpectLog(Logger& log, const std::string& pattern, Options options);
  ExpectLog(Logger& log, const std::string& pattern) : ExpectLog(log, pattern, Options{}) {}
  ~ExpectLog();
  ExpectLog(const ExpectLog&) = delete;
  ExpectLog& operator=(const ExpectLog&) = delete;

  /// How many records matched so far.
  [[nodiscard]] std::size_t count() const;
  /// The last one's text; empty before the first.
  [[nodiscard]] std::string text() const;

 private:
  class Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace bora::testing
