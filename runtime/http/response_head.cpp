#include "runtime/http/response_head.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <stdexcept>

#include <bora/http/status.h>

#include "runtime/http/byte_scan.h"

namespace bora::http {

namespace {

constexpr std::size_t kFixedBound =
    256;  // the status line, lengths and options, without texts of variable size

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// RFC 9112, 4: a text that is no reason phrase must not be sent.
std::string_view reason_of(const ResponseHead& head) {
  if (head.reason.empty()) return reason_phrase(head.status);
  return is_field_value(head.reason) ? head.reason : std::string_view("Unknown");
}

char* write_status_line(char* to, const ResponseHead& head) {
  if (head.status == 200 && head.reason.empty()) return put(to, "HTTP/1.1 200 OK\r\n");
  to = put(to, "HTTP/1.1 ");
  to = write_decimal(to, static_cast<std::uint64_t>(head.status));
  *to++ = ' ';
  return put(put(to, reason_of(head)), "\r\n");
}

[[gnu::noinline]] char* write_fields(char* to, const HTTPHeaders& headers) {
  for (const auto [name, value] : headers) {
    if (is_connection_field(name)) continue;
    to = put(put(put(put(to, name), ": "), value), "\r\n");
  }
  return to;
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 102:
      return "Processing";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 205:
      return "Reset Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 208:
      return "Already Reported";
    case 226:
      return "IM Used";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 305:
      return "Use Proxy";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 418:
      return "I'm a Teapot";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 506:
      return "Variant Also Negotiates";
    case 507:
      return "Insufficient Storage";
    case 508:
      return "Loop Detected";
    case 510:
      return "Not Extended";
    case 511:
      return "Network Authentication Required";
    default:
      return "Unknown";
  }
}

void check_response_head(const ResponseHead& head) {
  if (head.status < 200 || head.status > 999) {
    throw std::invalid_argument("not a status of an answer: " + std::to_string(head.status));
  }
  if (!is_field_value(head.content_type)) {
    throw std::invalid_argument("control character in Content-Type");
  }
}

bool is_connection_field(std::string_view name) {
  switch (name.size()) {
    case 7:
      return equals_ignoring_case(name, "upgrade");
    case 10:
      return equals_ignoring_case(name, "connection") || equals_ignoring_case(name, "keep-alive");
    case 14:
      return equals_ignoring_case(name, "content-length");
    case 17:
      return equals_ignoring_case(name, "transfer-encoding");
    default:
      return false;
  }
}

namespace {

// RFC 9110, 15.5.22: an answer 426 names the protocols that the server wants. Returns an empty text
// for other answers.
std::string_view offered_upgrade(const ResponseHead& head) {
  if (head.status != 426 || head.headers == nullptr) return {};
  return head.headers->get_view("Upgrade").value_or(std::string_view());
}

}  // namespace

std::size_t response_head_bound(const WireHead& wire) {
  std::size_t bound =
      kFixedBound + wire.common.size() + wire.head.reason.size() + wire.head.content_type.size();
  if (wire.head.headers != nullptr) {
    for (const auto [name, value] : *wire.head.headers) bound += name.size() + value.size() + 4;
  }
  return bound;
}

char* write_response_head(char* to, const WireHead& wire) {
  const ResponseHead& head = wire.head;
  to = write_status_line(to, head);
  if (head.server && head.date) {
    to = put(to, wire.common);
  } else if (head.server) {
    to = put(to, wire.common.substr(0, wire.server_size));
  } else if (head.date) {
    to = put(to, wire.common.substr(wire.server_size));
  }
  if (!head.content_type.empty()) {
    to = put(put(put(to, "Content-Type: "), head.content_type), "\r\n");
  }
  if (head.headers != nullptr) to = write_fields(to, *head.headers);
  if (wire.framing == Framing::length) {
    to = put(write_decimal(put(to, "Content-Length: "), wire.length), "\r\n");
  } else if (wire.framing == Framing::chunked) {
    to = put(to, "Transfer-Encoding: chunked\r\n");
  }
  const std::string_view upgrade = offered_upgrade(head);
  if (!upgrade.empty()) {
    to = put(put(put(to, "Upgrade: "), upgrade), "\r\n");
    to = put(to, wire.option == ConnectionOption::close ? "Connection: upgrade, close\r\n"
                                                        : "Connection: upgrade\r\n");
  } else if (wire.option == ConnectionOption::close) {
    to = put(to, "Connection: close\r\n");
  } else if (wire.option == ConnectionOption::keep_alive) {
    to = put(to, "Connection: keep-alive\r\n");
  }
  return put(to, "\r\n");
}

char* write_decimal(char* to, std::uint64_t value) {
  return std::to_chars(to, to + 20, value).ptr;
}

char* write_chunk_size(char* to, std::size_t size) {
  return put(std::to_chars(to, to + 16, size, 16).ptr, "\r\n");
}

void append_date_line(std::string& text, std::int64_t epoch_seconds) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(epoch_seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char line[64];
  // strftime's %a and %b are not used, because they follow the locale.
  const int size = std::snprintf(
      line, sizeof(line), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", kDays[utc.tm_wday],
      utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  text.append(line, static_cast<std::size_t>(size));
}

// A year has four digits (RFC 9110, 5.6.7): a later time becomes the last second that can be
// written, and an earlier one the first.
std::string format_http_date(std::int64_t epoch_seconds) {
  constexpr std::int64_t kFirst = -62'167'219'200;  // of the year 0
  constexpr std::int64_t kLast = 253'402'300'799;   // of the year 9999
  std::string line;
  append_date_line(line, std::clamp(epoch_seconds, kFirst, kLast));
  return line.substr(sizeof "Date: " - 1, line.size() - sizeof "Date: \r\n" + 1);
}

std::string error_page(int status) {
  const std::string title = std::to_string(status) + ": " + std::string(reason_phrase(status));
  return "<html><title>" + title + "</title><body>" + title + "</body></html>";
}

}  // namespace bora::http
