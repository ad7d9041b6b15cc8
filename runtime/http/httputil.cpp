#include <bora/http/httputil.h>

#include <algorithm>
#include <charconv>

#include <bora/core/escape.h>

#include "runtime/http/characters.h"
#include "runtime/http/form.h"
#include "runtime/http/response_head.h"
#include "runtime/http/url_query.h"

namespace bora::http {

namespace {

// "HTTP/1.x"
bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/1.") && is_digit(text[7]);
}

// The characters that Tornado takes for a target: visible ones, and bytes above 127.
bool is_target(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
}

// RFC 9112, 4: blanks, visible characters and obs-text.
bool is_reason(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

void append_query(std::string& url, const std::vector<Argument>& arguments) {
  for (const auto& [name, value] : arguments) {
    if (!url.empty()) url += '&';
    url.append(url_escape(name)).append("=").append(url_escape(value));
  }
}

/// A form that is read on its own, and then added as a whole to what is there already.
struct FormParts {
  std::vector<Argument> arguments;
  std::vector<std::pair<std::string, HTTPFile>> files;
  std::string error;

  void add_to(std::vector<Argument>& all_arguments,
              std::vector<std::pair<std::string, HTTPFile>>& all_files) {
    if (!error.empty()) throw HTTPInputError(error);
    std::move(arguments.begin(), arguments.end(), std::back_inserter(all_arguments));
    std::move(files.begin(), files.end(), std::back_inserter(all_files));
  }
};

}  // namespace

RequestStartLine parse_request_start_line(std::string_view line) {
  const std::size_t first = std::min(line.find(' '), line.size());
  const std::size_t last = std::max(line.rfind(' '), first);
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(std::min(last + 1, line.size()));
  if (last == std::string_view::npos || last == first || !is_token(method) ||
      !is_version(version)) {
    throw HTTPInputError("malformed request line");
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!is_target(target)) throw HTTPInputError("malformed request target");
  return {std::string(method), std::string(target), std::string(version)};
}

ResponseStartLine parse_response_start_line(std::string_view line) {
  const std::string_view version = line.substr(0, 8);
  const std::string_view code = line.substr(std::min<std::size_t>(9, line.size()), 3);
  const bool is_fine = is_version(version) && line.size() >= 12 && line[8] == ' ' &&
                       std::all_of(code.begin(), code.end(), is_digit) &&
                       (line.size() == 12 || line[12] == ' ') && is_reason(line.substr(12));
  if (!is_fine) throw HTTPInputError("malformed status line");
  const int number = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  return {std::string(version), number,
          std::string(line.substr(std::min<std::size_t>(13, line.size())))};
}

std::vector<Argument> parse_qs(std::string_view text, const FormLimits& limits) {
  std::vector<Argument> arguments;
  std::string error;
  if (!parse_urlencoded(text, limits.max_arguments, arguments, error)) throw HTTPInputError(error);
  return arguments;
}

std::vector<Argument> qs_to_qsl(const std::map<std::string, std::vector<std::string>>& arguments) {
  std::vector<Argument> pairs;
  for (const auto& [name, values] : arguments) {
    for (const std::string& value : values) pairs.push_back({name, value});
  }
  return pairs;
}

std::string url_concat(std::string_view url, const std::vector<Argument>& arguments) {
  if (arguments.empty()) return std::string(url);
  const URLParts parts = split_url(url);
  std::string query;
  append_query(query, parse_qs(parts.query, {.max_arguments = UINT32_MAX}));
  append_query(query, arguments);
  return with_query(std::string(parts.path).append(parts.fragment), query);
}

void parse_body_arguments(std::string_view content_type, std::string_view body,
                          std::vector<Argument>& arguments,
                          std::vector<std::pair<std::string, HTTPFile>>& files,
                          const HTTPHeaders* headers, const FormLimits& limits) {
  FormParts form;
  const bool is_encoded = headers != nullptr && headers->contains("Content-Encoding");
  parse_form(content_type, is_encoded, body, limits, form.arguments, form.files, form.error);
  form.add_to(arguments, files);
}

void parse_multipart_form_data(std::string_view boundary, std::string_view body,
                               std::vector<Argument>& arguments,
                               std::vector<std::pair<std::string, HTTPFile>>& files,
                               const FormLimits& limits) {
  if (boundary.size() >= 2 && boundary.front() == '"' && boundary.back() == '"') {
    boundary = boundary.substr(1, boundary.size() - 2);
  }
  FormParts form;
  parse_multipart(boundary, body, limits, form.arguments, form.files, form.error);
  form.add_to(arguments, files);
}

std::string format_timestamp(Moment moment) {
  return format_http_date(moment.seconds());
}

std::string encode_username_password(std::string_view username, std::string_view password) {
  std::string text(username);
  text.append(":").append(password);
  return text;
}

std::pair<std::string, std::optional<int>> split_host_and_port(std::string_view netloc) {
  const std::size_t colon = netloc.rfind(':');
  int port = 0;
  if (colon != std::string_view::npos && colon + 1 < netloc.size()) {
    const char* const begin = netloc.data() + colon + 1;
    const char* const end = netloc.data() + netloc.size();
    const bool is_number = std::all_of(begin, end, is_digit);
    const bool is_in_range = std::from_chars(begin, end, port).ec == std::errc();
    const bool is_within_brackets = netloc.starts_with('[') && netloc.find(']') > colon;
    if (is_number && is_in_range && !is_within_brackets) {
      return {std::string(netloc.substr(0, colon)), port};
    }
  }
  return {std::string(netloc), std::nullopt};
}

}  // namespace bora::http
