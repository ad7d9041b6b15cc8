#include <bora/net/netutil.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <bora/net/error.h>
#include <bora/net/io_stream.h>

#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/started.h"

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
  // IPv4's socket is made first, and must be closed again.
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

TEST_CASE("netutil: bad ports and addresses are reported in one sentence", "[net]") {
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

TEST_CASE("netutil: addresses are distinguished from names", "[net]") {
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

// --- Unix-domain sockets -------------------------------------------------------------------------

namespace {

/// A folder of the test's own.
class Folder {
 public:
  Folder() { REQUIRE(::mkdtemp(path_) != nullptr); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return std::string(path_) + '/' + name; }

 private:
  char path_[32] = "/tmp/bora-netutil-XXXXXX";
};

std::string unix_failure(const std::string& path) {
  try {
    bora::net::bind_unix_socket(path);
  } catch (const BindError& failure) {
    return failure.what();
  }
  return "bound";
}

unsigned mode_of(const std::string& path) {
  struct stat file{};
  REQUIRE(::stat(path.c_str(), &file) == 0);
  return file.st_mode & 07777;
}

}  // namespace

TEST_CASE("netutil: a Unix-domain socket has its mode, whatever the umask (NET-02)", "[net]") {
  const Folder folder;
  const unsigned mode = GENERATE(0600U, 0660U, 0666U);
  const mode_t before = ::umask(GENERATE(0000, 0077));
  const FileDescriptor socket = bora::net::bind_unix_socket(folder / "a", mode);
  ::umask(before);
  CHECK(mode_of(folder / "a") == mode);
}

TEST_CASE("netutil: a stale socket is removed, nothing else (NET-02)", "[net]") {
  const Folder folder;
  const std::string path = folder / "a";
  FileDescriptor socket = bora::net::bind_unix_socket(path);
  SECTION("somebody listens") {
    CHECK(unix_failure(path) == "can't listen on unix:" + path +
                                    ": another program listens there; stop it, or choose another "
                                    "path");
    socket.close();
    CHECK(unix_failure(path) == "bound");
  }
  SECTION("somebody listens whose queue is full") {
    const FileDescriptor busy = bora::net::bind_unix_socket(folder / "b", 0600, 0);
    std::vector<bora::net::IOStream> queue;
    for (int i = 0; i < 3; ++i) {
      queue.emplace_back(bora::net::AddressFamily::unix_domain);
      static_cast<void>(queue.back().connect(bora::net::Address::unix_path(folder / "b")));
    }
    CHECK(queue.back().closed());  // full
    CHECK(unix_failure(folder / "b").find("another program") != std::string::npos);
  }
  SECTION("a plain file") {
    std::ofstream(folder / "file") << "precious";
    CHECK(unix_failure(folder / "file").find("a file that is no socket") != std::string::npos);
    CHECK(std::filesystem::file_size(folder / "file") == 8);
  }
  SECTION("a link") {
    std::filesystem::create_symlink(path, folder / "link");
    CHECK(unix_failure(folder / "link").find("a file that is no socket") != std::string::npos);
  }
  SECTION("no such folder") {
    CHECK(unix_failure(folder / "no/a").find("No such file or directory") != std::string::npos);
  }
  SECTION("what is no path") {
    CHECK(unix_failure("").find("needs a path") != std::string::npos);
    CHECK(unix_failure(folder / std::string(200, 'x').c_str()).find("107 bytes") !=
          std::string::npos);
  }
}

TEST_CASE("netutil: abstract names (NET-02)", "[net]") {
  const std::string name = std::string(1, '\0') + "bora-test-" + std::to_string(::getpid());
  const FileDescriptor socket = bora::net::bind_unix_socket(name);
  CHECK(unix_failure(name) ==
        "can't listen on unix:@" + name.substr(1) + ": Address already in use");
}

TEST_CASE("netutil: addresses as people write them", "[net]") {
  const Folder folder;
  for (const std::string& text : {std::string("127.0.0.1:0"), std::string("localhost:0"),
                                  std::string(":0"), std::string("0"), "unix:" + (folder / "a")}) {
    INFO(text);
    CHECK_FALSE(bora::net::bind_address(text).empty());
  }
  if (has_ipv6()) CHECK_FALSE(bora::net::bind_address("[::1]:0").empty());
  for (const char* text : {"", ":", "localhost", "::1:0", "127.0.0.1:", "127.0.0.1:80x", ":65536",
                           ":-1", "unix:", "127.0.0.1:99999999999"}) {
    INFO(text);
    CHECK_THROWS_AS(bora::net::bind_address(text), BindError);
  }
}

TEST_CASE("netutil: a handler of one's own for connections (NET-03)", "[net]") {
  const auto sockets = bind_sockets(0, "127.0.0.1");
  const auto target = *bora::net::Address::from_ip("127.0.0.1", local_port(sockets.front().get()));
  std::vector<bora::net::Address> peers;
  bora::net::AcceptHandler handler;
  bool removes = false;
  handler = bora::net::add_accept_handler(sockets.front().get(),
                                          [&](FileDescriptor connection, bora::net::Address peer) {
                                            CHECK(connection);
                                            peers.push_back(peer);
                                            if (removes) handler.remove();
                                          });
  const auto connect = [&] {
    bora::net::IOStream stream(bora::net::AddressFamily::ipv4);
    bora::test::run(stream.connect(target));
    bora::test::turn();
    return stream.local_address();
  };
  const bora::net::Address first = connect();
  CHECK(peers == std::vector{first});
  removes = true;
  connect();
  CHECK(peers.size() == 2);
  connect();  // the socket is open still, and its queue takes it
  CHECK(peers.size() == 2);
  handler.remove();
}

TEST_CASE("netutil: only the family that is asked for (NET-01)", "[net]") {
  for (const FileDescriptor& socket :
       bind_sockets(0, "localhost", 128, false, bora::net::AddressFamily::ipv4)) {
    CHECK(family_of(socket) == AF_INET);
  }
  CHECK_THROWS_AS(bind_sockets(0, "127.0.0.1", 128, false, bora::net::AddressFamily::ipv6),
                  BindError);
}
