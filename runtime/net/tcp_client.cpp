#include <bora/net/tcp_client.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include <bora/core/gen.h>
#include <bora/net/ssl_io_stream.h>

#include "runtime/net/connector.h"
#include "runtime/net/look_up.h"

namespace bora::net {
namespace {

[[noreturn]] void throw_system_error(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

Address source_for(AddressFamily family, const ConnectOptions& options) {
  const char* const loopback = family == AddressFamily::ipv4 ? "127.0.0.1" : "::1";
  const std::string& ip = options.source_ip.empty() ? loopback : options.source_ip;
  const auto source = Address::from_ip(ip, options.source_port);
  if (!source)
    throw std::invalid_argument("source_ip \"" + ip +
                                "\" is no IP address, or source_port no port");
  return *source;
}

FileDescriptor make_socket(AddressFamily family, const ConnectOptions& options) {
  FileDescriptor socket(
      ::socket(native_family(family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) throw_system_error("can't make a socket");
  if (options.source_ip.empty() && options.source_port == 0) return socket;
  const Address source = source_for(family, options);
  // If no port is given, the system chooses one when the peer is known, so that more are available.
  const int on = options.source_port == 0 ? 1 : 0;
  ::setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (source.family() != family)
    throw std::system_error(std::make_error_code(std::errc::address_family_not_supported));
  if (::bind(socket.get(), static_cast<const sockaddr*>(source.native()),
             static_cast<socklen_t>(source.native_size())) != 0) {
    throw_system_error("can't use the source address");
  }
  return socket;
}

Task<IOStream> connect_to(Address address, const ConnectOptions& options) {
  IOStream stream(make_socket(address.family(), options), options.stream);
  co_await stream.connect(address);
  co_return stream;
}

/// What is known of an attempt that ran out of time.
struct Progress {
  std::string target;
  std::optional<Connector> connector;
};

Task<IOStream> connect_within(std::shared_ptr<Resolver> resolver, std::string host, int port,
                              const ConnectOptions& options, Progress& progress) {
  const std::vector<Address> addresses = co_await resolver->resolve(host, port, options.family);
  const auto connect = [&options](Address address) { return connect_to(address, options); };
  progress.connector.emplace(addresses, connect);
  std::optional<IOStream> stream = co_await progress.connector->run();
  if (!stream) {
    throw ConnectError(progress.connector->last_error(),
                       "can't connect to " + progress.target + ": " + progress.connector->report());
  }
  if (!options.ssl_options) co_return std::move(*stream);
  Task<SSLIOStream> agreeing = stream->start_tls(false, options.ssl_options, host);
  SSLIOStream secure = co_await std::move(agreeing);
  co_return std::move(secure);
}

Task<IOStream> connect_by_name(std::shared_ptr<Resolver> resolver, std::string host, int port,
                               ConnectOptions options) {
  Progress progress{host + ":" + std::to_string(port), {}};
  if (!options.source_ip.empty() || options.source_port != 0)
    static_cast<void>(source_for(AddressFamily::ipv4, options));
  Task<IOStream> connecting =
      connect_within(std::move(resolver), std::move(host), port, options, progress);
  if (!options.timeout.is_set()) {
    IOStream stream = co_await std::move(connecting);
    co_return stream;
  }
  try {
    const TimeoutOptions cancelling{.cancel = true};
    IOStream stream = co_await with_timeout(options.timeout, std::move(connecting), cancelling);
    co_return stream;
  } catch (const TimeoutError&) {
  }
  std::string state = "its addresses were not found in time";
  if (progress.connector) state = progress.connector->report();
  throw TimeoutError("connecting to " + progress.target + " took too long: " + state);
}

}  // namespace

ConnectError::ConnectError(std::error_code real_error, std::string sentence)
    : StreamClosedError(real_error), sentence_(std::move(sentence)) {}

TCPClient::TCPClient(std::shared_ptr<Resolver> resolver)
    : resolver_(resolver != nullptr ? std::move(resolver)
                                    : std::make_shared<DefaultLoopResolver>()) {}

Task<IOStream> TCPClient::connect(std::string host, int port) {
  return connect_by_name(resolver_, std::move(host), port, ConnectOptions());
}
Task<IOStream> TCPClient::connect(std::string host, int port, const ConnectOptions& options) {
  return connect_by_name(resolver_, std::move(host), port, options);
}
bora::detail::AwaitByNameIf<bora::detail::LostTemporary<ConnectOptions>, Task<IOStream>>
TCPClient::connect(std::string host, int port, ConnectOptions&& options) {
  return connect_by_name(resolver_, std::move(host), port, std::move(options));
}

}  // namespace bora::net
