#include <bora/testing/http_test.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include <bora/core/escape.h>
#include <bora/core/io_loop.h>
#include <bora/http/http_server.h>
#include <bora/net/netutil.h>
#include <bora/net/ssl_context.h>

#include "runtime/http/response_parser.h"
#include "runtime/net/transport.h"
#include "runtime/text/characters.h"

namespace bora::testing {
namespace {

using Clock = std::chrono::steady_clock;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr int kMaxRedirects = 10;
constexpr std::chrono::seconds kHandlerPatience{10};

net::FileDescriptor connect_to(int port) {
  net::FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // This waits only for the kernel, which accepts the connection before the server does.
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  if (!client || ::connect(client.get(), where, sizeof address) != 0) {
    throw FetchError(std::string("connecting to the test's server: ") + std::strerror(errno));
  }
  ::fcntl(client.get(), F_SETFL, ::fcntl(client.get(), F_GETFL) | O_NONBLOCK);
  return client;
}

bool names(const Fields& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
    return http::equals_ignoring_case(field.first, name);
  });
}

/// A name or file name in quotes, as browsers write it (HTML, 4.10.21.8).
std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') {
      result += "%22";
    } else if (c == '\r') {
      result += "%0D";
    } else if (c == '\n') {
      result += "%0A";
    } else {
      result += c;
    }
  }
  return result + '"';
}

constexpr char kBoundary[] = "bora-test-3f1c9a5e7d2b";

std::string multipart(const FetchOptions& options) {
  std::string body;
  const auto begin = [&](std::string_view name) {
    body += std::string("--") + kBoundary +
            "\r\nContent-Disposition: form-data; name=" + in_quotes(name);
  };
  for (const auto& [name, value] : options.form) {
    begin(name);
    body += "\r\n\r\n" + value + "\r\n";
  }
  for (const Upload& file : options.files) {
    begin(file.field);
    body += "; filename=" + in_quotes(file.filename) + "\r\nContent-Type: " + file.content_type +
            "\r\n\r\n" + file.body + "\r\n";
  }
  return body + "--" + kBoundary + "--\r\n";
}

/// Makes a body of the form, the files or the JSON, so that only the body is left to be sent.
FetchOptions with_body(FetchOptions options) {
  const bool is_form = !options.form.empty() || !options.files.empty();
  const bool is_json = !options.json.text().empty();
  if (options.method.empty()) options.method = is_form || is_json ? "POST" : "GET";
  std::string type;
  if (!options.files.empty()) {
    type = std::string("multipart/form-data; boundary=") + kBoundary;
    options.body = multipart(options);
  } else if (is_form) {
    type = "application/x-www-form-urlencoded";
    options.body.clear();
    for (const auto& [name, value] : options.form) {
      if (!options.body.empty()) options.body += '&';
      options.body += url_escape(name) + '=' + url_escape(value);
    }
  } else if (is_json) {
    type = "application/json";
    options.body = options.json.text();
  }
  if (!type.empty() && !names(options.headers, "Content-Type")) {
    options.headers.emplace_back("Content-Type", type);
  }
  return options;
}

bool has_body(const FetchOptions& options) {
  return !options.body.empty() || options.method == "POST" || options.method == "PUT" ||
         options.method == "PATCH";
}

/// The client's end of a connection, in clear text or TLS.
class Client {
 public:
  enum class Outcome { done, waits, ended, broken };

  /// @param tls  Empty for clear text.
  Client(int port, const net::SSLContext& tls) : transport_(connect_to(port)) {
    if (tls) transport_.begin_tls(tls, "127.0.0.1", "\x08http/1.1");
  }

  /// @param bytes  The bytes that could be sent are removed from it.
  Outcome send(std::string& bytes) {
    const net::Transport::Result result = transport_.send(bytes);
    bytes.erase(0, result.bytes);
    return outcome_of(result);
  }

  /// @param count  Set to the number of bytes that arrived, whatever the outcome is.
  Outcome receive(std::span<char> room, std::size_t& count) {
    const net::Transport::Result result = transport_.receive(room.data(), room.size(), true);
    count = result.bytes;
    return outcome_of(result);
  }

  /// Why it is broken.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  Outcome outcome_of(const net::Transport::Result& result) {
    switch (result.state) {
      case net::Transport::State::done:
        return Outcome::done;
      case net::Transport::State::would_block:
        return Outcome::waits;
      case net::Transport::State::ended:
        return Outcome::ended;
      default:
        break;
    }
    failure_ = transport_.tls() != nullptr ? transport_.tls()->failure().text
                                           : std::strerror(result.error);
    return Outcome::broken;
  }

  net::Transport transport_;
  std::string failure_;
};

/// One request and its answer.
class Exchange {
 public:
  Exchange(int port, const net::SSLContext& tls, std::string request, bool is_head)
      : client_(port, tls),
        unsent_(std::move(request)),
        parser_(is_head ? http::ResponseParser::For::head : http::ResponseParser::For::request) {}

