// The client with servers and proxies of other projects: nginx, httpbin and mockttp; squid,
// tinyproxy and dante, also for its WebSockets. Registered separately, with a label that runs once.
// Those that are not installed are left out.

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/http/async_http_client.h>
#include <bora/http/cookie_jar.h>
#include <bora/http/http_server.h>
#include <bora/net/subprocess.h>
#include <bora/net/tcp_client.h>
#include <bora/testing/catch.h>
#include <bora/testing/certificates.h>
#include <bora/web.h>
#include <bora/websocket.h>

#include "runtime/core/crypto.h"
#include "tests/support/free_port.h"

using namespace bora::http;
using namespace std::chrono_literals;
using bora::Task;
using bora::test::free_port;

namespace {

constexpr const char* kNginx = "/usr/sbin/nginx";

Task<bool> is_up(AsyncHTTPClient client, std::string url) {
  for (int i = 0; i < 500; ++i) {
    try {
      Task<HTTPResponse> fetching = client.fetch(url);
      static_cast<void>(co_await fetching);
      co_return true;
    } catch (const HTTPClientError&) {
    }
    co_await bora::sleep(20ms);
  }
  co_return false;
}

bool is_installed(const char* path) {
  const bool is_there = ::access(path, R_OK) == 0;
  if (!is_there) WARN(std::string(path) + " is not installed");
  return is_there;
}

/// Waits until somebody listens there.
Task<bool> listens(int port) {
  bora::net::TCPClient client;
  for (int i = 0; i < 1000; ++i) {
    try {
      Task<bora::net::IOStream> connecting = client.connect("127.0.0.1", port);
      static_cast<void>(co_await connecting);
      co_return true;
    } catch (const bora::net::ConnectError&) {
    }
    co_await bora::sleep(20ms);
  }
  co_return false;
}

bora::net::Subprocess start(std::vector<std::string> command) {
  bora::net::SubprocessOptions options;
  options.kill_with_object = true;
  return bora::net::Subprocess(std::move(command), options);
}

Task<void> stop(bora::net::Subprocess& process) {
  process.terminate();
  Task<int> ending = process.wait_for_exit(false);
  static_cast<void>(co_await ending);
}

std::string own_name() {
  const passwd* const known = ::getpwuid(::geteuid());
  return known == nullptr ? "root" : known->pw_name;
}

class Hello : public bora::web::RequestHandler {
 public:
  void get() { write("hello"); }
  void post() { write(std::string(request().body())); }
};

class Echo : public bora::websocket::WebSocketHandler {
 public:
  void on_message(std::string_view text) { write_message(text); }
};

/// A server that is reached through proxies, in clear text and over TLS.
struct Origin {
  Origin()
      : app({bora::web::url<Hello>("/hello"), bora::web::url<Echo>("/echo")}),
        plain(app),
        secure(app, tls()) {
    plain.listen(0, "127.0.0.1");
    secure.listen(0, "127.0.0.1");
  }
  ~Origin() {
    for (bora::http::HTTPServer* const server : {&plain, &secure}) {
      server->stop();
      server->close_all_connections();
    }
  }
  bora::http::HTTPServerOptions tls() {
    const auto made = certificates.issue({});
    bora::http::HTTPServerOptions options;
    options.ssl_options =
        bora::net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
    return options;
  }
  [[nodiscard]] std::string at(bool is_secure) const {
    return (is_secure ? "https://localhost:" : "http://localhost:") +
           std::to_string((is_secure ? secure : plain).port()) + "/hello";
  }

