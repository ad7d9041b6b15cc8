#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_server_request.h>

// The two codings of HTML forms.

namespace bora::http {

/// The parameters of a value such as Content-Type's: `text/html; charset="utf-8"`.
class ParameterReader {
 public:
  /// @param text  The whole field value.
  explicit ParameterReader(std::string_view text);

  /// The text before the first ';', trimmed: "text/html".
  [[nodiscard]] std::string_view value() const { return value_; }

  /// Goes to the next parameter; returns false after the last. A quoted value loses its quotes,
  /// `\"` and `\\` become one character; other backslashes stay (old browsers send Windows paths).
  bool next(std::string_view& name, std::string& value);

 private:
  std::string_view value_;
  std::string_view rest_;
};

/// Adds the arguments of an application/x-www-form-urlencoded text, or of a query string: only '&'
/// separates, without '=' the value is empty, '+' is a blank, and an invalid percent sequence stays
/// as it is.
/// @returns  False, with `error` set and nothing added, if there would be more than
///           `max_arguments`.
bool parse_urlencoded(std::string_view text, std::size_t max_arguments,
                      std::vector<Argument>& arguments, std::string& error);

/// Parses a multipart/form-data body: parts with a filename are files, others arguments. Any defect
/// fails the whole.
/// @param boundary  The Content-Type's, unquoted.
/// @returns  False with `error` set; then the caller must drop what was added.
bool parse_multipart(std::string_view boundary, std::string_view body, const FormLimits& limits,
                     std::vector<Argument>& arguments,
                     std::vector<std::pair<std::string, HTTPFile>>& files, std::string& error);

/// The head of a part.
struct PartHead {
  std::optional<std::string> name;
  std::string filename;  ///< empty: the part is an argument
  std::string content_type;
};

/// The boundary of a multipart/form-data Content-Type; empty if it is another, or has none.
std::string multipart_boundary(std::string_view content_type);

/// Parses a multipart/form-data body as it arrives, by the rules of parse_multipart(), and holds no
/// more than a piece of it, the headers of a part and a boundary.
///
///     reader.feed(piece);
///     for (auto step = reader.next(); step != Step::more; step = reader.next()) …
class MultipartReader {
 public:
  enum class Step : std::uint8_t {
    more,         ///< feed() the next piece.
    part,         ///< head() has begun.
    data,         ///< data() is the next piece of its content, valid until next() or feed().
    end_of_part,  ///< It is whole.
    end,          ///< The body is whole; what follows is ignored.
    failed,       ///< See error(); it stays so.
  };

  MultipartReader(std::string_view boundary, const FormLimits& limits);

  void feed(std::string_view piece);
  Step next();

  [[nodiscard]] PartHead& head() { return head_; }
  [[nodiscard]] std::string_view data() const { return data_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] bool is_complete() const { return state_ == State::done; }

 private:
  enum class State : std::uint8_t {
    opening,
    behind_boundary,
    head,
    content_begin,
    content,
    between,
    done,
    failed
  };

  Step fail(std::string_view why);
  Step read_opening();
  Step read_behind_boundary();
  Step read_head();
  Step begin_content();
  Step read_content();
  [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

  FormLimits limits_;
  std::string delimiter_;  ///< "\r\n--" and the boundary.
  std::string buffer_;     ///< bytes that were not used up
  std::size_t at_ = 0;     ///< how much of it is
  std::size_t parts_ = 0;
  State state_ = State::opening;
  PartHead head_;
  std::string_view data_;
  std::string error_;
};

/// Reads a form of either coding, as `content_type` says; reads nothing of another type.
/// @param is_encoded  Whether the body has a Content-Encoding: then a form is an error.
/// @returns  False with `error` set; then the caller must drop what was added.
bool parse_form(std::string_view content_type, bool is_encoded, std::string_view body,
                const FormLimits& limits, std::vector<Argument>& arguments,
                std::vector<std::pair<std::string, HTTPFile>>& files, std::string& error);

}  // namespace bora::http
