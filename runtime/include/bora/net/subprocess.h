#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

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

/// What a program's standard input, output or error is.
class Redirection {
 public:
  enum class Kind : unsigned char { inherit, stream, null, output, descriptor };

  constexpr Redirection() noexcept = default;
  constexpr explicit Redirection(Kind kind) noexcept : kind_(kind) {}
  /// A descriptor, which stays the caller's: an open file, say.
  constexpr Redirection(int fd) noexcept : kind_(Kind::descriptor), fd_(fd) {}  // NOLINT

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  [[nodiscard]] constexpr int fd() const noexcept { return fd_; }

 private:
  Kind kind_ = Kind::inherit;
  int fd_ = -1;
};

/// How a program is started. The names have an underscore because C's are macros.
struct SubprocessOptions {
  Redirection stdin_{};  ///< Unless set, this program's own. So are the others.
  Redirection stdout_{};
  Redirection stderr_{};
  std::string cwd{};  ///< Where it starts; empty: here.
  /// Its environment, in place of this program's.
  std::optional<std::vector<std::pair<std::string, std::string>>> env{};
  /// The first argument is a command line for /bin/sh, the others are its $0, $1, … Never make one
  /// of what somebody else has sent.
  bool shell = false;
  bool kill_with_object = false;  ///< SIGKILL, if it still runs when the Subprocess is destroyed.
  StreamOptions stream{};         ///< Of the pipes.
};

/// A program that runs beside this one, its ends of pipes as streams.
///
///     bora::net::Subprocess sort({"sort", "-r"}, {.stdin_ = bora::net::Subprocess::STREAM,
///                                                 .stdout_ = bora::net::Subprocess::STREAM});
///     co_await sort.stdin_->write("a\nb\n");
///     sort.stdin_.reset();                                      // the end of its input
///     const std::string sorted = co_await sort.stdout_->read_until_close();
///     co_await sort.wait_for_exit();                            // throws unless it succeeded
///
/// Belongs to the IOLoop of the thread that made it, by which its end is learned (pidfd_open(2);
/// where the kernel lacks that, by looking every 20 ms). No SIGCHLD handler is needed or set, and
/// other children of this program are left alone; who waits for any child (waitpid(-1, …)) takes
/// its status away.
///
/// Nothing stops a program unless it is told to: destroying the Subprocess closes its pipes, and
/// the loop collects its status later.
///
/// It starts with no signal blocked or ignored and no descriptor but the three. Started by
/// posix_spawn(3): threads and big memory do not matter.
class Subprocess {
 public:
  /// A pipe, whose other end is the stream of the same name.
  static constexpr Redirection STREAM{Redirection::Kind::stream};
  static constexpr Redirection DEVNULL{Redirection::Kind::null};
  /// For stderr_: where stdout_ goes.
  static constexpr Redirection STDOUT{Redirection::Kind::output};

  /// Starts a program. Unless its name has a slash, it is searched for in this program's $PATH.
  ///
  /// @param args  The program's name, then its arguments, which no shell looks at.
  /// @throws std::invalid_argument  No arguments, or one has a zero byte; STDOUT for another
  /// stream.
  /// @throws std::system_error      It can't be started; what() says which program and why. All
  ///                                descriptors are closed again.
  explicit Subprocess(std::vector<std::string> args, SubprocessOptions options = {});
  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;
  ~Subprocess();

  /// Those that are STREAM; reset() closes one.
  std::optional<PipeIOStream> stdin_;
  std::optional<PipeIOStream> stdout_;
  std::optional<PipeIOStream> stderr_;

  [[nodiscard]] pid_t pid() const noexcept;
  /// What it exited with, or the negative number of the signal that ended it; nothing while it
  /// runs. 255, with a line in the log, if somebody else took the status away.
  [[nodiscard]] std::optional<int> returncode() const noexcept;

  /// Waits for its end. Cancelling the wait leaves the program alone.
  /// @returns  returncode()
  /// @throws CalledProcessError  It is not 0, and `raise_error` is set.
  Task<int> wait_for_exit(bool raise_error = true);

  /// Calls `callback` once with the returncode(), on the loop, also if it has ended already.
  /// Replaces the former one; an empty one clears. Still called when this object is destroyed.
  void set_exit_callback(UniqueFunction<void(int returncode)> callback);

  /// Sends a signal to it; nothing if it has ended.
  void send_signal(int signal) noexcept;
  void terminate() noexcept;  ///< SIGTERM
  void kill() noexcept;       ///< SIGKILL

 private:
  class Process;
  std::shared_ptr<Process> process_;
};

}  // namespace bora::net
