#include <bora/net/address.h>

#include <sys/socket.h>
#include <sys/un.h>

#include <stdexcept>
#include <string>

#include "tests/support/catch.h"

using bora::net::Address;
using bora::net::AddressFamily;

TEST_CASE("address: IP addresses", "[net]") {
  const Address ipv4 = *Address::from_ip("127.0.0.1", 8888);
  CHECK(ipv4.family() == AddressFamily::ipv4);
  CHECK(ipv4.host() == "127.0.0.1");
  CHECK(ipv4.port() == 8888);
  CHECK(ipv4.to_string() == "127.0.0.1:8888");
  const Address ipv6 = *Address::from_ip("0:0::1", 65'535);
  CHECK(ipv6.to_string() == "[::1]:65535");
  CHECK(ipv6 == *Address::from_ip("::1", 65'535));
  CHECK_FALSE(ipv6 == *Address::from_ip("::1", 1));
  CHECK(Address::from_ip("fe80::1%1", 80)->host().starts_with("fe80::1%"));
}

TEST_CASE("address: what is none", "[net]") {
  for (const std::string_view text :
       {std::string_view(), std::string_view("localhost"), std::string_view("127.0.0.1.1"),
        std::string_view("1"), std::string_view("::1%"), std::string_view("127.0.0.1%lo"),
        std::string_view("::1%no-such-interface"), std::string_view("::1\0", 4),
        std::string_view("[::1]")}) {
    INFO(text);
    CHECK_FALSE(Address::from_ip(text, 80));
  }
  CHECK_FALSE(Address::from_ip("127.0.0.1", -1));
  CHECK_FALSE(Address::from_ip("127.0.0.1", 65'536));
  CHECK(Address().family() == AddressFamily::unspecified);
  CHECK(Address().to_string() == "no address");
  const sockaddr_storage other{};
  CHECK(Address::from_native(&other, sizeof other).family() == AddressFamily::unspecified);
  sockaddr_storage cut{};
  cut.ss_family = AF_INET6;
  CHECK(Address::from_native(&cut, 8) == Address());
}

TEST_CASE("address: paths", "[net]") {
  CHECK(Address::unix_path("/run/app.sock").to_string() == "unix:/run/app.sock");
  CHECK(Address::unix_path("/run/app.sock").host() == "/run/app.sock");
  CHECK(Address::unix_path("/run/app.sock").port() == 0);
  const std::string abstract("\0name", 5);
  CHECK(Address::unix_path(abstract).host() == abstract);
  CHECK(Address::unix_path(abstract).to_string() == "unix:@name");
  CHECK(Address::unix_path(std::string(107, 'x')).host() == std::string(107, 'x'));
  CHECK_THROWS_AS(Address::unix_path(""), std::invalid_argument);
  CHECK_THROWS_AS(Address::unix_path(std::string(108, 'x')), std::invalid_argument);
  CHECK_THROWS_AS(Address::unix_path(std::string("/a\0b", 4)), std::invalid_argument);
  sockaddr_un unnamed{};
  unnamed.sun_family = AF_UNIX;
  CHECK(Address::from_native(&unnamed, sizeof(sa_family_t)).host().empty());
}