  /// Runs the loop until the answer is complete.
  /// @returns  What went wrong; empty if nothing did.
  std::string run(Clock::time_point deadline) {
    IOLoop& loop = IOLoop::current();
    while (true) {
      send_some();
      std::string problem = receive_some();
      if (!problem.empty() || parser_.is_complete()) return problem;
      if (Clock::now() >= deadline) {
        return parser_.has_started() ? "the answer did not end in time" : "no answer in time";
      }
      loop.run_once(std::chrono::milliseconds(5));
    }
  }

  Response take() { return std::move(response_); }

 private:
  void send_some() {
    while (!unsent_.empty()) {
      const Client::Outcome outcome = client_.send(unsent_);
      if (outcome == Client::Outcome::done) continue;
      // A server that refuses a request may close before it has read all of it.
      if (outcome != Client::Outcome::waits) unsent_.clear();
      return;
    }
  }

  std::string receive_some() {
    char bytes[16 * 1024];
    while (!parser_.is_complete()) {
      std::size_t count = 0;
      const Client::Outcome outcome = client_.receive(bytes, count);
      if (!take({bytes, count})) return "the answer is no HTTP: " + fault();
      if (parser_.is_complete() || outcome == Client::Outcome::waits) return {};
      if (outcome == Client::Outcome::broken) {
        return "the connection broke: " + client_.failure();
      }
      if (outcome == Client::Outcome::ended) return end_of_stream();
    }
    return {};
  }

  /// Returns false if it is not HTTP.
  bool take(std::string_view bytes) {
    using Step = http::ResponseParser::Step;
    while (!bytes.empty() && !parser_.is_complete()) {
      std::size_t taken = 0;
      const Step step = parser_.feed(bytes, taken);
      if (step == Step::failed) return false;
      bytes.remove_prefix(taken);
      if (step == Step::data) response_.body.append(parser_.data());
      if (step != Step::head) continue;
      response_.status = parser_.head().code;
      response_.reason = parser_.head().reason;
      response_.headers = parser_.head().headers;
    }
    return true;
  }

  [[nodiscard]] std::string fault() const { return std::string(describe(parser_.fault())); }

  std::string end_of_stream() {
    if (parser_.finish() == http::ResponseParser::Step::complete) return {};
    return parser_.has_started() ? "the server closed the connection within the answer"
                                 : "the server closed the connection without an answer";
  }

  Client client_;
  std::string unsent_;
  http::ResponseParser parser_;
  Response response_;
};

/// Returns where `location`, from the answer to `target`, leads; `origin` is like
/// "http://127.0.0.1:PORT".
std::string resolve(std::string_view location, std::string_view target, std::string_view origin) {
  location = location.substr(0, location.find('#'));
  if (location.starts_with(origin)) location.remove_prefix(origin.size());
  if (location.find("://") != std::string_view::npos || location.starts_with("//")) {
    throw FetchError("a redirect leads away from the test's server: " + std::string(location));
  }
  if (location.starts_with('/')) return std::string(location);
  std::string_view path = target.substr(0, target.find('?'));
  if (location.empty() || location.starts_with('?'))
    return std::string(path) + std::string(location);
  path = path.substr(0, path.rfind('/') + 1);
  while (true) {  // RFC 3986, 5.2.4
    if (location.starts_with("../")) {
      location.remove_prefix(3);
      if (path.size() > 1) path = path.substr(0, path.rfind('/', path.size() - 2) + 1);
    } else if (location.starts_with("./")) {
      location.remove_prefix(2);
    } else {
      return std::string(path) + std::string(location);
    }
  }
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Changes `options` to what a browser asks after the answer `status`.
void follow(int status, FetchOptions& options) {
  const bool keeps_method = status == 307 || status == 308;
  if (keeps_method || options.method == "GET" || options.method == "HEAD") return;
  options.method = "GET";
  options.body.clear();
  std::erase_if(options.headers, [](const auto& field) {
    return http::equals_ignoring_case(field.first, "Content-Type") ||
           http::equals_ignoring_case(field.first, "Content-Length");
  });
}

}  // namespace

class HTTPTest::Impl {
 public:
  Impl(http::HTTPServerConnectionDelegate& app, const http::HTTPServerOptions& options)
      : delegate_(app), app_(dynamic_cast<web::Application*>(&app)), server_(app, options) {
    if (options.ssl_options) {
      tls_ = net::SSLContext::client({.cert_reqs = net::CertReqs::cert_none});
    }
    IOLoop::current().set_slow_callback_limit({});
    server_.listen(0, "127.0.0.1");
  }

  ~Impl() {
    server_.stop();
    server_.close_all_connections();
    // Handlers that still wait may need what the test is about to destroy.
    const auto deadline = Clock::now() + kHandlerPatience;
    if (app_ != nullptr) {
      while (app_->running_requests() > 0 && Clock::now() < deadline) {
        IOLoop::current().run_once(std::chrono::milliseconds(5));
      }
      return;
    }
    Task<void> drain = delegate_.drain();
    bool is_done = drain.start([](void* done) { *static_cast<bool*>(done) = true; }, &is_done);
    while (!is_done && Clock::now() < deadline) {
      IOLoop::current().run_once(std::chrono::milliseconds(5));
    }
  }

