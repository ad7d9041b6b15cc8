#include "runtime/http/client/connect.h"

#include <bora/net/ssl_io_stream.h>
#include <bora/net/tcp_client.h>

#include "runtime/core/crypto.h"
#include "runtime/http/ip_address.h"
#include "runtime/http/response_parser.h"
#include "runtime/net/stream_core.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxProxyHead = 16 * 1024;

/// Addresses that were found already.
class KnownAddresses final : public net::Resolver {
 public:
  explicit KnownAddresses(std::vector<net::Address> addresses) : addresses_(std::move(addresses)) {}
  Task<std::vector<net::Address>> resolve(std::string, int, net::AddressFamily) override {
    std::vector<net::Address> addresses = addresses_;
    co_return addresses;
  }

 private:
  std::vector<net::Address> addresses_;
};

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// RFC 9110, 9.3.6. Returns false if the proxy asks for another Digest authentication than it was
// sent. Its answer has a body then, so the next attempt is made over another connection.
Task<bool> ask_http_proxy(net::IOStream& stream, const ClientRoute& route, bool is_last_attempt) {
  const std::string target = bracketed(route.host) + ":" + std::to_string(route.port);
  std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  const std::string login = proxy_authorization(route.proxy, "CONNECT", target);
  if (!login.empty()) request.append("Proxy-Authorization: ").append(login).append("\r\n");
  request += "\r\n";
  net::WriteTask writing = stream.write(std::move(request));
  co_await writing;
  ResponseParser parser;
  parser.begin(ResponseParser::For::connect, {.max_header_size = kMaxProxyHead});
  while (!parser.has_head()) {
    // It reads no byte after the head, because those belong to the tunnel.
    net::ReadTask<std::string> reading = stream.read_until("\r\n\r\n", kMaxProxyHead);
    const std::string head = co_await reading;
    std::size_t taken = 0;
    if (parser.feed(head, taken) == ResponseParser::Step::failed)
      throw ProxyRefusal("the proxy's answer is not usable: " +
                         std::string(describe(parser.fault())));
  }
  const int code = parser.head().code;
  if (code >= 200 && code <= 299) co_return true;
  if (code == 407 && route.proxy.digest) {
    route.proxy.digest->reset();
    if (!is_last_attempt)
      *route.proxy.digest = read_digest_challenge(parser.head().headers, "Proxy-Authenticate");
    if (*route.proxy.digest) co_return false;
  }
  throw ProxyRefusal(
      "the proxy answers CONNECT with " + std::to_string(code) + " " + parser.head().reason +
      (code == 407 ? " (see proxy_username, proxy_password and proxy_auth_mode)" : ""));
}

std::string_view socks_failure(unsigned char code) {
  switch (code) {
    case 1:
      return "general failure";
    case 2:
      return "not allowed by its rules";
    case 3:
      return "network unreachable";
    case 4:
      return "host unreachable";
    case 5:
      return "connection refused";
    case 6:
      return "time to live expired";
    case 7:
      return "CONNECT is not supported";
    case 8:
      return "this type of address is not supported";
    default:
      return "an unknown failure";
  }
}

Task<std::string> read_exactly(net::IOStream& stream, std::size_t count) {
  net::ReadTask<std::string> reading = stream.read_bytes(count);
  co_return co_await reading;
}

// RFC 1928, and 1929 for the password. The proxy finds the host's address.
Task<void> ask_socks_proxy(net::IOStream& stream, const ClientRoute& route) {
  const ProxyRoute& proxy = route.proxy;
  const bool has_password = !proxy.username.empty();
  std::string hello =
      has_password ? std::string("\x05\x02\x00\x02", 4) : std::string("\x05\x01\x00", 3);
  net::WriteTask greeting = stream.write(std::move(hello));
  co_await greeting;
  Task<std::string> choosing = read_exactly(stream, 2);
  const std::string choice = co_await choosing;
  if (choice[0] != '\x05') throw ProxyRefusal("the proxy does not speak SOCKS5");
  if (choice[1] == '\x02' && has_password) {
    if (proxy.username.size() > 255 || proxy.password.size() > 255)
      throw ProxyRefusal("user and password for a SOCKS5 proxy have at most 255 bytes each");
    std::string login = "\x01";
    login += static_cast<char>(proxy.username.size());
    login += proxy.username;
    login += static_cast<char>(proxy.password.size());
    login += proxy.password;
    net::WriteTask sending = stream.write(std::move(login));
    co_await sending;
    Task<std::string> judging = read_exactly(stream, 2);
    const std::string verdict = co_await judging;
    if (verdict[1] != '\0') throw ProxyRefusal("the SOCKS5 proxy refuses user and password");
  } else if (choice[1] != '\0') {
    throw ProxyRefusal("the SOCKS5 proxy wants a way to log in that is not known");
  }

  std::string request("\x05\x01\x00", 3);
  if (const auto address = IPAddress::parse(route.host)) {
    request += address->size == 4 ? '\x01' : '\x04';
    request.append(reinterpret_cast<const char*>(address->bytes), address->size);
  } else {
    if (route.host.size() > 255) throw ProxyRefusal("the host's name is too long for SOCKS5");
    request += '\x03';
    request += static_cast<char>(route.host.size());
    request += route.host;
  }
  request += static_cast<char>(route.port >> 8);
  request += static_cast<char>(route.port & 0xff);
  net::WriteTask asking = stream.write(std::move(request));
  co_await asking;
  Task<std::string> reading = read_exactly(stream, 5);
  const std::string reply = co_await reading;
  if (reply[0] != '\x05') throw ProxyRefusal("the proxy does not speak SOCKS5");
  if (reply[1] != '\0') {
    throw ProxyRefusal("the SOCKS5 proxy does not connect: " +
                       std::string(socks_failure(static_cast<unsigned char>(reply[1]))));
  }
  // The rest of its own address and the port, which nobody needs.
  const auto first = static_cast<unsigned char>(reply[4]);
  const std::size_t rest = reply[3] == '\x01'   ? 3 + 2
                           : reply[3] == '\x04' ? 15 + 2
                           : reply[3] == '\x03' ? first + std::size_t{2}
                                                : 0;
  if (rest == 0) throw ProxyRefusal("the SOCKS5 proxy's answer is malformed");
  Task<std::string> skipping = read_exactly(stream, rest);
  static_cast<void>(co_await skipping);
}

}  // namespace

