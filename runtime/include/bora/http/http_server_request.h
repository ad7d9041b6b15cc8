#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_headers.h>

namespace bora::http {

class HTTPConnection;

/// One argument of a query string or a form, percent-decoded: raw bytes, not yet checked as UTF-8.
struct Argument {
  std::string name;
  std::string value;
};

/// An uploaded file of a multipart/form-data body.
struct HTTPFile {
  std::string filename;  ///< As the client sent it: never a path to trust.
  std::string body;
  std::string content_type;
};

/// One request, as the server read it. Views stay valid until the answer is finished and the handler
/// (also a suspended one) has ended.
class HTTPServerRequest {
 public:
  /// "GET"; always one of the methods that the parser knows, upper case.
  [[nodiscard]] std::string_view method() const { return method_; }
  /// The request target as sent, "/entry/caf%C3%A9?page=2"; of an absolute-form target the part after
  /// the host.
  [[nodiscard]] std::string_view uri() const { return uri_; }
  /// The target before '?', not percent-decoded: "/entry/caf%C3%A9".
  [[nodiscard]] std::string_view path() const { return path_; }
  /// The target behind '?', without it; "page=2".
  [[nodiscard]] std::string_view query() const { return query_; }
  /// "HTTP/1.1" or "HTTP/1.0".
  [[nodiscard]] std::string_view version() const { return version_; }

  [[nodiscard]] const HTTPHeaders& headers() const { return headers_; }

  /// The whole body, chunked coding taken off. Empty for a handler that reads it as a stream.
  [[nodiscard]] std::string_view body() const { return body_; }

  /// The peer's address, "127.0.0.1" or "::1"; "0.0.0.0" for a Unix-domain socket.
  [[nodiscard]] std::string_view remote_ip() const { return remote_ip_; }
  /// "http" or "https".
  [[nodiscard]] std::string_view protocol() const { return protocol_; }
  /// The Host header as sent, "example.com:8888"; "127.0.0.1" for an HTTP/1.0 request without one.
  [[nodiscard]] std::string_view host() const { return host_; }
  /// Host, lower case and without the port.
  [[nodiscard]] std::string host_name() const;
  /// "http://example.com/entry/x?page=2"
  [[nodiscard]] std::string full_url() const;

  /// Arguments of the query string, in order, parsed at the first call.
  [[nodiscard]] const std::vector<Argument>& query_arguments() const;
  /// Arguments of an application/x-www-form-urlencoded or multipart/form-data body.
  [[nodiscard]] const std::vector<Argument>& body_arguments() const { return body_arguments_; }
  /// Uploaded files: the form field's name and the file, in order.
  [[nodiscard]] const std::vector<std::pair<std::string, HTTPFile>>& files() const { return files_; }

  /// Value of the cookie `name`, or `missing`; of several with one name the last.
  [[nodiscard]] std::string_view cookie(std::string_view name, std::string_view missing = {}) const;

  /// Seconds since the first byte of the request was read; after the answer is finished, until then.
  [[nodiscard]] double request_time() const;

  /// Where the answer goes.
  [[nodiscard]] HTTPConnection& connection() const { return *connection_; }

  /// Memory that lives as long as the request: aligned, uninitialised, freed all at once, no
  /// destructor is run.
  void* allocate(std::size_t bytes, std::size_t alignment);
  /// A copy of `text` in such memory.
  std::string_view keep(std::string_view text);

 private:
  friend class RequestBuilder;  ///< Private to the http layer: fills and recycles requests.

  std::string_view method_;
  std::string_view uri_;
  std::string_view path_;
  std::string_view query_;
  std::string_view version_;
  std::string_view remote_ip_;
  std::string_view protocol_ = "http";
  std::string_view host_;
  HTTPHeaders headers_;
  std::string body_;
  std::vector<Argument> body_arguments_;
  std::vector<std::pair<std::string, HTTPFile>> files_;
  mutable std::vector<Argument> query_arguments_;
  mutable bool query_parsed_ = false;
  std::int64_t start_ns_ = 0;   ///< Monotonic.
  std::int64_t finish_ns_ = 0;  ///< 0 while the answer is not finished.
  HTTPConnection* connection_ = nullptr;

  struct Arena;
  Arena* arena_ = nullptr;
};

}  // namespace bora::http
