#include "runtime/http/client/client_url.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <bora/core/escape.h>
#include <bora/http/http_client_message.h>

#include "runtime/core/host_name.h"
#include "runtime/http/characters.h"
#include "runtime/http/ip_address.h"
#include "runtime/text/percent.h"

namespace bora::http {

namespace {

// The message does not quote the URL, which may hold a password, or bytes that would forge a line
// of a log.
[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument("the URL to fetch must " + why);
}

bool is_scheme(std::string_view text) {
  const auto is_scheme_character = [](char c) {
    return text::is_alphanumeric(c) || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && !is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(), is_scheme_character);
}

/// Returns "https" of "https://…", and an empty text for a reference without a scheme.
std::string_view scheme_of(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  if (colon == std::string_view::npos || !is_scheme(reference.substr(0, colon))) return {};
  return reference.substr(0, colon);
}

std::string without_dots(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);  // with the '/' before it
    path.remove_prefix(end);
    if (segment == "/." || segment == "/..") {
      if (segment == "/..") result.resize(std::min(result.rfind('/'), result.size()));
      if (path.empty()) result += '/';
    } else {
      result += segment;
    }
  }
  return result.empty() ? "/" : result;
}

}  // namespace

std::string ClientURL::text() const {
  const std::string_view scheme = is_secure ? "https://" : "http://";
  std::string text;
  text.reserve(scheme.size() + host_field.size() + target.size());
  text.append(scheme).append(host_field).append(target);
  return text;
}

ClientURL parse_client_url(std::string_view url) {
  bool is_plain = true;  // the loop has no early exit, so that it takes many bytes at once
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    is_plain = is_plain & (byte > 0x20) & (byte < 0x7f);
  }
  if (!is_plain)
    refuse("not have blanks, control characters or others than ASCII in it: percent-encode them");
  ClientURL result;
  const std::string_view scheme = url.starts_with("http://")    ? url.substr(0, 4)
                                  : url.starts_with("https://") ? url.substr(0, 5)
                                                                : scheme_of(url);
  if (equals_ignoring_case(scheme, "https")) {
    result.is_secure = true;
    result.port = 443;
  } else if (!equals_ignoring_case(scheme, "http")) {
    refuse("begin with http:// or https://");
  }
  if (url.substr(scheme.size(), 3) != "://") refuse("have \"://\" after its scheme");
  std::string_view rest = url.substr(scheme.size() + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = std::min(rest.find_first_of("/?\\"), rest.size());
  std::string_view authority = rest.substr(0, end);
  result.target = rest.substr(end);
  if (!result.target.starts_with('/')) result.target.insert(0, "/");

  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    result.credentials = url_unescape(authority.substr(0, at), false);
    if (has_control_character(result.credentials))
      refuse("not have control characters in its password");
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos || !is_ipv6_address(authority.substr(1, close - 1)))
      refuse("have an IPv6 address between '[' and ']'");
    result.host = comparable_host(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
    result.host_field = "[" + result.host + "]";
  } else {
    const std::size_t separator = std::min(authority.find(':'), authority.size());
    for (const char c : authority.substr(0, separator)) {
      if (!has_class(c, detail::kHostByte)) refuse("name a valid host");
    }
    result.host = comparable_host(authority.substr(0, separator));
    port = authority.substr(separator);
    result.host_field = result.host;
  }
  if (result.host.empty()) refuse("name a host");
  if (port.empty() || port == ":") return result;
  const std::uint16_t default_port = result.port;
  const auto [stop, error] =
      std::from_chars(port.data() + 1, port.data() + port.size(), result.port);
  if (port.front() != ':' || !is_digit(port[1]) || error != std::errc() ||
      stop != port.data() + port.size() || result.port == 0)
    refuse("have a port between 1 and 65535");
  if (result.port != default_port) result.host_field += ":" + std::to_string(result.port);
  return result;
}

ClientURL resolve_location(const ClientURL& base, std::string_view location) {
  std::string reference;
  for (const char c : location.substr(0, location.find('#'))) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) refuse("not have control characters");
    if (byte > 0x20 && byte < 0x7f) {
      reference += c;
    } else {
      text::append_escaped(reference, c);
    }
  }
  if (!scheme_of(reference).empty()) return parse_client_url(reference);
  if (reference.starts_with("//"))
    return parse_client_url((base.is_secure ? "https:" : "http:") + reference);
  ClientURL result = base;
  result.credentials.clear();
  const std::string_view path = std::string_view(base.target).substr(0, base.target.find('?'));
  const std::string_view text = reference;
  const std::string_view query = text.substr(std::min(text.find('?'), text.size()));
  const std::string_view target = text.substr(0, text.size() - query.size());
  if (reference.empty()) return result;
  if (target.empty()) {
    result.target = std::string(path).append(query);
  } else if (target.starts_with('/')) {
    result.target = without_dots(target).append(query);
  } else {
    std::string merged(path.substr(0, path.rfind('/') + 1));
    result.target = without_dots(merged.append(target)).append(query);
  }
  return result;
}

std::string url_join(std::string_view base, std::string_view link) {
  return resolve_location(parse_client_url(base), link).text();
}

}  // namespace bora::http
