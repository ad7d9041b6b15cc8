#include <bora/http/error.h>

namespace bora::http {

namespace {

const char* describe(Error error) noexcept {
  switch (error) {
    case Error::none:
      return "no error";
    case Error::bad_request_line:
      return "malformed request line";
    case Error::unknown_method:
      return "unknown method";
    case Error::bad_target:
      return "malformed request target";
    case Error::target_too_long:
      return "request target too long";
    case Error::unsupported_version:
      return "unsupported HTTP version";
    case Error::bad_header:
      return "malformed header field";
    case Error::headers_too_large:
      return "header fields too large";
    case Error::bad_host:
      return "missing or malformed Host";
    case Error::bad_content_length:
      return "invalid Content-Length";
    case Error::bad_transfer_encoding:
      return "invalid Transfer-Encoding";
    case Error::unsupported_transfer_coding:
      return "unsupported transfer coding";
    case Error::unsupported_expectation:
      return "unsupported expectation";
    case Error::bad_chunk:
      return "malformed chunk";
    case Error::bad_content_coding:
      return "request body is no gzip";
    case Error::body_too_large:
      return "request body too large";
    case Error::header_timeout:
      return "timed out waiting for the request's head";
    case Error::body_timeout:
      return "timed out waiting for the request's body";
    case Error::incomplete_body:
      return "the connection ended within the request's body";
    case Error::handler_timeout:
      return "no answer within handler_timeout";
    case Error::too_many_connections:
      return "too many connections from this address";
    case Error::output_too_long:
      return "more body than Content-Length says";
    case Error::output_too_short:
      return "less body than Content-Length says";
  }
  return "unknown error";
}

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "bora.http"; }
  std::string message(int value) const override { return describe(static_cast<Error>(value)); }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

std::error_code make_error_code(Error error) noexcept {
  return {static_cast<int>(error), error_category()};
}

int status_of(Error error) noexcept {
  switch (error) {
    case Error::bad_request_line:
    case Error::bad_target:
    case Error::bad_header:
    case Error::bad_host:
    case Error::bad_content_length:
    case Error::bad_transfer_encoding:
    case Error::bad_chunk:
    case Error::bad_content_coding:
    case Error::incomplete_body:
      return 400;
    case Error::header_timeout:
    case Error::body_timeout:
      return 408;
    case Error::body_too_large:
      return 413;
    case Error::target_too_long:
      return 414;
    case Error::unsupported_expectation:
      return 417;
    case Error::headers_too_large:
      return 431;
    case Error::unknown_method:
    case Error::unsupported_transfer_coding:
      return 501;
    case Error::handler_timeout:
    case Error::too_many_connections:
      return 503;
    case Error::unsupported_version:
      return 505;
    case Error::none:
    case Error::output_too_long:
    case Error::output_too_short:
      return 500;
  }
  return 500;
}

}  // namespace bora::http
