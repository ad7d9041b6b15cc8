#include <bora/net/netutil.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include <bora/net/error.h>

#include "tests/support/catch.h"

using bora::net::bind_sockets;
using bora::net::BindError;
using bora::net::FileDescriptor;
using bora::net::local_port;

namespace {

int family_of(const FileDescriptor& fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return address.ss_family;
}

std::string failure_of(int port, std::string_view address) {
  try {
    bind_sockets(port, address);
  } catch (const BindError& failure) {
    return failure.what();
  }
  return "";
}

bool has_ipv6() {
  const FileDescriptor fd(::socket(AF_INET6, SOCK_STREAM, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  return fd && ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

TEST_CASE("netutil: a free port is the same for every address", "[net]") {
  for (const char* address : {"", "localhost"}) {
    const auto sockets = bind_sockets(0, address);
    REQUIRE_FALSE(sockets.empty());
    const int port = local_port(sockets.front().get());
    CHECK(port > 0);
    for (const FileDescriptor& socket : sockets) CHECK(local_port(socket.get()) == port);
    if (has_ipv6() && *address == '\0') CHECK(sockets.size() == 2);
  }
}

TEST_CASE("netutil: sockets do not block, are closed on exec, and accept", "[net]") {
  const auto sockets = bind_sockets(0, "127.0.0.1");
  REQUIRE(sockets.size() == 1);
  const int fd = sockets[0].get();
  CHECK(family_of(sockets[0]) == AF_INET);
  CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);

  const FileDescriptor client(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(local_port(fd)));
  REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const FileDescriptor accepted(::accept(fd, nullptr, nullptr));
  CHECK(accepted);
}

TEST_CASE("netutil: a port in use names its holder, this test, and a remedy", "[net]") {
  const auto sockets = bind_sockets(0, "127.0.0.1");
  const int port = local_port(sockets[0].get());
  const std::string text = failure_of(port, "127.0.0.1");
  CHECK(text == "can't listen on 127.0.0.1:" + std::to_string(port) +
                    ": another program uses this port (net_tests, pid " +
                    std::to_string(::getpid()) + "); stop it, or choose another port");
  try {
    bind_sockets(port, "127.0.0.1");
    FAIL("the port is in use");
  } catch (const BindError& failure) {
    CHECK(failure.code() == std::errc::address_in_use);
  }
}

TEST_CASE("netutil: when one address fails, none stays open", "[net]") {
  if (!has_ipv6()) return;
  const auto taken = bind_sockets(0, "::1");
  const int port = local_port(taken[0].get());
  // IPv4's socket is made first, and must be gone again.
  CHECK_THROWS_AS(bind_sockets(port, ""), BindError);
  CHECK(bind_sockets(port, "127.0.0.1").size() == 1);
}

TEST_CASE("netutil: several sockets share a port when all of them ask for it", "[net]") {
  const auto first = bind_sockets(0, "127.0.0.1", 128, true);
  const int port = local_port(first[0].get());
  const auto second = bind_sockets(port, "127.0.0.1", 128, true);
  CHECK(local_port(second[0].get()) == port);
  CHECK_THROWS_AS(bind_sockets(port, "127.0.0.1"), BindError);
}

TEST_CASE("netutil: bad ports and addresses are told in one sentence", "[net]") {
  CHECK(failure_of(-1, "127.0.0.1") ==
        "can't listen on port -1: ports go from 0 (a free one) to 65535");
  CHECK(failure_of(65536, "") ==
        "can't listen on port 65536: ports go from 0 (a free one) to 65535");
  CHECK(failure_of(0, "192.0.2.1") ==
        "can't listen on 192.0.2.1:0: this machine has no such address; choose one that it has, or "
        "none for all");
  CHECK(failure_of(0, "127.0.0.1.5").starts_with("can't listen on \"127.0.0.1.5\": "));
  CHECK(failure_of(0, std::string_view("localhost\0x", 11))
            .starts_with("can't listen on \"localhost\": "));
  CHECK(failure_of(0, "bora.invalid")
            .ends_with("; give an address of this machine, or none for all"));
}

TEST_CASE("netutil: addresses are told from names", "[net]") {
  for (const char* text :
       {"127.0.0.1", "4.4.4.4", "::1", "2620:0:1cfe:face:b00c::3", "fe80::1%eth0"}) {
    INFO(text);
    CHECK(bora::net::is_valid_ip(text));
  }
  for (const char* text : {"www.google.com", "localhost", "4.4.4.4<", " 127.0.0.1", "", " ", "\n",
                           "127.1", "127.0.0.1%lo", "::1%", "1.2.3.4.5", "[::1]"}) {
    INFO(text);
    CHECK_FALSE(bora::net::is_valid_ip(text));
  }
  CHECK_FALSE(bora::net::is_valid_ip(std::string_view("127.0.0.1\0", 10)));
}

TEST_CASE("netutil: a descriptor is closed once, by whoever owns it last", "[net]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const FileDescriptor other(ends[1]);
  {
    FileDescriptor first(ends[0]);
    FileDescriptor second = std::move(first);
    CHECK_FALSE(first);
    first = std::move(second);
    CHECK(first.get() == ends[0]);
    CHECK(::fcntl(ends[0], F_GETFD) != -1);
  }
  CHECK(::fcntl(ends[0], F_GETFD) == -1);
  FileDescriptor released(::dup(ends[1]));
  const int fd = released.release();
  CHECK_FALSE(released);
  CHECK(::close(fd) == 0);
}
