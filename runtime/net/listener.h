#pragma once

#include <sys/socket.h>

#include <bora/core/io_loop.h>
#include <bora/net/netutil.h>

#include "runtime/net/poller.h"

namespace bora::net {

struct WorkerRole;

/// Receives the connections that a Listener accepts.
class Acceptor {
 public:
  /// @param fd  It belongs to the acceptor: non-blocking, closed on exec. The call may pause and
  ///            destroy any listener, including the one that calls.
  virtual void accepted(int fd, const sockaddr_storage& peer, socklen_t peer_size) = 0;

 protected:
  Acceptor() noexcept = default;
  Acceptor(const Acceptor&) noexcept = default;
  Acceptor& operator=(const Acceptor&) noexcept = default;
  ~Acceptor() = default;
};

/// Accepts the connections of one listening socket, as long as it lives.
///
/// It accepts in bounded runs, between which connections have their turn. Out of descriptors or
/// memory it tries again a little later; that is logged once until it works again.
///
/// Workers that share a socket take turns, because otherwise the one that wakes first would get all
/// connections: a worker without the turn leaves the connection to the one that has it, and takes
/// it after all if it is still there a little later.
class Listener final : public Poller::Handler {
 public:
  /// @param socket    A listening, non-blocking socket.
  /// @param acceptor  It must outlive this object.
  /// @throws std::system_error  The socket can't be watched.
  Listener(Poller& poller, FileDescriptor socket, Acceptor& acceptor);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  /// Accepts all connections that the kernel holds now.
  void accept_all();

  /// New connections wait in the kernel's queue until resume().
  void pause() noexcept { is_paused_ = true; }
  void resume();
  [[nodiscard]] bool is_paused() const noexcept { return is_paused_; }

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  /// Gives the socket away: this listener accepts nothing any more, and should be destroyed.
  [[nodiscard]] FileDescriptor release();

 private:
  enum class Outcome { accepted, none, destroyed };

  void on_events(std::uint32_t) override;
  void accept_some();
  [[nodiscard]] bool is_our_turn() const noexcept;
  Outcome accept_one();
  void accept_later(std::chrono::nanoseconds delay);
  void note_shortage(int error);

  Poller& poller_;
  IOLoop& loop_;
  FileDescriptor socket_;
  Acceptor& acceptor_;
  const WorkerRole* sharer_ = nullptr;  // of a socket that is shared
  IOLoop::Timeout later_ = 0;
  bool* is_destroyed_ = nullptr;  // of the call of accepted() that is under way
  bool is_paused_ = false;
  bool is_short_ = false;  // of descriptors or memory, and that was logged
};

}  // namespace bora::net
