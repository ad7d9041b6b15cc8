#pragma once

// Tornado's module httputil: the types of messages, and functions that read and write their parts.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/moment.h>
#include <bora/http/cookie.h>
#include <bora/http/error.h>
#include <bora/http/http_headers.h>
#include <bora/http/http_server_request.h>
#include <bora/http/status.h>

namespace bora::http {

/// A request's first line: "GET /story/1 HTTP/1.1".
struct RequestStartLine {
  std::string method;
  std::string path;  ///< The target as sent, including the query.
  std::string version;
};

/// An answer's first line: "HTTP/1.1 404 Not Found".
struct ResponseStartLine {
  std::string version;
  int code = 0;
  std::string reason;  ///< It may be empty.
};

/// Parses the first line of a request, which is given without its line end. Only versions 1.x are
/// valid, and blanks must be exact (RFC 9112, 3).
/// @throws HTTPInputError  It is not a request line.
RequestStartLine parse_request_start_line(std::string_view line);
/// The same for the first line of an answer (RFC 9112, 4).
ResponseStartLine parse_response_start_line(std::string_view line);

/// The arguments of a query string or of an application/x-www-form-urlencoded body, in order and
/// decoded: only '&' separates, '+' is a blank, an argument without '=' has an empty value, and a
/// '%' without two digits stays as it is.
/// @throws HTTPInputError  There are more than `limits.max_arguments`.
std::vector<Argument> parse_qs(std::string_view text, const FormLimits& limits = {});

/// Makes one list of pairs of a map of lists, in the map's order.
std::vector<Argument> qs_to_qsl(const std::map<std::string, std::vector<std::string>>& arguments);

/// Returns `url` with arguments added to its query; its fragment stays at the end. The whole query
/// is encoded anew. With no arguments, `url` comes back as it is.
///
///     url_concat("http://example.com/foo?a=b", {{"c", "d e"}})  // "…/foo?a=b&c=d+e"
std::string url_concat(std::string_view url, const std::vector<Argument>& arguments);

/// Adds the contents of a form's body to `arguments` and `files`. A Content-Type that is not one of
/// the two of forms adds nothing, and is no error.
///
/// @param headers  The request's headers, if there are any: a form with a Content-Encoding is
///                 refused.
/// @throws HTTPInputError  The form is malformed or exceeds the limits; nothing is added.
void parse_body_arguments(std::string_view content_type, std::string_view body,
                          std::vector<Argument>& arguments,
                          std::vector<std::pair<std::string, HTTPFile>>& files,
                          const HTTPHeaders* headers = nullptr, const FormLimits& limits = {});

/// Adds the parts of a multipart/form-data body (RFC 7578): those with a filename to `files`, the
/// others to `arguments`. The time is proportional to the body's length, whatever is in it.
///
/// @param boundary  As in Content-Type; quotes around it are dropped.
/// @throws HTTPInputError  The body is malformed or exceeds the limits; nothing is added.
void parse_multipart_form_data(std::string_view boundary, std::string_view body,
                               std::vector<Argument>& arguments,
                               std::vector<std::pair<std::string, HTTPFile>>& files,
                               const FormLimits& limits = {});

/// Returns for example "Sun, 27 Jan 2013 18:43:20 GMT" (RFC 9110, 5.6.7), in every locale, for a
/// time point of the system's clock or for seconds since the Epoch.
std::string format_timestamp(Moment moment);

/// Returns "name:password" as Basic authentication encodes it (RFC 7617). Both are UTF-8 and stay
/// as they are: text that can be written in several ways should be in the composed form (NFC).
std::string encode_username_password(std::string_view username, std::string_view password);

/// Splits "example.com:8888" into host and port. The brackets of an IPv6 address stay; an end that
/// is no port belongs to the host.
std::pair<std::string, std::optional<int>> split_host_and_port(std::string_view netloc);

}  // namespace bora::http
