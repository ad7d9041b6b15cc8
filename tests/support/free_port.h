#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <random>
#include <stdexcept>

namespace bora::test {

/// A port of 127.0.0.1 that was free a moment ago, for a server that can't be given any free one. It
/// is below those that the system gives to clients and to servers that ask for any, so that another
/// test does not get it meanwhile.
inline int free_port() {
  static std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> below_ephemeral(10'000, 30'000);
  for (int i = 0; i < 1000; ++i) {
    const int port = below_ephemeral(random);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int failure = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::close(fd);
    if (failure == 0) return port;
  }
  throw std::runtime_error("no port is free");
}

}  // namespace bora::test
