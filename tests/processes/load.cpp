#include "tests/processes/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <stdexcept>

#include "tests/processes/child_program.h"

namespace bora::test {
namespace {

/// The body of a whole answer with Content-Length; empty if it is not whole yet.
std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  const std::size_t length = answer.find("Content-Length: ");
  if (end == std::string::npos || length == std::string::npos) return {};
  const std::string body = answer.substr(end + 4);
  return body.size() == std::stoul(answer.substr(length + 16)) ? body : std::string();
}

template <class Condition>
void wait_until(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("no answers come");
    std::this_thread::yield();
  }
}

}  // namespace

Client::Client(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Client::Client(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void Client::connect(const sockaddr* address, std::size_t size) {
  socket_ = net::FileDescriptor(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{10, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_.get(), address, static_cast<socklen_t>(size)) != 0) socket_ = {};
}

bool Client::send(const std::string& bytes) const {
  return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

std::string Client::receive() const {
  char bytes[4096];
  const ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, 0);
  return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
}

std::string Client::receive_until(const std::string& text) const {
  std::string all;
  while (all.find(text) == std::string::npos) {
    const std::string more = receive();
    if (more.empty()) break;
    all += more;
  }
  return all;
}

Load::Load(int port, int clients) : port_(port) {
  for (int i = 0; i < clients; ++i) {
    threads_.emplace_back(i % 2 == 0 ? &Load::ask_on_new_connections : &Load::ask_on_one_connection,
                          this);
  }
}

void Load::stop() {
  is_over_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Load::note_answer(const std::string& answer) {
  const std::string body = body_of(answer);
  if (body.empty() || !answer.starts_with("HTTP/1.1 200 OK\r\n")) {
    ++lost;
    return;
  }
  ++answered;
  const std::scoped_lock lock(mutex_);
  pids_.insert(std::stoi(body));
}

void Load::ask_on_new_connections() {
  while (!is_over_) {
    const Client client(port_);
    if (!client.is_connected()) {
      ++refused;
      continue;
    }
    ++sent;
    client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    std::string answer;
    for (std::string more; !(more = client.receive()).empty();) answer += more;
    note_answer(answer);
  }
}

void Load::ask_on_one_connection() {
  while (!is_over_) {
    const Client client(port_);
    if (!client.is_connected()) {
      ++refused;
      continue;
    }
    for (bool is_first = true; !is_over_; is_first = false) {
      if (!client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")) break;
      std::string answer;
      do {
        const std::string more = client.receive();
        if (more.empty()) break;
        answer += more;
      } while (body_of(answer).empty());
      if (answer.empty() && !is_first) {
        ++asked_again;
        break;
      }
      ++sent;
      note_answer(answer);
      if (answer.empty() || answer.find("\r\nConnection: close\r\n") != std::string::npos) break;
    }
  }
}

void Load::wait_for_answer_of(int pid) {
  wait_until([&] {
    const std::scoped_lock lock(mutex_);
    return pids_.contains(pid);
  });
}

void Load::wait_for_answers(std::size_t count) {
  const std::size_t enough = answered + count;
  wait_until([&] { return answered >= enough; });
}

}  // namespace bora::test
