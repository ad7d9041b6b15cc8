#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_headers.h>
#include <bora/web/application.h>

// Tests of an application, in the same process and over a real connection:
//
//   bora::testing::HTTPTest test(app);
//   auto response = test.fetch("/guestbook", {.method = "POST", .body = "name=Ada"});
//   CHECK(response.status == 302);
//   CHECK(response.headers.get("Location") == "/guestbook");
//
// Nothing here depends on a test framework.

namespace bora::testing {

/// fetch() got no proper answer: none within its timeout, half a one, or one that is no HTTP.
class FetchError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What to ask.
struct FetchOptions {
  std::string method = "GET";

  /// Sent with Content-Length when it is not empty, and for POST, PUT and PATCH. Its type is
  /// application/x-www-form-urlencoded unless `headers` names another.
  std::string body{};

  /// Further fields. Host, Content-Length, Connection and Cookie are sent unless they are named
  /// here.
  std::vector<std::pair<std::string, std::string>> headers{};

  /// 301, 302, 303, 307 and 308 are answers like any other, unless this is true. At most ten in a
  /// row; as in browsers, all but 307 and 308 turn a POST into a GET.
  bool follow_redirects = false;

  /// How long to wait for the whole answer.
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
};

/// What came back.
struct Response {
  int status = 0;
  std::string reason;
  http::HTTPHeaders headers;
  std::string body;  ///< Chunked coding taken off.
};

/// A server for `app` on a free port of 127.0.0.1 and a client for it, both on this thread's
/// IOLoop.
///
/// fetch() runs the loop until the answer is there, so handlers may wait for timers or for each
/// other. Cookies that answers set are sent with the requests that follow, as by a browser that
/// keeps to one site (paths are not looked at).
class HTTPTest {
 public:
  /// @param app  Must outlive this object.
  /// @param options  With `ssl_options` (see certificates.h) it speaks TLS, and the client takes
  /// any
  ///                 certificate: Tornado's AsyncHTTPSTestCase.
  explicit HTTPTest(web::Application& app, http::HTTPServerOptions options = {});
  /// Closes all connections and waits (ten seconds at most) for handlers that have not ended.
  ~HTTPTest();
  HTTPTest(const HTTPTest&) = delete;
  HTTPTest& operator=(const HTTPTest&) = delete;

  /// Sends one request over a connection of its own and waits for the answer.
  ///
  /// @param target  Path and query, "/entry/7?page=2"; sent as it is, so malformed ones can be
  /// tried.
  /// @throws FetchError  The sentence names the request and what is wrong.
  Response fetch(std::string_view target, const FetchOptions& options = {});

  /// The server's port.
  [[nodiscard]] int port() const;
  /// "http://127.0.0.1:PORT" + `path`; "https:" with TLS.
  [[nodiscard]] std::string url(std::string_view path) const;

  /// The cookies that are sent, name and value.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& cookies() const;
  void clear_cookies();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::testing
