#include <bora/net/netutil.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/net/error.h>

#include "runtime/net/bind_hook.h"
#include "runtime/net/listener.h"
#include "runtime/net/look_up.h"
#include "runtime/net/port_holder.h"

namespace bora::net {

void FileDescriptor::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

namespace {

constexpr int kMaxFreePortTries = 16;

BindHook bind_hook = nullptr;
bool is_alone = false;

const sockaddr* native(const Address& address) noexcept {
  return static_cast<const sockaddr*>(address.native());
}
socklen_t native_size(const Address& address) noexcept {
  return static_cast<socklen_t>(address.native_size());
}

std::vector<Address> look_up(std::string_view name, int port, AddressFamily family) {
  LookUp found = look_up_addresses(name, port, family, AI_PASSIVE);
  if (!found.failure) return std::move(found.addresses);
  throw BindError(
      std::make_error_code(std::errc::address_not_available),
      fmt::format("can't listen on \"{}\": {}; give an address of this machine, or none for all",
                  std::string(name).c_str(), found.failure.message()));
}

// --- Sockets -------------------------------------------------------------------------------------

std::string reason_and_remedy(int error, int port) {
  switch (error) {
    case EADDRINUSE: {
      const std::string holder = port_holder(port);
      return fmt::format("another program uses this port{}; stop it, or choose another port",
                         holder.empty() ? holder : " (" + holder + ")");
    }
    case EACCES:
    case EPERM:
      return fmt::format("this user may not; choose a port from 1024 on{}",
                         port < 1024 ? ", or grant the program cap_net_bind_service" : "");
    case EADDRNOTAVAIL:
      return "this machine has no such address; choose one that it has, or none for all";
    case EAFNOSUPPORT:
      return "this machine does not support this kind of address";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit (ulimit -n)";
    default:
      return std::generic_category().message(error);
  }
}

BindError bind_error(int error, const Address& address) {
  return BindError(std::error_code(error, std::generic_category()),
                   fmt::format("can't listen on {}: {}", address.to_string(),
                               reason_and_remedy(error, address.port())));
}

struct Attempt {
  FileDescriptor socket;
  int error = 0;
};

Attempt listen_on(const Address& address, int backlog, bool reuse_port) {
  FileDescriptor fd(
      ::socket(native_family(address.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return {{}, errno};
  const auto set = [&fd](int level, int option) {
    constexpr int kOn = 1;
    return ::setsockopt(fd.get(), level, option, &kOn, sizeof kOn) == 0;
  };
  if (!set(SOL_SOCKET, SO_REUSEADDR) || (reuse_port && !set(SOL_SOCKET, SO_REUSEPORT)) ||
      (address.family() == AddressFamily::ipv6 && !set(IPPROTO_IPV6, IPV6_V6ONLY)) ||
      ::bind(fd.get(), native(address), native_size(address)) != 0 ||
      ::listen(fd.get(), backlog) != 0) {
    return {{}, errno};
  }
  return {std::move(fd), 0};
}

// A machine without IPv6 still resolves "localhost" to ::1, and lists it among all interfaces.
bool is_missing_family(int error, const Address& address) noexcept {
  return error == EAFNOSUPPORT ||
         (error == EADDRNOTAVAIL && address.family() == AddressFamily::ipv6);
}

struct Sockets {
  std::vector<FileDescriptor> list;
  int error = 0;
  Address failed;
};

Sockets listen_on_all(std::vector<Address> addresses, int port, int backlog, bool reuse_port) {
  Sockets sockets;
  for (Address& address : addresses) {
    address.set_port(port);
    Attempt attempt = listen_on(address, backlog, reuse_port);
    if (attempt.socket) {
      if (port == 0) port = local_port(attempt.socket.get());
      sockets.list.push_back(std::move(attempt.socket));
      continue;
    }
    sockets.error = attempt.error;
    sockets.failed = address;
    if (!is_missing_family(attempt.error, address)) return sockets;
  }
  if (!sockets.list.empty()) sockets.error = 0;
  return sockets;
}

}  // namespace

void set_runs_alone() noexcept {
  is_alone = true;
}
bool runs_alone() noexcept {
  return is_alone;
}

void set_bind_hook(BindHook hook) noexcept {
  bind_hook = hook;
}

std::vector<FileDescriptor> bind_sockets(int port, std::string_view address, int backlog,
                                         bool reuse_port, AddressFamily family) {
  if (bind_hook != nullptr) {
    if (std::vector<FileDescriptor> sockets = bind_hook(reuse_port); !sockets.empty())
      return sockets;
  }
  if (port < 0 || port > 65535) {
    throw BindError(
        std::make_error_code(std::errc::invalid_argument),
        fmt::format("can't listen on port {}: ports go from 0 (a free one) to 65535", port));
  }
  const std::vector<Address> addresses = look_up(address, port, family);
  for (int tries = 1;; ++tries) {
    Sockets sockets = listen_on_all(addresses, port, backlog, reuse_port);
    if (sockets.error == 0) return std::move(sockets.list);
    // The free port of the first address may be taken on the second.
    const bool may_retry = port == 0 && sockets.error == EADDRINUSE && tries < kMaxFreePortTries;
    if (!may_retry) throw bind_error(sockets.error, sockets.failed);
  }
}

int local_port(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return Address::from_native(&address, size).port();
}

bool is_valid_ip(std::string_view text) {
  std::string address(text.substr(0, text.find('%')));
  const bool has_zone = address.size() < text.size();
  if (address.find('\0') != std::string::npos || text.ends_with('%')) return false;
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) == 1) return true;
  return !has_zone && ::inet_pton(AF_INET, address.c_str(), &bytes) == 1;
}

// --- Unix-domain sockets -------------------------------------------------------------------------

namespace {

BindError unix_error(int error, const std::string& path, std::string_view why) {
  return BindError(std::error_code(error, std::generic_category()),
                   fmt::format("can't listen on unix:{}: {}", path, why));
}

/// Returns whether somebody takes connections there, and an error if that can't be told.
std::pair<bool, int> is_answered(const Address& address) {
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe) return {false, errno};
  if (::connect(probe.get(), native(address), native_size(address)) == 0) return {true, 0};
  switch (errno) {
    case EAGAIN:      // its queue is full
    case EPROTOTYPE:  // it is no stream socket
      return {true, 0};
    case ECONNREFUSED:
    case ENOENT:
      return {false, 0};
    default:
      return {false, errno};
  }
}

void remove_stale_socket(const std::string& path, const Address& address) {
  struct stat file{};
  if (::lstat(path.c_str(), &file) != 0) return;  // bind() knows better what is wrong
  if (!S_ISSOCK(file.st_mode)) {
    throw unix_error(EEXIST, path,
                     "there is a file that is no socket; remove it, or choose another path");
  }
  const auto [answers, error] = is_answered(address);
  if (error != 0) {
    throw unix_error(error, path,
                     fmt::format("there is a socket, and whether it is used can't be told ({}); "
                                 "remove it if it is not",
                                 std::generic_category().message(error)));
  }
  if (answers)
    throw unix_error(EADDRINUSE, path,
                     "another program listens there; stop it, or choose another path");
  ::unlink(path.c_str());
}

}  // namespace

FileDescriptor bind_unix_socket(std::string_view path, unsigned mode, int backlog) {
  Address address;
  try {
    address = Address::unix_path(path);
  } catch (const std::invalid_argument& failure) {
    throw BindError(std::make_error_code(std::errc::invalid_argument),
                    fmt::format("can't listen there: {}", failure.what()));
  }
  const std::string file(path);
  const bool is_abstract = path.starts_with('\0');
  const std::string shown = is_abstract ? '@' + file.substr(1) : file;
  if (!is_abstract) remove_stale_socket(file, address);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // The file is made with the socket's mode (less the umask), so there is no moment at which more
  // is allowed; changing the umask would concern other threads.
  const bool is_bound = socket && (is_abstract || ::fchmod(socket.get(), mode) == 0) &&
                        ::bind(socket.get(), native(address), native_size(address)) == 0 &&
                        (is_abstract || ::chmod(file.c_str(), mode) == 0) &&
                        ::listen(socket.get(), backlog) == 0;
  if (!is_bound) throw unix_error(errno, shown, std::generic_category().message(errno));
  return socket;
}

std::vector<FileDescriptor> bind_address(std::string_view address, int backlog, bool reuse_port) {
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix)) {
    std::string path(address.substr(kUnix.size()));
    if (path.starts_with('@')) path[0] = '\0';
    std::vector<FileDescriptor> sockets;
    sockets.push_back(bind_unix_socket(path, 0600, backlog));
    return sockets;
  }
  const std::size_t colon = address.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "" : address.substr(0, colon);
  const std::string_view digits =
      colon == std::string_view::npos ? address : address.substr(colon + 1);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  int port = -1;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_port = failure == std::errc() && end == digits.data() + digits.size();
  if (!is_port || (!is_bracketed && host.find(':') != std::string_view::npos)) {
    throw BindError(std::make_error_code(std::errc::invalid_argument),
                    fmt::format("can't listen on \"{}\": write 127.0.0.1:8888, [::1]:8888, :8888 "
                                "or unix:/run/app.sock",
                                std::string(address).c_str()));
  }
  return bind_sockets(port, host, backlog, reuse_port);
}

