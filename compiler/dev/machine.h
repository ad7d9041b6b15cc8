#pragma once

// What the long-running commands touch outside themselves: time, other programs, changes of files,
// and the socket that browsers connect to. Interfaces, so that tests can play an hour of edits in
// a moment; `unix_machine` is the real one.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bora::compiler {

/// The time, as far as waiting and measuring needs it. It never goes backwards.
class Clock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual Time now() = 0;
  /// "19:41:02", for the beginning of a line.
  virtual std::string time_of_day() = 0;
};

/// A program that is to be started.
struct ProcessSpec {
  std::vector<std::string> command;  ///< The first one is found by PATH.
  std::string directory{};           ///< Where it runs; empty: where this program does.
  /// Variables that it gets beside those of this program; an empty value removes one.
  std::vector<std::pair<std::string, std::string>> environment{};
  /// What it writes comes back as events. Otherwise it has this program's terminal.
  bool is_captured = true;
  /// Nobody waits for it: others that want the processor come first.
  bool is_patient = false;
  /// It gets a socket to talk with this program as descriptor 3, and the listening socket, if there
  /// is one, as descriptor 4.
  bool is_server = false;
};

/// Starts programs. None of them outlives this program, however that ends: the system ends those
/// that it started itself, and they are asked to end what they started.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;

  /// @returns  A number that events name it by; 0 with `problem` if it could not be started.
  virtual int start(const ProcessSpec& spec, std::string& problem) = 0;
  /// Sends a signal to the program and all that it started in its process group.
  virtual void signal(int process, int signal) = 0;
  /// Sends bytes to a server. What can't be sent is dropped: its end will be told.
  virtual void send(int process, std::string_view bytes) = 0;
  [[nodiscard]] virtual int pid(int process) = 0;
};

/// Notices changed files.
class FileWatch {
 public:
  virtual ~FileWatch() = default;

  /// Watches a folder and all below it, but for hidden folders, build trees and node_modules.
  /// @param build_tree  One that is to become a build tree, and is none yet.
  /// @returns  A sentence for the user if that works only by looking again and again.
  virtual std::string watch(const std::string& root, const std::string& build_tree) = 0;
};

/// What a browser gets while no server runs.
struct StandIn {
  std::string page;   ///< HTML, for each address but the next one.
  std::string state;  ///< JSON, for "/.bora/state".
};

/// Something happened.
struct MachineEvent {
  enum class Kind {
    output,     ///< `process` wrote `text`.
    message,    ///< The server `process` sent `text` over its socket.
    ended,      ///< `process` has ended, with `status` as ProgramResult has it.
    changed,    ///< The file `text` changed, came or went.
    opened,     ///< The file `text` is being written.
    created,    ///< The same, and it was made just now.
    overflow,   ///< More changed than the system could tell: anything may have.
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
  /// Waits until something happens, or until `deadline`; without one, for as long as it takes.
  virtual std::vector<MachineEvent> wait(std::optional<Clock::Time> deadline) = 0;

  /// Opens the socket that servers get. With `may_search` a port that is taken is left for the next
  /// free one. @returns  The port; 0 with `problem`.
  virtual int listen(const std::string& address, int port, bool may_search,
                     std::string& problem) = 0;
  /// From now on browsers are answered here; null: the server does.
  virtual void stand_in(const StandIn* answer) = 0;
  /// Takes the folder for this program alone. @returns  The pid that has it; 0: it is ours.
  virtual int lock(const std::string& file) = 0;
  /// Changes whenever the file does; empty: there is none.
  virtual std::string stamp(const std::string& file) = 0;
  /// Whether the first file was changed before the second one, by their own times.
  virtual bool is_older(const std::string& file, const std::string& other) = 0;
  /// A variable of the environment; empty: not set.
  virtual std::string variable(const std::string& name) = 0;
};

}  // namespace bora::compiler
