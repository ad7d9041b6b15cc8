#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_server_request.h>

// The two codings of HTML forms.

namespace bora::http {

/// The values behind a name such as Content-Type: `text/html; charset="utf-8"`.
class ParameterReader {
 public:
  /// @param text  The whole field value.
  explicit ParameterReader(std::string_view text);

  /// What comes before the first ';', trimmed: "text/html".
  [[nodiscard]] std::string_view value() const { return value_; }

  /// Goes to the next parameter; false behind the last. A quoted value loses its quotes, `\"` and
  /// `\\` become one character; other backslashes stay (old browsers send Windows paths).
  bool next(std::string_view& name, std::string& value);

 private:
  std::string_view value_;
  std::string_view rest_;
};

/// Adds the arguments of an application/x-www-form-urlencoded text, or of a query string: only '&'
/// separates, no '=' is an empty value, '+' is a blank, a bad percent sequence stays as it is.
/// @returns  False, with `error` set and nothing added, if they would be more than `max_arguments`.
bool parse_urlencoded(std::string_view text, std::size_t max_arguments,
                      std::vector<Argument>& arguments, std::string& error);

/// Takes a multipart/form-data body apart: parts with a filename are files, others arguments. Any
/// defect fails the whole.
/// @param boundary  The Content-Type's, unquoted.
/// @returns  False with `error` set; then what was added is to be dropped.
bool parse_multipart(std::string_view boundary, std::string_view body, const FormLimits& limits,
                     std::vector<Argument>& arguments,
                     std::vector<std::pair<std::string, HTTPFile>>& files, std::string& error);

/// Reads a form of either coding, as `content_type` says; of another it reads nothing.
/// @param is_encoded  The body has a Content-Encoding: then a form is an error.
/// @returns  False with `error` set; then what was added is to be dropped.
bool parse_form(std::string_view content_type, bool is_encoded, std::string_view body,
                const FormLimits& limits, std::vector<Argument>& arguments,
                std::vector<std::pair<std::string, HTTPFile>>& files, std::string& error);

}  // namespace bora::http
