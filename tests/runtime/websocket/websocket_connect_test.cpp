#include <bora/websocket/websocket_connect.h>

#include <optional>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/net/tcp_server.h>
#include <bora/testing/catch.h>
#include <bora/testing/certificates.h>
#include <bora/testing/http_test.h>
#include <bora/web/application.h>
#include <bora/web/url_spec.h>
#include <bora/websocket/websocket_handler.h>

#include "runtime/websocket/handshake.h"
#include "runtime/websocket/websocket_url.h"
#include "tests/runtime/websocket/raw_client.h"
#include "tests/support/catch.h"

using namespace bora::websocket;
using bora::IOLoop;
using bora::Task;
using bora::testing::HTTPTest;
using bora::web::Application;
using bora::web::url;

namespace {

class Echo : public WebSocketHandler {
 public:
  WebSocketOptions websocket_options() override {
    WebSocketOptions options;
    options.compression =
        CompressionOptions{.server_context_takeover = true, .client_context_takeover = true};
    return options;
  }
  std::optional<std::string> select_subprotocol(const std::vector<std::string>& offered) override {
    if (offered.empty()) return std::nullopt;
    return offered.back();
  }
  bora::Task<void> on_message(Message message) {
    if (message.data == "close") {
      close(4001, "as you wish");
    } else if (message.data == "headers") {
      co_await write_message(header_);
    } else {
      co_await write_message(message);
    }
  }
  void open() {
    header_ = request().headers().get("X-Test") + request().headers().get("Authorization");
  }

