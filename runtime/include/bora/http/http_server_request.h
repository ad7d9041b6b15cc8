#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_headers.h>

namespace bora::net {
struct SSLCertificate;
}

namespace bora::http {

class HTTPConnection;
class RequestMemory;

/// One argument of a query string or a form, percent-decoded. It is raw bytes, not yet checked as
/// UTF-8.
struct Argument {
  std::string name;
  std::string value;
};

/// An uploaded file of a multipart/form-data body.
struct HTTPFile {
  std::string filename;  ///< As the client sent it: never trust it as a path.
  std::string body;
  std::string content_type;
};

/// How much of a form is accepted; a form with more is refused as a whole.
struct FormLimits {
  std::uint32_t max_arguments = 1000;              ///< For a query string, and for a form.
  std::uint32_t max_parts = 100;                   ///< For a multipart/form-data body.
  std::uint32_t max_part_header_size = 10 * 1024;  ///< In bytes, for each part.
};

/// One request as the server read it. Its views stay valid until the answer is finished and the
/// handler (also a suspended one) has ended.
class HTTPServerRequest {
 public:
  HTTPServerRequest(const HTTPServerRequest&) = delete;
  HTTPServerRequest& operator=(const HTTPServerRequest&) = delete;

  /// For example "GET": one of the methods that the parser knows, in upper case.
  [[nodiscard]] std::string_view method() const { return method_; }
  /// The request target as sent, "/entry/caf%C3%A9?page=2"; of an absolute-form target, the part
  /// after the host.
  [[nodiscard]] std::string_view uri() const { return uri_; }
  /// The target before '?', not percent-decoded: "/entry/caf%C3%A9".
  [[nodiscard]] std::string_view path() const { return path_; }
  /// The target after '?': "page=2".
  [[nodiscard]] std::string_view query() const { return query_; }
  /// "HTTP/1.1" or "HTTP/1.0".
  [[nodiscard]] std::string_view version() const { return version_; }

  [[nodiscard]] const HTTPHeaders& headers() const { return headers_; }

  /// The bytes that append_body() gathered: the whole body without its chunked coding, if the
  /// delegate called it for each piece.
  [[nodiscard]] std::string_view body() const { return body_; }

  /// Adds a piece to body(); for HTTPMessageDelegate::data_received(). A delegate that streams, or
  /// that does not need the body, does not call it. The connection has checked the limit before.
  void append_body(std::string_view piece);

  /// The peer's address, "127.0.0.1" or "::1"; "0.0.0.0" for a Unix-domain socket. The first call
  /// makes the text.
  [[nodiscard]] std::string_view remote_ip() const;
  /// "http" or "https".
  [[nodiscard]] std::string_view protocol() const { return protocol_; }
  /// The Host header as sent, "example.com:8888"; "127.0.0.1" for an HTTP/1.0 request without one.
  [[nodiscard]] std::string_view host() const { return host_; }
  /// The Host header in the form in which names are compared: in lower case, without the port and
  /// without a dot at the end.
  [[nodiscard]] std::string host_name() const;
  /// The certificate that the client gave (see SSLOptions::cert_reqs); nothing if it gave none, or
  /// is gone. Its `der` is what Tornado calls the binary form. Include <bora/net/ssl_context.h> to
  /// call this.
  [[nodiscard]] std::optional<net::SSLCertificate> get_ssl_certificate() const;
  /// Returns for example "http://example.com/entry/x?page=2".
  [[nodiscard]] std::string full_url() const;

  /// The arguments of the query string, in order, parsed at the first call. It is empty if there
  /// are more than FormLimits::max_arguments.
  [[nodiscard]] const std::vector<Argument>& query_arguments() const;
  /// The arguments of an application/x-www-form-urlencoded or multipart/form-data body, in order,
  /// parsed at the first call. It is empty if parse_body() fails.
  [[nodiscard]] const std::vector<Argument>& body_arguments() const;
  /// Returns query_arguments(), then body_arguments().
  [[nodiscard]] std::vector<Argument> arguments() const;
  /// The uploaded files, in order: the form field's name and the file. It is empty if parse_body()
  /// fails.
  [[nodiscard]] const std::vector<std::pair<std::string, HTTPFile>>& files() const;

  /// Parses the query string unless that was done.
  /// @returns  Null, or, if there are too many arguments, one sentence for the answer 400. It lives
  ///           as long as the request.
  [[nodiscard]] const std::string* parse_query() const;
  /// Parses the form in body() unless that was done; call it when the body is complete. A body of
  /// another Content-Type is not a form, and no error.
  /// @returns  Null, or, if the form is malformed, exceeds the limits, or has a Content-Encoding,
  ///           one sentence for the answer 400. It lives as long as the request.
  [[nodiscard]] const std::string* parse_body() const;

  /// The value of the cookie `name`, unquoted, or `missing`; if several have that name, the last
  /// one.
  [[nodiscard]] std::string_view cookie(std::string_view name, std::string_view missing = {}) const;

  /// The seconds since the request was read. Once the answer is finished, the first call fixes the
  /// value (so that the clock is not read for requests that nobody asks).
  [[nodiscard]] double request_time() const;

  /// A text for logs: protocol, host, method, uri, version and remote_ip, but never headers, which
  /// may hold secrets.
  [[nodiscard]] std::string to_string() const;

  /// The object that takes the answer.
  [[nodiscard]] HTTPConnection& connection() const { return *connection_; }

  /// Memory that lives as long as the request. It is aligned, uninitialised and freed all at once;
  /// no destructor is run.
  void* allocate(std::size_t bytes, std::size_t alignment);
  /// A copy of `text` in such memory.
  std::string_view keep(std::string_view text);

 private:
  friend class RequestBuilder;  ///< Private to the http layer: fills and recycles requests.

  HTTPServerRequest();
  ~HTTPServerRequest();

  struct Form {
    enum class State : std::uint8_t { unread, read, failed };
    State query_state = State::unread;
    State body_state = State::unread;
    std::vector<Argument> query_arguments;
    std::vector<Argument> body_arguments;
    std::vector<std::pair<std::string, HTTPFile>> files;
    std::string query_error;
    std::string body_error;
  };
  Form& form() const;
  void read_body(Form& form) const;

  std::string_view method_;
  std::string_view uri_;
  std::string_view path_;
  std::string_view query_;
  std::string_view version_;
  std::string_view protocol_;
  std::string_view host_;
  HTTPHeaders headers_;
  std::string body_;
  std::size_t expected_body_size_ = 0;  ///< Content-Length; 0 if it is not known.
  FormLimits form_limits_;
  mutable Form* form_ = nullptr;  ///< Owned; null until it is asked for.
  HTTPConnection* connection_ = nullptr;
  std::int64_t start_ns_ = 0;                ///< By the loop's clock.
  mutable std::int64_t finish_ns_ = 0;       ///< 0 means not yet known.
  bool is_finished_ = false;                 ///< Whether the answer is finished.
  mutable std::uint8_t remote_ip_size_ = 0;  ///< 0 means that it is not yet text.
  std::uint8_t address_[17] = {};            ///< Size (0, 4 or 16), then the bytes.
  mutable char remote_ip_[46];
  RequestMemory* memory_;  ///< Owned (<memory> is a costly header).
};

}  // namespace bora::http
