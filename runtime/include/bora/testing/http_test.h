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

/// fetch() got no proper answer: none within its timeout, half a one, or one that is no HTTP.
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

/// What to ask.
struct FetchOptions {
  /// Empty: POST if there is a `form`, `json` or `files`, else GET.
  std::string method{};

  /// Sent with Content-Length when it is not empty, and for POST, PUT and PATCH. Its type is
  /// application/x-www-form-urlencoded unless `headers` names another.
  std::string body{};

  /// A form's fields, in place of `body`: sent as browsers do, with `files` as multipart/form-data.
  std::vector<std::pair<std::string, std::string>> form{};
  std::vector<Upload> files{};
  /// A JSON body, with its Content-Type.
  JSONOption json{};

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

/// A server for an application on a free port of 127.0.0.1 and a client for it, both on this
/// thread's IOLoop.
///
/// fetch() runs the loop until the answer is there, so handlers may wait for timers or for each
/// other. Cookies that answers set are sent with the requests that follow, as by a browser that
/// keeps to one site (paths are not looked at).
class HTTPTest {
 public:
  /// @param app  An Application, a router, or any other delegate. Must outlive this object.
  /// @param options  With `ssl_options` (see certificates.h) it speaks TLS, and the client takes
  /// any
  ///                 certificate: Tornado's AsyncHTTPSTestCase.
  explicit HTTPTest(http::HTTPServerConnectionDelegate& app, http::HTTPServerOptions options = {});
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
  /// Sends this cookie from now on.
  void set_cookie(std::string_view name, std::string_view value);
  /// The same, signed by the application's cookie_secret: the way to be logged in at once.
  /// @throws std::logic_error  It has none, or the delegate is no Application.
  void set_signed_cookie(std::string_view name, std::string_view value);
  /// What the application has signed in the cookie `name` that it has set; nothing if there is none
  /// or its signature is wrong.
  [[nodiscard]] std::optional<std::string> get_signed_cookie(std::string_view name) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::testing
