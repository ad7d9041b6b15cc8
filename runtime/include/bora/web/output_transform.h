#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/detail/function.h>

namespace bora::http {
class HTTPServerRequest;
}

namespace bora::web {

class RequestExecution;

/// The status and fields of an answer that is about to be sent; a transform may change them.
class AnswerHead {
 public:
  [[nodiscard]] int status() const;
  void set_status(int status);

  /// The value of a field, including Content-Type and Content-Length; nothing if it is not set.
  [[nodiscard]] std::optional<std::string> get_header(std::string_view name) const;
  /// These do what RequestHandler's functions of these names do.
  void set_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::string_view value);
  void clear_header(std::string_view name);

 private:
  friend class RequestExecution;
  explicit AnswerHead(RequestExecution& execution) : execution_(execution) {}

  RequestExecution& execution_;
};

/// Changes an answer on its way out. There is one object for each request, made by
/// Settings::transforms or added by RequestHandler::add_transform(). It sees the body in the pieces
/// in which it is sent: all of it at once, or one piece for each flush(). An exception of a
/// transform, before anything was sent, becomes an error page, which no transform sees.
///
/// Answers to HEAD go through it like those to GET, and only then lose their body, so that both
/// have the same fields. The chunk of a 204 or 304 is empty and must stay so. Parts of files and
/// files of more than 64 KiB do not go through transforms.
class OutputTransform {
 public:
  virtual ~OutputTransform() = default;

  /// Transforms the first piece, with the head. Content-Length is set again if the whole answer has
  /// another length after the last transform.
  /// @param chunk      The piece, to be changed in place.
  /// @param finishing  Whether it is also the last one.
  virtual void transform_first_chunk(AnswerHead& head, std::string& chunk, bool finishing);
  /// Transforms each further piece. The last one may be empty.
  virtual void transform_chunk(std::string& chunk, bool finishing);
};

/// Makes a transform for a request; returns null if this request needs none.
using TransformFactory =
    std::function<std::unique_ptr<OutputTransform>(const http::HTTPServerRequest& request)>;

}  // namespace bora::web
