#pragma once

// The requests and answers of AsyncHTTPClient and HTTPClient. <bora/http/async_http_client.h>
// includes this header.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/core/detail/chrono.h>
#include <bora/core/detail/durations.h>
#include <bora/core/detail/function.h>
#include <bora/core/moment.h>
#include <bora/core/task.h>
#include <bora/http/http_headers.h>
#include <bora/net/ssl_context.h>

namespace bora::http {

class CookieJar;
struct HTTPResponse;

/// How long something may take: any duration. Zero means that there is no limit.
using TimeLimit = bora::detail::Delay;

/// The object to which a body_producer writes the body of a request.
class BodyWriter {
 public:
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;

  /// Sends a piece; await it, so that a slow server slows the producer down.
  /// @throws std::length_error  The pieces exceed the Content-Length in the request's headers.
  virtual Task<void> write(std::string data) = 0;

 protected:
  BodyWriter() = default;
  ~BodyWriter() = default;
};

using BodyProducer = std::function<Task<void>(BodyWriter& writer)>;

/// A function that is called with each piece of a body. It returns nothing, or a Task<void>, which
/// is awaited before more is read.
class StreamingCallback {
 public:
  StreamingCallback() = default;
  template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, StreamingCallback> &&
             std::invocable<std::decay_t<Function>&, std::string_view>)
  StreamingCallback(Function&& function) {  // NOLINT: stands for it
    using Result = std::invoke_result_t<std::decay_t<Function>&, std::string_view>;
    if constexpr (std::is_void_v<Result>) {
      call_ = [function = std::decay_t<Function>(std::forward<Function>(function))](
                  std::string_view piece) mutable {
        function(piece);
        return Task<void>();
      };
    } else {
      call_ = std::forward<Function>(function);
    }
  }

  explicit operator bool() const noexcept { return static_cast<bool>(call_); }
  Task<void> operator()(std::string_view piece) const { return call_(piece); }

 private:
  std::function<Task<void>(std::string_view)> call_;
};

/// A request to fetch: Tornado's fields, and some more. Fields that are left out (no value, or
/// empty) are taken from AsyncHTTPClientOptions::defaults, and then have the defaults that are told
/// here.
///
///     bora::http::HTTPRequest request{.url = "https://example.com/items",
///                                     .method = "POST",
///                                     .headers = {{"Content-Type", "application/json"}},
///                                     .body = R"({"name": "Ada"})"};
///     const bora::http::HTTPResponse response = co_await client.fetch(request);
struct HTTPRequest {
  /// A URL of http or https, encoded already. A user and password in it are sent by Basic
  /// authentication; a fragment is not sent.
  std::string url{};
  std::string method = "GET";
  /// Fields besides those that the client adds: Host, User-Agent, Accept-Encoding, the body's
  /// length …
  HTTPHeaders headers{};

  // The body: set at most one of these. PATCH, POST and PUT need one; GET, HEAD, DELETE and OPTIONS
  // have none, unless allow_nonstandard_methods is set.
  std::optional<std::string> body{};
  /// Writes the body piece by piece: chunked, unless the headers have a Content-Length. It is
  /// called again when a redirect repeats the request.
  BodyProducer body_producer{};
  /// The path of a file that is sent as it is.
  std::string body_file{};

  // What is done with the answer.
  /// Called with each decoded piece of the body; the response's body is then empty. It is not
  /// called for the bodies of redirects that are followed.
  StreamingCallback streaming_callback{};
  /// Called with each line of the head of the last answer, including its CRLF: the status line, the
  /// fields, the empty line.
  std::function<void(std::string_view line)> header_callback{};
  /// If true, an answer other than 2xx is thrown as HTTPClientError, otherwise it is returned.
  bool raise_error = true;
  /// Whether gzip is decoded. Default: true.
  std::optional<bool> decompress_response{};
  /// The most bytes of the decoded body. Default: the client's, and no limit for
  /// streaming_callback.
  std::optional<std::uint64_t> max_body_size{};