 private:
  std::string header_;
};

class Plain : public bora::web::RequestHandler {
 public:
  void get() { write("no WebSocket"); }
};

class Flood : public WebSocketHandler {
 public:
  void open() { IOLoop::current().spawn(send()); }
  Task<void> send() {
    try {
      for (sent = 0; sent < 10000; ++sent) {
        Sending sending = write_message(std::string(10'000, 'x'));
        co_await sending;
      }
    } catch (const WebSocketClosedError&) {  // the client has left
    }
  }
  static int sent;
};
int Flood::sent = 0;

class Server {
 public:
  explicit Server(bora::http::HTTPServerOptions options = {})
      : app({url<Echo>("/echo"), url<Plain>("/plain"), url<Flood>("/flood")}),
        test(app, std::move(options)) {}
  [[nodiscard]] std::string ws(const std::string& path) const {
    return "ws://127.0.0.1:" + std::to_string(test.port()) + path;
  }
  Application app;
  HTTPTest test;
};

// g++ 12 wants every awaited Task in a variable.
Task<std::string> ask(WebSocketClientConnection& socket, std::string text) {
  socket.write_message(text);
  Task<std::optional<Message>> reading = socket.read_message();
  const std::optional<Message> answer = co_await reading;
  co_return answer ? answer->data : "(closed)";
}

Task<std::string> failure_of(std::string url, WebSocketConnectOptions options = {}) {
  std::string what = "(none)";
  try {
    Task<WebSocketClientConnection> connecting =
        websocket_connect(std::move(url), std::move(options));
    WebSocketClientConnection socket = co_await connecting;
  } catch (const std::exception& error) {
    what = error.what();
  }
  co_return what;
}

}  // namespace

TEST_CASE("websocket_connect: messages go and come", "[websocket]") {
  Server server;
  for (const bool is_compressed : {false, true}) {
    for (const bool keeps_context : {false, true}) {
      WebSocketConnectOptions options;
      if (is_compressed)
        options.options.compression = CompressionOptions{.server_context_takeover = keeps_context,
                                                         .client_context_takeover = keeps_context};
      const auto talk = [&]() -> Task<void> {
        Task<WebSocketClientConnection> connecting = websocket_connect(server.ws("/echo"), options);
        WebSocketClientConnection socket = co_await connecting;
        for (const std::size_t size : {0, 1, 125, 126, 1000, 1000, 65536, 300'000}) {
          Task<std::string> asking = ask(socket, std::string(size, 'a'));
          const std::string answer = co_await asking;
          CHECK(answer == std::string(size, 'a'));
        }
        socket.close();
        Task<std::optional<Message>> reading = socket.read_message();
        const std::optional<Message> end = co_await reading;
        CHECK_FALSE(end);
        CHECK(socket.close_code() == 1000);
      };
      IOLoop::current().run_sync(talk);
    }
  }
}

TEST_CASE("websocket_connect: fields, subprotocols, credentials, the server's close",
          "[websocket]") {
  Server server;
  const auto talk = [&]() -> Task<void> {
    WebSocketConnectOptions options;
    options.headers = {{"X-Test", "yes "}};
    options.subprotocols = {"a", "b"};
    const std::string url =
        "ws://me:secret@127.0.0.1:" + std::to_string(server.test.port()) + "/echo";
    Task<WebSocketClientConnection> connecting = websocket_connect(url, options);
    WebSocketClientConnection socket = co_await connecting;
    CHECK(socket.selected_subprotocol() == "b");
    CHECK(socket.headers().get("Server").starts_with("Bora/"));
    Task<std::string> asking = ask(socket, "headers");
    const std::string fields = co_await asking;
    CHECK(fields == "yesBasic bWU6c2VjcmV0");
    Task<std::string> closing = ask(socket, "close");
    const std::string end = co_await closing;
    CHECK(end == "(closed)");
    CHECK(socket.close_code() == 4001);
    CHECK(socket.close_reason() == "as you wish");
    CHECK_FALSE(socket.is_open());
    CHECK_THROWS_AS(socket.write_message("x"), WebSocketClosedError);
    CHECK_THROWS_AS(socket.ping(), WebSocketClosedError);
    socket.close();
  };
  IOLoop::current().run_sync(talk);
}

TEST_CASE("websocket_connect: over TLS", "[websocket]") {
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  bora::http::HTTPServerOptions options;
  options.ssl_options =
      bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  Server server(options);
  const auto talk = [&]() -> Task<void> {
    WebSocketConnectOptions trusting;
    trusting.ssl_options = bora::net::SSLContext::client({.ca_certs = certificates.ca_certs()});
    const std::string url = "wss://localhost:" + std::to_string(server.test.port()) + "/echo";
    Task<WebSocketClientConnection> connecting = websocket_connect(url, trusting);
    WebSocketClientConnection socket = co_await connecting;
    Task<std::string> asking = ask(socket, std::string(200'000, 't'));
    const std::string answer = co_await asking;
    CHECK(answer == std::string(200'000, 't'));
  };
  IOLoop::current().run_sync(talk);
}

TEST_CASE("websocket_connect: a callback gets the messages, and the end", "[websocket]") {
  Server server;
  std::vector<std::string> log;
  const auto talk = [&]() -> Task<void> {
    WebSocketConnectOptions options;
    options.on_message_callback = [&](std::optional<Message> message) {
      log.push_back(message ? message->data : "(end)");
    };
    Task<WebSocketClientConnection> connecting = websocket_connect(server.ws("/echo"), options);
    WebSocketClientConnection socket = co_await connecting;
    socket.write_message("one");
    socket.write_message("two");
    socket.write_message("close");
    while (log.size() < 3) co_await bora::moment;
  };
  IOLoop::current().run_sync(talk);
  CHECK(log == std::vector<std::string>{"one", "two", "(end)"});
}

TEST_CASE("websocket_connect: a client that does not read slows the server down", "[websocket]") {
  Server server;
  const auto talk = [&]() -> Task<void> {
    Task<WebSocketClientConnection> connecting = websocket_connect(server.ws("/flood"));
    WebSocketClientConnection socket = co_await connecting;
    for (int i = 0; i < 2000; ++i) co_await bora::moment;
    CHECK(Flood::sent < 5000);
    const int before = Flood::sent;
    for (int i = 0; i < 3000; ++i) {
      Task<std::optional<Message>> reading = socket.read_message();
      const std::optional<Message> message = co_await reading;
      REQUIRE(message);
    }
    CHECK(Flood::sent > before);
  };
  IOLoop::current().run_sync(talk);
}

TEST_CASE("websocket_connect: what the server answers instead", "[websocket]") {
  Server server;
  const auto what = [&](const std::string& url) {
    return IOLoop::current().run_sync([&] { return failure_of(url); });
  };
  CHECK(what(server.ws("/plain")) == "websocket_connect(): the server answers with status 200");
  CHECK(what(server.ws("/nowhere")) == "websocket_connect(): the server answers with status 404");
  CHECK(what("ws://127.0.0.1:1/").find("127.0.0.1") != std::string::npos);
}

TEST_CASE("websocket_connect: answers that break the rules", "[websocket]") {
  class Liar : public bora::net::TCPServer {
   public:
    Task<void> handle_stream(bora::net::IOStream stream, bora::net::Address) override {
      Task<std::string> reading = stream.read_until("\r\n\r\n");
      const std::string request = co_await reading;
      const std::size_t at = request.find("Sec-WebSocket-Key: ") + 19;
      std::string text = answer;
      const std::size_t accept = text.find("ACCEPT");
      if (accept != std::string::npos) text.replace(accept, 6, accept_key(request.substr(at, 24)));
      bora::net::WriteTask writing = stream.write(text);
      co_await writing;
    }
    std::string answer;
  };
  Liar server;
  server.listen(0, "127.0.0.1");
  const std::string start = "HTTP/1.1 101 Switching Protocols\r\n";
  const std::string good =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n";
  const auto what = [&](const std::string& answer) {
    server.answer = answer + "\r\n";
    return IOLoop::current().run_sync(
        [&] { return failure_of("ws://127.0.0.1:" + std::to_string(server.port()) + "/"); });
  };
  CHECK(what(start + good) == "(none)");
  CHECK(what(start + "Connection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n")
            .find("Upgrade field") != std::string::npos);
  CHECK(what(start + "Upgrade: websocket\r\nSec-WebSocket-Accept: ACCEPT\r\n")
            .find("Connection field") != std::string::npos);
  CHECK(what(start + "Upgrade: websocket\r\nConnection: Upgrade\r\n").find("Accept") !=
        std::string::npos);
  CHECK(what(start + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n")
            .find("Accept") != std::string::npos);
  CHECK(what(start + good + "Sec-WebSocket-Protocol: a\r\n").find("not offered") !=
        std::string::npos);
  CHECK(
      what(start + good + "Sec-WebSocket-Extensions: permessage-deflate\r\n").find("not offered") !=
      std::string::npos);
  CHECK(what("HTTP/1.1 302 Found\r\nLocation: /\r\n").find("status 302") != std::string::npos);
  CHECK(what("nonsense\r\n").find("no HTTP") != std::string::npos);
  // Interim answers are skipped, but not for ever; a head has a limit.
  const std::string hint = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  CHECK(what(hint + hint + start + good) == "(none)");
  std::string hints;
  for (int i = 0; i < 11; ++i) hints += hint;
  CHECK(what(hints + start + good).find("status 103") != std::string::npos);
  CHECK(what(start + good + "X: " + std::string(70'000, 'x') + "\r\n") ==
        "websocket_connect(): the head of the server's answer is longer than 64 KiB");
  server.stop();
}

TEST_CASE("websocket_connect: a server that does not answer", "[websocket]") {
  class Silent : public bora::net::TCPServer {
   public:
    Task<void> handle_stream(bora::net::IOStream stream, bora::net::Address) override {
      Task<std::string> reading = stream.read_until_close();
      static_cast<void>(co_await reading);
    }
  };
  Silent server;
  server.listen(0, "127.0.0.1");
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  WebSocketConnectOptions options;
  options.request_timeout = std::chrono::milliseconds(20);
  const auto connect = [&] { return failure_of("ws://" + host + "/", options); };
  CHECK(IOLoop::current().run_sync(connect) ==
        "websocket_connect(): " + host + " does not answer within the request_timeout");
  server.stop();
}

TEST_CASE("websocket_connect: a proxy connects, or refuses", "[websocket]") {
  // This proxy connects to nobody, and answers itself.
  class Proxy : public bora::net::TCPServer {
   public:
    Task<void> handle_stream(bora::net::IOStream stream, bora::net::Address) override {
      Task<std::string> reading = stream.read_until("\r\n\r\n");
      asked = co_await reading;
      bora::net::WriteTask writing = stream.write("HTTP/1.1 " + answer + "\r\n\r\n");
      co_await writing;
      if (answer != "200 OK") co_return;
      Task<std::string> waiting = stream.read_until("\r\n\r\n");
      const std::string request = co_await waiting;
      const std::size_t at = request.find("Sec-WebSocket-Key: ") + 19;
      bora::net::WriteTask agreeing = stream.write(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
          accept_key(request.substr(at, 24)) + "\r\n\r\n");
      co_await agreeing;
    }
    std::string answer;
    std::string asked;
  };
  Proxy proxy;
  proxy.listen(0, "127.0.0.1");
  WebSocketConnectOptions options;
  options.proxy = "http://me:secret@127.0.0.1:" + std::to_string(proxy.port());
  const auto what = [&](const std::string& answer) {
    proxy.answer = answer;
    return IOLoop::current().run_sync([&] { return failure_of("ws://example.test/x", options); });
  };
  CHECK(what("200 OK") == "(none)");
  CHECK(proxy.asked ==
        "CONNECT example.test:80 HTTP/1.1\r\nHost: example.test:80\r\n"
        "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n");
  CHECK(what("403 No").find("the proxy answers CONNECT with 403") != std::string::npos);
  options.proxy = "ftp://nowhere";
  CHECK(what("").find("a proxy is") != std::string::npos);
  proxy.stop();
}

TEST_CASE("websocket_connect: a SOCKS5 proxy connects, or refuses", "[websocket]") {
  // RFC 1928 and 1929. It connects to this host, whatever it is asked for, and passes bytes on.
  class Proxy : public bora::net::TCPServer {
   public:
    Task<void> handle_stream(bora::net::IOStream stream, bora::net::Address) override {
      Task<std::string> greeting = stream.read_bytes(2);
      const std::string hello = co_await greeting;
      Task<std::string> offering = stream.read_bytes(static_cast<std::size_t>(hello[1]));
      asked = hello + co_await offering;
      bora::net::WriteTask choosing = stream.write(std::string("\x05") + method);
      co_await choosing;
      if (method == '\xff') co_return;
      if (method == '\x02') {
        Task<std::string> login = stream.read_bytes(1 + 1 + 2 + 1 + 6);
        asked += co_await login;
        bora::net::WriteTask judging = stream.write(std::string("\x01") + verdict);
        co_await judging;
        if (verdict != '\0') co_return;
      }
      Task<std::string> asking = stream.read_bytes(4 + 1 + 9 + 2);
      const std::string request = co_await asking;
      asked += request;
      std::string answer("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10);
      answer[1] = refusal;
      bora::net::WriteTask answering = stream.write(std::move(answer));
      co_await answering;
      if (refusal != '\0') co_return;
      bora::net::IOStream target(bora::net::AddressFamily::ipv4);
      const int port =
          static_cast<unsigned char>(request[14]) << 8 | static_cast<unsigned char>(request[15]);
      Task<void> connecting = target.connect(*bora::net::Address::from_ip("127.0.0.1", port));
      co_await connecting;
      auto both = bora::multi(pass(stream, target), pass(target, stream));
      static_cast<void>(co_await both);
    }
    static Task<void> pass(bora::net::IOStream& from, bora::net::IOStream& to) {
      try {
        for (;;) {
          Task<std::string> reading = from.read_bytes(65536, true);
          std::string bytes = co_await reading;
          bora::net::WriteTask writing = to.write(std::move(bytes));
          co_await writing;
        }
      } catch (const bora::net::StreamClosedError&) {
        to.close();
      }
    }
    char method = '\0';
    char verdict = '\0';
    char refusal = '\0';
    std::string asked;
  };
  Proxy proxy;
  proxy.listen(0, "127.0.0.1");
  const std::string at = "127.0.0.1:" + std::to_string(proxy.port());
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  bora::http::HTTPServerOptions tls;
  tls.ssl_options =
      bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  const Server plain;
  const Server secure(tls);
  const auto echo_at = [](const char* scheme, const Server& server) {
    return std::string(scheme) + "localhost:" + std::to_string(server.test.port()) + "/echo";
  };
  const std::string request("\x05\x01\x00\x03\x09localhost", 14);
  const auto port = [](const Server& server) {
    const int number = server.test.port();
    return std::string{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  };
  WebSocketConnectOptions options;
  options.ssl_options = bora::net::SSLContext::client({.ca_certs = certificates.ca_certs()});
  const auto talk = [&](std::string where) -> Task<void> {
    Task<WebSocketClientConnection> connecting = websocket_connect(std::move(where), options);
    WebSocketClientConnection socket = co_await connecting;
    for (const std::string& text : {std::string("hello"), std::string(300'000, 'x')}) {
      Task<std::string> asking = ask(socket, text);
      const std::string answer = co_await asking;
      CHECK(answer == text);
    }
    Task<std::string> closing = ask(socket, "close");
    const std::string answer = co_await closing;
    CHECK(answer == "(closed)");
    CHECK(socket.close_code() == 4001);
    CHECK(socket.close_reason() == "as you wish");
  };
  const auto what = [&] {
    return IOLoop::current().run_sync([&] { return failure_of(echo_at("ws://", plain), options); });
  };

  options.proxy = "socks5://" + at;
  IOLoop::current().run_sync([&] { return talk(echo_at("ws://", plain)); });
  CHECK(proxy.asked == std::string("\x05\x01\x00", 3) + request + port(plain));
  IOLoop::current().run_sync([&] { return talk(echo_at("wss://", secure)); });
  CHECK(proxy.asked == std::string("\x05\x01\x00", 3) + request + port(secure));

  proxy.refusal = '\x05';
  CHECK(what() == "websocket_connect(): the SOCKS5 proxy does not connect: connection refused");
  proxy.method = '\xff';
  CHECK(what().find("wants a way to log in that is not known") != std::string::npos);

  options.proxy = "socks5://me:secret@" + at;
  proxy.method = '\x02';
  proxy.refusal = '\0';
  IOLoop::current().run_sync([&] { return talk(echo_at("ws://", plain)); });
  CHECK(proxy.asked ==
        std::string("\x05\x02\x00\x02\x01\x02me\x06secret", 15) + request + port(plain));
  proxy.verdict = '\x01';
  CHECK(what() == "websocket_connect(): the SOCKS5 proxy refuses user and password");
  proxy.stop();
}

TEST_CASE("websocket_connect: URLs", "[websocket]") {
  const WebSocketURL plain = parse_websocket_url("ws://example.com");
  CHECK(plain.host == "example.com");
  CHECK(plain.port == 80);
  CHECK(plain.host_field == "example.com");
  CHECK(plain.target == "/");
  const WebSocketURL full = parse_websocket_url("WSS://me:p%40ss@[::1]:8443/live?room=1");
  CHECK(full.is_secure);
  CHECK(full.host == "::1");
  CHECK(full.port == 8443);
  CHECK(full.host_field == "[::1]:8443");
  CHECK(full.target == "/live?room=1");
  CHECK(full.credentials == "me:p@ss");
  CHECK(parse_websocket_url("wss://a:443?x").target == "/?x");
  CHECK(parse_websocket_url("wss://a:443").host_field == "a");
  for (const char* wrong :
       {"example.com", "ftp://a", "ws://", "ws:///x", "ws://a:0", "ws://a:65536", "ws://a:x",
        "ws://a#b", "ws://a b", "ws://a/\r\nX: y", "ws://[::1", "ws://a<b", "ws://[::1]x"})
    CHECK_THROWS_AS(parse_websocket_url(wrong), std::invalid_argument);
}
