#pragma once

// What AsyncHTTPClient and HTTPClient are given and what they give back:
// <bora/http/async_http_client.h> includes it.

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

/// How long something may take; any duration. Zero: without a limit.
using TimeLimit = bora::detail::Delay;

/// Where a body_producer writes the body of a request to.
class BodyWriter {
 public:
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;

  /// Sends a piece; await it, so that a server that takes it slowly slows the producer down.
  /// @throws std::length_error  More than the Content-Length that the request's headers promise.
  virtual Task<void> write(std::string data) = 0;

 protected:
  BodyWriter() = default;
  ~BodyWriter() = default;
};

using BodyProducer = std::function<Task<void>(BodyWriter& writer)>;

/// A function that is called with each piece of a body: a plain one, or one that returns a
/// Task<void>, which is awaited before more is read.
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

/// What to fetch: Tornado's fields, and some more. Those that are left out (nothing, or empty) are
/// taken from AsyncHTTPClientOptions::defaults, and then as is said here.
///
///     bora::http::HTTPRequest request{.url = "https://example.com/items",
///                                     .method = "POST",
///                                     .headers = {{"Content-Type", "application/json"}},
///                                     .body = R"({"name": "Ada"})"};
///     const bora::http::HTTPResponse response = co_await client.fetch(request);
struct HTTPRequest {
  /// http or https, encoded already. A user and password in it are sent by Basic authentication; a
  /// fragment is not sent.
  std::string url{};
  std::string method = "GET";
  /// Beside what the client adds: Host, User-Agent, Accept-Encoding, the body's length …
  HTTPHeaders headers{};

  // The body: one of these. PATCH, POST and PUT need one; GET, HEAD, DELETE and OPTIONS have none,
  // unless allow_nonstandard_methods is set.
  std::optional<std::string> body{};
  /// Writes the body piece by piece: chunked, unless the headers have a Content-Length. Called
  /// again when a redirect repeats the request.
  BodyProducer body_producer{};
  /// Path of a file that is sent as it is.
  std::string body_file{};

  // What comes back.
  /// Called with each piece of the body, decoded; the response's body is then empty. Not called
  /// for the bodies of redirects that are followed.
  StreamingCallback streaming_callback{};
  /// Called with each line of the head of the last answer, its CRLF included: the status line, the
  /// fields, the empty line.
  std::function<void(std::string_view line)> header_callback{};
  /// An answer other than 2xx is thrown as HTTPClientError. false: it is returned.
  bool raise_error = true;
  /// Undo gzip. Default: true.
  std::optional<bool> decompress_response{};
  /// Bytes of the body, decoded. Default: the client's, and no limit for streaming_callback.
  std::optional<std::uint64_t> max_body_size{};

  // Time limits; zero: none.
  std::optional<TimeLimit> connect_timeout{};  ///< DNS, TCP, proxy and TLS in one. Default: 20 s.
  /// Each request on its own, redirects apart; it begins when a connection may be used. Default:
  /// 20 s. A stream that never ends needs zero here.
  std::optional<TimeLimit> request_timeout{};
  /// Waiting for a connection's turn. Default: the shorter one of the two above.
  std::optional<TimeLimit> queue_timeout{};
  std::optional<TimeLimit> first_byte_timeout{};  ///< From the request sent. Default: none.
  std::optional<TimeLimit> read_timeout{};   ///< Between two pieces of an answer. Default: none.
  std::optional<TimeLimit> total_timeout{};  ///< All of fetch(), redirects too. Default: none.

  // Redirects and repetitions.
  std::optional<bool> follow_redirects{};  ///< Default: true.
  std::optional<int> max_redirects{};      ///< Default: 5.
  /// Follow a redirect from https to http, which everybody on the way can read and change.
  bool allow_insecure_redirects = false;
  /// The request may be sent again when a connection that was used before turns out to be gone.
  /// Methods that are safe to repeat, and requests with an Idempotency-Key, always are.
  bool retry_safe = false;

  // Who asks.
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
  /// "basic" (the default), or "digest" for proxies of "http", also those of the environment.
  std::string proxy_auth_mode{};
  std::string network_interface{};      ///< An IP address of this machine to connect from.
  std::optional<bool> allow_ipv6{};     ///< Default: true.
  std::optional<bool> validate_cert{};  ///< The server's certificate is checked. Default: true.
  std::string ca_certs{};     ///< A file (PEM) or folder of authorities; default: the system's.
  std::string client_cert{};  ///< PEM file, sent if the server asks for it.
  std::string client_key{};
  net::SSLContext ssl_options{};  ///< In place of these four.

  // Ways out of the rules.
  /// Any method, and a body with or without any.
  bool allow_nonstandard_methods = false;
  /// Send the body only when the server has agreed to it (or has been silent for a second).
  bool expect_100_continue = false;
};

