#pragma once

#include <memory>
#include <vector>

#include <bora/net/netutil.h>

namespace bora::net {

class Poller;

/// Sockets that are closed for the program, but whose peers may not have received everything yet.
///
/// A socket that is closed while received bytes lie unread in it, or that receives more afterwards,
/// answers with a reset, and the kernel drops the data that it still held for the peer. Over TLS
/// that is common: a TLS 1.3 server sends session tickets after the handshake, which a peer that
/// only writes never reads. So such a socket ends its sending side, and is kept here until the peer
/// has ended its own, or for kPatience; bytes that arrive meanwhile are dropped.
class LingeringSockets {
 public:
  explicit LingeringSockets(Poller& poller) noexcept;
  /// At the loop's end, waits kLastPatience at most until the kernels of the peers have everything.
  ~LingeringSockets();
  LingeringSockets(const LingeringSockets&) = delete;
  LingeringSockets& operator=(const LingeringSockets&) = delete;

  /// Takes over a stream socket that nobody waits for any more.
  void add(FileDescriptor socket) noexcept;

 private:
  class Socket;

  void remove(Socket& socket) noexcept;

  Poller& poller_;
  std::vector<std::unique_ptr<Socket>> sockets_;
};

}  // namespace bora::net
