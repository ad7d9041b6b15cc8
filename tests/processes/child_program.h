#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/net/netutil.h>

namespace bora::test {

/// The longest time that a test waits for something before it fails.
inline constexpr std::chrono::seconds kPatience{20};

/// A program with arguments, in a process group of its own, which is killed at the end. Its output
/// and its log are read as lines.
class ChildProgram {
 public:
  struct Variable {
    std::string name;
    std::string value;
  };
  /// @param pass  Descriptors that become 3, 4, … in the program; with some, LISTEN_PID is its pid.
  explicit ChildProgram(std::vector<std::string> arguments, std::vector<Variable> environment = {},
                        const std::vector<int>& pass = {});
  ~ChildProgram();
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// Returns the next line that contains `text`, and skips those before it.
  /// @throws std::runtime_error  The line does not come; the message has what came.
  std::string line_with(std::string_view text);
  /// Returns the number after `text` in the next line with it.
  int number_after(std::string_view text);

  /// Waits until `count` more workers run their loops. @returns  Their pids, by number.
  std::vector<int> pids_of_ready(std::size_t count = 2);

  /// Waits for its end. A signal's number counts as 128 more, as in a shell.
  int wait();
  /// SIGTERM, and wait().
  int stop();
  /// Everything that it and its workers have written so far.
  [[nodiscard]] const std::string& output() const { return output_; }
  /// Reads until all of its processes have closed the output, which means that they have ended.
  void read_to_end();

 private:
  /// Returns false at the end.
  bool read_more(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = -1;
  bool has_ended_ = false;
  net::FileDescriptor output_fd_;
  std::string output_;
  std::size_t seen_ = 0;
};

/// A program that serves on a port of 127.0.0.1, and whose workers run their loops.
class ServingProgram : public ChildProgram {
 public:
  explicit ServingProgram(std::size_t workers = 2, std::vector<std::string> more_arguments = {});

  const int port;
  const std::vector<int> pids;  ///< those of the first workers, by number
};

/// Returns how often `part` is in `text`.
std::size_t count_of(std::string_view text, std::string_view part);

}  // namespace bora::test
