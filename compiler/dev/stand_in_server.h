#pragma once

#include <poll.h>

#include <list>
#include <string>
#include <vector>

#include "compiler/dev/machine.h"

namespace bora::compiler {

/// Answers browsers on the listening socket while no server runs: one page for all, and a state
/// that its script asks for. Knows of HTTP/1.1 what that takes: the request line, and to close.
class StandInServer {
 public:
  ~StandInServer();
  StandInServer() = default;
  StandInServer(const StandInServer&) = delete;
  StandInServer& operator=(const StandInServer&) = delete;

  /// @param socket  Listening, not blocking; stays the caller's.
  void set(int socket, const StandIn* answer);

  void add_to(std::vector<pollfd>& watched) const;
  /// Accepts, reads and answers what can be at once.
  void serve(std::vector<MachineEvent>& events);

 private:
  struct Connection {
    int fd = -1;
    std::string input;
    std::string output;  ///< What is left of it.
    bool is_answered = false;
  };

  void accept();
  /// False when the connection is over.
  bool go_on(Connection& connection, std::vector<MachineEvent>& events) const;
  [[nodiscard]] std::string answer_to(const std::string& request,
                                      std::vector<MachineEvent>& events) const;

  int socket_ = -1;
  bool is_active_ = false;
  StandIn answer_;
  std::list<Connection> connections_;
};

}  // namespace bora::compiler