  // Time limits; zero means that there is none.
  std::optional<TimeLimit> connect_timeout{};  ///< DNS, TCP, proxy and TLS together. Default: 20 s.
  /// For each request without its redirects; it begins when the request gets a connection. Default:
  /// 20 s. A stream that never ends needs zero here.
  std::optional<TimeLimit> request_timeout{};
  /// For the wait for a connection. Default: the shorter one of the two above.
  std::optional<TimeLimit> queue_timeout{};
  std::optional<TimeLimit> first_byte_timeout{};  ///< From the end of the request. Default: none.
  std::optional<TimeLimit> read_timeout{};   ///< Between two pieces of an answer. Default: none.
  std::optional<TimeLimit> total_timeout{};  ///< For all of fetch(), with redirects. Default: none.

  // Redirects and repetitions.
  std::optional<bool> follow_redirects{};  ///< Default: true.
  std::optional<int> max_redirects{};      ///< Default: 5.
  /// Whether a redirect from https to http is followed, which everybody on the way can read and
  /// change.
  bool allow_insecure_redirects = false;
  /// Whether the request may be sent again when a connection that was used before turns out to be
  /// closed. Methods that are safe to repeat, and requests with an Idempotency-Key, always are.
  bool retry_safe = false;

  // Authentication and identity.
  std::string auth_username{};
  std::string auth_password{};
  std::string auth_mode{};   ///< "basic" (the default) or "digest".
  std::string user_agent{};  ///< Default: "Bora/VERSION".
  std::optional<Moment> if_modified_since{};
  std::shared_ptr<CookieJar> cookie_jar{};  ///< Default: none; cookies are neither kept nor sent.

  // The way to the server.
  std::string proxy_host{};
  int proxy_port = 0;
  std::string proxy_scheme{};  ///< "http" (the default) or "socks5".
  std::string proxy_username{};
  std::string proxy_password{};
  /// "basic" (the default) or "digest", for proxies of the scheme "http", including those of the
  /// environment.
  std::string proxy_auth_mode{};
  std::string network_interface{};      ///< An IP address of this machine to connect from.
  std::optional<bool> allow_ipv6{};     ///< Default: true.
  std::optional<bool> validate_cert{};  ///< Checks the server's certificate. Default: true.
  std::string ca_certs{};     ///< A file (PEM) or folder of authorities. Default: the system's.
  std::string client_cert{};  ///< A PEM file, sent if the server asks for it.
  std::string client_key{};
  net::SSLContext ssl_options{};  ///< Replaces these four.

  // Exceptions to the rules.
  /// If true, any method is allowed, with or without a body.
  bool allow_nonstandard_methods = false;
  /// If true, the body is sent only when the server has agreed to it (or has been silent for a
  /// second).
  bool expect_100_continue = false;
};

/// How long the steps of a fetch took; zero if there was no such step. All but total and redirect
/// are those of the last request.
struct TimeInfo {
  std::chrono::nanoseconds queue{};       ///< Waiting for a connection.
  std::chrono::nanoseconds dns{};         ///< Finding the host's addresses.
  std::chrono::nanoseconds connect{};     ///< TCP, and the proxy's part.
  std::chrono::nanoseconds tls{};         ///< TLS.
  std::chrono::nanoseconds first_byte{};  ///< From the request's end to the first byte of the
                                          ///< answer.
  std::chrono::nanoseconds redirect{};    ///< All requests before the last one.
  std::chrono::nanoseconds total{};
  bool reused = false;  ///< Whether the connection had carried a request before.
};

/// The answer to a request.
struct HTTPResponse {
  std::shared_ptr<const HTTPRequest> request{};  ///< The request as it was given to fetch().
  int code = 0;
  std::string reason{};
  HTTPHeaders headers{};
  std::string effective_url{};  ///< After redirects, without user and password.
  std::string body{};
  std::chrono::system_clock::time_point start_time{};
  std::chrono::nanoseconds request_time{};
  TimeInfo time_info{};