/// How long the steps of a fetch took; zero: there was none. The last attempt's, but for total and
/// redirect.
struct TimeInfo {
  std::chrono::nanoseconds queue{};       ///< Waiting for a connection's turn.
  std::chrono::nanoseconds dns{};         ///< Finding the host's addresses.
  std::chrono::nanoseconds connect{};     ///< TCP, and what a proxy takes.
  std::chrono::nanoseconds tls{};         ///< TLS.
  std::chrono::nanoseconds first_byte{};  ///< From the request sent to the answer's first byte.
  std::chrono::nanoseconds redirect{};    ///< All requests before the last one.
  std::chrono::nanoseconds total{};
  bool reused = false;  ///< The connection had carried a request before.
};

/// An answer.
struct HTTPResponse {
  std::shared_ptr<const HTTPRequest> request{};  ///< As it was given to fetch().
  int code = 0;
  std::string reason{};
  HTTPHeaders headers{};
  std::string effective_url{};  ///< After redirects, without user and password.
  std::string body{};
  std::chrono::system_clock::time_point start_time{};
  std::chrono::nanoseconds request_time{};
  TimeInfo time_info{};

  /// 2xx.
  [[nodiscard]] bool is_ok() const noexcept { return code >= 200 && code < 300; }
  /// @throws HTTPClientError  It is not.
  void rethrow() const;
};

/// fetch() has no proper answer: one of another status than 2xx, or (code() is 599) none; then it
/// is one of the classes below.
class HTTPClientError : public std::runtime_error {
 public:
  /// @param message  Empty: the status's usual one.
  HTTPClientError(int code, std::string message,
                  std::shared_ptr<const HTTPResponse> response = nullptr);

  [[nodiscard]] int code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return *message_; }
  /// Null: there was none.
  [[nodiscard]] const std::shared_ptr<const HTTPResponse>& response() const noexcept {
    return response_;
  }

 private:
  int code_;
  std::shared_ptr<const std::string> message_;
  std::shared_ptr<const HTTPResponse> response_;
};

/// What a fetch was at.
enum class FetchPhase : std::uint8_t {
  queue,       ///< Waiting for a connection's turn.
  dns,         ///< Finding the host's addresses.
  connect,     ///< TCP.
  proxy,       ///< Asking a proxy to connect.
  tls,         ///< TLS.
  request,     ///< Sending.
  first_byte,  ///< Waiting for the answer.
  answer,      ///< Reading it.
};
/// "connecting", "waiting for the answer" …
[[nodiscard]] std::string_view describe(FetchPhase phase) noexcept;

/// Where a fetch has failed.
struct FetchPlace {
  std::string host{};     ///< "example.com:443"
  std::string address{};  ///< "192.0.2.1:443"; empty: not connected.
  FetchPhase phase{};
  std::chrono::nanoseconds elapsed{};  ///< Since fetch() was called.
};

/// Tornado's 599: no answer came. what() is one sentence: what went wrong, with which host and
/// address, at what, and after how long.
class HTTPFetchError : public HTTPClientError {
 public:
  HTTPFetchError(const std::string& what, const FetchPlace& place,
                 std::shared_ptr<const HTTPResponse> response = nullptr);

  [[nodiscard]] const FetchPlace& place() const noexcept { return *place_; }

 private:
  std::shared_ptr<const FetchPlace> place_;
};

/// A time limit passed; place().phase tells which. Its message begins as Tornado's does: "Timeout
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
/// The proxy does not connect.
class HTTPProxyError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The server ended the connection before or within its answer, or it broke.
class HTTPStreamClosedError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// What came is no HTTP, or breaks its rules, or is not coded as it says.
class HTTPProtocolError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// More headers or body than the limits allow; the body is counted after decoding.
class HTTPResponseTooLargeError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// A redirect that must not be followed: from https to http, or to no URL of http. response() is
/// the redirect.
class HTTPRedirectError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};
/// The client was closed while the fetch ran, or the loop has ended.
class HTTPClientClosedError : public HTTPFetchError {
 public:
  using HTTPFetchError::HTTPFetchError;
};

/// Where a link on the page `base` leads (RFC 3986, 5.2): an absolute URL of http or https, without
/// a fragment, with what a URL can't hold percent-encoded.
///
///     url_join("http://example.com/a/b?c", "../d")  // "http://example.com/d"
/// @throws std::invalid_argument  `base` is no URL of http or https, or the link leads to none.
std::string url_join(std::string_view base, std::string_view link);

/// Hands on the trace to which a request belongs (W3C Trace Context): copies `traceparent` and
/// `tracestate` of an incoming request's headers to those of an outgoing one, if they are valid.
void pass_trace(const HTTPHeaders& from, HTTPHeaders& to);

}  // namespace bora::http
