#include <bora/websocket/websocket_connect.h>

#include <algorithm>
#include <stdexcept>

#include <bora/core/escape.h>
#include <bora/core/gen.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/http/httputil.h>
#include <bora/net/io_stream.h>
#include <bora/net/tcp_client.h>

#include "runtime/core/crypto.h"
#include "runtime/http/client/connect.h"
#include "runtime/http/client/proxies.h"
#include "runtime/net/transport.h"
#include "runtime/websocket/connection.h"
#include "runtime/websocket/extension_list.h"
#include "runtime/websocket/handshake.h"
#include "runtime/websocket/permessage_deflate.h"
#include "runtime/websocket/websocket_url.h"

namespace bora::websocket {

namespace {

constexpr std::size_t kMaxHead = 64 * 1024;
constexpr int kMaxInterim = 10;
constexpr std::uint16_t kNoCode = 1005;
constexpr std::uint16_t kLost = 1006;

bool is_own_field(std::string_view name) {
  for (const std::string_view own :
       {"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
        "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "Content-Length",
        "Transfer-Encoding"}) {
    if (http::equals_ignoring_case(name, own)) return true;
  }
  return false;
}

std::string request_text(const WebSocketURL& url, const std::string& key,
                         const WebSocketConnectOptions& options) {
  std::string text = "GET " + url.target + " HTTP/1.1\r\nHost: " + url.host_field +
                     "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key +
                     "\r\nSec-WebSocket-Version: 13\r\n";
  std::string names;
  for (const std::string& name : options.subprotocols) {
    if (!http::is_token(name))
      throw std::invalid_argument("websocket_connect(): no name of a subprotocol: " + name);
    names += (names.empty() ? "" : ", ") + name;
  }
  if (!names.empty()) text += "Sec-WebSocket-Protocol: " + names + "\r\n";
  if (const auto& compression = options.options.compression)
    text += "Sec-WebSocket-Extensions: " +
            deflate_offer(deflate_preferences(*compression, options.options.overflow, false)) +
            "\r\n";
  http::HTTPHeaders fields;  // it checks them
  for (const auto& [name, value] : options.headers) {
    if (is_own_field(name))
      throw std::invalid_argument("websocket_connect(): the field " + name +
                                  " belongs to the handshake");
    fields.add(name, value);
  }
  if (!url.credentials.empty() && !fields.contains("Authorization"))
    fields.add("Authorization", "Basic " + crypto::to_base64(url.credentials));
  for (const auto& [name, value] : fields) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  return text + "\r\n";
}

/// What the server agreed to.
struct Agreement {
  http::HTTPHeaders headers;
  std::string subprotocol;
  std::optional<DeflateParameters> deflate;
};

// RFC 6455, 4.1, the last list: all that a client must check.
Agreement read_answer(const std::string& head, const std::string& key,
                      const WebSocketConnectOptions& options) {
  const std::size_t line_end = head.find("\r\n");
  Agreement result;
  int status = 0;
  const auto refuse = [&](const std::string& why) {
    throw WebSocketHandshakeError("websocket_connect(): " + why, status, result.headers);
  };
  try {
    const http::ResponseStartLine line =
        http::parse_response_start_line(std::string_view(head).substr(0, line_end));
    status = line.code;
    result.headers = http::HTTPHeaders::parse(
        std::string_view(head).substr(line_end + 2, head.size() - line_end - 4));
  } catch (const http::HTTPInputError& error) {
    refuse(std::string("what the server answers is no HTTP: ") + error.what());
  }
  const http::HTTPHeaders& headers = result.headers;
  if (status != 101) refuse("the server answers with status " + std::to_string(status));
  if (!http::equals_ignoring_case(headers.get("Upgrade"), "websocket"))
    refuse("the server's Upgrade field is not \"websocket\"");
  const auto connection = parse_tokens(headers.get("Connection"));
  if (!connection || std::none_of(connection->begin(), connection->end(), [](const auto& token) {
        return http::equals_ignoring_case(token, "upgrade");
      }))
    refuse("the server's Connection field is not \"Upgrade\"");
  if (headers.get_list("Sec-WebSocket-Accept") != std::vector<std::string_view>{accept_key(key)})
    refuse("the server's Sec-WebSocket-Accept does not fit the key that was sent");

  result.subprotocol = headers.get("Sec-WebSocket-Protocol");
  const std::vector<std::string>& offered = options.subprotocols;
  if (headers.contains("Sec-WebSocket-Protocol") &&
      std::find(offered.begin(), offered.end(), result.subprotocol) == offered.end())
    refuse("the server chose a subprotocol that was not offered: " + result.subprotocol);
  const std::string extensions = headers.get("Sec-WebSocket-Extensions");
  if (!extensions.empty()) {
    std::string_view why;
    if (!options.options.compression) refuse("the server uses an extension that was not offered");
    result.deflate = read_deflate_answer(
        extensions,
        deflate_preferences(*options.options.compression, options.options.overflow, false), why);
    if (!result.deflate) refuse(std::string(why));
  }
  return result;
}

}  // namespace

class WebSocketClientConnection::Impl final : public detail::ConnectionDelegate {
 public:
  Impl(Agreement agreement, std::function<void(std::optional<Message>)> callback)
      : agreement_(std::move(agreement)), callback_(std::move(callback)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (connection == nullptr) return;
    connection->forget_delegate();
    connection->close(kCloseGoingAway, {});
  }

