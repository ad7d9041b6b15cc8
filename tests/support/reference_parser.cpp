#include "tests/support/reference_parser.h"

#include <algorithm>

#include "runtime/http/characters.h"
#include "runtime/http/ip_address.h"

namespace bora::test {

using namespace bora::http;
namespace detail = bora::http::detail;

namespace {

// A longer method, which can't be registered, is refused before it fills memory.
constexpr std::size_t kMaxMethodSize = 32;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         equals_ignoring_case(text.substr(0, lower_case.size()), lower_case);
}

// RFC 9110, 7.2 and RFC 3986, 3.2.2: uri-host [ ":" port ], and the host is not empty.
bool is_host(std::string_view text) {
  std::size_t end = 0;
  if (!text.empty() && text[0] == '[') {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || !is_ipv6_address(text.substr(1, bracket - 1))) {
      return false;
    }
    end = bracket + 1;
  } else {
    while (end < text.size()) {
      const bool is_escape = text[end] == '%' && end + 2 < text.size() &&
                             hex_value(text[end + 1]) >= 0 && hex_value(text[end + 2]) >= 0;
      if (!is_escape && !has_class(text[end], detail::kHostByte)) break;
      end += is_escape ? 3 : 1;
    }
    if (end == 0) return false;
  }
  if (end == text.size()) return true;
  if (text[end] != ':') return false;
  const std::string_view port = text.substr(end + 1);
  unsigned value = 0;
  for (const char c : port) {
    if (!is_digit(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) return false;
  }
  return true;
}

}  // namespace

const llhttp_settings_t& ReferenceParser::settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_url = &ReferenceParser::on_url;
    made.on_headers_complete = &ReferenceParser::on_headers_complete;
    return made;
  }();
  return settings;
}

ReferenceParser::ReferenceParser(const RequestParser::Limits& limits) : limits_(limits) {
  llhttp_init(&parser_, HTTP_REQUEST, &settings());
  parser_.data = this;
}

std::size_t ReferenceParser::feed(std::string_view bytes, Error& error) {
  if (stage_ == Stage::head) return feed_head(bytes, error);
  if (stage_ == Stage::unknown_method) return feed_unknown_method(bytes, error);
  const std::size_t skipped = skip_blank_line(bytes, error);
  if (error != Error::none || skipped == bytes.size()) return skipped;
  stage_ = Stage::head;
  return skipped + feed_head(bytes.substr(skipped), error);
}

// RFC 9112, 2.2: one empty line before the request line is passed over, as some clients end a body
// with one that Content-Length does not count.
std::size_t ReferenceParser::skip_blank_line(std::string_view bytes, Error& error) {
  std::size_t at = 0;
  for (; at < bytes.size(); ++at) {
    if (stage_ == Stage::start && bytes[at] == '\r') {
      stage_ = Stage::blank_cr;
    } else if (stage_ == Stage::blank_cr && bytes[at] == '\n') {
      stage_ = Stage::blank_line;
    } else {
      if (stage_ == Stage::blank_cr || bytes[at] == '\r' || bytes[at] == '\n') {
        error = Error::bad_request_line;
      }
      break;
    }
  }
  return at;
}

std::size_t ReferenceParser::feed_head(std::string_view bytes, Error& error) {
  std::string& block = block_;
  piece_ = bytes.data();
  piece_offset_ = block.size();
  const std::size_t room = limits_.max_header_size - block.size();
  const std::string_view piece = bytes.substr(0, room);
  const llhttp_errno code = llhttp_execute(&parser_, piece.data(), piece.size());
  if (code == HPE_OK) {
    block.append(piece);
    if (block.size() == limits_.max_header_size) error = Error::headers_too_large;
    return piece.size();
  }
  if (code == HPE_INVALID_METHOD) {
    stage_ = Stage::unknown_method;
    return feed_unknown_method(bytes, error);
  }
  const char* const stop = llhttp_get_error_pos(&parser_);
  const std::size_t used = static_cast<std::size_t>(stop - piece.data());
  if (code == HPE_PAUSED) {
    block.append(piece.substr(0, used));
    stage_ = Stage::complete;
    error = read_head();
    return used;
  }
  block.append(piece.substr(0, used + 1));
  error = classify(code);
  return used;
}

// llhttp stops at the first character that fits none of its methods. The answer depends on the
// rest: 501 for a method (RFC 9110, 9.1), 400 for anything else.
std::size_t ReferenceParser::feed_unknown_method(std::string_view bytes, Error& error) {
  std::string& block = block_;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == ' ' && !block.empty()) {
      error = Error::unknown_method;
      return i;
    }
    if (!is_token_character(bytes[i]) || block.size() == kMaxMethodSize) {
      error = Error::bad_request_line;
      return i;
    }
    block += bytes[i];
  }
  return bytes.size();
}

