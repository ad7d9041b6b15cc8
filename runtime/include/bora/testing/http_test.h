#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/detail/chrono.h>
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

/// fetch() got no valid answer: none within its timeout, an incomplete one, or one that is not
/// HTTP.
class FetchError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A text of JSON: `.json = R"({"name": "Ada"})"` or `.json = render::json_encode(value)`.
class JSONOption {
 public:
  JSONOption() = default;
  JSONOption(std::string text) : text_(std::move(text)) {}
  JSONOption(const char* text) : text_(text) {}
  template <class JSON>
    requires requires { typename JSON::bora_json; }
  JSONOption(const JSON& json) : text_(json.text()) {}

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// A file of a form.
struct Upload {
  std::string field{};  ///< The name of the input element.
  std::string filename{};
  std::string body{};
  std::string content_type = "application/octet-stream";
};

/// The options of a request.
struct FetchOptions {
  /// If empty, it is POST if there is a `form`, `json` or `files`, else GET.
  std::string method{};

  /// The body. Content-Length is sent when it is not empty, and for POST, PUT and PATCH. Its type
  /// is application/x-www-form-urlencoded unless `headers` names another.
  std::string body{};

  /// A form's fields, instead of `body`: sent as browsers do, with `files` as multipart/form-data.
  std::vector<std::pair<std::string, std::string>> form{};
  std::vector<Upload> files{};
  /// A JSON body, with its Content-Type.
  JSONOption json{};

  /// Further fields. Host, Content-Length, Connection and Cookie are sent unless they are named
  /// here.
  std::vector<std::pair<std::string, std::string>> headers{};

  /// If true, 301, 302, 303, 307 and 308 are followed, at most ten in a row; as in browsers, all
  /// but 307 and 308 turn a POST into a GET. If false, they are answers like any other.
  bool follow_redirects = false;

  /// How long to wait for the whole answer.
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
};

/// The answer to a request.
struct Response {
  int status = 0;
  std::string reason;
  http::HTTPHeaders headers;
  std::string body;  ///< Without its chunked coding.
};

/// A server for an application on a free port of 127.0.0.1 and a client for it, both on this
/// thread's IOLoop.
///
/// fetch() runs the loop until the answer is there, so handlers may wait for timers or for each
/// other. Cookies that answers set are sent with later requests, as a browser on one site does
/// (paths are ignored). The loop does not warn of callbacks that keep it for long, since on a busy
/// machine any of them may: a test of that calls IOLoop::set_slow_callback_limit().
class HTTPTest {
 public:
  /// @param app  An Application, a router, or any other delegate. It must outlive this object.
  /// @param options  With `ssl_options` (see certificates.h) it speaks TLS, and the client accepts
  ///                 any certificate: Tornado's AsyncHTTPSTestCase.
  explicit HTTPTest(http::HTTPServerConnectionDelegate& app, http::HTTPServerOptions options = {});
  /// Closes all connections and waits (ten seconds at most) for handlers that have not ended.
  ~HTTPTest();
  HTTPTest(const HTTPTest&) = delete;
  HTTPTest& operator=(const HTTPTest&) = delete;

  /// Sends one request over a connection of its own and waits for the answer.
  ///
  /// @param target  Path and query, "/entry/7?page=2". It is sent as it is, so malformed ones can
  ///                be tried.
  /// @throws FetchError  The message names the request and what is wrong.
  Response fetch(std::string_view target, const FetchOptions& options = {});

  /// The server's port.
  [[nodiscard]] int port() const;
  /// Returns "http://127.0.0.1:PORT" + `path`; with TLS it begins with "https:".
  [[nodiscard]] std::string url(std::string_view path) const;

  /// The cookies that are sent, with names and values.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& cookies() const;
  void clear_cookies();
  /// Sends this cookie from now on.
  void set_cookie(std::string_view name, std::string_view value);
  /// The same, signed with the application's cookie_secret: the quickest way to be logged in.
  /// @throws std::logic_error  The application has no secret, or the delegate is no Application.
  void set_signed_cookie(std::string_view name, std::string_view value);
  /// The signed value of the cookie `name` that the application has set; nothing if there is none
  /// or its signature is wrong.
  [[nodiscard]] std::optional<std::string> get_signed_cookie(std::string_view name) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::testing