  bool message_received(MessageType type, std::string_view data) override {
    if (callback_) {
      call(Message{std::string(data), type});
      return true;
    }
    message_ = Message{std::string(data), type};
    changed_.notify_all();
    return false;
  }
  void ping_received(std::string_view) override {}
  void pong_received(std::string_view) override {}
  void messages_dropped(std::size_t, std::string_view) override {}
  void connection_closed() override {
    const std::uint16_t code = connection->close_code();
    if (code != kNoCode && code != kLost) close_code_ = code;
    close_reason_ = connection->close_reason();
    connection = nullptr;
    changed_.notify_all();
    if (callback_) call(std::nullopt);
  }

  Task<std::optional<Message>> read_message() {
    while (!message_ && connection != nullptr) {
      Condition::Wait wait = changed_.wait();
      static_cast<void>(co_await wait);
    }
    if (!message_) co_return std::nullopt;
    std::optional<Message> message = std::move(message_);
    message_.reset();
    if (connection != nullptr) connection->resume();
    co_return message;
  }

  Connection& open_connection(const char* call) const {
    if (connection == nullptr)
      throw WebSocketClosedError(std::string(call) + " after the WebSocket was closed");
    return *connection;
  }

  Connection* connection = nullptr;
  std::optional<std::uint16_t> close_code_;
  std::string close_reason_;
  const Agreement agreement_;

 private:
  void call(std::optional<Message> message) noexcept {
    try {
      callback_(std::move(message));
    } catch (...) {
      app_log.exception("uncaught exception in a WebSocket's on_message_callback");
    }
  }