Error ReferenceParser::classify(llhttp_errno code) {
  const std::string& block = block_;
  switch (code) {
    case HPE_USER:
      return callback_error_;
    case HPE_INVALID_URL: {
      const std::size_t size = block.size() - std::min(block.find(' ') + 1, block.size());
      return size > limits_.max_uri_size ? Error::target_too_long : Error::bad_target;
    }
    case HPE_INVALID_VERSION:
      return has_whole_version() ? Error::unsupported_version : Error::bad_request_line;
    case HPE_PAUSED_H2_UPGRADE:
      return Error::unsupported_version;
    case HPE_INVALID_CONSTANT:
      // What follows the target is not "HTTP/", or the method is one of RTSP's.
      return llhttp_get_method(&parser_) >= HTTP_PRI ? Error::unknown_method
                                                     : Error::bad_request_line;
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_UNEXPECTED_CONTENT_LENGTH:
      return Error::bad_content_length;
    case HPE_INVALID_TRANSFER_ENCODING:
      return Error::bad_transfer_encoding;
    default:
      return block.find('\n') == std::string::npos ? Error::bad_request_line : Error::bad_header;
  }
}

// Whether the last word so far is "HTTP/x.y", a version that we don't support.
bool ReferenceParser::has_whole_version() const {
  const std::string_view block = block_;
  const std::string_view word = block.substr(block.rfind(' ') + 1);
  if (word.starts_with("HTTP/1.0") || word.starts_with("HTTP/1.1")) return false;
  return word.size() >= 8 && word.starts_with("HTTP/") && is_digit(word[5]) && word[6] == '.' &&
         is_digit(word[7]);
}

std::uint32_t ReferenceParser::offset_of(const char* at) const {
  return static_cast<std::uint32_t>(piece_offset_ + static_cast<std::size_t>(at - piece_));
}

int ReferenceParser::on_url(llhttp_t* parser, const char* at, std::size_t size) {
  auto& self = *static_cast<ReferenceParser*>(parser->data);
  if (self.url_size_ == 0) self.url_offset_ = self.offset_of(at);
  self.url_size_ += static_cast<std::uint32_t>(size);
  if (self.url_size_ <= self.limits_.max_uri_size) return 0;
  self.callback_error_ = Error::target_too_long;
  return -1;
}

int ReferenceParser::on_headers_complete(llhttp_t*) {
  return HPE_PAUSED;
}

Error ReferenceParser::read_head() {
  std::size_t line_end = 0;
  Error error = read_request_line(line_end);
  if (error == Error::none) error = read_fields(line_end);
  if (error == Error::none) error = check_head();
  return error;
}

// RFC 9112, 3: method SP request-target SP HTTP-version CRLF, with exactly these two spaces.
Error ReferenceParser::read_request_line(std::size_t& line_end) {
  const std::string_view block = block_;
  if (url_size_ == 0 || url_offset_ < 2 || block[url_offset_ - 2] == ' ') {
    return Error::bad_request_line;
  }
  head_.method = block.substr(0, url_offset_ - 1);
  const std::size_t url_end = url_offset_ + url_size_;
  const std::string_view rest = block.substr(url_end);
  if (rest.starts_with(" HTTP/1.1\r\n")) {
    head_.is_http_1_1 = true;
  } else if (!rest.starts_with(" HTTP/1.0\r\n")) {
    const bool is_version = rest.size() > 10 && rest.starts_with(" HTTP/") && is_digit(rest[6]) &&
                            rest[7] == '.' && is_digit(rest[8]) && rest[9] == '\r';
    return is_version && !rest.starts_with(" HTTP/1.") ? Error::unsupported_version
                                                       : Error::bad_request_line;
  }
  head_.version = rest.substr(1, 8);
  line_end = url_end + 11;
  return read_target(block.substr(url_offset_, url_size_));
}

// llhttp has checked the characters of names and values, and that lines end in CRLF; but it takes
// folded lines and empty names, and a bare LF for the last line.
Error ReferenceParser::read_fields(std::size_t position) {
  const std::string_view block = block_;
  while (block[position] != '\r') {
    const std::size_t colon = block.find(':', position);
    const std::size_t line_end = block.find('\r', position);
    if (colon >= line_end || colon == position || is_blank(block[position]) ||
        block.substr(line_end, 2) != "\r\n") {
      return Error::bad_header;
    }
    std::string_view value = block.substr(colon + 1, line_end - colon - 1);
    while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
    while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
    const std::string_view name = block.substr(position, colon - position);
    if (name.find('_') != std::string_view::npos) {
      position = line_end + 2;
      continue;
    }
    if (fields_.size() == limits_.max_header_count) return Error::headers_too_large;
    fields_.emplace_back(name, value);
    const Error error = read_field(name, value);
    if (error != Error::none) return error;
    position = line_end + 2;
  }
  return block.substr(position) == "\r\n" ? Error::none : Error::bad_header;
}

// The fields that decide about the connection and the message's end. Their names all differ in
// length, so one switch skips nearly every other field.
Error ReferenceParser::read_field(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (!equals_ignoring_case(name, "host")) return Error::none;
      if (host_seen_ || !is_host(value)) return Error::bad_host;  // RFC 9112, 3.2
      host_seen_ = true;
      head_.host = value;
      return Error::none;
    case 6:
      return equals_ignoring_case(name, "expect") ? read_expect(value) : Error::none;
    case 10:
      return equals_ignoring_case(name, "connection") ? read_connection(value) : Error::none;
    case 14:
      return equals_ignoring_case(name, "content-length") ? read_content_length(value)
                                                          : Error::none;
    case 17:
      return equals_ignoring_case(name, "transfer-encoding") ? read_transfer_encoding(value)
                                                             : Error::none;
    default:
      return Error::none;
  }
}

