#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace bora::test {

/// A folder under /tmp that belongs to whom servers run as: this user, or `postgres` (else
/// `nobody`) if that is root, because PostgreSQL refuses to be root.
class ServerFolder {
 public:
  ServerFolder();
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Runs a program to its end.
/// @throws std::runtime_error  It failed; the text is what it wrote.
void run_as_server_user(const std::vector<std::string>& arguments);

/// A server that lives as long as this object, and no longer than the test program.
class ServerProcess {
 public:
  /// Waits until the server has written `ready`.
  /// @throws std::runtime_error  It ended before; the text is what it wrote.
  ServerProcess(const std::vector<std::string>& arguments, const std::string& ready,
                int stop_signal);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int stop_signal_;
};

}  // namespace bora::test
