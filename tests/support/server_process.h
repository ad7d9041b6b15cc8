#pragma once

#include <sys/types.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace bora::test {

/// A folder under /tmp that belongs to the user that servers run as: this user, or `postgres` (else
/// `nobody`) if this user is root, because PostgreSQL does not run as root.
class ServerFolder {
 public:
  ServerFolder();
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Copies a file so that only its owner can read it, as servers want their keys.
  /// @returns  The copy's path.
  [[nodiscard]] std::string take(const std::string& file) const;

 private:
  std::string path_;
};

/// Runs a program to its end.
/// @throws std::runtime_error  It failed; the text is what it wrote.
void run_as_server_user(const std::vector<std::string>& arguments);

/// A server that ends with this object, or with the test program.
class ServerProcess {
 public:
  /// Waits until the server has written `ready`.
  /// @throws std::runtime_error  It ended before; the text is what it wrote.
  ServerProcess(const std::vector<std::string>& arguments, const std::string& ready,
                int stop_signal);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Ends it by this signal instead of the usual one, and waits for its end.
  void end(int signal);

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int stop_signal_;
};

/// A PostgreSQL of the test program's own, reached by a socket in its folder.
class PostgresServer {
 public:
  /// @param settings  "name=value", over those that tests have.
  explicit PostgresServer(std::vector<std::string> settings = {});

  [[nodiscard]] std::string address() const;
  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  void start();
  /// SIGINT ends it in good order and at once. SIGQUIT is a crash.
  void stop(int signal = SIGINT);
  void restart(int signal = SIGINT) {
    stop(signal);
    start();
  }

 private:
  ServerFolder folder_;
  std::vector<std::string> settings_;
  std::unique_ptr<ServerProcess> process_;
};

/// The test program's own Redis, reached by a socket in its folder. If it is durable, it keeps its
/// data over a restart in an append-only file.
class RedisServer {
 public:
  /// @param settings  Further arguments, "--name" and "value" in turn.
  explicit RedisServer(bool is_durable = false, std::vector<std::string> settings = {});

  [[nodiscard]] std::string socket() const { return folder_.path() + "/redis.sock"; }
  void start();
  void stop(int signal = SIGTERM);
  void restart(int signal = SIGTERM) {
    stop(signal);
    start();
  }
  [[nodiscard]] pid_t pid() const { return process_->pid(); }

 private:
  ServerFolder folder_;
  bool is_durable_;
  std::vector<std::string> settings_;
  std::unique_ptr<ServerProcess> process_;
};

}  // namespace bora::test