std::string ProxyRoute::key() const {
  std::string text = kind == Kind::http ? "http " : "socks5 ";
  if (digest) text.append("digest ");
  text.append(host).append(":").append(std::to_string(port));
  // The size comes first, so that no user's name can look like another proxy's password.
  text.append(" ").append(std::to_string(username.size())).append(":");
  return text.append(username).append(":").append(password);
}

std::string proxy_authorization(const ProxyRoute& proxy, std::string_view method,
                                std::string_view target) {
  if (proxy.username.empty()) return {};
  if (!proxy.digest) return "Basic " + crypto::to_base64(proxy.username + ":" + proxy.password);
  if (!*proxy.digest) return {};
  DigestChallenge& challenge = **proxy.digest;
  const std::string nonce = crypto::to_hex(crypto::random_bytes(16));
  DigestLogin login;
  login.username = proxy.username;
  login.password = proxy.password;
  login.method = method;
  login.target = target;
  login.client_nonce = nonce;
  login.count = ++challenge.uses;
  return digest_authorization(challenge, login);
}

std::string ClientRoute::key() const {
  std::string text;
  text.reserve(host.size() + 32);
  text.append(tls ? "https://" : "http://").append(host).append(":").append(std::to_string(port));
  if (tls)
    text.append(" tls ").append(std::to_string(reinterpret_cast<std::uintptr_t>(&tls.options())));
  if (!allow_ipv6) text.append(" ipv4");
  if (!source_ip.empty()) text.append(" from ").append(source_ip);
  if (proxy.kind != ProxyRoute::Kind::none) text.append(" ").append(proxy.key());
  return text;
}

Task<std::unique_ptr<ClientConnection>> open_connection(const ClientRoute& route,
                                                        std::shared_ptr<net::Resolver> resolver,
                                                        ConnectProgress& progress) {
  const bool has_proxy = route.proxy.kind != ProxyRoute::Kind::none;
  const std::string host = has_proxy ? route.proxy.host : route.host;
  const int port = has_proxy ? route.proxy.port : route.port;
  net::ConnectOptions options;
  if (!route.allow_ipv6) options.family = net::AddressFamily::ipv4;
  options.source_ip = route.source_ip;
  if (const auto source = net::Address::from_ip(route.source_ip, 0))
    options.family = source->family();

  progress.enter(FetchPhase::dns);
  Task<std::vector<net::Address>> resolving = resolver->resolve(host, port, options.family);
  std::vector<net::Address> addresses = co_await resolving;
  net::TCPClient client(std::make_shared<KnownAddresses>(std::move(addresses)));
  std::optional<net::IOStream> open;
  std::string address;
  bool was_refused = false;
  for (bool is_through = false; !is_through;) {
    progress.enter(FetchPhase::connect);
    Task<net::IOStream> connecting = client.connect(host, port, std::as_const(options));
    net::IOStream connected = co_await connecting;
    open.emplace(std::move(connected));
    open->set_nodelay(true);
    address = open->peer_address().to_string();
    progress.connected(address);
    is_through = true;
    if (route.proxy.kind == ProxyRoute::Kind::socks5) {
      progress.enter(FetchPhase::proxy);
      Task<void> asking = ask_socks_proxy(*open, route);
      co_await asking;
    } else if (route.has_tunnel()) {
      progress.enter(FetchPhase::proxy);
      Task<bool> asking = ask_http_proxy(*open, route, was_refused);
      is_through = co_await asking;
      was_refused = !is_through;
    }
  }
  net::IOStream stream = std::move(*open);
  if (route.tls) {
    // Somebody between here and the server must not be able to put clear text before the server's
    // TLS.
    if (has_proxy && !stream.closed() && !net::detail::StreamAccess::core(stream)->is_idle())
      throw ProxyRefusal("the proxy sends clear text before TLS is agreed on");
    progress.enter(FetchPhase::tls);
    Task<net::SSLIOStream> agreeing = stream.start_tls(false, route.tls, route.host);
    net::SSLIOStream secure = co_await agreeing;
    auto connection = std::make_unique<ClientConnection>(net::IOStream(std::move(secure)));
    connection->address = std::move(address);
    co_return connection;
  }
  auto connection = std::make_unique<ClientConnection>(std::move(stream));
  connection->address = std::move(address);
  co_return connection;
}

}  // namespace bora::http
