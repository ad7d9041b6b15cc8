// multipart/form-data (RFC 7578), in one pass over the body.

#include <algorithm>
#include <optional>

#include <bora/core/escape.h>

#include "runtime/http/characters.h"
#include "runtime/http/form.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxBoundarySize = 256;  // RFC 2046 allows 70

bool set_error(std::string& error, std::string_view why) {
  error = "invalid multipart/form-data: ";
  error += why;
  return false;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

std::string utf8_of_latin1(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xc0 | byte >> 6);
      result += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return result;
}

// RFC 8187 (once 5987): charset'language'percent-encoded.
std::optional<std::string> decode_extended(std::string_view text) {
  const std::size_t first = text.find('\'');
  if (first == std::string_view::npos) return {};
  const std::size_t second = text.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  const std::string_view charset = text.substr(0, first);
  std::string value = url_unescape(text.substr(second + 1), false);
  if (equals_ignoring_case(charset, "iso-8859-1")) return utf8_of_latin1(value);
  if (!equals_ignoring_case(charset, "utf-8") || !is_valid_utf8(value)) return {};
  return value;
}

bool read_disposition(std::string_view text, PartHead& head, std::string& error) {
  ParameterReader reader(text);
  if (!equals_ignoring_case(reader.value(), "form-data")) {
    return set_error(error, "a part's Content-Disposition is not form-data");
  }
  std::string_view name;
  std::string value;
  bool is_extended = false;
  while (reader.next(name, value)) {
    if (equals_ignoring_case(name, "name")) {
      head.name = value;
    } else if (equals_ignoring_case(name, "filename") && !is_extended) {
      head.filename = value;
    } else if (equals_ignoring_case(name, "filename*")) {
      const std::optional<std::string> decoded = decode_extended(value);
      if (!decoded || has_control_character(*decoded)) {
        return set_error(error, "a filename that can't be decoded");
      }
      head.filename = *decoded;
      is_extended = true;
    }
  }
  return true;
}

bool read_part_head(std::string_view text, PartHead& head, std::string& error) {
  bool has_disposition = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
        has_control_character(line)) {
      return set_error(error, "a malformed part header");
    }
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
      value.remove_prefix(1);
    if (equals_ignoring_case(name, "content-disposition")) {
      if (has_disposition) return set_error(error, "two Content-Disposition headers in a part");
      has_disposition = true;
      if (!read_disposition(value, head, error)) return false;
    } else if (equals_ignoring_case(name, "content-type")) {
      head.content_type = value;
    }
  }
  if (!has_disposition) return set_error(error, "a part without Content-Disposition");
  return head.name ? true : set_error(error, "a part without a name");
}

// Where the next "\r\n--boundary" begins that is followed by CRLF or "--"; npos if there is none.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter, std::size_t from) {
  for (;;) {
    const std::size_t at = body.find(delimiter, from);
    if (at == std::string_view::npos) return at;
    const std::string_view behind = body.substr(at + delimiter.size(), 2);
    if (behind == "\r\n" || behind == "--") return at;
    from = at + 1;
  }
}

}  // namespace

bool parse_multipart(std::string_view boundary, std::string_view body, const FormLimits& limits,
                     std::vector<Argument>& arguments,
                     std::vector<std::pair<std::string, HTTPFile>>& files, std::string& error) {
  if (boundary.empty() || boundary.size() > kMaxBoundarySize)
    return set_error(error, "no boundary");
  const std::string delimiter = "\r\n--" + std::string(boundary);
  // The first delimiter may stand at the very beginning: then it has no CRLF before it.
  const std::string_view opening = std::string_view(delimiter).substr(2);
  if (body.starts_with("\r\n")) body.remove_prefix(2);
  if (!body.starts_with(opening)) return set_error(error, "it does not begin with the boundary");
  std::size_t at = opening.size();
  for (std::size_t parts = 0;; ++parts) {
    const std::string_view behind = body.substr(std::min(at, body.size()), 2);
    if (behind == "--") return true;
    if (behind != "\r\n") return set_error(error, "a boundary without line end");
    if (parts == limits.max_parts) return set_error(error, "too many parts");
    at += 2;
    const std::size_t head_end = body.find("\r\n\r\n", at);
    if (head_end == std::string_view::npos) return set_error(error, "a part without headers");
    if (head_end - at > limits.max_part_header_size)
      return set_error(error, "part headers too large");
    PartHead head;
    if (!read_part_head(body.substr(at, head_end - at), head, error)) return false;
    // A part without content ends in the same CRLF as its headers.
    const std::size_t end = find_delimiter(body, delimiter, head_end + 2);
    if (end == std::string_view::npos) return set_error(error, "no final boundary");
    const std::size_t begin = std::min(head_end + 4, body.size());
    const std::string_view content = body.substr(begin, end > begin ? end - begin : 0);
    if (head.filename.empty()) {
      arguments.push_back({std::move(*head.name), std::string(content)});
    } else {
      if (head.content_type.empty()) head.content_type = "application/unknown";
      files.emplace_back(
          std::move(*head.name),
          HTTPFile{std::move(head.filename), std::string(content), std::move(head.content_type)});
    }
    at = end + delimiter.size();
  }
}