  bora::testing::TestCertificates certificates;
  bora::web::Application app;
  bora::http::HTTPServer plain;
  bora::http::HTTPServer secure;
};

AsyncHTTPClient client_by(int proxy_port, const Origin& origin, const std::string& mode) {
  AsyncHTTPClientOptions options;
  options.defaults.ca_certs = origin.certificates.ca_certs();
  options.defaults.proxy_host = "127.0.0.1";
  options.defaults.proxy_port = proxy_port;
  if (mode == "socks5") {
    options.defaults.proxy_scheme = mode;
  } else {
    options.defaults.proxy_auth_mode = mode;
    options.defaults.proxy_username = "Ada";
    options.defaults.proxy_password = "secret";
  }
  options.defaults.raise_error = false;
  return AsyncHTTPClient(options);
}

/// Sends a small GET and a large POST, in clear text and over TLS.
Task<void> ask_by_proxy(AsyncHTTPClient client, const Origin& origin) {
  for (const bool is_secure : {false, true}) {
    for (int i = 0; i < 3; ++i) {
      INFO(origin.at(is_secure));
      HTTPRequest get{.url = origin.at(is_secure)};
      Task<HTTPResponse> getting = client.fetch(get);
      HTTPResponse response = co_await getting;
      CHECK(response.code == 200);
      CHECK(response.body == "hello");
      const std::string text(200'000, static_cast<char>('a' + i));
      // tinyproxy closes its connections without announcing it.
      HTTPRequest post{
          .url = origin.at(is_secure), .method = "POST", .body = text, .retry_safe = true};
      Task<HTTPResponse> posting = client.fetch(post);
      response = co_await posting;
      CHECK(response.code == 200);
      CHECK(response.body == text);
    }
  }
}

/// Opens a WebSocket in clear text and one over TLS, with small and large messages.
Task<void> talk_by_proxy(std::string proxy, const Origin& origin) {
  bora::websocket::WebSocketConnectOptions options;
  options.proxy = std::move(proxy);
  options.ssl_options = bora::net::SSLContext::client({.ca_certs = origin.certificates.ca_certs()});
  for (const bool is_secure : {false, true}) {
    const std::string url = (is_secure ? "wss://localhost:" : "ws://localhost:") +
                            std::to_string((is_secure ? origin.secure : origin.plain).port()) +
                            "/echo";
    INFO(url);
    Task<bora::websocket::WebSocketClientConnection> connecting =
        bora::websocket::websocket_connect(url, options);
    bora::websocket::WebSocketClientConnection socket = co_await connecting;
    for (const std::string& text : {std::string("hello"), std::string(200'000, 'x')}) {
      socket.write_message(text);
      Task<std::optional<bora::websocket::Message>> reading = socket.read_message();
      const std::optional<bora::websocket::Message> answer = co_await reading;
      CHECK((answer && answer->data == text));
    }
    socket.close();
    Task<std::optional<bora::websocket::Message>> ending = socket.read_message();
    const std::optional<bora::websocket::Message> end = co_await ending;
    CHECK_FALSE(end);
    CHECK(socket.close_code() == bora::websocket::kCloseNormal);
  }
}

/// A wrong password is refused in clear text, and gets no tunnel.
Task<void> ask_with_wrong_password(AsyncHTTPClient client, const Origin& origin, int port) {
  HTTPRequest wrong{.url = origin.at(false),
                    .raise_error = false,
                    .proxy_host = "127.0.0.1",
                    .proxy_port = port,
                    .proxy_username = "Ada",
                    .proxy_password = "guess"};
  Task<HTTPResponse> refusing = client.fetch(wrong);
  const HTTPResponse response = co_await refusing;
  CHECK((response.code == 407 || response.code == 401));
  wrong.url = origin.at(true);
  bool is_refused = false;
  try {
    Task<HTTPResponse> tunnelling = client.fetch(wrong);
    static_cast<void>(co_await tunnelling);
  } catch (const HTTPProxyError&) {
    is_refused = true;
  }
  CHECK(is_refused);
}

/// Uses a proxy that wants a password with the right one and a wrong one, and stops it.
Task<void> try_with_passwords(bora::net::Subprocess& proxy, int port, Origin& origin,
                              const char* mode) {
  Task<bool> waiting = listens(port);
  const bool is_running = co_await waiting;
  REQUIRE(is_running);
  AsyncHTTPClient client = client_by(port, origin, mode);
  Task<void> asking = ask_by_proxy(client, origin);
  co_await asking;
  Task<void> refusing = ask_with_wrong_password(client, origin, port);
  co_await refusing;
  if (std::string_view(mode) == "basic") {  // which is what websocket_connect() sends
    Task<void> talking =
        talk_by_proxy("http://Ada:secret@127.0.0.1:" + std::to_string(port), origin);
    co_await talking;
  }
  client.close();
  Task<void> stopping = stop(proxy);
  co_await stopping;
}

}  // namespace

ASYNC_TEST_CASE("peers: squid, by Digest authentication", "[.][peers]") {
  if (!is_installed("/usr/sbin/squid") || !is_installed("/usr/lib/squid/digest_file_auth"))
    co_return;
  Origin origin;
  const std::string& folder = origin.certificates.folder();
  ::chmod(folder.c_str(), 0755);  // squid gives up root's rights
  bora::crypto::Hasher hasher(bora::crypto::Digest::md5);
  hasher.update("Ada:here:secret");
  std::ofstream(folder + "/users") << "Ada:here:" << bora::crypto::to_hex(hasher.finish()) << "\n";
  const int port = free_port();
  std::ofstream(folder + "/squid.conf")
      << "http_port 127.0.0.1:" << port << "\nvisible_hostname localhost\npid_filename none\n"
      << "access_log none\ncache_log /dev/null\ncache_store_log none\ncache deny all\n"
      << "netdb_filename none\nmemory_cache_shared off\nshutdown_lifetime 0 seconds\n"
      << "coredump_dir " << folder << "\nauth_param digest program "
      << "/usr/lib/squid/digest_file_auth -c " << folder << "/users\n"
      << "auth_param digest children 1\nauth_param digest realm here\n"
      << "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n";
  bora::net::Subprocess squid = start({"/usr/sbin/squid", "-N", "-f", folder + "/squid.conf"});
  Task<void> trying = try_with_passwords(squid, port, origin, "digest");
  co_await trying;
}

ASYNC_TEST_CASE("peers: tinyproxy, by Basic authentication", "[.][peers]") {
  if (!is_installed("/usr/bin/tinyproxy")) co_return;
  Origin origin;
  const std::string& folder = origin.certificates.folder();
  const int port = free_port();
  std::ofstream(folder + "/tinyproxy.conf")
      << "Port " << port << "\nListen 127.0.0.1\nTimeout 20\nMaxClients 20\nLogLevel Critical\n"
      << "BasicAuth Ada secret\n";
  bora::net::Subprocess proxy =
      start({"/usr/bin/tinyproxy", "-d", "-c", folder + "/tinyproxy.conf"});
  Task<void> trying = try_with_passwords(proxy, port, origin, "basic");
  co_await trying;
}

ASYNC_TEST_CASE("peers: dante, by SOCKS5", "[.][peers]") {
  if (!is_installed("/usr/sbin/danted")) co_return;
  Origin origin;
  const std::string& folder = origin.certificates.folder();
  const int port = free_port();
  const std::string user = own_name();
  std::ofstream(folder + "/danted.conf")
      << "logoutput: /dev/null\ninternal: 127.0.0.1 port = " << port << "\nexternal: 127.0.0.1\n"
      << "clientmethod: none\nsocksmethod: none\nuser.privileged: " << user
      << "\nuser.unprivileged: " << user << "\n"
      << "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n"
      << "socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 protocol: tcp }\n";
  bora::net::Subprocess proxy = start({"/usr/sbin/danted", "-f", folder + "/danted.conf"});
  Task<bool> waiting = listens(port);
  const bool is_running = co_await waiting;
  REQUIRE(is_running);
  AsyncHTTPClient client = client_by(port, origin, "socks5");
  Task<void> asking = ask_by_proxy(client, origin);
  co_await asking;
  Task<void> talking = talk_by_proxy("socks5://127.0.0.1:" + std::to_string(port), origin);
  co_await talking;
  // It reports what it can't connect to.
  bool is_told = false;
  try {
    Task<HTTPResponse> failing =
        client.fetch("http://127.0.0.1:" + std::to_string(free_port()) + "/");
    static_cast<void>(co_await failing);
  } catch (const HTTPProxyError& error) {
    is_told = error.message().find("does not connect") != std::string::npos;
  }
  CHECK(is_told);
  client.close();
  Task<void> stopping = stop(proxy);
  co_await stopping;
}

ASYNC_TEST_CASE("peers: httpbin", "[.][peers]") {
  if (!is_installed("/usr/lib/python3/dist-packages/httpbin/__init__.py")) co_return;
  const int port = free_port();
  bora::net::Subprocess server = start({"/usr/bin/python3", "-c",
                                        "import logging, sys\nfrom httpbin import app\n"
                                        "logging.getLogger('werkzeug').disabled = True\n"
                                        "app.run('127.0.0.1', int(sys.argv[1]), threaded=True)",
                                        std::to_string(port)});
  Task<bool> waiting = listens(port);
  const bool is_running = co_await waiting;
  REQUIRE(is_running);
  AsyncHTTPClient client(AsyncHTTPClientOptions{});
  const std::string at = "http://127.0.0.1:" + std::to_string(port);
  const auto jar = std::make_shared<CookieJar>();
  struct Case {
    HTTPRequest request;
    int code = 200;
    std::string part{};  // of the body
  };
  std::vector<Case> cases;
  const auto add = [&](const std::string& path, int code, std::string part) -> HTTPRequest& {
    Case one;
    one.request.url = at + path;
    one.request.raise_error = false;
    one.code = code;
    one.part = std::move(part);
    return cases.emplace_back(std::move(one)).request;
  };
  const auto digest = [&](const std::string& path, const std::string& password, int code) {
    HTTPRequest& request = add("/digest-auth/auth/ada/secret" + path, code, "");
    request.auth_username = "ada";
    request.auth_password = password;
    request.auth_mode = "digest";
    request.cookie_jar = std::make_shared<CookieJar>();
  };
  add("/get?a=b", 200, "\"a\":\"b\"");
  add("/gzip", 200, "\"gzipped\":true");
  add("/encoding/utf8", 200, "");
  add("/stream/20", 200, "\"id\":19");
  add("/stream-bytes/100000?chunk_size=1000", 200, "");
  add("/drip?duration=0&numbytes=500", 200, std::string(500, '*'));
  add("/bytes/0", 200, "");
  for (const int code : {204, 304, 400, 418, 500, 503})
    add("/status/" + std::to_string(code), code, "");
  add("/redirect/3", 200, "/get");
  add("/relative-redirect/2", 200, "/get");
  add("/absolute-redirect/2", 200, "/get");
  add("/redirect/9", 302, "");  // beyond max_redirects
  for (const int code : {301, 302, 303, 307, 308}) {
    const bool stays = code >= 307;
    HTTPRequest& moved =
        add("/redirect-to?status_code=" + std::to_string(code) + "&url=%2Fanything", 200,
            stays ? "\"data\":\"what\"" : "\"method\":\"GET\"");
    moved.method = "POST";
    moved.headers.set("Content-Type", "text/plain");
    moved.body = "what";
  }
  add("/basic-auth/ada/secret", 401, "");
  HTTPRequest& basic = add("/basic-auth/ada/secret", 200, "\"authenticated\":true");
  basic.auth_username = "ada";
  basic.auth_password = "secret";
  digest("", "secret", 200);
  digest("/SHA-256", "secret", 200);
  digest("", "guess", 401);
  add("/cookies/set?n=v", 200, "\"n\":\"v\"").cookie_jar = jar;
  add("/cookies", 200, "\"n\":\"v\"").cookie_jar = jar;
  add("/cookies/delete?n=", 200, "\"cookies\":{}").cookie_jar = jar;
  HTTPRequest& put = add("/put", 200, "\"data\":\"" + std::string(300'000, 'p') + "\"");
  put.method = "PUT";
  put.headers.set("Content-Type", "text/plain");
  put.body = std::string(300'000, 'p');
  add("/delete", 200, "\"url\"").method = "DELETE";
  for (const Case& one : cases) {
    INFO(one.request.method << " " << one.request.url);
    Task<HTTPResponse> fetching = client.fetch(one.request);
    const HTTPResponse response = co_await fetching;
    CHECK(response.code == one.code);
    std::string body = response.body;
    std::erase_if(body, [](char c) { return c == ' ' || c == '\n'; });  // JSON, in any layout
    CHECK(body.find(one.part) != std::string::npos);
  }
  HTTPRequest slow{.url = at + "/delay/10", .request_timeout = 100ms};
  bool is_late = false;
  try {
    Task<HTTPResponse> fetching = client.fetch(slow);
    static_cast<void>(co_await fetching);
  } catch (const HTTPTimeoutError&) {
    is_late = true;
  }
  CHECK(is_late);
  client.close();
  Task<void> stopping = stop(server);
  co_await stopping;
}

// mockttp as a server that misbehaves, and as a proxy that opens TLS with its own certificates.
ASYNC_TEST_CASE("peers: mockttp", "[.][peers]") {
  if (!is_installed("tests/browser/node_modules/mockttp/package.json")) co_return;
  bora::testing::TestCertificates certificates;
  const std::string& folder = certificates.folder();
  const int port = free_port();
  bora::net::Subprocess server = start({"/usr/bin/env", "node", "tests/browser/mock_server.mjs",
                                        std::to_string(port), folder + "/authority.pem"});
  Task<bool> waiting = listens(port);
  const bool is_running = co_await waiting;
  REQUIRE(is_running);
  AsyncHTTPClient client(AsyncHTTPClientOptions{});
  const std::string at = "http://127.0.0.1:" + std::to_string(port);
  for (int i = 0; i < 3; ++i) {
    Task<HTTPResponse> fetching = client.fetch(at + "/json");
    const HTTPResponse response = co_await fetching;
    CHECK(response.body == R"({"a":1})");
  }
  for (const char* const path : {"/close", "/reset"}) {
    INFO(path);
    bool is_told = false;
    try {
      Task<HTTPResponse> fetching = client.fetch(at + path);
      static_cast<void>(co_await fetching);
    } catch (const HTTPStreamClosedError&) {
      is_told = true;
    }
    CHECK(is_told);
  }
  HTTPRequest silent{.url = at + "/silent", .first_byte_timeout = 100ms};
  bool is_late = false;
  try {
    Task<HTTPResponse> fetching = client.fetch(silent);
    static_cast<void>(co_await fetching);
  } catch (const HTTPTimeoutError& error) {
    is_late = error.place().phase == FetchPhase::first_byte;
  }
  CHECK(is_late);
  for (const std::string origin : {"http://mock.example", "https://mock.example"}) {
    INFO(origin);
    HTTPRequest request{.url = origin + "/json", .proxy_host = "127.0.0.1", .proxy_port = port};
    request.ca_certs = folder + "/authority.pem";
    Task<HTTPResponse> fetching = client.fetch(request);
    const HTTPResponse response = co_await fetching;
    CHECK(response.body == R"({"a":1})");
  }
  client.close();
  Task<void> stopping = stop(server);
  co_await stopping;
}

ASYNC_TEST_CASE("peers: nginx", "[.][peers]") {
  if (::access(kNginx, X_OK) != 0) {
    WARN("nginx is not installed");
    co_return;
  }
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  const std::string& folder = certificates.folder();
  const std::string plain = std::to_string(free_port());
  const std::string secure = std::to_string(free_port());
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + "\n";
  std::ofstream(folder + "/large.txt") << text;
  std::ofstream(folder + "/small.txt") << "small";
  std::ofstream(folder + "/nginx.conf")
      << (::geteuid() == 0 ? "user root; " : "") << "daemon off; worker_processes 1; pid " << folder
      << "/nginx.pid; error_log stderr;\n"
      << "events {}\nhttp { access_log off; keepalive_requests 5; keepalive_timeout 10 10;\n"
      << "client_body_temp_path " << folder << "/a; proxy_temp_path " << folder
      << "/b; fastcgi_temp_path " << folder << "/c; uwsgi_temp_path " << folder
      << "/d; scgi_temp_path " << folder << "/e;\n"
      << "gzip on; gzip_types *; gzip_min_length 1; types { text/plain txt; }\n"
      << "server { listen 127.0.0.1:" << plain << "; listen 127.0.0.1:" << secure << " ssl;\n"
      << "ssl_certificate " << made.certfile << "; ssl_certificate_key " << made.keyfile << ";\n"
      << "root " << folder << "; client_max_body_size 10;\n"
      << "location = /moved { return 301 /small.txt; } location = /empty { return 204; }\n"
      << "location = /put { proxy_pass http://127.0.0.1:" << plain << "/small.txt; }\n"
      << "location = /gone { return 444; } } }\n";
  bora::net::SubprocessOptions process;
  process.kill_with_object = true;
  bora::net::Subprocess nginx({kNginx, "-p", folder, "-c", folder + "/nginx.conf"}, process);
  AsyncHTTPClientOptions options;
  options.defaults.ca_certs = certificates.ca_certs();
  AsyncHTTPClient client(options);
  const std::string at = "http://127.0.0.1:" + plain;
  Task<bool> waiting = is_up(client, at + "/small.txt");
  const bool is_running = co_await waiting;
  REQUIRE(is_running);

  for (const std::string& origin : {at, "https://localhost:" + secure}) {
    INFO(origin);
    for (int i = 0; i < 12; ++i) {  // beyond keepalive_requests
      Task<HTTPResponse> fetching = client.fetch(origin + "/large.txt");
      const HTTPResponse response = co_await fetching;
      CHECK(response.body == text);
      CHECK(response.headers.get("X-Consumed-Content-Encoding") == "gzip");
    }
    HTTPRequest moved{.url = origin + "/moved"};
    Task<HTTPResponse> moving = client.fetch(moved);
    HTTPResponse response = co_await moving;
    CHECK(response.body == "small");
    CHECK(response.effective_url == origin + "/small.txt");
    Task<HTTPResponse> empty = client.fetch(origin + "/empty");
    response = co_await empty;
    CHECK(response.code == 204);
    HTTPRequest head{.url = origin + "/large.txt", .method = "HEAD"};
    Task<HTTPResponse> asking = client.fetch(head);
    response = co_await asking;
    CHECK(response.body.empty());
    HTTPRequest upload{.url = origin + "/put",
                       .method = "POST",
                       .body = std::string(3'000'000, 'x'),
                       .raise_error = false};
    Task<HTTPResponse> refusing = client.fetch(upload);
    response = co_await refusing;
    CHECK(response.code == 413);
    bool is_told = false;
    try {
      Task<HTTPResponse> hanging_up = client.fetch(origin + "/gone");
      static_cast<void>(co_await hanging_up);
    } catch (const HTTPStreamClosedError&) {
      is_told = true;
    }
    CHECK(is_told);
  }
  CHECK(client.statistics().connections_reused > 10);
  nginx.terminate();
  Task<int> ending = nginx.wait_for_exit(false);
  static_cast<void>(co_await ending);
}
