#include "runtime/http/form.h"

#include <algorithm>

#include <bora/core/escape.h>

#include "runtime/text/fields.h"

namespace bora::http {

namespace {

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (is_escape) ++i;
    result += text[i];
  }
  return result;
}

}  // namespace

ParameterReader::ParameterReader(std::string_view text) {
  const std::size_t end = std::min(text.find(';'), text.size());
  value_ = text::trim_blanks(text.substr(0, end));
  rest_ = text.substr(end);
}

bool ParameterReader::next(std::string_view& name, std::string& value) {
  while (!rest_.empty()) {
    rest_.remove_prefix(1);  // the ';'
    const std::size_t end = text::find_separator(rest_, ';');
    const std::string_view parameter = rest_.substr(0, end);
    rest_.remove_prefix(end);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    name = text::trim_blanks(parameter.substr(0, equals));
    value = unquote(text::trim_blanks(parameter.substr(equals + 1)));
    return true;
  }
  return false;
}

bool parse_urlencoded(std::string_view text, std::size_t max_arguments,
                      std::vector<Argument>& arguments, std::string& error) {
  // The arguments are counted first, so that a refused form costs no memory.
  const auto separators = static_cast<std::size_t>(std::count(text.begin(), text.end(), '&'));
  if (!text.empty() && separators + 1 > max_arguments) {
    error = "more than " + std::to_string(max_arguments) + " arguments";
    return false;
  }
  arguments.reserve(arguments.size() + separators + 1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    arguments.push_back({url_unescape(pair.substr(0, equals)), url_unescape(value)});
  }
  return true;
}

bool parse_form(std::string_view content_type, bool is_encoded, std::string_view body,
                const FormLimits& limits, std::vector<Argument>& arguments,
                std::vector<std::pair<std::string, HTTPFile>>& files, std::string& error) {
  ParameterReader type(content_type);
  const bool is_urlencoded =
      equals_ignoring_case(type.value(), "application/x-www-form-urlencoded");
  const bool is_multipart = equals_ignoring_case(type.value(), "multipart/form-data");
  if (!is_urlencoded && !is_multipart) return true;
  if (is_encoded) {
    error = "form with a Content-Encoding";
    return false;
  }
  if (is_urlencoded) return parse_urlencoded(body, limits.max_arguments, arguments, error);
  return parse_multipart(multipart_boundary(content_type), body, limits, arguments, files, error);
}

}  // namespace bora::http