// ---- Parsing a body as it arrives ----

std::string multipart_boundary(std::string_view content_type) {
  ParameterReader type(content_type);
  std::string_view name;
  std::string value;
  if (!equals_ignoring_case(type.value(), "multipart/form-data")) return value;
  while (type.next(name, value) && !equals_ignoring_case(name, "boundary")) value.clear();
  return value;
}

MultipartReader::MultipartReader(std::string_view boundary, const FormLimits& limits)
    : limits_(limits), delimiter_("\r\n--" + std::string(boundary)) {
  if (boundary.empty() || boundary.size() > kMaxBoundarySize) fail("no boundary");
}

void MultipartReader::feed(std::string_view piece) {
  if (state_ == State::done || state_ == State::failed) return;
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_.append(piece);
}

MultipartReader::Step MultipartReader::next() {
  while (true) {
    Step step = Step::more;
    const State before = state_;
    switch (state_) {
      case State::opening:
        step = read_opening();
        break;
      case State::behind_boundary:
        step = read_behind_boundary();
        break;
      case State::head:
        step = read_head();
        break;
      case State::content_begin:
        step = begin_content();
        break;
      case State::content:
        step = read_content();
        break;
      case State::between:
        state_ = State::behind_boundary;
        return Step::end_of_part;
      case State::done:
        return Step::end;
      case State::failed:
        return Step::failed;
    }
    if (step != Step::more || state_ == before) return step;
  }
}

MultipartReader::Step MultipartReader::fail(std::string_view why) {
  set_error(error_, why);
  state_ = State::failed;
  return Step::failed;
}

/// The first delimiter may stand at the very beginning: then it has no CRLF before it.
MultipartReader::Step MultipartReader::read_opening() {
  std::string_view text = rest();
  if (text.size() < 2) return Step::more;
  const std::string_view opening = std::string_view(delimiter_).substr(2);
  const std::size_t skipped = text.starts_with("\r\n") ? 2 : 0;
  text.remove_prefix(skipped);
  if (text.substr(0, opening.size()) != opening.substr(0, text.size())) {
    return fail("it does not begin with the boundary");
  }
  if (text.size() < opening.size()) return Step::more;
  at_ += skipped + opening.size();
  state_ = State::behind_boundary;
  return Step::more;
}

MultipartReader::Step MultipartReader::read_behind_boundary() {
  const std::string_view behind = rest().substr(0, 2);
  if (behind.size() < 2) return Step::more;
  if (behind == "--") {
    state_ = State::done;
    buffer_.clear();
    at_ = 0;
    return Step::end;
  }
  if (behind != "\r\n") return fail("a boundary without line end");
  if (parts_ == limits_.max_parts) return fail("too many parts");
  ++parts_;
  at_ += 2;
  state_ = State::head;
  return Step::more;
}

MultipartReader::Step MultipartReader::read_head() {
  const std::string_view text = rest();
  const std::size_t end = text.find("\r\n\r\n");
  if (std::min(end, text.size()) > limits_.max_part_header_size + std::size_t{3}) {
    return fail("part headers too large");
  }
  if (end == std::string_view::npos) return Step::more;
  if (end > limits_.max_part_header_size) return fail("part headers too large");
  head_ = {};
  if (!read_part_head(text.substr(0, end), head_, error_)) {
    state_ = State::failed;
    return Step::failed;
  }
  if (!head_.filename.empty() && head_.content_type.empty()) {
    head_.content_type = "application/unknown";
  }
  at_ += end + 2;
  state_ = State::content_begin;
  return Step::part;
}

/// A part without content ends in the same CRLF as its headers.
MultipartReader::Step MultipartReader::begin_content() {
  const std::string_view text = rest();
  if (text.size() < delimiter_.size() + 2) return Step::more;
  if (find_delimiter(text.substr(0, delimiter_.size() + 2), delimiter_, 0) != 0) at_ += 2;
  state_ = State::content;
  return Step::more;
}

MultipartReader::Step MultipartReader::read_content() {
  const std::string_view text = rest();
  const std::size_t end = find_delimiter(text, delimiter_, 0);
  if (end == 0) {
    at_ += delimiter_.size();
    state_ = State::between;
    return Step::more;
  }
  // A delimiter may have begun after this.
  const std::size_t kept = delimiter_.size() + 1;
  const std::size_t size =
      end != std::string_view::npos ? end : text.size() - std::min(text.size(), kept);
  if (size == 0) return Step::more;
  data_ = text.substr(0, size);
  at_ += size;
  return Step::data;
}

}  // namespace bora::http