  /// Whether the status is 2xx.
  [[nodiscard]] bool is_ok() const noexcept { return code >= 200 && code < 300; }
  /// Does nothing if is_ok().
  /// @throws HTTPClientError  The status is another.
  void rethrow() const;
};

/// fetch() has no successful answer: its status is not 2xx, or no answer came; then code() is 599
/// and the exception is one of the classes below.
class HTTPClientError : public std::runtime_error {
 public:
  /// @param message  Empty means the usual phrase of the status.
  HTTPClientError(int code, std::string message,
                  std::shared_ptr<const HTTPResponse> response = nullptr);

  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return *message_; }
  /// The answer; null if there was none.
  [[nodiscard]] const std::shared_ptr<const HTTPResponse>& response() const noexcept {
    return response_;
  }

 private:
  int code_;
  std::shared_ptr<const std::string> message_;
  std::shared_ptr<const HTTPResponse> response_;
};

/// The phase that a fetch was in.
enum class FetchPhase : std::uint8_t {
  queue,       ///< Waiting for a connection.
  dns,         ///< Finding the host's addresses.
  connect,     ///< TCP.
  proxy,       ///< Asking a proxy to connect.
  tls,         ///< TLS.
  request,     ///< Sending.
  first_byte,  ///< Waiting for the answer.
  answer,      ///< Reading it.
};
/// The name of `phase`, such as "connecting" or "waiting for the answer".
[[nodiscard]] std::string_view describe(FetchPhase phase) noexcept;

/// Where a fetch has failed.
struct FetchPlace {
  std::string host{};     ///< For example "example.com:443".
  std::string address{};  ///< For example "192.0.2.1:443"; empty if not connected.
  FetchPhase phase{};
  std::chrono::nanoseconds elapsed{};  ///< Since fetch() was called.
};

/// Tornado's 599: no answer came. what() is one sentence: what went wrong, with which host and
/// address, in which phase, and after how long.
class HTTPFetchError : public HTTPClientError {
 public:
  HTTPFetchError(const std::string& what, const FetchPlace& place,
                 std::shared_ptr<const HTTPResponse> response = nullptr);

  [[nodiscard]] const FetchPlace& place() const noexcept { return *place_; }

 private:
  std::shared_ptr<const FetchPlace> place_;
};

/// A time limit passed; place().phase tells which. The message begins as Tornado's does: "Timeout
/// while connecting", "Timeout during request", "Timeout in request queue".
class HTTPTimeoutError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The host's name has no address.
class HTTPResolveError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// None of the host's addresses (or the proxy's) answers.
class HTTPConnectError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// TLS can't be agreed on: the certificate has expired, is for another name …
class HTTPTLSError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The proxy refused to connect, or failed.
class HTTPProxyError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The server closed the connection before its answer was complete, or the connection broke.
class HTTPStreamClosedError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The answer is not HTTP, breaks its rules, or is not encoded as it says.
class HTTPProtocolError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The headers or the body exceed the limits; the body is counted after decoding.
class HTTPResponseTooLargeError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// A redirect must not be followed: it leads from https to http, or to no URL of http or https.
/// response() is the redirect.
class HTTPRedirectError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The client was closed while the fetch ran, or the loop has ended.
class HTTPClientClosedError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};

/// The URL to which a link on the page `base` leads (RFC 3986, 5.2): an absolute URL of http or
/// https, without a fragment, in which characters that a URL can't hold are percent-encoded.
///
///     url_join("http://example.com/a/b?c", "../d")  // "http://example.com/d"
/// @throws std::invalid_argument  `base` is not a URL of http or https, or the link does not lead
///                                to one.
std::string url_join(std::string_view base, std::string_view link);

/// Passes on the trace to which a request belongs (W3C Trace Context): copies `traceparent` and
/// `tracestate` of an incoming request's headers to those of an outgoing one, if they are valid.
void pass_trace(const HTTPHeaders& from, HTTPHeaders& to);

}  // namespace bora::http
