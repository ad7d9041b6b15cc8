#include "runtime/http/request_parser.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <bora/http/http_connection.h>

#include "runtime/http/byte_scan.h"
#include "runtime/http/characters.h"
#include "runtime/http/ip_address.h"
#include "runtime/text/characters.h"
#include "runtime/text/methods.h"

namespace bora::http {

namespace {

// A longer method, which can't be registered, is refused before it fills memory.
constexpr std::ptrdiff_t kMaxMethodSize = 32;

constexpr std::size_t kVersionSize = 8;

template <class Word>
Word load_in_lower_case(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return static_cast<Word>(word | static_cast<Word>(0x2020202020202020));
}

// Whether `text` is `expected` without regard to the case of letters. `text` has no control
// characters, and `expected` has only small letters and hyphens; with these, no two other
// characters are taken for the same.
template <std::size_t SizeAndNull>
bool is_word(std::string_view text, const char (&expected)[SizeAndNull]) {
  constexpr std::size_t kSize = SizeAndNull - 1;
  static_assert(kSize >= 4);
  using Word = std::conditional_t<(kSize >= 8), std::uint64_t, std::uint32_t>;
  if (text.size() != kSize) return false;
  for (std::size_t i = 0; i + sizeof(Word) < kSize; i += sizeof(Word)) {
    if (load_in_lower_case<Word>(text.data() + i) != load_in_lower_case<Word>(expected + i)) {
      return false;
    }
  }
  constexpr std::size_t kLast = kSize - sizeof(Word);
  return load_in_lower_case<Word>(text.data() + kLast) ==
         load_in_lower_case<Word>(expected + kLast);
}

// Takes the first element off a list (RFC 9110, 5.6.1), without the blanks around it.
std::string_view take_element(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  std::string_view element = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  while (!element.empty() && text::is_blank(element.front())) element.remove_prefix(1);
  while (!element.empty() && text::is_blank(element.back())) element.remove_suffix(1);
  return element;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         equals_ignoring_case(text.substr(0, lower_case.size()), lower_case);
}

// RFC 9110, 7.2 and RFC 3986, 3.2.2: uri-host [ ":" port ], and the host is not empty. `host` lies
// in `text`, and is followed there by a byte that no host has.
bool is_host(std::string_view host, ScanText text) {
  const char* at = host.data();
  const char* const end = at + host.size();
  if (host.starts_with('[')) {
    const std::size_t bracket = host.find(']');
    if (bracket == std::string_view::npos || !is_ipv6_address(host.substr(1, bracket - 1))) {
      return false;
    }
    at += bracket + 1;
  } else {
    at = skip<HostRun>(at, text);
    while (at != end && *at == '%') {
      if (end - at < 3 || hex_value(at[1]) < 0 || hex_value(at[2]) < 0) return false;
      at = skip<HostRun>(at + 3, text);
    }
    if (at == host.data()) return false;
  }
  if (at == end) return true;
  if (*at != ':') return false;
  unsigned port = 0;
  for (++at; at != end; ++at) {
    if (!is_digit(*at)) return false;
    port = port * 10 + static_cast<unsigned>(*at - '0');
    if (port > 65535) return false;
  }
  return true;
}

}  // namespace

void RequestParser::begin(HTTPHeaders& headers, const Limits& limits) {
  headers_ = &headers;
  limits_ = &limits;
  at_ = 0;
  stage_ = Stage::start;
  host_seen_ = close_seen_ = keep_alive_seen_ = has_underscore_ = false;
  target_host_ = {};
  head_ = {};
}

std::string_view RequestParser::taken() const {
  return headers_->block_;
}

std::size_t RequestParser::feed(std::string_view bytes, Error& error) {
  std::size_t skipped = 0;
  if (stage_ < Stage::method) {
    const bool has_blank_line = stage_ != Stage::start || bytes.empty() || bytes[0] < ' ';
    if (has_blank_line) {
      skipped = skip_blank_line(bytes, error);
      if (error != Error::none || skipped == bytes.size()) return skipped;
    }
    stage_ = Stage::method;
  }
  std::string& block = headers_->block_;
  const std::size_t before = block.size();
  const std::string_view piece = bytes.substr(skipped, limits_->max_header_size - before);
  if (before == 0) {
    error = scan({piece.data(), piece.data() + piece.size()});
    block.append(piece.substr(0, at_));
  } else {
    block.append(piece);
    error = scan({block.data(), block.data() + block.size()});
    block.resize(at_);
  }
  if (error == Error::none) {
    if (stage_ == Stage::complete) {
      error = read_head();
    } else if (block.size() == limits_->max_header_size) {
      error = Error::headers_too_large;
    }
  }
  return skipped + at_ - before;
}

// RFC 9112, 2.2: one empty line before the request line is passed over, as some clients end a body
// with one that Content-Length does not count.
std::size_t RequestParser::skip_blank_line(std::string_view bytes, Error& error) {
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

// RFC 9112, 3: method SP request-target SP HTTP-version CRLF, with exactly these two spaces; then
// the fields.
Error RequestParser::scan(ScanText text) {
  Error error = Error::none;
  if (stage_ == Stage::method) error = scan_method(text);
  if (stage_ == Stage::target || stage_ == Stage::query) error = scan_target(text);
  if (stage_ == Stage::version && error == Error::none) error = scan_version(text);
  if (stage_ > Stage::version && error == Error::none) error = scan_fields(text);
  return error;
}

bool RequestParser::is_supported(std::string_view method) const {
  return text::is_registered_method(method) ||
         (limits_->delegate != nullptr && limits_->delegate->supports_method(method));
}

// The answer depends on what is wrong: 501 for a method that is not supported (RFC 9110, 9.1), 400
// for anything else.
Error RequestParser::scan_method(ScanText text) {
  constexpr std::string_view kUsual = "GET ";
  const char* const begin = text.begin;
  const char* const end = begin + std::min(text.end - begin, kMaxMethodSize + 1);
  if (end - begin > 4 && std::memcmp(begin, kUsual.data(), kUsual.size()) == 0) {
    at_ = kUsual.size() - 1;
  } else {
    const char* const at = skip<TokenRun>(begin + at_, {begin, end});
    at_ = static_cast<std::uint32_t>(at - begin);
    if (at_ > kMaxMethodSize) return Error::bad_request_line;
    if (at == end) return Error::none;
    if (*at != ' ' || at_ == 0) return Error::bad_request_line;
    if (!is_supported({begin, at_})) return Error::unknown_method;
  }
  target_ = ++at_;
  stage_ = Stage::target;
  return Error::none;
}

// Checks only the characters: the forms of RFC 9112, 3.2 all consist of those of a path and a
// query.
Error RequestParser::scan_target(ScanText text) {
  const char* at = text.begin + at_;
  if (stage_ == Stage::target) {
    at = skip<PathRun>(at, text);
    path_end_ = static_cast<std::uint32_t>(at - text.begin);
    if (at != text.end && *at == '?') {
      ++at;
      stage_ = Stage::query;
    }
  }
  if (stage_ == Stage::query) at = skip<QueryRun>(at, text);
  at_ = static_cast<std::uint32_t>(at - text.begin);
  if (at_ - target_ > limits_->max_uri_size) return Error::target_too_long;
  if (at == text.end) return Error::none;
  if (*at != ' ') return *at == '\r' ? Error::bad_request_line : Error::bad_target;
  if (at_ == target_) return Error::bad_request_line;
  target_end_ = at_++;
  stage_ = Stage::version;
  return Error::none;
}

// RFC 9112, 2.3. RFC 9110, 2.5: a later 1.x is served as 1.1.
Error RequestParser::scan_version(ScanText text) {
  constexpr std::string_view kUsual = "HTTP/1.1\r\n";
  constexpr std::size_t kMajor = 5;
  constexpr std::size_t kMinor = 7;
  const char* const begin = text.begin + target_end_ + 1;
  const auto size = static_cast<std::size_t>(text.end - begin);
  if (size >= kUsual.size() && std::memcmp(begin, kUsual.data(), kUsual.size()) == 0) {
    at_ = target_end_ + 1 + static_cast<std::uint32_t>(kUsual.size());
  } else {
    for (std::size_t i = at_ - target_end_ - 1; i < kUsual.size(); ++i, ++at_) {
      if (i == size) return Error::none;
      const bool is_number = i == kMajor || i == kMinor;
      if (!(is_number ? is_digit(begin[i]) : begin[i] == kUsual[i])) return Error::bad_request_line;
      const bool is_ours = i != kMinor || begin[kMajor] == '1';
      if (!is_ours) return Error::unsupported_version;
    }
  }
  head_.is_http_1_1 = begin[kMinor] != '0';
  line_ = at_;
  stage_ = Stage::name;
  return Error::none;
}

// RFC 9112, 5: field-name ":" OWS field-value OWS CRLF, and an empty line after the last. A line
// that begins with a blank is a folded one (5.2): as a field it would have an empty name.
Error RequestParser::scan_fields(ScanText text) {
  const auto offset = [&](const char* at) { return static_cast<std::uint32_t>(at - text.begin); };
  const char* at = text.begin + at_;
  Stage stage = stage_;
  Error error = Error::none;
  while (at != text.end) {
    if (stage == Stage::name) {
      if (*at == '\r' && offset(at) == line_) {
        ++at;
        stage = Stage::last_line_feed;
      } else {
        at = skip<FieldNameRun>(at, text);
        if (at == text.end) break;
        if (*at == '_') {
          has_underscore_ = true;
          at = skip<TokenRun>(at, text);
          if (at == text.end) break;
        }
        colon_ = offset(at);
        if (*at != ':' || colon_ == line_) {
          error = Error::bad_header;
          break;
        }
        ++at;
        stage = Stage::blanks;
      }
    }
    if (stage == Stage::blanks) {
      while (at != text.end && text::is_blank(*at)) ++at;
      if (at == text.end) break;
      value_ = offset(at);
      stage = Stage::value;
    }
    if (stage == Stage::value) {
      at = skip<FieldValueRun>(at, text);
      if (at == text.end) break;
      if (*at != '\r') {
        error = Error::bad_header;
        break;
      }
      ++at;
      stage = Stage::line_feed;
    }
    if (at == text.end) break;
    if (*at++ != '\n') {
      error = Error::bad_header;
      break;
    }
    if (stage == Stage::last_line_feed) {
      stage = Stage::complete;
      break;
    }
    error = add_field(text, at - 2);
    if (error != Error::none) break;
    line_ = offset(at);
    stage = Stage::name;
  }
  at_ = offset(at);
  stage_ = stage;
  return error;
}

// The field from line_ to `line_end`, where its CR is.
Error RequestParser::add_field(ScanText text, const char* line_end) {
  const char* const name = text.begin + line_;
  const char* const value = text.begin + value_;
  // Programs and proxies that hand fields on as variables write '_' for '-'. They would take such a
  // name for that of another field, which somebody before them has checked.
  if (has_underscore_) {
    has_underscore_ = false;
    if (!limits_->keeps_underscores) return Error::none;
  }
  while (line_end > value && text::is_blank(line_end[-1])) --line_end;
  if (headers_->fields_.size() == limits_->max_header_count) return Error::headers_too_large;
  const auto value_size = static_cast<std::uint32_t>(line_end - value);
  headers_->fields_.push_back({line_, value_, value_size, colon_ - line_});
  return read_field({name, colon_ - line_}, {value, value_size}, text);
}

// The fields that decide about the connection and the message's end. Their names all differ in
// length, so one switch skips nearly every other field.
Error RequestParser::read_field(std::string_view name, std::string_view value, ScanText text) {
  switch (name.size()) {
    case 4:
      return is_word(name, "host") ? read_host(value, text) : Error::none;
    case 6:
      return is_word(name, "expect") ? read_expect(value) : Error::none;
    case 10:
      if (is_word(name, "connection")) read_connection(value);
      return Error::none;
    case 14:
      return is_word(name, "content-length") ? read_content_length(value) : Error::none;
    case 17:
      return is_word(name, "transfer-encoding") ? read_transfer_encoding(value) : Error::none;
    default:
      return Error::none;
  }
}

Error RequestParser::read_host(std::string_view value, ScanText text) {
  if (host_seen_) return Error::bad_host;  // RFC 9112, 3.2
  host_seen_ = true;
  host_field_ = static_cast<std::uint32_t>(headers_->fields_.size() - 1);
  const bool is_known = value == good_host_ && !value.empty();
  return is_known ? Error::none : read_other_host(value, text);
}

Error RequestParser::read_other_host(std::string_view value, ScanText text) {
  if (!is_host(value, text)) return Error::bad_host;
  good_host_ = value;
  return Error::none;
}

// RFC 9110, 7.6.1: a list of tokens, and nearly always of this one.
void RequestParser::read_connection(std::string_view value) {
  if (is_word(value, "keep-alive")) {
    keep_alive_seen_ = true;
    return;
  }
  while (!value.empty()) {
    const std::string_view option = take_element(value);
    if (is_word(option, "close")) close_seen_ = true;
    if (is_word(option, "keep-alive")) keep_alive_seen_ = true;
  }
}

// RFC 9110, 10.1.1: a list, of which 100-continue is the only element that anybody has defined.
// Elements may be empty (5.6.1.2), and so the whole list.
Error RequestParser::read_expect(std::string_view value) {
  while (!value.empty()) {
    const std::string_view expectation = take_element(value);
    if (expectation.empty()) continue;
    if (!is_word(expectation, "100-continue")) return Error::unsupported_expectation;
    head_.expects_continue = true;
  }
  return Error::none;
}

// RFC 9112, 6.3: anything but one plain number leaves the end of the message open.
Error RequestParser::read_content_length(std::string_view value) {
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
  return head_.is_chunked ? Error::bad_content_length : Error::none;
}

// RFC 9112, 6.1: chunked once, as the only coding. A well-formed other coding is 501.
Error RequestParser::read_transfer_encoding(std::string_view value) {
  if (!head_.is_http_1_1 || head_.is_chunked) return Error::bad_transfer_encoding;
  if (is_word(value, "chunked")) {
    head_.is_chunked = true;
    return head_.has_content_length ? Error::bad_content_length : Error::none;
  }
  const std::string_view first = value.substr(0, value.find_first_of(" \t,;"));
  return is_token(first) && !is_word(first, "chunked") ? Error::unsupported_transfer_coding
                                                       : Error::bad_transfer_encoding;
}

// The head is complete, and lies in the block. This checks what only the complete head can tell.
Error RequestParser::read_head() {
  const std::string_view block = headers_->block_;
  head_.method = block.substr(0, target_ - 1);
  head_.version = head_.is_http_1_1 ? std::string_view("HTTP/1.1")
                                    : block.substr(target_end_ + 1, kVersionSize);
  if (head_.method == "PRI") return Error::unknown_method;
  Error error = read_target();
  if (error == Error::none) error = check_host();
  if (!head_.is_http_1_1) head_.expects_continue = false;  // RFC 9110, 10.1.1
  head_.keep_alive = !close_seen_ && (head_.is_http_1_1 || keep_alive_seen_);
  return error;
}

Error RequestParser::read_target() {
  const std::string_view block = headers_->block_;
  const std::string_view target = block.substr(target_, target_end_ - target_);
  if (path_end_ < target_end_)
    head_.query = block.substr(path_end_ + 1, target_end_ - path_end_ - 1);
  head_.uri = target;
  head_.path = target.substr(0, path_end_ - target_);
  if (target[0] == '/') return Error::none;
  if (target != "*") return read_absolute_target(target);
  return head_.method == "OPTIONS" ? Error::none : Error::bad_target;  // RFC 9112, 3.2.4
}

// RFC 9112, 3.2.2: clients send it to proxies, and every server must understand it.
Error RequestParser::read_absolute_target(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_ignoring_case(target, scheme)) continue;
    const std::size_t end = std::min(target.find_first_of("/?", scheme.size()), target.size());
    target_host_ = target.substr(scheme.size(), end - scheme.size());
    if (!is_host(target_host_, {target.data(), target.data() + target.size()})) {
      return Error::bad_target;
    }
    head_.uri.remove_prefix(end);
    head_.path.remove_prefix(end);
    if (head_.path.empty()) head_.path = "/";
    if (head_.uri.empty()) head_.uri = head_.path = head_.method == "OPTIONS" ? "*" : "/";
    return Error::none;
  }
  return Error::bad_target;
}

// RFC 9112, 3.2 and 3.2.2.
Error RequestParser::check_host() {
  if (host_seen_) {
    head_.host = headers_->value_of(headers_->fields_[host_field_]);
  } else if (head_.is_http_1_1) {
    return Error::bad_host;
  }
  if (target_host_.empty()) return Error::none;
  head_.host = target_host_;
  if (!host_seen_) return Error::none;
  // 3.2.2: the target's host wins, and Host is ignored. The field is changed to the target's host:
  // if there were two, a request could be allowed for the one and served for the other.
  HTTPHeaders::Entry& field = headers_->fields_[host_field_];
  field.value_offset = static_cast<std::uint32_t>(target_host_.data() - headers_->block_.data());
  field.value_size = static_cast<std::uint32_t>(target_host_.size());
  return Error::none;
}

}  // namespace bora::http
