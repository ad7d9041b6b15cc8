#pragma once

// The outside of the long-running commands: time, other programs, changes of files, and the socket
// that browsers connect to. These are interfaces, so that tests can play an hour of edits in a
// moment; `unix_machine` is the real one.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bora::compiler {

/// The time, for waiting and measuring. It never goes backwards.
class Clock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual Time now() = 0;
  /// "19:41:02", for the beginning of a line.
  virtual std::string time_of_day() = 0;
};

/// A program to be started.
struct ProcessSpec {
  std::vector<std::string> command;  ///< the first word is searched in PATH
  std::string directory{};           ///< the folder in which it runs; if empty, that of this
                                     ///< program
  /// Variables in addition to those of this program; an empty value removes one.
  std::vector<std::pair<std::string, std::string>> environment{};
  /// Whether its output comes back as events. Otherwise it has this program's terminal.
  bool is_captured = true;
  /// Whether other programs that need the processor go first.
  bool is_patient = false;
  /// Whether it gets a socket to talk with this program as descriptor 3, and the listening socket,
  /// if there is one, as descriptor 4.
  bool is_server = false;
};

/// Starts programs. None of them outlives this program, whatever ends it: the system ends the
/// programs that this one started, and they are asked to end their own.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;

  /// @returns  A number that events use for it; 0 with `problem` if it could not be started.
  virtual int start(const ProcessSpec& spec, std::string& problem) = 0;
  /// Sends a signal to the program and to all programs of its process group.
  virtual void signal(int process, int signal) = 0;
  /// Sends bytes to a server. If they can't be sent, they are dropped: an event will tell its end.
  virtual void send(int process, std::string_view bytes) = 0;
  [[nodiscard]] virtual int pid(int process) = 0;
};

/// Notices changed files.
class FileWatch {
 public:
  virtual ~FileWatch() = default;

  /// Watches a folder and everything below it, except hidden folders, build trees and node_modules.
  /// @param build_tree  A folder that will become a build tree, and is none yet.
  /// @returns  A sentence for the user if only repeated looking works.
  virtual std::string watch(const std::string& root, const std::string& build_tree) = 0;
};

/// The answer to browsers while no server runs.
struct StandIn {
  std::string page;   ///< HTML, for each address except the next one
  std::string state;  ///< JSON, for "/.bora/state".
};

/// One event.
struct MachineEvent {
  enum class Kind {
    output,     ///< `process` wrote `text`.
    message,    ///< The server `process` sent `text` over its socket.
    ended,      ///< `process` has ended, with `status` as in ProgramResult
    changed,    ///< the file `text` was changed, made or removed
    opened,     ///< The file `text` is being written.
    created,    ///< the same for a file that was made just now
    overflow,   ///< there were more changes than the system could tell: any file may have changed
    asked,      ///< A browser asked while no server ran; `text` is the path.
    interrupt,  ///< Ctrl-C, or the terminal went away.
  };
  Kind kind = Kind::changed;
  int process = 0;
  int status = 0;
  std::string text{};
};

class Machine : public Clock, public ProcessRunner, public FileWatch {
 public:
  /// Waits until there is an event, or until `deadline`; without a deadline, for any time.
  virtual std::vector<MachineEvent> wait(std::optional<Clock::Time> deadline) = 0;

  /// Opens the socket for servers. With `may_search`, the next free port is taken if this one is in
  /// use. @returns  The port; 0 with `problem`.
  virtual int listen(const std::string& address, int port, bool may_search,
                     std::string& problem) = 0;
  /// From now on browsers get this answer; if null, the server answers.
  virtual void stand_in(const StandIn* answer) = 0;
  /// Reserves the folder for this program. @returns  The pid of the program that has it; 0 if it is
  /// ours.
  virtual int lock(const std::string& file) = 0;
  /// Returns a text that changes whenever the file does; empty if there is no file.
  virtual std::string stamp(const std::string& file) = 0;
  /// Whether the first file was changed before the second one, by their own times.
  virtual bool is_older(const std::string& file, const std::string& other) = 0;
  /// Returns a variable of the environment; empty if it is not set.
  virtual std::string variable(const std::string& name) = 0;
};

}  // namespace bora::compiler