  std::function<void(std::optional<Message>)> callback_;
  std::optional<Message> message_;  ///< waits for read_message()
  Condition changed_;
};

WebSocketClientConnection::WebSocketClientConnection(std::unique_ptr<Impl> impl) noexcept
    : impl_(std::move(impl)) {}
WebSocketClientConnection::WebSocketClientConnection(WebSocketClientConnection&&) noexcept =
    default;
WebSocketClientConnection& WebSocketClientConnection::operator=(
    WebSocketClientConnection&&) noexcept = default;
WebSocketClientConnection::~WebSocketClientConnection() = default;

Task<std::optional<Message>> WebSocketClientConnection::read_message() {
  return impl_->read_message();
}

Sending WebSocketClientConnection::write_message(std::string_view data, MessageType type) {
  return impl_->open_connection("write_message()").write(type, data);
}

void WebSocketClientConnection::ping(std::string_view data) {
  impl_->open_connection("ping()").ping(data);
}

void WebSocketClientConnection::close(std::uint16_t code, std::string_view reason) {
  if (!is_sendable_close_code(code))
    throw std::invalid_argument("close(): no endpoint may send the code " + std::to_string(code));
  if (impl_->connection != nullptr) impl_->connection->close(code, reason);
}

bool WebSocketClientConnection::is_open() const {
  return impl_->connection != nullptr && impl_->connection->may_write();
}
std::optional<std::uint16_t> WebSocketClientConnection::close_code() const {
  return impl_->close_code_;
}
std::string_view WebSocketClientConnection::close_reason() const {
  return impl_->close_reason_;
}
std::string_view WebSocketClientConnection::selected_subprotocol() const {
  return impl_->agreement_.subprotocol;
}
const http::HTTPHeaders& WebSocketClientConnection::headers() const {
  return impl_->agreement_.headers;
}

namespace {

// RFC 9110, 15.2: such as 103; the real answer follows.
bool is_interim(std::string_view head) {
  return head.starts_with("HTTP/1.1 1") && !head.starts_with("HTTP/1.1 101");
}

// The handshake's two messages.
Task<std::string> exchange(net::IOStream& stream, std::string request) {
  net::WriteTask writing = stream.write(std::move(request));
  co_await writing;
  for (int interim = 0;; ++interim) {
    Task<std::string> reading = stream.read_until("\r\n\r\n", kMaxHead);
    std::string head;
    try {
      head = co_await reading;
    } catch (const net::StreamClosedError& error) {
      if (error.real_error() != net::Error::unsatisfiable_read) throw;
      throw WebSocketHandshakeError(
          "websocket_connect(): the head of the server's answer is longer than 64 KiB", 0, {});
    }
    if (interim == kMaxInterim || !is_interim(head)) co_return head;
  }
}

// RFC 6455, 4.1, 3: a proxy is asked to connect even if TLS is not used.
Task<net::IOStream> connect_through_proxy(const WebSocketURL& url, http::ProxyRoute proxy,
                                          const WebSocketConnectOptions& options,
                                          net::SSLContext tls) {
  class NoProgress final : public http::ConnectProgress {
    void enter(http::FetchPhase) override {}
    void connected(std::string) override {}
  } progress;
  http::ClientRoute route;
  route.host = url.host;
  route.port = url.port;
  route.tls = std::move(tls);
  route.proxy = std::move(proxy);
  route.is_no_http = true;
  std::shared_ptr<net::Resolver> resolver = options.resolver;
  if (resolver == nullptr) resolver = std::make_shared<net::DefaultLoopResolver>();
  try {
    Task<std::unique_ptr<http::ClientConnection>> opening =
        with_timeout(options.connect_timeout, http::open_connection(route, resolver, progress),
                     {.cancel = true});
    const std::unique_ptr<http::ClientConnection> connection = co_await opening;
    co_return std::move(connection->stream);
  } catch (const http::ProxyRefusal& refusal) {
    throw WebSocketHandshakeError(std::string("websocket_connect(): ") + refusal.what(), 0, {});
  }
}

Task<net::IOStream> connect(const WebSocketURL& url, const WebSocketConnectOptions& options) {
  net::SSLContext tls;
  if (url.is_secure) tls = options.ssl_options ? options.ssl_options : net::SSLContext::client();
  if (!options.proxy.empty()) {
    Task<net::IOStream> connecting =
        connect_through_proxy(url, http::parse_proxy(options.proxy), options, std::move(tls));
    co_return co_await connecting;
  }
  net::ConnectOptions how;
  how.timeout = options.connect_timeout;
  how.ssl_options = std::move(tls);
  net::TCPClient client(options.resolver);
  Task<net::IOStream> connecting = client.connect(url.host, url.port, std::as_const(how));
  co_return co_await connecting;
}

}  // namespace

Task<WebSocketClientConnection> websocket_connect(std::string text,
                                                  WebSocketConnectOptions options) {
  const WebSocketURL url = parse_websocket_url(text);
  const std::string key = new_key();
  std::string request = request_text(url, key, options);

  Task<net::IOStream> connection = connect(url, options);
  net::IOStream stream = co_await connection;
  stream.set_nodelay(true);

  Task<std::string> answer =
      with_timeout(options.request_timeout, exchange(stream, std::move(request)), {.cancel = true});
  std::string head;
  try {
    head = co_await answer;
  } catch (const TimeoutError&) {
    throw TimeoutError("websocket_connect(): " + url.host_field +
                       " does not answer within the request_timeout");
  }
  Agreement agreement = read_answer(head, key, options);

  Hub& hub = Hub::current();
  std::unique_ptr<Compression> own_compression;
  Compression* compression = nullptr;
  if (agreement.deflate) {
    own_compression =
        std::make_unique<Compression>(*agreement.deflate, *options.options.compression, false);
    compression = own_compression->is_shared()
                      ? &hub.shared(*agreement.deflate, *options.options.compression, false)
                      : own_compression.release();
  }
  auto impl = std::make_unique<WebSocketClientConnection::Impl>(
      std::move(agreement), std::move(options.on_message_callback));
  net::StreamRest rest;
  net::Transport transport = net::take_transport(std::move(stream), rest);
  impl->connection =
      &Connection::start(*impl, std::move(transport), hub.rules_for(options.options, false),
                         compression, {}, rest.received);
  impl->connection->open();
  co_return WebSocketClientConnection(std::move(impl));
}

}  // namespace bora::websocket
