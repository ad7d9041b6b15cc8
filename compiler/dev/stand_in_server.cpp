#include "compiler/dev/stand_in_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace bora::compiler {
namespace {

constexpr std::size_t kMaxRequest = 65536;
constexpr std::size_t kMaxConnections = 64;

std::string response(std::string_view status, std::string_view type, const std::string& body) {
  std::string text = "HTTP/1.1 ";
  text += status;
  text += "\r\nContent-Type: ";
  text += type;
  text += "\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: "
          "close\r\n\r\n";
  return text + body;
}

}  // namespace

StandInServer::~StandInServer() {
  for (const Connection& connection : connections_) ::close(connection.fd);
}

void StandInServer::set(int socket, const StandIn* answer) {
  socket_ = socket;
  is_active_ = answer != nullptr;
  if (is_active_) answer_ = *answer;
}

void StandInServer::add_to(std::vector<pollfd>& watched) const {
  if (is_active_ && connections_.size() < kMaxConnections) watched.push_back({socket_, POLLIN, 0});
  for (const Connection& connection : connections_) {
    const bool has_output = !connection.output.empty();
    watched.push_back({connection.fd, static_cast<short>(has_output ? POLLOUT : POLLIN), 0});
  }
}

void StandInServer::serve(std::vector<MachineEvent>& events) {
  if (is_active_) accept();
  for (auto at = connections_.begin(); at != connections_.end();) {
    if (go_on(*at, events)) {
      ++at;
    } else {
      ::close(at->fd);
      at = connections_.erase(at);
    }
  }
}

void StandInServer::accept() {
  while (connections_.size() < kMaxConnections) {
    const int fd = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    connections_.push_back({.fd = fd, .input = {}, .output = {}});
  }
}

bool StandInServer::go_on(Connection& connection, std::vector<MachineEvent>& events) const {
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::recv(connection.fd, buffer, sizeof buffer, 0)) > 0) {
    if (!connection.is_answered) connection.input.append(buffer, static_cast<std::size_t>(count));
    if (connection.input.size() > kMaxRequest) return false;
  }
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
  if (!connection.is_answered && connection.input.find("\r\n\r\n") != std::string::npos) {
    connection.output = answer_to(connection.input, events);
    connection.is_answered = true;
  }
  while (!connection.output.empty()) {
    const ssize_t sent = ::send(connection.fd, connection.output.data(), connection.output.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    connection.output.erase(0, static_cast<std::size_t>(sent));
    // The client closes when it has read the whole answer. What it still sends is read, because a
    // reset would drop the answer on its way.
    if (connection.output.empty()) ::shutdown(connection.fd, SHUT_WR);
  }
  return true;
}

std::string StandInServer::answer_to(const std::string& request,
                                     std::vector<MachineEvent>& events) const {
  const std::size_t begin = request.find(' ');
  const std::size_t end = request.find(' ', begin + 1);
  const std::string path = begin == std::string::npos || end == std::string::npos
                               ? std::string("/")
                               : request.substr(begin + 1, end - begin - 1);
  if (path.starts_with("/.bora/state"))
    return response("200 OK", "application/json", answer_.state);
  events.push_back({.kind = MachineEvent::Kind::asked, .text = path});
  if (path.starts_with("/.bora/")) return response("404 Not Found", "text/plain", "");
  return response("503 Service Unavailable", "text/html; charset=utf-8", answer_.page);
}

}  // namespace bora::compiler
