#pragma once

#include <sys/types.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bora/net/ssl_context.h>

namespace bora::testing {

/// A sample that runs with arguments. It is killed at the end if it still runs.
class RunningProgram {
 public:
  RunningProgram(std::string_view sample, std::vector<std::string> arguments);
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  /// Waits until it listens, and returns the port, so that it can be started with --port=0.
  [[nodiscard]] int port() { return *ports(1).begin(); }
  /// The same for a program that listens on several ports.
  [[nodiscard]] std::set<int> ports(std::size_t count);
  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits for its end. @returns  The exit status; a signal's number counts as 128 more, as in a
  /// shell.
  int wait();
  /// Returns what it has written to standard error. Call wait() first.
  [[nodiscard]] std::string errors();
  /// Returns what it has written to standard output so far.
  [[nodiscard]] std::string output();
  /// Waits until the output contains `text`.
  void wait_for_output(std::string_view text);

 private:
  static constexpr std::chrono::seconds kPatience{10};

  pid_t pid_ = -1;
  int errors_fd_ = -1;
  int output_fd_ = -1;
  bool has_ended_ = false;
};

/// Sends `request` to 127.0.0.1:`port` and returns everything up to the end of the connection.
std::string ask(int port, std::string_view request);
/// The same over TLS.
std::string ask(int port, std::string_view request, const net::SSLContext& context);

}  // namespace bora::testing