  Response fetch(const std::string& target, const FetchOptions& options) {
    Exchange exchange(server_.port(), tls_, compose(target, options), options.method == "HEAD");
    const std::string problem = exchange.run(Clock::now() + options.timeout);
    if (!problem.empty()) throw FetchError(options.method + " " + target + ": " + problem);
    Response response = exchange.take();
    for (const std::string_view cookie : response.headers.get_list("Set-Cookie")) keep(cookie);
    return response;
  }

  [[nodiscard]] int port() const { return server_.port(); }
  [[nodiscard]] std::string origin() const {
    return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
  }

  void set_cookie(std::string_view name, std::string_view value) {
    keep(std::string(name) + '=' + std::string(value));
  }

  /// The application's settings, for signed cookies.
  [[nodiscard]] const web::Settings& signing_settings() const {
    if (app_ == nullptr || app_->settings().cookie_secret.empty()) {
      throw std::logic_error("HTTPTest: signed cookies need an Application with a cookie_secret");
    }
    return app_->settings();
  }

  Fields cookies;

 private:
  std::string compose(const std::string& target, const FetchOptions& options) const {
    std::string request = options.method + " " + target + " HTTP/1.1\r\n";
    const auto add = [&](std::string_view name, std::string_view value) {
      request.append(name).append(": ").append(value).append("\r\n");
    };
    const auto add_default = [&](std::string_view name, std::string_view value) {
      if (!names(options.headers, name)) add(name, value);
    };
    add_default("Host", "127.0.0.1:" + std::to_string(port()));
    add_default("Connection", "close");
    for (const auto& [name, value] : options.headers) add(name, value);
    if (!cookies.empty()) add_default("Cookie", cookie_line());
    if (has_body(options)) {
      add_default("Content-Length", std::to_string(options.body.size()));
      add_default("Content-Type", "application/x-www-form-urlencoded");
    }
    return request + "\r\n" + options.body;
  }

  std::string cookie_line() const {
    std::string line;
    for (const auto& [name, value] : cookies) {
      if (!line.empty()) line += "; ";
      line.append(name).append("=").append(value);
    }
    return line;
  }

  /// Reads a Set-Cookie field. A server deletes a cookie by an empty value; dates are ignored.
  void keep(std::string_view field) {
    const std::string_view pair = field.substr(0, field.find(';'));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    const std::string name(text::trim_blanks(pair.substr(0, equals)));
    const std::string_view value = text::trim_blanks(pair.substr(equals + 1));
    std::erase_if(cookies, [&](const auto& cookie) { return cookie.first == name; });
    if (!value.empty() && value != R"("")") cookies.emplace_back(name, value);
  }

  http::HTTPServerConnectionDelegate& delegate_;
  web::Application* app_;  ///< null if the delegate is none
  http::HTTPServer server_;
  net::SSLContext tls_;  ///< the client's; empty for clear text
};

HTTPTest::HTTPTest(http::HTTPServerConnectionDelegate& app, http::HTTPServerOptions options)
    : impl_(std::make_unique<Impl>(app, options)) {}

HTTPTest::~HTTPTest() = default;

Response HTTPTest::fetch(std::string_view target, const FetchOptions& options) {
  std::string where(target);
  FetchOptions next = with_body(options);
  Response response = impl_->fetch(where, next);
  if (!options.follow_redirects) return response;
  for (int count = 0; is_redirect(response.status); ++count) {
    if (count == kMaxRedirects) throw FetchError(where + ": more than ten redirects");
    where = resolve(response.headers.get("Location"), where, impl_->origin());
    follow(response.status, next);
    response = impl_->fetch(where, next);
  }
  return response;
}

int HTTPTest::port() const {
  return impl_->port();
}
std::string HTTPTest::url(std::string_view path) const {
  return impl_->origin() + std::string(path);
}
const std::vector<std::pair<std::string, std::string>>& HTTPTest::cookies() const {
  return impl_->cookies;
}
void HTTPTest::clear_cookies() {
  impl_->cookies.clear();
}
void HTTPTest::set_cookie(std::string_view name, std::string_view value) {
  impl_->set_cookie(name, value);
}

void HTTPTest::set_signed_cookie(std::string_view name, std::string_view value) {
  const web::Settings& settings = impl_->signing_settings();
  web::SignOptions options{.clock = &IOLoop::current().clock()};
  if (settings.cookie_secret.is_rotated()) {
    options.key_version = settings.key_version.value_or(settings.cookie_secret.latest_version());
  }
  set_cookie(name, web::create_signed_value(settings.cookie_secret, name, value, options));
}

std::optional<std::string> HTTPTest::get_signed_cookie(std::string_view name) const {
  const web::Settings& settings = impl_->signing_settings();
  for (const auto& [known, value] : impl_->cookies) {
    if (known != name) continue;
    return web::decode_signed_value(settings.cookie_secret, name, http::unquote_cookie(value),
                                    {.clock = &IOLoop::current().clock()});
  }
  return std::nullopt;
}

}  // namespace bora::testing
