#include "runtime/http/forwarded.h"

#include <algorithm>
#include <utility>

#include <bora/http/http_headers.h>

#include "runtime/http/characters.h"
#include "runtime/text/fields.h"

namespace bora::http {

namespace {

/// Whether an odd number of backslashes stands before `at`.
bool is_escaped(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && text[begin - 1] == '\\') --begin;
  return (at - begin) % 2 == 1;
}

std::string_view take_last(std::string_view& list) {
  bool is_quoted = false;
  std::size_t at = list.size();
  while (at > 0) {
    const char c = list[at - 1];
    if (c == '"' && !is_escaped(list, at - 1)) is_quoted = !is_quoted;
    if (c == ',' && !is_quoted) break;
    --at;
  }
  const std::string_view last = text::trim_blanks(list.substr(at));
  list = list.substr(0, at > 0 ? at - 1 : 0);
  return last;
}

/// Takes a token or a quoted string (RFC 9110, 5.6.4); returns false if there is neither.
bool take_value(std::string_view& text, std::string& value) {
  if (!text.starts_with('"')) {
    value = text::take_token(text);
    return !value.empty();
  }
  std::optional<std::string> quoted = text::take_quoted_string(text);
  if (!quoted) return false;
  value = std::move(*quoted);
  return true;
}

/// A port, or a name that was made up for one.
bool is_port(std::string_view text) {
  if (text.starts_with('_')) {
    return text.size() > 1 && std::all_of(text.begin(), text.end(),
                                          [](char c) { return is_token_character(c) || c == '.'; });
  }
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

std::optional<ForwardedElement> take_last_forwarded(std::string_view& list) {
  std::string_view text;
  while (text.empty() && !list.empty()) text = take_last(list);
  if (text.empty()) return {};
  ForwardedElement element;
  bool has_node = false;
  bool has_proto = false;
  for (;;) {
    text = text::trim_blanks(text);
    const std::string_view name = text::take_token(text);
    if (!name.empty()) {
      if (!text.starts_with('=')) return {};
      text.remove_prefix(1);
      std::string value;
      if (!take_value(text, value)) return {};
      // "Each parameter MUST NOT occur more than once."
      if (equals_ignoring_case(name, "for")) {
        if (std::exchange(has_node, true)) return {};
        element.node = std::move(value);
      } else if (equals_ignoring_case(name, "proto")) {
        if (std::exchange(has_proto, true)) return {};
        element.proto = std::move(value);
      }
      text = text::trim_blanks(text);
    }
    if (text.empty()) return element;
    if (!text.starts_with(';')) return {};
    text.remove_prefix(1);
  }
}

std::optional<IPAddress> forwarded_address(std::string_view node) {
  const bool is_bracketed = node.starts_with('[');
  const std::size_t end = node.find(is_bracketed ? ']' : ':');
  if (is_bracketed && end == std::string_view::npos) return {};
  const std::string_view address = node.substr(is_bracketed ? 1 : 0, end - (is_bracketed ? 1 : 0));
  std::string_view rest = end == std::string_view::npos ? "" : node.substr(end);
  if (is_bracketed) rest.remove_prefix(1);
  if (!rest.empty() && (rest[0] != ':' || !is_port(rest.substr(1)))) return {};
  if (is_bracketed != is_ipv6_address(address)) return {};
  return IPAddress::parse(address);
}

}  // namespace bora::http
