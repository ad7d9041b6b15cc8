#pragma once

#include <memory>
#include <vector>

#include <bora/net/netutil.h>

namespace bora::net {

class Poller;

/// Sockets that are closed as far as the program is concerned, but whose peers may not have all
/// that was written yet.
///
/// A socket that is closed while received bytes lie unread in it, or that receives more afterwards,
/// answers with a reset, and the kernel drops what it still held for the peer. Over TLS that is
/// common: a TLS 1.3 server sends session tickets after the handshake, which nobody reads who only
/// writes. So such a socket ends its sending side, and is kept here until the peer has ended its
/// own, or for kPatience; what comes meanwhile is thrown away.
class LingeringSockets {
 public:
  explicit LingeringSockets(Poller& poller) noexcept;
  /// The loop ends: waits kLastPatience at most until the kernels of the peers have everything.
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
