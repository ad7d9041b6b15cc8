#pragma once

#include <poll.h>

#include <list>
#include <string>
#include <vector>

#include "compiler/dev/machine.h"

namespace bora::compiler {

/// Answers browsers on the listening socket while no server runs: one page for all addresses, and
/// the state that the page's script asks for. It implements only a little of HTTP/1.1: it reads the
/// request line, and closes the connection after the answer.
class StandInServer {
 public:
  ~StandInServer();
  StandInServer() = default;
  StandInServer(const StandInServer&) = delete;
  StandInServer& operator=(const StandInServer&) = delete;

  /// @param socket  A listening, non-blocking socket; it stays the caller's.
  void set(int socket, const StandIn* answer);

  void add_to(std::vector<pollfd>& watched) const;
  /// Accepts, reads and answers as far as possible without waiting.
  void serve(std::vector<MachineEvent>& events);

 private:
  struct Connection {
    int fd = -1;
    std::string input;
    std::string output;  ///< the rest of it
    bool is_answered = false;
  };

  void accept();
  /// Returns false if the connection is over.
  bool go_on(Connection& connection, std::vector<MachineEvent>& events) const;
  [[nodiscard]] std::string answer_to(const std::string& request,
                                      std::vector<MachineEvent>& events) const;

  int socket_ = -1;
  bool is_active_ = false;
  StandIn answer_;
  std::list<Connection> connections_;
};

}  // namespace bora::compiler
