#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <bora/net/netutil.h>

namespace bora::test {

/// A client's connection; a read waits for ten seconds at most.
class Client {
 public:
  explicit Client(int port);  ///< a port of 127.0.0.1
  explicit Client(const std::string& path);

  /// Returns false if the connection was refused.
  [[nodiscard]] bool is_connected() const { return static_cast<bool>(socket_); }
  bool send(const std::string& bytes) const;
  /// Returns more of the answer; empty at the end, or if the connection was reset.
  std::string receive() const;
  std::string receive_until(const std::string& text) const;

 private:
  void connect(const sockaddr* address, std::size_t size);

  net::FileDescriptor socket_;
};

/// Clients that ask GET / without a pause, half of them with a connection for each request, half
/// over connections that stay open, until stop().
class Load {
 public:
  Load(int port, int clients);
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void stop();
  /// Waits until the process `pid` has answered.
  void wait_for_answer_of(int pid);
  /// Waits until `count` more requests were answered.
  void wait_for_answers(std::size_t count);

  std::atomic<std::size_t> sent{0};
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> refused{0};
  /// The requests that clients repeated, because the connection ended in order before they were
  /// read (RFC 9112, 9.3.1).
  std::atomic<std::size_t> asked_again{0};
  /// The requests that were sent and not answered.
  std::atomic<std::size_t> lost{0};

 private:
  void ask_on_new_connections();
  void ask_on_one_connection();
  void note_answer(const std::string& answer);

  int port_;
  std::atomic<bool> is_over_{false};
  std::mutex mutex_;
  std::set<int> pids_;
  std::vector<std::thread> threads_;
};

}  // namespace bora::test