// RFC 9110, 7.6.1: a list of tokens.
Error ReferenceParser::read_connection(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    std::string_view option = value.substr(0, comma);
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    while (!option.empty() && is_blank(option.front())) option.remove_prefix(1);
    while (!option.empty() && is_blank(option.back())) option.remove_suffix(1);
    if (equals_ignoring_case(option, "close")) close_seen_ = true;
    if (equals_ignoring_case(option, "keep-alive")) keep_alive_seen_ = true;
  }
  return Error::none;
}

// RFC 9110, 10.1.1 and 5.6.1.2: a list, whose elements may be empty.
Error ReferenceParser::read_expect(std::string_view value) {
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    std::string_view item = value.substr(begin, end - begin);
    while (!item.empty() && is_blank(item.front())) item.remove_prefix(1);
    while (!item.empty() && is_blank(item.back())) item.remove_suffix(1);
    if (equals_ignoring_case(item, "100-continue")) {
      head_.expects_continue = true;
    } else if (!item.empty()) {
      return Error::unsupported_expectation;
    }
    begin = end + 1;
  }
  return Error::none;
}

// RFC 9112, 6.3: anything but one plain number leaves the end of the message open.
Error ReferenceParser::read_content_length(std::string_view value) {
  constexpr std::size_t kMaxDigits = 19;  // fits in 64 bits, and no honest one is longer
  if (head_.has_content_length || value.empty() || value.size() > kMaxDigits) {
    return Error::bad_content_length;
  }
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(c)) return Error::bad_content_length;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  head_.has_content_length = true;
  head_.content_length = length;
  return Error::none;
}

// RFC 9112, 6.1: chunked once, as the only coding. A well-formed other coding is 501.
Error ReferenceParser::read_transfer_encoding(std::string_view value) {
  if (!head_.is_http_1_1 || head_.is_chunked) return Error::bad_transfer_encoding;
  if (equals_ignoring_case(value, "chunked")) {
    head_.is_chunked = true;
    return Error::none;
  }
  const std::string_view first = value.substr(0, value.find_first_of(" \t,;"));
  return is_token(first) && !equals_ignoring_case(first, "chunked")
             ? Error::unsupported_transfer_coding
             : Error::bad_transfer_encoding;
}

Error ReferenceParser::read_target(std::string_view target) {
  if (head_.method == "CONNECT") return Error::unknown_method;  // no proxy: RFC 9110, 9.3.6
  if (target[0] == '/') return split_target(target);
  if (target == "*") {
    if (head_.method != "OPTIONS") return Error::bad_target;  // RFC 9112, 3.2.4
    head_.uri = head_.path = target;
    return Error::none;
  }
  return read_absolute_target(target);
}

// RFC 9112, 3.2.2: clients send it to proxies, and every server must understand it.
Error ReferenceParser::read_absolute_target(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_ignoring_case(target, scheme)) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    target_host_ = rest.substr(0, end);
    if (!is_host(target_host_)) return Error::bad_target;
    const std::string_view origin = rest.substr(end);
    if (origin.empty()) {
      head_.uri = head_.path = head_.method == "OPTIONS" ? "*" : "/";
      return Error::none;
    }
    const Error error = split_target(origin);
    if (head_.path.empty()) head_.path = "/";
    return error;
  }
  return Error::bad_target;
}

Error ReferenceParser::split_target(std::string_view target) {
  std::size_t end = 0;
  while (end < target.size() && has_class(target[end], detail::kPathByte)) ++end;
  head_.uri = target;
  head_.path = target.substr(0, end);
  if (end == target.size()) return Error::none;
  if (target[end] != '?') return Error::bad_target;
  head_.query = target.substr(end + 1);
  const bool is_clean = std::all_of(head_.query.begin(), head_.query.end(),
                                    [](char c) { return has_class(c, detail::kQueryByte); });
  return is_clean ? Error::none : Error::bad_target;
}

// The checks that need the whole head.
Error ReferenceParser::check_head() {
  if (!host_seen_ && head_.is_http_1_1) return Error::bad_host;  // RFC 9112, 3.2
  if (!target_host_.empty()) {
    head_.host = target_host_;  // RFC 9112, 3.2.2: what Host says is ignored
    for (auto& [name, value] : fields_) {
      if (equals_ignoring_case(name, "host")) value = target_host_;
    }
  }
  if (head_.is_chunked && head_.has_content_length) return Error::bad_content_length;
  if (!head_.is_http_1_1) head_.expects_continue = false;  // RFC 9110, 10.1.1
  head_.keep_alive = head_.is_http_1_1 ? !close_seen_ : keep_alive_seen_ && !close_seen_;
  return Error::none;
}

}  // namespace bora::test
