#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bora::net {

/// The kind of an address.
enum class AddressFamily : std::uint8_t {
  unspecified,  ///< No address; where a family is asked for, any one.
  ipv4,
  ipv6,
  unix_domain,
};

/// One end of a stream socket: an IP address with a port, or the path of a Unix-domain socket. It
/// is a value that is resolved already; a Resolver makes addresses of names.
class Address {
 public:
  /// Makes an empty address: its family is `unspecified`.
  Address() noexcept = default;

  /// @param ip  "127.0.0.1", "::1" or "fe80::1%eth0"; not a name.
  /// @returns   Nothing if `ip` is not an address, or `port` is not between 0 and 65535.
  static std::optional<Address> from_ip(std::string_view ip, int port);

  /// @param path  A file's path of at most 107 bytes; with a leading NUL, a Linux abstract name.
  /// @throws std::invalid_argument  `path` is empty, too long, or contains a NUL after its start.
  static Address unix_path(std::string_view path);

  /// Reads a `struct sockaddr` of `size` bytes; gives an empty address if it is of another family.
  static Address from_native(const void* sockaddr, std::size_t size) noexcept;

  [[nodiscard]] AddressFamily family() const noexcept;
  /// The IP address, or the path; the path is empty for an unnamed Unix-domain peer.
  [[nodiscard]] std::string host() const;
  /// The port; 0 if there is none.
  [[nodiscard]] int port() const noexcept;
  void set_port(int port) noexcept;
  /// Returns for example "127.0.0.1:80", "[::1]:80" or "unix:/run/app.sock".
  [[nodiscard]] std::string to_string() const;

  /// The `struct sockaddr` and its size, for system calls.
  [[nodiscard]] const void* native() const noexcept { return bytes_.data(); }
  [[nodiscard]] std::size_t native_size() const noexcept { return size_; }

  bool operator==(const Address& other) const noexcept;

 private:
  alignas(8) std::array<unsigned char, 112> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace bora::net