// --- Accepting -----------------------------------------------------------------------------------

class AcceptHandler::Impl final : public Acceptor {
 public:
  Impl(int socket, UniqueFunction<void(FileDescriptor, Address)> callback)
      : callback_(std::make_shared<Callback>(std::move(callback))),
        listener_(std::in_place, Poller::of(IOLoop::current()), FileDescriptor(socket), *this) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { static_cast<void>(listener_->release().release()); }

 private:
  using Callback = UniqueFunction<void(FileDescriptor, Address)>;

  void accepted(int fd, const sockaddr_storage& peer, socklen_t size) override {
    FileDescriptor connection(fd);
    const std::shared_ptr<Callback> callback = callback_;  // it may remove this
    try {
      (*callback)(std::move(connection), Address::from_native(&peer, size));
    } catch (...) {
      app_log.exception("Exception in an accept handler");
    }
  }

  std::shared_ptr<Callback> callback_;
  std::optional<Listener> listener_;
};

AcceptHandler::AcceptHandler() noexcept = default;
AcceptHandler::AcceptHandler(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
AcceptHandler::AcceptHandler(AcceptHandler&& other) noexcept = default;
AcceptHandler& AcceptHandler::operator=(AcceptHandler&& other) noexcept = default;
AcceptHandler::~AcceptHandler() = default;
void AcceptHandler::remove() noexcept {
  impl_.reset();
}

AcceptHandler add_accept_handler(int socket,
                                 UniqueFunction<void(FileDescriptor, Address)> callback) {
  return AcceptHandler(std::make_unique<AcceptHandler::Impl>(socket, std::move(callback)));
}

}  // namespace bora::net
