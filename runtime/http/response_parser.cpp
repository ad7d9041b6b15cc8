#include "runtime/http/response_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/http/byte_scan.h"
#include "runtime/http/characters.h"
#include "runtime/text/characters.h"

namespace bora::http {

namespace {

constexpr std::uint8_t kMaxInterim = 32;

/// Calls `use` with each element of a comma-separated list (RFC 9110, 5.6.1), empty ones too.
template <class Use>
void for_each_element(std::string_view list, Use use) {
  for (;;) {
    const std::size_t comma = list.find(',');
    use(text::trim_blanks(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

bool read_number(std::string_view text, std::uint64_t& number) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

}  // namespace

std::string_view describe(ResponseFault fault) noexcept {
  switch (fault) {
    case ResponseFault::none:
      return "the answer is fine";
    case ResponseFault::not_http:
      return "what the server sends is no HTTP";
    case ResponseFault::unsupported_version:
      return "the server speaks another version of HTTP than 1.x";
    case ResponseFault::bad_status_line:
      return "the answer's status line is malformed";
    case ResponseFault::bad_header:
      return "a header field of the answer is malformed";
    case ResponseFault::headers_too_large:
      return "the answer's header fields are larger than max_header_size";
    case ResponseFault::too_many_interim:
      return "the server sends interim answers without an end";
    case ResponseFault::bad_content_length:
      return "the answer's Content-Length is not one plain number";
    case ResponseFault::bad_transfer_encoding:
      return "the answer's Transfer-Encoding is not one \"chunked\", or stands beside a "
             "Content-Length";
    case ResponseFault::unexpected_body:
      return "an answer that has no body, by its status, promises one";
    case ResponseFault::bad_chunk:
      return "the answer's chunked coding is broken";
    case ResponseFault::body_too_large:
      return "the answer's body is larger than max_body_size";
    case ResponseFault::incomplete:
      return "the server ended the connection within the answer";
  }
  return "unknown fault";
}

void ResponseParser::begin(For kind, const Limits& limits) {
  limits_ = limits;
  kind_ = kind;
  stage_ = Stage::head;
  fault_ = ResponseFault::none;
  has_started_ = may_keep_alive_ = has_length_ = was_cr_ = false;
  interim_count_ = line_length_ = 0;
  head_bytes_ = 0;
  left_ = given_ = length_ = 0;
  head_.code = 0;
  head_.reason.clear();
  head_.headers.clear();
  gathered_.clear();
  data_ = {};
}

std::optional<std::uint64_t> ResponseParser::content_length() const noexcept {
  if (!has_length_) return std::nullopt;
  return length_;
}

ResponseParser::Step ResponseParser::feed(std::string_view bytes, std::size_t& taken) {
  taken = 0;
  if (fault_ != ResponseFault::none) return Step::failed;
  if (stage_ == Stage::complete) return Step::complete;
  if (bytes.empty()) return Step::more;
  has_started_ = true;
  return stage_ == Stage::head ? feed_head(bytes, taken) : feed_body(bytes, taken);
}

ResponseParser::Step ResponseParser::finish() {
  if (fault_ != ResponseFault::none) return Step::failed;
  if (stage_ == Stage::until_close) stage_ = Stage::complete;
  return stage_ == Stage::complete ? Step::complete : fail(ResponseFault::incomplete);
}

// ---- The head ----

ResponseParser::Step ResponseParser::feed_head(std::string_view bytes, std::size_t& taken) {
  // A peer that speaks something else is recognized by its first bytes.
  constexpr std::string_view kBegin = "HTTP/";
  const std::string_view begin = kBegin.substr(std::min(gathered_.size(), kBegin.size()));
  for (std::size_t i = 0; i < std::min(begin.size(), bytes.size()); ++i) {
    if (bytes[i] == begin[i]) continue;
    // After interim answers the limit may be reached before this byte.
    const bool is_too_large = head_bytes_ + i >= limits_.max_header_size;
    return fail(is_too_large ? ResponseFault::headers_too_large : ResponseFault::not_http);
  }
  std::size_t end = 0;
  const ResponseFault fault = find_head_end(bytes, end);
  const std::size_t size = end == 0 ? bytes.size() : end;
  // Checked in this order, the result is the same however the bytes are cut.
  if (head_bytes_ + size > limits_.max_header_size) return fail(ResponseFault::headers_too_large);
  if (fault != ResponseFault::none) return fail(fault);
  head_bytes_ += size;
  taken = size;
  if (end == 0) {
    gathered_.append(bytes);
    return Step::more;
  }
  if (gathered_.empty()) return take_head(bytes.substr(0, end));
  gathered_.append(bytes.substr(0, end));
  std::string whole;
  whole.swap(gathered_);
  return take_head(whole);
}

/// @param end  Set to the position after the empty line; 0 if it has not come yet.
ResponseFault ResponseParser::find_head_end(std::string_view bytes, std::size_t& end) {
  const char* const begin = bytes.data();
  const char* const stop = begin + bytes.size();
  const char* line = begin;  // where the present one begins, as far as it is in `bytes`
  for (;;) {
    const auto* const feed =
        static_cast<const char*>(std::memchr(line, '\n', static_cast<std::size_t>(stop - line)));
    const char* const upto = feed == nullptr ? stop : feed;
    const auto size = static_cast<std::size_t>(upto - line);
    if (size > 0) was_cr_ = upto[-1] == '\r';
    line_length_ = static_cast<std::uint8_t>(std::min<std::size_t>(line_length_ + size, 2));
    if (feed == nullptr) return ResponseFault::none;
    // RFC 9112, 2.2: a recipient may take a bare LF for a line's end. Not every program does, so it
    // is refused here.
    if (!was_cr_) {
      end = static_cast<std::size_t>(feed - begin) + 1;  // for the limit
      return gathered_.find('\n') == std::string::npos && std::find(begin, feed, '\n') == feed
                 ? ResponseFault::bad_status_line
                 : ResponseFault::bad_header;
    }
    const bool is_empty = line_length_ == 1;
    was_cr_ = false;
    line_length_ = 0;
    line = feed + 1;
    if (is_empty) {
      end = static_cast<std::size_t>(line - begin);
      return ResponseFault::none;
    }
  }
}

ResponseParser::Step ResponseParser::take_head(std::string_view text) {
  const std::size_t line_end = text.find("\r\n");
  head_.headers.clear();
  ResponseFault fault = read_status_line(text.substr(0, line_end));
  // The empty line at the end belongs to no field.
  if (fault == ResponseFault::none)
    fault = read_fields(text.substr(line_end + 2, text.size() - line_end - 4));
  if (fault == ResponseFault::none) fault = choose_framing();
  if (fault != ResponseFault::none) return fail(fault);
  if (head_.code >= 200 || head_.code == 101) return Step::head;
  stage_ = Stage::head;
  if (++interim_count_ > kMaxInterim) return fail(ResponseFault::too_many_interim);
  return Step::interim;
}

// RFC 9112, 4: HTTP-version SP status-code SP [ reason-phrase ]. Many leave out the blank if they
// send no reason.
ResponseFault ResponseParser::read_status_line(std::string_view line) {
  if (line.size() < 8 || !is_digit(line[5]) || line[6] != '.' || !is_digit(line[7]))
    return ResponseFault::bad_status_line;
  if (line[5] != '1') return ResponseFault::unsupported_version;
  if (line.size() < 12 || line[8] != ' ' || (line.size() > 12 && line[12] != ' '))
    return ResponseFault::bad_status_line;
  std::uint64_t code = 0;
  if (!read_number(line.substr(9, 3), code) || code < 100) return ResponseFault::bad_status_line;
  const std::string_view reason = line.substr(std::min<std::size_t>(13, line.size()));
  if (!is_field_value(reason)) return ResponseFault::bad_status_line;
  head_.code = static_cast<int>(code);
  head_.minor_version = line[7] - '0';
  head_.reason = reason;
  return ResponseFault::none;
}

// RFC 9112, 5: no blank before the colon, no folding.
ResponseFault ResponseParser::read_fields(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(line.size() + 2, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return ResponseFault::bad_header;
    const std::string_view value = text::trim_blanks(line.substr(colon + 1));
    if (!is_field_value(value)) return ResponseFault::bad_header;
    if (head_.headers.size() == limits_.max_header_count) return ResponseFault::headers_too_large;
    head_.headers.append_checked(line.substr(0, colon), value);
  }
  return ResponseFault::none;
}

// RFC 9112, 6.3, in its order.
ResponseFault ResponseParser::choose_framing() {
  bool has_coding = false;
  bool has_length = false;
  bool is_chunked = true;
  bool says_close = false;
  bool says_keep = false;
  std::uint64_t length = 0;
  ResponseFault fault = ResponseFault::none;
  for (const auto& [name, value] : head_.headers) {
    if (name.size() == 14 && equals_ignoring_case(name, "Content-Length")) {
      // RFC 9110, 8.6: the same number again is allowed, as a list or as another field.
      for_each_element(value, [&](std::string_view element) {
        std::uint64_t number = 0;
        if (!read_number(element, number) || (has_length && number != length))
          fault = ResponseFault::bad_content_length;
        has_length = true;
        length = number;
      });
    } else if (name.size() == 17 && equals_ignoring_case(name, "Transfer-Encoding")) {
      is_chunked = is_chunked && !has_coding && equals_ignoring_case(value, "chunked");
      has_coding = true;
    } else if (name.size() == 10 && equals_ignoring_case(name, "Connection")) {
      for_each_element(value, [&](std::string_view option) {
        says_close = says_close || equals_ignoring_case(option, "close");
        says_keep = says_keep || equals_ignoring_case(option, "keep-alive");
      });
    }
  }
  if (fault != ResponseFault::none) return fault;
  if (has_coding && (!is_chunked || has_length || head_.minor_version == 0))
    return ResponseFault::bad_transfer_encoding;
  may_keep_alive_ = !says_close && (head_.minor_version > 0 || says_keep);
  has_length_ = has_length;
  length_ = left_ = length;

  const bool is_interim = head_.code < 200;
  if (kind_ == For::connect && head_.code >= 200 && head_.code < 300) {
    stage_ = Stage::complete;  // RFC 9110, 9.3.6: what follows is the tunnel
    return ResponseFault::none;
  }
  if (is_interim || head_.code == 204) {
    if (has_coding || length > 0) return ResponseFault::unexpected_body;
    stage_ = Stage::complete;
    if (head_.code == 101) may_keep_alive_ = false;
    return ResponseFault::none;
  }
  if (kind_ == For::head || head_.code == 304) {
    stage_ = Stage::complete;
    return ResponseFault::none;
  }
  if (has_coding) {
    stage_ = Stage::chunks;
    chunks_.begin(limits_.max_header_size);
    return ResponseFault::none;
  }
  if (has_length) {
    if (length > limits_.max_body_size) return ResponseFault::body_too_large;
    stage_ = length == 0 ? Stage::complete : Stage::body;
    return ResponseFault::none;
  }
  stage_ = Stage::until_close;
  may_keep_alive_ = false;
  return ResponseFault::none;
}

std::optional<std::chrono::seconds> ResponseParser::keep_alive_timeout() const {
  std::optional<std::chrono::seconds> result;
  if (!head_.headers.contains("Keep-Alive")) return result;
  for_each_element(head_.headers.get("Keep-Alive"), [&](std::string_view parameter) {
    constexpr std::string_view kName = "timeout=";
    std::uint64_t seconds = 0;
    if (parameter.size() > kName.size() &&
        equals_ignoring_case(parameter.substr(0, kName.size()), kName) &&
        read_number(parameter.substr(kName.size()), seconds))
      result = std::chrono::seconds(std::min<std::uint64_t>(seconds, 86400));
  });
  return result;
}

// ---- The body ----

ResponseParser::Step ResponseParser::give(std::string_view data) {
  data_ = data;
  given_ += data.size();
  return given_ > limits_.max_body_size ? fail(ResponseFault::body_too_large) : Step::data;
}

ResponseParser::Step ResponseParser::feed_body(std::string_view bytes, std::size_t& taken) {
  switch (stage_) {
    case Stage::body: {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      taken = size;
      left_ -= size;
      if (left_ == 0) stage_ = Stage::complete;
      return give(bytes.substr(0, size));
    }
    case Stage::until_close:
      taken = bytes.size();
      return give(bytes);
    default: {
      while (taken < bytes.size()) {
        Error error = Error::none;
        std::string_view data;
        taken += chunks_.feed(bytes.substr(taken), data, error);
        if (error != Error::none) {
          return fail(error == Error::headers_too_large ? ResponseFault::headers_too_large
                                                        : ResponseFault::bad_chunk);
        }
        if (chunks_.is_complete()) {
          stage_ = Stage::complete;
          return Step::complete;
        }
        if (!data.empty()) return give(data);
      }
      return Step::more;
    }
  }
}

}  // namespace bora::http
