#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/core/unique_function.h>
#include <bora/net/io_stream.h>

namespace bora::net {

/// A program ended with another status than 0.
class CalledProcessError : public std::runtime_error {
 public:
  CalledProcessError(const std::string& program, int returncode);

  /// The same number as Subprocess::returncode().
  [[nodiscard]] int returncode() const noexcept { return returncode_; }

 private:
  int returncode_;
};

/// Where a program's standard input, output or error leads.
class Redirection {
 public:
  enum class Kind : unsigned char { inherit, stream, null, output, descriptor };

  constexpr Redirection() noexcept = default;
  constexpr explicit Redirection(Kind kind) noexcept : kind_(kind) {}
  /// A descriptor, for example of an open file; the caller keeps it.
  constexpr Redirection(int fd) noexcept : kind_(Kind::descriptor), fd_(fd) {}  // NOLINT

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  [[nodiscard]] constexpr int fd() const noexcept { return fd_; }

 private:
  Kind kind_ = Kind::inherit;
  int fd_ = -1;
};

/// How a program is started. The names have an underscore because C's names are macros.
struct SubprocessOptions {
  Redirection stdin_{};  ///< The default for the three is this program's own.
  Redirection stdout_{};
  Redirection stderr_{};
  std::string cwd{};  ///< The folder where it starts; empty means this program's.
  /// The environment, in place of this program's.
  std::optional<std::vector<std::pair<std::string, std::string>>> env{};
  /// If true, the first argument is a command line for /bin/sh, and the others are its $0, $1, …
  /// Never make a command line of text that somebody else has sent.
  bool shell = false;
  bool kill_with_object = false;  ///< SIGKILL if it still runs when this is destroyed.
  StreamOptions stream{};         ///< Options of the pipes' streams.
};

/// A program that runs beside this one; the ends of its pipes are streams.
///
///     bora::net::Subprocess sort({"sort", "-r"}, {.stdin_ = bora::net::Subprocess::STREAM,
///                                                 .stdout_ = bora::net::Subprocess::STREAM});
///     co_await sort.stdin_->write("a\nb\n");
///     sort.stdin_.reset();                                      // the end of its input
///     const std::string sorted = co_await sort.stdout_->read_until_close();
///     co_await sort.wait_for_exit();                            // throws unless it succeeded
///
/// It belongs to the IOLoop of the thread that made it, which learns of the program's end by
/// pidfd_open(2) (where the kernel lacks that, by looking every 20 ms). No SIGCHLD handler is
/// needed or set, and other children of this program are left alone; code that waits for any child
/// (waitpid(-1, …)) takes the status away.
///
/// Destroying the Subprocess does not stop the program: it closes the pipes, and the loop collects
/// the status later.
///
/// The program starts with no signal blocked or ignored and no descriptor but the three.
/// posix_spawn(3) starts it, so threads and large memory do not matter.
class Subprocess {
 public:
  /// A pipe; its other end is the stream of the same name.
  static constexpr Redirection STREAM{Redirection::Kind::stream};
  static constexpr Redirection DEVNULL{Redirection::Kind::null};
  /// For stderr_ only: the same place as stdout_.
  static constexpr Redirection STDOUT{Redirection::Kind::output};

  /// Starts a program. It is searched for in this program's $PATH unless its name has a slash.
  ///
  /// @param args  The program's name, then its arguments, which no shell reads.
  /// @throws std::invalid_argument  There are no arguments, one has a zero byte, or STDOUT is given
  ///                                for another stream.
  /// @throws std::system_error      The program can't be started; what() says which program and
  ///                                why. All descriptors are closed again.
  explicit Subprocess(std::vector<std::string> args, SubprocessOptions options = {});
  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;
  ~Subprocess();

  /// The streams of the redirections that are STREAM; reset() closes one.
  std::optional<PipeIOStream> stdin_;
  std::optional<PipeIOStream> stdout_;
  std::optional<PipeIOStream> stderr_;

  [[nodiscard]] pid_t pid() const noexcept;
  /// The exit status, or the negative number of the signal that ended the program; nothing while it
  /// runs. It is 255, with a line in the log, if other code took the status away.
  [[nodiscard]] std::optional<int> returncode() const noexcept;

  /// Waits for the program's end. Cancelling the wait leaves the program alone.
  /// @returns  returncode()
  /// @throws CalledProcessError  The returncode is not 0, and `raise_error` is set.
  Task<int> wait_for_exit(bool raise_error = true);

  /// Calls `callback` once with the returncode(), on the loop, also if the program has ended
  /// already. It replaces the former callback; an empty one clears it. It is still called after
  /// this object is destroyed.
  void set_exit_callback(UniqueFunction<void(int returncode)> callback);

  /// Sends a signal to the program; does nothing if it has ended.
  void send_signal(int signal) noexcept;
  void terminate() noexcept;  ///< SIGTERM
  void kill() noexcept;       ///< SIGKILL

 private:
  class Process;
  std::shared_ptr<Process> process_;
};

}  // namespace bora::net
